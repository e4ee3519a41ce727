"""Whether a maximum that a family declares is one: the log likelihood around it is no higher."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from likelihood_kit.predictor import Predictor, params_from_working, working_from_params

#: Distances on the line of each parameter: of a logarithm or the like, or of the spread of the sample.
DISTANCES = (1e-5, 1e-3, 0.03, 0.3, 2.0)
#: Random directions beside the axes.
DIRECTIONS = 12
#: Log densities that may be computed for it; the axes are always looked along.
MOST_ROWS = 4_000_000
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


def _rays(k: int, rows: int) -> np.ndarray:
    """Ways to look, in units of the parameters, `(m, k)`: along the axes first."""
    rng = np.random.default_rng(k)
    axes = np.concatenate([np.eye(k), -np.eye(k)])
    random = rng.choice([-1.0, 0.0, 1.0], size=(DIRECTIONS, k)) * rng.uniform(0.2, 1.0, size=(DIRECTIONS, k))
    most = max(len(axes) * len(DISTANCES), MOST_ROWS // max(rows, 1))
    return np.concatenate([distance * rays for rays in (axes, random) for distance in DISTANCES])[:most]
