"""Exponent of n in an error, beside a term of higher order.

Moments of an estimator are series in 1/n about their first term (Shenton and Bowman 1977, *Maximum Likelihood
Estimation in Small Samples*), so that log error = a + b log n + c / n + O(n^-2). A line without c is no estimate of b:
of the shape of a Gamma law, 2, it gives -0.65 over n = 20 to 200, beside a term in 1/n -0.50.
"""

from __future__ import annotations

from dataclasses import dataclass

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
        Smallest size used: smaller ones are left out while terms of still higher order show as a lack of fit.
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
    if len(sizes) < 2 or not (np.isfinite(log_error).all() and (mcse > 0).all()):
        return Exponent(np.nan, np.nan, np.nan, np.nan, int(sizes[0]))
    if len(sizes) < COEFFICIENTS:
        step = np.log(sizes[1] / sizes[0])
        return Exponent(
            float((log_error[1] - log_error[0]) / step), float(np.hypot(*mcse) / step), np.nan, np.nan, int(sizes[0])
        )
    design = np.stack([np.ones(len(sizes)), np.log(sizes), sizes[0] / sizes], axis=1) / mcse[:, None]
    coefficients, *_ = np.linalg.lstsq(design, log_error / mcse)
    spare = len(sizes) - COEFFICIENTS
    lack_of_fit = float(np.sum((log_error / mcse - design @ coefficients) ** 2))
    fits = not spare or special.chdtrc(spare, lack_of_fit) > FALSE_ALARM
    if not fits and len(sizes) > FEWEST_SIZES:
        return exponent(sizes[1:], log_error[1:], mcse[1:])
    widened = 1.0 if fits else np.sqrt(lack_of_fit / spare)
    errors = widened * np.sqrt(np.diag(np.linalg.inv(design.T @ design)))
    first = int(sizes[0])
    return Exponent(
        float(coefficients[1]), float(errors[1]), float(first * coefficients[2]), float(first * errors[2]), first
    )
