"""Formulas of the response and of any parameter, evaluated on a data frame and on new data."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from likelihood_kit._numerics import is_whole
from likelihood_kit.errors import ArgumentError, DataError, near_names
from likelihood_kit.families import Family
from likelihood_kit.models.arguments import MISSING
from likelihood_kit.models.columns import as_choice, as_names, as_numbers, short
from likelihood_kit.models.formula_checks import check_against, check_written
from likelihood_kit.models.formula_engines import chosen_engine
from likelihood_kit.models.formula_matrices import NoSpecification, matrices, rows_with_values
from likelihood_kit.models.formula_text import sides
from likelihood_kit.models.formula_variables import check_response, named_values, require_columns, variables
from likelihood_kit.models.frames import checked_frame
from likelihood_kit.models.hints import column_hint
from likelihood_kit.models.labels import aligned

#: Packages whose frames lie between a formula's author and its evaluation.
_BETWEEN = ("likelihood_kit", "statsmodels")
#: Name of a column of the response that stands for a level.
_LEVEL = re.compile(r"(.*?)\[([^\[\]]*)\]")


def model_from_formula(
    cls: type, formula: Any, data: Any, subset: Any, drop_cols: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Any:
    """Model of formulas on a data frame; see `LikelihoodModel.from_formula`."""
    texts = {"": _checked_formula(formula), **_checked_formulas(kwargs, args)}
    environment = _environment(kwargs.pop("eval_env", None))
    missing, family = kwargs.pop("missing", "drop"), kwargs.get("family", args[0] if args else None)
    as_choice(missing, "missing", MISSING)
    for text in texts.values():
        check_written(text)
    frame = checked_frame(data, subset, texts.values())
    for text in texts.values():
        check_against(text, frame, environment)
    by_name, wanted = _columns_by_name(frame, family, kwargs)
    by_row = _columns_by_row(frame, family, kwargs)
    complete = _complete(texts, frame, environment, list(by_name.values()), list(by_row), missing)
    frame = frame.copy() if complete.all() else frame.loc[complete]
    engine = chosen_engine()
    check_response(texts, frame.columns, environment)
    found = {name: matrices(text, frame, environment, engine) for name, text in texts.items()}
    endog, exog = _response_and_design(formula, found[""][0], drop_cols)
    for name, design in {"": exog, **{name: found[name][0] for name in texts if name}}.items():
        require_columns(design, texts[name])
    for column in by_row:
        column.cut(complete)
    exogs = kwargs.pop("exogs", None)
    if exogs is None or isinstance(exogs, Mapping):
        exogs = {**(exogs or {}), **{name: found[name][0] for name in texts if name}} or None
    columns = {name: value(frame) for name, value in wanted.items()}
    model = cls(endog, exog, *args, exogs=exogs, **kwargs, **columns)
    first = family.predicted if family is not None else ""
    model.formula, model.data.frame = formula, frame
    model.formulas = {name or first: text for name, text in {**texts, "": formula}.items()}
    model.specifications = {name or first: specification for name, (_, specification) in found.items()}
    model.data.model_spec, model.formula_engine = NoSpecification(), engine
    model.variables = {
        name or first: variables(sides(text)[1], frame.columns, environment) for name, text in texts.items()
    }
    model.formula_names = named_values(texts.values(), frame.columns, environment)
    model.column_names, model.dropped_columns = by_name, tuple(drop_cols or ())
    model.rows_dropped = len(complete) - int(complete.sum())
    model.complete = complete if model.rows_dropped else None
    return model


def formula_once(formula: Any, kwargs: dict[str, Any]) -> Any:
    """The formula, passed in its place or by name; taken out of kwargs."""
    if "formula" in kwargs and formula is not None:
        raise ArgumentError(
            "formula is given twice: those of other parameters are called formulas, such as formulas={'shape': '~ z'}"
        )
    return kwargs.pop("formula") if formula is None and "formula" in kwargs else formula


def _checked_formula(formula: Any) -> str:
    """The formula of the response and the predicted parameter."""
    if not isinstance(formula, str) or not all(side.strip() for side in sides(formula)):
        raise ArgumentError(f"formula {formula!r} must be a text with the response on its left, such as 'y ~ x'")
    return formula


def _checked_formulas(kwargs: dict[str, Any], args: tuple[Any, ...]) -> dict[str, str]:
    """Right-hand sides of the designs of other parameters, by parameter, taken out of kwargs."""
    formulas, family = kwargs.pop("formulas", None), kwargs.get("family", args[0] if args else None)
    if formulas is not None and not isinstance(formulas, Mapping):
        raise ArgumentError(
            f"formulas must be a dict of parameter to formula, such as {{'shape': '~ z'}}: {formulas!r}"
        )
    exogs = kwargs.get("exogs")
    for name, text in (formulas or {}).items():
        if not isinstance(text, str) or not text.strip(" ~"):
            raise ArgumentError(f"formulas: {name!r}: {text!r} is no formula such as '~ z'")
        left, right = sides(text)
        if left.strip():
            raise ArgumentError(
                f"formulas: {name!r}: {text!r} has a left side; the response stands in the first formula alone: write "
                f"'~ {right.strip()}'"
            )
        _check_parameter(family, name)
        if isinstance(exogs, Mapping) and name in exogs:
            raise ArgumentError(f"formulas and exogs both drive {name!r}: give its design once")
    return {name: _right_side(text) for name, text in (formulas or {}).items()}


def _response_and_design(formula: Any, matrices: tuple[Any, Any], drop_cols: Any) -> tuple[Any, Any]:
    """The response, and the design without columns to leave out."""
    endog, exog = matrices
    endog = _one_column(endog, formula)
    dropped = () if drop_cols is None else as_names(drop_cols, "drop_cols")
    for column in dropped:
        if column not in exog.columns:
            raise ArgumentError(f"drop_cols: the design has no column {column!r}: {near_names(column, exog.columns)}")
    exog = exog[[column for column in exog.columns if column not in dropped]]
    return endog.iloc[:, 0], exog


def _one_column(endog: pd.DataFrame, formula: str) -> pd.DataFrame:
    """The response; of truth values, which the formula codes by two columns, that of True."""
    names = [str(name) for name in endog.columns]
    if len(names) == 1:
        return endog
    # The engine's spelling of the response stands before its levels, not the author's: "c > 0" for "c>0".
    parted = [_LEVEL.fullmatch(name) for name in names]
    written = {level[1] for level in parted if level}
    levels = [level[2].removeprefix("T.") for level in parted if level]
    left = written.pop() if all(parted) and len(written) == 1 else ""
    if left and levels == ["False", "True"]:
        return endog.iloc[:, [1]].set_axis([left], axis=1)
    numbers = [[str(j + first) for j in range(len(names))] for first in (0, 1)]
    if left and levels not in numbers:
        last = levels[-1]
        raise DataError(
            f"formula {formula!r}: the response is non-numeric, with {len(names)} values: say which one counts as 1, "
            f"such as I({left} == {last!r})"
        )
    raise DataError(f"formula {formula!r}: the response is more than one column: it gives {', '.join(names)}")


def _environment(eval_env: Any) -> Mapping[str, Any]:
    """Names that a formula may use besides the columns: those of the code that called the kit."""
    if isinstance(eval_env, Mapping):
        return eval_env
    if eval_env is not None and (not is_whole(eval_env) or eval_env not in (0, -1)):
        raise ArgumentError(f"eval_env = {short(eval_env)}: give a dict of names, or -1 for none but the columns")
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
            raise DataError(f"{argument}: the data have no column {column!r}: {column_hint(column, frame.columns)}")
    return by_name, wanted


@dataclass
class _ByRow:
    """An argument that was passed as data, one row for each of the frame: where it stands, and its values."""

    holder: dict[str, Any]
    key: str
    values: Any

    def cut(self, complete: np.ndarray) -> None:
        """Put its complete rows in its place."""
        self.holder[self.key] = self.values[complete]


def _columns_by_row(frame: pd.DataFrame, family: Any, kwargs: dict[str, Any]) -> list[_ByRow]:
    """Arguments passed as data whose rows are those of the frame, in their order; others are left to the model.

    The dicts among the arguments are replaced by copies, so that rows can be left out of what they hold.
    """
    law = family.law if isinstance(family, Family) else None
    plain = ("freq_weights", "prob_weights", "offset", *((*law.observed, *law.known) if law else ()))
    places = [(kwargs, name, name) for name in plain if name in kwargs and not isinstance(kwargs[name], Mapping)]
    for argument in ("offset", "given", "exogs"):
        if isinstance(kwargs.get(argument), Mapping):
            kwargs[argument] = dict(kwargs[argument])
            places += [(kwargs[argument], name, f"{argument}[{name!r}]") for name in kwargs[argument]]
    found = []
    for holder, key, argument in places:
        if holder[key] is None or isinstance(holder[key], str):
            continue
        values = as_numbers(holder[key], argument)
        if not np.ndim(values):
            continue
        if isinstance(values, (pd.Series, pd.DataFrame)) and len(values) >= len(frame):
            values = aligned(values, argument, frame.index, "data")
        if len(values) == len(frame):
            found.append(_ByRow(holder, key, values))
    return found


def _complete(
    texts: Mapping[str, str],
    frame: pd.DataFrame,
    environment: Mapping[str, Any],
    columns: list[str],
    by_row: list[_ByRow],
    missing: str,
) -> np.ndarray:
    """Rows `(n,)` without a missing value in any formula or column.

    Raises
    ------
    DataError
        Where there is one and `missing` does not say to leave the row out.
    """
    numbered = frame.reset_index(drop=True)
    kept = ~numbered[columns].isna().any(axis=1).to_numpy() if columns else np.ones(len(frame), dtype=bool)
    for column in by_row:
        kept &= ~np.isnan(np.asarray(column.values)).reshape(len(frame), -1).any(axis=1)
    for text in texts.values():
        kept &= rows_with_values(text, numbered, environment)
    if missing != "drop" and not kept.all():
        rows = ", ".join(map(str, frame.index[~kept][:5]))
        raise DataError(f"data: values are missing in rows {rows}; pass missing='drop' to leave such rows out")
    if not kept.any():
        raise DataError("data: a value is missing in every row: there is nothing to fit")
    return kept
