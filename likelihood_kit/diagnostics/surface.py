"""Where a log likelihood is worth looking at: how far it reaches around its maximum, and its values on a grid there.

Pure functions of a log likelihood, `log_likelihood(points (m, k)) -> (m,)`, -inf where there is none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

#: Doublings and halvings of a search along one axis, and the precision at which it ends.
STEPS = 60
PRECISION = 1e-3
#: Power by which points crowd at the estimate: a region may reach thirty times as far to one side as to the other.
CROWDING = 1.5
#: Margin of a surface, in parts of its width, and boxes tried until the region fits into one.
MARGIN = 0.08
BOXES = 12

LogLikelihood = Callable[[np.ndarray], np.ndarray]


def moved(params: np.ndarray, entry: int, values: np.ndarray) -> np.ndarray:
    """Points `(m, k)` that differ from params `(k,)` in one entry, with values `(m,)`."""
    points = np.tile(params, (len(values), 1))
    points[:, entry] = values
    return points


def reach(
    log_likelihood: LogLikelihood,
    params: np.ndarray,
    entry: int,
    fall: float,
    step: float,
    precision: float = PRECISION,
) -> tuple[float, float]:
    """Ends of the stretch of one entry, others at params, within which the log likelihood falls by less than `fall`.

    Parameters
    ----------
    log_likelihood
    params : (k,)
    entry : int
    fall : float
        Positive.
    step : float
        A first guess of the distance.
    precision : float
        Of the distance, relative.
    """
    least = float(log_likelihood(params[None])[0]) - fall

    def within(distance: float) -> bool:
        return bool(log_likelihood(moved(params, entry, np.array([params[entry] + distance])))[0] > least)

    return (
        params[entry] - _last_within(lambda distance: within(-distance), step, precision),
        params[entry] + _last_within(within, step, precision),
    )


def _last_within(within: Callable[[float], bool], step: float, precision: float) -> float:
    """Largest distance that is within, by doubling a step until it is not and halving the gap."""
    inner, outer = 0.0, step
    for _ in range(STEPS):
        if not within(outer):
            break
        inner, outer = outer, 2 * outer
    for _ in range(STEPS):
        if outer - inner <= precision * outer:
            break
        middle = (inner + outer) / 2
        inner, outer = (middle, outer) if within(middle) else (inner, middle)
    return inner


def surface(
    log_likelihood: LogLikelihood,
    params: np.ndarray,
    steps: Sequence[float],
    fall: float,
    cells: int,
    precision: float = PRECISION,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Grid of two parameters, `(2 cells + 1,)` each, and relative log likelihoods on it, rows by the second.

    The estimate is on the grid, which holds, with a margin, the region where the log likelihood falls by less than
    `fall`, once coarse grids have found it. NaN where there is no likelihood.

    Parameters
    ----------
    log_likelihood
    params : (2,)
    steps : sequence of 2
        First guesses of the reach along each axis.
    fall : float
    cells : int
        On each side of the estimate.
    precision : float
        Of the first guess of the box, relative.
    """
    top = log_likelihood(params[None])[0]
    box = [reach(log_likelihood, params, entry, fall, steps[entry], precision) for entry in (0, 1)]

    def computed(cells: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        x, y = (_crowded(*ends, at, cells) for ends, at in zip(box, params, strict=True))
        mesh = np.stack(np.meshgrid(x, y), axis=-1)
        return x, y, log_likelihood(mesh.reshape(-1, 2)).reshape(mesh.shape[:2]) - top

    for _ in range(BOXES):
        x, y, values = computed(cells // 2)
        inside = values >= -fall
        found = [_around(x, inside.any(axis=0)), _around(y, inside.any(axis=1))]
        if np.allclose(found, box, rtol=0, atol=MARGIN / 2 * np.ptp(box, axis=1, keepdims=True)):
            break
        box = found
    x, y, values = computed(cells)
    return x, y, np.where(np.isfinite(values), values, np.nan)


def _crowded(low: float, high: float, estimate: float, cells: int) -> np.ndarray:
    """Grid from below low over the estimate to above high, `(2 cells + 1,)`, densest at the estimate."""
    margin = MARGIN * (high - low or abs(high) or 1.0)
    part = np.linspace(0, 1, cells + 1) ** CROWDING
    below, above = estimate - low + margin, high + margin - estimate
    return np.concatenate([estimate - below * part[:0:-1], estimate + above * part])


def _around(axis: np.ndarray, inside: Any) -> tuple[float, float]:
    """Ends of the part of an axis that is inside, and one cell more on each side."""
    where = np.flatnonzero(inside)
    return float(axis[max(where[0] - 1, 0)]), float(axis[min(where[-1] + 1, len(axis) - 1)])
