"""Firth's adjusted score of a model's data, in coordinates in which its designs are well conditioned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from likelihood_kit import diagnostics
from likelihood_kit.diagnostics.adjusted_score import AdjustedScore
from likelihood_kit.errors import NotAvailableError
from likelihood_kit.likelihood import Likelihood
from likelihood_kit.models import at_params
from likelihood_kit.models.bias import information_times_bias
from likelihood_kit.predictor import params_from_working, params_jacobian


@dataclass(frozen=True, eq=False)
class AdjustedScores:
    """The adjusted score of a model as a function of a vector, its working vector in well-conditioned coordinates.

    Attributes
    ----------
    model : LikelihoodModel
    rows, summed : Likelihood
        Of the rows, and of their distinct counts where they are few.
    transform : (k, k)
        Working vector = transform @ these coordinates.
    """

    model: Any
    rows: Likelihood
    summed: Likelihood
    transform: np.ndarray

    @classmethod
    def of(cls, model: Any) -> AdjustedScores:
        """Those of a model with a smooth family."""
        here = model.conditioned
        return cls(model, here.rows, here.summed, here.transform)

    def inner(self, params: np.ndarray) -> np.ndarray:
        """The point `(k,)` of the user's params `(k,)`."""
        return np.linalg.solve(self.transform, self.model.working(params))

    def params(self, point: np.ndarray) -> np.ndarray:
        """The user's params `(k,)` at a point `(k,)`."""
        return params_from_working(self.model.predictors, self.transform @ point)

    def require_expectations(self, point: np.ndarray) -> None:
        """Refuse, with the reason, where there are no expectations at a point."""
        params = params_from_working(self.rows.predictors, point)
        family, known = self.model.family, self.model.known
        information = at_params.expected_information(self.rows, params, family, known)
        information_times_bias(self.rows, params, family, known, information)

    def at(self, point: np.ndarray) -> AdjustedScore | None:
        """The adjusted score at a point `(k,)`; None outside the space, and where it is no number.

        None too where the expectations that it is made of do not exist.
        """
        family, known, predictors = self.model.family, self.model.known, self.rows.predictors
        params, natural = params_from_working(predictors, point), self.rows.natural(point[None])
        if not all(np.all(p.space.contains(values)) for p, values in zip(predictors, natural, strict=True)):
            return None
        value, score, hessian = at_params.value_score_and_hessian(self.summed, params)
        if not (np.isfinite(value) and np.isfinite(score).all() and np.isfinite(hessian).all()):
            return None
        try:
            information = at_params.expected_information(self.rows, params, family, known)
            taken = information_times_bias(self.rows, params, family, known, information)
        except NotAvailableError:
            return None
        slopes = params_jacobian(predictors, point)
        both = np.outer(slopes, slopes)
        observed = diagnostics.observed_information(hessian)
        return AdjustedScore((score - taken) * slopes, information * both, observed * both)
