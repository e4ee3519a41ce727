"""Nodes of one quadrature for many integrands under one density: tanh-sinh at one level, and whole numbers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from likelihood_kit._numerics.location import located
from likelihood_kit._numerics.quadrature import NEAR_END

#: Step of the rule and reach of its variable: nodes down to 1e-37 of the way to an end, and as far out as that. With
#: twice the step the second moments of a normal law are off by 1e-8, with this one by rounding.
STEP, REACH = 1 / 64, 4.0
#: Whole numbers that are summed at most, in one go.
MOST = 2**14
#: Logarithm of a probability that is none beside 1, even where a ratio makes it larger by half of the floats there are.
NONE = -700.0

#: `log f(y)`, elementwise.
LogDensity = Callable[[np.ndarray], np.ndarray]


def continuous_nodes(log_density: LogDensity, low: float, high: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Nodes `(m,)`, logarithms of their weights, and which make up the rule of twice the step, on a support.

    From the median to each end, in the variables of `quadrature`: the distance from an end that is near, the distance
    from the median elsewhere.

    References
    ----------
    Takahasi, H. and Mori, M. (1974). Double exponential formulas for numerical integration. *Publications of the RIMS*
    9, 721-741.
    """
    quartiles, _ = located(lambda y, *_: log_density(y), np.asarray(low), np.asarray(high), ())
    middle, width = float(quartiles[1]), float(quartiles[2] - quartiles[0])
    s = np.arange(-round(REACH / STEP), round(REACH / STEP) + 1) * STEP
    with np.errstate(all="ignore"):
        t = 1 / (1 + np.exp(-np.pi * np.sinh(s)))
        slope = np.log(STEP * np.pi * np.cosh(s)) - np.logaddexp(0.0, np.pi * np.sinh(s)) + np.log(t)
    nodes, weights = [], []
    for sign, end in ((-1, low), (1, high)):
        length = sign * (end - middle)
        if np.isinf(end):
            nodes.append(middle + sign * width * (1 / t - 1))
            weights.append(slope + np.log(width) - 2 * np.log(t))
        elif length < NEAR_END * width:
            nodes.append(end - sign * length * t)
            weights.append(slope + np.log(length))
        else:
            nodes.append(middle + sign * length * t)
            weights.append(slope + np.log(length))
    return np.concatenate(nodes), np.concatenate(weights), np.tile(np.arange(len(s)) % 2 == 0, 2)


def whole_nodes(log_density: LogDensity, low: float, high: float) -> np.ndarray | None:
    """The whole numbers with any probability, `(m,)`; None where they are too many, or have no lower end."""
    if not np.isfinite(low):
        return None
    y = low + np.arange(min(MOST, high - low + 1))
    with np.errstate(all="ignore"):
        some = np.flatnonzero(log_density(y) > NONE)
    if not some.size:
        return None
    last = int(some[-1])
    return y[: last + 1] if last + 1 < len(y) or y[-1] == high else None
