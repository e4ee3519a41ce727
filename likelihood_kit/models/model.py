"""A family over data, as a statsmodels `GenericLikelihoodModel`."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from statsmodels.base.model import GenericLikelihoodModel, LikelihoodModelResults
from statsmodels.formula._manager import FormulaManager

from likelihood_kit.calculus import derivative_error
from likelihood_kit.errors import ArgumentError, DataError, FormulaError, MaximumWarning, ParameterError, near_names
from likelihood_kit.families import CATALOGUE, Family
from likelihood_kit.maximise import Certificate, certified_maximum, labels_of
from likelihood_kit.models import data as checks
from likelihood_kit.models.results import COVARIANCES, LikelihoodResults, LikelihoodResultsWrapper
from likelihood_kit.models.rows import RowLikelihood
from likelihood_kit.models.start import irregular_maximum, row_start, start_values
from likelihood_kit.parameters import Space
from likelihood_kit.regression import (
    FamilyLikelihood,
    Predictor,
    expected_hessian,
    linear_predictors,
    params_from_working,
    working_from_params,
)

#: Units in the last place: a continuous density no wider than this follows the rounding of the data.
ROUNDING_UNITS = 64


class LikelihoodModel(GenericLikelihoodModel):
    """Maximum likelihood model of a family, or of a subclass's own `loglikeobs`.

    Parameters
    ----------
    endog : array_like
        Observations, `(n,)`.
    exog : array_like, optional
        Design of the family's predicted parameter on its link scale, `(n, q)`. No constant is added.
    family : Family
        The law of the observations. Left out only by a subclass that defines `loglikeobs`.
    missing : {"none", "drop", "raise"}
        What to do with rows that hold NaN: refuse them ("none" and "raise"), or leave them out.
    **kwargs
        What statsmodels' formula interface passes.

    Notes
    -----
    `params` holds, per family parameter in order, its natural value where nothing predicts it and its coefficients on
    the link scale where `exog` does.

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
        self, endog: Any, exog: Any = None, family: Family | None = None, missing: str = "none", **kwargs: Any
    ) -> None:
        self._check_arguments(family, missing, kwargs)
        endog = checks.checked_endog(endog)
        if exog is not None:
            exog = checks.checked_exog(exog, len(endog))
            checks.check_index(endog, exog)
            if family is not None and family.predicted is None:
                raise ArgumentError(f"exog has nothing to drive: the predicted parameter of {family!r} is held fixed")
        checks.check_finite(endog, exog, missing)
        super().__init__(endog, exog, missing=missing, family=family, **kwargs)
        columns = 0 if self.exog is None else self.exog.shape[1]
        if self.exog is not None:
            checks.check_columns(self.exog, list(self.data.xnames))
        if family is not None:
            checks.check_support(self.endog if self.data.row_labels is None else self._labelled_endog(), family)
            checks.check_spread(self.endog, family, columns)
            if not family.regular and columns:
                raise ArgumentError(
                    f"{family!r} is not regular: its support moves, so exog cannot drive its parameters"
                )
        self.parts = self._parts(columns)
        names = [label for _, _, labels, _ in self.parts for label in labels]
        self.data.param_names = names
        self._count(len(names), columns)
        self._data_attr.append("_likelihood")
        self._likelihood: FamilyLikelihood | RowLikelihood | None = None

    def _check_arguments(self, family: Family | None, missing: str, kwargs: Mapping[str, Any]) -> None:
        allowed = ("hasconst", "formula", "model_spec", "missing_idx", "design_info")
        for name in kwargs:
            if name not in allowed:
                known = ("endog", "exog", "family", "missing")
                raise ArgumentError(f"{type(self).__name__} takes no argument {name!r}: {near_names(name, known)}")
        own = type(self).loglikeobs is not LikelihoodModel.loglikeobs
        if own and not self.parameters:
            raise FormulaError(
                f"{type(self).__name__} defines loglikeobs but not its parameters; "
                "write for instance parameters = {'rate': lk.Positive()}"
            )
        if own and not (
            isinstance(self.parameters, Mapping) and all(isinstance(space, Space) for space in self.parameters.values())
        ):
            raise FormulaError(
                f"{type(self).__name__}.parameters must be a dict of name to space such as {{'rate': lk.Positive()}}"
            )
        if own and family is not None:
            raise ArgumentError(f"{type(self).__name__} defines loglikeobs itself and takes no family")
        if isinstance(family, type) and issubclass(family, Family):
            raise ArgumentError(f"family must be an instance: write {family.__name__}(), with parentheses")
        if not own and not isinstance(family, Family):
            names = f": {near_names(family, CATALOGUE)}" if isinstance(family, str) else ""
            raise ArgumentError(f"family must be a family such as lk.Gamma(), not {family!r}{names}")
        if missing not in ("none", "drop", "raise"):
            raise ArgumentError(f"missing={missing!r}: {near_names(missing, ('none', 'drop', 'raise'))}")

    def _labelled_endog(self) -> pd.Series:
        return pd.Series(self.endog, index=self.data.row_labels)

    def _parts(self, columns: int) -> list[tuple[str, Space, tuple[str, ...], bool]]:
        """Name, space, labels, and whether exog drives it, of each free parameter."""
        if self.family is None:
            return [(name, space, (name,), False) for name, space in self.parameters.items()]
        driven = self.family.predicted if columns else None
        return [
            (name, self.family.spaces[name], tuple(self.data.xnames) if name == driven else (name,), name == driven)
            for name in self.family.parameter_names
        ]

    def _count(self, k: int, columns: int) -> None:
        """Degrees of freedom: k counts the free parameters, whatever the design."""
        driven = columns if self.family is not None else 0
        if not driven:
            self.k_constant = 0
        self.k_params = self.nparams = k
        self.k_extra = k - driven if driven else 0
        self.df_model = float(k - self.k_extra - self.k_constant)
        self.df_resid = float(len(self.endog) - k)

    @classmethod
    def from_formula(
        cls, formula: str, data: Any, subset: Any = None, drop_cols: Any = None, *args: Any, **kwargs: Any
    ) -> LikelihoodModel:
        """Model from a formula and a DataFrame, as in statsmodels; rows with NaN are left out by default.

        Raises
        ------
        DataError
            Where the formula cannot be evaluated on the data.
        """
        kwargs.setdefault("eval_env", 2)
        try:
            return super().from_formula(formula, data, subset, drop_cols, *args, **kwargs)
        except (DataError, ArgumentError, FormulaError, ParameterError):
            raise
        except Exception as error:
            columns = ", ".join(map(str, getattr(data, "columns", [])))
            raise DataError(
                f"formula {formula!r} cannot be evaluated on data with columns {columns}: {error}"
            ) from error

    @property
    def exog_names(self) -> list[str]:
        """Names of all entries of params."""
        return list(self.data.param_names)

    # The likelihood, in the coordinates of params

    @property
    def likelihood(self) -> FamilyLikelihood | RowLikelihood:
        """Log likelihood as a function of the working vector."""
        if self._likelihood is None:
            if self.endog is None:
                raise DataError("the data were removed from this model (remove_data)")
            predictors = self.predictors(self.exog)
            if self.family is None:
                self._likelihood = RowLikelihood(self.loglikeobs, predictors)
            else:
                names = self.family.coordinate_names
                fixed = tuple((names.index(name), value) for name, value in self.family.fixed.items())
                kernel = self.family.kernels.rows
                hoisted = tuple(np.atleast_2d(h) for h in kernel.hoist(self.endog[None]))
                self._likelihood = FamilyLikelihood(kernel, hoisted, len(self.endog), predictors, fixed)
        return self._likelihood

    @property
    def derivatives(self) -> str:
        """Where score and Hessian come from: "symbolic" or "numeric"."""
        return "numeric" if self.family is None else self.family.derivatives

    def derivative_error(self, params: Any) -> float:
        """Estimated relative error of the Hessians of the rows at params; 0 where derivatives are symbolic."""
        likelihood, vector = self.likelihood, self._vector(params)
        if isinstance(likelihood, RowLikelihood):
            return likelihood.at(vector, natural=True)[3]
        if self.derivatives == "symbolic":
            return 0.0
        theta = likelihood.natural(self.working(vector)[None])
        free = dict(zip(self.family.parameter_names, (t[0] for t in theta), strict=True))
        bounds = [(float(s.low), float(s.high)) for s in self.family.spaces.values()]
        return derivative_error(self.family.formula, self.endog, self._all_coordinates(free), bounds)

    def predictors(self, exog: np.ndarray | None = None) -> tuple[Predictor, ...]:
        """One predictor per free parameter, with exog `(m, q)`, by default of no rows, as the driven one's design."""
        links = {} if self.family is None else self.family.links
        return tuple(
            Predictor(
                name,
                space,
                links.get(name) or space.link(),
                (np.empty((0, len(labels))) if exog is None else exog) if driven else None,
                labels,
            )
            for name, space, labels, driven in self.parts
        )

    def working(self, params: Any) -> np.ndarray:
        """Working vector of params, `(k,)`; NaN where a natural value lies outside its space."""
        return working_from_params(self.predictors(), self._vector(params))

    def _vector(self, params: Any) -> np.ndarray:
        try:
            vector = np.asarray(params, dtype=float)
        except (TypeError, ValueError):
            raise ParameterError(f"params must be {self.k_params} numbers, not {params!r}") from None
        if vector.shape != (self.k_params,):
            names = ", ".join(self.exog_names)
            raise ParameterError(f"params has shape {vector.shape}; it must hold {self.k_params} values: {names}")
        return vector

    def loglikeobs(self, params: Any) -> np.ndarray:
        """Log density of each row, `(n,)`, at params `(k,)`; -inf outside the parameter space."""
        likelihood, working = self.likelihood, self.working(params)
        if not np.isfinite(working).all():
            return np.full(len(self.endog), -np.inf)
        values = likelihood.row_values(working)
        if self.family is not None and self.family.support.moving:
            theta = self.family.canonical(dict(zip(self.family.parameter_names, self._vector(params), strict=True)))
            values = np.where(self.family.support.contains(self.endog, theta), values, -np.inf)
        return values

    def loglike(self, params: Any) -> float:
        """Log likelihood at params `(k,)`."""
        return float(np.sum(self.loglikeobs(params)))

    def nloglike(self, params: Any) -> float:
        """Minus the log likelihood at params `(k,)`."""
        return -self.loglike(params)

    def score_obs(self, params: Any, **kwds: Any) -> np.ndarray:
        """Score of each row, `(n, k)`, in the coordinates of params."""
        likelihood, vector = self.likelihood, self._vector(params)
        if isinstance(likelihood, RowLikelihood):
            return likelihood.at(vector, natural=True)[1]
        return likelihood.row_scores(self.working(vector), natural=True)

    def score(self, params: Any) -> np.ndarray:
        """Score of the sample, `(k,)`, in the coordinates of params."""
        return self.score_obs(params).sum(axis=0)

    def hessian(self, params: Any) -> np.ndarray:
        """Hessian of the log likelihood, `(k, k)`, in the coordinates of params."""
        likelihood, vector = self.likelihood, self._vector(params)
        if isinstance(likelihood, RowLikelihood):
            return likelihood.at(vector, natural=True)[2]
        return likelihood.derivatives(self.working(vector)[None], natural=True)[2][0]

    def information(self, params: Any) -> np.ndarray:
        """Expected Fisher information of the sample, `(k, k)`, in the coordinates of params.

        Raises
        ------
        NotAvailableError
            For a family that is not regular, or a model without a family.
        """
        likelihood = self.likelihood
        if not isinstance(likelihood, FamilyLikelihood):
            raise ArgumentError("expected information needs a family; a model with its own loglikeobs has none")
        self.family.require_regular("expected information")
        working = self.working(params)[None]
        theta = likelihood.natural(working)
        names = self.family.parameter_names
        per_row = self.family.expected_information(**{name: t[0] for name, t in zip(names, theta, strict=True)})
        return expected_hessian(likelihood, per_row, likelihood.slopes(working, natural=True))

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
        cov_type: str = "observed",
        cov_kwds: Mapping[str, Any] | None = None,
        use_t: bool = False,
        **kwargs: Any,
    ) -> LikelihoodResults:
        """Maximum likelihood estimates, with a certificate that they are the maximum.

        Parameters
        ----------
        start_params : array_like, optional
            Start of the search, `(k,)`; by default the family's own.
        method, maxiter, full_output, disp, callback, retall
            Of statsmodels' signature. Whatever they say, the search is damped Newton to its end, with restarts.
        cov_type : {"observed", "expected", "outer_product", "sandwich", "cluster"}
            Covariance of the estimates; statsmodels' "nonrobust" and "HC0" are "observed" and "sandwich".
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
        if cov_type not in COVARIANCES:
            raise ArgumentError(f"cov_type={cov_type!r}: {near_names(cov_type, COVARIANCES)}")
        if cov_type == "cluster":
            groups = checks.checked_groups(cov_kwds, len(self.endog))
            cov_kwds = {**(cov_kwds or {}), "groups": groups}
        elif cov_kwds is not None and len(cov_kwds):
            raise ArgumentError(f"cov_kwds is for cov_type='cluster' only, not for cov_type={cov_type!r}")
        params, certificate = self._maximum(start_params)
        if not certificate.ok:
            warnings.warn(f"{type(self).__name__}: {'; '.join(certificate.reasons)}", MaximumWarning, stacklevel=2)
        mle = LikelihoodModelResults(self, params, None, scale=1.0, use_t=use_t)
        results = self.results_class(self, mle, certificate, cov_type, dict(cov_kwds or {}))
        return LikelihoodResultsWrapper(results)

    def _maximum(self, start_params: Any) -> tuple[np.ndarray, Certificate]:
        if self.family is not None and not self.family.regular:
            return irregular_maximum(self.family, self.endog)
        likelihood = self.likelihood
        predictors = likelihood.predictors
        starts = []
        if start_params is not None:
            starts.append(self.working(start_params))
            if not np.isfinite(starts[0]).all():
                bad = self.exog_names[int(np.argmin(np.isfinite(starts[0])))]
                raise ParameterError(f"start_params: the value of {bad} is outside its space")
        if isinstance(likelihood, FamilyLikelihood):
            starts.append(start_values(self.family, self.endog, predictors))
        elif not starts:
            starts.append(row_start(likelihood, self.endog, getattr(self, "start_params", None), self))
        self._check_formula(likelihood, starts[0])
        working, certificate = certified_maximum(likelihood, np.array(starts), len(self.endog), labels_of(predictors))
        certificate = without_perfect_fit(self, working, certificate)
        return params_from_working(predictors, working), certificate

    def _check_formula(self, likelihood: FamilyLikelihood | RowLikelihood, start: np.ndarray) -> None:
        """Refuse a log density of the wrong shape, or not a number at the start.

        A formula that was traced is elementwise; one that was not may have summed, which a score would not show.
        """
        n = len(self.endog)
        if isinstance(likelihood, FamilyLikelihood):
            theta = likelihood.natural(start[None])
            free = dict(zip(self.family.parameter_names, (t[0] for t in theta), strict=True))
            with np.errstate(all="ignore"):
                rows = np.asarray(self.family.formula(self.endog, *self._all_coordinates(free)))
        else:
            with np.errstate(all="ignore"):
                rows = np.asarray(self.loglikeobs(params_from_working(likelihood.predictors, start)))
        if rows.shape != (n,) and self.derivatives == "numeric":
            raise FormulaError(
                f"the log density of {n} observations has shape {rows.shape}; it must return one value per observation"
            )
        missing = np.isnan(np.broadcast_to(rows, (n,)).astype(float))
        if missing.any():
            row = int(np.argmax(missing))
            values = ", ".join(f"{x:g}" for x in params_from_working(likelihood.predictors, start)[:6])
            raise FormulaError(f"the log density is NaN at row {row} (endog = {self.endog[row]:g}) for params {values}")

    def _all_coordinates(self, free: Mapping[str, Any]) -> list[Any]:
        return [{**self.family.fixed, **free}[name] for name in self.family.coordinate_names]

    def predict(self, params: Any, exog: Any = None, which: str = "mean") -> np.ndarray:
        """Prediction at params: expectation of Y, or a family parameter.

        Parameters
        ----------
        params : (k,)
        exog : (m, q), optional
            By default that of the model; without predictors the result has one entry per observation of the model.
        which : str
            "mean", "variance", "linear" (the linear predictor), or the name of a family parameter (natural scale).

        Returns
        -------
        (m,) array
        """
        if self.family is None:
            raise ArgumentError("predict needs a family; a model with its own loglikeobs must define its own predict")
        names = self.family.parameter_names
        known = dict.fromkeys(("mean", "variance", "linear", *names))
        if which not in known:
            raise ArgumentError(f"which={which!r}: {near_names(which, known)}")
        params = self._vector(params)
        driven = any(part[3] for part in self.parts)
        if driven:
            width = next(len(labels) for _, _, labels, is_driven in self.parts if is_driven)
            exog = self.exog if exog is None else checks.checked_new_exog(exog, width)
            if exog is None:
                raise DataError("the data were removed from this model: pass exog to predict")
        elif exog is not None:
            raise ArgumentError("the model has no predictors: predict takes no exog")
        rows = len(exog) if driven else (1 if self.endog is None else len(self.endog))
        predictors = self.predictors(exog if driven else None)
        eta = [e[0] for e in linear_predictors(predictors, working_from_params(predictors, params)[None])]
        theta = {n: p.link.inverse(e) for n, p, e in zip(names, predictors, eta, strict=True)}
        if which == "linear":
            at = next(
                (i for i, part in enumerate(self.parts) if part[3]), names.index(self.family.predicted or names[0])
            )
            return np.broadcast_to(eta[at], (rows,)).copy()
        if which in ("mean", "variance"):
            result = self.family.mean(**theta) if which == "mean" else self.family.variance(**theta)
        else:
            result = theta[which]
        return np.broadcast_to(result, (rows,)).copy()

    def __getstate__(self) -> dict[str, Any]:
        state = {**self.__dict__, "_likelihood": None}
        if "formula" in state:
            # patsy's specifications cannot be pickled, and statsmodels restores its own only from deep enough a call.
            state.pop("model_spec", None)
            state["data"] = copy.copy(self.data)
            state["data"].__dict__.pop("model_spec", None)
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        if "formula" in state:
            manager = FormulaManager()
            manager.get_matrices(self.formula, self.data.frame, eval_env=0, pandas=True)
            self.data.model_spec = manager.spec


def without_perfect_fit(model: LikelihoodModel, working: np.ndarray, certificate: Certificate) -> Certificate:
    """The certificate, withdrawn where a continuous density has shrunk onto the data to rounding."""
    continuous = model.family is None or not model.family.discrete
    if certificate.rising or not continuous:
        return certificate
    # On the positive numbers rounding is relative to each observation, elsewhere to the largest.
    positive = model.family is not None and model.family.support.low == 0
    size = np.abs(model.endog) if positive else np.max(np.abs(model.endog))
    with np.errstate(divide="ignore"):
        sharpest = -np.log(ROUNDING_UNITS * np.finfo(float).eps * size)
    if not np.mean(model.likelihood.row_values(working) - sharpest) >= 0:
        return certificate
    reason = "the model fits every observation to rounding: the log likelihood has no bound as the scale runs to 0"
    return replace(certificate, ok=False, reasons=(reason,), rising=("the scale runs to 0",))
