"""Ends of penalised profile intervals of logistic regressions against a search from many starts by SciPy.

`python tests/models/oracles/penalised_searches.py FIRST COUNT` compares the data sets of as many seeds; tests compare
a few of them.
"""

from __future__ import annotations

import sys

import numpy as np
from scipy import optimize, special, stats

KINDS = ("separated", "near", "ordinary", "quasi")


def logistic_data(seed):
    """Kind, design `(n, k)` and response `(n,)`, n from 10 to 60 and 1 to 3 predictors; None where all are one."""
    rng = np.random.default_rng(seed)
    n, predictors = int(rng.integers(10, 61)), int(rng.integers(1, 4))
    x = np.column_stack([np.ones(n), rng.normal(size=(n, predictors))])
    if rng.random() < 0.3:
        x[:, 1] = x[:, 1] > 0.3
    kind, b = rng.choice(KINDS), rng.normal(size=predictors + 1)
    eta = x @ b
    if kind == "separated":
        y = eta > 0
    elif kind == "near":
        y = eta > rng.normal(0, 0.08 * np.std(eta) + 1e-9, n)
    elif kind == "quasi":
        x[:, 1] = rng.random(n) < 0.4
        y = (x[:, 1] > 0) | (rng.random(n) < special.expit(x[:, 2:] @ b[2:] - 0.3))
    else:
        y = rng.random(n) < special.expit(eta)
    if y.min() == y.max() or np.linalg.matrix_rank(x) < x.shape[1]:
        return None
    return str(kind), x, y.astype(float)


def penalised(b, x, y):
    """Penalised log likelihood, written anew, and its gradient `(k,)`."""
    eta, sign = x @ b, 2 * y - 1
    weighted = x * np.sqrt(special.expit(eta) * special.expit(-eta))[:, None]
    order = np.argsort(-(weighted**2).sum(axis=1))
    q, r = np.linalg.qr(weighted[order])
    leverages = np.empty(len(y))
    leverages[order] = (q**2).sum(axis=1)
    if not (np.abs(np.diag(r)) > 0).all():
        return -1e10, np.zeros(len(b))
    value = -np.logaddexp(0, -sign * eta).sum() + np.log(np.abs(np.diag(r))).sum()
    return value, x.T @ (sign * special.expit(-sign * eta) + leverages * np.tanh(-eta / 2) / 2)


def highest(x, y, center, rng, held=None, level=0.0, random=15, met=()):
    """The highest penalised log likelihood by BFGS from many starts, `held` the place of an entry at a level.

    From points that others have `met` too.
    """
    free = np.arange(x.shape[1]) != held

    def full(u):
        b = np.full(x.shape[1], level)
        b[free] = u
        return b

    def down(u):
        value, slope = penalised(full(u), x, y)
        return -value, -slope[free]

    starts = [*met] + [scale * center for scale in (0.0, 0.3, 1, 2, 5, 20)]
    starts += [
        rng.normal(size=len(center)) * 10 ** rng.uniform(-1, 2) + rng.integers(2) * center for _ in range(random)
    ]
    if held is not None and abs(level) < 100 * abs(center[held]):
        starts.append(center * level / center[held])
    options = {"gtol": 1e-7, "maxiter": 300}
    ends = [optimize.minimize(down, start[free], jac=True, method="BFGS", options=options) for start in starts]
    return max(-end.fun for end in ends)


def missed(seed, random=15):
    """By how much the deviance at each end misses its cutoff, `(2 k,)`, and the estimate the highest point."""
    import likelihood_kit as lk
    from likelihood_kit.models.penalised_likelihood import PenalisedFit

    found = logistic_data(seed)
    if found is None:
        return None
    _, x, y = found
    rng, cut = np.random.default_rng(seed), stats.chi2.isf(0.05, 1)
    results = lk.LikelihoodModel(y, x, family=lk.Bernoulli()).fit(bias_reduction="firth")
    center, ends = np.asarray(results.params), results.conf_int(method="profile")
    top = penalised(center, x, y)[0]
    fit, falls = PenalisedFit.of(results), []
    for j, pair in enumerate(ends):
        levels = fit.levels(j)
        for end in pair:
            levels.deviance(end - levels.center)
            met = [fit.surface.scores.transform @ levels.known[end - levels.center].point]
            falls.append(2 * (top - highest(x, y, center, rng, j, end, random, met)) - cut)
    return np.array(falls), highest(x, y, center, rng, random=random) - top


if __name__ == "__main__":
    first, count = map(int, sys.argv[1:3])
    worst = below = 0.0
    sets = number = 0
    for seed in range(first, first + count):
        found = missed(seed)
        if found is not None:
            worst, below = max(worst, *np.abs(found[0])), max(below, found[1])
            sets, number = sets + 1, number + len(found[0])
    print(f"{sets} data sets, {number} ends: deviance misses its cutoff by {worst:.1e}; estimate below by {below:.1e}")
