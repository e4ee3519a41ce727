"""What rounding leaves of a function of the parameters: how far it moves with their last digits."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

#: Units in the last place by which each parameter is moved; a function that keeps its digits moves as little. By fewer
#: a logarithm of 1e10, or a digamma function, stays the same number.
MOVES = (-61, 37)


def rounding_of(function: Callable[..., np.ndarray], theta: Mapping[str, float]) -> np.ndarray:
    """Largest change of a function of the parameters by their last digits, of the shape of the function.

    Parameters
    ----------
    function : callable
        `function(**theta)`, an array. What it raises is raised.
    theta : dict of str to float
    """
    here = np.asarray(function(**theta), dtype=float)
    changes = [np.abs(np.asarray(function(**moved), dtype=float) - here) for moved in moved_by_digits(theta)]
    return np.max(changes, axis=0)


def moved_by_digits(theta: Mapping[str, float]) -> list[dict[str, float]]:
    """The parameters, each moved by some units in its last place, every second one the other way.

    >>> [one["rate"] - 1.0 for one in moved_by_digits({"rate": 1.0})] == [-61 * np.spacing(1.0), 37 * np.spacing(1.0)]
    True
    """
    signs = [1 - 2 * (at % 2) for at in range(len(theta))]
    return [
        {name: value + sign * move * float(np.spacing(abs(value))) * (value != 0)
         for (name, value), sign in zip(theta.items(), signs, strict=True)}
        for move in MOVES
    ]  # fmt: skip
