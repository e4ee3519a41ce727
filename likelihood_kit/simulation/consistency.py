"""Rate at which the error of an estimator falls with the sample size, and what it says.

Estimates of a regular law converge as n^-1/2, the extremes of a sample from a law with a jump at its end as n^-1:
van der Vaart (1998), *Asymptotic Statistics*, theorems 5.39 and section 9.4. A rate is said where the interval of the
slope holds it, and none of the other rates that come into question: 0, -1/2 and -1, a half apart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from likelihood_kit._numerics.printed import ERROR_DIGITS, percent, shortest, significant
from likelihood_kit.simulation.rates import Errors, Slope, errors
from likelihood_kit.simulation.verdicts import (
    POWER,
    TABLES,
    Verdicts,
    critical_value,
    figure,
    left_out,
    level_in_words,
    replications_in_words,
)

#: Half the distance of the rates that come into question: an interval of a slope that reaches no further than this from
#: one of them excludes the others, and all that lie nearer to those.
BETWEEN = 0.25
RATES = (-0.5, -1.0)
#: Part of squared bias in the mean squared error from which it may be what keeps the error from falling.
NOTED = 0.25
#: Intervals that a verdict looks at: local and overall slope of the root mean squared error, slopes of the median error
#: and of the bias, tail index.
INTERVALS = 5


class Consistency(Verdicts):
    """Rates of convergence.

    `table`: estimator, parameter; slope, se, local_slope, local_se, expected, lack_of_fit of the root mean squared
    error; median_slope, median_se of the median absolute error, over all sizes.
    """

    title = "Rate of the root mean squared error in n"


def consistency(
    sizes: Sequence[int],
    parameters: Sequence[str],
    truth: np.ndarray,
    estimates: Mapping[str, np.ndarray],
    expected: Mapping[str, Sequence[float]],
    *,
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
    infinite : {"left out", "kept"}
    """
    rows, verdicts = [], {}
    critical = critical_value(TABLES * INTERVALS * len(estimates) * len(parameters))
    for estimator, values in estimates.items():
        for j, name in enumerate(parameters):
            kept = [part[np.isfinite(part[:, j]) & ~np.isnan(part).any(axis=1), j] for part in values]
            found = errors(sizes, kept, truth[j], critical)
            rate = expected[estimator][j]
            rows.append({"estimator": estimator, "parameter": name, **_row(found, rate)})
            endless = infinite == "kept" and np.isinf(values[:, :, j]).any()
            words = "no rate: the mean squared error is infinite" if endless else verdict(found, rate, critical)
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
        "median_slope": found.median.overall,
        "median_se": found.median.overall_se,
    }


