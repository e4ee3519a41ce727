"""Designs of the parameters that something predicts: columns, names, offset, and how new data become columns."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from likelihood_kit.errors import ArgumentError, DataError, near_names
from likelihood_kit.families import Family
from likelihood_kit.models.columns import PREDICT, as_numbers, checked_exog
from likelihood_kit.predictor import Predictor

#: Name of the column of ones that stands for a parameter with an offset and no predictors.
CONSTANT = "const"


@dataclass(frozen=True, eq=False)
class Design:
    """Predictors of one parameter on its link scale.

    Attributes
    ----------
    parameter : str
    columns : (n, q) array or None
        None after `remove_data`.
    names : tuple of q str
    offset : (n,) array or None
    named : bool
        Whether the names are those of the user's data: new data are then taken by name.
    constant : bool
        Whether its column `const` is of ones, which new data may leave out.
    """

    parameter: str
    columns: np.ndarray | None
    names: tuple[str, ...]
    offset: np.ndarray | None = None
    named: bool = False
    constant: bool = False

    def rows(self, chosen: np.ndarray) -> Design:
        """The design of some of the rows."""
        columns = None if self.columns is None else self.columns[chosen]
        return replace(self, columns=columns, offset=None if self.offset is None else self.offset[chosen])

    def of(self, new: Any) -> np.ndarray:
        """Columns `(m, q)` of new data: by name where both have names, otherwise by position.

        Raises
        ------
        DataError
            Where a column is missing or the number of columns is another.
        """
        width = len(self.names)
        if isinstance(new, pd.DataFrame) and self.named:
            new = self._columns(new)
        array = np.asarray(as_numbers(new, "exog", PREDICT), dtype=float)
        if array.ndim < 2:
            array = array.reshape(-1, width) if width == 1 or array.size == width else np.atleast_2d(array)
        if array.ndim != 2 or array.shape[1] != width:
            raise DataError(
                f"exog has shape {array.shape}; the design of {self.parameter} has {width} columns: "
                f"{', '.join(self.names)}"
            )
        return array

    def _columns(self, new: pd.DataFrame) -> pd.DataFrame:
        """Its columns of a data frame, by name."""
        names = [str(column) for column in new.columns]
        for name in self.names:
            if names.count(name) > 1:
                raise DataError(f"exog: two columns are named {name!r}; give each a name of its own")
            if name not in names and not (self.constant and name == CONSTANT):
                raise DataError(f"exog has no column {name!r}: {near_names(name, names)}")
        columns = {name: new.iloc[:, names.index(name)] if name in names else 1.0 for name in self.names}
        return pd.DataFrame(columns, index=new.index)


def checked_designs(
    family: Family, exog: Any, exogs: Any, offset: Any, given: Mapping[str, Any], rows: int
) -> dict[str, Any]:
    """Design columns by parameter, array or DataFrame; offsets by parameter; parameters with an offset alone.

    Raises
    ------
    ArgumentError, DataError
        For what is no parameter, or is driven twice, or has another number of rows.
    """
    free = [name for name in family.parameter_names if name not in given]
    if exogs is not None and not isinstance(exogs, Mapping):
        raise ArgumentError("exogs must be a dict of parameter to its design, such as {'shape': Z}")
    found: dict[str, Any] = {}
    if exog is not None:
        if family.predicted is None or family.predicted in given:
            raise ArgumentError(f"exog has nothing to drive: the predicted parameter of {family!r} is held fixed")
        found[family.predicted] = checked_exog(exog, rows)
    for name, design in (exogs or {}).items():
        if name not in free:
            raise ArgumentError(f"exogs: {family!r} has no free parameter {name!r}: {near_names(name, free)}")
        if name in found:
            raise ArgumentError(f"exogs: {name!r} is driven by exog already; give its design once")
        if design is not None:
            found[name] = checked_exog(design, rows, f"exogs[{name!r}]")
    alone = []
    offsets = offset if isinstance(offset, Mapping) else {} if offset is None else {family.predicted: offset}
    for name in offsets:
        if name not in free:
            raise ArgumentError(f"offset: {family!r} has no free parameter {name!r} to drive: {near_names(name, free)}")
        if name not in found:
            alone.append(name)
            found[name] = np.ones((rows, 1))
    order = [name for name in family.parameter_names if name in found]
    return {"designs": {name: found[name] for name in order}, "offsets": dict(offsets), "alone": alone}


def as_design(parameter: str, columns: Any, offset: np.ndarray | None, *, constant: bool = False) -> Design:
    """Design from checked columns, array or DataFrame; a `constant` is the kit's own, for an offset alone."""
    named = constant or isinstance(columns, pd.DataFrame)
    array = np.ascontiguousarray(np.asarray(columns, dtype=float))
    names = tuple(str(name) for name in columns.columns) if isinstance(columns, pd.DataFrame) else _numbered(array)
    ones = named and CONSTANT in names and bool((array[:, names.index(CONSTANT)] == 1).all())
    return Design(parameter=parameter, columns=array, names=names, offset=offset, named=named, constant=ones)


def _numbered(array: np.ndarray) -> tuple[str, ...]:
    """Statsmodels' names of columns without any: x1, x2, ..., and const for the first column of ones."""
    names, number = [], 0
    for column in array.T:
        if CONSTANT not in names and len(column) and column[0] != 0 and np.ptp(column) == 0:
            names.append(CONSTANT)
        else:
            number += 1
            names.append(f"x{number}")
    return tuple(names)


def predictors_of(family: Family, designs: Mapping[str, Design], given: Sequence[str]) -> tuple[Predictor, ...]:
    """One predictor per free parameter, labelled so that no two entries of params have one name."""
    free = [name for name in family.parameter_names if name not in given]
    labels: dict[str, tuple[str, ...]] = {}
    for name in free:
        if name not in designs:
            labels[name] = (name,)
        elif name == family.predicted:
            labels[name] = designs[name].names
        else:
            labels[name] = tuple(f"{name}:{column}" for column in designs[name].names)
    for name in free:
        others = {label for other in free if other != name for label in labels[other]}
        if name in designs:
            labels[name] = tuple(f"{name}:{label}" if label in others else label for label in labels[name])
    return tuple(_predictor(family, name, designs.get(name), labels[name]) for name in free)


def _predictor(family: Family, name: str, design: Design | None, labels: tuple[str, ...]) -> Predictor:
    columns = None if design is None else design.columns
    offset = None if design is None or design.offset is None else design.offset[None]
    return Predictor(
        name=name, space=family.spaces[name], link=family.links[name], columns=columns, labels=labels, offset=offset
    )


def counts(driven: Design | None, constants: int, k: int, observations: float) -> dict[str, float]:
    """Statsmodels' counts of a model with k free parameters, whatever the designs, by their names there.

    `df_model` counts the coefficients of the predicted parameter, `driven`, without its constant, `k_extra` all else.
    """
    slopes = 0 if driven is None else max(len(driven.names) - constants, 0)
    return {
        "k_constant": constants,
        "k_params": k,
        "nparams": k,
        "df_model": float(slopes),
        "k_extra": k - slopes - constants,
        "df_resid": observations - k,
    }


def label_index(names: tuple[str, ...]) -> pd.Index:
    """Names of entries of params as pandas has them; a new object, whose name its owner may change."""
    return _index_of(names).view()


@functools.lru_cache(maxsize=256)
def _index_of(names: tuple[str, ...]) -> pd.Index:
    # It takes longer than a step of a search, and is the same for fit after fit.
    return pd.Index(names)
