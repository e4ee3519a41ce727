"""Variance of an estimator over the Cramer-Rao bound, and what the ratio says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from likelihood_kit._numerics import is_number
from likelihood_kit._numerics.printed import ERROR_DIGITS, percent, significant
from likelihood_kit.errors import ArgumentError, shown
from likelihood_kit.simulation.measures import bias, variance
from likelihood_kit.simulation.tails import Tail, some, tail
from likelihood_kit.simulation.verdicts import (
    FALSE_ALARM,
    POWER,
    TABLES,
    Verdicts,
    confidence,
    critical_value,
    figure,
    left_out,
    level_in_words,
    replications_in_words,
    span,
)

#: Distance of the ratio from 1 within which a variance counts as that of the bound.
MARGIN = 0.05
#: Squared bias over variance from which a verdict adds the mean squared error.
NOTED = 0.05
#: A number of replications that is as many times larger than another is told beside it.
FAR_MORE = 1.5
COLUMNS = ["size", "estimator", "parameter", "variance", "bound", "ratio", "mcse", "bias", "bias_mcse"]


class Efficiency(Verdicts):
    """Variances over the bound; `table`: size, estimator, parameter, variance, bound, ratio, mcse, bias, bias_mcse.

    The Monte Carlo standard error of the ratio is from the fourth moment of the estimates: that of Morris, White and
    Crowther (2019), Table 6, takes them for normal, which at small sizes they are not.
    """

    title = "Variance over the Cramer-Rao bound of unbiased estimators"


@dataclass(frozen=True)
class Trend:
    """Weighted least squares line of the ratio in 1 / n.

    Attributes
    ----------
    limit, limit_se : float
        Ratio as n grows; NaN for fewer than three sizes.
    slope, slope_se : float
        Excess times n: positive where the ratio falls.
    straight : bool
        Whether Monte Carlo error explains the distances from the line; where not, they widen the standard errors.
    """

    limit: float
    limit_se: float
    slope: float
    slope_se: float
    straight: bool


def check_margin(margin: Any, argument: str = "margin") -> None:
    """Refuse a margin that is no number between 0 and 1.

    Raises
    ------
    ArgumentError
    """
    if not is_number(margin) or not 0 < margin < 1:
        raise ArgumentError(f"{argument} = {shown(margin)}: give a number between 0 and 1, such as 0.05 for 5 %")


@np.errstate(over="ignore", invalid="ignore")  # estimates of 1e200 have an infinite square, which is told as such
def efficiency(
    sizes: Sequence[int],
    parameters: Sequence[str],
    truth: np.ndarray,
    estimates: Mapping[str, np.ndarray],
    bound: np.ndarray | None,
    no_bound: str = "",
    *,
    margin: float = MARGIN,
    infinite: str = "left out",
) -> Efficiency:
    """Variance over the bound at every size, for every estimator and parameter.

    Parameters
    ----------
    sizes : sequence of s ascending int
    parameters : sequence of p str
    truth : (p,)
    estimates : dict of estimator to (s, r, p)
        NaN for failures.
    bound : (p,) or None
        Diagonal of the inverse expected information of one observation, natural coordinates; None where there is none.
    no_bound : str
        Why there is none.
    margin : float
        Distance of the ratio from 1 within which a variance counts as that of the bound.
    infinite : {"left out", "kept"}

    Raises
    ------
    ArgumentError
        For a margin that is no number between 0 and 1.
    """
    check_margin(margin)
    margin = float(margin)
    rows, verdicts = [], {}
    critical = critical_value(TABLES * len(estimates) * len(parameters))
    least = np.full(len(parameters), np.nan) if bound is None else bound
    for estimator, values in estimates.items():
        for j, name in enumerate(parameters):
            kept = [part[np.isfinite(part[:, j]) & ~np.isnan(part).any(axis=1), j] for part in values]
            found = []
            for n, v in zip(sizes, kept, strict=True):
                spread, mcse = variance(v)
                scale = n / least[j]
                found.append(
                    (n, estimator, name, spread, least[j] / n, scale * spread, scale * mcse, *bias(v, truth[j]))
                )
            rows += found
            if bound is None:
                verdicts[estimator, name] = f"no bound: {no_bound}"
                continue
            table, ends = pd.DataFrame(found, columns=COLUMNS), tail(kept[-1:], critical)
            words = verdict(table, critical, margin, ends, len(kept[-1]))
            if infinite == "kept" and np.isinf(values[-1][:, j]).any():
                words = f"no ratio at n = {sizes[-1]}: the variance is infinite"
            verdicts[estimator, name] = words + left_out(sizes[-1:], values[-1:], j, infinite)
    level = "" if bound is None else level_in_words(len(verdicts))
    return Efficiency(pd.DataFrame(rows, columns=COLUMNS), verdicts, level)


def trend(sizes: np.ndarray, ratio: np.ndarray, mcse: np.ndarray) -> Trend:
    """Line of ratios `(s,)` with Monte Carlo standard errors `(s,)` in 1 / n; NaN for fewer than three sizes."""
    if len(sizes) < 3 or not (np.isfinite(ratio).all() and ((mcse > 0) & np.isfinite(mcse)).all()):
        return Trend(np.nan, np.nan, np.nan, np.nan, False)
    design = np.stack([np.ones(len(sizes)), 1 / sizes], axis=1) / mcse[:, None]
    (end, slope), squares, *_ = np.linalg.lstsq(design, ratio / mcse)
    spare = len(sizes) - 2
    lack_of_fit = float(squares.sum())
    widened = np.sqrt(np.fmax(lack_of_fit / spare, 1.0))
    end_se, slope_se = widened * np.sqrt(np.diag(np.linalg.inv(design.T @ design)))
    straight = bool(special.chdtrc(spare, lack_of_fit) > FALSE_ALARM)
    return Trend(float(end), float(end_se), float(slope), float(slope_se), straight)


def verdict(table: pd.DataFrame, critical: float, margin: float, ends: Tail, replications: int) -> str:
    """What the ratios of one estimator and parameter say about the largest size, in words.

    By the interval of the ratio, on the scale of its logarithm: inside the margin, outside of it, or neither.

    Parameters
    ----------
    table : DataFrame
        Rows of the efficiency table, sizes ascending.
    critical : float
        Distance in standard errors that tells.
    margin : float
    ends : Tail
        Of the estimates at the largest size.
    replications : int
        Estimates there.
    """
    last = table.iloc[-1]
    n, ratio, mcse = int(last["size"]), last["ratio"], last["mcse"]
    if not (np.isfinite(ratio) and 0 < mcse < np.inf):
        return f"no ratio at n = {n}: fewer than four estimates, or they do not vary"
    if ends.no_variance:
        return f"no ratio at n = {n}: {ends.in_words()}"
    if ends.unsettled:
        return f"cannot tell at n = {n}: {ends.in_words()}; {_of_normal_ones(margin, critical)}"
    reach = critical * mcse / ratio
    low, high = ratio * np.exp(-reach), ratio * np.exp(reach)
    text = (
        f"variance {figure(ratio, mcse)} times the bound at n = {n}, simultaneous {confidence()} interval "
        f"{span(low, high, mcse)}"
    )
    with_bias = _with_bias(last, critical)
    if low > 1 + margin:
        return _above(table, text, critical, margin) + with_bias
    if ends.heavy:
        return (
            f"cannot tell whether it is within {percent(margin)} of the bound: {text}, whose Monte Carlo error about "
            f"{some(ends.fourths)} carry, for heavy tails or too few in all; {_of_normal_ones(margin, critical)}"
            f"{with_bias}"
        )
    if low >= 1 - margin and high <= 1 + margin:
        return f"within {percent(margin)} of the bound: {text}{with_bias}"
    if high < 1 - margin:
        return _below(last, text, critical, margin)
    return _open(text, (low, ratio, high), margin, reach / critical, critical, replications) + with_bias


def _with_bias(last: pd.Series, critical: float) -> str:
    """Clause on the mean squared error where a bias adds to the variance."""
    squared = last["bias"] ** 2 / last["bound"]
    if abs(last["bias"]) <= critical * last["bias_mcse"] or squared <= NOTED * last["ratio"]:
        return ""
    shift = figure(last["bias"], last["bias_mcse"])
    error = significant(last["ratio"] + squared, ERROR_DIGITS)
    return f"; with its bias, {shift}, the mean squared error is {error} times the bound"


def _above(table: pd.DataFrame, text: str, critical: float, margin: float) -> str:
    first, last = table.iloc[0], table.iloc[-1]
    line = trend(*(table[name].to_numpy(dtype=float) for name in ("size", "ratio", "mcse")))
    change = np.log(last["ratio"] / first["ratio"])
    moves = abs(change) > critical * np.hypot(first["mcse"] / first["ratio"], last["mcse"] / last["ratio"])
    falls, rises = moves and change < 0, change > 0
    there = abs(line.limit - 1) + critical * line.limit_se <= margin
    since = f"from {significant(first['ratio'], ERROR_DIGITS)} at n = {int(first['size'])}"
    ahead = f"with a limit of {figure(line.limit, line.limit_se)} as n grows"
    if falls and there and line.slope > critical * line.slope_se:
        return f"on its way to the bound: {text}, falling {since}, {ahead}, within {percent(margin)} of the bound"
    exceeds = f"exceeds the bound by more than {percent(margin)}: {text}, efficiency {percent(1 / last['ratio'], 1)}"
    moving = f", {'rising' if rises else 'falling'} {since}" if moves else ""
    return exceeds + moving + (f", {ahead}" if line.straight else "")


def _below(last: pd.Series, text: str, critical: float, margin: float) -> str:
    biased = abs(last["bias"]) > critical * last["bias_mcse"]
    why = "" if biased else ", and must change with the parameter"
    return (
        f"below the bound by more than {percent(margin)}: {text}. The bound holds for unbiased estimators; here the "
        f"bias is {figure(last['bias'], last['bias_mcse'])}{why}, and a biased one is bounded by "
        "(1 + d bias / d parameter)^2 times as much"
    )


def _of_normal_ones(margin: float, critical: float) -> str:
    """Words on the replications that would tell were the estimates normal, the log of their variance known to 2 / r."""
    needed = replications_in_words(1, 2 * ((critical + POWER) / np.log1p(margin)) ** 2, most=np.inf)
    return f"were the estimates normal, {needed} a variance at the bound"


def _open(
    text: str, interval: tuple[float, float, float], margin: float, error: float, critical: float, replications: int
) -> str:
    """Words where the interval holds both ratios within the margin and others; `error` is that of the logarithm."""
    low, ratio, high = interval
    needed, at_bound = (((critical + POWER) * error / _gap(at, margin)) ** 2 for at in (ratio, 1.0))
    side = "above" if low > 1 else "below" if high < 1 else ""
    beyond = f"; it is {side} the bound, by more or by less than {percent(margin)}" if side else ""
    words = replications_in_words(replications, needed)
    if low <= 1 <= high and needed > FAR_MORE * at_bound:
        other = words.replace(" replications would tell", "")
        words = f"{replications_in_words(replications, at_bound)} if the ratio is 1, {other} if it is as it was found"
    else:
        words += " if the ratio is as it was found"
    return f"cannot tell whether it is within {percent(margin)} of the bound: {text}{beyond}; {words}"


def _gap(ratio: float, margin: float) -> float:
    """Distance of a ratio from the nearer end of the margin, of the logarithms; not zero."""
    return max(min(abs(np.log(ratio / edge)) for edge in (1 - margin, 1 + margin)), np.finfo(float).eps)
