"""Intervals from estimates of resamples."""

from __future__ import annotations

import numpy as np
from scipy import special


def bca_intervals(
    estimates: np.ndarray, estimate: np.ndarray, influence: np.ndarray, alpha: float, frequencies: np.ndarray
) -> np.ndarray:
    """Bias-corrected and accelerated intervals `(k, 2)`.

    They do not depend on the coordinates, and never leave the space that the estimates are in.

    Parameters
    ----------
    estimates : (B, k)
        Of resamples of the rows.
    estimate : (k,)
    influence : (n, k)
        Of each row on the estimate, such as the inverse information times its score.
    alpha : float
        The part that is left out.
    frequencies : (n,)
        How often each row stands.

    References
    ----------
    Efron, B. (1987). Better bootstrap confidence intervals. *Journal of the American Statistical Association* 82,
    171-185, eqs. (2.3), (7.3). Davison, A. C. and Hinkley, D. V. (1997). *Bootstrap Methods and their Application*,
    section 5.3.2.
    """
    below = np.mean(estimates < estimate, axis=0) + np.mean(estimates == estimate, axis=0) / 2
    bias = special.ndtri(np.clip(below, 0.5 / len(estimates), 1 - 0.5 / len(estimates)))
    weight = frequencies[:, None]
    squares, cubes = np.sum(weight * influence**2, axis=0), np.sum(weight * influence**3, axis=0)
    with np.errstate(all="ignore"):
        acceleration = np.where(squares > 0, cubes / (6 * squares**1.5), 0.0)
    found = np.empty((len(estimate), 2))
    for side, quantile in enumerate((alpha / 2, 1 - alpha / 2)):
        z = bias + special.ndtri(quantile)
        level = special.ndtr(bias + z / (1 - acceleration * z))
        found[:, side] = [np.quantile(estimates[:, j], level[j]) for j in range(len(estimate))]
    return found
