"""What the exponent of n in an error says of its rate, in words.

By an equivalence test: the whole simultaneous interval of the exponent is within a margin of a rate, which the words
state, outside of it, or neither.
"""

from __future__ import annotations

import numpy as np

from likelihood_kit._numerics.printed import percent, shortest
from likelihood_kit.simulation.rates import Errors
from likelihood_kit.simulation.verdicts import POWER, confidence, figure, replications_in_words, span

#: Lower and upper end.
Interval = tuple[float, float]
#: Distance of an exponent from a rate within which it counts as that: half the way from n^-1/2 to n^-2/5, the rate of
#: kernel estimates of a density (van der Vaart 1998, chapter 24), so that what is said to be one is not the other.
RATE_MARGIN = 0.05
#: Half the distance of the rates of parameters, 0, -1/2 and -1: a wider margin would hold two of them.
BETWEEN = 0.25
RATES = (-0.5, -1.0)
#: Part of squared bias in the mean squared error from which it may be what keeps the error from falling.
NOTED = 0.25
#: Standard errors that give a study of the replications asked for a chance of nine in ten to tell that an exponent is
#: within a margin on either side of it.
WITHIN_BOTH = 1.6449


def rate_in_words(found: Errors, expected: float, critical: float, margin: float) -> str:
    """What the errors of an estimator that is not seen to be inconsistent say of its rate.

    Parameters
    ----------
    found : Errors
        At two sizes or more.
    expected : float
        Rate that theory gives; NaN for none.
    critical : float
        Distance in standard errors that tells.
    margin : float
    """
    if not found.limit.beside_term:
        return _of_two_sizes(found, expected, critical, margin)
    limit = interval_of(found.limit.value, found.limit.se, critical)
    if not np.isfinite(expected):
        return _without_theory(found, limit, critical, margin)
    return _against_theory(found, limit, expected, critical, margin) + _curved(found, critical)


def interval_of(value: float, error: float, critical: float) -> Interval:
    """So many standard errors on either side of a value."""
    return value - critical * error, value + critical * error


def between_largest(found: Errors) -> str:
    """Slope of the root mean squared error between the two largest sizes."""
    return f"{figure(found.rmse.local, found.rmse.local_se)} from n = {found.sizes[-2]} to {found.sizes[-1]}"


def over_all(found: Errors) -> str:
    """Slope of the root mean squared error over all sizes."""
    ends = f"from n = {found.sizes[0]} to {found.sizes[-1]}"
    return f"{figure(found.rmse.overall, found.rmse.overall_se)} over all sizes, {ends}"


def shares_in_words(found: Errors) -> str:
    """Share of squared bias in the mean squared error at the smallest and the largest size."""
    first, last = (f"{percent(found.share[i], 1)} at n = {found.sizes[i]}" for i in (0, -1))
    return f"of the mean squared error squared bias is {first}, {last}"


def _within(limit: Interval, rate: float, margin: float) -> bool:
    """Whether an interval of exponents lies within the margin of a rate."""
    return rate - margin < limit[0] and limit[1] < rate + margin


def _held(limit: Interval, margin: float) -> float:
    """The rate of parameters that an interval of exponents is within the margin of; NaN for none."""
    return next((rate for rate in RATES if _within(limit, rate, margin)), np.nan)


def _against_theory(found: Errors, limit: Interval, expected: float, critical: float, margin: float) -> str:
    """Words on the exponent: within the margin of the expected one, on one side of it, or neither.

    On one side only where the slope between the two largest sizes is there too: where terms of still higher order hide
    the rate, as of a Gamma law at n = 5, 10 and 20, the term in 1/n turns the exponent the other way.
    """
    here, name = _limit(found, limit), _power(expected)
    if _within(limit, expected, margin):
        return f"converges at the expected rate {name}: slope {here}, within {shortest(margin)} of it"
    outside = limit[1] < expected - margin or expected + margin < limit[0]
    if outside and (found.limit.value < expected) != (found.rmse.local < expected):
        return (
            f"cannot tell the rate: slope {here}, but {between_largest(found)}, on the other side of the expected "
            f"{name}: terms of still higher order hide it; larger sizes would show it"
        )
    if limit[1] < expected - margin:
        held = _held(limit, margin)
        if np.isfinite(held):
            words = f"faster than the expected {name}, at the rate {_power(held)}: slope {here}"
            return f"{words}, within {shortest(margin)} of that"
        return (
            f"steeper than the expected {name} at these sizes: slope {here}. Either the rate is faster indeed, or "
            "bias and variance of still higher order are on their way out: "
            f"{shares_in_words(found)}; larger sizes would show"
        )
    if limit[0] > expected + margin:
        falls = "" if limit[1] < 0 else ", and may not fall at all"
        why = ". Either a bias stays, or the rate is slower indeed" if found.share[-1] > NOTED else ""
        return f"slower than the expected {name}: slope {here}{falls}; {shares_in_words(found)}{why}"
    way = "" if limit[0] <= expected <= limit[1] else ", flatter than it"
    way = ", steeper than it" if limit[1] < expected else way
    return (
        f"cannot tell whether the rate is within {shortest(margin)} of the expected {name}: slope {here}{way}; "
        f"{_needed(found, expected, limit, critical, margin)}"
    )


