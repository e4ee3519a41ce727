"""Kinks of a function of one variable, from its values alone.

The second difference over a step h of a smooth function is of the size of h squared, of one with a kink of the size of
h: where it is largest is looked at with ever smaller steps.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

#: Points of the first look, and of each nearer one.
POINTS = 401
#: Nearer looks, each at a neighbourhood so many steps wide, so that steps shrink by `POINTS / NEIGHBOURHOOD` each time.
LOOKS, NEIGHBOURHOOD = 3, 8
#: Part of a jump that a nearer look leaves of a kink, at least: all of it, but of curvature a fiftieth.
KEPT = 0.3
#: How far a jump stands out of the other bends of the nearest look, in their median: of rounding errors alone the
#: largest of so many is some five times that.
STANDS_OUT = 20.0
#: Jump of the slope, relative to an ordinary slope, that is more than rounding.
JUMP = 1e-3
#: What the operations of a formula may lose of a value, relative to it or, of a smaller one, to 1, since terms of that
#: size cancel in a log density: where it does not change, its rounding errors are stairs, and all that bends.
ROUNDING = 1e3 * np.finfo(float).eps


def has_kink(function: Callable[[np.ndarray], np.ndarray], low: float, high: float, finest: float = 0.0) -> bool:
    """Whether a function of arrays `(m,)` has a jump in its slope, or in itself, between two points.

    Values that are not finite have no say, nor has a function that does not return one for each point. Steps below
    `finest` are not taken: there rounding makes stairs of any function.
    """
    left, right = low, high
    steepest = jump = rounding = 0.0
    for look in range(LOOKS + 1):
        grid = np.linspace(left, right, POINTS)
        step = (right - left) / (POINTS - 1)
        if step < finest:
            return False
        with np.errstate(all="ignore"):
            values = np.asarray(function(grid), dtype=float)
            if values.shape != grid.shape:
                return False
            bends = np.abs(values[2:] - 2 * values[1:-1] + values[:-2]) / step
            slopes = np.abs(np.diff(values)) / step
        # Near where it is undefined a function may run off without end, which is no kink.
        edge = np.convolve(~np.isfinite(values), np.ones(2 * NEIGHBOURHOOD + 1), mode="same")[1:-1] > 0
        bends = np.where(edge | ~np.isfinite(bends), 0.0, bends)
        slopes = slopes[np.isfinite(slopes)]
        rounding = ROUNDING * float(np.max(np.abs(values), where=np.isfinite(values), initial=1.0)) / step
        if look == 0:
            steepest = float(np.median(slopes)) if slopes.size else 0.0
        at = int(np.argmax(bends))
        before, jump = jump, float(bends[at])
        if not jump > 0 or (look and jump < KEPT * before):
            return False
        centre = grid[at + 1]
        left, right = centre - NEIGHBOURHOOD / 2 * step, centre + NEIGHBOURHOOD / 2 * step
    return jump > max(JUMP * steepest, STANDS_OUT * float(np.median(bends)), rounding)
