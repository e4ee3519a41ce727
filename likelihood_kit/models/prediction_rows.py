"""The rows to predict at: the model's own, or new ones with all that the model needs to know of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from likelihood_kit._numerics.frames import as_pandas
from likelihood_kit.errors import ArgumentError, DataError, near_names
from likelihood_kit.models import data as checks
from likelihood_kit.models import formula_matrices
from likelihood_kit.models.arguments import warn_of_unused
from likelihood_kit.models.columns import PREDICT, as_flag, as_frame, checked_column
from likelihood_kit.models.designs import CONSTANT
from likelihood_kit.models.labels import aligned, rows_in_words
from likelihood_kit.models.targets import GET_PREDICTION, OF_GET_PREDICTION, OTHERS


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows to predict at.

    Attributes
    ----------
    count : int
    designs : dict of parameter to (m, q) array
    offsets : dict of parameter to (m,) array
    known : dict of name to (m,) array
        Known quantities and given parameters.
    index : Index or None
    new : bool
        Whether they are none of the model's own.
    """

    count: int
    designs: Mapping[str, np.ndarray]
    offsets: Mapping[str, np.ndarray]
    known: Mapping[str, np.ndarray]
    index: pd.Index | None = None
    new: bool = True

    @cached_property
    def undefined(self) -> np.ndarray:
        """Rows of which something is missing, `(m,)` bool."""
        gaps = np.zeros(self.count, dtype=bool)
        for part in (*self.designs.values(), *self.offsets.values(), *self.known.values()):
            gaps |= np.isnan(part).reshape(self.count, -1).any(axis=1)
        return gaps


def prediction_rows(model: Any, new: Any, kwargs: dict[str, Any], caller: str = "predict") -> Rows:
    """Rows to predict at, from new data, or the model's own; `caller` is the method that asks.

    Takes `offset=` and known quantities by name out of kwargs; refuses what is left there.
    """
    names = [*model.family.law.known, *model.given_names]
    offset = kwargs.pop("offset", None)
    passed = _given(model, kwargs.pop("given", None)) | {
        name: kwargs.pop(name) for name in names if kwargs.get(name) is not None
    }
    known = {name: values for name, values in passed.items() if values is not None}
    unknown = [argument for argument in kwargs if argument not in names]
    if unknown:
        raise _unknown(unknown[0], caller, names)
    if new is None:
        return _without_designs(model, known) or _own_rows(model, known, offset)
    new = _as_rows(model, new)
    if not model.designs and not isinstance(new, pd.DataFrame):
        raise ArgumentError(f"the model has no predictors: {caller} takes no exog")
    if isinstance(new, pd.DataFrame) and not len(new):
        raise DataError(f"exog is empty: {PREDICT}")
    designs, index = _designs(model, new)
    count = len(next(iter(designs.values()))) if designs else len(new)
    offsets, found = _offsets(model, offset, new), _known(model, known, names, new)
    rows = Rows(
        count=count,
        designs=designs,
        offsets={name: _column(values, "offset", count, index) for name, values in offsets.items()},
        known={name: _column(values, name, count, index) for name, values in found.items()},
        index=index,
    )
    _check_numbers(model, rows)
    return rows


def _unknown(argument: str, caller: str, names: list[str]) -> ArgumentError:
    """Refusal of an argument, with the method that takes it."""
    says = f"{caller} takes no argument {argument!r}: "
    if argument in ("alpha", "level"):
        return ArgumentError(f"{says}intervals are made of what get_prediction returns, by its summary_frame(alpha=)")
    if argument in OF_GET_PREDICTION:
        return ArgumentError(f"{says}it is one of get_prediction")
    possible = ("which", *OTHERS, "offset", "given", *(OF_GET_PREDICTION if caller == GET_PREDICTION else ()), *names)
    return ArgumentError(says + near_names(argument, possible))


def check_transform(caller: str, model: Any, new: Any, transform: Any) -> None:
    """Refuse what is no truth value, and a design in the place of a formula's data; warn where it is not used."""
    if as_flag(transform, "transform"):
        return
    if new is not None and hasattr(model, "formulas"):
        raise ArgumentError("transform=False: the formula is always applied; give new data with its variables")
    instead = "the rows are those of the fit" if new is None else "an array is the design itself"
    warn_of_unused(caller, {"transform": True}, instead, between=1)


