"""Results of a fit, with statsmodels' methods and the kit's diagnostics."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from statsmodels.base.model import LikelihoodModelResults

from likelihood_kit import diagnostics
from likelihood_kit._numerics.printed import counted
from likelihood_kit._numerics.signatures import named_arguments
from likelihood_kit.diagnostics import AUDIT_LEVEL, InformationAudit, InformationMatrixTest
from likelihood_kit.diagnostics.intervals import ALPHA
from likelihood_kit.maximise import Certificate
from likelihood_kit.models import audit, covariances, prediction, summaries
from likelihood_kit.models.checked_fit import CheckedFit
from likelihood_kit.models.existence import (
    require_certified,
    require_independent,
    require_known,
    require_likelihood,
    require_regular_here,
)
from likelihood_kit.models.names_elsewhere import why_there_is_none
from likelihood_kit.models.predicted_laws import Prediction
from likelihood_kit.models.prediction_rows import check_transform, prediction_rows
from likelihood_kit.models.saved import write_pickle
from likelihood_kit.models.several_predictions import SeveralPredictions, several_table
from likelihood_kit.models.targets import checked_target


class LikelihoodResults(CheckedFit):
    """Estimates of a `LikelihoodModel`, with their certificate, informations and bounds.

    Attributes
    ----------
    params : (k,)
        In the order of `model.exog_names`: natural values, or coefficients on the link scale.
    certificate : Certificate
        Why this is the maximum, or why not.
    cov_type : str
        Covariance behind `bse`, `conf_int` and the tests.
    covariance_used : str
        The same in words; where the log density has a kink, expected information stands for the observed one.
    converged : bool
        Whether the certificate holds.
    derivative_error : float
        Estimated relative error of the Hessians of the rows; 0 where derivatives are symbolic.
    density_note : str
        Why the user's own formula is the density of no law at the estimate; empty where it is one.
    """

    certificate: Certificate
    density_note: str = ""
    #: Methods that the front door adds: they belong to a higher layer.
    report: ClassVar[Callable[..., Any]]
    plot: ClassVar[Callable[..., Any]]
    to_arviz: ClassVar[Callable[..., Any]]
    _repr_html_: ClassVar[Callable[..., str]]

    def __init__(
        self,
        model: Any,
        mlefit: LikelihoodModelResults,
        certificate: Certificate,
        cov_type: str = "observed",
        cov_kwds: Mapping[str, Any] | None = None,
        density_note: str = "",
    ) -> None:
        # What the parent does, but for its count of rows, which knows no weights; past `__setattr__`, which refuses it.
        mine = self.__dict__
        mine |= {"model": model, "endog": model.endog, "exog": model.exog, "_cache": {}}
        mine |= {"df_model": model.df_model, "df_resid": model.df_resid}
        mine["nobs"] = model.observations if model.freq_weights is not None else len(model.endog)
        mine |= mlefit.__dict__
        self.params.setflags(write=False)
        mine["_data_attr"] = ["endog", "exog"]
        mine["_data_in_cache"] = ["fittedvalues", "resid", "wresid", "score_obsv", "scores"]
        mine |= {"certificate": certificate, "converged": certificate.ok, "density_note": density_note}
        mine["mle_retvals"] = {"converged": certificate.ok, "iterations": certificate.iterations}
        mine["mle_settings"] = {"optimizer": "damped newton", "start_params": None}
        self._cache["llf"], hessian = model.value_and_hessian(self.params)
        self._cache["sampling unit"] = model.sampling_unit
        self._cache["observed"] = diagnostics.observed_information(hessian)
        mine["derivative_error"] = model.derivative_error(self.params)
        if cov_type == "cluster":  # as statsmodels: Student's t of the clusters, whatever the number of rows
            mine["df_resid_inference"] = float((cov_kwds or {})["groups"].max())
        computed = covariances.computed_instead(model.family, cov_type)
        used = covariances.used(self, computed, cov_kwds or {})
        mine |= {"cov_type": cov_type, "covariance_used": used}
        mine["cov_kwds"] = {"description": covariances.description(cov_type, computed, used), **(cov_kwds or {})}
        covariance, mine["covariance_note"] = covariances.estimated(self, self._information, computed, cov_kwds or {})
        mine |= covariances.few_clusters(self, covariance)
        covariance.setflags(write=False)
        mine["normalized_cov_params"] = covariance

    # Covariance and informations

    def _information(self, kind: str) -> np.ndarray:
        if kind not in self._cache:
            if kind == "observed":
                self._cache[kind] = diagnostics.observed_information(self.model.value_and_hessian(self.params)[1])
            elif kind == "expected":
                require_known(self.model)
                self._cache[kind] = self.model.information_inside(self.params)
            else:
                self._cache[kind] = covariances.outer_product(self.model.summed, self._scores)
        return self._cache[kind]

    @property
    def _scores(self) -> np.ndarray:
        """Scores of the rows, or of the distinct counts, without their weights; `(m, k)`."""
        if "scores" not in self._cache:
            self._cache["scores"] = self.model.summed_scores(self.params)
        return self._cache["scores"]

    @property
    def hessv(self) -> np.ndarray:
        """Hessian of the log likelihood at the estimate, `(k, k)`."""
        return -self._information("observed") * self._cache["sampling unit"]

    @named_arguments
    def information_audit(
        self, level: float = AUDIT_LEVEL, *, replications: int | None = None, seed: int = audit.SEED
    ) -> InformationAudit:
        """Standard errors by each information side by side, their ratios, and a verdict in words.

        Parameters
        ----------
        level : float
            Part of right models that the verdict speaks against.
        replications : int, optional
            Samples of the fitted law with which the data are compared; 0 for limit laws alone. By default 999 of up to
            1,000 observations, fewer of more, none of more than 10,000.
        seed : int
            Of these samples: the same audit for the same fit.

        Raises
        ------
        NotAvailableError
            For a family that is not smooth, or under sampling weights.
        """
        require_certified(self, "audit of informations")
        require_likelihood(self.model, "audit of informations")
        require_regular_here(self, "audit of informations", smooth=True)
        return audit.information_audit(self, self._information, level, replications, seed)

    @named_arguments
    def information_matrix_test(
        self, form: str = "efficient", *, bootstrap: int | None = None, seed: int = audit.SEED
    ) -> InformationMatrixTest:
        """Information-matrix test of the model, as in `information_audit`: statistic, df and p-value.

        Parameters
        ----------
        form : {"efficient", "outer_product"}
            Variance of the statistic by expectations under the fitted law (Orme 1990); or by the data, n times the R
            squared of 1 on scores and indicators (Chesher 1983; Lancaster 1984).
        bootstrap : int, optional
            Samples of the fitted law behind the p-value; by default as in the audit. 0 for the chi-squared law, by
            which the outer-product form rejects right models far too often (Chesher and Spady 1991).
        seed : int

        Raises
        ------
        NotAvailableError
            As for the audit; where nothing can be drawn from the law.
        """
        require_certified(self, "information-matrix test")
        require_likelihood(self.model, "information-matrix test")
        require_independent(self, "information-matrix test")
        require_regular_here(self, "information-matrix test", smooth=True)
        return audit.information_matrix_test(self, form, bootstrap, seed)

    @property
    def derivatives(self) -> str:
        """Where score and Hessian come from: "symbolic" or "numeric"."""
        return self.model.derivatives

    # Predictions

    def predict(self, exog: Any = None, transform: bool = True, which: str | None = None, **kwargs: Any) -> Any:
        """Predictions at the model's rows or new ones, `(m,)`; a Series where the rows have labels.

        Parameters
        ----------
        exog : array_like, DataFrame or dict, optional
            New rows; with a formula a data frame of its variables, with several designs a dict by parameter or a data
            frame with their columns. Columns are taken by name where both have names.
        transform : bool
            Of statsmodels' signature: a formula is always applied to new rows.
        which : {"mean", "variance", "median", "linear"} or name of a parameter
            By default the mean, or what the arguments below ask for.
        quantile : float or list of q floats, optional
            The quantile of the response at this level; of several, as of several values below, a DataFrame `(m, q)`
            with a column for each.
        parameter : str, optional
            A family parameter, natural scale; with `which="linear"` its linear predictor.
        probability_of : float or list of q floats, optional
            Probability of a value of the response; of a continuous law its density there, which is no probability.
        survival_of : float or list of q floats, optional
            P(Y > y) of a value y, without censoring.
        **kwargs
            `offset=`, and known quantities of the new rows by name; `given=` as in the fit.
        """
        check_transform("predict", self.model, exog, transform)
        target = checked_target(self.model, which, kwargs)
        rows = prediction_rows(self.model, exog, kwargs)
        values = prediction.at_rows(self.model, np.asarray(self.params), rows, target)
        if target.several:
            return several_table(values, target, rows.index)
        return values if rows.index is None else pd.Series(values, index=rows.index)

    def get_prediction(
        self, exog: Any = None, which: str | None = None, transform: bool = True, **kwargs: Any
    ) -> Prediction | SeveralPredictions:
        """Predictions with standard errors and intervals inside the space of what is predicted; as `predict`.

        Of several values, `quantile=[0.1, 0.9]` or `probability_of=[0, 1, 2]`, `summary_frame()` has the columns of
        each side by side.

        `average=True` gives the mean of the predictions over the rows, weighted by `agg_weights`, whose sum need not be
        1 (statsmodels divides by the number of rows instead); `row_labels` names them in tables. Where the delta method
        gives no standard error, as for quantiles of counts, it is NaN, and `note` and a warning say why; the interval
        of a law's only parameter is then carried through.

        Warns
        -----
        InformationWarning
            Where there are no standard errors; says why.
        """
        check_transform("get_prediction", self.model, exog, transform)
        return prediction.get_prediction(self, exog, which, kwargs)

    def _get_wald_nonlinear(self, func: Callable[..., Any], deriv: Any = None) -> Any:
        return super()._get_wald_nonlinear(func, deriv or functools.partial(_gradient_at, self, func))

    # Summaries

    @named_arguments
    def summary(
        self, yname: str | None = None, xname: Any = None, title: str | None = None, alpha: float = ALPHA
    ) -> Any:
        """Statsmodels' summary tables, one for each predicted parameter, with certificate and information used."""
        return summaries.summary(self, yname, xname, title, alpha)

    @named_arguments
    def summary2(
        self, yname: str | None = None, xname: Any = None, title: str | None = None, alpha: float = ALPHA,
        float_format: str = "%.4f",
    ) -> Any:  # fmt: skip
        """Statsmodels' second form of the summary."""
        return summaries.summary2(self, yname, xname, title, alpha, float_format)

    @named_arguments
    def save(self, fname: Any, remove_data: bool = False) -> None:
        """Write the results as a pickle, which takes the place of an earlier file in one step.

        A pickle runs code when it is loaded: load none from elsewhere, and expect none to be read by another version of
        the kit. What is to be kept or passed on is better a report, or `estimates.to_csv`.

        Parameters
        ----------
        fname : path, or file open to be written
        remove_data : bool
            Whether to forget the rows first; see `remove_data`.

        Raises
        ------
        OutputError
            Where the file cannot be written.
        """
        if remove_data:
            self.remove_data()
        write_pickle(self, fname)

    @named_arguments
    def remove_data(self) -> None:
        """Forget the rows, as statsmodels does; estimates, covariances and prediction of new rows are kept."""
        self._information("observed")
        super().remove_data()
        self.model.without_data()

    def __getattr__(self, name: str) -> Any:
        if why := why_there_is_none(name):
            raise AttributeError(why)
        # Where a property fails for want of an attribute inside it, its own error, not that there is no such property.
        return object.__getattribute__(self, name)

    def __repr__(self) -> str:
        who = f"{type(self).__name__} of {self.model.family!r}"
        return f"<{who}, n={counted(self.nobs)}>\n{self.estimates}\n{self.certificate}"


def _gradient_at(results: Any, function: Callable[..., Any], params: np.ndarray) -> np.ndarray:
    return prediction.gradient(results, function)
