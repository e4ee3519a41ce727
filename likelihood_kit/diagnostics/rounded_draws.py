"""Draws that rounding took to an end of a support: how many, and whether the law has so many that near to it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy import stats

from likelihood_kit.families import Family, operands

#: Units in the last place within which an end, and a draw at it, are known: each is a few operations on parameters.
UNITS = 4.0
#: Numbers beyond which, or below whose reciprocal, a sampler that squares them, or takes their roots, rounds to an end;
#: other factors of the square have room up to 1e12: of a t it is over the degrees of freedom.
SQUARES = 1e-6 * float(np.sqrt(np.finfo(float).max))


def rounded_draws(family: Family, y: np.ndarray, values: Mapping[str, float]) -> tuple[np.ndarray, np.ndarray]:
    """Draws that lie at the lower end of the support, and at the upper, but for rounding; `(n,)` of bool each."""
    low, high, near = _ends(family, values)
    if family.discrete:
        return np.zeros(y.shape, dtype=bool), np.zeros(y.shape, dtype=bool)
    lower = (np.abs(y - low) <= near[0]) if np.isfinite(low) else y <= -SQUARES
    upper = (np.abs(y - high) <= near[1]) if np.isfinite(high) else y >= SQUARES
    return lower, upper


def too_many(family: Family, counts: tuple[int, int], n: int, values: Mapping[str, float], level: float) -> bool:
    """Whether more of n draws rounded to the lower, or upper, end than the law has so near to it, at this level."""
    low, high, near = _ends(family, values)
    masses = (
        float(family.cdf(_within(low, near[0], 1.0), **values)),
        float(family.survival(_within(high, near[1], -1.0), **values)),
    )
    return any(
        count > 0 and not stats.binom.sf(count - 1, n, min(mass, 1.0)) > level / 2
        for count, mass in zip(counts, masses, strict=True)
    )


def overflowing(family: Family, y: np.ndarray, values: Mapping[str, float]) -> np.ndarray:
    """Draws `(n,)` within the law by its distribution function, whose density squares numbers that overflow."""
    sizes = [abs(float(value)) for value in values.values() if value != 0]
    extreme = any(not 1 / SQUARES < size < SQUARES for size in sizes)
    large = np.isfinite(y) & (extreme | (np.abs(y) >= SQUARES))
    if family.discrete or not large.any():
        return np.zeros(y.shape, dtype=bool)
    return large & (family.cdf(y, **values) > 0) & (family.survival(y, **values) > 0)


def _ends(family: Family, values: Mapping[str, float]) -> tuple[float, float, tuple[float, float]]:
    """Ends of the support, and how far from each a number may have been rounded to it."""
    support = family.law.support
    quantities = {**family.fixed, **values}
    found = support.ends(operands.canonical(family, quantities) if support.depends_on else {})
    low, high = (float(end) for end in found)
    # An end that is a sum of parameters, and draws that are one, are as exact as the largest of them.
    largest = max((abs(float(value)) for value in quantities.values()), default=0.0) if support.depends_on else 0.0
    near = [UNITS * float(np.spacing(max(abs(end), largest))) if np.isfinite(end) else 0.0 for end in (low, high)]
    return low, high, (near[0], near[1])


def _within(end: float, near: float, inwards: float) -> float:
    """The number up to which rounding may have taken a draw to an end."""
    if np.isinf(end):
        return float(np.sign(end)) * SQUARES
    if end == 0:
        return inwards * max(near, 1 / SQUARES)
    return end + inwards * near
