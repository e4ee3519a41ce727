"""Exponent of n in an error, beside a term of higher order.

Moments of an estimator are series in 1/n about their first term (Shenton and Bowman 1977, *Maximum Likelihood
Estimation in Small Samples*), so that log error = a + b log n + c / n + O(n^-2). A line without c is no estimate of b:
of the shape of a Gamma law, 2, it gives -0.65 over n = 20 to 200, beside a term in 1/n -0.50.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import special

from likelihood_kit.simulation.verdicts import FALSE_ALARM

#: Exponent, level and term.
COEFFICIENTS = 3
#: Sizes that are kept where small ones are left out: one more than the coefficients, to show a lack of fit.
FEWEST_SIZES = COEFFICIENTS + 1


@dataclass(frozen=True)
class Exponent:
    """Exponent b of a log error a + b log n + c / n, by weighted least squares.

    Attributes
    ----------
    value, se : float
        b, its standard error widened by a lack of fit that Monte Carlo error does not explain.
    term, term_se : float
        c; NaN for two sizes, where b is the slope between them.
    first : int
        Smallest size used: smaller ones, where terms of still higher order show as a lack of fit, are left out if the
        others fit.
    """

    value: float
    se: float
    term: float
    term_se: float
    first: int

    @property
    def beside_term(self) -> bool:
        """Whether a term of higher order is told from the exponent."""
        return bool(np.isfinite(self.term))


def exponent(sizes: np.ndarray, log_error: np.ndarray, mcse: np.ndarray) -> Exponent:
    """Exponent of `log_error (s,)` with Monte Carlo standard errors `(s,)` at ascending sizes `(s,)`."""
    if len(sizes) < 2 or not (np.isfinite(log_error).all() and ((mcse > 0) & np.isfinite(mcse)).all()):
        return Exponent(np.nan, np.nan, np.nan, np.nan, int(sizes[0]))
    if len(sizes) < COEFFICIENTS:
        step = np.log(sizes[1] / sizes[0])
        return Exponent(
            float((log_error[1] - log_error[0]) / step), float(np.hypot(*mcse) / step), np.nan, np.nan, int(sizes[0])
        )
    every, misfit = _fit(sizes, log_error, mcse)
    for small in range(max(len(sizes) - FEWEST_SIZES, 0) + 1):
        found, lack_of_fit = _fit(sizes[small:], log_error[small:], mcse[small:])
        spare = len(sizes) - small - COEFFICIENTS
        if not spare or special.chdtrc(spare, lack_of_fit) > FALSE_ALARM:
            return found
    widened = np.sqrt(misfit / (len(sizes) - COEFFICIENTS))
    return replace(every, se=float(widened * every.se), term_se=float(widened * every.term_se))


def _fit(sizes: np.ndarray, log_error: np.ndarray, mcse: np.ndarray) -> tuple[Exponent, float]:
    """Exponent at three sizes or more, with the sum of squared residuals in units of Monte Carlo error."""
    first = sizes[0]
    design = np.stack([np.ones(len(sizes)), np.log(sizes), first / sizes], axis=1) / mcse[:, None]
    coefficients, *_ = np.linalg.lstsq(design, log_error / mcse)
    _, value, term = coefficients
    _, value_se, term_se = np.sqrt(np.diag(np.linalg.inv(design.T @ design)))
    residuals = log_error / mcse - design @ coefficients
    found = Exponent(float(value), float(value_se), float(first * term), float(first * term_se), int(first))
    return found, float(residuals @ residuals)
