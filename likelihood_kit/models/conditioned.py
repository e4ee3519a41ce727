"""A model's likelihood in the coordinates in which its designs are well conditioned, and the way there and back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from likelihood_kit.diagnostics.information import observed_information
from likelihood_kit.likelihood import Likelihood
from likelihood_kit.models import at_params
from likelihood_kit.models.rows import RowLikelihood
from likelihood_kit.predictor import Predictor, blocks, params_from_working


@dataclass(frozen=True, eq=False)
class Conditioned:
    """What is inverted, or compared with rounding, is made in these coordinates: the model's own may lose all digits.

    Parameters that nothing predicts are as they are; coefficients are those of the columns here. The same matrix
    carries params and working vectors back, for it changes coefficients alone.

    Attributes
    ----------
    model : LikelihoodModel
    predictors : tuple of Predictor
        With the columns here.
    transform : (k, k)
        The model's params, or working vector, = transform @ those here; the identity where it is well conditioned.
    """

    model: Any
    predictors: tuple[Predictor, ...]
    transform: np.ndarray

    @classmethod
    def of(cls, model: Any) -> Conditioned:
        """That of a model; in its own coordinates where those will do."""
        if model.basis is None:
            return cls(model, model.predictors, np.eye(blocks(model.predictors)[-1].stop))
        return cls(model, model.basis.predictors, model.basis.transform)

    @property
    def rows(self) -> Likelihood | RowLikelihood:
        """Log likelihood of the rows, as a function of the working vector here."""
        return self._moved(self.model.likelihood)

    @property
    def summed(self) -> Likelihood | RowLikelihood:
        """The same log likelihood, on values and frequencies where the data are few distinct counts."""
        return self._moved(self.model.summed)

    def _moved(self, likelihood: Any) -> Any:
        return likelihood if self.model.basis is None else replace(likelihood, predictors=self.predictors)

    def inner(self, working: np.ndarray) -> np.ndarray:
        """Working vectors here, `(..., k)`, of the model's."""
        return working if self.model.basis is None else self.model.basis.inner(working)

    def params(self, params: np.ndarray) -> np.ndarray:
        """Params here, `(k,)`, of the model's: natural values, and coefficients of the columns here."""
        if self.model.basis is None:
            return np.asarray(params, dtype=float)
        return params_from_working(self.predictors, self.inner(self.model.working(params)))

    def covariance(self, inner: np.ndarray) -> np.ndarray:
        """Covariance `(..., k, k)` of the model's params from that of the params here."""
        return inner if self.model.basis is None else self.model.basis.covariance(inner)

    # At the model's params (k,), in the coordinates of the params here

    def row_scores(self, params: np.ndarray) -> np.ndarray:
        """Score of each row without its weight, `(n, k)`."""
        return at_params.row_scores(self.rows, self.params(params))

    def score_and_hessian(self, params: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Score `(k,)` and Hessian `(k, k)` of the log likelihood."""
        return at_params.value_score_and_hessian(self.summed, self.params(params))[1:]

    def observed_information(self, params: np.ndarray) -> np.ndarray:
        """Observed information of the sample, `(k, k)`."""
        return observed_information(self.score_and_hessian(params)[1])

    def expected_information(self, params: np.ndarray) -> np.ndarray:
        """Expected information of the sample, `(k, k)`; it raises what `at_params.expected_information` does."""
        return at_params.expected_information(self.rows, self.params(params), self.model.family, self.model.known)
