"""Rate at which the error of an estimator falls with the sample size, and what it says.

Estimates of a regular law converge as n^-1/2, the extremes of a sample from a law with a jump at its end as n^-1:
van der Vaart (1998), *Asymptotic Statistics*, theorems 5.39 and section 9.4. A rate is said by an equivalence test: the
whole simultaneous interval of the exponent is within a margin of it, which the words state.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from likelihood_kit._numerics import is_number
from likelihood_kit._numerics.printed import ERROR_DIGITS, shortest, significant
from likelihood_kit.errors import ArgumentError, shown
from likelihood_kit.simulation.rate_words import (
    BETWEEN,
    NOTED,
    RATE_MARGIN,
    between_largest,
    interval_of,
    over_all,
    rate_in_words,
    shares_in_words,
)
from likelihood_kit.simulation.rates import Errors, Slope, errors
from likelihood_kit.simulation.verdicts import (
    TABLES,
    Verdicts,
    critical_value,
    figure,
    left_out,
    level_in_words,
)

#: Intervals that a verdict looks at: local and overall slope and exponent of the root mean squared error, slopes of the
#: median error and of the bias, tail index.
INTERVALS = 6


class Consistency(Verdicts):
    """Rates of convergence.

    `table`: estimator, parameter; slope, se, local_slope, local_se, expected, lack_of_fit of the root mean squared
    error; limit_slope, limit_se of the same beside a term in 1/n, on which verdicts rest; median_slope, median_se of
    the median absolute error, over all sizes.
    """

    title = "Rate of the root mean squared error in n"


@np.errstate(over="ignore", invalid="ignore")  # estimates of 1e200 have an infinite square, which is told as such
def consistency(
    sizes: Sequence[int],
    parameters: Sequence[str],
    truth: np.ndarray,
    estimates: Mapping[str, np.ndarray],
    expected: Mapping[str, Sequence[float]],
    *,
    margin: float = RATE_MARGIN,
    infinite: str = "left out",
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
    margin : float
        Distance of an exponent from a rate within which it counts as that.
    infinite : {"left out", "kept"}

    Raises
    ------
    ArgumentError
        For a margin that is no number between 0 and `BETWEEN`.
    """
    if not is_number(margin) or not 0 < margin <= BETWEEN:
        raise ArgumentError(
            f"margin = {shown(margin)}: give a number between 0 and {BETWEEN}, such as {RATE_MARGIN} for n^-0.5 not to "
            "be n^-0.45"
        )
    rows, verdicts = [], {}
    critical = critical_value(TABLES * INTERVALS * len(estimates) * len(parameters))
    for estimator, values in estimates.items():
        for j, name in enumerate(parameters):
            kept = [part[np.isfinite(part[:, j]) & ~np.isnan(part).any(axis=1), j] for part in values]
            found = errors(sizes, kept, truth[j], critical)
            rate = expected[estimator][j]
            rows.append({"estimator": estimator, "parameter": name, **_row(found, rate)})
            endless = infinite == "kept" and np.isinf(values[:, :, j]).any()
            words = (
                "no rate: the mean squared error is infinite"
                if endless
                else verdict(found, rate, critical, float(margin))
            )
            verdicts[estimator, name] = words + left_out(sizes, values, j, infinite)
    return Consistency(pd.DataFrame(rows), verdicts, level_in_words(len(verdicts)))


def _row(found: Errors, expected: float) -> dict[str, float]:
    return {
        "slope": found.rmse.overall,
        "se": found.rmse.overall_se,
        "local_slope": found.rmse.local,
        "local_se": found.rmse.local_se,
        "expected": expected,
        "lack_of_fit": found.rmse.lack_of_fit,
        "limit_slope": found.limit.value,
        "limit_se": found.limit.se,
        "median_slope": found.median.overall,
        "median_se": found.median.overall_se,
    }


def verdict(found: Errors, expected: float, critical: float, margin: float = RATE_MARGIN) -> str:
    """What the errors of one estimator say of its rate, in words.

    Parameters
    ----------
    found : Errors
    expected : float
        Rate that theory gives; NaN for none.
    critical : float
        Distance in standard errors that tells.
    margin : float
    """
    if len(found.sizes) < 2:
        return "one sample size shows no rate: run the study at two or more"
    if found.constant:
        shift = found.bias[-1]
        return (
            f"not consistent: the estimates do not vary, and are off by {significant(shift, ERROR_DIGITS)}"
            if shift
            else "no rate: the estimates do not vary, and are the truth"
        )
    if not np.isfinite(found.rmse.local):
        return "no rate: at some size there are fewer than two estimates, or they do not vary"
    if found.ends.unsettled:
        begin = "no rate" if found.ends.no_variance else "cannot tell the rate"
        return f"{begin}: {found.ends.in_words()}{_median(found, critical, margin)}"
    if _bias_stays(found, critical, margin):
        stays = figure(found.bias[-1], found.bias_mcse[-1])
        here = figure(found.shift.local, found.shift.local_se)
        return f"not consistent: a bias stays, {stays} at n = {found.sizes[-1]}, slope {here}: {shares_in_words(found)}"
    local = interval_of(found.rmse.local, found.rmse.local_se, critical)
    overall = interval_of(found.rmse.overall, found.rmse.overall_se, critical)
    limit = interval_of(found.limit.value, found.limit.se, critical)
    for (low, high), words in ((local, between_largest(found)), (overall, over_all(found))):
        if low > -margin and min(high, local[1], limit[1]) >= 0:
            return (
                f"not consistent: the error does not fall, slope {words}, no steeper than {shortest(-margin)}"
                f"{_shares_of_bias(found)}"
            )
    return rate_in_words(found, expected, critical, margin)


def _bias_stays(found: Errors, critical: float, margin: float) -> bool:
    """Whether there is a bias at the largest size, and it does not fall.

    Not over all sizes, with nothing that shows it to fall between the two largest; or not between those, where it is
    no small part of the error: the bias of a sample quantile, of order 1/n, goes up and down with n there.
    """
    seen = abs(found.bias[-1]) > critical * found.bias_mcse[-1]
    local = interval_of(found.shift.local, found.shift.local_se, critical)
    overall = interval_of(found.shift.overall, found.shift.overall_se, critical)
    over_all_sizes = overall[0] > -margin and (local[0] > -margin or local[1] >= 0)
    return bool(seen and (over_all_sizes or (local[0] > -margin and found.share[-1] > NOTED)))


def _shares_of_bias(found: Errors) -> str:
    return f"; {shares_in_words(found)}" if found.share[-1] > NOTED else ""


def _median(found: Errors, critical: float, margin: float) -> str:
    """Clause on the median absolute error where the mean squared one is nothing to go by."""
    slope: Slope = found.median
    if not np.isfinite(slope.overall):
        return ""
    low, high = interval_of(slope.overall, slope.overall_se, critical)
    here = f"slope {figure(slope.overall, slope.overall_se)} over all sizes"
    if high < 0:
        return f". The median absolute error falls, {here}"
    if low > -margin:
        return f". They do not settle: the median absolute error does not fall, {here}"
    return f". Whether the median absolute error falls cannot be told, {here}"
