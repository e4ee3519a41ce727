"""Data frames that formulas are evaluated on: those of a fit, and those of new rows beside them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from likelihood_kit._numerics.frames import as_pandas
from likelihood_kit.errors import DataError
from likelihood_kit.models.columns import as_frame, is_real, short
from likelihood_kit.models.formula_text import names_called, sides

#: Kinds of objects, in pandas' words, that are numbers.
NUMBERS = ("integer", "floating", "mixed-integer-float", "decimal")


def checked_frame(data: Any, subset: Any, texts: Iterable[str]) -> pd.DataFrame:
    """The data that the texts of formulas are evaluated on, or some of their rows."""
    data = as_pandas(data)
    if isinstance(data, (Mapping, np.recarray)):
        data = as_frame(data, "data")
    if not isinstance(data, pd.DataFrame):
        remedy = "; call its collect() first" if hasattr(data, "collect") else ""
        raise DataError(f"data must be a data frame, not {type(data).__name__}{remedy}")
    texts = tuple(texts)
    _check_once(data, " ".join(texts), "data")
    if subset is not None:
        data = _some_rows(data, subset)
    if not len(data):
        raise DataError(f"data have no row{'' if subset is None else ' in subset'}: there is nothing to fit")
    return _plain(data, texts)


def checked_new_frame(frame: pd.DataFrame, new: pd.DataFrame, text: str) -> pd.DataFrame:
    """New data for the right-hand side of a formula that was fitted on a frame, with rows by number."""
    text = sides(text)[1]
    _check_once(new, text, "exog")
    new = _plain(new.reset_index(drop=True), ())
    numbers = {}
    for name in _named(frame, text):
        if name not in new.columns or not is_real(frame[name]) or frame[name].dtype == bool:
            continue
        if not is_real(new[name]):
            raise DataError(f"exog: column {name} is not numeric (dtype {new[name].dtype}), though it was in the fit")
        if new[name].dtype == bool:  # an engine would take it for the name of a level
            numbers[name] = float
    return new.astype(numbers)


def _named(frame: pd.DataFrame, text: str) -> list[str]:
    """Columns of a frame that are named in a formula: as a word of it, or quoted."""
    words, called = set(re.findall(r"[^\W\d]\w*", text)), names_called(text)
    return [name for name in frame.columns if isinstance(name, str) and (name in words or name in called)]


def _check_once(data: pd.DataFrame, text: str, argument: str) -> None:
    for name in data.columns[data.columns.duplicated()]:
        if str(name) in text:
            raise DataError(f"{argument}: two columns are named {str(name)!r}; give each a name of its own")


def _some_rows(data: pd.DataFrame, subset: Any) -> pd.DataFrame:
    """The rows of a subset, by truth values or by labels."""
    if hasattr(subset, "to_numpy") and not isinstance(subset, (pd.Series, pd.Index, pd.DataFrame)):
        subset = subset.to_numpy()
    if not isinstance(subset, (list, np.ndarray, pd.Series, pd.Index)) or getattr(subset, "ndim", 1) != 1:
        raise DataError(f"subset = {short(subset)}: give one truth value for each row, or a list of labels of rows")
    try:
        return data.loc[subset]
    except (KeyError, IndexError, TypeError, ValueError, NotImplementedError, pd.errors.IndexingError) as error:
        raise DataError(f"subset does not choose rows of the data: {error}") from None


def _plain(data: pd.DataFrame, texts: Iterable[str]) -> pd.DataFrame:
    """The data as formulas understand them.

    An engine fails at pandas' own kinds of numbers, and takes numbers held as objects for names of levels, a response
    of truth values for two columns.
    """
    kinds: dict[Any, Any] = {}
    for name, kind in data.dtypes[~data.columns.duplicated(keep=False)].items():
        if kind.kind == "O" and pd.api.types.infer_dtype(data[name], skipna=True) in NUMBERS:
            kinds[name] = float
        if pd.api.types.is_extension_array_dtype(kind) and pd.api.types.is_bool_dtype(kind):
            kinds[name] = object if data[name].isna().any() else bool
        elif pd.api.types.is_extension_array_dtype(kind) and is_real(data[name]):
            kinds[name] = float
    data = data.astype(kinds)
    gaps = {name: data[name].where(data[name].notna(), None) for name, kind in kinds.items() if kind is object}
    response = sides(next(iter(texts), "~"))[0].strip()
    if response in data.columns and data[response].dtype == bool:
        gaps[response] = data[response].astype(float)
    return data.assign(**gaps) if all(isinstance(name, str) for name in gaps) else data
