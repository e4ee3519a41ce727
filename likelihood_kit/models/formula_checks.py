"""Refusals of formulas before an engine sees them: what it would read otherwise than it was meant, or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import numpy as np
import pandas as pd

from likelihood_kit.errors import DataError, near_names
from likelihood_kit.models.columns import is_real
from likelihood_kit.models.formula_text import Factor, factors, names_called, sides, tokens
from likelihood_kit.models.formula_variables import variables
from likelihood_kit.models.hints import formula_hint

#: What may follow a minus that stands first: the constant, to be left out.
_CONSTANTS = ("0", "1")


def check_written(text: str) -> None:
    """Refuse what engines drop or take for another thing in silence, such as the square in `x**2` and the sign in `-x`.

    Raises
    ------
    DataError
        Says what to write.
    """
    for side in sides(text):
        if any(token.string in ("^", "^=") for token in tokens(side)):
            raise DataError(
                f"formula {text!r}: ^ is no power here: write I(x**2) for a square, (x + z)**2 for interactions"
            )
        for factor in factors(side):
            _check_factor(text, factor)


def _check_factor(text: str, factor: Factor) -> None:
    written = "".join(factor.words)
    if factor.words == (".",):
        raise DataError(f"formula {text!r}: '.' is not known here: name the columns, such as y ~ x + z")
    if factor.after == "**" and factor.words[0].isidentifier():
        raise DataError(f"formula {text!r}: {written}**... is {written} itself in a formula: write I({written}**2)")
    signed = len(factor.before) > 1 and factor.before[-1] == "-" and factor.before[-2] != ")"
    if signed and written not in _CONSTANTS:
        raise DataError(f"formula {text!r}: a minus leaves a term out: write I(-{written}) for the negative of it")


def check_against(text: str, frame: pd.DataFrame, environment: Mapping[str, Any]) -> None:
    """Refuse terms that are no column, and columns of text with too many levels for the rows.

    Raises
    ------
    DataError
        Names the column.
    """
    left, right = sides(text)
    for side in (left, right):
        for factor in factors(side):
            if len(factor.words) == 1 and factor.words[0].isidentifier():
                _check_name(text, factor.words[0], frame, environment)
        for name in variables(side, frame.columns, environment).from_program:
            _check_labels(text, name, environment[name], frame)
    _check_levels(text, right, frame)


def _check_name(text: str, name: str, frame: pd.DataFrame, environment: Mapping[str, Any]) -> None:
    """Refuse a term that is nothing, or a variable of the program without a value for each row."""
    if name in frame.columns or formula_hint(text):
        return
    columns = [str(column) for column in frame.columns]
    if name not in environment:
        raise DataError(
            f"formula {text!r} cannot be evaluated on data with columns {', '.join(columns)}: {name!r} is not defined"
        )
    value = environment[name]
    rows = len(value) if isinstance(value, (np.ndarray, pd.Series, pd.DataFrame, pd.Index, list, tuple)) else None
    if rows != len(frame):
        has = f"has {rows} values, and the data {len(frame)} rows" if rows is not None else "has no value for each row"
        raise DataError(
            f"formula {text!r}: the data have no column {name!r}; a variable of the program of that name was used, "
            f"which {has}: {near_names(name, columns)}"
        )


def _check_labels(text: str, name: str, value: Any, frame: pd.DataFrame) -> None:
    """Refuse a variable of the program whose rows have other labels: formulaic takes them as they stand, in silence."""
    labelled = isinstance(value, (pd.Series, pd.DataFrame)) and len(value) == len(frame)
    if labelled and not value.index.equals(frame.index):
        raise DataError(
            f"formula {text!r}: {name}, a variable of the program, has other row labels than the data, or in another "
            f"order: make it a column, such as data.assign({name}={name}), or pass {name}.to_numpy()"
        )


def _check_levels(text: str, right: str, frame: pd.DataFrame) -> None:
    """Refuse categories whose levels alone make more columns than there are rows."""
    levels: dict[str, int] = {}
    for factor in factors(right):
        name = _category(factor, frame)
        if name:
            with suppress(TypeError):  # lists and the like, of which the engine says that they are no levels
                levels[name] = int(frame[name].nunique())
    if not levels or 1 + sum(count - 1 for count in levels.values()) <= len(frame):
        return
    name = max(levels, key=lambda one: levels[one])
    kind = "coded by C(...)" if is_real(frame[name]) else "text"
    if not is_real(frame[name]) and pd.api.types.is_datetime64_any_dtype(frame[name]):
        kind = "dates"
    raise DataError(
        f"formula {text!r}: column {name} is {kind} with {levels[name]} levels, of which each but one makes a column "
        f"of the design, and there are {len(frame)} rows: make a number of it, or leave it out"
    )


def _category(factor: Factor, frame: pd.DataFrame) -> str:
    """The column that a factor codes by its levels; empty where it is none."""
    words = factor.words
    coded = len(words) > 2 and words[:2] == ("C", "(")
    inner = words[2:] if coded else words
    if inner[:2] == ("Q", "("):
        name = next(iter(names_called("".join(inner))), "")
        whole = len(inner) == 4 or coded
    else:
        name, whole = inner[0], len(inner) == 1 or (coded and inner[1] in (",", ")"))
    if not whole or name not in frame.columns or not isinstance(frame[name], pd.Series):
        return ""
    return name if coded or not (is_real(frame[name]) or frame[name].dtype == bool) else ""
