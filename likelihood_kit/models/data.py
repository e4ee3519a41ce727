"""Checks of the data before any work, each with one error that names the row or the column and the remedy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from likelihood_kit.conditioning import centred
from likelihood_kit.errors import ArgumentError, DataError
from likelihood_kit.families import Family
from likelihood_kit.parameters import Space

#: Rows or columns named in a message; the rest are counted.
NAMED = 5
#: A column is a combination of the others if what they leave of it is below this part of its length.
COLLINEAR = 1e-10
#: Spread of a column relative to its size that is its rounding alone.
LOST_IN_ROUNDING = 64 * np.finfo(float).eps
#: Smallest eigenvalue of the columns' correlations, far above its rounding error, that spares the longer check.
CLEARLY_INDEPENDENT = 1e-8


def as_numbers(values: Any, argument: str) -> Any:
    """The values, as numeric array or pandas object.

    Raises
    ------
    DataError
        For text, dates, complex numbers, ragged lists, empty data.
    """
    if values is None:
        raise DataError(f"{argument} is None; pass a list or an array of numbers")
    if isinstance(values, pd.DataFrame):
        text = [str(c) for c in values.columns if not pd.api.types.is_numeric_dtype(values[c])]
        if text:
            raise DataError(
                f"{argument}: column {', '.join(text)} is not numeric; convert it, or let a formula code it with C(...)"
            )
        values = values.astype(float)
    elif isinstance(values, pd.Series):
        if not pd.api.types.is_numeric_dtype(values):
            raise DataError(f"{argument} is not numeric (dtype {values.dtype}); convert it to numbers")
        values = values.astype(float)
    else:
        if isinstance(values, np.ma.MaskedArray):
            values = np.ma.filled(values.astype(float), np.nan)
        try:
            array = np.asarray(values)
            if array.dtype.kind in "cmMSU":
                raise TypeError
            values = array if array.dtype.kind == "f" else array.astype(float)
        except (TypeError, ValueError):
            raise DataError(f"{argument} is not numeric: {_first_no_number(values)}; convert it to numbers") from None
    if np.size(values) == 0:
        raise DataError(f"{argument} is empty: there is nothing to fit")
    return values


def _first_no_number(values: Any) -> str:
    """What stands where the first number should."""
    if not isinstance(values, (list, tuple, np.ndarray)):
        return f"it is a {type(values).__name__}"
    for row, value in enumerate(values):
        try:
            if isinstance(value, (str, bytes, np.datetime64, np.timedelta64)):
                raise TypeError
            float(value)
        except (TypeError, ValueError):
            return f"row {row} is {str(value)!r}"
    return "its rows are of different lengths"


def checked_endog(endog: Any) -> Any:
    """The response as a numeric vector, array or Series; a single column is taken as one."""
    endog = as_numbers(endog, "endog")
    if np.ndim(endog) == 0:
        raise DataError("endog is a single number; pass a list or an array of observations")
    if np.ndim(endog) == 2:
        if np.shape(endog)[1] != 1:
            raise DataError(f"endog has shape {np.shape(endog)}; it must be one column of n observations")
        endog = endog.iloc[:, 0] if isinstance(endog, pd.DataFrame) else np.asarray(endog)[:, 0]
    if np.ndim(endog) > 2:
        raise DataError(f"endog has shape {np.shape(endog)}; it must be a vector of n observations")
    return endog


def checked_exog(exog: Any, rows: int, argument: str = "exog") -> Any:
    """The predictors as a numeric matrix of n rows, array or DataFrame; a vector is taken as one column."""
    exog = as_numbers(exog, argument)
    if np.ndim(exog) == 1:
        exog = exog.to_frame() if isinstance(exog, pd.Series) else np.asarray(exog)[:, None]
    if np.ndim(exog) != 2 or np.shape(exog)[0] != rows:
        raise DataError(
            f"{argument} has shape {np.shape(exog)}, but there are {rows} observations; it must have one row for each"
        )
    return exog


def checked_column(values: Any, argument: str, rows: int) -> Any:
    """One number per row, array or Series; a single number is taken for all rows."""
    values = as_numbers(values, argument)
    if np.ndim(values) == 2 and np.shape(values)[1] == 1:
        values = values.iloc[:, 0] if isinstance(values, pd.DataFrame) else np.asarray(values)[:, 0]
    if np.ndim(values) == 0:
        return np.full(rows, float(values))
    if np.shape(values) != (rows,):
        raise DataError(f"{argument} has shape {np.shape(values)}; it must hold one number for each of {rows} rows")
    return values


def check_index(endog: Any, others: Mapping[str, Any]) -> None:
    """Refuse a response and other data whose rows pandas labels differently."""
    if not isinstance(endog, (pd.Series, pd.DataFrame)):
        return
    for argument, values in others.items():
        if isinstance(values, (pd.Series, pd.DataFrame)) and not endog.index.equals(values.index):
            raise DataError(
                f"endog and {argument} have different indices, so that their rows do not match; align them, "
                "or pass arrays where the order is right"
            )


def complete_rows(named: Mapping[str, Any], missing: str) -> np.ndarray | None:
    """Rows `(n,)` without NaN in any of the data, or None where all are; refuses infinities.

    Raises
    ------
    DataError
        For an infinite value; for NaN unless `missing` says what to do with it.
    """
    complete = None
    for argument, values in named.items():
        array = np.asarray(values, dtype=float)
        # One pass: a sum is finite if all its terms are, but for an overflow, which is looked at below.
        with np.errstate(all="ignore"):
            if np.isfinite(array.sum()):
                continue
        infinite = _in_rows(np.isinf(array))
        if infinite.any():
            raise DataError(f"{argument} is infinite in {rows_in_words(values, infinite)}; correct or remove it")
        empty = _in_rows(np.isnan(array))
        if not empty.any():
            continue
        if missing != "drop":
            where = rows_in_words(values, empty)
            raise DataError(f"{argument} is NaN in {where}; pass missing='drop' to leave such rows out")
        complete = ~empty if complete is None else complete & ~empty
    if complete is not None and not complete.any():
        raise DataError(f"{' or '.join(named)} is NaN in every row: there is nothing to fit")
    return complete


def _in_rows(flags: np.ndarray) -> np.ndarray:
    return flags if flags.ndim == 1 else np.asarray(flags.any(axis=1))


def check_support(endog: Any, family: Family, data: Mapping[str, Any], *, whole: bool = False) -> None:
    """Refuse values outside the support of the family, naming the first.

    `data` are the known quantities and further columns of the response, by name; `whole` that values are whole numbers.
    """
    values = np.asarray(endog, dtype=float)
    if _well_inside(values, family, whole=whole):
        return
    quantities: dict[str, Any] = {**family.fixed, **data}
    free = [name for name in family.support.depends_on if name not in quantities]
    support = family.support
    if free:
        # An end that moves with a free parameter can be put beyond any value.
        ends = [np.inf if set(_depends(end)) & set(free) else end for end in (support.low, support.high)]
        low = -np.inf if ends[0] is np.inf else ends[0]
        support = replace(support, low=low, high=ends[1])
    outside = ~support.contains(values, quantities)
    if outside.any():
        first = int(np.argmax(outside))
        raise DataError(
            f"endog has {outside.sum()} of {len(values)} values outside the support of {family!r}, "
            f"{_words(family)}; the first is {values[first]:g} in {rows_in_words(endog, outside, 1)}"
        )


def _well_inside(values: np.ndarray, family: Family, *, whole: bool) -> bool:
    """Whether the extremes show already that all values lie in the support."""
    support = family.support
    if (support.whole and not whole) or support.depends_on or not values.size:
        return False
    low, high = support.numbers
    if support.whole:
        low, high = low - 1, high + 1
    return bool(low < values.min() and values.max() < high)


def _depends(end: Any) -> tuple[str, ...]:
    return Space(low=end).depends_on


def check_columns_inside(family: Family, data: Mapping[str, Any]) -> None:
    """Refuse values of known quantities and further columns of the response outside their spaces."""
    for name, values in data.items():
        space = {**family.law.known, **family.law.observed, **family.spaces}[name]
        outside = ~space.contains(np.asarray(values))
        if outside.any():
            first = int(np.argmax(outside))
            raise DataError(
                f"{name} has {outside.sum()} of {len(outside)} values outside {space!r}; the first is "
                f"{np.asarray(values)[first]:g} in {rows_in_words(values, outside, 1)}"
            )


def checked_weights(values: Any, argument: str, rows: int) -> np.ndarray:
    """Weights of the rows as an array `(n,)`: none negative, not all zero; frequencies are whole numbers."""
    weights = checked_column(values, argument, rows)
    array = np.asarray(weights, dtype=float)
    with np.errstate(invalid="ignore"):
        wrong = array < 0
        if argument == "freq_weights":
            wrong |= array != np.floor(array)
    if wrong.any():
        kind = "a whole number of observations" if argument == "freq_weights" else "not negative"
        raise DataError(f"{argument} must be {kind}: it is not in {rows_in_words(weights, wrong)}")
    if not np.nansum(array) > 0:
        raise DataError(f"{argument} is zero in every row: there is nothing to fit")
    return weights


def check_spread(endog: Any, family: Family, free: int, count: float, *, identical: bool) -> None:
    """Refuse samples on which the likelihood has no bound: too few observations, or all values equal.

    Parameters
    ----------
    endog : (n,)
    family : Family
    free : int
        Entries of params.
    count : float
        Observations.
    identical : bool
        Whether all parameters are the same for all rows.
    """
    values = np.asarray(endog, dtype=float)
    if not free:
        raise DataError(f"{family!r} has no free parameter: there is nothing to fit")
    if count < free:
        rows = "one observation" if count == 1 else f"{count:g} observations"
        raise DataError(f"{rows} cannot determine {free} parameters of {family!r}; hold some fixed, or add data")
    constant = identical and not family.discrete and free > 1 and not family.law.observed
    if constant and values[0] == values[-1] and np.ptp(values) == 0:
        raise DataError(
            f"endog is constant (all {len(values)} values are {values[0]:g}): the likelihood of {family!r} grows "
            "without bound as the density concentrates there; hold a scale parameter fixed, or use a discrete family"
        )


def check_columns(exog: Any, names: Sequence[str], argument: str = "exog") -> None:
    """Refuse a design whose columns are linearly dependent, naming them."""
    matrix = np.asarray(exog, dtype=float)
    lengths = np.sqrt((matrix**2).sum(axis=0))
    if (lengths == 0).any():
        raise DataError(f"{argument}: column {names[int(np.argmax(lengths == 0))]} is zero throughout; leave it out")
    if matrix.shape[0] < matrix.shape[1]:
        raise DataError(
            f"{argument} has {matrix.shape[1]} columns but only {matrix.shape[0]} rows; leave some columns out"
        )
    # A mean is no rounding error, but beside one of 1e10 a spread of 1 would look like one.
    moved, _ = centred(matrix)
    spreads = np.sqrt((moved**2).sum(axis=0))
    rounded = spreads <= LOST_IN_ROUNDING * lengths
    scaled = np.where(rounded, matrix / lengths, moved / np.where(rounded, 1.0, spreads))
    if np.linalg.eigvalsh(scaled.T @ scaled)[0] > CLEARLY_INDEPENDENT:
        return
    triangle = np.linalg.qr(scaled, mode="r")
    dependent = np.flatnonzero(np.abs(np.diag(triangle)) < COLLINEAR)
    if not dependent.size:
        return
    j = int(dependent[0])
    weights = np.linalg.lstsq(scaled[:, :j], scaled[:, j], rcond=None)[0]
    others = [names[int(i)] for i in np.flatnonzero(np.abs(weights) > 1e-8)] or names[:j]
    listing = ", ".join(others[:NAMED]) + (f" and {len(others) - NAMED} more" if len(others) > NAMED else "")
    raise DataError(f"{argument}: column {names[j]} is a linear combination of {listing}; leave one of them out")


def rows_in_words(values: Any, chosen: np.ndarray, most: int = NAMED) -> str:
    """Rows by position, and by index label where pandas gives another."""
    places = np.flatnonzero(chosen)
    index = values.index if isinstance(values, (pd.Series, pd.DataFrame)) else None
    words = []
    for place in places[:most]:
        label = "" if index is None or index[place] == place else f" (index {index[place]!r})"
        words.append(f"{place}{label}")
    rest = f" and {len(places) - most} more" if len(places) > most > 1 else ""
    return f"row{'s' if len(places) > 1 and most > 1 else ''} {', '.join(words)}{rest}"


def _words(family: Family) -> str:
    space = family.support
    words = ["the whole numbers" if space.whole else "the numbers"]
    ends = ((space.low, "from", "above"), (space.high, "to", "below"))
    for (end, at, beyond), closed in zip(ends, space.closed, strict=True):
        end = family.fixed.get(end, end) if isinstance(end, str) else end
        if not isinstance(end, (int, float)):
            words.append(
                f"{at if closed else beyond} {end if isinstance(end, str) else getattr(end, '__name__', 'an end')}"
            )
        elif np.isfinite(end):
            words.append(f"{at if closed else beyond} {end:g}")
    return " ".join(words)


def checked_groups(cov_kwds: Any, model: Any) -> np.ndarray:
    """Codes `(n,)` of the clusters in `cov_kwds`: labels of the model's rows, or the name of a column of its data."""
    if not isinstance(cov_kwds, Mapping) or "groups" not in cov_kwds:
        raise ArgumentError("cov_type='cluster' needs cov_kwds={'groups': labels}, one label per observation")
    unknown = [name for name in cov_kwds if name not in ("groups", "use_correction")]
    if unknown:
        raise ArgumentError(f"cov_kwds: {unknown[0]!r} is unknown; it takes groups and use_correction")
    groups, rows = cov_kwds["groups"], len(model.endog)
    frame = getattr(model.data, "frame", None)
    if isinstance(groups, str) and frame is not None and groups in frame.columns:
        groups = frame[groups]
    labels = model.data.row_labels
    if (
        isinstance(groups, pd.Series)
        and labels is not None
        and groups.index.is_unique
        and labels.isin(groups.index).all()
    ):
        groups = groups.loc[labels]
    groups = np.asarray(groups)
    if model.complete is not None and groups.shape == model.complete.shape:
        groups = groups[model.complete]
    if groups.shape != (rows,):
        raise DataError(f"groups has shape {groups.shape}; it must hold one label for each of {rows} rows")
    codes, found = pd.factorize(groups)
    if (codes < 0).any():
        raise DataError(f"groups has no label in {rows_in_words(groups, codes < 0)}; every row belongs to a cluster")
    if len(found) < 2:
        raise DataError("groups holds one cluster only; a clustered covariance needs at least two")
    return codes
