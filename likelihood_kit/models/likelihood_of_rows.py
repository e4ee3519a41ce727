"""The likelihood of a model's rows: what is made of them once, and its values and derivatives at params."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from statsmodels.base.model import GenericLikelihoodModel

from likelihood_kit.conditioning import Basis, well_conditioned
from likelihood_kit.errors import DataError
from likelihood_kit.likelihood import Likelihood
from likelihood_kit.models import arguments, at_params, designs, likelihoods
from likelihood_kit.models.conditioned import Conditioned
from likelihood_kit.models.rows import RowLikelihood
from likelihood_kit.predictor import Predictor, working_from_params
from likelihood_kit.sample import Sample


class LikelihoodOfRows(GenericLikelihoodModel):
    """Log likelihood of rows of data, under statsmodels' names.

    Attributes
    ----------
    family : Family or None
    columns, given : dict of name to (n,) array
        Further columns of the response and known quantities; parameters that are known for each row.
    freq_weights, prob_weights : (n,) array or None
    """

    family: Any
    columns: dict[str, np.ndarray]
    given: dict[str, np.ndarray]
    _predictors: tuple[Predictor, ...]
    _kept: dict[str, Any]

    @cached_property
    def labels(self) -> pd.Index:
        """Names of all entries of params, as tables have them."""
        return designs.label_index(tuple(self.data.param_names))

    @property
    def exog_names(self) -> list[str]:
        """Names of all entries of params."""
        return list(self.data.param_names)

    @property
    def predictors(self) -> tuple[Predictor, ...]:
        """One predictor per free parameter, in order."""
        return self._predictors

    @property
    def free_names(self) -> tuple[str, ...]:
        """Parameters that are estimated, in order."""
        return tuple(predictor.name for predictor in self._predictors)

    @property
    def held(self) -> dict[int, Any]:
        """Parameters of the kernel that are fixed, or given for each row, by position."""
        return self.made("held", lambda model: likelihoods.held(model.family, model.given))

    @property
    def known(self) -> dict[str, np.ndarray]:
        """Known quantities and given parameters of the rows, by name, `(n,)` each."""
        return {name: values for name, values in self.columns.items() if name in self.family.law.known} | self.given

    @property
    def sample(self) -> Sample:
        """The data as a sample, one row for each of the model's, with sampling weights of mean 1."""
        return self.made("sample", likelihoods.sample_of, of_rows=True)

    @property
    def sampling_unit(self) -> float:
        """Mean of the sampling weights, in whose units they are inside; 1 without any."""
        return likelihoods.sampling_unit(self)

    @property
    def likelihood(self) -> Likelihood | RowLikelihood:
        """Log likelihood as a function of the working vector, row by row, under sampling weights of mean 1."""
        return self.made("likelihood", likelihoods.likelihood_of, of_rows=True)

    @property
    def summed(self) -> Likelihood | RowLikelihood:
        """The same log likelihood, on values and frequencies where the data are few distinct counts."""
        return self.made("summed", lambda model: likelihoods.summed(model.likelihood, model.family), of_rows=True)

    def made(self, name: str, make: Callable[[Any], Any], *, of_rows: bool = False) -> Any:
        """What `make` makes of the model, `of_rows` where it needs them, once; kept until `keep` forgets it."""
        if name not in self._kept:
            if of_rows:
                self.require_data()
            self._kept[name] = make(self)
        return self._kept[name]

    def keep(self, *, forget: bool = False, **made: Any) -> None:
        """Keep these by their names, beside what was made of the rows, or with `forget` in the place of it."""
        self._kept = {**({} if forget else self._kept), **made}

    def require_data(self) -> None:
        """Refuse what needs the rows where they were removed."""
        if self.endog is None:
            raise DataError("the data were removed from this model (remove_data)")

    @property
    def derivatives(self) -> str:
        """Where score and Hessian come from: "symbolic" or "numeric"."""
        return "numeric" if self.family is None else self.family.derivatives

    def derivative_error(self, params: Any) -> float:
        """Estimated relative error of the Hessians of the rows at params; 0 where derivatives are symbolic."""
        if self.derivatives == "symbolic":
            return 0.0
        return at_params.relative_error(self.likelihood, self._vector(params), self.family)

    def working(self, params: Any) -> np.ndarray:
        """Working vector of params, `(k,)`; NaN where a natural value lies outside its space."""
        return working_from_params(self._predictors, self._vector(params))

    def _vector(self, params: Any) -> np.ndarray:
        return arguments.checked_params(params, self.exog_names)

    # The likelihood, in the coordinates of params

    def loglikeobs(self, params: Any) -> np.ndarray:
        """Log density of each row times its weight, `(n,)`, at params `(k,)`; -inf outside the parameter space."""
        working = self.working(params)
        if not np.isfinite(working).all():
            return np.full(len(self.endog), -np.inf)
        values = at_params.row_values(self.likelihood, working, self.family, self.endog, self.known)
        return values if self.prob_weights is None else values * self.sampling_unit

    def loglike(self, params: Any) -> float:
        """Log likelihood at params `(k,)`."""
        likelihood, working = self.summed, self.working(params)
        if self.family is None or self.family.moving or not isinstance(likelihood, Likelihood):
            return float(np.sum(self.loglikeobs(params)))
        value = float(likelihood.value(working[None])[0]) if np.isfinite(working).all() else -np.inf
        return value * self.sampling_unit

    def nloglike(self, params: Any) -> float:
        """Minus the log likelihood at params `(k,)`."""
        return -self.loglike(params)

    def score_obs(self, params: Any, **kwds: Any) -> np.ndarray:
        """Score of each row times its weight, `(n, k)`, in the coordinates of params."""
        scores = at_params.row_scores(self.likelihood, self._vector(params))
        weights = None if self.family is None else self.sample.weights
        return scores if weights is None else scores * (weights[0] * self.sampling_unit)[:, None]

    def score(self, params: Any) -> np.ndarray:
        """Score of the sample, `(k,)`, in the coordinates of params."""
        return at_params.value_score_and_hessian(self.summed, self._vector(params))[1] * self.sampling_unit

    def hessian(self, params: Any) -> np.ndarray:
        """Hessian of the log likelihood, `(k, k)`, in the coordinates of params."""
        return self.value_and_hessian(self._vector(params))[1] * self.sampling_unit

    def value_and_hessian(self, params: np.ndarray) -> tuple[float, np.ndarray]:
        """Log likelihood and its Hessian `(k, k)`, in the coordinates of params `(k,)`, which are not checked again.

        The Hessian is that under sampling weights of mean 1, as the scores and the sandwich made of both.
        """
        value, _, hessian = at_params.value_score_and_hessian(self.summed, params)
        if self.family is not None and self.family.moving:
            return self.loglike(params), hessian
        return value * self.sampling_unit, hessian

    def information(self, params: Any) -> np.ndarray:
        """Expected Fisher information of the sample, `(k, k)`, in the coordinates of params.

        Raises
        ------
        NotAvailableError
            For a family that is not regular, or a model without a family.
        """
        return self.information_inside(self._vector(params))

    def information_inside(self, params: np.ndarray) -> np.ndarray:
        """The same at params `(k,)` that are known to lie inside their spaces."""
        return at_params.expected_information(self.likelihood, params, self.family, self.known)

    @property
    def basis(self) -> Basis | None:
        """Coordinates in which the designs are well conditioned; None where those of params are."""
        return self.made("basis", lambda model: None if model.family is None else well_conditioned(model.predictors))

    @property
    def conditioned(self) -> Conditioned:
        """The likelihood in these coordinates, and the way there and back; in those of params where there is none."""
        return Conditioned.of(self)

    def summed_scores(self, params: np.ndarray) -> np.ndarray:
        """Scores of the rows that are summed, without their weights, `(m, k)`, at params that are not checked again."""
        return at_params.row_scores(self.summed, params)
