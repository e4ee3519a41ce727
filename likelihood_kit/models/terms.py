"""Terms of the formulas of a fit: their coefficients among the params, and tests of them.

Statsmodels takes the columns of one design for places of params; here params hold those of several parameters.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from statsmodels.stats.contrast import MultiCompResult, WaldTestResults, t_test_multi

from likelihood_kit.errors import ArgumentError, NotAvailableError, near_names
from likelihood_kit.models import formula_matrices
from likelihood_kit.models.arguments import refusing
from likelihood_kit.models.columns import as_choice, as_flag, as_level, as_names, short
from likelihood_kit.models.formula_engines import coding_of, terms_of
from likelihood_kit.models.inference import may_be_zero
from likelihood_kit.models.prediction import standard_errors
from likelihood_kit.predictor import blocks


@dataclass(frozen=True)
class Term:
    """A term of a formula, or a column of a design that was given as it is.

    Attributes
    ----------
    name : str
        As in the formula; that of another parameter than the predicted one after its name, `shape:z`.
    places : tuple of q int
        Its coefficients among the params.
    kept : tuple of q int
        Its columns that were not dropped, among those that the engine made of it.
    parameter : str
        Whose predictor it is in; empty without one.
    own : object or None
        The engine's term; None where there is no formula.
    """

    name: str
    places: tuple[int, ...]
    kept: tuple[int, ...] = (0,)
    parameter: str = ""
    own: Any = None


def terms(model: Any) -> list[Term]:
    """Terms of all formulas of a model, in the order of its params; else the columns of its designs."""
    found: list[Term] = []
    by_formula = getattr(model, "formulas", {})
    for predictor, block in zip(model.predictors, blocks(model.predictors), strict=True):
        first = range(len(model.labels))[block].start
        if predictor.name in by_formula and predictor.columns is not None:
            found += _of_formula(model, predictor.name, first)
        elif predictor.columns is not None:
            names = zip(predictor.labels, range(first, first + predictor.size), strict=True)
            found += [Term(label, (place,), parameter=predictor.name) for label, place in names]
    return found


def _of_formula(model: Any, parameter: str, first: int) -> list[Term]:
    """Terms of the formula of a parameter whose coefficients begin at a place of params."""
    specification = formula_matrices.specification(model, parameter)
    prefix = "" if parameter == model.family.predicted else f"{parameter}:"
    kept = formula_matrices.kept_columns(model, parameter, specification.column_names)
    place = {column: first + j for j, column in enumerate(np.flatnonzero(kept).tolist())}
    found = []
    for own, name, columns in terms_of(specification, model.formula_engine):
        within = tuple(j for j, column in enumerate(columns) if column in place)
        if within:
            places = tuple(place[columns[j]] for j in within)
            found.append(Term(f"{prefix}{name}", places, within, parameter, own))
    return found


def wald_test_terms(
    results: Any, skip_single: Any, extra_constraints: Any, combine_terms: Any, scalar: Any
) -> WaldTestResults:
    """Wald test of each term of the formulas, that its coefficients are all 0."""
    skip_single, scalar = as_flag(skip_single, "skip_single"), as_flag(scalar, "scalar")
    _require_covariance(results, "tests of terms")
    names, identity = list(results.model.exog_names), np.eye(len(results.params))
    found = terms(results.model)
    if not results.model.designs:
        zero = np.flatnonzero(may_be_zero(results)).tolist()
        found = [Term(names[place], (place,)) for place in zero]
    tests = [(term.name, identity[list(term.places)]) for term in found]
    combined = [(part, _combined(part, tests)) for part in as_names(combine_terms or (), "combine_terms")]
    single = [test for test in tests if not (skip_single and len(test[1]) == 1)]
    tests = [*single, *combined, *_extra(extra_constraints)]
    if not tests:
        raise NotAvailableError("there are no terms to test: no formula or design predicts a parameter of this fit")
    table = _table(results, tests, scalar=scalar)
    tested = WaldTestResults(None, "F" if results.use_t else "chi2", None, table=table)
    tested.temp = tests
    return tested


def _combined(part: str, tests: Sequence[tuple[str, np.ndarray]]) -> np.ndarray:
    """Restrictions of all terms in whose names a text is."""
    found = [matrix for name, matrix in tests if part in name]
    if not found:
        raise ArgumentError(f"combine_terms: {part!r} is in no term: {near_names(part, [name for name, _ in tests])}")
    return np.vstack(found)


def _extra(constraints: Any) -> list[tuple[str, Any]]:
    listed = [] if constraints is None else list(constraints) if isinstance(constraints, Iterable) else [constraints]
    if not all(isinstance(one, tuple) and len(one) == 2 for one in listed):
        raise ArgumentError(
            "extra_constraints must be a list of (name, restrictions) as wald_test takes them, not "
            f"{short(constraints)}"
        )
    return listed


def _table(results: Any, tests: Sequence[tuple[str, Any]], *, scalar: bool) -> pd.DataFrame:
    """Statistic, p-value and degrees of freedom of each test, in statsmodels' columns."""
    columns = ["statistic", "pvalue", "df_constraint", *(["df_denom"] if results.use_t else [])]
    rows = []
    for name, restrictions in tests:
        try:
            test = results.wald_test(restrictions, scalar=scalar)
        except (ArgumentError, NotAvailableError) as error:
            raise type(error)(f"{name}: {error}") from None
        # Of the chi-squared law statsmodels calls the degrees of freedom df_denom.
        row = [test.statistic, test.pvalue, int(test.df_num if results.use_t else test.df_denom)]
        rows.append([*row, *([test.df_denom] if results.use_t else [])])
    return pd.DataFrame(rows, index=[name for name, _ in tests], columns=columns)


