"""Performance measures of estimates against a known truth, each with its Monte Carlo standard error.

After Morris, White and Crowther (2019), *Statistics in Medicine* 38, 2074-2102, Table 6. A replication without an
estimate (NaN or infinite in any parameter) is a failure: it is counted, and left out of every other measure.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from likelihood_kit.diagnostics import HALF_WIDTH
from likelihood_kit.errors import ArgumentError, DataError, near_names

#: A measure and its Monte Carlo standard error, `(p,)` each.
Measured = tuple[np.ndarray, np.ndarray]


def bias(estimates: np.ndarray, truth: np.ndarray) -> Measured:
    """Mean error, from estimates `(r, p)` and truth `(p,)`."""
    return _mean(estimates - truth), _ratio(_deviation(estimates), _root(len(estimates)))


def empirical_se(estimates: np.ndarray) -> Measured:
    """Standard deviation of the estimates `(r, p)`; its error as for normal estimates."""
    value = _deviation(estimates)
    return value, _ratio(value, _root(2 * (len(estimates) - 1)))


def variance(estimates: np.ndarray) -> Measured:
    """Square of the empirical standard error, its error by the delta method."""
    value, mcse = empirical_se(estimates)
    return value**2, 2 * value * mcse


def mse(estimates: np.ndarray, truth: np.ndarray) -> Measured:
    """Mean squared error."""
    squared = (estimates - truth) ** 2
    return _mean(squared), _ratio(_deviation(squared), _root(len(estimates)))


def rmse(estimates: np.ndarray, truth: np.ndarray) -> Measured:
    """Root mean squared error, its error by the delta method."""
    value, mcse = mse(estimates, truth)
    return np.sqrt(value), _ratio(mcse, 2 * np.sqrt(value))


def model_se(standard_errors: np.ndarray) -> Measured:
    """Root of the mean squared standard error, from standard errors `(r, p)`."""
    squared = standard_errors**2
    value = np.sqrt(_mean(squared))
    return value, _ratio(_deviation(squared), 2 * value * _root(len(squared)))


def relative_error_model_se(estimates: np.ndarray, standard_errors: np.ndarray) -> Measured:
    """Model standard error above the empirical one, in percent of it."""
    empirical, _ = empirical_se(estimates)
    model, mcse = model_se(standard_errors)
    ratio = _ratio(model, empirical)
    relative = np.sqrt(_ratio(mcse, model) ** 2 + _ratio(1.0, 2 * (len(estimates) - 1)))
    return 100 * (ratio - 1), 100 * ratio * relative


def coverage(estimates: np.ndarray, standard_errors: np.ndarray, truth: np.ndarray) -> Measured:
    """Fraction of the Wald intervals, of the level `diagnostics.LEVEL`, that hold the truth."""
    held = np.abs(estimates - truth) <= HALF_WIDTH * standard_errors
    value = _mean(held.astype(float))
    return value, np.sqrt(_ratio(value * (1 - value), len(held)))


def failures(failed: np.ndarray) -> Measured:
    """Number of failures among `(r,)` replications, and its binomial standard error."""
    count = np.asarray(failed.sum(), dtype=float)
    return count, np.sqrt(count * (1 - count / max(len(failed), 1)))


def variance_mcse(estimates: np.ndarray) -> np.ndarray:
    """Standard error of the variance of the estimates, `(p,)`, whatever their distribution.

    From their fourth moment: Mood, Graybill and Boes (1974), *Introduction to the Theory of Statistics*, ch. VI, thm 2.
    """
    r = len(estimates)
    if r < 2:
        return np.full(estimates.shape[1], np.nan)
    squares = (estimates - _mean(estimates)) ** 2
    unbiased = squares.sum(axis=0) / (r - 1)
    return np.sqrt(np.maximum(_mean(squares**2) - unbiased**2 * (r - 3) / (r - 1), 0.0) / r)


def measures(
    estimates: np.ndarray, truth: np.ndarray, standard_errors: np.ndarray | None = None
) -> dict[str, Measured]:
    """All measures by name, from estimates `(r, p)`, truth `(p,)` and standard errors `(r, p)`.

    A replication whose estimate has no standard error is left out of the measures that need one.
    """
    used = np.isfinite(estimates).all(axis=1)
    kept = estimates[used]
    found: dict[str, Measured] = {
        "bias": bias(kept, truth),
        "empirical_se": empirical_se(kept),
        "variance": variance(kept),
        "mse": mse(kept, truth),
        "rmse": rmse(kept, truth),
    }
    if standard_errors is not None:
        known = used & np.isfinite(standard_errors).all(axis=1)
        kept, errors = estimates[known], standard_errors[known]
        found["model_se"] = model_se(errors)
        found["relative_error_model_se"] = relative_error_model_se(kept, errors)
        found["coverage"] = coverage(kept, errors, truth)
    count, count_mcse = failures(~used)
    every = np.ones(estimates.shape[1])
    return {**found, "failures": (count * every, count_mcse * every)}


def performance(
    frame: pd.DataFrame,
    *,
    estimate: Hashable,
    se: Hashable | None = None,
    truth: Any,
    by: Hashable | Sequence[Hashable] | None = None,
) -> pd.DataFrame:
    """Performance of estimates that come from elsewhere, one per row.

    Parameters
    ----------
    frame : DataFrame
        One row per replication, and per group in `by`.
    estimate : label
        Column of the estimates; NaN for a replication that failed.
    se : label, optional
        Column of their standard errors.
    truth : number or label
        The true value, or the column that holds it, constant within each group.
    by : label or list of labels, optional
        Columns whose values tell the groups: sizes, estimators, parameters.

    Returns
    -------
    DataFrame
        Columns `by`, measure, value, mcse.

    Raises
    ------
    ArgumentError
        For an unknown column, or a truth that is no number.
    DataError
        For an empty frame, text, a negative standard error, or a truth that varies within a group.

    Examples
    --------
    >>> frame = pd.DataFrame({"estimate": [2.0, 2.5], "n": [10, 10]})
    >>> performance(frame, estimate="estimate", truth=2.0, by="n").iloc[0].to_dict()
    {'n': 10, 'measure': 'bias', 'value': 0.25, 'mcse': 0.25}
    """
    if not isinstance(frame, pd.DataFrame):
        raise ArgumentError(f"frame must be a pandas DataFrame, not {type(frame).__name__}")
    groups = [] if by is None else list(by) if isinstance(by, (list, tuple)) else [by]
    given = isinstance(truth, (int, float, np.number)) and truth not in frame.columns
    labels = {"estimate": [estimate], "se": [] if se is None else [se], "truth": [] if given else [truth], "by": groups}
    for argument, wanted in labels.items():
        for label in wanted:
            if label not in frame.columns:
                raise ArgumentError(f"{argument}: no column {label!r}: {near_names(label, map(str, frame.columns))}")
    if frame.empty:
        raise DataError("frame has no rows")
    if given and not np.isfinite(truth):
        raise ArgumentError(f"truth = {truth} is not a finite number")
    values = _numbers(frame, estimate)
    errors = None if se is None else _numbers(frame, se)
    truths = np.full(len(frame), float(truth)) if given else _numbers(frame, truth)
    if errors is not None and (errors < 0).any():
        raise DataError(f"column {se!r}: negative standard error in row {frame.index[np.argmax(errors < 0)]!r}")
    members = frame.groupby(groups, sort=False, dropna=False, observed=True).indices if groups else {}
    tables = []
    for key, rows in (members or {(): np.arange(len(frame))}).items():
        place = dict(zip(groups, key if isinstance(key, tuple) else (key,), strict=True))
        true = np.unique(truths[rows])
        if true.size != 1 or not np.isfinite(true[0]):
            at = f" at {', '.join(f'{name} = {value}' for name, value in place.items())}" if place else ""
            raise DataError(f"column {truth!r}: not one finite truth{at}; add what it varies with to `by`")
        found = measures(values[rows, None], true, None if errors is None else errors[rows, None])
        tables.append(tidy(found, **{str(name): value for name, value in place.items()}))
    return pd.concat(tables, ignore_index=True)


def tidy(found: dict[str, Measured], entry: int = 0, **place: Any) -> pd.DataFrame:
    """Measures of one parameter as a table: what `place` says, measure, value, mcse."""
    return pd.DataFrame(
        [
            {**place, "measure": name, "value": float(value[entry]), "mcse": float(mcse[entry])}
            for name, (value, mcse) in found.items()
        ]
    )


def _numbers(frame: pd.DataFrame, label: Hashable) -> np.ndarray:
    try:
        return frame[label].to_numpy(dtype=float, na_value=np.nan)
    except (TypeError, ValueError) as error:
        raise DataError(f"column {label!r} is not numeric: {error}") from None


def _mean(values: np.ndarray) -> np.ndarray:
    """Means over the replications, `(p,)`; NaN where there is none."""
    return _ratio(values.sum(axis=0), len(values))


def _deviation(values: np.ndarray) -> np.ndarray:
    """Standard deviations with divisor r - 1, `(p,)`; NaN for fewer than two replications."""
    squares = ((values - _mean(values)) ** 2).sum(axis=0)
    return np.sqrt(_ratio(squares, len(values) - 1))


def _root(count: int) -> np.float64:
    return np.sqrt(np.float64(max(count, 0)))


def _ratio(numerator: Any, denominator: Any) -> Any:
    """Quotient, NaN where the denominator is zero."""
    with np.errstate(all="ignore"):
        return np.where(denominator > 0, np.divide(numerator, denominator), np.nan)
