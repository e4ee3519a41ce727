"""Intervals from estimates of resamples.

References
----------
Efron, B. (1987). Better bootstrap confidence intervals. *Journal of the American Statistical Association* 82, 171-185.
Davison, A. C. and Hinkley, D. V. (1997). *Bootstrap Methods and their Application*, chapter 5.
"""

from __future__ import annotations

import numpy as np
from scipy import special

from likelihood_kit.errors import NotAvailableError


def percentile_intervals(estimates: np.ndarray, alpha: float) -> np.ndarray:
    """Intervals `(k, 2)` between quantiles of the estimates `(B, k)` of resamples (Davison and Hinkley, section 5.3.1).

    They do not depend on the coordinates, and never leave the space that the estimates are in.
    """
    return np.quantile(estimates, [alpha / 2, 1 - alpha / 2], axis=0).T


def bca_intervals(estimates: np.ndarray, estimate: np.ndarray, acceleration: np.ndarray, alpha: float) -> np.ndarray:
    """Bias-corrected and accelerated intervals `(k, 2)`: percentiles at other levels (Efron 1987, eq. (2.3)).

    Parameters
    ----------
    estimates : (B, k)
        Of resamples.
    estimate : (k,)
    acceleration : (k,)
        See `acceleration`.
    alpha : float
        The part that is left out.
    """
    below = np.mean(estimates < estimate, axis=0) + np.mean(estimates == estimate, axis=0) / 2
    bias = special.ndtri(np.clip(below, 0.5 / len(estimates), 1 - 0.5 / len(estimates)))
    found = np.empty((len(estimate), 2))
    for side, quantile in enumerate((alpha / 2, 1 - alpha / 2)):
        z = bias + special.ndtri(quantile)
        level = special.ndtr(bias + z / (1 - acceleration * z))
        found[:, side] = [np.quantile(estimates[:, j], level[j]) for j in range(len(estimate))]
    return found


def acceleration(influence: np.ndarray, frequencies: np.ndarray) -> np.ndarray:
    """How fast the standard error of an estimate changes with it, `(k,)` (Efron 1987, eq. (7.3); (4.4) of a law).

    Parameters
    ----------
    influence : (m, k)
        Of each row on the estimate, such as the inverse information times its score.
    frequencies : (m,)
        How often each row stands: of rows drawn from the law of n observations, n / m.

    Raises
    ------
    NotAvailableError
        Where an influence is not a number, as where the information is singular.
    """
    if not np.isfinite(influence).all():
        raise NotAvailableError(
            "there is no bias-corrected and accelerated interval: the influence of a row on the estimates is not a "
            "number, as where the information is singular or a score overflows; use kind='percentile'"
        )
    weight = frequencies[:, None]
    squares, cubes = np.sum(weight * influence**2, axis=0), np.sum(weight * influence**3, axis=0)
    with np.errstate(all="ignore"):
        return np.where(squares > 0, cubes / (6 * squares**1.5), 0.0)


def studentised_intervals(
    estimates: np.ndarray, errors: np.ndarray, estimate: np.ndarray, error: np.ndarray, alpha: float
) -> np.ndarray:
    """Intervals `(k, 2)` by quantiles of the ratio (estimate - truth) / error in resamples, for Student's t.

    On the scale in which all are given (Davison and Hinkley, section 5.2.1, eq. (5.7)).

    Parameters
    ----------
    estimates, errors : (B, k)
        Of resamples.
    estimate, error : (k,)
    alpha : float
    """
    ratios = (estimates - estimate) / errors
    return (estimate - error * np.quantile(ratios, [1 - alpha / 2, alpha / 2], axis=0)).T
