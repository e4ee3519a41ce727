"""Where a function that rises from 0 crosses a level."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import optimize

from likelihood_kit.errors import NotAvailableError

#: By how much a search for a point above the level is lengthened at a time, and how often: beyond 1e5 first steps the
#: function is taken for one that stays below.
LONGER, TIMES = 1.25, 52
#: Error of a crossing, in first steps, and of the function there, in units of the level, that is checked again.
ERROR, CHECKED = 1e-10, 1e-6


def crossing(function: Callable[[float], float], step: float, level: float) -> float:
    """Distance in the direction of a step at which a function crosses a level; infinite where it stays below.

    By bisection and inverse interpolation on the square root of the function, which is nearly a line where the function
    is nearly a square.

    Parameters
    ----------
    function : callable
        `function(distance)`, 0 at distance 0.
    step : float
        A first distance, to one side.
    level : float

    Raises
    ------
    NotAvailableError
        Where the function is not at the level where it crosses it.

    References
    ----------
    Brent, R. P. (1973). *Algorithms for Minimization Without Derivatives*, chapter 4.
    """

    def off(distance: float) -> float:
        return float(np.sqrt(function(distance)) - np.sqrt(level))

    below, above = 0.0, step
    for _ in range(TIMES):
        if off(above) >= 0:
            break
        below, above = above, above * LONGER
    else:
        return float(np.copysign(np.inf, step))
    found = float(optimize.brentq(off, below, above, xtol=ERROR * abs(step)))
    if not abs(function(found) - level) <= CHECKED * level:
        raise NotAvailableError(f"the deviance jumps across {level:.6g}: rounding, or another maximum, is in its way")
    return found
