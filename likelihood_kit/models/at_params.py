"""Log likelihood, scores, Hessian and information at params: what the user sees, not where the maximiser moves.

One function for both kinds of likelihood: of a family, and of the rows of a model with its own `loglikeobs`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from likelihood_kit.calculus import derivative_error
from likelihood_kit.errors import ArgumentError
from likelihood_kit.families import Family
from likelihood_kit.likelihood import Likelihood
from likelihood_kit.maximise import SMALL, plain_derivatives
from likelihood_kit.models.rows import RowLikelihood
from likelihood_kit.predictor import working_from_params


def row_values(
    likelihood: Likelihood | RowLikelihood,
    working: np.ndarray,
    family: Family | None,
    endog: Any,
    known: Mapping[str, Any],
) -> np.ndarray:
    """Log density of each row times its weight, `(n,)`; -inf outside a support that moves.

    `known` are the known quantities and given parameters of the rows, by name.
    """
    values = likelihood.row_values(working)
    if family is None or not isinstance(likelihood, Likelihood):
        return values
    if family.moving:
        theta = family.canonical({**natural_values(likelihood, working), **known})
        values = np.where(family.support.contains(endog, theta), values, -np.inf)
    weights = likelihood.sample.weights
    if weights is None:
        return values
    # A row without weight may lie where the density is 0.
    return np.multiply(values, weights[0], where=weights[0] > 0, out=np.zeros(values.shape))


def row_scores(likelihood: Likelihood | RowLikelihood, params: np.ndarray) -> np.ndarray:
    """Score of each row without its weight, `(m, k)`."""
    if isinstance(likelihood, RowLikelihood):
        return likelihood.at(params, natural=True)[1]
    return likelihood.row_scores(working_from_params(likelihood.predictors, params), natural=True)


def value_score_and_hessian(
    likelihood: Likelihood | RowLikelihood, params: np.ndarray
) -> tuple[float, np.ndarray, np.ndarray]:
    """Log likelihood, score `(k,)` and Hessian `(k, k)`."""
    if isinstance(likelihood, RowLikelihood):
        value, scores, hessian, _ = likelihood.at(params, natural=True)
        return value, scores.sum(axis=0), hessian
    working = working_from_params(likelihood.predictors, params)[None]
    if likelihood.is_single and len(params) <= SMALL and np.isfinite(working).all():
        there = plain_derivatives(likelihood, working[0].tolist(), natural=True)
        if there is not None:
            return there[0], np.array(there[1]), np.array(there[2])
    values, score, hessians = likelihood.derivatives(working, natural=True)
    return float(values[0]), score[0], hessians[0]


def relative_error(likelihood: Likelihood | RowLikelihood, params: np.ndarray, family: Any) -> float:
    """Estimated relative error of numeric Hessians of the rows."""
    if isinstance(likelihood, RowLikelihood):
        return likelihood.at(params, natural=True)[3]
    working = working_from_params(likelihood.predictors, params)
    theta = likelihood.operands([t[0] for t in likelihood.natural(working[None])], slice(None))
    bounds = [space.numbers for space in family.spaces.values()]
    columns = [np.ravel(column) for column in likelihood.sample.columns.values()]
    return derivative_error(family.formula, columns, [np.ravel(t) for t in theta], bounds)


def expected_information(
    likelihood: Likelihood | RowLikelihood, params: np.ndarray, family: Family | None, known: Mapping[str, Any]
) -> np.ndarray:
    """Expected Fisher information of the sample, `(k, k)`; `known` as in `row_values`.

    Raises
    ------
    NotAvailableError
        For a family that is not regular.
    ArgumentError
        Where there is no family.
    """
    if family is None or not isinstance(likelihood, Likelihood):
        raise ArgumentError("expected information needs a family; a model with its own loglikeobs has none")
    per_row = row_information(likelihood, params, family, known)
    return likelihood.expected_information(working_from_params(likelihood.predictors, params), per_row)


def row_information(likelihood: Likelihood, params: np.ndarray, family: Family, known: Mapping[str, Any]) -> np.ndarray:
    """The same of each row, in natural coordinates of the free parameters, `(n, p, p)`, or `(1, p, p)` of all alike."""
    family.require_regular("expected information")
    working = working_from_params(likelihood.predictors, params)
    values = {**family.fixed, **known, **natural_values(likelihood, working)}
    per_row = family.information_inside({name: np.asarray(value) for name, value in values.items()})
    estimated = [family.parameter_names.index(predictor.name) for predictor in likelihood.predictors]
    return per_row[..., estimated, :][..., :, estimated]


def natural_values(likelihood: Likelihood, working: np.ndarray) -> dict[str, np.ndarray]:
    """Free parameters of the rows at one working vector `(k,)`, by name, natural scale."""
    natural = likelihood.natural(working[None])
    return {predictor.name: t[0] for predictor, t in zip(likelihood.predictors, natural, strict=True)}
