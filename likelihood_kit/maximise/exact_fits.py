"""Places of a regression: exact fits to few rows, and its flattest ones.

Elemental subsets of the rows: Rousseeuw and Leroy (1987), *Robust Regression and Outlier Detection*, section 5.1.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from likelihood_kit.maximise.search_space import SearchSpace

#: Rows on which linear predictors may be computed to find exact fits.
SCREENED = 400_000
#: Exact fits of a regression to few rows, and those of each of many samples.
EXACT_FITS, EXACT_FITS_IN_A_BATCH = 400, 24
#: Condition of few rows of a design up to which they are fitted exactly.
WORST_CONDITION = 1e8
#: Median absolute deviation of a normal law, in standard deviations.
NORMAL_DEVIATION = 0.6744897501960817
#: Scales that are tried, in standard deviations of the residuals.
SPREADS_OF_RESIDUALS = (1.5, 0.3)
#: Residuals relative to the size of the data below which a fit is exact, and tells of no scale.
EXACT = 1e-9
#: How far inside its space a response is moved that lies at an end of it or beyond, as a part of its mean distance from
#: the end, or of the length of the space.
INSIDE = 0.1


def exact_fits(space: SearchSpace, driven: int) -> np.ndarray:
    """Coefficients of the driven parameter at a position that fit few rows exactly, with scales of the residuals."""
    predictor = space.predictors[driven]
    columns: Any = predictor.columns
    target = _on_the_line(space, driven)
    n, q = columns.shape
    number = EXACT_FITS_IN_A_BATCH if space.many else min(EXACT_FITS, max(SCREENED // n, EXACT_FITS_IN_A_BATCH))
    fits = [np.linalg.lstsq(columns, target.T, rcond=None)[0].T]
    base = np.broadcast_to(space.base[:, space.places[driven]], fits[0].shape)
    fits += [base, 2 * base - fits[0]]
    if q <= n:
        rows = np.argsort(space.rng.random((number, n)), axis=1)[:, :q]
        squares = columns[rows]
        sound = np.linalg.cond(squares) < WORST_CONDITION
        fits += list(np.linalg.solve(squares[sound], np.moveaxis(target[:, rows[sound]], 0, 2)).transpose(0, 2, 1))
    coefficients = np.stack([np.broadcast_to(fit, (space.r, q)) for fit in fits])
    point = np.repeat(space.base[None], len(fits), axis=0)
    point[..., space.places[driven]] = coefficients
    away = np.abs(target - coefficients @ columns.T)
    deviation = np.median(away, axis=-1) / NORMAL_DEVIATION
    size = np.maximum(np.abs(target).mean(), np.finfo(float).tiny)
    deviation = np.where(deviation > EXACT * size, deviation, size)
    variants: list[np.ndarray] = []
    for spread in SPREADS_OF_RESIDUALS if space.scales else (1.0,):
        moved = point.copy()
        for at in space.scales:
            space.put(moved, at, spread * deviation)
        variants += [space.with_values(moved, values) for values in space.variants()]
    return np.stack(variants, axis=1)


def _on_the_line(space: SearchSpace, at: int) -> np.ndarray:
    """The response `(r, n)` as a linear predictor of the parameter at a position, inside its space."""
    predictor = space.predictors[at]
    low, high = predictor.space.numbers
    y = space.y
    if np.isfinite(low) and np.isfinite(high):
        y = np.clip(y, low + INSIDE * (high - low), high - INSIDE * (high - low))
    elif np.isfinite(low):
        y = np.maximum(y, low + INSIDE * np.maximum(np.abs(y - low).mean(), np.finfo(float).tiny))
    elif np.isfinite(high):
        y = np.minimum(y, high - INSIDE * np.maximum(np.abs(high - y).mean(), np.finfo(float).tiny))
    target = predictor.link.forward(y)
    return target if predictor.offset is None else target - predictor.offset
