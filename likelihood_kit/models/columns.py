"""The door for numbers: what a user passes becomes an array or pandas object of the kit's own, or is refused by name.

What comes out is a copy that cannot be written to: data that their owner changes later do not change a model.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from likelihood_kit._numerics.frames import as_pandas
from likelihood_kit._numerics.numbers import REAL_KINDS, of_data
from likelihood_kit.errors import ArgumentError, DataError, near_names

FIT, PREDICT = "there is nothing to fit", "there is nothing to predict"


def as_numbers(values: Any, argument: str, empty: str = FIT) -> Any:
    """The values as numbers of double precision, array or pandas object; a copy that cannot be written to.

    Raises
    ------
    DataError
        For text, dates, complex numbers, records, ragged lists, columns of one name, empty data.
    """
    if values is None:
        raise DataError(f"{argument} is None; pass a list or an array of numbers")
    values = as_pandas(values)
    if isinstance(values, pd.DataFrame):
        check_names_once(values, argument)
        text = [str(name) for name in values.columns if not is_real(values[name])]
        if text:
            raise DataError(
                f"{argument}: column {', '.join(text)} is not numeric; convert it, or let a formula code it with C(...)"
            )
        array = owned(values.astype(float))
        found: Any = pd.DataFrame(array, index=values.index, columns=values.columns, copy=False)
    elif isinstance(values, pd.Series):
        if not is_real(values):
            raise DataError(f"{argument} is not numeric (dtype {values.dtype}); convert it to numbers")
        found = pd.Series(owned(values.astype(float)), index=values.index, name=values.name, copy=False)
    else:
        found = _from_array(values, argument)
    if np.size(found) == 0:
        raise DataError(f"{argument} is empty: {empty}")
    return found


def owned(values: Any) -> np.ndarray:
    """A copy as an array of doubles, row after row, that cannot be written to."""
    with np.errstate(over="ignore"):
        array = np.array(values, dtype=float, order="C")
    array.setflags(write=False)
    return array


def name_beside_pandas(values: Any) -> str:
    """Name of a column of polars, whose rows have no labels; empty for all else, pandas' columns too."""
    if isinstance(values, (np.ndarray, list, pd.Series, pd.Index)) or not hasattr(values, "to_numpy"):
        return ""
    name = getattr(values, "name", "")
    return name if isinstance(name, str) else ""


def as_frame(values: Mapping[Any, Any] | np.recarray, argument: str) -> pd.DataFrame:
    """A dict of columns, or of the numbers of one row, as a data frame."""
    try:
        single = isinstance(values, Mapping) and all(np.ndim(value) == 0 for value in values.values())
        return pd.DataFrame(values, index=[0] if single else None)
    except (TypeError, ValueError) as error:
        raise DataError(f"{argument} is a dict that makes no table: {error}") from None


def as_number(value: Any, argument: str) -> float:
    """One finite number.

    Raises
    ------
    ArgumentError
        For anything else, truth values included.
    """
    try:
        found = as_numbers(value, argument)
    except DataError:
        found = np.empty(0)
    if np.ndim(found) or not np.isfinite(found) or np.asarray(value).dtype.kind == "b":
        raise ArgumentError(f"{argument} = {short(value)} is not one number")
    return float(found)


def as_flag(value: Any, argument: str) -> bool:
    """True or False; refuses all else."""
    if not isinstance(value, (bool, np.bool_)):
        raise ArgumentError(f"{argument} = {short(value)} is neither True nor False")
    return bool(value)


def as_level(value: Any, argument: str) -> float:
    """A number between 0 and 1, both excluded."""
    number = as_number(value, argument)
    if not 0 < number < 1:
        raise ArgumentError(f"{argument} = {number:g} is not between 0 and 1")
    return number


def as_choice(value: Any, argument: str, choices: Iterable[str]) -> str:
    """One of the names that may be chosen."""
    choices = tuple(dict.fromkeys(choices))
    if not isinstance(value, str) or value not in choices:
        raise ArgumentError(f"{argument}={short(value)}: {near_names(value, choices)}")
    return value


