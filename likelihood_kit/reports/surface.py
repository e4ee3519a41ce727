"""Values of a fitted model's log likelihood around the estimate, and how far around is worth drawing."""

from __future__ import annotations

from typing import Any

import numpy as np

from likelihood_kit.regression import working_from_params
from likelihood_kit.reports.style import shared_limits

#: Evaluations of one row's log density that one batched call may hold, so that memory stays bounded.
LARGEST_BATCH = 2_000_000
#: Doublings and halvings of a search along one axis.
STEPS = 60
#: Cells on each side of the estimate along an axis of a contour, the fewer the more rows; rows evaluated in all.
MOST_CELLS, LEAST_CELLS = 40, 12
CONTOUR_ROWS = 20_000_000
#: Power by which points crowd at the estimate: a region may reach thirty times as far to one side as to the other.
CROWDING = 1.5
#: Margin of a contour, in parts of its width, and boxes tried until the region fits into one.
MARGIN = 0.08
BOXES = 12


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


def contour_surface(results: Any, fall: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Grid of two parameters, `(m,)` each, and relative log likelihoods `(m, m)`, rows by the second; NaN outside.

    The estimate is on the grid. The grid holds, with a margin, the region where the log likelihood falls by less than
    `fall`, once coarse ones have found it.
    """
    params = np.asarray(results.params, dtype=float)
    top = log_likelihoods(results.model, params[None])[0]
    box = [reach(results.model, params, entry, fall, first_step(results, entry)) for entry in (0, 1)]
    cells = int(np.clip(np.sqrt(CONTOUR_ROWS / len(results.model.endog)) / 2, LEAST_CELLS, MOST_CELLS))

    def computed(cells: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        axes = [_crowded(*shared_limits(ends, MARGIN), at, cells) for ends, at in zip(box, params, strict=True)]
        mesh = np.stack(np.meshgrid(*axes), axis=-1)
        values = log_likelihoods(results.model, mesh.reshape(-1, 2)).reshape(mesh.shape[:2]) - top
        return axes[0], axes[1], values

    for _ in range(BOXES):
        x, y, surface = computed(cells // 2)
        inside = surface >= -fall
        new = [_around(x, np.any(inside, axis=0)), _around(y, np.any(inside, axis=1))]
        if np.allclose(new, box, rtol=0, atol=MARGIN / 2 * np.ptp(box, axis=1, keepdims=True)):
            break
        box = new
    x, y, surface = computed(cells)
    return x, y, np.where(np.isfinite(surface), surface, np.nan)


def _crowded(low: float, high: float, estimate: float, cells: int) -> np.ndarray:
    """Grid from low over the estimate to high, `(2 cells + 1,)`, densest at the estimate."""
    part = np.linspace(0, 1, cells + 1) ** CROWDING
    return np.concatenate([estimate - (estimate - low) * part[:0:-1], estimate + (high - estimate) * part])


def _around(axis: np.ndarray, inside: Any) -> tuple[float, float]:
    """Ends of the part of an axis that is inside, and one cell more on each side."""
    where = np.flatnonzero(inside)
    return float(axis[max(where[0] - 1, 0)]), float(axis[min(where[-1] + 1, len(axis) - 1)])
