"""False verdicts of studies of estimators whose rates and variances are known.

python benchmarks/verdicts.py [studies] [replications]

Estimates are drawn from their exact laws, so that a study costs milliseconds. Printed for each: the share of the
studies with each first word of the verdict, and whether the right ones are among them. Rates: mean of a normal sample
(-1/2), largest of a uniform one (-1), one observation (0), mean of a Cauchy sample (none), 10 % trimmed mean (-1/2),
variance of Neyman and Scott (1948) by maximum likelihood (a bias stays). Ratios: normal estimates with known variance.
"""

from __future__ import annotations

import sys
from collections import Counter

import numpy as np

from likelihood_kit.simulation.consistency import consistency
from likelihood_kit.simulation.efficiency import efficiency

SIZES = (20, 50, 100, 200)
TRIMMED = 0.1


def trimmed_means(rng, n, r):
    """Means of normal samples without the tenth at either end."""
    samples, cut = np.sort(rng.standard_normal((r, n)), axis=1), int(TRIMMED * n)
    return samples[:, cut : n - cut].mean(axis=1)


#: Name: estimates of 0 from samples of size n, rate that theory gives, beginnings of right verdicts and of wrong ones.
RATES = {
    "normal mean": (lambda rng, n, r: rng.standard_normal(r) / np.sqrt(n), -0.5, "converges at the expected"),
    "uniform maximum": (lambda rng, n, r: 1 - rng.random(r) ** (1 / n), -1.0, "converges at the expected"),
    "one observation": (lambda rng, n, r: rng.standard_normal(r), -0.5, "not consistent"),
    "Cauchy mean": (lambda rng, n, r: rng.standard_cauchy(r), -0.5, "no rate"),
    "trimmed mean": (trimmed_means, -0.5, "converges at the expected"),
    "Neyman-Scott": (lambda rng, n, r: rng.chisquare(n, r) / (2 * n) - 1, -0.5, "not consistent"),
}
RATIOS = (0.9, 0.97, 1.0, 1.03, 1.06, 1.1, 1.5)
MARGIN = 0.05


def rates(studies, replications, rng):
    """Verdicts on rates, counted."""
    for name, (draw, expected, right) in RATES.items():
        found = Counter()
        for _ in range(studies):
            values = np.stack([draw(rng, n, replications)[:, None] for n in SIZES])
            words = consistency(SIZES, ["a"], np.zeros(1), {"it": values}, {"it": (expected,)}).verdicts["it", "a"]
            found[words.split(":")[0]] += 1
        false = sum(count for words, count in found.items() if not words.startswith((right, "cannot tell")))
        print(f"{name:16s} false {false / studies:6.1%}  {dict(found)}", flush=True)


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
    studies, replications = (*map(int, sys.argv[1:]), 200, 500)[:2] if len(sys.argv) > 2 else (200, 500)
    print(f"{studies} studies of {replications} replications at n = {', '.join(map(str, SIZES))}")
    rates(studies, replications, np.random.default_rng(1))
    ratios(studies, 20 * replications, np.random.default_rng(2))