def _given(model: Any, given: Any) -> dict[str, Any]:
    """Parameters that are known of the new rows, as they were given to the fit."""
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise ArgumentError("given must be a dict of parameter to its known values, such as {'sd': s}")
    for name in given:
        if name not in model.given_names:
            raise ArgumentError(f"given: {name!r} was not given to the fit: {near_names(name, model.given_names)}")
    return dict(given)


def _without_designs(model: Any, known: Mapping[str, Any]) -> Rows | None:
    """New rows of a model without predictors, by what is known of them; None where nothing is that makes rows."""
    lengths = {name: len(values) for name, values in known.items() if np.ndim(values) and not isinstance(values, str)}
    if model.designs or not lengths or (model.endog is not None and set(lengths.values()) == {len(model.endog)}):
        return None
    count = next(iter(lengths.values()))
    index = next((values.index for values in known.values() if isinstance(values, pd.Series)), None)
    columns = {name: _column(values, name, count, index) for name, values in known.items()}
    rows = Rows(count=count, designs={}, offsets={}, known=columns, index=index)
    _check_numbers(model, rows)
    return rows


def _own_rows(model: Any, known: Mapping[str, Any], offset: Any) -> Rows:
    if model.endog is None and model.designs:
        raise DataError("the data were removed from this model: pass exog to predict")
    if offset is not None:
        raise ArgumentError("offset is for new rows: pass exog too")
    count = 1 if model.endog is None else len(model.endog)
    index = model.data.row_labels if model.endog is not None else None
    passed = {name: _column(values, name, count, index) for name, values in known.items()}
    checks.check_columns_inside(model.family, passed)
    designs = {name: design.columns for name, design in model.designs.items()}
    offsets = {name: d.offset for name, d in model.designs.items() if d.offset is not None}
    return Rows(count=count, designs=designs, offsets=offsets, known=model.known | passed, index=index, new=False)


def _as_rows(model: Any, new: Any) -> Any:
    """New data as a frame, an array, or a dict of parameter to either; one row as a frame of it."""
    new = as_pandas(new)
    if isinstance(new, Mapping):
        by_formula, named = hasattr(model, "formulas"), any(design.named for design in model.designs.values())
        if by_formula or (named and new and not any(name in model.designs for name in new)):
            return as_frame(new, "exog")
        return new
    if isinstance(new, pd.Series):
        names = {name for design in model.designs.values() if design.named for name in design.names}
        needed = names - {CONSTANT} or names
        written = {name for used in getattr(model, "variables", {}).values() for name in used.columns}
        if str(new.name) in written and not written <= set(map(str, new.index)):
            return new.to_frame()  # a column by its name, as statsmodels takes it
        if hasattr(model, "formulas") or (names and needed <= set(map(str, new.index))):
            return new.to_frame().T.infer_objects()
        return new.to_frame() if names else new
    return new


def _column(values: Any, argument: str, count: int, index: pd.Index | None) -> np.ndarray:
    """One number for each row, put in their order by labels where both have some."""
    values = aligned(values, argument, index, "the new rows")
    return np.asarray(checked_column(values, argument, count), dtype=float)


def _check_numbers(model: Any, rows: Rows) -> None:
    """Refuse what is infinite, NaN but from a formula's data, or outside its space."""
    first = model.family.predicted
    parts = {("exog" if name == first else f"exog of {name}"): part for name, part in rows.designs.items()}
    parts |= {("offset" if name == first else f"offset of {name}"): part for name, part in rows.offsets.items()}
    endless = checks.endless_columns(model.family)
    parts |= {name: part for name, part in rows.known.items() if name not in endless}
    labelled = pd.Series(np.zeros(rows.count), index=rows.index)
    for argument, part in parts.items():
        wrong = np.isinf(part) if hasattr(model, "formulas") else ~np.isfinite(part)
        wrong = wrong.reshape(rows.count, -1).any(axis=1)
        if wrong.any():
            where = rows_in_words(labelled if rows.index is not None else None, wrong)
            raise DataError(f"{argument} is not finite in {where}; {PREDICT} there")
    checks.check_columns_inside(model.family, rows.known, gaps=True)