def verdict(found: Errors, expected: float, critical: float) -> str:
    """What the errors of one estimator say of its rate, in words.

    Parameters
    ----------
    found : Errors
    expected : float
        Rate that theory gives; NaN for none.
    critical : float
        Distance in standard errors that tells.
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
        return f"{begin}: {found.ends.in_words()}{_median(found, critical)}"
    if _bias_stays(found, critical):
        stays = figure(found.bias[-1], found.bias_mcse[-1])
        here = figure(found.shift.local, found.shift.local_se)
        return f"not consistent: a bias stays, {stays} at n = {found.sizes[-1]}, slope {here}: {_shares(found)}"
    local = _interval(found.rmse.local, found.rmse.local_se, critical)
    overall = _interval(found.rmse.overall, found.rmse.overall_se, critical)
    for interval, words in ((local, _here(found)), (overall, _everywhere(found))):
        if interval[0] > -BETWEEN and interval[1] >= 0 and local[1] >= 0:
            return f"not consistent: the error does not fall, slope {words}{_shares_of_bias(found)}"
    nearby, everywhere = (interval[1] - interval[0] <= 2 * BETWEEN for interval in (local, overall))
    agrees = local[0] <= expected <= local[1] and not _tells(local, expected)
    if nearby and not (agrees and _tells(overall, expected)):
        return _rate(found, local, expected, _here(found)) + _curved(found, expected, critical)
    if everywhere:
        return _rate(found, overall, expected, _everywhere(found))
    return _open(found, _here(found), critical)


def _bias_stays(found: Errors, critical: float) -> bool:
    """Whether there is a bias at the largest size, and it does not fall.

    Not between the two largest sizes, and, where it is a small part of the error, not over all either: the bias of
    a sample quantile, of order 1/n, goes up and down with n between them.
    """
    seen = abs(found.bias[-1]) > critical * found.bias_mcse[-1]
    local = found.shift.local - critical * found.shift.local_se > -BETWEEN
    overall = found.shift.overall - critical * found.shift.overall_se > -BETWEEN
    return bool(seen and local and (overall or found.share[-1] > NOTED))


def _interval(value: float, error: float, critical: float) -> tuple[float, float]:
    return value - critical * error, value + critical * error


def _tells(interval: tuple[float, float], rate: float) -> bool:
    """Whether an interval of slopes holds a rate, and none that is nearer to another."""
    low, high = interval
    return low <= rate <= high and rate - BETWEEN < low and high < rate + BETWEEN


def _here(found: Errors) -> str:
    return f"{figure(found.rmse.local, found.rmse.local_se)} from n = {found.sizes[-2]} to {found.sizes[-1]}"


def _everywhere(found: Errors) -> str:
    ends = f"from n = {found.sizes[0]} to {found.sizes[-1]}"
    return f"{figure(found.rmse.overall, found.rmse.overall_se)} over all sizes, {ends}"


def _shares(found: Errors) -> str:
    first, last = (f"{percent(found.share[i], 1)} at n = {found.sizes[i]}" for i in (0, -1))
    return f"of the mean squared error squared bias is {first}, {last}"


def _shares_of_bias(found: Errors) -> str:
    return f"; {_shares(found)}" if found.share[-1] > NOTED else ""


def _rate(found: Errors, interval: tuple[float, float], expected: float, here: str) -> str:
    """Words where the interval is no wider than the distance of two rates."""
    low, high = interval
    held = [rate for rate in RATES if _tells(interval, rate)]
    if not np.isfinite(expected):
        if held:
            return f"converges at the rate {_power(held[0])}: slope {here}; theory gives no rate to hold it against"
        if high < 0:
            return f"converges: slope {here}; theory gives no rate to hold it against"
        return f"cannot tell whether the error falls: slope {here}"
    if low <= expected <= high:
        if _tells(interval, expected):
            return f"converges at the expected rate {_power(expected)}: slope {here}"
        return f"cannot tell the rate: slope {here} agrees with the expected {_power(expected)}, and with others"
    if high < expected:
        if held:
            return f"faster than the expected {_power(expected)}, at the rate {_power(held[0])}: slope {here}"
        return (
            f"steeper than the expected {_power(expected)} at these sizes: slope {here}. Not a faster rate, but bias "
            f"and variance of higher order on their way out: {_shares(found)}; larger sizes would show the rate itself"
        )
    falls = "" if high < 0 else ", and may not fall at all"
    why = ". Either a bias stays, or the rate is slower indeed" if found.share[-1] > NOTED else ""
    return f"slower than the expected {_power(expected)}: slope {here}{falls}; {_shares(found)}{why}"


def _curved(found: Errors, expected: float, critical: float) -> str:
    """Clause on the slope over all sizes where it differs from the expected one, and the local one does not."""
    if not _tells(_interval(found.rmse.local, found.rmse.local_se, critical), expected):
        return ""
    if not abs(found.rmse.overall - expected) > critical * found.rmse.overall_se:
        return ""
    steeper = "steeper" if found.rmse.overall < expected else "flatter"
    shares = f": {_shares(found)}" if found.share[0] > 2 * found.share[-1] else ""
    return (
        f". Over all sizes it is {figure(found.rmse.overall, found.rmse.overall_se)}, {steeper} by terms of higher "
        f"order at the small ones{shares}"
    )


def _open(found: Errors, here: str, critical: float) -> str:
    factor = ((critical + POWER) * found.rmse.local_se / BETWEEN) ** 2
    needed = replications_in_words(found.replications, factor)
    return f"cannot tell the rate: slope {here}; {needed} n^-0.5 from no rate and from n^-1, or sizes further apart"


def _median(found: Errors, critical: float) -> str:
    """Clause on the median absolute error where the mean squared one is nothing to go by."""
    slope: Slope = found.median
    if not np.isfinite(slope.overall):
        return ""
    low, high = _interval(slope.overall, slope.overall_se, critical)
    here = f"slope {figure(slope.overall, slope.overall_se)} over all sizes"
    if high < 0:
        return f". The median absolute error falls, {here}"
    if low > -BETWEEN:
        return f". They do not settle: the median absolute error does not fall, {here}"
    return f". Whether the median absolute error falls cannot be told, {here}"


def _power(rate: float) -> str:
    return f"n^{shortest(rate)}"
