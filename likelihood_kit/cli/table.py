"""The CSV file of a fit: read as it is written, with a comma or a semicolon, a decimal point or a decimal comma."""

from __future__ import annotations

import io
import re
import sys
from collections import Counter
from collections.abc import Callable
from http.client import HTTPException
from pathlib import Path
from typing import Any

import pandas as pd

from likelihood_kit.errors import ArgumentError, DataError

#: The path of what is piped in, and what it is called.
STANDARD_INPUT, _PIPED = "-", "standard input"
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
        `STANDARD_INPUT` for what is piped in.
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
    fetched, path = remote and path != STANDARD_INPUT, called(path)
    try:
        source = (lambda: path) if fetched else _source(path)
        header = [] if fetched else pd.read_csv(source(), sep=by, header=None, nrows=1, dtype=str).iloc[0].tolist()
        if sep is None and len(header) == 1:
            _refuse_other_separator(path, str(header[0]))
        frame = pd.read_csv(source(), sep=by, decimal=point)
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


def called(path: str) -> str:
    """What a file is called in messages."""
    return _PIPED if path == STANDARD_INPUT else path


def _source(path: str) -> Callable[[], Any]:
    """What gives the file from its beginning each time; of a pipe, which gives what it has once, it is kept."""
    if path != _PIPED and Path(path).is_file():
        return lambda: path
    if path == _PIPED and sys.stdin is None:
        raise OSError("it is closed")
    whole = sys.stdin.buffer.read() if path == _PIPED else Path(path).read_bytes()
    return lambda: io.BytesIO(whole)


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
