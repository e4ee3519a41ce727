"""Matrices of a formula, by the engine of its fit: on the data, and on new rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from statsmodels.formula._manager import FormulaManager

from likelihood_kit.errors import DataError, LikelihoodKitError
from likelihood_kit.models.formula_variables import check_variables, hiding_column, variables
from likelihood_kit.models.frames import checked_new_frame
from likelihood_kit.models.hints import formula_hint


def chosen_engine() -> str:
    """The engine that statsmodels' options name, "patsy" or "formulaic"."""
    return str(FormulaManager().engine)


def matrices(
    text: Any, frame: pd.DataFrame, environment: Mapping[str, Any], engine: Any = None, na_action: str = ""
) -> tuple[Any, Any]:
    """Matrices of a formula on a frame, and its specification, by an engine; by default that of statsmodels' options.

    The specification of a fit can be read by its own engine only, whatever the options have become since.
    """
    manager = FormulaManager(engine)
    action = manager.get_na_action(na_action) if na_action else None
    try:
        found = manager.get_matrices(text, frame, eval_env=dict(environment), pandas=True, na_action=action)
    except LikelihoodKitError:
        raise
    except Exception as error:
        columns, remedy = ", ".join(map(str, frame.columns)), formula_hint(text)
        hiding = hiding_column(str(text), frame.columns)
        if hiding:
            raise DataError(
                f"formula {text!r}: the data have a column {hiding!r}, which hides the function of that name: rename it"
            ) from error
        if remedy:
            raise DataError(f"formula {text!r} is not written as here: {remedy}") from error
        raise DataError(f"formula {text!r} cannot be evaluated on data with columns {columns}: {error}") from error
    return found, manager.spec


def rows_with_values(text: str, numbered: pd.DataFrame, environment: Mapping[str, Any]) -> np.ndarray:
    """Rows `(n,)` of a frame with rows by number in which a formula has a value.

    The mean in `center(x)`, or the knots of a spline, may be lost with a single value of x: then the formula is
    evaluated on the rows in which its columns have values.
    """

    def rows(chosen: np.ndarray) -> np.ndarray:
        part = numbered[chosen].reset_index(drop=True)
        matrix, _ = matrices(text, part, environment, na_action="drop")
        index = np.asarray((matrix[1] if isinstance(matrix, tuple) else matrix).index)
        return np.isin(np.arange(len(numbered)), np.flatnonzero(chosen)[index])

    named = [name for name in variables(text, numbered.columns, environment).columns if name in numbered]
    whole = numbered[named].notna().all(axis=1).to_numpy()
    gaps = not whole.all() and whole.any()
    try:
        found = rows(np.ones(len(numbered), dtype=bool))
    except DataError:
        if not gaps:
            raise
        return rows(whole)
    return rows(whole) if gaps and not found.any() else found


def new_columns(model: Any, parameter: str, new: pd.DataFrame) -> np.ndarray:
    """Columns `(m, q)` of a parameter's design on new data; NaN in rows with a missing value."""
    check_variables(model, parameter, new)
    specification = _specification(model, parameter)
    manager = FormulaManager(model.formula_engine)
    numbered = checked_new_frame(model.data.frame, new, model.formulas[parameter])
    try:
        matrix = manager.get_matrices(specification, numbered, pandas=True, prediction=True, eval_env={"np": np})
    except Exception as error:
        raise DataError(
            f"the formula {model.formulas[parameter]!r} cannot be evaluated on new data with columns "
            f"{', '.join(map(str, new.columns))}: {error}"
        ) from error
    matrix = pd.DataFrame(matrix)
    matrix = matrix[[column for column in matrix.columns if column not in model.dropped_columns]]
    if len(matrix) == len(numbered):
        return matrix.to_numpy(dtype=float)
    return matrix.reindex(numbered.index).to_numpy(dtype=float)


def specify(model: Any) -> None:
    """Give a model that was copied the specifications of its formulas, which do not travel, again."""
    model.specifications = {}
    first = next(iter(model.formulas))
    try:
        model.data.model_spec = _specification(model, first)
    except DataError:  # it uses names that are not here: statsmodels' tests of whole terms are then not available
        model.specifications.pop(first, None)


def _specification(model: Any, parameter: str) -> Any:
    kept = model.specifications
    if parameter not in kept:
        kept[parameter] = matrices(model.formulas[parameter], model.data.frame, {"np": np}, model.formula_engine)[1]
    return kept[parameter]
