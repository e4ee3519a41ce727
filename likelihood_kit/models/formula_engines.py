"""The engines of formulas, formulaic and patsy: which is chosen, what each has, and its matrices."""

from __future__ import annotations

import os
import re
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import formulaic
import numpy as np
import pandas as pd
import statsmodels.formula
from formulaic.errors import DataMismatchWarning
from formulaic.materializers import PandasMaterializer
from formulaic.parser import DefaultFormulaParser
from formulaic.transforms import TRANSFORMS
from formulaic.transforms.contrasts import TreatmentContrasts
from interface_meta import override
from statsmodels.formula._manager import FormulaManager

from likelihood_kit.errors import DataError

#: Functions that both engines have: codings of categories, splines, centring.
_SHARED = ("C", "I", "Q", "bs", "cr", "cc", "scale", "center", "standardize")
#: Functions of a formula, by engine.
FUNCTIONS_OF = {"formulaic": (*_SHARED, "cs", "poly"), "patsy": (*_SHARED, "te")}
#: Functions of NumPy that are known without `np.` before them, by engine.
BARE_OF = {"formulaic": tuple(name for name in TRANSFORMS if hasattr(np, name)), "patsy": ()}
#: The variable of the environment by which statsmodels chooses an engine.
CHOICE = "SM_FORMULA_ENGINE"
#: Colours of a terminal, and the marks around them, in formulaic's messages.
_COLOURS = re.compile("⧛[^⧚]*?m|\x1b\\[[\\d;]*m|\\[0m|⧚")

#: Where Python finds an error in what is no file.
_PLACE = re.compile(r"\s*\(<\w+>, line \d+\)")


class _TruthAsLevels(PandasMaterializer):
    """Formulaic's reading of pandas' columns, but for truth values and dates, which are levels as in patsy and R.

    As numbers, `0 + flag` would give the rows in which it is False no level at all.
    """

    REGISTER_NAME = "likelihood_kit"
    REGISTER_INPUTS = ()

    @override
    def _is_categorical(self, values: Any) -> bool:
        kind = getattr(getattr(values, "dtype", None), "kind", "")
        return kind in ("b", "M") or bool(super()._is_categorical(values))


class _Treatment(TreatmentContrasts):
    """Formulaic's coding against a level under patsy's name, which formulaic takes with a level only."""

    def __init__(self, reference: Any = None) -> None:
        super().__init__(**({} if reference is None else {"base": reference}))


def _exp10(x: Any) -> Any:
    """Powers of 10: formulaic 1.2 has tenth powers under this name."""
    return 10.0**x


#: What names mean to formulaic here, unless the author of a formula uses them otherwise.
_NAMES: Mapping[str, Any] = {"Treatment": _Treatment, "exp10": _exp10}


def chosen_engine() -> str:
    """The engine of new fits: "formulaic", unless the environment's `SM_FORMULA_ENGINE` asks for "patsy".

    Statsmodels' option alone is "patsy" wherever patsy is installed, chosen or not.
    """
    asked = os.environ.get(CHOICE) == "patsy" and statsmodels.formula.options.formula_engine == "patsy"
    return "patsy" if asked else "formulaic"


def evaluated(
    text: str, frame: pd.DataFrame, environment: Mapping[str, Any], engine: str, na_action: str = ""
) -> tuple[Any, Any]:
    """Matrices of a formula on a frame, of both sides where it has two, and the specification of the right one."""
    if engine == "formulaic":
        with _levels_known():
            return _by_formulaic(text, _plain_text(frame), {**_NAMES, **environment}, na_action)
    manager = FormulaManager(engine)
    action = manager.get_na_action(na_action) if na_action else None
    found = manager.get_matrices(text, frame, eval_env=dict(environment), pandas=True, na_action=action)
    return found, manager.spec


def evaluated_again(specification: Any, frame: pd.DataFrame, environment: Mapping[str, Any], engine: str) -> Any:
    """Matrix of a specification on new rows."""
    if engine == "formulaic":
        with _levels_known():
            return specification.get_model_matrix(_plain_text(frame), context={**_NAMES, **environment})
    manager = FormulaManager(engine)
    return manager.get_matrices(specification, frame, pandas=True, prediction=True, eval_env=dict(environment))


