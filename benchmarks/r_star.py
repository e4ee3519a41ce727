"""Size of tests by the signed root of the likelihood ratio, and by the modified one r*, in small samples.

    python benchmarks/r_star.py                        2,000 samples a cell, some minutes
    python benchmarks/r_star.py --replications 200

Of each law and sample size: the part of samples in which a two-sided test at 5 % rejects the true value, and the parts
in which one-sided tests at 5 % against smaller and larger values do, by r and by r*. The Monte Carlo error of a part p
is sqrt(p (1 - p) / replications), .005 for 2,000 samples. Samples without r* are counted and left out.
"""

from __future__ import annotations

import argparse
import sys
import warnings

import numpy as np
from scipy import stats

import likelihood_kit as lk
from likelihood_kit.errors import LikelihoodKitError

#: Laws, their true parameters, and the one that is asked about.
LAWS = {
    "Gamma, shape": (lk.Gamma(), {"shape": 2.0, "scale": 3.0}, "shape"),
    "Normal, sd": (lk.Normal(), {"mean": 0.0, "sd": 1.0}, "sd"),
    "Normal, mean": (lk.Normal(), {"mean": 0.0, "sd": 1.0}, "mean"),
    "Weibull, shape": (lk.Weibull(), {"shape": 1.5, "scale": 2.0}, "shape"),
    "StudentT(df=5), loc": (lk.StudentT(df=5.0), {"loc": 0.0, "scale": 1.0}, "loc"),
}
SIZES = (5, 10)
LEVEL = 0.05
COLUMNS = ("r: two-sided", "smaller", "larger", "r*: two-sided", "smaller", "larger")


def rejected(found: object) -> list[bool]:
    """Whether each test rejects."""
    by_r = [found.first_order, stats.norm.cdf(found.r), stats.norm.sf(found.r)]
    return [p < LEVEL for p in (*by_r, found.pvalue, found.pvalue_less, found.pvalue_greater)]


def main(arguments: list[str] | None = None) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--replications", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    print(f"{'':24}{'n':>4}" + "".join(f"{column:>15}" for column in COLUMNS) + f"{'left out':>10}")
    for i, (title, (family, truth, name)) in enumerate(LAWS.items()):
        for n in SIZES:
            counts, lost, rng = np.zeros(len(COLUMNS)), 0, np.random.default_rng([options.seed, i, n])
            for _ in range(options.replications):
                y = np.asarray(family.sample(n, rng, **truth))
                try:
                    with warnings.catch_warnings():
                        warnings.simplefilter("ignore")
                        counts += rejected(lk.LikelihoodModel(y, family=family).fit().r_star(name, truth[name]))
                except LikelihoodKitError:
                    lost += 1
            shares = counts / max(options.replications - lost, 1)
            print(f"{title:24}{n:>4}" + "".join(f"{share:>15.3f}" for share in shares) + f"{lost:>10}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
