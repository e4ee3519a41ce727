"""False verdicts of studies of estimators whose rates and variances are known.

python benchmarks/verdicts.py [studies]

Printed for each: the share of the studies with each first word of the verdict, and of the false ones. Rates: mean of a
normal sample (-1/2), largest of a uniform one (-1), one observation (0), mean of a Cauchy sample (none), variance of
Neyman and Scott (1948) by maximum likelihood (a bias stays), powers of n, a bias of n^-1/4, all drawn from their exact
laws; regular estimators drawn from a bank of estimates of samples. Ratios: normal estimates with known variance.

Of 100 studies at n = 20 to 1000 "converges at the expected rate" (with a margin of 0.05) was said of n^-0.45, n^-0.4,
n^-0.375, n^-0.333 and the bias in none, and "slower" in so many; of the regular ones the former, no other rate of any:

                                  300    1,000    10,000 replications
n^-0.45 / n^-0.4                  0 / 10   0 / 50   0 / 100
n^-0.375 / n^-0.333              31 / 81   94 / 100   100 / 100
bias .3 n^-0.25                  98    100    100
Gamma mle, shape / scale          0 / 0   0 / 8   93 / 98
Gamma moments, shape / scale      0 / 0   0 / 0   98 / 96
Weibull mle, shape / scale        0 / 0   0 / 13   96 / 100
StudentT mle, loc / scale         0 / 0   6 / 8   98 / 97
median / trimmed mean             0 / 0   11 / 11   99 / 100
"""

from __future__ import annotations

import sys
from collections import Counter
from functools import partial

import numpy as np

import likelihood_kit as lk
from likelihood_kit.simulation.consistency import consistency
from likelihood_kit.simulation.efficiency import efficiency

SIZES = (20, 50, 100, 200, 500, 1000)
REPLICATIONS = (300, 1000, 10_000)
#: Estimates of each regular estimator at each size, from which studies are drawn with replacement.
BANK = 20_000
TRIMMED = 0.1


def power(exponent, rng, n, r):
    """Normal estimates whose standard deviation is this power of n."""
    return rng.standard_normal(r) * n**exponent


def trimmed_means(samples):
    """Means of samples `(r, n)` without the tenth at either end."""
    n = samples.shape[1]
    cut = int(TRIMMED * n)
    return np.sort(samples, axis=1)[:, cut : n - cut].mean(axis=1)


RIGHT, SLOWER = "converges at the expected", "slower than the expected"
#: Name: estimates of 0 from samples of size n, rate that theory gives, beginning of right verdicts.
RATES = {
    "normal mean": (partial(power, -0.5), -0.5, RIGHT),
    "uniform maximum": (lambda rng, n, r: 1 - rng.random(r) ** (1 / n), -1.0, RIGHT),
    "one observation": (partial(power, 0), -0.5, ("not consistent", SLOWER)),
    "Cauchy mean": (lambda rng, n, r: rng.standard_cauchy(r), -0.5, "no rate"),
    "Neyman-Scott": (lambda rng, n, r: rng.chisquare(n, r) / (2 * n) - 1, -0.5, "not consistent"),
    **{f"n^{name}": (partial(power, float(name)), -0.5, SLOWER) for name in ("-0.45", "-0.4", "-0.375", "-0.333")},
    "bias .3 n^-0.25": (lambda rng, n, r: power(-0.5, rng, n, r) + 0.3 * n**-0.25, -0.5, SLOWER),
}
#: Family, truth and estimators, all of rate n^-1/2.
REGULAR = (
    (lk.Gamma(), {"shape": 2.0, "scale": 3.0}, ("mle", "moments")),
    (lk.Weibull(), {"shape": 2.0, "scale": 3.0}, ("mle",)),
    (lk.StudentT(df=4.0), {"loc": 0.0, "scale": 1.0}, ("mle",)),
    (lk.Normal(sd=1.0), {"mean": 0.0}, {"median": partial(np.median, axis=1), "trimmed mean": trimmed_means}),
)
RATIOS = (0.9, 0.97, 1.0, 1.03, 1.06, 1.1, 1.5)
MARGIN = 0.05


def regular():
    """Entries of `RATES` for the regular estimators."""
    found = {}
    for family, truth, estimators in REGULAR:
        study = lk.Study(family, truth, sizes=SIZES, replications=BANK, estimators=estimators, seed=1)
        for name, values in study.run(progress=False).estimates.items():
            for j, parameter in enumerate(truth):
                bank = dict(zip(SIZES, values[:, :, j] - truth[parameter], strict=True))
                draw = partial(lambda bank, rng, n, r: bank[n][rng.integers(0, BANK, r)], bank)
                found[f"{type(family).__name__} {name} {parameter}"] = draw, -0.5, RIGHT
    return found


def rates(studies, replications, known, rng):
    """Verdicts on rates, counted."""
    for name, (draw, expected, right) in known.items():
        found = Counter()
        for _ in range(studies):
            values = np.stack([draw(rng, n, replications)[:, None] for n in SIZES])
            words = consistency(SIZES, ["a"], np.zeros(1), {"it": values}, {"it": (expected,)}).verdicts["it", "a"]
            found[words.split(":")[0]] += 1
        undecided = ("cannot tell",) if isinstance(right, str) else ("cannot tell", *right)
        right = right if isinstance(right, str) else right[0]
        false = sum(count for words, count in found.items() if not words.startswith((right, *undecided)))
        print(f"{name:22s} false {false / studies:6.1%}  {dict(found)}", flush=True)


def ratios(studies, replications, rng):
    """Verdicts on the bound, counted."""
    for ratio in RATIOS:
        found, within = Counter(), abs(ratio - 1) <= MARGIN
        for _ in range(studies):
            values = np.sqrt(ratio / 100) * rng.standard_normal((1, replications, 1))
            words = efficiency((100,), ["a"], np.zeros(1), {"it": values}, np.ones(1)).verdicts["it", "a"]
            found[words.split(":")[0]] += 1
        wrong = ("exceeds", "below", "on its way", "no ratio") if within else ("within", "no ratio")
        false = sum(count for words, count in found.items() if words.startswith(wrong))
        print(f"ratio {ratio:<10g} false {false / studies:6.1%}  {dict(found)}", flush=True)
    found = Counter()
    for _ in range(studies):
        values = rng.standard_cauchy((1, replications, 1))
        words = efficiency((100,), ["a"], np.zeros(1), {"it": values}, 2 * np.ones(1)).verdicts["it", "a"]
        found[words.split(":")[0]] += 1
    print(f"Cauchy mean      {dict(found)}", flush=True)


if __name__ == "__main__":
    studies = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    known = {**RATES, **regular()}
    for replications in REPLICATIONS:
        print(f"{studies} studies of {replications} replications at n = {', '.join(map(str, SIZES))}")
        rates(studies, replications, known, np.random.default_rng(1))
    ratios(studies, REPLICATIONS[-1], np.random.default_rng(2))
