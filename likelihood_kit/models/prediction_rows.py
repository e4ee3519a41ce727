"""The rows to predict at: the model's own, or new ones with all that the model needs to know of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from likelihood_kit.errors import ArgumentError, DataError, near_names
from likelihood_kit.models import data as checks
from likelihood_kit.models import formulas


@dataclass(frozen=True)
class Rows:
    """Rows to predict at.

    Attributes
    ----------
    count : int
    designs : dict of parameter to (m, q) array
    offsets : dict of parameter to (m,) array
    known : dict of name to array
        Known quantities and given parameters.
    index : Index or None
    """

    count: int
    designs: Mapping[str, np.ndarray]
    offsets: Mapping[str, np.ndarray]
    known: Mapping[str, np.ndarray]
    index: pd.Index | None = None


def prediction_rows(model: Any, new: Any, kwargs: dict[str, Any]) -> Rows:
    """Rows to predict at, from new data, or the model's own.

    Takes `offset=` and known quantities by name out of kwargs; refuses what is left there.
    """
    names = [*model.family.law.known, *model.given]
    offset = kwargs.pop("offset", None)
    known = {name: kwargs.pop(name) for name in names if name in kwargs}
    if kwargs:
        argument = next(iter(kwargs))
        possible = ("quantile", "parameter", "probability_of", "offset", *names)
        raise ArgumentError(f"predict takes no argument {argument!r}: {near_names(argument, possible)}")
    if new is None:
        return _own_rows(model, known, offset)
    if not model.designs and not isinstance(new, pd.DataFrame):
        raise ArgumentError("the model has no predictors: predict takes no exog")
    if hasattr(new, "to_pandas"):
        new = new.to_pandas()
    designs, index = _designs(model, new)
    count = len(next(iter(designs.values()))) if designs else len(new)
    named = _named_columns(model, new)
    return Rows(
        count,
        designs,
        {name: _column(values, "offset", count) for name, values in _offsets(model, offset, named).items()},
        {name: _column(values, name, count) for name, values in _known(model, known, names, named).items()},
        index,
    )


def _own_rows(model: Any, known: Mapping[str, Any], offset: Any) -> Rows:
    if model.endog is None and model.designs:
        raise DataError("the data were removed from this model: pass exog to predict")
    if offset is not None:
        raise ArgumentError("offset is for new rows: pass exog too")
    count = 1 if model.endog is None else len(model.endog)
    own = model.known | {name: _column(values, name, count) for name, values in known.items()}
    designs = {name: design.columns for name, design in model.designs.items()}
    offsets = {name: d.offset for name, d in model.designs.items() if d.offset is not None}
    return Rows(count, designs, offsets, own, model.data.row_labels if model.endog is not None else None)


def _column(values: Any, argument: str, count: int) -> np.ndarray:
    return np.asarray(checks.checked_column(values, argument, count), dtype=float)


def _named_columns(model: Any, new: Any) -> dict[str, Any]:
    """Columns of a new data frame that stand where the model's arguments named theirs, by argument."""
    if not isinstance(new, pd.DataFrame):
        return {}
    names = getattr(model, "column_names", {})
    return {argument: new[column] for argument, column in names.items() if column in new.columns}


def _known(model: Any, known: Mapping[str, Any], names: list[str], named: Mapping[str, Any]) -> dict[str, Any]:
    """Known quantities and given parameters: those given, and those found by name."""
    labels = {name: f"given {name}" if name in model.given else name for name in names}
    found = {name: named[label] for name, label in labels.items() if label in named and name not in known}
    return {**known, **found}


def _offsets(model: Any, offset: Any, named: Mapping[str, Any]) -> dict[str, Any]:
    """Offsets by parameter: those given, and those found by name; refuses to do without one that was fitted."""
    offsets: dict[str, Any] = {}
    if offset is not None:
        offsets |= offset if isinstance(offset, Mapping) else {model.family.predicted: offset}
    for name in model.offsets_of:
        if name not in offsets:
            if f"offset {name}" not in named:
                raise DataError(f"the model was fitted with an offset of {name}: pass offset= for the new rows")
            offsets[name] = named[f"offset {name}"]
    return offsets


def _designs(model: Any, new: Any) -> tuple[dict[str, np.ndarray], pd.Index | None]:
    """Columns of every design on new data, and their index."""
    by_formula = getattr(model, "formulas", {})
    if isinstance(new, Mapping) and not by_formula:
        missing = [name for name in model.designs if name not in new]
        if missing:
            raise DataError(f"exog has no design of {missing[0]}; pass a dict with {', '.join(model.designs)}")
        return {name: design.of(new[name]) for name, design in model.designs.items()}, None
    if by_formula:
        if isinstance(new, Mapping):
            new = pd.DataFrame(new, index=[0] if all(np.isscalar(v) for v in new.values()) else None)
        if isinstance(new, pd.Series):
            new = new.to_frame().T.infer_objects()
        if isinstance(new, pd.DataFrame):
            columns = {
                name: formulas.new_columns(model, name, new) if name in by_formula else design.of(new)
                for name, design in model.designs.items()
            }
            return columns, new.index
    if len(model.designs) > 1 and not isinstance(new, pd.DataFrame):
        raise ArgumentError(
            f"several parameters are predicted: pass a dict of {', '.join(model.designs)} to their designs, "
            "or a data frame with their columns"
        )
    columns = {name: design.of(new) for name, design in model.designs.items()}
    for name, array in columns.items():
        label = "exog" if name == model.family.predicted else f"exog of {name}"
        undefined = ~np.isfinite(array).all(axis=1)
        if undefined.any():
            raise DataError(
                f"{label} is not finite in {checks.rows_in_words(new, undefined)}; there is nothing to predict there"
            )
    return columns, new.index if isinstance(new, (pd.DataFrame, pd.Series)) else None
