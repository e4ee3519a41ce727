"""Monte Carlo standard errors of every measure beside the spread of the measure over seeds.

python benchmarks/monte_carlo_errors.py [studies] [replications]

For each law of the estimates: stated over true for every measure, from fourth moments and from the published formulas,
and the share of studies whose tails are flagged. Where the eighth moment exists stated over true is to be within 15 %.
"""

from __future__ import annotations

import sys

import numpy as np
from scipy import stats

import likelihood_kit as lk
from likelihood_kit.simulation.estimators import maximum_likelihood
from likelihood_kit.simulation.measures import FEWEST_CARRIERS, measures

LEFT = ("failures", "infinite", "fourth_moment_carriers")


def fitted(family, n, **truth):
    """Estimates and standard errors from fits to samples of size n."""

    def draw(rng, r):
        found = maximum_likelihood(family, {"y": np.asarray(family.sample((r, n), rng, **truth), dtype=float)})
        return found.values, found.standard_errors

    return draw, np.array(list(truth.values()))


def drawn(law, n=8):
    """Estimates from a law, with standard errors from a chi squared law with n degrees of freedom."""

    def draw(rng, r):
        return law.rvs(size=(r, 1), random_state=rng), law.std() * np.sqrt(rng.chisquare(n, (r, 1)) / n)

    return draw, np.array([law.mean()])


LAWS = {
    "Gamma, n = 10 (shape: moments up to 4.5, scale: all)": lambda: fitted(lk.Gamma(), 10, shape=2.0, scale=3.0),
    "Gamma, n = 50": lambda: fitted(lk.Gamma(), 50, shape=2.0, scale=3.0),
    "Bernoulli, n = 10, probability 0.02": lambda: fitted(lk.Bernoulli(), 10, probability=0.02),
    "normal": lambda: drawn(stats.norm()),
    "exponential": lambda: drawn(stats.expon()),
    "uniform": lambda: drawn(stats.uniform()),
    "t, 12 degrees of freedom": lambda: drawn(stats.t(12)),
    "t, 5 degrees of freedom (no eighth moment)": lambda: drawn(stats.t(5)),
}


def compare(draw, truth, studies, replications, rng):
    """Stated over true by measure and parameter, for both kinds of errors, and the share of flagged studies."""
    values, stated, flagged = {}, {"moments": {}, "normal": {}}, []
    for _ in range(studies):
        estimates, errors = draw(rng, replications)
        for kind, kept in stated.items():
            found = measures(estimates, truth, errors, mcse=kind)
            for name in found.keys() - set(LEFT):
                kept.setdefault(name, []).append(found[name][1])
                if kind == "moments":
                    values.setdefault(name, []).append(found[name][0])
        flagged.append(found["fourth_moment_carriers"][0] < FEWEST_CARRIERS)
    ratios = {
        kind: {name: np.mean(each, axis=0) / np.std(values[name], axis=0) for name, each in sorted(kept.items())}
        for kind, kept in stated.items()
    }
    return ratios, np.mean(flagged, axis=0)


def main(studies=300, replications=1000):
    """Print the table."""
    print(f"{studies} studies of {replications}: stated over true, known to {1 / np.sqrt(2 * studies):.1%}")
    for name, make in LAWS.items():
        ratios, flagged = compare(*make(), studies, replications, np.random.default_rng(1))
        print(f"\n{name}: flagged {', '.join(f'{share:.0%}' for share in flagged)}", flush=True)
        for measure, value in ratios["moments"].items():
            row = "  ".join(f"{a:6.2f} ({b:.2f})" for a, b in zip(value, ratios["normal"][measure], strict=True))
            print(f"  {measure:26s}{row}", flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
