"""Slopes of errors on the sample size, log on log: of the root mean squared error, of the median error, of the bias.

The median absolute error has a slope where the mean squared error is infinite, as that of the mean of Cauchy values.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from likelihood_kit.simulation.exponents import Exponent, exponent
from likelihood_kit.simulation.measures import bias, carriers, mse
from likelihood_kit.simulation.tails import Tail, tail

#: Sizes, from the largest down, whose tails say whether there is a variance: those of the local slope.
TAIL_SIZES = 2


@dataclass(frozen=True)
class Slope:
    """Slope of a log error on log n.

    Attributes
    ----------
    overall, overall_se : float
        Weighted least squares over all sizes; the standard error is widened by the lack of fit to a line.
    lack_of_fit : float
        Mean squared residual in units of Monte Carlo error, 1 for a line; NaN for fewer than three sizes.
    local, local_se : float
        Between the two largest sizes.
    """

    overall: float
    overall_se: float
    lack_of_fit: float
    local: float
    local_se: float


@dataclass(frozen=True, eq=False)
class Errors:
    """Errors of one estimator of one parameter at s sizes.

    Attributes
    ----------
    sizes : tuple of s int
    replications : int
        Estimates at the largest size.
    bias, bias_mcse : (s,)
    share : (s,)
        Squared bias in the mean squared error.
    rmse, median, shift : Slope
        Of the root mean squared error, the median absolute error and the absolute bias.
    limit : Exponent
        Of the root mean squared error as n grows.
    ends : Tail
        Of the estimates at the two largest sizes.
    constant : bool
        Whether the estimates do not vary at the two largest sizes.
    """

    sizes: tuple[int, ...]
    replications: int
    bias: np.ndarray
    bias_mcse: np.ndarray
    share: np.ndarray
    rmse: Slope
    median: Slope
    shift: Slope
    limit: Exponent
    ends: Tail
    constant: bool


def slope(sizes: np.ndarray, log_error: np.ndarray, mcse: np.ndarray) -> Slope:
    """Slope of `log_error (s,)` with Monte Carlo standard errors `(s,)` on the logarithms of ascending sizes `(s,)`."""
    x = np.log(sizes)
    if len(x) < 2 or not (np.isfinite(log_error).all() and ((mcse > 0) & np.isfinite(mcse)).all()):
        return Slope(*[np.nan] * 5)
    weights = mcse**-2.0
    centred = x - np.average(x, weights=weights)
    information = np.sum(weights * centred**2)
    overall = np.sum(weights * centred * log_error) / information
    residuals = log_error - np.average(log_error, weights=weights) - overall * centred
    spare = len(x) - 2
    lack_of_fit = np.sum(weights * residuals**2) / spare if spare else np.nan
    widened = np.sqrt(np.fmax(lack_of_fit, 1.0) / information)
    step = x[-1] - x[-2]
    local = (log_error[-1] - log_error[-2]) / step
    return Slope(*map(float, (overall, widened, lack_of_fit, local, np.hypot(mcse[-1], mcse[-2]) / step)))


def errors(sizes: Sequence[int], estimates: Sequence[np.ndarray], truth: float, critical: float) -> Errors:
    """Errors of finite estimates `(r,)` at every size.

    Parameters
    ----------
    sizes : sequence of s ascending int
    estimates : sequence of s (r,) arrays
    truth : float
    critical : float
        Distance in standard errors that tells.
    """
    n = np.asarray(sizes, dtype=float)
    squared, squared_mcse = np.array([mse(values, truth) for values in estimates], dtype=float).T
    shift, shift_mcse = np.array([bias(values, truth) for values in estimates], dtype=float).T
    middle, middle_mcse = np.array([log_median(np.abs(values - truth)) for values in estimates]).T
    with np.errstate(all="ignore"):
        log_error = np.log(squared) / 2, squared_mcse / (2 * squared)
        return Errors(
            sizes=tuple(sizes),
            replications=len(estimates[-1]),
            bias=shift,
            bias_mcse=shift_mcse,
            share=np.fmax(shift**2 - shift_mcse**2, 0.0) / squared,
            rmse=slope(n, *log_error),
            median=slope(n, middle, middle_mcse),
            shift=slope(n, np.log(np.abs(shift)), shift_mcse / np.abs(shift)),
            limit=exponent(n, *log_error),
            ends=_ends(estimates[-TAIL_SIZES:], truth, critical),
            constant=all(len(values) > 0 and np.ptp(values) == 0 for values in estimates[-TAIL_SIZES:]),
        )


def log_median(distances: np.ndarray) -> tuple[float, float]:
    """Logarithm of the median of `(r,)`, with its standard error from the order statistics.

    Half the distance of those one binomial standard deviation, sqrt(r) / 2, either side of the middle.
    """
    r = len(distances)
    if r < 4:
        return np.nan, np.nan
    reach = 0.5 / np.sqrt(r)
    low, middle, high = np.quantile(distances, (0.5 - reach, 0.5, 0.5 + reach))
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(np.log(middle)), float(np.log(high / low) / 2)


def _ends(samples: Sequence[np.ndarray], truth: float, critical: float) -> Tail:
    """Tail of the estimates; what carries the squares is counted among the squared errors, about the truth."""
    squares = min(carriers((values - truth) ** 2) for values in samples)
    return replace(tail(samples, critical), squares=squares)
