"""Log density, score and Hessian of a family, row by row."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from likelihood_kit._numerics import lower_pairs, triangle
from likelihood_kit.families import operands
from likelihood_kit.families.handle import Handle


def log_density(family: Handle, values: Mapping[str, np.ndarray]) -> np.ndarray:
    """Log density `(...)` at operands by name; -inf outside the support and the spaces, NaN at NaN."""
    data, theta = operands.split(family, values)
    with np.errstate(all="ignore"):
        value = family.kernels.rows.value_at(data, theta)
    inside = operands.inside(family, values)
    shape = np.broadcast_shapes(*(np.shape(v) for v in (*data, *theta)))
    missing = sum(np.where(np.isnan(operand), np.nan, 0.0) for operand in (*data, *theta))
    return np.where(inside, value, -np.inf) + missing + np.zeros(shape)


def derivatives(family: Handle, values: Mapping[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Score `(..., p)` and Hessian `(..., p, p)` in the free parameters; NaN outside the support and the spaces."""
    data, theta = operands.split(family, values)
    with np.errstate(all="ignore"):
        _, score, hessian = family.kernels.rows.derivatives_at(data, theta)
    shape = np.broadcast_shapes(*(np.shape(v) for v in (*data, *theta)))
    within = operands.inside(family, values)
    slopes = [np.where(within, score[i], np.nan) + np.zeros(shape) for i in family.free]
    position = dict(zip(lower_pairs(len(theta)), hessian, strict=True))
    entries = [position[family.free[i], family.free[j]] for i, j in lower_pairs(len(family.free))]
    entries = [np.where(within, entry, np.nan) + np.zeros(shape) for entry in entries]
    gradient = np.stack(slopes, axis=-1) if slopes else np.empty((*shape, 0))
    return gradient, triangle(entries, shape)