def check_names_once(frame: pd.DataFrame, argument: str) -> None:
    """Refuse a data frame of which two columns have one name, as text too: they are taken by it."""
    names = pd.Index([str(name) for name in frame.columns])
    if not names.is_unique:
        raise DataError(
            f"{argument}: two columns are named {names[names.duplicated()][0]!r}; give each a name of its own"
        )


def checked_endog(endog: Any) -> Any:
    """The response as a numeric vector, array or Series; a single column is taken as one."""
    try:
        endog = as_numbers(endog, "endog")
    except DataError as error:
        raise DataError(f"{error}{_which_is_one(endog)}") from None
    if np.ndim(endog) == 0:
        raise DataError("endog is a single number; pass a list or an array of observations")
    if np.ndim(endog) == 2:
        if np.shape(endog)[1] != 1:
            raise DataError(f"endog has shape {np.shape(endog)}; it must be one column of n observations")
        endog = endog.iloc[:, 0] if isinstance(endog, pd.DataFrame) else np.asarray(endog)[:, 0]
    if np.ndim(endog) > 2:
        raise DataError(f"endog has shape {np.shape(endog)}; it must be a vector of n observations")
    return endog


def _which_is_one(values: Any) -> str:
    """What to write where the response is words of two kinds, such as "yes" and "no"."""
    try:
        kinds = list(pd.unique(pd.Series(values).dropna()))
    except (TypeError, ValueError):
        return ""
    if len(kinds) != 2 or not all(isinstance(kind, str) for kind in kinds):
        return ""
    return f", 1 for what counts, such as (y == {short(max(kinds))})"


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


def is_real(column: pd.Series) -> bool:
    """Whether a column holds real numbers."""
    return pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_complex_dtype(column)


def _from_array(values: Any, argument: str) -> np.ndarray:
    mask = np.ma.getmaskarray(values) if isinstance(values, np.ma.MaskedArray) else None
    try:
        array = np.asarray(values)
        if array.dtype.kind == "O":
            array = np.array([of_data(value) for value in array.flat], dtype=float).reshape(array.shape)
        elif array.dtype.kind not in REAL_KINDS:
            raise TypeError
    except (TypeError, ValueError, OverflowError):
        raise DataError(f"{argument} is not numeric: {_first_no_number(values)}; convert it to numbers") from None
    if mask is not None and mask.any():
        array = np.where(mask, np.nan, array)
    return owned(array)


def _first_no_number(values: Any) -> str:
    """What stands where the first number should."""
    if hasattr(values, "to_numpy"):
        values = values.to_numpy()
    if isinstance(values, int):
        return f"{short(values)} is beyond the range of a float"
    if not isinstance(values, (list, tuple, np.ndarray)) or (isinstance(values, np.ndarray) and not values.ndim):
        return f"it is a {type(values).__name__}"
    for row, value in enumerate(values):
        try:
            of_data(value)
        except OverflowError:
            return f"row {row} is {short(value)}, beyond the range of a float"
        except (TypeError, ValueError):
            return f"row {row} is {short(str(value))}"
    return "its rows are of different lengths"


def short(value: Any) -> str:
    """A value as it is written, cut where it is long."""
    try:
        text = " ".join(repr(value).split())
    except ValueError:  # a whole number of too many digits to be written
        return "a whole number of thousands of digits"
    return text if len(text) <= 60 else f"{text[:50]} ... (of type {type(value).__name__})"


def as_names(values: Any, argument: str) -> tuple[str, ...]:
    """Several names; refuses a single text, whose letters are none."""
    names = tuple(values) if isinstance(values, (list, tuple, set, frozenset, pd.Index)) else (values,)
    names = tuple(values.tolist()) if isinstance(values, np.ndarray) and values.ndim == 1 else names
    if isinstance(values, str) or not all(isinstance(name, str) for name in names):
        raise ArgumentError(f"{argument} must be a list of names, such as ['x'], not {short(values)}")
    return names
