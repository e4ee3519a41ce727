"""Performance measures of estimates against a known truth, each with its Monte Carlo standard error.

After Morris, White and Crowther (2019), *Statistics in Medicine* 38, 2074-2102, Table 6, whose standard errors of the
empirical standard error, the variance and the relative error assume normal estimates: here they are from fourth
moments unless asked for as published (`mcse="normal"`). A replication without an estimate (NaN in any parameter) is a
failure: it is counted, and left out of every other measure. An infinite estimate is counted, and left out of the
measures of its parameter alone, unless it is to be kept there (`infinite="kept"`). An estimate without a standard
error, as one at an end of its space, counts wherever no standard error is needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from likelihood_kit.diagnostics.intervals import HALF_WIDTH, wald_intervals
from likelihood_kit.errors import ArgumentError, near_names
from likelihood_kit.links import Link, link_of

#: A measure and its Monte Carlo standard error: numbers, or `(p,)` each.
Measured = tuple[Any, Any]
#: Scale on which an interval is symmetric: the ends of the space of its parameter, and the name of a link.
Scale = tuple[float, float, str]
#: That of an interval around an estimate of which no more is known.
UNBOUNDED: Scale = (-np.inf, np.inf, "identity")
#: What Monte Carlo standard errors rest on: the fourth moments of the estimates, or their normality, as published.
MCSE = ("moments", "normal")
#: What becomes of infinite estimates in bias, variance and errors.
INFINITE = ("left out", "kept")
#: A fourth moment that fewer replications carry gives a Monte Carlo error that is itself in error by more than 15 %:
#: half the relative error of its square, 1 / sqrt(11.1).
FEWEST_CARRIERS = 1 / 0.3**2
#: Relative differences that are rounding, of estimates and of standard errors that the data do not change.
ROUNDING = 64 * np.finfo(float).eps


def bias(estimates: np.ndarray, truth: float) -> Measured:
    """Mean error, from estimates `(r,)`."""
    return _mean(estimates - truth), _ratio(_deviation(estimates), np.sqrt(len(estimates)))


def variance(estimates: np.ndarray, mcse: str = "moments") -> Measured:
    """Square of the empirical standard error."""
    value = _deviation(estimates) ** 2
    published = value * _ratio(1.0, np.sqrt(max(len(estimates) - 1, 0) / 2))
    return value, published if mcse == "normal" else variance_mcse(estimates)


def empirical_se(estimates: np.ndarray, mcse: str = "moments") -> Measured:
    """Standard deviation of the estimates, its error by the delta method."""
    value, error = variance(estimates, mcse)
    return np.sqrt(value), _ratio(error, 2 * np.sqrt(value))


def mse(estimates: np.ndarray, truth: float) -> Measured:
    """Mean squared error."""
    squared = (estimates - truth) ** 2
    return _mean(squared), _ratio(_deviation(squared), np.sqrt(len(estimates)))


def rmse(estimates: np.ndarray, truth: float) -> Measured:
    """Root mean squared error, its error by the delta method."""
    value, error = mse(estimates, truth)
    return np.sqrt(value), _ratio(error, 2 * np.sqrt(value))


def model_se(standard_errors: np.ndarray) -> Measured:
    """Root of the mean squared standard error, from standard errors `(r,)`."""
    squared = standard_errors**2
    value = np.sqrt(_mean(squared))
    return value, _ratio(_deviation(squared), 2 * value * np.sqrt(len(squared)))


def relative_error_model_se(estimates: np.ndarray, standard_errors: np.ndarray, mcse: str = "moments") -> Measured:
    """Model standard error above the empirical one, in percent of it; standard errors of NaN where there is none.

    By moments the error is that of the logarithm of the ratio, by the delta method: standard errors and squared
    deviations of the estimates depend on each other.
    """
    known = np.isfinite(standard_errors)
    empirical, empirical_error = empirical_se(estimates, mcse)
    model, model_error = model_se(standard_errors[known])
    ratio = _ratio(model, empirical)
    together = 0.0
    if mcse != "normal" and known.sum() > 1:
        deviations = (estimates[known] - _mean(estimates)) ** 2
        covariance = np.cov(standard_errors[known] ** 2, deviations)[0, 1] / len(estimates)
        together = 2 * _ratio(covariance, (2 * model * empirical) ** 2)
    squared = _ratio(model_error, model) ** 2 + _ratio(empirical_error, empirical) ** 2 - together
    return 100 * (ratio - 1), 100 * ratio * np.sqrt(np.maximum(squared, 0.0))


def coverage(estimates: np.ndarray, standard_errors: np.ndarray, truth: float, link: Link) -> Measured:
    """Fraction of the Wald intervals, symmetric on the scale of the link, that hold the truth.

    They are those that results print, of the level `diagnostics.LEVEL`.
    """
    ends = wald_intervals(estimates[:, None], standard_errors[:, None], [link], HALF_WIDTH)[:, 0]
    value = _mean(((ends[:, 0] <= truth) & (truth <= ends[:, 1])).astype(float))
    return value, np.sqrt(_ratio(value * (1 - value), len(ends)))


def counted(happened: np.ndarray) -> Measured:
    """Number of replications, of `(r,)`, in which something happened, and its binomial standard error."""
    count = float(happened.sum())
    return count, np.sqrt(count * (1 - count / max(len(happened), 1)))


def variance_mcse(estimates: np.ndarray) -> float:
    """Standard error of the variance of the estimates, whatever their distribution; NaN for fewer than four.

    Root of the unbiased estimate of the variance of the second k-statistic, from the second and the fourth: Kenney and
    Keeping (1951), *Mathematics of Statistics*, part 2, 2nd ed., p. 189.
    """
    r = len(estimates)
    if r < 4:
        return np.nan
    squares = (estimates - _mean(estimates)) ** 2
    second, fourth = squares.sum() / (r - 1), squares @ squares / r
    cumulant = r**2 * ((r + 1) * fourth - 3 * (r - 1) * _mean(squares) ** 2) / ((r - 1) * (r - 2) * (r - 3))
    return float(np.sqrt(max(2 * r * second**2 + (r - 1) * cumulant, 0.0) / (r * (r + 1))))


def carriers(weights: np.ndarray) -> float:
    """Effective number of positive numbers `(r,)` that make up their sum: r where all are alike, 1 for one alone.

    The relative standard error of the sum is about one over its root.
    """
    largest = weights.max(initial=0.0)
    if not largest > 0:
        return float(len(weights))
    parts = weights / largest
    return float(parts.sum() ** 2 / (parts @ parts))


def fourth_moment_carriers(estimates: np.ndarray) -> float:
    """Effective number of replications that carry the Monte Carlo error of the variance; see `FEWEST_CARRIERS`."""
    squares = (estimates - _mean(estimates)) ** 2
    scale = squares.max(initial=0.0)
    return carriers((squares / scale - _mean(squares / scale)) ** 2) if scale > 0 else float(len(estimates))


def check_policies(mcse: object, infinite: object) -> None:
    """Refuse a word for Monte Carlo errors, or for infinite estimates, that means nothing.

    Raises
    ------
    ArgumentError
    """
    for argument, value, known in (("mcse", mcse, MCSE), ("infinite", infinite, INFINITE)):
        if not isinstance(value, str) or value not in known:
            raise ArgumentError(f"{argument}: {value!r} is unknown: {near_names(str(value), known)}")


@np.errstate(over="ignore", invalid="ignore")  # estimates of 1e200 have an infinite square, which is told as such
def measures(
    estimates: np.ndarray,
    truth: np.ndarray,
    standard_errors: np.ndarray | None = None,
    *,
    mcse: str = "moments",
    infinite: str = "left out",
    scales: Sequence[Scale] | None = None,
) -> dict[str, Measured]:
    """All measures by name, `(p,)` each, from estimates `(r, p)`, truth `(p,)` and standard errors `(r, p)`.

    Parameters
    ----------
    estimates : (r, p) array
        NaN for failures; infinite ones are estimates.
    truth : (p,) array
    standard_errors : (r, p) array, optional
        NaN where there is none: such a replication is left out of what needs one.
    mcse : {"moments", "normal"}
    infinite : {"left out", "kept"}
    scales : sequence of p scales, optional
        On which the intervals of coverage are symmetric; by default that of the estimates themselves.
    """
    failed = np.isnan(estimates).any(axis=1)
    errors = standard_errors
    if errors is not None:
        errors = np.where(np.isfinite(errors).all(axis=1)[:, None], errors, np.nan)
    columns = []
    for j, true in enumerate(truth):
        own = None if errors is None else errors[:, j]
        link = link_of(*(UNBOUNDED if scales is None else scales[j]))
        columns.append(_of_one(estimates[:, j], float(true), own, failed, link, mcse, infinite))
    pairs = {name: np.array([column[name] for column in columns], dtype=float).T for name in columns[0]}
    return {name: (value, error) for name, (value, error) in pairs.items()}


def _of_one(
    estimates: np.ndarray,
    truth: float,
    errors: np.ndarray | None,
    failed: np.ndarray,
    link: Link,
    mcse: str,
    infinite: str,
) -> dict[str, Measured]:
    """All measures of one parameter, from estimates and standard errors `(r,)`."""
    endless = ~failed & np.isinf(estimates)
    used = ~failed & ~endless
    kept = estimates[used]
    found: dict[str, Measured] = {
        "bias": bias(kept, truth),
        "empirical_se": empirical_se(kept, mcse),
        "variance": variance(kept, mcse),
        "mse": mse(kept, truth),
        "rmse": rmse(kept, truth),
    }
    counts = {"failures": counted(failed), "infinite": counted(endless)}
    if errors is not None:
        known = used & np.isfinite(errors)
        found["model_se"] = model_se(errors[known])
        found["relative_error_model_se"] = relative_error_model_se(kept, errors[used], mcse)
        found["coverage"] = coverage(estimates[known], errors[known], truth, link)
        counts["standard_errors"] = counted(known)
    if endless.any() and infinite == "kept":
        found |= {name: (np.inf, np.nan) for name in ("empirical_se", "variance", "mse", "rmse")}
        signs = np.unique(np.sign(estimates[endless]))
        found["bias"] = (signs[0] * np.inf if signs.size == 1 else np.nan, np.nan)
        if errors is not None:
            found["relative_error_model_se"] = (np.nan, np.nan)
    return {**found, **counts, "fourth_moment_carriers": (fourth_moment_carriers(kept), np.nan)}


def tidy(found: dict[str, Measured], entry: int = 0, **place: Any) -> pd.DataFrame:
    """Measures of one parameter as a table: what `place` says, measure, value, mcse."""
    return pd.DataFrame(
        [
            {**place, "measure": name, "value": float(value[entry]), "mcse": float(mcse[entry])}
            for name, (value, mcse) in found.items()
        ]
    )


def _mean(values: np.ndarray) -> Any:
    """Mean over the replications; NaN where there is none."""
    return _ratio(values.sum(), len(values))


def _deviation(values: np.ndarray) -> Any:
    """Standard deviation with divisor r - 1, 0 where values differ by rounding; NaN for fewer than two replications."""
    deviations = values - _mean(values)
    if np.abs(deviations).max(initial=0.0) <= ROUNDING * np.abs(values).max(initial=0.0):
        deviations = np.zeros_like(values)
    return np.sqrt(_ratio((deviations**2).sum(), len(values) - 1))


def _ratio(numerator: Any, denominator: Any) -> Any:
    """Quotient, NaN where the denominator is zero."""
    with np.errstate(all="ignore"):
        return np.where(denominator > 0, np.divide(numerator, denominator), np.nan)[()]
