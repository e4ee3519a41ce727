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


def cells(n: int) -> int:
    """Cells of equal probability for a chi-squared statistic of n observations.

    2 n^(2/5) rounded up, as R's nortest has it (Moore 1986, in D'Agostino and Stephens, *Goodness-of-Fit Techniques*,
    section 3.2.4), but so few that 5 observations or more are expected in each (Cochran 1954, *Biometrics* 10,
    417-451).
    """
    return max(2, min(int(np.ceil(2 * n**0.4)), n // 5))


def counts_in_cells(places: np.ndarray, m: int) -> np.ndarray:
    """Observations in each of m cells of equal probability, `(..., m)`, by their places `(..., n)`."""
    cell = np.minimum((places * m).astype(int), m - 1)
    lines = cell.reshape(-1, cell.shape[-1])
    counted = np.bincount((lines + m * np.arange(len(lines))[:, None]).ravel(), minlength=m * len(lines))
    return counted.reshape(*places.shape[:-1], m)


def chi_squared(places: np.ndarray) -> np.ndarray:
    """Pearson's chi-squared statistic `(...)` of places `(..., n)` in the laws of their rows, over `cells(n)`."""
    n = places.shape[-1]
    return pearson(counts_in_cells(places, cells(n)), np.asarray(n / cells(n)))


def pearson(observed: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """Pearson's statistic `(...)` of observed and expected counts in cells, `(..., m)`.

    Pearson, K. (1900). *Philosophical Magazine* (5) 50, 157-175.
    """
    return ((observed - expected) ** 2 / expected).sum(axis=-1)


def pooled_ends(values: np.ndarray, below: np.ndarray, n: int) -> np.ndarray:
    """Upper ends `(m - 1,)` of cells of whole numbers, n / `cells(n)` or more expected in each; the last has no end.

    Parameters
    ----------
    values : (u,)
        Ends that may be taken, ascending.
    below : (u,)
        Observations that are expected up to each.
    n : int
        Observations.
    """
    least, last, ends = n / cells(n), 0.0, []
    for value, expected in zip(values, below, strict=True):
        if expected - last >= least and n - expected >= least:
            ends.append(value)
            last = expected
    return np.array(ends)
