"""Rate at which the root mean squared error falls with the sample size, and what it says.

Estimates of a regular law converge as n^-1/2, the extremes of a sample from a law with a jump at its end as n^-1:
van der Vaart (1998), *Asymptotic Statistics*, theorems 5.39 and section 9.4.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from likelihood_kit._numerics.printed import percent, shortest
from likelihood_kit.simulation.measures import bias, mse
from likelihood_kit.simulation.verdicts import Verdicts, critical_value, figure, left_out


@dataclass(frozen=True)
class Slope:
    """Slope of log root mean squared error on log n.

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


def slope(sizes: np.ndarray, log_rmse: np.ndarray, mcse: np.ndarray) -> Slope:
    """Slope of `log_rmse (s,)` with Monte Carlo standard errors `(s,)` on the logarithms of ascending sizes `(s,)`."""
    x = np.log(sizes)
    if len(x) < 2 or not (np.isfinite(log_rmse).all() and (mcse > 0).all()):
        return Slope(*[np.nan] * 5)
    weights = mcse**-2.0
    centred = x - np.average(x, weights=weights)
    information = np.sum(weights * centred**2)
    overall = np.sum(weights * centred * log_rmse) / information
    residuals = log_rmse - np.average(log_rmse, weights=weights) - overall * centred
    spare = len(x) - 2
    lack_of_fit = np.sum(weights * residuals**2) / spare if spare else np.nan
    widened = np.sqrt(np.fmax(lack_of_fit, 1.0) / information)
    step = x[-1] - x[-2]
    local = (log_rmse[-1] - log_rmse[-2]) / step
    return Slope(*map(float, (overall, widened, lack_of_fit, local, np.hypot(mcse[-1], mcse[-2]) / step)))


class Consistency(Verdicts):
    """Rates of convergence; `table`: estimator, parameter, slope, se, local_slope, local_se, expected, lack_of_fit."""

    title = "Rate of the root mean squared error in n"


def consistency(
    sizes: Sequence[int],
    parameters: Sequence[str],
    truth: np.ndarray,
    estimates: Mapping[str, np.ndarray],
    expected: Mapping[str, Sequence[float]],
) -> Consistency:
    """Rates of convergence of every estimator and parameter.

    Parameters
    ----------
    sizes : sequence of s ascending int
    parameters : sequence of p str
    truth : (p,)
    estimates : dict of estimator to (s, r, p)
        NaN for failures.
    expected : dict of estimator to p rates
        The exponent of n that theory gives, NaN where it gives none.
    """
    rows, verdicts = [], {}
    critical = critical_value(len(estimates) * len(parameters))
    for estimator, values in estimates.items():
        kept = [v[np.isfinite(v).all(axis=1)] for v in values]
        squared, squared_mcse = (np.stack(part) for part in zip(*(mse(v, truth) for v in kept), strict=True))
        shift, shift_mcse = (np.stack(part) for part in zip(*(bias(v, truth) for v in kept), strict=True))
        for j, name in enumerate(parameters):
            with np.errstate(all="ignore"):
                log_rmse, mcse = np.log(squared[:, j]) / 2, squared_mcse[:, j] / (2 * squared[:, j])
                share = np.fmax(shift[:, j] ** 2 - shift_mcse[:, j] ** 2, 0.0) / squared[:, j]
            found = slope(np.asarray(sizes, dtype=float), log_rmse, mcse)
            rows.append(
                {
                    "estimator": estimator,
                    "parameter": name,
                    "slope": found.overall,
                    "se": found.overall_se,
                    "local_slope": found.local,
                    "local_se": found.local_se,
                    "expected": expected[estimator][j],
                    "lack_of_fit": found.lack_of_fit,
                }
            )
            words = verdict(found, expected[estimator][j], sizes, share, critical)
            verdicts[estimator, name] = words + left_out(sizes, values)
    return Consistency(pd.DataFrame(rows), verdicts)


def verdict(found: Slope, expected: float, sizes: Sequence[int], share: np.ndarray, critical: float) -> str:
    """What a slope says, in words.

    Parameters
    ----------
    found : Slope
    expected : float
        Rate that theory gives; NaN for none.
    sizes : sequence of s ascending int
    share : (s,)
        Squared bias in the mean squared error.
    critical : float
        Distance in standard errors that tells.
    """
    if len(sizes) < 2:
        return "one sample size shows no rate: run the study at two or more"
    if not np.isfinite(found.local):
        return "no rate: at some size there are fewer than two estimates, or they do not vary"
    here = f"{figure(found.local, found.local_se)} from n = {sizes[-2]} to {sizes[-1]}"
    first, last = (f"{percent(share[i], 1)} at n = {sizes[i]}" for i in (0, -1))
    shares = f"of the mean squared error squared bias is {first}, {last}"
    if found.local + critical * found.local_se >= 0:
        if share[-1] > 0.5:
            return f"not consistent: the error does not fall, slope {here}, since a bias stays: {shares}"
        return f"undecided: slope {here} is within Monte Carlo error of none; more replications or sizes further apart"
    if not np.isfinite(expected):
        return f"converges: slope {here}; theory gives no rate to hold it against"
    overall = ""
    if abs(found.overall - expected) > critical * found.overall_se:
        steeper = "steeper" if found.overall < expected else "flatter"
        overall = (
            f". Over all sizes it is {figure(found.overall, found.overall_se)}, {steeper} by terms of higher order at "
            f"the small ones{': ' + shares if share[0] > 2 * share[-1] else ''}"
        )
    gap, rate = found.local - expected, f"n^{shortest(expected)}"
    if abs(gap) <= critical * found.local_se:
        return f"converges at the expected rate {rate}: slope {here}{overall}"
    if gap < 0:
        return (
            f"steeper than the expected {rate} at these sizes: slope {here}. Not a faster rate, but bias and "
            f"variance of higher order on their way out: {shares}; larger sizes would show the rate itself"
        )
    return (
        f"slower than the expected {rate}: slope {here}; {shares}. Either a bias stays, or the estimates have "
        "no variance, or the rate is slower indeed"
    )
