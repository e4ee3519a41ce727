"""Formats of table columns that belong together."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from likelihood_kit._numerics.printed import ERROR_DIGITS, fixed, significant, with_error, with_mcse
from likelihood_kit.reports.document import Format


def like_error(error: str) -> Format:
    """Each row to the digits that the error in another column supports."""

    def cells(frame: pd.DataFrame, name: str) -> list[str]:
        return [with_error([value], at)[0] for value, at in zip(frame[name], frame[error], strict=True)]

    return cells


def decimals(count: int) -> Format:
    """All rows to the same decimals."""
    return lambda frame, name: [fixed(value, count) for value in frame[name]]


def errors(frame: pd.DataFrame, name: str) -> list[str]:
    """Each row to the digits of a standard error."""
    return [significant(value, ERROR_DIGITS) for value in frame[name]]


def paired(values: pd.DataFrame, mcse: pd.DataFrame) -> pd.DataFrame:
    """Frame of cells `value (mcse)`, each column to the same decimals."""
    columns = {name: with_mcse(list(values[name]), list(mcse[name])) for name in values.columns}
    return pd.DataFrame(columns, index=values.index)


def as_written(names: Sequence[str]) -> dict[str, Format]:
    """Formats of columns whose cells are numbers already written."""
    return {name: lambda frame, name: [str(cell) for cell in frame[name]] for name in names}
