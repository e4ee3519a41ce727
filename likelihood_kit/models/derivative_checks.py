"""Derivatives of a model beside those of its author's own function, at the estimate."""

from __future__ import annotations

from typing import Any

import numpy as np

from likelihood_kit.diagnostics.derivative_check import DerivativeCheck, derivative_check
from likelihood_kit.errors import NotAvailableError
from likelihood_kit.likelihood import Likelihood
from likelihood_kit.models import at_params
from likelihood_kit.models.existence import require_regular_here
from likelihood_kit.predictor import working_from_params


def check_derivatives(results: Any) -> DerivativeCheck:
    """Check of score and Hessian of results, in the coordinates of params."""
    require_regular_here(results, "check of derivatives", smooth=True)
    model, params = results.model, np.asarray(results.params, dtype=float)
    model.require_data()
    if not np.isfinite(params).all():
        raise NotAvailableError("there are no derivatives to check: an estimate is infinite")

    def derivatives(point: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return at_params.value_score_and_hessian(model.summed, point)[1:]

    bounds = [space.numbers for space in results.spaces]
    return derivative_check(lambda point: _by_the_author(model, point), derivatives, params, bounds, model.exog_names)


def _by_the_author(model: Any, params: np.ndarray) -> float:
    """Log likelihood at params `(k,)` by the author's own function on all rows."""
    if model.family is None:
        with np.errstate(all="ignore"):
            return float(np.sum(model.loglikeobs(params)))
    likelihood: Likelihood = model.likelihood
    sample = likelihood.sample
    working = working_from_params(likelihood.predictors, params)
    with np.errstate(all="ignore"):
        theta = likelihood.operands(likelihood.natural(working[None]), slice(None))
        rows = model.family.formula(*sample.columns.values(), *theta)
        total = np.broadcast_to(rows, (1, sample.rows))
        if sample.weights is not None:
            total = np.multiply(total, sample.weights, where=sample.weights > 0, out=np.zeros(total.shape))
        return float(np.sum(total))
