"""Results of a fit, with statsmodels' methods and the kit's diagnostics."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from statsmodels.base._prediction_inference import get_prediction_delta, get_prediction_monotonic
from statsmodels.base.model import GenericLikelihoodModelResults, LikelihoodModelResults
from statsmodels.base.wrapper import ResultsWrapper, populate_wrapper

from likelihood_kit import diagnostics
from likelihood_kit.calculus import numeric_derivatives
from likelihood_kit.diagnostics import InformationAudit
from likelihood_kit.errors import ArgumentError, InformationWarning, NotAvailableError, near_names
from likelihood_kit.maximise import Certificate
from likelihood_kit.parameters import Real, Space

#: Covariances of the estimates, by the name in `fit(cov_type=...)`, with the words of the summary.
COVARIANCES: Mapping[str, str] = {
    "observed": "inverse observed information",
    "expected": "inverse expected information",
    "outer_product": "inverse outer product of the scores",
    "sandwich": "sandwich of observed information and outer product",
    "cluster": "sandwich with scores summed within clusters",
    "nonrobust": "inverse observed information",
    "HC0": "sandwich of observed information and outer product",
}
INFORMATIONS = ("observed", "expected", "outer_product")


class LikelihoodResults(GenericLikelihoodModelResults):
    """Estimates of a `LikelihoodModel`, with their certificate, informations and bounds.

    Attributes
    ----------
    params : (k,)
        In the order of `model.exog_names`: natural values, or coefficients on the link scale.
    certificate : Certificate
        Why this is the maximum, or why not.
    cov_type : str
        Covariance behind `bse`, `conf_int` and the tests.
    converged : bool
        Whether the certificate holds.
    derivative_error : float
        Estimated relative error of the Hessians of the rows; 0 where derivatives are symbolic.
    """

    certificate: Certificate
    #: Methods that the front door adds: they belong to a higher layer.
    report: ClassVar[Callable[..., Any]]
    plot: ClassVar[Callable[..., Any]]
    to_arviz: ClassVar[Callable[..., Any]]

    def __init__(
        self,
        model: Any,
        mlefit: LikelihoodModelResults,
        certificate: Certificate,
        cov_type: str = "observed",
        cov_kwds: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(model, mlefit)
        self.certificate = certificate
        self.converged = certificate.ok
        self.mle_retvals = {"converged": certificate.ok, "iterations": certificate.iterations}
        self.mle_settings = {"optimizer": "damped newton", "start_params": None}
        self._data_in_cache += ["score_obsv"]
        self.llf  # noqa: B018  kept through remove_data
        self.derivative_error = model.derivative_error(self.params)
        self.cov_type = cov_type
        self.cov_kwds = {"description": f"Standard errors: {COVARIANCES[cov_type]}.", **(cov_kwds or {})}
        self.normalized_cov_params, self.covariance_note = self._covariance(cov_type, cov_kwds or {})

    # Covariance and informations

    def _covariance(self, cov_type: str, cov_kwds: Mapping[str, Any]) -> tuple[np.ndarray, str]:
        """Covariance `(k, k)`, and why it is not a number where it is not."""
        k = len(self.params)
        if self.model.family is not None and not self.model.family.regular:
            moving = " and ".join(self.model.family.support.moving)
            return np.full((k, k), np.nan), (
                f"no standard errors: the support of {self.model.family.name} moves with {moving}, so that no Fisher "
                "information exists and the estimates are not asymptotically normal"
            )
        if self.certificate.rising:
            return np.full((k, k), np.nan), "no standard errors: the maximum of the likelihood does not exist"
        if cov_type in ("observed", "nonrobust"):
            matrix = diagnostics.covariance(self._information("observed"))
        elif cov_type == "expected":
            matrix = diagnostics.covariance(self._information("expected"))
        elif cov_type == "outer_product":
            outer_product = self._information("outer_product")
            matrix = diagnostics.outer_product_covariance(self._information("observed"), outer_product)
        else:
            matrix = self._sandwich(cov_type, cov_kwds)
        if np.isfinite(matrix).all():
            return matrix, ""
        inverted = COVARIANCES[cov_type if cov_type in ("expected", "outer_product") else "observed"]
        note = f"no standard errors: the {inverted.removeprefix('inverse ')} is singular"
        warnings.warn(note, InformationWarning, stacklevel=4)
        return matrix, note

    def _sandwich(self, cov_type: str, cov_kwds: Mapping[str, Any]) -> np.ndarray:
        scores = self.score_obsv
        if cov_type != "cluster":
            return diagnostics.sandwich_covariance(self._information("observed"), self._information("outer_product"))
        corrected = bool(cov_kwds.get("use_correction", True))
        outer = diagnostics.clustered_outer_product(scores, cov_kwds["groups"], corrected=corrected)
        return diagnostics.sandwich_covariance(self._information("observed"), outer)

    def _information(self, kind: str) -> np.ndarray:
        if kind == "observed":
            return diagnostics.observed_information(self.hessv)
        if kind == "expected":
            return self.model.information(self.params)
        return diagnostics.outer_product_information(self.score_obsv)

    def information(self, kind: str = "observed") -> pd.DataFrame:
        """Fisher information of the whole sample at the estimate, `(k, k)`, in the coordinates of params.

        Parameters
        ----------
        kind : {"observed", "expected", "outer_product"}

        Raises
        ------
        NotAvailableError
            For a family that is not regular.
        """
        if kind not in INFORMATIONS:
            raise ArgumentError(f"information kind {kind!r}: {near_names(kind, INFORMATIONS)}")
        if self.model.family is not None:
            self.model.family.require_regular(f"{kind.replace('_', ' ')} information")
        names = self.model.exog_names
        return pd.DataFrame(self._information(kind), index=names, columns=names)

    def information_audit(self) -> InformationAudit:
        """Standard errors by each information side by side, their ratios, and a verdict in words.

        Raises
        ------
        NotAvailableError
            For a family that is not regular.
        """
        if self.model.family is not None:
            self.model.family.require_regular("Fisher information to audit")
        try:
            expected = None if self.model.family is None else self._information("expected")
        except NotAvailableError:
            expected = None
        return diagnostics.information_audit(self.hessv, expected, self.score_obsv, self.model.exog_names)

    def cramer_rao(self, of: Callable[..., Any] | None = None) -> pd.DataFrame:
        """Cramer-Rao bound at the estimate for the whole sample, per entry of params or for a function of them.

        Parameters
        ----------
        of : callable, optional
            `of(**params)`; names that are no identifiers (`C(g)[T.b]`) reach a function that takes `**params`.

        Raises
        ------
        NotAvailableError
            Where no bound exists.
        """
        if self.model.family is None:
            raise NotAvailableError("the Cramer-Rao bound needs expected information, and so a family")
        self.model.family.require_regular("Cramer-Rao bound")
        names = self.model.exog_names
        information, params = self._information("expected"), np.asarray(self.params)
        return diagnostics.bound_table(information, names, params, of, self._spaces())

    # Estimates

    @property
    def derivatives(self) -> str:
        """Where score and Hessian come from: "symbolic" or "numeric"."""
        return self.model.derivatives

    @property
    def estimates(self) -> pd.DataFrame:
        """Estimates with standard errors and 95 % Wald intervals, indexed by parameter name."""
        interval = np.asarray(self.conf_int())
        columns = {
            "estimate": np.asarray(self.params),
            "standard_error": np.asarray(self.bse),
            "lower": interval[:, 0],
            "upper": interval[:, 1],
        }
        return pd.DataFrame(columns, index=self.model.exog_names)

    @property
    def aicc(self) -> float:
        """AIC with the small-sample correction 2 k (k + 1) / (n - k - 1); infinite where n <= k + 1.

        Hurvich, C. M. and Tsai, C.-L. (1989), *Biometrika* 76, 297-307.
        """
        k, n = len(self.params), self.nobs
        return float(self.aic + 2 * k * (k + 1) / (n - k - 1)) if n > k + 1 else float("inf")

    @property
    def fittedvalues(self) -> np.ndarray:
        """Expectation of each observation at the estimate, `(n,)`."""
        return self.model.predict(self.params)

    @property
    def resid(self) -> np.ndarray:
        """Observations less their fitted values, `(n,)`."""
        return self.model.endog - self.fittedvalues

    def bootstrap(self, nrep: int = 100, method: str = "newton", disp: int = 0, store: int = 1, rng: Any = None) -> Any:
        """As in statsmodels: mean, standard deviation and the estimates of fits to resampled rows."""
        return super().bootstrap(nrep=nrep, method=method, disp=disp, store=store, rng=rng)

    def get_prediction(
        self,
        exog: Any = None,
        which: str = "mean",
        transform: bool = True,
        row_labels: Any = None,
        average: bool = False,
        agg_weights: Any = None,
        **kwargs: Any,
    ) -> Any:
        """Predictions with standard errors and intervals.

        Where the linear predictor alone drives what is predicted, intervals are those of the linear predictor carried
        through the link; otherwise by the delta method.
        """
        family = self.model.family
        driven = next((i for i, part in enumerate(self.model.parts) if part[3]), None)
        if driven is not None and not average:
            if which == "linear":
                return self._through_link(driven, _IDENTITY, exog, which, transform, row_labels)
            if which == family.predicted or (which == "mean" and family.predicts_mean()):
                link = _LinkAdapter(family.links[family.predicted])
                return self._through_link(driven, link, exog, which, transform, row_labels)
        return get_prediction_delta(
            self, exog=exog, which=which, average=average, agg_weights=agg_weights, transform=transform,
            row_labels=row_labels, pred_kwds=kwargs,
        )  # fmt: skip

    def _through_link(self, driven: int, link: Any, exog: Any, which: str, transform: bool, row_labels: Any) -> Any:
        sizes = [len(part[2]) for part in self.model.parts]
        begin = sum(sizes[:driven])
        return get_prediction_monotonic(
            self, exog=exog, transform=transform, row_labels=row_labels, link=link, pred_kwds={"which": which},
            index=np.arange(begin, begin + sizes[driven]),
        )  # fmt: skip

    def _spaces(self) -> list[Space]:
        """Space of each entry of params; a coefficient is any number."""
        return [Real() if driven else space for _, space, labels, driven in self.model.parts for _ in labels]

    def _get_wald_nonlinear(self, func: Callable[..., Any], deriv: Any = None) -> Any:
        return super()._get_wald_nonlinear(func, deriv or functools.partial(self._jacobian, func))

    def _jacobian(self, function: Callable[..., Any], params: np.ndarray) -> np.ndarray:
        """Derivatives of a function of params, `(..., k)`, by real steps: parameters take no complex ones."""
        columns = []
        for j, (space, error) in enumerate(
            zip(self._spaces(), np.sqrt(np.diag(self.normalized_cov_params)), strict=True)
        ):

            def along(value: np.ndarray, j: int = j) -> Any:
                return function(np.where(np.arange(len(params)) == j, value, params))

            bounds = float(space.low), float(space.high)
            room = min(params[j] - bounds[0], bounds[1] - params[j]) / 2
            steps = [np.minimum(error / 4, room)] if np.isfinite(error) else None
            columns.append(numeric_derivatives(along, [params[j]], [bounds], steps).score[0])
        return np.stack(columns, axis=-1)

    # Summaries

    def summary(
        self, yname: str | None = None, xname: Any = None, title: str | None = None, alpha: float = 0.05
    ) -> Any:
        """Statsmodels' summary table, with certificate, information and derivatives used."""
        from statsmodels.iolib.summary import Summary

        family = self.model.family
        left = [
            ("Dep. Variable:", None),
            ("Model:", [type(self.model).__name__]),
            ("Family:", [repr(family) if family is not None else "own loglikeobs"]),
            ("Method:", ["Maximum Likelihood"]),
            ("No. Observations:", None),
            ("Df Residuals:", None),
            ("Df Model:", None),
        ]
        right = [
            ("Log-Likelihood:", [f"{self.llf:#.8g}"]),
            ("AIC:", [f"{self.aic:#.7g}"]),
            ("BIC:", [f"{self.bic:#.7g}"]),
            ("AICc:", [f"{self.aicc:#.7g}"]),
            ("Covariance Type:", [self.cov_type]),
            ("Derivatives:", [self.derivatives]),
            ("Certified:", ["yes" if self.certificate.ok else "NO"]),
        ]
        summary = Summary()
        title = title or f"{type(self.model).__name__} Results"
        summary.add_table_2cols(self, gleft=left, gright=right, yname=yname, xname=xname, title=title)
        summary.add_table_params(self, yname=yname, xname=xname, alpha=alpha, use_t=self.use_t)
        summary.add_extra_txt(self._notes())
        return summary

    def _notes(self) -> list[str]:
        notes = [_sentence(str(self.certificate)), _sentence(self.covariance_note) or self.cov_kwds["description"]]
        if self.derivatives == "numeric":
            why = "loglikeobs is the model's own" if self.model.family is None else self.model.family.kernels.reason
            error = f"estimated relative error {self.derivative_error:.0e}"
            notes.append(f"Derivatives per observation are numeric, {error} ({why}).")
        linked = [f"{name} ({part.link.name} link)" for name, part in self._driven()]
        if linked:
            notes.append(f"Coefficients of {', '.join(linked)}; all other parameters in natural units.")
        return notes

    def _driven(self) -> list[tuple[str, Any]]:
        return [(p.name, p) for p, part in zip(self.model.predictors(), self.model.parts, strict=True) if part[3]]

    def summary2(
        self, yname: str | None = None, xname: Any = None, title: str | None = None, alpha: float = 0.05,
        float_format: str = "%.4f",
    ) -> Any:  # fmt: skip
        """Statsmodels' second form of the summary."""
        from statsmodels.iolib.summary2 import Summary

        summary = Summary()
        summary.add_base(
            results=self, alpha=alpha, float_format=float_format, xname=xname, yname=yname,
            title=title or f"Results: {type(self.model).__name__}",
        )  # fmt: skip
        for note in self._notes():
            summary.add_text(note)
        return summary

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self.model.family!r}, n={self.nobs}>\n{self.estimates}\n{self.certificate}"


