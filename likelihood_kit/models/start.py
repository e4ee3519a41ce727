"""Where the search for the maximum starts, and the maximum of families on which Newton's method cannot move."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np

from likelihood_kit.errors import DataError, ParameterError
from likelihood_kit.families import Family, suggestions
from likelihood_kit.maximise import Certificate
from likelihood_kit.models.rows import RowLikelihood
from likelihood_kit.regression import Predictor

#: Start vectors tried for a model that gives none.
LARGEST_GRID = 256


def start_values(family: Family, endog: np.ndarray, predictors: Sequence[Predictor]) -> np.ndarray:
    """Working vector `(k,)` at which every row has the estimate of the iid model, as nearly as the design allows."""
    start = family.start(endog[None])
    parts = []
    for predictor in predictors:
        eta = predictor.link.forward(start[predictor.name])
        if predictor.columns is not None:
            target = np.full(len(endog), float(eta[0]))
            scale = np.sqrt((predictor.columns**2).sum(axis=0))
            eta = np.linalg.lstsq(predictor.columns / scale, target, rcond=None)[0] / scale
        parts.append(eta)
    return np.concatenate(parts)


def irregular_maximum(family: Family, endog: np.ndarray) -> tuple[np.ndarray, Certificate]:
    """Params and certificate of a family whose support moves, by its closed form."""
    found = family.closed_maximum(endog)
    if found is None:
        raise DataError(
            f"{family!r} has a support that moves with a parameter and no closed maximum; "
            "add a static method maximum_likelihood(y) to the family"
        )
    params = np.array([float(found[name]) for name in family.parameter_names])
    return params, Certificate(True, (), 0.0, np.nan, 0, 0, np.nan, (), 0)


def row_start(likelihood: RowLikelihood, endog: np.ndarray, given: Any, model: Any) -> np.ndarray:
    """Working vector of a model with its own `loglikeobs`: its `start_params`, or the best of a grid."""
    if given is not None:
        start = model.working(given)
        if not np.isfinite(start).all():
            raise ParameterError("start_params has a value outside the space of its parameter")
        return start
    location, spread, size = np.median(endog), np.std(endog) or 1.0, np.mean(np.abs(endog)) or 1.0
    grids = [
        [predictor.link.forward(float(value)) for value in suggestions(predictor.space, location, spread, size)]
        for predictor in likelihood.predictors
    ]
    while np.prod([len(grid) for grid in grids]) > LARGEST_GRID:
        longest = max(range(len(grids)), key=lambda j: len(grids[j]))
        if len(grids[longest]) == 1:
            break
        grids[longest] = grids[longest][:-1]
    candidates = np.array(list(itertools.islice(itertools.product(*grids), LARGEST_GRID)))
    return candidates[int(np.argmax(likelihood.value(candidates)))]
