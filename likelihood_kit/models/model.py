"""A family over data, as a statsmodels `GenericLikelihoodModel`."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from statsmodels.base.model import GenericLikelihoodModel, LikelihoodModelResults

from likelihood_kit._numerics.printed import counted
from likelihood_kit.conditioning import Basis, well_conditioned
from likelihood_kit.errors import ArgumentError, DataError, DensityWarning, MaximumWarning
from likelihood_kit.families import Family
from likelihood_kit.likelihood import Likelihood
from likelihood_kit.models import (
    arguments,
    at_params,
    designs,
    fitting,
    formulas,
    likelihoods,
    prediction,
    rows,
    transport,
)
from likelihood_kit.models import data as checks
from likelihood_kit.models.columns import as_flag
from likelihood_kit.models.designs import Design
from likelihood_kit.models.hints import refuse_misplaced_family
from likelihood_kit.models.prediction_rows import prediction_rows
from likelihood_kit.models.results import LikelihoodResults
from likelihood_kit.models.rows import RowLikelihood
from likelihood_kit.models.targets import checked_target
from likelihood_kit.models.wrapper import LikelihoodResultsWrapper
from likelihood_kit.parameters import Space
from likelihood_kit.predictor import Predictor, working_from_params
from likelihood_kit.sample import Sample


class LikelihoodModel(GenericLikelihoodModel):
    """Maximum likelihood model of a family, or of a subclass's own `loglikeobs`.

    Parameters
    ----------
    endog : array_like
        Observations, `(n,)`; of a response of several columns the first.
    exog : array_like, optional
        Design of the family's predicted parameter on its link scale, `(n, q)`. No constant is added.
    family : Family
        The law of the observations. Left out only by a subclass that defines `loglikeobs`.
    missing : {"none", "drop", "raise"}
        What to do with rows that hold NaN in any of the data: refuse them ("none" and "raise"), or leave them out.
    exogs : dict of parameter to array_like, optional
        Designs of other parameters.
    offset : array_like, or dict of parameter to array_like, optional
        Added to the linear predictor, of the predicted parameter or by name; a parameter without a design gets a
        constant, `const`.
    freq_weights : array_like of whole numbers, optional
        Observations that each row stands for: every figure is that of the rows repeated.
    prob_weights : array_like, optional
        Sampling weights: a pseudo-likelihood, whose standard errors are those of the sandwich.
    given : dict of parameter to array_like, optional
        Parameters that are known for each row.
    **columns
        Further columns of the response and known quantities of the family, by name: `event=`, `trials=`, ...

    Notes
    -----
    `params` holds, per family parameter in order, its natural value where nothing predicts it and its coefficients on
    the link scale where a design does.

    A subclass may define `parameters = {name: space, ...}` and `loglikeobs(self, params)` in natural coordinates, and
    then everything but what needs a family works; its derivatives are numeric.

    Examples
    --------
    >>> from likelihood_kit.families import Normal
    >>> LikelihoodModel([-5, 0, 3, 10], family=Normal(parameters=("mean", "variance"))).fit().params
    array([ 2. , 29.5])
    """

    parameters: ClassVar[Mapping[str, Space]] = {}
    results_class = LikelihoodResults

    def __init__(
        self,
        endog: Any,
        exog: Any = None,
        family: Family | None = None,
        missing: str = "none",
        *,
        exogs: Mapping[str, Any] | None = None,
        offset: Any = None,
        freq_weights: Any = None,
        prob_weights: Any = None,
        given: Mapping[str, Any] | None = None,
        **columns: Any,
    ) -> None:
        refuse_misplaced_family(type(self).__name__, endog, exog)
        self.known_by_name = arguments.checked(self, LikelihoodModel, family, missing, columns)
        data = arguments.collected(self, endog, exog, family, missing, exogs, offset, freq_weights, prob_weights, given)
        super().__init__(data.endog, data.exog, missing="none", family=family)
        self.designs: dict[str, Design] = data.designs
        self.offsets_of = tuple(name for name, design in data.designs.items() if design.offset is not None)
        self.given_names, self.pseudo = tuple(data.given), data.prob_weights is not None
        self.given: dict[str, np.ndarray] = data.given
        self.columns: dict[str, np.ndarray] = data.columns
        self.freq_weights, self.prob_weights = data.freq_weights, data.prob_weights
        self.complete = data.complete
        self.rows_dropped = 0 if data.complete is None else int((~data.complete).sum())
        if family is None:
            self._predictors = rows.plain_predictors(self.parameters)
        else:
            self._predictors = designs.predictors_of(family, self.designs, tuple(self.given))
        labels = self.data.param_names = [label for predictor in self._predictors for label in predictor.labels]
        self.observations = float(len(self.endog) if self.freq_weights is None else self.freq_weights.sum())
        driven = self.designs.get(family.predicted or "") if family is not None else None
        constants = 0 if driven is None or self.exog is None else self.k_constant
        self.__dict__.update(designs.counts(driven, constants, len(labels), self.observations))
        if family is not None:
            checks.check_spread(
                self.endog, family, len(labels), self.observations, identical=not self.designs and not self.given
            )
        self._data_attr += ["freq_weights", "prob_weights", "_kept"]
        self._kept: dict[str, Any] = {}

    def initialize(self) -> None:
        """Nothing: the design's rank is checked with the data, and degrees of freedom count the free parameters."""

    @classmethod
    def from_formula(
        cls,
        formula: Any = None,
        /,
        data: Any = None,
        subset: Any = None,
        drop_cols: Any = None,
        *args: Any,
        **kwargs: Any,
    ) -> LikelihoodModel:
        """Model from a formula and a DataFrame; rows with missing values in any of the data are left out by default.

        Parameters
        ----------
        formula : str
            Of the response and the predicted parameter, such as "y ~ x + C(g)".
        data : DataFrame
        subset : array_like, optional
            Rows to use.
        drop_cols : sequence of str, optional
            Columns of the design to leave out.
        formulas : dict of parameter to str, optional
            Designs of other parameters, such as `{"shape": "~ z"}`.
        **kwargs
            As for the model; a str is the name of a column: `trials="m"`, `event="died"`, `freq_weights="count"`.

        Raises
        ------
        DataError
            Where a formula cannot be evaluated on the data.
        """
        refuse_misplaced_family(f"{cls.__name__}.from_formula", data, subset, drop_cols)
        formula = formulas.formula_once(formula, kwargs)
        return formulas.model_from_formula(cls, formula, data, subset, drop_cols, args, kwargs)

    # What the model is made of

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

    @cached_property
    def held(self) -> dict[int, Any]:
        """Parameters of the kernel that are fixed, or given for each row, by position."""
        return likelihoods.held(self.family, self.given)

    @property
    def known(self) -> dict[str, np.ndarray]:
        """Known quantities and given parameters of the rows, by name, `(n,)` each."""
        return {name: values for name, values in self.columns.items() if name in self.family.law.known} | self.given

    @property
    def sample(self) -> Sample:
        """The data as a sample, one row for each of the model's."""
        return self._made("sample", likelihoods.sample_of)

    @property
    def likelihood(self) -> Likelihood | RowLikelihood:
        """Log likelihood as a function of the working vector, row by row."""
        return self._made("likelihood", likelihoods.likelihood_of)

    @property
    def summed(self) -> Likelihood | RowLikelihood:
        """The same log likelihood, on values and frequencies where the data are few distinct counts."""
        return self._made("summed", lambda model: likelihoods.summed(model.likelihood, model.family))

    def _made(self, name: str, make: Callable[[Any], Any]) -> Any:
        if name not in self._kept:
            self.require_data()
            self._kept[name] = make(self)
        return self._kept[name]

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
        return at_params.row_values(self.likelihood, working, self.family, self.endog, self.known)

    def loglike(self, params: Any) -> float:
        """Log likelihood at params `(k,)`."""
        likelihood, working = self.summed, self.working(params)
        if self.family is None or self.family.moving or not isinstance(likelihood, Likelihood):
            return float(np.sum(self.loglikeobs(params)))
        return float(likelihood.value(working[None])[0]) if np.isfinite(working).all() else -np.inf

    def nloglike(self, params: Any) -> float:
        """Minus the log likelihood at params `(k,)`."""
        return -self.loglike(params)

    def score_obs(self, params: Any, **kwds: Any) -> np.ndarray:
        """Score of each row times its weight, `(n, k)`, in the coordinates of params."""
        scores = at_params.row_scores(self.likelihood, self._vector(params))
        weights = None if self.family is None else self.sample.weights
        return scores if weights is None else scores * weights[0][:, None]

    def score(self, params: Any) -> np.ndarray:
        """Score of the sample, `(k,)`, in the coordinates of params."""
        return at_params.value_score_and_hessian(self.summed, self._vector(params))[1]

    def hessian(self, params: Any) -> np.ndarray:
        """Hessian of the log likelihood, `(k, k)`, in the coordinates of params."""
        return self.value_and_hessian(self._vector(params))[1]

    def value_and_hessian(self, params: np.ndarray) -> tuple[float, np.ndarray]:
        """Log likelihood and its Hessian `(k, k)`, in the coordinates of params `(k,)`, which are not checked again."""
        value, _, hessian = at_params.value_score_and_hessian(self.summed, params)
        return (self.loglike(params) if self.family is not None and self.family.moving else value), hessian

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
        if "basis" not in self._kept:
            self._kept["basis"] = None if self.family is None else well_conditioned(self._predictors)
        return self._kept["basis"]

    def summed_scores(self, params: np.ndarray) -> np.ndarray:
        """Scores of the rows that are summed, without their weights, `(m, k)`, at params that are not checked again."""
        return at_params.row_scores(self.summed, params)

    # Fitting

    def fit(
        self,
        start_params: Any = None,
        method: str = "newton",
        maxiter: int | None = None,
        full_output: bool = True,
        disp: bool = False,
        callback: Any = None,
        retall: bool = False,
        *,
        cov_type: str | None = None,
        cov_kwds: Mapping[str, Any] | None = None,
        use_t: bool = False,
        **kwargs: Any,
    ) -> LikelihoodResults:
        """Maximum likelihood estimates, with a certificate that they are the maximum.

        Parameters
        ----------
        start_params : array_like, optional
            Start of the search, `(k,)`, beside the family's own.
        method, maxiter, full_output, disp, callback, retall
            Of statsmodels' signature. Whatever they say, the search is damped Newton to its end.
        cov_type : {"observed", "expected", "outer_product", "sandwich", "cluster"}
            Covariance of the estimates; by default "observed", or "sandwich" under sampling weights. Statsmodels'
            "nonrobust" and "HC0" are "observed" and "sandwich".
        cov_kwds : dict, optional
            `{"groups": labels}` for "cluster"; with `"use_correction": False` without its small-sample factor.
        use_t : bool
            Intervals and tests by Student's t with `df_resid` degrees of freedom.

        Warns
        -----
        MaximumWarning
            Where the certificate fails; says why.
        DensityWarning
            Where the density of a family of one's own has not the total mass 1 at the estimate.
        """
        arguments.check_search(method, kwargs)
        self.require_data()
        cov_type, cov_kwds = fitting.checked_covariance(self, cov_type, cov_kwds)
        use_t = as_flag(use_t, "use_t")
        if use_t and cov_type != "cluster" and self.df_resid < 1:
            raise ArgumentError("use_t=True needs more observations than parameters: no degrees of freedom are left")
        params, certificate = fitting.maximum(self, start_params)
        if not certificate.ok:
            warnings.warn(f"{type(self).__name__}: {'; '.join(certificate.reasons)}", MaximumWarning, stacklevel=2)
        mle = LikelihoodModelResults(self, params, None, scale=1.0, use_t=use_t)
        results = self.results_class(self, mle, certificate, cov_type, dict(cov_kwds or {}))
        results.density_note = fitting.density_note(self, params)
        if results.density_note:
            warnings.warn(results.density_note, DensityWarning, stacklevel=2)
        return LikelihoodResultsWrapper(results)

    def predict(self, params: Any, exog: Any = None, which: str = "mean", **kwargs: Any) -> np.ndarray:
        """Prediction at params, `(m,)`; see `LikelihoodResults.predict` for what may be asked for."""
        vector, target = self._vector(params), checked_target(self, which, kwargs)
        return prediction.at_rows(self, vector, prediction_rows(self, exog, kwargs), target)

    def __repr__(self) -> str:
        law = "own loglikeobs" if self.family is None else repr(self.family)
        formulas = ", ".join(getattr(self, "formulas", {}).values())
        return f"<{type(self).__name__} of {law}, n={counted(self.observations)}{formulas and ': '}{formulas}>"

    # On the way to another process

    def without_data(self) -> None:
        """Forget the rows; what new data need to be predicted is kept."""
        transport.forget_rows(self)

    def __getstate__(self) -> dict[str, Any]:
        return transport.packed(self.__dict__)

    def __setstate__(self, state: dict[str, Any]) -> None:
        transport.restore(self, state)
