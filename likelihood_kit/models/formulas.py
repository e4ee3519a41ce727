"""Formulas of the response and of any parameter, evaluated on a data frame and on new data."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from statsmodels.formula._manager import FormulaManager

from likelihood_kit.errors import ArgumentError, DataError, LikelihoodKitError, near_names
from likelihood_kit.families import Family

#: Packages whose frames lie between a formula's author and its evaluation.
_BETWEEN = ("likelihood_kit", "statsmodels")


def model_from_formula(
    cls: type, formula: Any, data: Any, subset: Any, drop_cols: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Any:
    """Model of formulas on a data frame; see `LikelihoodModel.from_formula`."""
    formulas = dict(kwargs.pop("formulas", None) or {})
    environment = _environment(kwargs.pop("eval_env", None))
    missing = kwargs.pop("missing", "drop")
    family = kwargs.get("family", args[0] if args else None)
    frame = _frame(data, subset)
    by_name, wanted = _columns_by_name(frame, family, kwargs)
    texts = {"": formula, **_checked_formulas(formulas, family)}
    complete = _complete(texts, frame, environment, list(by_name.values()), missing)
    rows_dropped = len(frame) - int(complete.sum())
    frame = frame if complete.all() else frame.loc[complete]
    matrices = {name: _matrices(text, frame, environment) for name, text in texts.items()}
    endog, exog = _response_and_design(formula, matrices[""][0], drop_cols)
    exogs = dict(kwargs.pop("exogs", None) or {}) | {name: matrices[name][0] for name in formulas}
    columns = {name: value(frame) for name, value in wanted.items()}
    model = cls(endog, exog, *args, exogs=exogs or None, **kwargs, **columns)
    first = family.predicted if family is not None else ""
    model.formula, model.data.frame = formula, frame
    model.formulas = {first: formula, **formulas}
    model.specifications = {name or first: specification for name, (_, specification) in matrices.items()}
    model.data.model_spec = model.specifications[first]
    model.column_names, model.dropped_columns = by_name, tuple(drop_cols or ())
    model.rows_dropped = rows_dropped
    return model


def _checked_formulas(formulas: Mapping[str, Any], family: Any) -> dict[str, str]:
    """Right-hand sides of the designs of other parameters, by parameter."""
    for name, text in formulas.items():
        if not isinstance(text, str):
            raise ArgumentError(f"formulas: {name!r}: {text!r} is no formula such as '~ z'")
        _check_parameter(family, name)
    return {name: _right_side(text) for name, text in formulas.items()}


def _response_and_design(formula: Any, matrices: tuple[Any, Any], drop_cols: Any) -> tuple[Any, Any]:
    """The response, and the design without columns to leave out; None where no column is left."""
    endog, exog = matrices
    if endog.shape[1] != 1:
        raise DataError(
            f"formula {formula!r}: the response is non-numeric or more than one column: it gives "
            f"{', '.join(map(str, endog))}"
        )
    if drop_cols is not None:
        exog = exog[[column for column in exog.columns if column not in list(drop_cols)]]
    return endog.iloc[:, 0], exog if exog.shape[1] else None


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
        kept[parameter] = _matrices(model.formulas[parameter], model.data.frame, {"np": np})[1]
    return kept[parameter]


def _frame(data: Any, subset: Any) -> pd.DataFrame:
    if hasattr(data, "to_pandas"):
        data = data.to_pandas()
    if isinstance(data, (Mapping, np.recarray)):
        data = pd.DataFrame(data)
    if not isinstance(data, pd.DataFrame):
        raise DataError(f"data must be a data frame, not {type(data).__name__}")
    return data if subset is None else data.loc[subset]


def _environment(eval_env: Any) -> Mapping[str, Any]:
    """Names that a formula may use besides the columns: those of the code that called the kit."""
    if isinstance(eval_env, Mapping):
        return eval_env
    if eval_env == -1:
        return {}
    frame = inspect.currentframe()
    while (
        frame is not None and frame.f_back is not None and frame.f_globals.get("__name__", "").split(".")[0] in _BETWEEN
    ):
        frame = frame.f_back
    return {} if frame is None else {**frame.f_globals, **frame.f_locals}


def _check_parameter(family: Any, name: str) -> None:
    if not isinstance(family, Family) or name not in family.parameter_names:
        known = family.parameter_names if isinstance(family, Family) else ()
        raise ArgumentError(f"formulas: {family!r} has no free parameter {name!r}: {near_names(name, known)}")
    if name == family.predicted:
        raise ArgumentError(f"formulas: {name!r} is the predicted parameter; its design is that of the first formula")


def _right_side(text: str) -> str:
    return text if text.strip().startswith("~") else f"~ {text}"


def _columns_by_name(frame: pd.DataFrame, family: Any, kwargs: dict[str, Any]) -> tuple[dict[str, str], dict[str, Any]]:
    """Arguments given as names of columns, taken out of kwargs: the names, and what gives the arguments of a frame."""
    by_name: dict[str, str] = {}
    wanted: dict[str, Any] = {}
    law = family.law if isinstance(family, Family) else None
    plain = ("freq_weights", "prob_weights", *((*law.observed, *law.known) if law else ()))
    for argument in plain:
        if isinstance(kwargs.get(argument), str):
            by_name[argument] = kwargs.pop(argument)
            wanted[argument] = lambda data, column=by_name[argument]: data[column]
    for argument in ("offset", "given"):
        value = kwargs.get(argument)
        if isinstance(value, str):
            value = {family.predicted: value} if law else {}
        if isinstance(value, Mapping) and value and all(isinstance(column, str) for column in value.values()):
            kwargs.pop(argument)
            by_name |= {f"{argument} {name}": column for name, column in value.items()}
            wanted[argument] = lambda data, value=dict(value): {name: data[column] for name, column in value.items()}
    for argument, column in by_name.items():
        if column not in frame.columns:
            raise DataError(
                f"{argument}: the data have no column {column!r}: {near_names(column, map(str, frame.columns))}"
            )
    return by_name, wanted


def _complete(
    texts: Mapping[str, str], frame: pd.DataFrame, environment: Mapping[str, Any], columns: list[str], missing: str
) -> np.ndarray:
    """Rows `(n,)` without a missing value in any formula or column.

    Raises
    ------
    DataError
        Where there is one and `missing` does not say to leave the row out.
    """
    numbered = frame.reset_index(drop=True)
    kept = ~numbered[columns].isna().any(axis=1).to_numpy() if columns else np.ones(len(frame), dtype=bool)
    for text in texts.values():
        matrix, _ = _matrices(text, numbered, environment, "drop")
        index = (matrix[1] if isinstance(matrix, tuple) else matrix).index
        kept &= np.isin(np.arange(len(frame)), np.asarray(index))
    if missing != "drop" and not kept.all():
        rows = ", ".join(map(str, frame.index[~kept][:5]))
        raise DataError(f"data: values are missing in rows {rows}; pass missing='drop' to leave such rows out")
    if not kept.any():
        raise DataError("data: a value is missing in every row: there is nothing to fit")
    return kept


def _matrices(text: Any, frame: pd.DataFrame, environment: Mapping[str, Any], na_action: str = "") -> tuple[Any, Any]:
    """Matrices of a formula on a frame, and its specification."""
    manager = FormulaManager()
    action = manager.get_na_action(na_action) if na_action else None
    try:
        matrices = manager.get_matrices(text, frame, eval_env=dict(environment), pandas=True, na_action=action)
    except LikelihoodKitError:
        raise
    except Exception as error:
        columns = ", ".join(map(str, frame.columns))
        raise DataError(f"formula {text!r} cannot be evaluated on data with columns {columns}: {error}") from error
    return matrices, manager.spec


def new_columns(model: Any, parameter: str, new: pd.DataFrame) -> np.ndarray:
    """Columns `(m, q)` of a parameter's design on new data; NaN in rows with a missing value."""
    specification = _specification(model, parameter)
    manager = FormulaManager()
    numbered = new.reset_index(drop=True)
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
