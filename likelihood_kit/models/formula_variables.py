"""Names in a formula: which are columns of the data, and what it takes from the program around it."""

from __future__ import annotations

import keyword
import re
import tokenize
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from likelihood_kit.errors import ArgumentError, DataError, near_names
from likelihood_kit.models.formula_text import names_called, sides, tokens

#: What holds a value for each row.
_ARRAYS = (np.ndarray, pd.Series, pd.DataFrame, pd.Index, list, tuple)


@dataclass(frozen=True)
class Variables:
    """Data that a formula is made of: columns of the frame, and arrays that it took from the program around it."""

    columns: tuple[str, ...]
    from_program: tuple[str, ...]


def variables(text: str, columns: Iterable[Any], environment: Mapping[str, Any]) -> Variables:
    """The data in the right side of a formula."""
    names = _names(text)
    known = {str(column) for column in columns}
    arrays = [name for name in names if name not in known and isinstance(environment.get(name), _ARRAYS)]
    return Variables(tuple(name for name in names if name in known), tuple(arrays))


def named_values(texts: Iterable[str], columns: Iterable[Any], environment: Mapping[str, Any]) -> dict[str, Any]:
    """What formulas take from the program around them, functions and constants too, by name."""
    names = {name for text in texts for side in sides(text) for name in _words(side, functions=True)}
    known = {str(column) for column in columns}
    return {name: environment[name] for name in sorted(names - known) if name in environment}


def check_response(texts: Mapping[str, str], columns: Iterable[Any], environment: Mapping[str, Any]) -> None:
    """Refuse formulas in which the response predicts itself; the first has it on its left.

    Of a response of several columns, such as `I(y / n)`, one may be a predictor.
    """
    columns = list(columns)
    left = variables(texts[""].partition("~")[0], columns, environment).columns
    for text in texts.values():
        if len(left) == 1 and left[0] in variables(text.partition("~")[2], columns, environment).columns:
            raise ArgumentError(f"formula {text!r}: {left[0]!r} is the response, which cannot predict itself")


def require_columns(design: pd.DataFrame, text: str) -> None:
    """Refuse a formula without a column, `y ~ 0`: a linear predictor of an offset alone, or of 0."""
    if not design.shape[1]:
        raise ArgumentError(
            f"formula {text!r} leaves no column: a linear predictor of 0, or of offset= alone, without a coefficient, "
            "is not there; write 1 for a constant"
        )


def hiding_column(text: str, columns: Iterable[Any]) -> str:
    """A column that stands in a formula where a function is meant, such as `np` in np.log(x); empty where none does."""
    found = re.findall(r"(?<![\w.'\"])([^\W\d]\w*)(?=\s*\(|\.[^\W\d])", text)
    return next((name for name in found if name in set(map(str, columns))), "")


def _names(text: str) -> tuple[str, ...]:
    """Names of variables in a formula, those in Q(...) and backticks too: no functions and keyword arguments."""
    return tuple(dict.fromkeys((*names_called(text), *_words(text))))


def _words(side: str, *, functions: bool = False) -> list[str]:
    """Words of one side that are names, without attributes and keyword arguments."""
    found = tokens(side)
    after = [*(token.string for token in found[1:]), ""]
    before = ["", *(token.string for token in found)]
    return [
        token.string
        for token, then, last in zip(found, after, before, strict=False)
        if token.type == tokenize.NAME
        and last != "."
        and then not in (("=",) if functions else ("(", "="))
        and not keyword.iskeyword(token.string)
    ]


def check_variables(model: Any, parameter: str, new: pd.DataFrame) -> None:
    """Refuse new data without a column that a formula needs: a variable of the program is none of the new rows."""
    needed, columns = model.variables[parameter], tuple(map(str, new.columns))
    formula = f"the formula {model.formulas[parameter]!r}"
    for name in needed.columns:
        if name not in columns:
            raise DataError(
                f"exog: the new data have no column {name!r}, which {formula} needs: {near_names(name, columns)}"
            )
    for name in needed.from_program:
        if name not in columns:
            raise DataError(
                f"exog: {formula} took {name!r} from the program, not from the data: "
                "give it as a column of the new data"
            )
