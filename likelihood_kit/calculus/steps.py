"""Step functions: flat at every point but those at which they jump, so that no slope says how they change."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from likelihood_kit.errors import ArgumentError, LikelihoodKitError

#: Steps, and sizes of the argument, within which a jump is looked for: whole numbers lie no further apart than they are
#: large.
_STEPS_AWAY, _SIZES_AWAY = 64.0, 1.0
#: Halvings of the way to a change, after which a continuous function has hardly changed: by 1e-9 of what it did.
_HALVINGS = 50
_CONTINUOUS = 1e-3


def refuse_steps(
    function: Callable[[float], float], name: str, at: float, bounds: tuple[float, float], step: float | np.ndarray
) -> None:
    """Refuse a function of one number that is flat at a point and jumps beside it, such as one that rounds.

    One that is flat everywhere is a constant, whose slope is 0, and one that bends further on has a slope.

    Raises
    ------
    ArgumentError
        Names the argument, and where the function jumps.
    """
    value, farthest = function(at), max(_STEPS_AWAY * float(step), _SIZES_AWAY * abs(at))
    for side in (-1, 1):
        near, away = 0.0, float(step)
        while away <= farthest and bounds[0] < at + side * away < bounds[1]:
            there = _value(function, at + side * away)
            if there != value:
                break
            near, away = away, 2 * away
        else:
            continue
        if not np.isfinite(there):
            continue
        where, jump = _first_change(function, value, at, side, near, away)
        if abs(jump) > _CONTINUOUS * abs(there - value):
            raise ArgumentError(
                f"the function must return one finite, differentiable number: it is flat at {name} = {at:g} and jumps "
                f"at {where:g}, as one that rounds does; write it without floor, round, int and the like"
            )


def _first_change(
    function: Callable[[float], float], value: float, at: float, side: int, near: float, away: float
) -> tuple[float, float]:
    """Where the function first has another value, to rounding, and by how much that differs."""
    for _ in range(_HALVINGS):
        middle = (near + away) / 2
        near, away = (near, middle) if _value(function, at + side * middle) != value else (middle, away)
    return at + side * away, _value(function, at + side * away) - value


def _value(function: Callable[[float], float], point: float) -> float:
    try:
        return function(point)
    except (LikelihoodKitError, TypeError, ValueError):
        return np.nan
