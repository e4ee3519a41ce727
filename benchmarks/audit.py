"""False alarms and power of the audit, beside a test made for each alternative.

    python benchmarks/audit.py                            size of every family, and power
    python benchmarks/audit.py --samples 100 normal t3    fewer samples, of some of the cells

Size: the part of samples of a right model that the audit speaks against, at its stated level. Power: of a wrong one,
beside the best rival that knows the alternative. The exit status is 1 where the sizes leave a joint 99 % band.
"""

from __future__ import annotations

import argparse
import sys
import time
import warnings
from collections.abc import Callable

import numpy as np
from scipy import stats

import likelihood_kit as lk

#: Confidence of the band that must hold all sizes together.
JOINT = 0.99
#: Sizes of samples of right models; those of wrong ones.
SIZES, POWER_SIZE = (62, 200, 1000), 200
#: Samples of the fitted law for each audit, fewer than by default: the level is the same, a twentieth of 200 is whole.
REPLICATIONS = 199

Rng = np.random.Generator

RIGHT: dict[str, tuple[lk.Family, dict[str, float]]] = {
    "normal": (lk.Normal(), {"mean": 1.0, "sd": 2.0}),
    "lognormal": (lk.LogNormal(), {"meanlog": 1.0, "sdlog": 0.7}),
    "exponential": (lk.Exponential(), {"scale": 3.0}),
    "gamma": (lk.Gamma(), {"shape": 2.0, "scale": 3.0}),
    "weibull": (lk.Weibull(), {"shape": 1.5, "scale": 2.0}),
    "student_df4": (lk.StudentT(df=4.0), {"loc": 0.0, "scale": 1.0}),
    "student": (lk.StudentT(), {"loc": 0.0, "scale": 1.0, "df": 4.0}),
    "poisson": (lk.Poisson(), {"rate": 4.0}),
    "binomial": (lk.Binomial(trials=10), {"probability": 0.3}),
    "extreme": (lk.GeneralizedExtremeValue(), {"loc": 0.0, "scale": 1.0, "shape": 0.1}),
}


