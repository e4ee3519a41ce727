"""Scores of a model's rows or clusters, freed of what they take from the estimate themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from likelihood_kit.diagnostics.leverage import HC2, HC3, WHOLE, Leverages, satterthwaite
from likelihood_kit.errors import NotAvailableError
from likelihood_kit.families import Family
from likelihood_kit.likelihood import Likelihood
from likelihood_kit.models import at_params
from likelihood_kit.predictor import Predictor, working_from_params

#: Numbers of informations of rows that are held at once, 32 MB.
HELD = 2**22
#: Power of 1 - leverage by which the scores are divided, by the name in `fit(cov_type=...)`.
POWERS: Mapping[str, float] = {"HC2": HC2, "HC3": HC3}


def coefficients(predictors: tuple[Predictor, ...]) -> int:
    """Coefficients of the designs, or all parameters where nothing predicts."""
    of_designs = sum(len(p.labels) for p in predictors if p.columns is not None)
    return of_designs or sum(len(p.labels) for p in predictors)


def adjusted_rows(
    likelihood: Likelihood, params: np.ndarray, family: Family, known: Mapping[str, np.ndarray], cov_type: str
) -> np.ndarray:
    """Scores of the rows `(n, k)` in the coordinates of params, over the power of 1 - leverage of HC2 or HC3.

    Raises
    ------
    NotAvailableError
        Where a row has leverage 1.
    """
    total = at_params.expected_information(likelihood, params, family, known)
    scores = at_params.row_scores(likelihood, params)
    weights = likelihood.sample.weights
    found = np.empty(scores.shape)
    for rows, informations in row_informations(likelihood, params, family, known):
        here = Leverages.of(informations, total)
        whole = here.values[:, -1] >= 1 - WHOLE
        if weights is not None:
            whole &= weights[0][rows] > 0
        if whole.any():
            row = int(np.argmax(whole)) + rows.start
            raise NotAvailableError(
                f"{cov_type} divides by 1 - leverage, and the observation in row {row} has leverage 1: a coefficient "
                "is its own, as of a level that it alone has; use cov_type='HC1'"
            )
        found[rows] = here.adjusted(scores[rows], POWERS[cov_type])
    return found


def adjusted_clusters(
    likelihood: Likelihood,
    params: np.ndarray,
    family: Family,
    known: Mapping[str, np.ndarray],
    groups: np.ndarray,
) -> np.ndarray:
    """Scores of the clusters `(g, k)`, adjusted as CR2 has it."""
    scores, informations = of_clusters(likelihood, params, family, known, groups)
    total = at_params.expected_information(likelihood, params, family, known)
    return Leverages.of(informations, total).adjusted(scores, HC2)


def degrees_of_freedom(results: Any, combinations: np.ndarray) -> np.ndarray:
    """Satterthwaite's degrees of freedom `(m,)` of combinations `(m, k)` of params, under CR2."""
    model, params, groups = results.model, np.asarray(results.params), results.cov_kwds["groups"]
    model.require_data()
    here = model.conditioned
    likelihood, params = here.rows, here.params(params)
    _, informations = of_clusters(likelihood, params, model.family, model.known, groups)
    total = at_params.expected_information(likelihood, params, model.family, model.known)
    observed = -at_params.value_score_and_hessian(likelihood, params)[2]
    along = np.linalg.solve(observed, (np.asarray(combinations) @ here.transform).T).T
    return np.array([satterthwaite(Leverages.of(informations, total), informations, one) for one in along])


def of_clusters(
    likelihood: Likelihood,
    params: np.ndarray,
    family: Family,
    known: Mapping[str, np.ndarray],
    groups: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Scores `(g, k)` and expected informations `(g, k, k)` of the clusters, in the coordinates of params."""
    k, clusters = len(params), int(groups.max()) + 1
    weights = np.ones(len(groups)) if likelihood.sample.weights is None else likelihood.sample.weights[0]
    scores, informations = np.zeros((clusters, k)), np.zeros((clusters, k, k))
    np.add.at(scores, groups, at_params.row_scores(likelihood, params) * weights[:, None])
    for rows, here in row_informations(likelihood, params, family, known):
        np.add.at(informations, groups[rows], here * weights[rows, None, None])
    return scores, informations


def row_informations(
    likelihood: Likelihood, params: np.ndarray, family: Family, known: Mapping[str, np.ndarray]
) -> Iterator[tuple[slice, np.ndarray]]:
    """Expected informations `(m, k, k)` of the rows, so many at a time, in the coordinates of params."""
    n, k = likelihood.sample.rows, len(params)
    per_row = at_params.row_information(likelihood, params, family, known)
    natural = likelihood.natural(working_from_params(likelihood.predictors, params)[None])
    slopes = [
        np.ones(1) if p.columns is None else np.ravel(p.link.slopes(p.link.forward(theta), theta)[0])
        for p, theta in zip(likelihood.predictors, natural, strict=True)
    ]
    at_once = max(1, HELD // k**2)
    for begin in range(0, n, at_once):
        rows = slice(begin, min(begin + at_once, n))
        designs = np.zeros((rows.stop - rows.start, len(likelihood.predictors), k))
        for j, (p, place, slope) in enumerate(zip(likelihood.predictors, likelihood.places, slopes, strict=True)):
            columns: Any = np.ones((1, 1)) if p.columns is None else p.columns[rows]
            designs[:, j, place] = columns * (slope[rows] if len(slope) > 1 else slope)[:, None]
        entries = per_row[rows] if len(per_row) > 1 else per_row
        yield (
            rows,
            np.einsum(
                "mak,mab,mbl->mkl", designs, np.broadcast_to(entries, (len(designs), *entries.shape[1:])), designs
            ),
        )
