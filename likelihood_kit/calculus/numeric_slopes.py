"""First derivatives of a function by extrapolated central differences, with an estimate of their error."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from likelihood_kit.calculus.numeric import STEP_RATIO, STEPS, extrapolate, first_step

#: Relative difference from which two ways to a number do not agree.
AGREEMENT = 1e-9
#: What a number of floating-point operations may lose of a function's value: differences below it say nothing.
ROUNDING = 1e3 * np.finfo(float).eps
#: Error of a numeric slope, in units of the change of the function over a step, beyond which it is refused.
TRUSTED_SLOPE = 1e-6
#: Steps shrink by this factor where the function bends within them, this many times at most (from 1 to 1e-9).
SHRINKING, MOST_SHRINKINGS = 8.0, 10
#: Step, in steps, within which a function must look like a line: a kink or a jump nearer than that counts as one here.
NARROW = 1e-6
#: Difference of slopes, relative to the larger of them, that is a kink.
KINK = 1e-3


@dataclass(frozen=True, eq=False)
class Slopes:
    """First derivatives of a vector of functions, by extrapolated central differences.

    Attributes
    ----------
    value : (...,)
    slopes : tuple of k arrays (...,)
    errors : tuple of k arrays (...,)
        Estimated absolute error of each.
    trusted : (...,) of bool
        Whether the errors are small against the change of the function over the steps.
    """

    value: np.ndarray
    slopes: tuple[np.ndarray, ...]
    errors: tuple[np.ndarray, ...]
    trusted: np.ndarray


def numeric_slopes(
    function: Callable[..., Any],
    theta: Sequence[Any],
    bounds: Sequence[tuple[float, float]],
    steps: Sequence[Any] | None = None,
) -> Slopes:
    """Value and first derivatives of `function(*theta)`, elementwise, from the longest steps that can be trusted.

    Parameters
    ----------
    function : callable
        `function(*theta)` of any broadcast shape.
    theta : sequence of k arrays
    bounds : sequence of k pairs
        Open interval of each argument; no step leaves it.
    steps : sequence of k arrays, optional
        Scale on which each argument is uncertain; by default a part of its size.
    """
    theta = [np.asarray(t, dtype=float) for t in theta]
    first = [np.asarray(step) for step in inside(theta, bounds, steps)]
    with np.errstate(all="ignore"):
        value = np.asarray(function(*theta), dtype=float)
        parts = [_along(function, theta, j, step, value) for j, step in enumerate(first)]
        changes = [np.abs(slope) * step for (slope, _), step in zip(parts, first, strict=True)]
        total = np.sqrt(sum(change**2 for change in changes)) if changes else np.zeros(value.shape)
        trusted = np.isfinite(value)
        for (_, error), step in zip(parts, first, strict=True):
            trusted = trusted & (error * step <= TRUSTED_SLOPE * total + ROUNDING * np.abs(value))
    slopes = tuple(np.asarray(slope) for slope, _ in parts)
    return Slopes(value, slopes, tuple(np.asarray(error) for _, error in parts), trusted)


def _along(
    function: Callable[..., Any], theta: Sequence[np.ndarray], j: int, step: np.ndarray, value: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Slope in one argument and its error, elementwise the best of a sequence of ever shorter steps."""
    best, smallest = np.full(value.shape, np.nan), np.full(value.shape, np.inf)
    moved = np.zeros(value.shape, dtype=bool)
    h = step
    for _ in range(MOST_SHRINKINGS):
        differences = []
        for scale in STEP_RATIO ** -np.arange(STEPS, dtype=float):
            up, down = (
                np.asarray(function(*theta[:j], theta[j] + side * h * scale, *theta[j + 1 :]), dtype=float)
                for side in (1, -1)
            )
            differences.append((up - down) / (2 * h * scale))
        slope, error = extrapolate(differences)
        # A step function is flat within short steps, where it is known to move over long ones.
        moved = moved | (np.abs(differences[0] * 2 * h) > ROUNDING * np.abs(value))
        better = (error < smallest) & ~((differences[-1] == 0) & moved)
        best, smallest = np.where(better, slope, best), np.where(better, error, smallest)
        if np.all(smallest * step <= AGREEMENT * np.abs(best) * step + np.finfo(float).eps * np.abs(value)):
            break
        h = h / SHRINKING
    return best, np.where(_is_line(function, theta, j, step * NARROW, value, best), smallest, np.inf)


def _is_line(
    function: Callable[..., Any], theta: Sequence[np.ndarray], j: int, h: np.ndarray, value: np.ndarray, slope: Any
) -> np.ndarray:
    """Whether the slope is that of a short step: differences over jumps agree with each other by chance."""
    up, down = (np.asarray(function(*theta[:j], theta[j] + side * h, *theta[j + 1 :]), dtype=float) for side in (1, -1))
    short = (up - down) / ((theta[j] + h) - (theta[j] - h))
    return np.abs(short - slope) <= KINK * np.maximum(np.abs(short), np.abs(slope)) + ROUNDING * np.abs(value) / h


def inside(at: Sequence[Any], bounds: Sequence[tuple[float, float]], steps: Sequence[Any] | None) -> list[np.ndarray]:
    """Steps that stay within the intervals: at most half way to the nearer end."""
    found = []
    for j, (t, (low, high)) in enumerate(zip(at, bounds, strict=True)):
        own = first_step(np.asarray(t, dtype=float), low, high)
        if steps is not None and np.isfinite(steps[j]) and steps[j] > 0:
            room = np.minimum(t - low, high - t) / 2
            own = np.minimum(float(steps[j]), np.maximum(room, np.finfo(float).tiny))
        found.append(own)
    return found
