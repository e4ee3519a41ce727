"""Data frames of other libraries as those of pandas."""

from __future__ import annotations

from typing import Any

import pandas as pd


def as_pandas(values: Any) -> Any:
    """Frames of other libraries as those of pandas, with their names; anything else as it is."""
    if isinstance(values, (pd.DataFrame, type)):
        return values
    if hasattr(values, "get_column") and hasattr(values, "columns"):  # polars, whose own way needs pyarrow
        return pd.DataFrame({name: _of_polars(values.get_column(name)) for name in values.columns})
    if hasattr(values, "to_pandas") and hasattr(values, "columns"):
        return values.to_pandas()
    return values


def _of_polars(column: Any) -> Any:
    """A column's values; of an Enum with its levels in their order, of which the first is the reference in formulas."""
    values = column.to_numpy()
    if type(column.dtype).__name__ != "Enum":
        return values
    return pd.Categorical(values, categories=list(column.dtype.categories), ordered=False)