def _sentence(text: str) -> str:
    return text and text[0].upper() + text[1:] + "."


class _LinkAdapter:
    """A link of the kit under the names that statsmodels' prediction calls."""

    def __init__(self, link: Any) -> None:
        self.inverse = link.inverse
        self.inverse_deriv = lambda eta: link.slopes(eta, link.inverse(eta))[0]


class _Identity:
    inverse = staticmethod(lambda eta: eta)
    inverse_deriv = staticmethod(np.ones_like)


_IDENTITY = _Identity()


class LikelihoodResultsWrapper(ResultsWrapper):
    """Results with pandas' labels where the data had them; otherwise the results themselves."""

    _wrap_attrs: ClassVar[Mapping[str, str]] = {
        "params": "columns",
        "bse": "columns",
        "pvalues": "columns",
        "tvalues": "columns",
        "resid": "rows",
        "fittedvalues": "rows",
        "normalized_cov_params": "cov",
    }
    _wrap_methods: ClassVar[Mapping[str, str]] = {"cov_params": "cov", "conf_int": "columns"}

    @property  # type: ignore[misc]
    def __class__(self) -> type:
        """The wrapped class, so that `isinstance(results, LikelihoodResults)` holds."""
        return LikelihoodResults

    def __repr__(self) -> str:
        return repr(self._results)

    def __reduce__(self) -> tuple[Any, ...]:
        return LikelihoodResultsWrapper, (self._results,)


populate_wrapper(LikelihoodResultsWrapper, LikelihoodResults)
