"""Performance measures of estimates that come from elsewhere."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from likelihood_kit._numerics import is_number
from likelihood_kit._numerics.frames import as_pandas
from likelihood_kit._numerics.numbers import REAL_KINDS, of_data
from likelihood_kit._numerics.signatures import named_arguments
from likelihood_kit.errors import ArgumentError, DataError, near_names, shown
from likelihood_kit.simulation.measures import check_policies, measures, tidy


@named_arguments
def performance(
    frame: pd.DataFrame,
    *,
    estimate: Hashable,
    se: Hashable | None = None,
    truth: Any,
    by: Hashable | Sequence[Hashable] | None = None,
    mcse: str = "moments",
    infinite: str = "left out",
) -> pd.DataFrame:
    """Performance of estimates that come from elsewhere, one per row.

    The measure `fourth_moment_carriers` is the effective number of replications on which the Monte Carlo standard
    errors of variance and empirical standard error rest: below 11 they are themselves in error by more than 15 %, since
    the tails of the estimates are heavy or the replications few.

    Parameters
    ----------
    frame : DataFrame
        One row per replication, and per group in `by`.
    estimate : label
        Column of the estimates; NaN for a replication that failed, infinite for an estimate that is.
    se : label, optional
        Column of their standard errors; coverage is that of the symmetric interval, since the space of what is
        estimated is not known.
    truth : number or label
        The true value, or the column that holds it, constant within each group.
    by : label or list of labels, optional
        Columns whose values tell the groups: sizes, estimators, parameters.
    mcse : {"moments", "normal"}
        What the Monte Carlo standard errors of the empirical standard error, the variance and the relative error rest
        on: fourth moments, or normal estimates, as in the published formulas (Morris, White and Crowther 2019).
    infinite : {"left out", "kept"}
        Whether infinite estimates are left out of bias, variance and errors; they are counted either way.

    Returns
    -------
    DataFrame
        Columns `by`, measure, value, mcse.

    Raises
    ------
    ArgumentError
        For an unknown column, a truth that is no number, or an unknown word for `mcse` or `infinite`.
    DataError
        For an empty frame, text, a negative standard error, or a truth that varies within a group.

    Examples
    --------
    >>> frame = pd.DataFrame({"estimate": [2.0, 2.5], "n": [10, 10]})
    >>> performance(frame, estimate="estimate", truth=2.0, by="n").iloc[0].to_dict()
    {'n': 10, 'measure': 'bias', 'value': 0.25, 'mcse': 0.25}
    """
    frame = as_pandas(frame)
    if not isinstance(frame, pd.DataFrame):
        raise ArgumentError(f"frame must be a data frame, not {type(frame).__name__}")
    check_policies(mcse, infinite)
    groups = [] if by is None else list(by) if isinstance(by, (list, tuple)) else [by]
    given = is_number(truth) and truth not in frame.columns
    truth = float(truth) if given else truth
    labels = {"estimate": [estimate], "se": [] if se is None else [se], "truth": [] if given else [truth], "by": groups}
    for argument, wanted in labels.items():
        for label in wanted:
            if not _is_column(frame, label):
                name = label if isinstance(label, str) else shown(label)
                if _stands_twice(frame, label):
                    raise ArgumentError(f"{argument}: two columns are named {name!r}; give each a name of its own")
                near = near_names(name, map(str, frame.columns))
                raise ArgumentError(f"{argument}: no column {shown(label)}: {near}")
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
        known = None if errors is None else errors[rows, None]
        found = measures(values[rows, None], true, known, mcse=mcse, infinite=infinite)
        tables.append(tidy(found, **{str(name): value for name, value in place.items()}))
    return pd.concat(tables, ignore_index=True)


def _is_column(frame: pd.DataFrame, label: Any) -> bool:
    """Whether a label names one column; False for what cannot be looked up, such as an array or a slice."""
    try:
        return label in frame.columns and isinstance(frame[label], pd.Series)
    except (TypeError, ValueError):
        return False


def _stands_twice(frame: pd.DataFrame, label: Any) -> bool:
    try:
        return label in frame.columns and isinstance(frame[label], pd.DataFrame)
    except (TypeError, ValueError):
        return False


def _numbers(frame: pd.DataFrame, label: Hashable) -> np.ndarray:
    """A column as floats: a text is no number, whatever it reads."""
    column = frame[label]
    try:
        if column.dtype.kind in REAL_KINDS:
            return column.to_numpy(dtype=float, na_value=np.nan)
        return np.array([np.nan if value is pd.NaT else of_data(value) for value in column], dtype=float)
    except (TypeError, ValueError, OverflowError) as error:
        raise DataError(f"column {label!r} is not numeric: {error}") from None