def t_test_pairwise(results: Any, term_name: Any, method: Any, alpha: Any, factor_labels: Any) -> MultiCompResult:
    """Tests of the differences between all pairs of levels of a term that is one category."""
    alpha = as_level(alpha, "alpha")
    named = {term.name: term for term in terms(results.model) if term.own is not None}
    if not named:
        raise NotAvailableError("t_test_pairwise needs a factor of a formula: fit from_formula('y ~ C(g)', data)")
    term = named[as_choice(term_name, "term_name", named)]
    specification = formula_matrices.specification(results.model, term.parameter)
    coding = coding_of(specification, term.own, results.model.formula_engine)
    if coding is None:
        raise ArgumentError(
            f"term_name={term_name!r} is no single category, whose levels could be compared: name one that is, or "
            "write C(...) around a number in the formula"
        )
    levels, matrix = coding
    labels = _level_labels(factor_labels, levels)
    pairs = list(combinations(range(len(levels)), 2))
    contrasts = np.zeros((len(pairs), len(results.params)))
    differences = np.array([matrix[later] - matrix[earlier] for earlier, later in pairs])
    contrasts[:, list(term.places)] = differences[:, list(term.kept)]
    _, lacking = standard_errors(contrasts, np.asarray(results.normalized_cov_params), results.covariance_note)
    if lacking:  # statsmodels takes NaN for a rejection
        raise NotAvailableError(f"there are no tests of levels: {lacking}")
    between = [f"{labels[later]}-{labels[earlier]}" for earlier, later in pairs]
    # Of a level without a column of its own the difference is 0 and p 1, of which Holm-Sidak takes log(1 - p).
    with np.errstate(divide="ignore"), refusing("method", "a correction for several tests, such as 'hs'"):
        frame = t_test_multi(results, contrasts, method=method, alpha=alpha, contrast_names=between)
    return MultiCompResult(
        result_frame=frame, contrasts=contrasts, term=term.own, contrast_labels=between, term_encoding_matrix=matrix
    )


def _level_labels(factor_labels: Any, levels: Sequence[Any]) -> Sequence[Any]:
    if factor_labels is None:
        return levels
    labels = list(factor_labels) if isinstance(factor_labels, Iterable) and not isinstance(factor_labels, str) else []
    if len(labels) != len(levels):
        raise ArgumentError(f"factor_labels = {short(factor_labels)}: give {len(levels)} labels, one for each level")
    return labels


def _require_covariance(results: Any, what: str) -> None:
    if not np.isfinite(np.asarray(results.normalized_cov_params)).any():
        raise NotAvailableError(f"there are no {what}: {results.covariance_note}")
