"""Which parameters of a family are locations and which are scales, found by moving and stretching the response."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

import numpy as np

from likelihood_kit.calculus import DATUM
from likelihood_kit.families.handle import Handle, kept_answer

#: Responses and parameters at which the density is compared: without meaning, and unequal.
PROBED = np.array([0.37, 1.13, 2.71])
VALUES = (0.83, 1.31, 0.59, 1.91, 0.71, 1.47, 1.07)
SHIFT, STRETCH = 0.61, 1.7
#: Relative difference of log densities that are equal but for rounding, of numeric special functions too.
EQUAL = 1e-8
#: Parameters of which all subsets are tried.
MOST_TRIED = 6


@dataclass(frozen=True)
class Roles:
    """Names among a family's free parameters.

    Attributes
    ----------
    locations, scales : tuple of str
        Those that move, and are stretched, with the response.
    """

    locations: tuple[str, ...]
    scales: tuple[str, ...]


def roles_of(family: Handle) -> Roles:
    """Locations and scales of a family; where the response cannot be moved, all real ones and all positive ones."""
    return kept_answer(family, _found)


def _found(family: Handle) -> Roles:
    names = family.parameter_names
    ends = [family.spaces[name].numbers for name in names]
    real = tuple(i for i, end in enumerate(ends) if end == (-np.inf, np.inf))
    positive = tuple(i for i, end in enumerate(ends) if end == (0.0, np.inf))
    if family.law.whole or tuple(family.law.data) != (DATUM,):
        return Roles(tuple(names[i] for i in real), tuple(names[i] for i in positive))
    theta = [_plain(end, value) for end, value in zip(ends, itertools.cycle(VALUES), strict=False)]

    def density(y: np.ndarray, values: list[float]) -> np.ndarray:
        named = {**family.fixed, **dict(zip(names, values, strict=True))}
        kernel = family.kernels.rows
        with np.errstate(all="ignore"):
            found = kernel.value_at([y], (np.asarray(named[name]) for name in family.coordinate_names))
        return np.broadcast_to(found, y.shape)

    here = density(PROBED, theta)

    def same(chosen: tuple[int, ...], moved: Any, y: np.ndarray, gain: float) -> bool:
        there = density(y, [moved(value) if i in chosen else value for i, value in enumerate(theta)])
        return bool(np.all(np.abs(there + gain - here) <= EQUAL * (1 + np.abs(here))))

    locations = next(
        (c for c in _subsets(real) if c and same(c, lambda v: v + SHIFT, PROBED + SHIFT, 0.0)),
        () if np.isfinite(family.support.numbers).any() else real,
    )
    stretched, gain = PROBED * STRETCH, float(np.log(STRETCH))
    scales = next(
        (c for c in _subsets(positive) if same((*locations, *c), lambda v: v * STRETCH, stretched, gain)),
        () if locations and _scale_may_be_held(family) else positive,
    )
    return Roles(tuple(names[i] for i in locations), tuple(names[i] for i in scales))


def _scale_may_be_held(family: Handle) -> bool:
    """Whether a positive parameter is held fixed, which may be the scale."""
    return any(family.spaces[name].numbers == (0.0, np.inf) for name in family.fixed if name in family.spaces)


def _subsets(positions: tuple[int, ...]) -> Any:
    """Subsets in which the density may move, the largest first."""
    positions = positions[:MOST_TRIED]
    return itertools.chain.from_iterable(itertools.combinations(positions, m) for m in range(len(positions), -1, -1))


def _plain(ends: tuple[float, float], value: float) -> float:
    low, high = ends
    if np.isfinite(low) and np.isfinite(high):
        return low + (high - low) * value / 3
    return low + value if np.isfinite(low) else high - value if np.isfinite(high) else value
