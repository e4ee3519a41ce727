"""Coverage of intervals and size of tests, of fits to samples of known laws.

    python benchmarks/intervals.py                        1,000 samples a cell, an hour
    python benchmarks/intervals.py --replications 200

Of each law and sample size: the part of nominal 95 % intervals of the parameter that hold its value, by Wald's method
on the link scale, by the profile likelihood, its modified root r*, the score, from samples of the rows (bias-corrected
and accelerated) or of the fitted law (studentised); and the part of 5 % tests of its true value that reject, by the
likelihood ratio, the score and Wald's statistic. The Monte Carlo error of a part p is sqrt(p (1 - p) / replications),
.007 for 1,000 samples. Samples without a certified maximum are counted and left out; an interval that some of the rest
do not have is told, with the part that lacks it.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from dataclasses import dataclass, field
from typing import Any

import numpy as np

import likelihood_kit as lk
from likelihood_kit.errors import LikelihoodKitError

#: Laws, their true parameters, and the one that is asked about.
LAWS = {
    "Gamma, shape": (lk.Gamma(), {"shape": 2.0, "scale": 3.0}, "shape"),
    "Gamma, scale": (lk.Gamma(), {"shape": 2.0, "scale": 3.0}, "scale"),
    "Weibull, shape": (lk.Weibull(), {"shape": 1.5, "scale": 2.0}, "shape"),
    "Normal, sd": (lk.Normal(), {"mean": 0.0, "sd": 1.0}, "sd"),
    "Poisson, rate": (lk.Poisson(), {"rate": 1.0}, "rate"),
    "Bernoulli, probability": (lk.Bernoulli(), {"probability": 0.2}, "probability"),
    "StudentT(df=5), loc": (lk.StudentT(df=5.0), {"loc": 0.0, "scale": 1.0}, "loc"),
    "GeneralizedExtremeValue, shape": (
        lk.GeneralizedExtremeValue(), {"loc": 0.0, "scale": 1.0, "shape": 0.1}, "shape",
    ),
}  # fmt: skip
SIZES = (30, 200)
#: Kinds of intervals, by the arguments that they take.
INTERVALS = {
    "Wald": {"method": "wald"},
    "profile": {"method": "profile"},
    "r*": {"method": "r_star"},
    "score": {"method": "score"},
    "BCa": {"method": "bootstrap"},
    "studentised": {"method": "bootstrap", "kind": "studentised", "resample": "parametric"},
}
TESTS = ("likelihood ratio", "score test", "Wald test")
COLUMNS = (*INTERVALS, *TESTS)


@dataclass
class Cell:
    """Counts of one law at one size: samples of which each column is known, and those of which it holds."""

    lost: int = 0
    known: np.ndarray = field(default_factory=lambda: np.zeros(len(COLUMNS)))
    counts: np.ndarray = field(default_factory=lambda: np.zeros(len(COLUMNS)))

    def add(self, family: lk.Family, y: np.ndarray, name: str, truth: float) -> None:
        """Fit one sample, and count what holds."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            results = lk.LikelihoodModel(y, family=family).fit()
            if not results.certificate.ok:
                self.lost += 1
                return
            found = [held(results, name, truth, how) for how in INTERVALS.values()]
        try:
            found += list(results.restriction_tests({name: truth}).table["pvalue"].to_numpy() < 0.05)
        except LikelihoodKitError:
            found += [np.nan] * len(TESTS)
        told = np.isfinite(np.array(found, dtype=float))
        self.known += told
        self.counts += np.where(told, found, 0.0)


def held(results: Any, name: str, truth: float, how: dict[str, str]) -> float:
    """Whether an interval holds the true value; not a number where there is no such interval."""
    try:
        low, high = np.asarray(results.conf_int(cols=name, **how))[0]
    except LikelihoodKitError:
        return np.nan
    return float(low <= truth <= high)


def main(arguments: list[str] | None = None) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--replications", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    print(f"{'':32}{'n':>5}" + "".join(f"{column:>18}" for column in COLUMNS) + f"{'left out':>10}")
    for i, (title, (family, truth, name)) in enumerate(LAWS.items()):
        for n in SIZES:
            cell, rng = Cell(), np.random.default_rng([options.seed, i, n])
            for _ in range(options.replications):
                cell.add(family, np.asarray(family.sample(n, rng, **truth)), name, truth[name])
            with np.errstate(invalid="ignore"):
                shares = cell.counts / cell.known
            lacking = {name: 1 - part for name, part in zip(COLUMNS, cell.known / cell.known.max(), strict=True)}
            line = f"{title:32}{n:>5}" + "".join(f"{share:>18.3f}" for share in shares) + f"{cell.lost:>10}"
            print(line + "".join(f"  no {name}: {part:.1%}" for name, part in lacking.items() if part), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
