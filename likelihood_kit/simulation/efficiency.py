"""Variance of an estimator over the Cramer-Rao bound, and what the ratio says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from likelihood_kit._numerics.printed import ERROR_DIGITS, percent, significant
from likelihood_kit.simulation.measures import bias, variance, variance_mcse
from likelihood_kit.simulation.verdicts import Verdicts, critical_value, figure, left_out

#: Squared bias over variance from which a verdict adds the mean squared error.
NOTED = 0.05
COLUMNS = ["size", "estimator", "parameter", "variance", "bound", "ratio", "mcse", "bias", "bias_mcse"]


class Efficiency(Verdicts):
    """Variances over the bound; `table`: size, estimator, parameter, variance, bound, ratio, mcse, bias, bias_mcse.

    The Monte Carlo standard error of the ratio is from the fourth moment of the estimates: that of Morris, White and
    Crowther (2019), Table 6, takes them for normal, which at small sizes they are not.
    """

    title = "Variance over the Cramer-Rao bound of unbiased estimators"


def efficiency(
    sizes: Sequence[int],
    parameters: Sequence[str],
    truth: np.ndarray,
    estimates: Mapping[str, np.ndarray],
    bound: np.ndarray | None,
    no_bound: str = "",
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
    """
    rows, verdicts = [], {}
    critical = critical_value(len(estimates) * len(parameters))
    least = np.full(len(parameters), np.nan) if bound is None else bound
    for estimator, values in estimates.items():
        kept = [v[np.isfinite(v).all(axis=1)] for v in values]
        for j, name in enumerate(parameters):
            found = []
            for n, v in zip(sizes, kept, strict=True):
                spread, shift = variance(v)[0][j], [part[j] for part in bias(v, truth)]
                ratio, mcse = n * spread / least[j], n * variance_mcse(v)[j] / least[j]
                found.append((n, estimator, name, spread, least[j] / n, ratio, mcse, *shift))
            rows += found
            table = pd.DataFrame(found, columns=COLUMNS)
            verdicts[estimator, name] = (
                f"no bound: {no_bound}"
                if bound is None
                else verdict(table, critical) + left_out(sizes[-1:], values[-1:])
            )
    return Efficiency(pd.DataFrame(rows, columns=COLUMNS), verdicts)


def limit(sizes: np.ndarray, ratio: np.ndarray, mcse: np.ndarray) -> tuple[float, float]:
    """Ratio as n grows, from a weighted least squares line in 1 / n over `(s,)` sizes, with its standard error.

    The standard error is widened by the lack of fit; NaN for fewer than three sizes.
    """
    if len(sizes) < 3 or not (np.isfinite(ratio).all() and (mcse > 0).all()):
        return np.nan, np.nan
    design = np.stack([np.ones(len(sizes)), 1 / sizes], axis=1) / mcse[:, None]
    coefficients, squares, *_ = np.linalg.lstsq(design, ratio / mcse)
    widened = np.fmax(squares.sum() / (len(sizes) - 2), 1.0)
    return float(coefficients[0]), float(np.sqrt(widened * np.linalg.inv(design.T @ design)[0, 0]))


def verdict(table: pd.DataFrame, critical: float) -> str:
    """What the ratios of one estimator and parameter say about the largest size, in words.

    Parameters
    ----------
    table : DataFrame
        Rows of the efficiency table, sizes ascending.
    critical : float
        Distance in standard errors that tells.
    """
    first, last = table.iloc[0], table.iloc[-1]
    n, ratio, mcse = int(last["size"]), last["ratio"], last["mcse"]
    if not (np.isfinite(ratio) and mcse > 0):
        return f"no ratio at n = {n}: fewer than two estimates, or they do not vary"
    shift = figure(last["bias"], last["bias_mcse"])
    biased = abs(last["bias"]) > critical * last["bias_mcse"]
    squared = last["bias"] ** 2 / last["bound"]
    text = f"variance {figure(ratio, mcse)} times the bound at n = {n}"
    with_bias = ""
    if biased and squared > NOTED * ratio:
        error = significant(ratio + squared, ERROR_DIGITS)
        with_bias = f"; with its bias, {shift}, the mean squared error is {error} times the bound"
    if abs(ratio - 1) <= critical * mcse:
        seen = f"a difference below {percent(critical * mcse, 1)} would not show"
        return f"attains the bound within Monte Carlo error: {text} ({seen}){with_bias}"
    if ratio < 1:
        why = "" if biased else ", and must change with the parameter"
        return (
            f"below the bound: {text}. The bound holds for unbiased estimators; here the bias is {shift}{why}, and a "
            "biased one is bounded by (1 + d bias / d parameter)^2 times as much"
        )
    end, end_se = limit(*(table[name].to_numpy(dtype=float) for name in ("size", "ratio", "mcse")))
    if abs(end - 1) <= critical * end_se and end + critical * end_se < ratio:
        return (
            f"on its way to the bound: {text}, down from {significant(first['ratio'], ERROR_DIGITS)} at "
            f"n = {int(first['size'])}; the excess falls as 1/n, to a limit of {figure(end, end_se)}{with_bias}"
        )
    ahead = f", with a limit of {figure(end, end_se)} as n grows" if np.isfinite(end) else ""
    return f"exceeds the bound: {text}, efficiency {percent(1 / ratio, 1)}{ahead}{with_bias}"
