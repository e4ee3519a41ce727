"""Ends of searches that stand high because the formula has lost its digits there, not because the likelihood is high.

`gammaln(y + k) - gammaln(k)` is rounding from k = 1e12 on, and 0 from k = 1e16 on: a negative binomial law on its way
to the Poisson law, dispersion 1 / k, seems to rise without an end.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from likelihood_kit.calculus.digits import InMoreDigits
from likelihood_kit.likelihood import Likelihood
from likelihood_kit.maximise.restarts import AGREEMENT, FURTHEST, Ends
from likelihood_kit.maximise.surroundings import Scales

#: Rows on which the digits are counted: where a formula loses them it does so in most rows.
ROWS = 16

#: `lost(likelihood of one sample, working (k,))`: by how much its value there is rounding.
Lost = Callable[[Any, np.ndarray], float]


def lost_digits(digits: InMoreDigits, likelihood: Likelihood, working: np.ndarray) -> float:
    """Estimated error of the log likelihood of one sample by lost digits; 0 where it is not known."""
    rows = likelihood.sample.rows
    chosen = np.unique(np.linspace(0, rows - 1, min(rows, ROWS)).astype(int))
    few = likelihood.row_subset(chosen)
    columns = {name: np.broadcast_to(np.ravel(column), (len(chosen),)) for name, column in few.sample.columns.items()}
    operands = few.operands(few.natural(working[None]), slice(None))
    if len(operands) != len(digits.formula.names):
        return 0.0
    theta = [np.broadcast_to(np.ravel(operand), (len(chosen),)) for operand in operands]
    exact = digits(columns, theta)
    if exact is None:
        return 0.0
    with np.errstate(invalid="ignore"):
        apart = np.abs(few.row_values(working) - exact)
    return float(np.nansum(apart)) * rows / len(chosen)


def without_lost_digits(likelihood: Any, ends: Ends, base: np.ndarray, scales: Scales, lost: Lost) -> Ends:
    """The ends, without those far out or unfinished whose height is lost digits: no number is left there.

    Of each sample those that are higher than all near by, from the highest down to the first whose digits hold.
    """
    maximum = ends.maximum
    value = maximum.log_likelihood
    with np.errstate(invalid="ignore"):
        gone = np.abs(maximum.working - base[ends.sample]) * scales.spread
        far = ~maximum.converged | ends.escaped | (gone[:, scales.relative].max(axis=1, initial=0.0) > FURTHEST)
    if not far.any():
        return ends
    level, near = np.full(len(base), -np.inf), ~far
    np.maximum.at(level, ends.sample[near], value[near])
    suspect = np.flatnonzero(far & np.isfinite(value) & (value > level[ends.sample] + AGREEMENT))
    held: set[int] = set()
    dropped = []
    for i in suspect[np.argsort(-value[suspect], kind="stable")]:
        sample = int(ends.sample[i])
        if sample in held:
            continue
        if lost(likelihood.take(np.array([sample])), maximum.working[i]) > AGREEMENT:
            dropped.append(i)
        else:
            held.add(sample)
    if not dropped:
        return ends
    gone_astray = np.isin(np.arange(len(value)), dropped)
    kept = replace(
        maximum,
        log_likelihood=np.where(gone_astray, -np.inf, value),
        converged=maximum.converged & ~gone_astray,
    )
    return replace(ends, maximum=kept, escaped=ends.escaped & ~gone_astray)
