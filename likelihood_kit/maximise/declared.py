"""Whether a maximum that a family declares is one, with nothing higher around it, and what else is as high."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from likelihood_kit.predictor import Predictor, params_from_working, working_from_params

#: Distances on the line of each parameter: of a logarithm or the like, or of the spread of the sample.
DISTANCES = (1e-5, 1e-3, 0.03, 0.3, 2.0)
#: Random directions beside the axes.
DIRECTIONS = 12
#: Log densities that may be computed for it; the axes are always looked along.
MOST_ROWS = 4_000_000
#: Spreads of the sample by which a parameter is moved to see whether the log likelihood is as high there, and how often
#: that is doubled and then halved; how much lower, relative to its size, rounding makes it. A parabola falls by 1e-9.
BESIDE, DOUBLED, HALVED = 1e-4, 20, 60
LEVEL = 1e-12
#: How much higher, relative to its size, a log likelihood may be by rounding.
ROUNDING = 1e-9


def surpassed(
    log_likelihood: Callable[[np.ndarray], float],
    params: np.ndarray,
    predictors: Sequence[Predictor],
    y: np.ndarray,
) -> tuple[np.ndarray, float] | None:
    """The highest point found around declared params, and its log likelihood; None where none is higher.

    Parameters
    ----------
    log_likelihood : callable
        Of params `(k,)`; -inf outside the support.
    params : (k,)
    predictors : sequence of k Predictor, without columns
    y : (n,)
    """
    value = log_likelihood(params)
    tolerance = ROUNDING * (1 + abs(value)) if np.isfinite(value) else 0.0
    working = working_from_params(predictors, params)
    spread = float(np.std(y)) or float(np.mean(np.abs(y))) or 1.0
    units = {True: spread, False: 1.0}
    unit = np.array([units[predictor.link.has_unit] for predictor in predictors])
    powers = [predictor.link.has_unit and predictor.link.name != "identity" for predictor in predictors]
    unit = np.where(powers, np.abs(working), unit)
    best: tuple[np.ndarray, float] | None = None
    for ray in _rays(len(params), len(y)):
        point = params_from_working(predictors, working + unit * ray)
        there = log_likelihood(point)
        if there > (value if best is None else best[1]) + tolerance or (np.isnan(value) and np.isfinite(there)):
            best, value = (point, there), there
    return best


def as_high(
    log_likelihood: Callable[[np.ndarray], float], params: np.ndarray, y: np.ndarray
) -> dict[int, tuple[float, float]]:
    """Ends of the values of a parameter alone, by its place, over which the log likelihood is as high as at a maximum.

    Of an even number of observations any value between the two in the middle is a median.

    Parameters
    ----------
    log_likelihood : callable
        Of params `(k,)`; -inf outside the support.
    params : (k,)
        The maximum.
    y : (n,)
    """
    value = log_likelihood(params)
    step = BESIDE * (float(np.std(y)) or 1.0)
    found = {}
    for j, axis in enumerate(np.eye(len(params))):

        def level(side: int, distance: float, axis: np.ndarray = axis) -> bool:
            there = log_likelihood(params + side * distance * axis)
            return bool(there >= value - LEVEL * (1 + abs(value)))

        below, above = (side * _reach(partial(level, side), step) for side in (-1, 1))
        if above > below:
            found[j] = (float(params[j] + below), float(params[j] + above))
    return found


def _reach(level: Callable[[float], bool], step: float) -> float:
    """Largest distance, from the step on, up to which all is level; 0 for less."""
    if not level(step):
        return 0.0
    low, high = step, 2 * step
    for _ in range(DOUBLED):
        if not level(high):
            break
        low, high = high, 2 * high
    for _ in range(HALVED):
        middle = (low + high) / 2
        low, high = (middle, high) if level(middle) else (low, middle)
    return low


def _rays(k: int, rows: int) -> np.ndarray:
    """Ways to look, in units of the parameters, `(m, k)`: along the axes first."""
    rng = np.random.default_rng(k)
    axes = np.concatenate([np.eye(k), -np.eye(k)])
    random = rng.choice([-1.0, 0.0, 1.0], size=(DIRECTIONS, k)) * rng.uniform(0.2, 1.0, size=(DIRECTIONS, k))
    most = max(len(axes) * len(DISTANCES), MOST_ROWS // max(rows, 1))
    return np.concatenate([distance * rays for rays in (axes, random) for distance in DISTANCES])[:most]