def _needed(found: Errors, expected: float, limit: Interval, critical: float, margin: float) -> str:
    """Replications that would tell: of the expected rate where that may be it, and of the exponent as it was found."""
    away = abs(abs(found.limit.value - expected) - margin)
    as_found = ((critical + POWER) * found.limit.se / max(away, np.finfo(float).tiny)) ** 2
    as_expected = ((critical + WITHIN_BOTH) * found.limit.se / margin) ** 2
    if as_expected > 1 and limit[0] <= expected <= limit[1]:
        words = f"{replications_in_words(found.replications, as_expected)} if it is the expected one"
    else:
        words = f"{replications_in_words(found.replications, as_found)} if it is as it was found"
    return f"{words}; sizes further apart need fewer"


def _of_two_sizes(found: Errors, expected: float, critical: float, margin: float) -> str:
    """Words where no term of higher order can be told from the rate."""
    local = interval_of(found.rmse.local, found.rmse.local_se, critical)
    here = f"{between_largest(found)}, {_span(local, found.rmse.local_se)}"
    theory = np.isfinite(expected)
    rate = expected if theory else _held(local, margin)
    if not np.isfinite(rate):
        falls = "that the error falls" if local[1] < 0 else "whether the error falls"
        known = "only " if local[1] < 0 else "nor "
        return f"cannot tell the rate, {known}{falls}: slope {here}; theory gives no rate, and a third size would help"
    if _within(local, rate, margin):
        words = f"converges at the {'expected ' if theory else ''}rate {_power(rate)}: slope {here}, within "
        words += f"{shortest(margin)} of it, if terms of higher order are small: a third size would show them"
        return words if theory else f"{words}; theory gives no rate to hold it against"
    if local[0] <= rate <= local[1]:
        return (
            f"cannot tell the rate: slope {here}, which agrees with the expected {_power(rate)}, and with others; "
            f"{_needed(found, rate, local, critical, margin)}"
        )
    way = "flatter" if local[0] > rate else "steeper"
    return (
        f"cannot tell the rate: slope {here}, {way} than the expected {_power(rate)}, by another rate or by terms of "
        "higher order: a third size would tell them apart"
    )


def _without_theory(found: Errors, limit: Interval, critical: float, margin: float) -> str:
    """Words where theory gives no rate."""
    here, held, end = _limit(found, limit), _held(limit, margin), "theory gives no rate to hold it against"
    if np.isfinite(held):
        return f"converges at the rate {_power(held)}: slope {here}, within {shortest(margin)} of it; {end}"
    if limit[1] < 0:
        return f"converges: slope {here}; {end}"
    if interval_of(found.rmse.overall, found.rmse.overall_se, critical)[1] < 0:
        return f"cannot tell the rate: the error falls, slope {over_all(found)}; as n grows {here}; {end}"
    return f"cannot tell whether the error falls: slope {here}"


def _limit(found: Errors, limit: Interval) -> str:
    """The exponent with the sizes that it is from, and its interval."""
    sizes = f"from n = {found.limit.first} to {found.sizes[-1]}"
    value = figure(found.limit.value, found.limit.se)
    return f"{value} beside a term in 1/n, {sizes}, {_span(limit, found.limit.se)}"


def _span(limit: Interval, error: float) -> str:
    return f"simultaneous {confidence()} interval {span(*limit, error)}"


def _curved(found: Errors, critical: float) -> str:
    """Clause on the slope of a line over all sizes, where the term in 1/n shows and turns it."""
    limit, line = found.limit, found.rmse.overall
    if not (abs(limit.term) > critical * limit.term_se and limit.first == found.sizes[0]):
        return ""
    if (line < limit.value) != (limit.term > 0):
        return ""
    steeper = limit.term > 0
    shares = f": {shares_in_words(found)}" if steeper and found.share[0] > 2 * found.share[-1] else ""
    return (
        f". Over all sizes it is {figure(line, found.rmse.overall_se)}, {'steeper' if steeper else 'flatter'} by terms "
        f"of higher order at the small ones{shares}"
    )


def _power(rate: float) -> str:
    return f"n^{shortest(rate)}"
