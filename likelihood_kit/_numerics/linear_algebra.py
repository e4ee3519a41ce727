"""Linear algebra of stacks of small symmetric matrices `(..., k, k)`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np


def stacked_inverse(matrices: np.ndarray) -> np.ndarray:
    """Inverses of a stack of symmetric matrices `(..., k, k)`, NaN for those that are not positive definite.

    Each is first scaled to unit diagonal, so that columns of very different units lose no accuracy.
    """
    if matrices.shape in ((1, 1), (2, 2)):
        return _small_inverse(matrices)
    diagonal = np.einsum("...ii->...i", matrices)
    with np.errstate(all="ignore"):
        scale = 1 / np.sqrt(diagonal)
        scaled = matrices * scale[..., :, None] * scale[..., None, :]
    usable = np.isfinite(scaled).all(axis=(-2, -1))
    scaled = np.where(usable[..., None, None], scaled, np.eye(matrices.shape[-1]))
    usable &= smallest_eigenvalue(scaled) > 0
    inverse = np.linalg.inv(np.where(usable[..., None, None], scaled, np.eye(matrices.shape[-1])))
    inverse = (inverse + np.swapaxes(inverse, -1, -2)) / 2
    scale = np.where(usable[..., None], scale, np.nan)
    return inverse * scale[..., :, None] * scale[..., None, :]


def _small_inverse(matrix: np.ndarray) -> np.ndarray:
    """The same of one matrix of order 1 or 2, in plain numbers: most fits have no larger ones."""
    diagonal = [float(matrix[i, i]) for i in range(len(matrix))]
    if not all(0 < entry < math.inf for entry in diagonal):
        return np.full(matrix.shape, np.nan)
    if len(diagonal) == 1:
        return np.array([[1 / diagonal[0]]])
    units = [math.sqrt(entry) for entry in diagonal]
    off = float(matrix[1, 0]) / units[0] / units[1]
    rest = (1 - off) * (1 + off)
    if not 1 - abs(off) > 2 * np.finfo(float).eps:
        return np.full(matrix.shape, np.nan)
    side = -off / rest / units[0] / units[1]
    return np.array([[1 / rest / units[0] / units[0], side], [side, 1 / rest / units[1] / units[1]]])


def unit_directions(variance: np.ndarray) -> np.ndarray:
    """Directions `(k, k)`, by columns, along which a variance `(k, k)` is the unit matrix; NaN where it is singular."""
    with np.errstate(all="ignore"):
        size = np.sqrt(np.diag(variance))
        scaled = variance / size[:, None] / size
    if not np.isfinite(scaled).all() or not smallest_eigenvalue(scaled) > 0:
        return np.full(variance.shape, np.nan)
    return np.linalg.inv(np.linalg.cholesky(scaled)).T / size[:, None]


def smallest_eigenvalue(scaled: np.ndarray) -> np.ndarray:
    """Smallest eigenvalue of each symmetric matrix of unit diagonal, 0 where rounding decides its sign; `(...)`."""
    k = scaled.shape[-1]
    if k == 1:
        return scaled[..., 0, 0]
    if k == 2:
        smallest = 1 - np.abs(scaled[..., 0, 1])
    else:
        smallest = np.linalg.eigvalsh(scaled)[..., 0]
    return np.where(np.abs(smallest) <= k * np.finfo(float).eps, 0.0, smallest)


def triangle(entries: Sequence[Any], shape: tuple[int, ...]) -> np.ndarray:
    """Stack of symmetric matrices `shape + (p, p)` from p (p + 1) / 2 arrays, lower triangle by rows."""
    p = round((np.sqrt(8 * len(entries) + 1) - 1) / 2)
    result = np.empty((*shape, p, p))
    for entry, (i, j) in zip(entries, lower_pairs(p), strict=True):
        result[..., i, j] = result[..., j, i] = entry
    return result


def mirror_lower(matrices: np.ndarray) -> None:
    """Fill the upper triangle of each matrix `(..., k, k)` from the lower one, in place."""
    upper = np.triu_indices(matrices.shape[-1], 1)
    matrices[..., upper[0], upper[1]] = matrices[..., upper[1], upper[0]]


def lower_pairs(p: int) -> list[tuple[int, int]]:
    """Index pairs of the lower triangle by rows: (0, 0), (1, 0), (1, 1), (2, 0), ..."""
    return [(i, j) for i in range(p) for j in range(i + 1)]
