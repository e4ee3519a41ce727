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
