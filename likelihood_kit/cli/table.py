"""The CSV file of a fit: read as it is written, with a comma or a semicolon, a decimal point or a decimal comma."""

from __future__ import annotations

import re
from collections import Counter
from http.client import HTTPException

import pandas as pd

from likelihood_kit.errors import ArgumentError, DataError

#: What begins an address that pandas would fetch from elsewhere.
_ADDRESS = re.compile(r"[A-Za-z][\w+.-]*::?//|[A-Za-z][\w+.-]*::")
#: What separates columns elsewhere, and how it is said.
SEPARATORS = {";": "';'", "\t": "tab", "|": "'|'"}
#: How a tab is written in a shell.
_TABS = ("tab", "\\t")
#: Numbers of which some have a decimal comma.
_DECIMAL_COMMA = re.compile(r"\s*[+-]?\d*,\d+([eE][+-]?\d+)?\s*")
_NUMBER = re.compile(r"\s*[+-]?\d*(,\d+)?([eE][+-]?\d+)?\s*")


def read(path: str, *, remote: bool, sep: str | None = None, decimal: str | None = None) -> pd.DataFrame:
    """Columns of a CSV file, by name.

    Parameters
    ----------
    path : str
    remote : bool
        Whether the path may be an address.
    sep : str, optional
        What separates columns, a comma by default.
    decimal : {".", ","}, optional
        A point by default.

    Raises
    ------
    DataError, ArgumentError
        Where it cannot be read, or is written otherwise; says what to add.
    """
    if not remote and _ADDRESS.match(path):
        raise DataError(f"data: {path} is not fetched from elsewhere unless --remote is given; or name a file")
    by, point = _checked(sep, decimal)
    try:
        header = [] if remote else pd.read_csv(path, sep=by, header=None, nrows=1, dtype=str).iloc[0].tolist()
        if sep is None and len(header) == 1:
            _refuse_other_separator(path, str(header[0]))
        frame = pd.read_csv(path, sep=by, decimal=point)
    except (DataError, ArgumentError):
        raise
    except (OSError, ValueError, ImportError, HTTPException) as error:
        raise DataError(f"data: {path} cannot be read as CSV: {' '.join(str(error).split())}") from None
    if sep is None and len(frame.columns) == 1:
        _refuse_other_separator(path, str(frame.columns[0]))
    twice = [name for name, count in Counter(header).items() if count > 1 and isinstance(name, str)]
    if twice:
        raise DataError(f"data: {path} has two columns named {twice[0]!r}; give each a name of its own")
    if decimal is None:
        _refuse_decimal_comma(path, frame)
    return frame


def _checked(sep: str | None, decimal: str | None) -> tuple[str, str]:
    by = "," if sep is None else "\t" if sep in _TABS else sep
    if len(by) != 1 or not by.isascii() or by.isalnum() or by in "\"'\n\r":
        raise ArgumentError(f"--sep {sep!r}: give one character such as ';', or tab")
    point = "." if decimal is None else decimal
    if by == point:
        raise ArgumentError(f"--decimal {point!r} is what separates columns too: add --sep ';', or what it is")
    return by, point


def _refuse_other_separator(path: str, header: str) -> None:
    """Refuse a file whose only column is several that something else separates."""
    other = next((separator for separator in SEPARATORS if separator in header), None)
    if other is not None:
        raise DataError(
            f"data: columns in the first line of {path} are separated by {SEPARATORS[other]}: add --sep "
            f"{SEPARATORS[other]}, and --decimal , where numbers have a decimal comma (--sep , if it is one column)"
        )


def _refuse_decimal_comma(path: str, frame: pd.DataFrame) -> None:
    """Refuse text that is numbers with a decimal comma: a formula would take each for a word."""
    for name in frame.columns:
        texts = frame[name].dropna()
        if pd.api.types.is_numeric_dtype(texts) or not len(texts):
            continue
        texts = texts.astype(str)
        if texts.str.fullmatch(_NUMBER).all() and texts.str.fullmatch(_DECIMAL_COMMA).any():
            raise DataError(
                f"data: column {name!r} of {path} has numbers with a decimal comma: add --decimal , "
                "(--decimal . if they are words)"
            )
