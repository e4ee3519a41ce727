"""Linear algebra of stacks of small symmetric matrices `(..., k, k)`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np


def stacked_inverse(matrices: np.ndarray) -> np.ndarray:
    """Inverses of a stack of symmetric matrices `(..., k, k)`, NaN for those that are not positive definite.

    Each is first scaled to unit diagonal, so that columns of very different units lose no accuracy.
    """
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


def lower_pairs(p: int) -> list[tuple[int, int]]:
    """Index pairs of the lower triangle by rows: (0, 0), (1, 0), (1, 1), (2, 0), ..."""
    return [(i, j) for i in range(p) for j in range(i + 1)]
