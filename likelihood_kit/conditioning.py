"""Designs in coordinates in which their columns are centred, of one size and nearly uncorrelated.

The likelihood is searched, and informations are inverted, in these; estimates and covariances are carried back. A
predictor such as seconds since 1970 has a condition of 1e8 beside a constant, and normal equations square it: Belsley,
Kuh and Welsch (1980), *Regression Diagnostics*, chapter 3.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from likelihood_kit.predictor import Predictor, blocks

#: Smallest eigenvalue of the scaled cross products of a design's columns above which it is left as it is: its
#: information then loses six of sixteen digits at most.
WELL_CONDITIONED = 1e-6
#: Rows on which that is looked at.
LOOKED_AT = 2**15
#: How little of a constant the columns may leave over for it to be one of their combinations.
SPANNED = 1e-8


@dataclass(frozen=True, eq=False)
class Basis:
    """Coordinates of a parameter vector in which its designs are well conditioned.

    Attributes
    ----------
    predictors : tuple of Predictor
        With the columns in these coordinates.
    transform : (k, k) array
        Working vector = transform @ the vector in these coordinates; the identity where nothing predicts.
    changed : (k,) bool
        Entries of designs that were changed.
    """

    predictors: tuple[Predictor, ...]
    transform: np.ndarray
    changed: np.ndarray

    def inner(self, working: np.ndarray) -> np.ndarray:
        """Vectors `(..., k)` in these coordinates."""
        return np.linalg.solve(self.transform, np.asarray(working)[..., None])[..., 0]

    def outer(self, inner: np.ndarray) -> np.ndarray:
        """Working vectors `(..., k)`."""
        return inner @ self.transform.T

    def covariance(self, inner: np.ndarray) -> np.ndarray:
        """Covariance `(..., k, k)` of working vectors."""
        return self.transform @ inner @ self.transform.T

    def hessian(self, inner: np.ndarray) -> np.ndarray:
        """Hessians `(..., k, k)` in working coordinates."""
        back = np.linalg.inv(self.transform)
        return back.T @ inner @ back


def well_conditioned(predictors: Sequence[Predictor]) -> Basis | None:
    """The coordinates for these predictors; None where their designs are well conditioned as they are."""
    made = [None if p.columns is None or not len(p.columns) else _of(p.columns) for p in predictors]
    if all(one is None for one in made):
        return None
    places = blocks(predictors)
    transform = np.eye(places[-1].stop)
    changed = np.zeros(len(transform), dtype=bool)
    changed_predictors = []
    for predictor, place, one in zip(predictors, places, made, strict=True):
        if one is None:
            changed_predictors.append(predictor)
            continue
        columns, transform[place, place] = one
        changed[place] = True
        changed_predictors.append(replace(predictor, columns=columns))
    return Basis(tuple(changed_predictors), transform, changed)


def centred(columns: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Columns `(n, q)` less their means where a constant is a combination of them, and the transform `(q, q)`.

    Subtracting a mean before anything else is exact, or nearly, where a column is far from zero and its spread small.
    """
    q = columns.shape[1]
    transform, result = np.eye(q), columns.astype(float)
    size = np.abs(columns).max(axis=0)
    weights = _constant(columns)
    if weights is None:
        return result, transform
    kept = int(np.argmax(np.abs(weights) * size))
    for j in range(q):
        mean = columns[:, j].mean()
        if j == kept or not abs(mean) > np.abs(columns[:, j] - mean).max():
            continue
        result[:, j] = columns[:, j] - mean
        transform[:, j] -= mean * weights
    return result, transform


def _constant(columns: np.ndarray) -> np.ndarray | None:
    """Weights `(q,)` whose combination of the columns is 1; None where there are none."""
    for j, column in enumerate(columns.T):
        if column[0] != 0 and np.ptp(column) == 0:
            return np.eye(columns.shape[1])[j] / column[0]
    # Far columns would hide it among rounding errors: those near zero are tried first, as indicators are.
    size = np.abs(columns).max(axis=0)
    near = np.flatnonzero(size <= 1)
    for chosen in (near, np.arange(columns.shape[1])):
        if not chosen.size:
            continue
        few = columns[:LOOKED_AT, chosen]
        weights = np.linalg.lstsq(few, np.ones(len(few)), rcond=None)[0]
        if np.abs(columns[:, chosen] @ weights - 1).max() < SPANNED:
            full = np.zeros(columns.shape[1])
            full[chosen] = weights
            return full
    return None


def _of(columns: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """Columns and transform of one design; None where it is well conditioned as it is."""
    if _smallest(columns) > WELL_CONDITIONED:
        return None
    moved, transform = centred(columns)
    length = np.sqrt(np.mean(moved**2, axis=0))
    length = np.where(length > 0, length, 1.0)
    moved, transform = moved / length, transform / length
    if _smallest(moved) <= WELL_CONDITIONED and len(moved) >= moved.shape[1]:
        triangle = np.linalg.qr(moved, mode="r") / np.sqrt(len(moved))
        if np.abs(np.diag(triangle)).min() > 0:
            back = np.linalg.inv(triangle)
            moved, transform = moved @ back, transform @ back
    return np.ascontiguousarray(moved), transform


def _smallest(columns: np.ndarray) -> float:
    """Smallest eigenvalue of the scaled cross products of the columns, seen on some of the rows."""
    some = columns[:: max(1, len(columns) // LOOKED_AT)]
    length = np.sqrt(np.einsum("nq,nq->q", some, some))
    if not (length > 0).all() or not np.isfinite(length).all():
        return 1.0
    scaled = some / length
    return float(np.linalg.eigvalsh(scaled.T @ scaled)[0])
