"""A family over data, as a statsmodels `GenericLikelihoodModel`."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from statsmodels.base.model import GenericLikelihoodModel, LikelihoodModelResults

from likelihood_kit.calculus import DATUM, derivative_error
from likelihood_kit.conditioning import Basis, well_conditioned
from likelihood_kit.errors import ArgumentError, DataError, MaximumWarning, ParameterError, near_names
from likelihood_kit.families import Family
from likelihood_kit.likelihood import Likelihood
from likelihood_kit.models import arguments, designs, fitting, formulas, prediction
from likelihood_kit.models import data as checks
from likelihood_kit.models.designs import Design
from likelihood_kit.models.results import LikelihoodResults, LikelihoodResultsWrapper
from likelihood_kit.models.rows import RowLikelihood
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
        self.known_by_name, kept = arguments.checked(self, LikelihoodModel, family, missing, columns)
        data = arguments.collected(
            self, endog, exog, family, missing, exogs, offset, freq_weights, prob_weights, given or {}
        )
        super().__init__(data.endog, data.exog, missing="none", family=family, **kept)
        self.designs: dict[str, Design] = data.designs
        self.given: dict[str, np.ndarray] = data.given
        self.columns: dict[str, np.ndarray] = data.columns
        self.freq_weights, self.prob_weights = data.freq_weights, data.prob_weights
        self.complete = data.complete
        self.rows_dropped = 0 if data.complete is None else int((~data.complete).sum())
        self._predictors = self._labelled()
        labels = [label for predictor in self._predictors for label in predictor.labels]
        self.data.param_names = labels
        self.observations = float(len(self.endog) if self.freq_weights is None else self.freq_weights.sum())
        self._count(len(labels))
        if family is not None:
            checks.check_spread(
                self.endog, family, len(labels), self.observations, identical=not self.designs and not self.given
            )
        self._data_attr += ["freq_weights", "prob_weights", "_kept"]
        self._kept: dict[str, Any] = {}

    def initialize(self) -> None:
        """Nothing: the design's rank is checked with the data, and degrees of freedom count the free parameters."""

    def _labelled(self) -> tuple[Predictor, ...]:
        if self.family is None:
            return tuple(Predictor(name, space, space.link(), None, (name,)) for name, space in self.parameters.items())
        return designs.predictors_of(self.family, self.designs, tuple(self.given))

    def _count(self, k: int) -> None:
        """Degrees of freedom: k counts the free parameters, whatever the design.

        `df_model` counts the coefficients of the predicted parameter without its constant, `k_extra` all else.
        """
        driven = self.designs.get(self.family.predicted) if self.family is not None else None
        width = 0 if driven is None else len(driven.names)
        if driven is None or self.exog is None:
            self.k_constant = 0
        self.k_params = self.nparams = k
        self.df_model = float(max(width - self.k_constant, 0))
        self.k_extra = k - int(self.df_model) - self.k_constant
        self.df_resid = self.observations - k

    @classmethod
    def from_formula(
        cls, formula: str, data: Any, subset: Any = None, drop_cols: Any = None, *args: Any, **kwargs: Any
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
        return formulas.model_from_formula(cls, formula, data, subset, drop_cols, args, kwargs)

    # What the model is made of

    @cached_property
    def labels(self) -> pd.Index:
        """Names of all entries of params, as tables have them."""
        return pd.Index(self.data.param_names)

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
        names = self.family.coordinate_names
        fixed = {i: self.family.fixed[name] for i, name in enumerate(names) if name in self.family.fixed}
        return fixed | {names.index(name): values[None] for name, values in self.given.items()}

    @property
    def sample(self) -> Sample:
        """The data as a sample, one row for each of the model's."""
        if self.endog is None:
            raise DataError("the data were removed from this model (remove_data)")
        if "sample" not in self._kept:
            law, fixed = self.family.law, self.family.fixed
            named = {**self.columns, DATUM: self.endog}
            columns = {name: fixed[name] if name in fixed else named[name] for name in law.data}
            weights = {"frequencies": self.freq_weights, "sampling": self.prob_weights}
            self._kept["sample"] = Sample.of(columns, **weights)
        return self._kept["sample"]

    @property
    def likelihood(self) -> Likelihood | RowLikelihood:
        """Log likelihood as a function of the working vector, row by row."""
        if "likelihood" not in self._kept:
            if self.endog is None:
                raise DataError("the data were removed from this model (remove_data)")
            if self.family is None:
                self._kept["likelihood"] = RowLikelihood(self.loglikeobs, self._predictors)
            else:
                self._kept["likelihood"] = Likelihood(
                    self.family.kernels, self.sample, self._predictors, self.held, cases=self.family.cases
                )
        return self._kept["likelihood"]

    @property
    def summed(self) -> Likelihood | RowLikelihood:
        """The same log likelihood, on values and frequencies where the data are few distinct counts."""
        if "summed" not in self._kept:
            likelihood = self.likelihood
            if isinstance(likelihood, Likelihood) and self.family.discrete and likelihood.identical:
                compressed = self.sample.compressed()
                if compressed is not self.sample:
                    likelihood = replace(likelihood, sample=compressed)
            self._kept["summed"] = likelihood
        return self._kept["summed"]

    @property
    def derivatives(self) -> str:
        """Where score and Hessian come from: "symbolic" or "numeric"."""
        return "numeric" if self.family is None else self.family.derivatives

    def derivative_error(self, params: Any) -> float:
        """Estimated relative error of the Hessians of the rows at params; 0 where derivatives are symbolic."""
        if self.derivatives == "symbolic":
            return 0.0
        likelihood, vector = self.likelihood, self._vector(params)
        if isinstance(likelihood, RowLikelihood):
            return likelihood.at(vector, natural=True)[3]
        theta = likelihood.operands([t[0] for t in likelihood.natural(self.working(vector)[None])], slice(None))
        bounds = [space.numbers for space in self.family.spaces.values()]
        columns = [np.ravel(column) for column in self.sample.columns.values()]
        return derivative_error(self.family.formula, columns, [np.ravel(t) for t in theta], bounds)

    def working(self, params: Any) -> np.ndarray:
        """Working vector of params, `(k,)`; NaN where a natural value lies outside its space."""
        vector = self._vector(params)
        last = self._kept.get("working")
        if last is None or not np.array_equal(last[0], vector):
            last = self._kept["working"] = vector.copy(), working_from_params(self._predictors, vector)
        return last[1].copy()

    def _vector(self, params: Any) -> np.ndarray:
        try:
            vector = np.asarray(params, dtype=float)
        except (TypeError, ValueError):
            raise ParameterError(f"params must be {self.k_params} numbers, not {params!r}") from None
        if vector.shape != (self.k_params,):
            names = ", ".join(self.exog_names)
            raise ParameterError(f"params has shape {vector.shape}; it must hold {self.k_params} values: {names}")
        return vector

    # The likelihood, in the coordinates of params

    def loglikeobs(self, params: Any) -> np.ndarray:
        """Log density of each row times its weight, `(n,)`, at params `(k,)`; -inf outside the parameter space."""
        likelihood, working = self.likelihood, self.working(params)
        if not np.isfinite(working).all():
            return np.full(len(self.endog), -np.inf)
        values = likelihood.row_values(working)
        if isinstance(likelihood, Likelihood) and self.family.moving:
            theta = likelihood.natural(working[None])
            named = dict(zip(self.free_names, (t[0] for t in theta), strict=True))
            inside = self.family.support.contains(
                self.endog, self.family.canonical({**named, **self._known(), **self.given})
            )
            values = np.where(inside, values, -np.inf)
        weights = self.sample.weights if self.family is not None else None
        return values if weights is None else np.where(weights[0] > 0, values * weights[0], 0.0)

    def _known(self) -> dict[str, np.ndarray]:
        return {name: values for name, values in self.columns.items() if name in self.family.law.known}

    def loglike(self, params: Any) -> float:
        """Log likelihood at params `(k,)`."""
        likelihood = self.summed
        if self.family is None or self.family.moving or not isinstance(likelihood, Likelihood):
            return float(np.sum(self.loglikeobs(params)))
        working = self.working(params)
        return float(likelihood.value(working[None])[0]) if np.isfinite(working).all() else -np.inf

    def nloglike(self, params: Any) -> float:
        """Minus the log likelihood at params `(k,)`."""
        return -self.loglike(params)

    def score_obs(self, params: Any, **kwds: Any) -> np.ndarray:
        """Score of each row times its weight, `(n, k)`, in the coordinates of params."""
        likelihood, vector = self.likelihood, self._vector(params)
        if isinstance(likelihood, RowLikelihood):
            return likelihood.at(vector, natural=True)[1]
        scores = likelihood.row_scores(self.working(vector), natural=True)
        return scores if self.sample.weights is None else scores * self.sample.weights[0][:, None]

    def score(self, params: Any) -> np.ndarray:
        """Score of the sample, `(k,)`, in the coordinates of params."""
        likelihood, vector = self.summed, self._vector(params)
        if isinstance(likelihood, RowLikelihood):
            return likelihood.at(vector, natural=True)[1].sum(axis=0)
        return likelihood.derivatives(self.working(vector)[None], natural=True)[1][0]

    def hessian(self, params: Any) -> np.ndarray:
        """Hessian of the log likelihood, `(k, k)`, in the coordinates of params."""
        return self.value_and_hessian(params)[1]

    def value_and_hessian(self, params: Any) -> tuple[float, np.ndarray]:
        """Log likelihood and its Hessian `(k, k)`, in the coordinates of params."""
        likelihood, vector = self.summed, self._vector(params)
        if isinstance(likelihood, RowLikelihood):
            value, _, hessian, _ = likelihood.at(vector, natural=True)
            return value, hessian
        values, _, hessians = likelihood.derivatives(self.working(vector)[None], natural=True)
        return (self.loglike(vector) if self.family.moving else float(values[0])), hessians[0]

    def information(self, params: Any) -> np.ndarray:
        """Expected Fisher information of the sample, `(k, k)`, in the coordinates of params.

        Raises
        ------
        NotAvailableError
            For a family that is not regular, or a model without a family.
        """
        likelihood = self.likelihood
        if not isinstance(likelihood, Likelihood):
            raise ArgumentError("expected information needs a family; a model with its own loglikeobs has none")
        self.family.require_regular("expected information")
        working = self.working(params)
        return likelihood.expected_information(working, self._per_row(likelihood, working))

    def _per_row(self, likelihood: Likelihood, working: np.ndarray) -> np.ndarray:
        """Expected information of each row in natural coordinates of the estimated parameters, `(1 or n, p, p)`."""
        theta = {name: t[0] for name, t in zip(self.free_names, likelihood.natural(working[None]), strict=True)}
        per_row = self.family.expected_information(**theta, **self._known(), **self.given)
        estimated = [self.family.parameter_names.index(name) for name in self.free_names]
        return per_row[..., estimated, :][..., :, estimated]

    @property
    def basis(self) -> Basis | None:
        """Coordinates in which the designs are well conditioned; None where those of params are."""
        if "basis" not in self._kept:
            self._kept["basis"] = None if self.family is None else well_conditioned(self._predictors)
        return self._kept["basis"]

    def information_in_basis(self, kind: str, params: Any, groups: np.ndarray | None = None) -> np.ndarray:
        """Information of a kind `(k, k)` at params, in the coordinates of `basis`.

        Parameters
        ----------
        kind : {"observed", "expected", "outer_product"}
        params : (k,)
        groups : (n,) int array, optional
            Codes of clusters within which scores are summed.
        """
        basis: Any = self.basis
        inside: Any = replace(self.likelihood, predictors=basis.predictors)
        working = basis.inner(self.working(params))
        if kind == "observed":
            return -inside.derivatives(working[None], natural=True)[2][0]
        if kind == "expected":
            self.family.require_regular("expected information")
            return inside.expected_information(working, self._per_row(inside, working))
        return self.sample.outer_product(inside.row_scores(working, natural=True), groups)

    @property
    def summed_sample(self) -> Sample:
        """The sample that the log likelihood is summed over: rows, or distinct counts with their frequencies."""
        likelihood = self.summed
        return Sample.of({DATUM: self.endog}) if isinstance(likelihood, RowLikelihood) else likelihood.sample

    def summed_scores(self, params: Any) -> np.ndarray:
        """Scores of the rows of `summed_sample`, without their weights, `(m, k)`, in the coordinates of params."""
        likelihood, vector = self.summed, self._vector(params)
        if isinstance(likelihood, RowLikelihood):
            return likelihood.at(vector, natural=True)[1]
        return likelihood.row_scores(self.working(vector), natural=True)

    def clustered_outer_product(self, params: Any, groups: np.ndarray) -> np.ndarray:
        """Outer product of the scores summed within clusters of codes `groups (n,)`, `(k, k)`."""
        likelihood, vector = self.likelihood, self._vector(params)
        if isinstance(likelihood, RowLikelihood):
            return self.summed_sample.outer_product(likelihood.at(vector, natural=True)[1], groups)
        return self.sample.outer_product(likelihood.row_scores(self.working(vector), natural=True), groups)

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
        """
        if kwargs:
            known = ("start_params", "cov_type", "cov_kwds", "use_t")
            raise ArgumentError(
                f"fit takes no argument {next(iter(kwargs))!r}: {near_names(next(iter(kwargs)), known)}"
            )
        cov_type, cov_kwds = fitting.checked_covariance(self, cov_type, cov_kwds)
        params, certificate = fitting.maximum(self, start_params)
        if not certificate.ok:
            warnings.warn(f"{type(self).__name__}: {'; '.join(certificate.reasons)}", MaximumWarning, stacklevel=2)
        mle = LikelihoodModelResults(self, params, None, scale=1.0, use_t=use_t)
        results = self.results_class(self, mle, certificate, cov_type, dict(cov_kwds or {}))
        return LikelihoodResultsWrapper(results)

    def predict(self, params: Any, exog: Any = None, which: str = "mean", **kwargs: Any) -> np.ndarray:
        """Prediction at params, `(m,)`; see `LikelihoodResults.predict` for what may be asked for."""
        target = prediction.checked_target(self, which, kwargs)
        rows = prediction.new_rows(self, exog, kwargs)
        return prediction.predicted(self, self._vector(params), rows, target)

    # On the way to another process

    def without_data(self) -> None:
        """Forget the rows; what new data need to be predicted is kept."""
        self.designs = {name: replace(design, columns=None, offset=None) for name, design in self.designs.items()}
        self._predictors = tuple(replace(predictor, offset=None) for predictor in self._predictors)
        self._predictors = tuple(
            p if p.columns is None else replace(p, columns=np.empty((0, p.size))) for p in self._predictors
        )
        self.given, self.columns, self._kept = {}, {}, {}
        self.__dict__.pop("held", None)

    def __getstate__(self) -> dict[str, Any]:
        state = {**self.__dict__, "_kept": {}}
        # patsy's specifications cannot be pickled; they are made anew from the data where they are needed.
        state.pop("specifications", None)
        if "formulas" in state:
            # By hand: statsmodels' copy would evaluate the formula, in another place than its author's.
            state["data"] = object.__new__(type(self.data))
            state["data"].__dict__.update(self.data.__dict__)
            state["data"].__dict__.pop("model_spec", None)
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        if "formulas" in state:
            formulas.specify(self)

    def _row_labels(self) -> pd.Index | None:
        return self.data.row_labels
