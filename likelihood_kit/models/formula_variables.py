"""Variables of a formula: which are columns of the data, and which arrays of the program around it."""

from __future__ import annotations

import io
import keyword
import re
import tokenize
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from likelihood_kit.errors import ArgumentError, DataError, near_names

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
    """Names of variables in a formula, those in Q(...) too: no attributes, functions and keyword arguments."""
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(text.strip()).readline))
    except (tokenize.TokenError, SyntaxError):
        return ()
    found = []
    for i, token in enumerate(tokens):
        before, after = tokens[i - 1].string if i else "", tokens[i + 1].string if i + 1 < len(tokens) else ""
        if token.type == tokenize.STRING and before == "(" and i > 1 and tokens[i - 2].string == "Q":
            found.append(token.string.strip("'\""))
        if (
            token.type == tokenize.NAME
            and before != "."
            and after not in ("(", "=")
            and not keyword.iskeyword(token.string)
        ):
            found.append(token.string)
    return tuple(dict.fromkeys(found))


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