def gamma_regression(rng: Rng, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Responses and design of a right gamma regression."""
    exog = np.column_stack([np.ones(n), rng.normal(size=n)])
    return rng.gamma(2.0, np.exp(exog @ [1.0, 0.5])), exog


def of_shapiro(y: np.ndarray) -> float:
    """p-value of Shapiro and Wilk."""
    return float(stats.shapiro(y).pvalue)


def against_gamma(y: np.ndarray) -> float:
    """p-value of the likelihood ratio of an exponential within a gamma law."""
    llf = [lk.LikelihoodModel(y, family=family).fit().llf for family in (lk.Exponential(), lk.Gamma())]
    return float(stats.chi2.sf(2 * (llf[1] - llf[0]), 1))


def skewness_of_logs(y: np.ndarray) -> float:
    """p-value of the skewness of log y by samples of the fitted gamma law: it tells the log-normal from the gamma."""
    family = lk.Gamma()
    fitted = dict(lk.LikelihoodModel(y, family=family).fit().estimates["estimate"])
    drawn = family.sample((REPLICATIONS, len(y)), 1, **fitted)
    values = stats.skew(np.log(np.vstack([y, drawn])), axis=1)
    return float(np.mean(values >= values[0]))


WRONG: dict[str, tuple[lk.Family, Callable[[Rng, int], np.ndarray], Callable[[np.ndarray], float] | None]] = {
    "t3 as normal": (lk.Normal(), lambda rng, n: rng.standard_t(3, n), of_shapiro),
    "uniform as normal": (lk.Normal(), lambda rng, n: rng.random(n), of_shapiro),
    "gamma(20) as normal": (lk.Normal(), lambda rng, n: rng.gamma(20.0, size=n), of_shapiro),
    "gamma(0.7) as exponential": (lk.Exponential(), lambda rng, n: rng.gamma(0.7, size=n), against_gamma),
    "lognormal(1) as gamma": (lk.Gamma(), lambda rng, n: rng.lognormal(0.0, 1.0, n), skewness_of_logs),
    "lognormal(0.5) as gamma": (lk.Gamma(), lambda rng, n: rng.lognormal(0.0, 0.5, n), skewness_of_logs),
    "gamma(4) as weibull": (lk.Weibull(), lambda rng, n: rng.gamma(4.0, size=n), None),
    "negative binomial as poisson": (lk.Poisson(), lambda rng, n: rng.negative_binomial(20, 5 / 6, n), None),
}


def pvalue(y: np.ndarray, family: lk.Family, exog: np.ndarray | None = None, replications: int = REPLICATIONS) -> float:
    """p-value of the audit; NaN where there is no certified maximum."""
    results = lk.LikelihoodModel(y, exog, family=family).fit()
    return results.information_audit(replications=replications).pvalue if results.certificate.ok else np.nan


def right(name: str, n: int, samples: int, replications: int) -> tuple[np.ndarray, float]:
    """p-values of a right model, and the seconds of one."""
    rng = np.random.default_rng([n, *name.encode()])
    began = time.perf_counter()
    found = []
    for _ in range(samples):
        if name == "gamma_regression":
            y, exog = gamma_regression(rng, n)
            found.append(pvalue(y, lk.Gamma(), exog, replications))
        else:
            family, theta = RIGHT[name]
            found.append(pvalue(family.sample(n, rng, **theta), family, None, replications))
    return np.array(found), (time.perf_counter() - began) / samples


def sizes(names: list[str], samples: int, replications: int, ns: tuple[int, ...]) -> bool:
    """Print the sizes; whether all lie in their joint band."""
    cells = [(name, n) for name in names for n in ns]
    z = stats.norm.isf((1 - JOINT) / 2 / max(len(cells), 1))
    good = True
    print(f"{'right model':28}{'n':>6}{'at 5 %':>9}{'at 1 %':>9}{'no maximum':>12}{'ms':>7}")
    for name, n in cells:
        found, seconds = right(name, n, samples, replications)
        found = found[np.isfinite(found)]
        five, one = ((found <= level).mean() for level in (0.05, 0.01))
        inside = abs(five - 0.05) <= z * np.sqrt(0.05 * 0.95 / len(found)) + 0.01
        good &= inside
        print(
            f"{name:28}{n:6}{five:9.3f}{one:9.3f}{samples - len(found):12}{1000 * seconds:7.0f}"
            + ("" if inside else "  outside"),
            flush=True,
        )
    return good


def powers(names: list[str], samples: int) -> None:
    """Print the power at 5 %, beside the rival's."""
    print(f"\n{'wrong model, n = ' + str(POWER_SIZE):28}{'audit':>9}{'rival':>9}")
    for name in names:
        family, draw, rival = WRONG[name]
        rng = np.random.default_rng([POWER_SIZE, *name.encode()])
        data = [draw(rng, POWER_SIZE) for _ in range(samples)]
        own = np.mean([pvalue(y, family) <= 0.05 for y in data])
        theirs = np.nan if rival is None else np.mean([rival(y) <= 0.05 for y in data])
        print(f"{name:28}{own:9.3f}{theirs:9.3f}", flush=True)


def main() -> int:
    """Run the cells that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cells", nargs="*", help="beginnings of names; by default all")
    parser.add_argument("--samples", type=int, default=2000)
    parser.add_argument("--replications", type=int, default=REPLICATIONS, help="0 for the limit law")
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    options = parser.parse_args()
    warnings.simplefilter("ignore")

    def chosen(names: list[str]) -> list[str]:
        return [name for name in names if not options.cells or any(name.startswith(cell) for cell in options.cells)]

    good = sizes(chosen([*RIGHT, "gamma_regression"]), options.samples, options.replications, tuple(options.sizes))
    powers(chosen(list(WRONG)), options.samples)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
