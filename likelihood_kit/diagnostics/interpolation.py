"""A smooth function of one variable at many points, from few of its values."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.polynomial import chebyshev

#: Numbers of nodes that are tried.
NODES = (17, 33, 65)
#: Coefficients at the end of a series that tell of what is left out, and how large they may be beside the largest one:
#: as far as the values themselves are trusted, which are integrals by quadrature.
LAST, NEGLIGIBLE = 3, 1e-8


def interpolated(
    function: Callable[[np.ndarray], np.ndarray], points: np.ndarray, scale: np.ndarray
) -> np.ndarray | None:
    """Values `(n, ...)` of a function at points `(n,)`, by a Chebyshev series; None where the series does not end.

    Parameters
    ----------
    function : callable
        `function(values (m,)) -> (m, ...)`.
    points : (n,)
    scale : (...)
        Size beside which an error of an entry is small, where the entry itself is smaller.

    References
    ----------
    Trefethen, L. N. (2013). *Approximation Theory and Approximation Practice*, chapter 8: coefficients of an analytic
    function fall geometrically.
    """
    low, high = float(points.min()), float(points.max())
    for count in NODES:
        if count >= len(points):
            return None
        nodes = chebyshev.chebpts1(count)
        values = function(low + (high - low) * (nodes + 1) / 2)
        flat = values.reshape(count, -1)
        if not np.isfinite(flat).all():
            return None
        coefficients = chebyshev.chebfit(nodes, flat, count - 1)
        left = np.abs(coefficients[-LAST:]).max(axis=0)
        if np.all(left <= NEGLIGIBLE * np.maximum(np.abs(coefficients).max(axis=0), np.ravel(scale))):
            there = np.clip(2 * (points - low) / (high - low) - 1, -1.0, 1.0)
            return chebyshev.chebval(there, coefficients).T.reshape(len(points), *values.shape[1:])
    return None