def terms_of(specification: Any, engine: str) -> list[tuple[Any, str, range]]:
    """Terms of a specification as the engine has them, their names, and their columns of its matrix."""
    count = len(specification.column_names)
    found = []
    for term, place in specification.term_slices.items():
        name = term.name() if engine == "patsy" else str(term)
        found.append((term, "Intercept" if name == "1" else name, range(count)[place]))
    return found


def coding_of(specification: Any, term: Any, engine: str) -> tuple[tuple[Any, ...], np.ndarray] | None:
    """Levels of a term that is one category, and its columns at each, `(levels, q)`; None of another term."""
    if len(term.factors) != 1:
        return None
    factor = next(iter(term.factors))
    kinds = specification.factor_infos if engine == "patsy" else specification.factor_contrasts
    if factor not in kinds or (engine == "patsy" and kinds[factor].type != "categorical"):
        return None
    manager = FormulaManager(engine)
    levels = tuple(manager.get_factor_categories(factor, specification))
    return levels, np.asarray(manager.get_contrast_matrix(term, factor, specification), dtype=float)


def words_of(error: Exception) -> str:
    """What an engine's error says, on one line, without colours; of an error of Python what a term is."""
    said = " ".join(_COLOURS.sub("", str(error)).split())
    if isinstance(error, SyntaxError) or _PLACE.search(said):
        return f"{_PLACE.sub('', said)}; a term is a column, or a function of columns such as np.log(x)"
    return said


@contextmanager
def _levels_known() -> Iterator[None]:
    """Refuses levels that a fit did not have, which formulaic takes for the reference with a warning."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", DataMismatchWarning)
        try:
            yield
        except DataMismatchWarning as warning:
            levels = re.search(r"\{(.*)\}", str(warning))
            said = levels[1] if levels else str(warning)
            raise DataError(f"there is a level of a category that the fit does not know: {said}") from None


def _plain_text(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with pandas' own kind of text as objects, as engines know it."""
    kinds = frame.dtypes[~frame.columns.duplicated(keep=False)]
    texts = {name: object for name, kind in kinds.items() if isinstance(kind, pd.StringDtype)}
    return frame.astype(texts) if texts else frame


def _by_formulaic(text: str, frame: pd.DataFrame, context: dict[str, Any], na_action: str) -> tuple[Any, Any]:
    parser = DefaultFormulaParser(feature_flags=DefaultFormulaParser.FeatureFlags.TWOSIDED)
    formula = formulaic.Formula(text, _parser=parser, _ordering="none")
    settings = {
        "context": context,
        "output": "pandas",
        "materializer": _TruthAsLevels,
        **({"na_action": na_action} if na_action else {}),
    }
    found = formula.get_model_matrix(frame, **settings)
    two = isinstance(found, formulaic.ModelMatrices)
    specification = found.rhs.model_spec if two else found.model_spec
    terms = list(formula.rhs if two else formula)
    ordered = _in_order(terms, list(specification.factor_contrasts))
    if ordered != terms and not na_action:  # which rows have values is asked in any order
        right = formulaic.Formula(ordered, _ordering="none")
        formula = formulaic.Formula(lhs=formula.lhs, rhs=right, _ordering="none") if two else right
        found = formula.get_model_matrix(frame, **settings)
    return ((found.lhs, found.rhs), found.rhs.model_spec) if two else (found, found.model_spec)


def _in_order(terms: list[Any], categorical: list[Any]) -> list[Any]:
    """Terms as statsmodels' users know them: the constant, categories, then those of each set of numeric factors.

    A set stands where its first term does, behind the sets within it; in each the terms of fewer factors come first.
    """
    sets: dict[frozenset[str], list[Any]] = {frozenset(): []}
    for term in terms:
        numeric = frozenset(str(factor) for factor in term.factors if term.degree and factor not in categorical)
        sets.setdefault(numeric, []).append(term)
    ordered: list[Any] = []
    waiting = list(sets)
    while waiting:
        first = next(one for one in waiting if not any(other < one for other in waiting))
        waiting.remove(first)
        ordered += sorted(sets[first], key=lambda term: term.degree)
    return ordered
