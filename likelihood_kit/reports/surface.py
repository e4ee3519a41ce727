"""Values of a fitted model's log likelihood around the estimate, and how far around is worth drawing."""

from __future__ import annotations

from typing import Any

import numpy as np

from likelihood_kit.regression import working_from_params

#: Evaluations of one row's log density that one batched call may hold, so that memory stays bounded.
LARGEST_BATCH = 2_000_000
#: Doublings and halvings of a search along one axis.
STEPS = 60


def log_likelihoods(model: Any, points: np.ndarray) -> np.ndarray:
    """Log likelihood at each row of points `(m, k)`, in the coordinates of params; `(m,)`, -inf outside the space."""
    likelihood = getattr(model, "likelihood", None)
    family = getattr(model, "family", None)
    if likelihood is None or family is None or family.support.moving:
        with np.errstate(all="ignore"):
            values = np.array([float(model.loglike(point)) for point in points])
        return np.where(np.isfinite(values), values, -np.inf)
    working = working_from_params(likelihood.predictors, points)
    size = max(1, LARGEST_BATCH // len(model.endog))
    values = np.concatenate([likelihood.value(working[i : i + size]) for i in range(0, len(points), size)])
    return np.where(np.isfinite(values) & np.isfinite(working).all(axis=1), values, -np.inf)


def moved(params: np.ndarray, entry: int, values: np.ndarray) -> np.ndarray:
    """Points `(m, k)` that differ from params in one entry."""
    points = np.tile(params, (len(values), 1))
    points[:, entry] = values
    return points


def reach(model: Any, params: np.ndarray, entry: int, fall: float, step: float) -> tuple[float, float]:
    """Ends of the stretch of one entry, others at params, within which the log likelihood falls by less than `fall`.

    Parameters
    ----------
    model, params
    entry : int
    fall : float
        Positive.
    step : float
        A first guess of the distance.
    """
    top = float(log_likelihoods(model, params[None])[0])

    def within(distance: float) -> bool:
        point = moved(params, entry, np.array([params[entry] + distance]))
        return bool(log_likelihoods(model, point)[0] > top - fall)

    ends = []
    for side in (-1.0, 1.0):
        inner, outer = 0.0, step
        for _ in range(STEPS):
            if not within(side * outer):
                break
            inner, outer = outer, 2 * outer
        for _ in range(STEPS):
            if outer - inner <= 1e-3 * outer:
                break
            middle = (inner + outer) / 2
            inner, outer = (middle, outer) if within(side * middle) else (inner, middle)
        ends.append(params[entry] + side * inner)
    return ends[0], ends[1]


def first_step(results: Any, entry: int) -> float:
    """A distance to begin a search with: the standard error, or where there is none the spread of the data over n."""
    error = float(np.asarray(results.bse)[entry])
    if np.isfinite(error) and error > 0:
        return error
    spread = float(np.ptp(results.model.endog)) / max(len(results.model.endog), 1)
    return spread or abs(float(np.asarray(results.params)[entry])) or 1.0
