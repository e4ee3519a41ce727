"""Matrices of a formula, by the engine of its fit: on the data, and on new rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from likelihood_kit.errors import DataError, LikelihoodKitError
from likelihood_kit.models.formula_engines import chosen_engine, evaluated, evaluated_again, words_of
from likelihood_kit.models.formula_text import for_engine
from likelihood_kit.models.formula_variables import check_variables, hiding_column, variables
from likelihood_kit.models.frames import checked_new_frame
from likelihood_kit.models.hints import formula_hint


def matrices(
    text: Any, frame: pd.DataFrame, environment: Mapping[str, Any], engine: str = "", na_action: str = ""
) -> tuple[Any, Any]:
    """Matrices of a formula on a frame, and its specification, by an engine; by default the chosen one.

    The specification of a fit can be read by its own engine only, whatever is chosen since.
    """
    engine = engine or chosen_engine()
    try:
        return evaluated(for_engine(text, engine), frame, environment, engine, na_action)
    except LikelihoodKitError as error:
        raise DataError(f"formula {text!r}: {error}") from None
    except Exception as error:
        columns, remedy = ", ".join(map(str, frame.columns)), formula_hint(text)
        hiding = hiding_column(str(text), frame.columns)
        if hiding:
            raise DataError(
                f"formula {text!r}: the data have a column {hiding!r}, which hides the function of that name: rename it"
            ) from error
        if remedy:
            raise DataError(f"formula {text!r} is not written as here: {remedy}") from error
        taken = variables(str(text), frame.columns, environment).from_program
        whole = next((name for name in taken if isinstance(environment[name], pd.DataFrame)), "")
        if whole:
            raise DataError(
                f"formula {text!r}: {whole} is a data frame of the program, and a term one column: "
                f"name one of {columns}"
            ) from error
        raise DataError(
            f"formula {text!r} cannot be evaluated on data with columns {columns}: {words_of(error)}"
        ) from error


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
    known = specification(model, parameter)
    numbered = checked_new_frame(model.data.frame, new, model.formulas[parameter])
    try:
        matrix = evaluated_again(known, numbered, _names(model), model.formula_engine)
    except Exception as error:
        raise DataError(
            f"the formula {model.formulas[parameter]!r} cannot be evaluated on new data with columns "
            f"{', '.join(map(str, new.columns))}: {words_of(error)}"
        ) from error
    matrix = pd.DataFrame(matrix)
    matrix = matrix.loc[:, kept_columns(model, parameter, matrix.columns)]
    if len(matrix) == len(numbered):
        return matrix.to_numpy(dtype=float)
    return matrix.reindex(numbered.index).to_numpy(dtype=float)


def kept_columns(model: Any, parameter: str, columns: Iterable[Any]) -> np.ndarray:
    """Which columns of a formula's matrix are in the design, `(q,)` bool: `drop_cols` is of the predicted parameter."""
    dropped = model.dropped_columns if parameter == next(iter(model.formulas)) else ()
    return np.array([column not in dropped for column in columns], dtype=bool)


class NoSpecification:
    """What statsmodels finds where it keeps a model's only specification: that there are several, or a refusal.

    It would take columns of one design for places of params, and test other coefficients in silence.
    """

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(
            "statsmodels' tests and tables of a formula's terms know one design and sums of squares: test terms by "
            "results.wald_test_terms() and t_test_pairwise(), compare fits by results.likelihood_ratio_test(smaller)"
        )


def specify(model: Any) -> None:
    """Give a model that was copied what its formulas need, since their specifications do not travel."""
    model.specifications = {}
    model.data.model_spec = NoSpecification()


def specification(model: Any, parameter: str) -> Any:
    """The engine's specification of the formula of a parameter, with which new rows are read."""
    kept = model.specifications
    if parameter not in kept:
        kept[parameter] = matrices(model.formulas[parameter], model.data.frame, _names(model), model.formula_engine)[1]
    return kept[parameter]


def _names(model: Any) -> dict[str, Any]:
    """What formulas call besides columns."""
    return {"np": np, **model.formula_names}
