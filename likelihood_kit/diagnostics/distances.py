"""Distance of samples from a law."""

from __future__ import annotations

import numpy as np


def anderson_darling(below: np.ndarray, at: np.ndarray) -> np.ndarray:
    r"""Anderson-Darling distance `(...)` of samples from the laws of their rows, `(..., n)`.

    Parameters
    ----------
    below, at : (..., n)
        P(Y < y) and P(Y <= y) of each row's law: the same for a continuous one, of a discrete one the middle is taken.

    References
    ----------
    Anderson, T. W. and Darling, D. A. (1954). A test of goodness of fit. *Journal of the American Statistical
    Association* 49, 765-769, eq. (1).
    """
    # What rounds to 0 or 1 lies at the edge of what rounding resolves.
    edge = np.finfo(float).eps / 2
    places = np.sort(np.clip((below + at) / 2, edge, 1 - edge), axis=-1)
    n = places.shape[-1]
    weights = (2 * np.arange(1, n + 1) - 1) / n
    return -n - (np.log(places) + np.log1p(-places[..., ::-1])) @ weights


def cramer_von_mises(places: np.ndarray) -> np.ndarray:
    """Cramer-von Mises distance `(...)` of places `(..., n)` in the laws of their rows from a uniform law.

    References
    ----------
    Stephens, M. A. (1974). EDF statistics for goodness of fit and some comparisons. *Journal of the American
    Statistical Association* 69, 730-737, eq. (3).
    """
    ordered = np.sort(places, axis=-1)
    n = ordered.shape[-1]
    return ((ordered - (2 * np.arange(1, n + 1) - 1) / (2 * n)) ** 2).sum(axis=-1) + 1 / (12 * n)


def kolmogorov_smirnov(places: np.ndarray) -> np.ndarray:
    """Kolmogorov-Smirnov distance `(...)` of places `(..., n)` in the laws of their rows from a uniform law.

    Stephens (1974), eq. (1).
    """
    ordered = np.sort(places, axis=-1)
    n = ordered.shape[-1]
    ranks = np.arange(1, n + 1)
    return np.maximum(ranks / n - ordered, ordered - (ranks - 1) / n).max(axis=-1)
