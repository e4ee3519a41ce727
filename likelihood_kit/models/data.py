"""Checks of the data before any work, each with one error that names the row or the column and the remedy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from likelihood_kit.errors import ArgumentError, DataError
from likelihood_kit.families import Family

#: Rows or columns named in a message; the rest are counted.
NAMED = 5
#: A column is a combination of the others if what they leave of it is below this part of its length.
COLLINEAR = 1e-10
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


def checked_exog(exog: Any, rows: int) -> Any:
    """The predictors as a numeric matrix of n rows, array or DataFrame; a vector is taken as one column."""
    exog = as_numbers(exog, "exog")
    if np.ndim(exog) == 1:
        exog = exog.to_frame() if isinstance(exog, pd.Series) else np.asarray(exog)[:, None]
    if np.ndim(exog) != 2 or np.shape(exog)[0] != rows:
        raise DataError(
            f"exog has shape {np.shape(exog)}, but there are {rows} observations; it must have one row for each"
        )
    return exog


def checked_new_exog(exog: Any, width: int) -> np.ndarray:
    """Predictors to predict at, `(m, width)`; a vector is taken as one row."""
    array = np.atleast_2d(np.asarray(as_numbers(exog, "exog")))
    if array.ndim != 2 or array.shape[1] != width:
        raise DataError(f"exog has shape {array.shape}; the model was fitted with {width} columns")
    undefined = ~np.isfinite(array).all(axis=1)
    if undefined.any():
        raise DataError(f"exog is not finite in {_rows(exog, undefined)}; there is nothing to predict there")
    return array


def check_index(endog: Any, exog: Any) -> None:
    """Refuse a response and predictors whose rows pandas labels differently."""
    if isinstance(endog, pd.Series) and isinstance(exog, pd.DataFrame) and not endog.index.equals(exog.index):
        raise DataError(
            "endog and exog have different indices, so that their rows do not match; align them, "
            "or pass arrays where the order is right"
        )


def check_finite(endog: Any, exog: Any, missing: str) -> None:
    """Refuse infinities, and NaN unless `missing` says what to do with it."""
    for argument, values in (("endog", endog), ("exog", exog)):
        if values is None:
            continue
        array = np.asarray(values, dtype=float)
        infinite = np.isinf(array) if array.ndim == 1 else np.isinf(array).any(axis=1)
        if infinite.any():
            raise DataError(f"{argument} is infinite in {_rows(values, infinite)}; correct or remove it")
        empty = np.isnan(array) if array.ndim == 1 else np.isnan(array).any(axis=1)
        if missing != "drop" and empty.any():
            raise DataError(f"{argument} is NaN in {_rows(values, empty)}; pass missing='drop' to leave such rows out")
        if empty.all():
            raise DataError(f"{argument} is NaN in every row: there is nothing to fit")


def check_support(endog: Any, family: Family) -> None:
    """Refuse values outside the support of the family, naming the first."""
    values = np.asarray(endog, dtype=float)
    # A moving end that is free can be put beyond any value.
    beyond = {family.support.low: -np.inf, family.support.high: np.inf}
    ends = {**{name: beyond[name] for name in family.support.moving}, **family.fixed}
    outside = ~family.support.contains(values, ends)
    if outside.any():
        first = int(np.argmax(outside))
        raise DataError(
            f"endog has {outside.sum()} of {len(values)} values outside the support of {family!r}, "
            f"{_words(family)}; the first is {values[first]:g} in {_rows(endog, outside, 1)}"
        )


def check_spread(endog: Any, family: Family, columns: int) -> None:
    """Refuse samples on which the likelihood has no bound: too few rows, or all values equal."""
    values = np.asarray(endog, dtype=float)
    free = len(family.parameter_names) - 1 + columns if columns else len(family.parameter_names)
    if not family.parameter_names:
        raise DataError(f"{family!r} has no free parameter: there is nothing to fit")
    if len(values) < free:
        rows = "one observation" if len(values) == 1 else f"{len(values)} observations"
        raise DataError(f"{rows} cannot determine {free} parameters of {family!r}; hold some fixed, or add data")
    if not family.discrete and len(family.parameter_names) > 1 and not columns and np.ptp(values) == 0:
        raise DataError(
            f"endog is constant (all {len(values)} values are {values[0]:g}): the likelihood of {family!r} grows "
            "without bound as the density concentrates there; hold a scale parameter fixed, or use a discrete family"
        )


def check_columns(exog: Any, names: list[str]) -> None:
    """Refuse a design whose columns are linearly dependent, naming them."""
    matrix = np.asarray(exog, dtype=float)
    lengths = np.sqrt((matrix**2).sum(axis=0))
    if (lengths == 0).any():
        raise DataError(f"exog: column {names[int(np.argmax(lengths == 0))]} is zero throughout; leave it out")
    if matrix.shape[0] < matrix.shape[1]:
        raise DataError(f"exog has {matrix.shape[1]} columns but only {matrix.shape[0]} rows; leave some columns out")
    scaled = matrix / lengths
    if np.linalg.eigvalsh(scaled.T @ scaled)[0] > CLEARLY_INDEPENDENT:
        return
    triangle = np.linalg.qr(scaled, mode="r")
    dependent = np.flatnonzero(np.abs(np.diag(triangle)) < COLLINEAR)
    if not dependent.size:
        return
    j = int(dependent[0])
    weights = np.linalg.lstsq(scaled[:, :j], scaled[:, j], rcond=None)[0]
    others = [names[i] for i in np.flatnonzero(np.abs(weights) > 1e-8)] or names[:j]
    listing = ", ".join(others[:NAMED]) + (f" and {len(others) - NAMED} more" if len(others) > NAMED else "")
    raise DataError(f"exog: column {names[j]} is a linear combination of {listing}; leave one of them out")


def _rows(values: Any, chosen: np.ndarray, most: int = NAMED) -> str:
    """Rows by position, and by index label where pandas gives another."""
    places = np.flatnonzero(chosen)
    index = getattr(values, "index", None)
    words = []
    for place in places[:most]:
        label = "" if index is None or index[place] == place else f" (index {index[place]!r})"
        words.append(f"{place}{label}")
    rest = f" and {len(places) - most} more" if len(places) > most > 1 else ""
    return f"row{'s' if len(places) > 1 and most > 1 else ''} {', '.join(words)}{rest}"


def _words(family: Family) -> str:
    space = family.support
    words = ["the whole numbers" if space.whole else "the numbers"]
    for end, closed, (at, beyond) in zip(
        (space.low, space.high), space.closed, (("from", "above"), ("to", "below")), strict=True
    ):
        end = family.fixed.get(end, end) if isinstance(end, str) else end
        if isinstance(end, str) or np.isfinite(end):
            words.append(f"{at if closed else beyond} {end if isinstance(end, str) else format(end, 'g')}")
    return " ".join(words)


def checked_groups(cov_kwds: Any, rows: int) -> np.ndarray:
    """Codes `(n,)` of the clusters in `cov_kwds`."""
    if not isinstance(cov_kwds, Mapping) or "groups" not in cov_kwds:
        raise ArgumentError("cov_type='cluster' needs cov_kwds={'groups': labels}, one label per observation")
    groups = np.asarray(cov_kwds["groups"])
    if groups.shape != (rows,):
        raise DataError(f"groups has shape {groups.shape}; it must hold one label for each of {rows} rows")
    codes, labels = pd.factorize(groups)
    if (codes < 0).any():
        raise DataError(f"groups has no label in {_rows(groups, codes < 0)}; every row belongs to a cluster")
    if len(labels) < 2:
        raise DataError("groups holds one cluster only; a clustered covariance needs at least two")
    return codes