def _known(model: Any, known: Mapping[str, Any], names: list[str], new: Any) -> dict[str, Any]:
    """Known quantities and given parameters: those passed, and those found by the names of the fit."""
    stored = getattr(model, "column_names", {})
    found = {}
    for name in names:
        label = f"given {name}" if name in model.given_names else name
        if name in known:
            found[name] = _named(new, known[name], name)
        elif isinstance(new, pd.DataFrame) and stored.get(label) in new.columns:
            found[name] = _once(new, stored[label], name)
    return found


def _named(new: Any, values: Any, argument: str) -> Any:
    """Values, or where they are a name that column of the new data."""
    if not isinstance(values, str):
        return values
    names = tuple(map(str, new.columns)) if isinstance(new, pd.DataFrame) else ()
    if values not in names:
        raise DataError(f"{argument}: the new data have no column {values!r}: {near_names(values, names)}")
    return _once(new, new.columns[names.index(values)], argument)


def _once(new: pd.DataFrame, column: Any, argument: str) -> pd.Series:
    """A column of the new data, of which there must be one."""
    found = new[column]
    if isinstance(found, pd.DataFrame):
        raise DataError(f"{argument}: two columns of the new data are named {column!r}; give each a name of its own")
    return found


def _offsets(model: Any, offset: Any, new: Any) -> dict[str, Any]:
    """Offsets by parameter: those passed, and those found by name; refuses to do without one that was fitted."""
    if offset is not None and not model.designs:
        raise ArgumentError("offset: the model has no predictors to which it could be added")
    passed = {} if offset is None else offset if isinstance(offset, Mapping) else {model.family.predicted: offset}
    for name in passed:
        if name not in model.designs:
            raise ArgumentError(f"offset: nothing predicts {name!r}: {near_names(name, model.designs)}")
    offsets = {name: _named(new, values, "offset") for name, values in passed.items()}
    for name in model.offsets_of:
        if name not in offsets:
            column = getattr(model, "column_names", {}).get(f"offset {name}")
            if not isinstance(new, pd.DataFrame) or column not in new.columns:
                raise DataError(f"the model was fitted with an offset of {name}: pass offset= for the new rows")
            offsets[name] = _once(new, column, "offset")
    return offsets


def _designs(model: Any, new: Any) -> tuple[dict[str, np.ndarray], pd.Index | None]:
    """Columns of every design on new data, and their index."""
    by_formula = getattr(model, "formulas", {})
    index = new.index if isinstance(new, (pd.DataFrame, pd.Series)) else None
    if isinstance(new, Mapping):
        return _by_parameter(model, new)
    if by_formula and isinstance(new, pd.DataFrame):
        columns = {
            name: formula_matrices.new_columns(model, name, new) if name in by_formula else design.of(new)
            for name, design in model.designs.items()
        }
        return columns, index
    if len(model.designs) > 1 and not isinstance(new, pd.DataFrame):
        raise ArgumentError(
            f"several parameters are predicted: pass a dict of {', '.join(model.designs)} to their designs, "
            "or a data frame with their columns"
        )
    columns = {name: design.of(new) for name, design in model.designs.items()}
    of_rows = index is not None and all(len(array) == len(index) for array in columns.values())
    return columns, index if of_rows else None


def _by_parameter(model: Any, new: Mapping[str, Any]) -> tuple[dict[str, np.ndarray], pd.Index | None]:
    """Columns of every design on new data of each, and their index."""
    for name in new:
        if name not in model.designs:
            raise DataError(f"exog: nothing predicts {name!r}: {near_names(name, model.designs)}")
    missing = [name for name in model.designs if name not in new]
    if missing:
        raise DataError(f"exog has no design of {missing[0]}; pass a dict with {', '.join(model.designs)}")
    parts = {name: as_pandas(part) for name, part in new.items()}
    index = next((part.index for part in parts.values() if isinstance(part, pd.DataFrame)), None)
    columns = {
        name: model.designs[name].of(aligned(part, f"exog of {name}", index, "the other new rows"))
        if isinstance(part, pd.DataFrame)
        else model.designs[name].of(part)
        for name, part in parts.items()
    }
    counts = {name: len(array) for name, array in columns.items()}
    if len(set(counts.values())) > 1:
        listing = ", ".join(f"{count} of {name}" for name, count in counts.items())
        raise DataError(f"exog: the new rows are not equally many: {listing}")
    return columns, index
