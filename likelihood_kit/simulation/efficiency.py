"""Variance of an estimator over the Cramer-Rao bound, and what the ratio says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from likelihood_kit.simulation.consistency import critical_value
from likelihood_kit.simulation.performance import bias, variance, variance_mcse
from likelihood_kit.simulation.verdicts import Verdicts, figure


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
            failed = 1 - len(kept[-1]) / values.shape[1]
            verdicts[estimator, name] = (
                f"no bound: {no_bound}" if bound is None else verdict(table, failed, critical)
            )
    return Efficiency(pd.DataFrame(rows, columns=COLUMNS), verdicts)


COLUMNS = ["size", "estimator", "parameter", "variance", "bound", "ratio", "mcse", "bias", "bias_mcse"]


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


def verdict(table: pd.DataFrame, failed: float, critical: float) -> str:
    """What the ratios of one estimator and parameter say about the largest size, in words.

    Parameters
    ----------
    table : DataFrame
        Rows of the efficiency table, sizes ascending.
    failed : float
        Fraction of failures at the largest size.
    critical : float
        Distance in standard errors that tells.
    """
    last = table.iloc[-1]
    n, ratio, mcse = int(last["size"]), last["ratio"], last["mcse"]
    if not (np.isfinite(ratio) and mcse > 0):
        return f"no ratio at n = {n}: fewer than two estimates, or they do not vary"
    text = f"{figure(ratio, mcse)} times the bound at n = {n}"
    without = f"; {failed:.1%} of the replications have no estimate and are left out" if failed else ""
    shift = f"its bias at n = {n} is {figure(last['bias'], last['bias_mcse'])}"
    if abs(ratio - 1) <= critical * mcse:
        return f"attains the bound within Monte Carlo error: variance {text}{without}"
    if ratio < 1:
        biased = abs(last["bias"]) > critical * last["bias_mcse"]
        why = "the estimator is biased, and" if biased else "the bias must change with the parameter, though small here:"
        return (
            f"below the bound: variance {text}. The bound is that of unbiased estimators; {why} a biased one is bounded "
            f"by (1 + d bias / d parameter)^2 times it; {shift}{without}"
        )
    end, end_se = limit(*(table[c].to_numpy(dtype=float) for c in ("size", "ratio", "mcse")))
    if np.isfinite(end) and abs(end - 1) <= critical * end_se and ratio < table["ratio"].iloc[0]:
        return (
            f"on its way to the bound: variance {text}, down from {table['ratio'].iloc[0]:.3g} at n = "
            f"{int(table['size'].iloc[0])}; in line with an excess that falls as 1/n to the limit "
            f"{figure(end, end_se)}{without}"
        )
    ahead = f", with limit {figure(end, end_se)} as n grows" if np.isfinite(end) else ""
    return f"exceeds the bound: variance {text}, efficiency {1 / ratio:.1%}{ahead}{without}"
