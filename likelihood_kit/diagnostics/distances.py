"""Distance of samples from a law."""

from __future__ import annotations

import numpy as np
from scipy import special


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
    places = np.sort(_middles(below, at), axis=-1)
    n = places.shape[-1]
    weights = (2 * np.arange(1, n + 1) - 1) / n
    return -n - (np.log(places) + np.log1p(-places[..., ::-1])) @ weights


def skewness(below: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Size of the skewness `(...)` of the normal quantiles of samples' places in the laws of their rows, `(..., n)`.

    The third component of Neyman's smooth test in normal quantiles: it sees a law bent to one side, of which the
    distance of distribution functions sees little. 0 where all places are one.

    Parameters
    ----------
    below, at : (..., n)
        As for `anderson_darling`.

    References
    ----------
    Rayner, J. C. W., Thas, O. and Best, D. J. (2009). *Smooth Tests of Goodness of Fit*, 2nd ed., Wiley, section 6.2.
    """
    quantiles = special.ndtri(_middles(below, at))
    apart = quantiles - quantiles.mean(axis=-1, keepdims=True)
    variance = (apart**2).mean(axis=-1)
    return np.abs((apart**3).mean(axis=-1)) / np.where(variance > 0, variance, 1.0) ** 1.5


def _middles(below: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Middles of the steps; what rounds to 0 or 1 lies at the edge of what rounding resolves."""
    edge = np.finfo(float).eps / 2
    return np.clip((below + at) / 2, edge, 1 - edge)


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
