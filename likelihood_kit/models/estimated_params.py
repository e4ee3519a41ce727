"""Estimates of a fit with their intervals, criteria and resamples, under statsmodels' names."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, overload

import numpy as np
import pandas as pd
from statsmodels.base.data import PandasData
from statsmodels.base.model import GenericLikelihoodModelResults

from likelihood_kit._numerics.signatures import named_arguments
from likelihood_kit.diagnostics.intervals import ALPHA
from likelihood_kit.errors import ArgumentError
from likelihood_kit.maximise import Certificate
from likelihood_kit.models import bias, bootstrap, inference, penalised_likelihood
from likelihood_kit.models.arguments import METHODS, warn_of_unused
from likelihood_kit.models.columns import as_choice, as_level, short
from likelihood_kit.models.existence import refuse_reduced, require_independent, require_likelihood
from likelihood_kit.models.penalised_profile import PenalisedProfile, penalised_profile_of
from likelihood_kit.models.profile_likelihood import Profile, profile_of
from likelihood_kit.models.profile_regions import ProfileRegion, region_of
from likelihood_kit.models.reduced_certificate import ReducedCertificate
from likelihood_kit.models.saved import read_pickle
from likelihood_kit.parameters import Real, Space

#: Resamples of a bootstrap where none are asked for, as in statsmodels.
RESAMPLES = 100


def _read_only(name: str) -> Any:
    """An array that statsmodels computes once and keeps, as one that cannot be written to: all else rests on it."""
    kept = inspect.getattr_static(GenericLikelihoodModelResults, name)

    def found(results: Any) -> np.ndarray:
        array: np.ndarray = kept.__get__(results, type(results))
        array.setflags(write=False)
        return array

    return property(found, doc=kept.__doc__)


class EstimatedParams(GenericLikelihoodModelResults):
    """Estimates of a model's params, `(k,)`, with what their covariance, and samples of the rows, say of them.

    Attributes
    ----------
    params : (k,)
    normalized_cov_params : (k, k)
    certificate : Certificate
    """

    certificate: Certificate
    bse, bsejac, bsejhj, covjac, covjhj = map(_read_only, ("bse", "bsejac", "bsejhj", "covjac", "covjhj"))

    def __setattr__(self, name: str, value: Any) -> None:
        """Refuse to change what was found: all else that is printed would be of other numbers."""
        if name in self.__dict__ and not name.startswith("_") and name not in (*self._data_attr, "bootstrap_results"):
            raise AttributeError(f"{name} of results cannot be changed: what else they say rests on it; fit again")
        super().__setattr__(name, value)

    @classmethod
    @named_arguments
    def load(cls, fname: Any) -> Any:
        """The results that `save` wrote; code in the file is run, so load none from elsewhere."""
        return read_pickle(fname, EstimatedParams)

    @property
    def spaces(self) -> list[Space]:
        """Space of each entry of params; a coefficient is any number."""
        return [p.space if p.columns is None else Real() for p in self.model.predictors for _ in p.labels]

    @property
    def bias_reduction(self) -> str | None:
        """How the estimates were freed of bias of first order, "firth" or "cox_snell"; None for a maximum."""
        found = self.certificate
        return found.method if isinstance(found, ReducedCertificate) else None

    @property
    def llf_penalized(self) -> float:
        """Log likelihood penalised by Jeffreys' prior, llf + log|i| / 2 with the expected information i of params.

        Its maximum is the root of Firth's adjusted score; likelihood-ratio tests and profile intervals are of it.

        Raises
        ------
        NotAvailableError
            But for `bias_reduction="firth"` of a full exponential family in canonical coordinates.
        """
        return penalised_likelihood.value(self)

    @property
    def use_t(self) -> bool:
        """Whether intervals and tests are by Student's t; may be set.

        With `df_resid` degrees of freedom, or with one less than there are clusters under `cov_type="cluster"`.
        """
        return self._use_t

    @use_t.setter
    def use_t(self, value: bool) -> None:
        self._use_t = inference.checked_use_t(value, inference.degrees_of_freedom(self))

    @property
    def tvalues(self) -> np.ndarray:
        """Estimates over their standard errors, `(k,)`; NaN for a parameter that cannot be 0: no hypothesis."""
        return inference.ratios(self)

    @property
    def pvalues(self) -> np.ndarray:
        """Two-sided p-values of the hypothesis that an entry of params is 0, `(k,)`; NaN where it cannot be."""
        return inference.probabilities(self)

    @named_arguments
    def conf_int(
        self,
        alpha: float = ALPHA,
        method: str = "wald",
        cols: Any = None,
        *,
        kind: str | None = None,
        resample: str | None = None,
        replications: int | None = None,
        rng: Any = None,
    ) -> np.ndarray:
        """Intervals of the entries of params, `(k, 2)`, on the link scale of a bounded one: never outside its space.

        Parameters
        ----------
        alpha : float
            The part that is left out: 0.05 for intervals of 95 %.
        method : {"wald", "profile", "score", "r_star", "bootstrap"}
            Estimate and standard error on the link scale, carried back; the values that a likelihood-ratio test does
            not reject, see `profile`; those that Rao's score test, with the expected information, does not reject;
            those whose modified signed root, see `r_star`, is at most a normal quantile; or from fits to resamples.
        cols : sequence of int or str, optional
            Positions, as in statsmodels, or names of the entries whose intervals are wanted.
        kind : {"bca", "percentile", "studentised"}, optional
            Of a bootstrap: bias-corrected and accelerated, by default; quantiles of the estimates; or by quantiles of
            estimate less truth over standard error, on the link scale.
        resample : {"case", "parametric"}, optional
            Of a bootstrap: rows drawn with replacement, by default, or samples of the fitted law at the rows.
        replications : int, optional
            Of a bootstrap: resamples, by default 1,999.
        rng : numpy.random.Generator or int, optional
            Of a bootstrap: by default a seed, and so the same intervals each time.

        Raises
        ------
        NotAvailableError
            For intervals that do not exist, such as of profiles under sampling weights; the message says which do.
        """
        chosen = {"kind": kind, "resample": resample, "replications": replications, "rng": rng}
        resampling = {name: value for name, value in chosen.items() if value is not None}
        level, wanted = as_level(alpha, "alpha"), None if cols is None else inference.places(self, cols)
        found = inference.intervals(self, level, method, resampling, wanted)
        return found if wanted is None else found[wanted]

    @overload
    def profile(self, of: str | Callable[..., Any], other: None = None) -> Profile | PenalisedProfile: ...

    @overload
    def profile(self, of: str, other: str) -> ProfileRegion: ...

    @named_arguments
    def profile(self, of: Any, other: Any = None) -> Profile | PenalisedProfile | ProfileRegion:
        """Profile likelihood of a parameter, of a function of the parameters, or of two parameters.

        Parameters
        ----------
        of : str or callable
            Name of an entry of params; or a function that takes them by name, as for `cramer_rao`.
        other : str, optional
            Name of a second entry of params.

        Returns
        -------
        Profile, PenalisedProfile or ProfileRegion
            With `conf_int()`, `deviance(values)`, `plot()`; of two parameters with `contour()` for the first.

        Raises
        ------
        NotAvailableError
            For a family that is not smooth, under sampling weights or clusters, where no maximum is certified.
        """
        if other is not None:
            return region_of(self, of, other)
        return profile_of(self, of) if self.bias_reduction is None else penalised_profile_of(self, of)

    @property
    def estimates(self) -> pd.DataFrame:
        """Estimates with standard errors and Wald intervals inside their spaces, indexed by parameter name."""
        interval = np.asarray(self.conf_int(ALPHA))
        columns = {
            "estimate": np.asarray(self.params),
            "standard_error": np.asarray(self.bse),
            "lower": interval[:, 0],
            "upper": interval[:, 1],
        }
        return pd.DataFrame(columns, index=self.model.exog_names)

    @property
    def aic(self) -> float:
        """Akaike's criterion, -2 llf + 2 k; k counts the free parameters. NaN where no maximum is certified."""
        require_likelihood(self.model, "AIC")
        require_independent(self, "AIC")
        refuse_reduced(self, "AIC")
        return -2 * self.llf + 2 * len(self.params) if self.certificate.ok else float("nan")

    @property
    def bic(self) -> float:
        """Schwarz's criterion, -2 llf + k log n. NaN where no maximum is certified."""
        require_likelihood(self.model, "BIC")
        require_independent(self, "BIC")
        refuse_reduced(self, "BIC")
        return -2 * self.llf + float(np.log(self.nobs)) * len(self.params) if self.certificate.ok else float("nan")

    @property
    def aicc(self) -> float:
        """AIC with the small-sample correction 2 k (k + 1) / (n - k - 1); infinite where n <= k + 1, NaN as AIC is.

        Hurvich, C. M. and Tsai, C.-L. (1989), *Biometrika* 76, 297-307.
        """
        k, n = len(self.params), self.nobs
        return float(self.aic + 2 * k * (k + 1) / (n - k - 1)) if n > k + 1 else float("inf") + self.aic

    @named_arguments
    def cox_snell_bias(self) -> pd.Series:
        """Bias of the entries of params to first order, at the estimate; `(k,)`, in the coordinates of params.

        Cox, D. R. and Snell, E. J. (1968), *Journal of the Royal Statistical Society B* 30, 248-275, eq. (20), by
        expectations under the fitted law at each row.

        Raises
        ------
        NotAvailableError
            For a family that is not smooth, or whose third derivatives have no symbolic form; without a family.
        """
        return bias.cox_snell_bias(self)

    @named_arguments
    def bootstrap(
        self,
        replications: int = RESAMPLES,
        rng: Any = None,
        disp: int = 0,
        store: int = 1,
        *,
        nrep: int | None = None,
        method: str = "newton",
    ) -> tuple[Any, Any, Any]:
        """Mean and standard deviation of the estimates of fits to resampled rows, and all of them, as in statsmodels.

        The estimates are `(replications, k)`, bias-reduced as these are; a resample that has none is NaN, and left out
        of mean and deviation. All are labelled where the data are.

        Parameters
        ----------
        replications : int
            Resamples, 100 by default; `nrep` is statsmodels' name for it.
        rng : numpy.random.Generator or int, optional
            A generator, or the seed of a new one. The name of a search in its place, as in statsmodels' order, is taken
            as `method`.
        store : bool
            Whether to keep the estimates as `bootstrap_results`.
        method, disp
            Of statsmodels' signature, and not used; a warning says so.
        """
        if isinstance(rng, str) and rng in METHODS:
            rng, method = None, rng
        as_choice(method, "method", METHODS)
        require_independent(self, "a bootstrap of rows")
        for value, argument in ((disp, "disp"), (store, "store")):
            if not isinstance(value, (bool, np.bool_, int, np.integer)):
                raise ArgumentError(f"{argument} = {short(value)}: give True or False")
        warn_of_unused("bootstrap", {"method": method, "disp": disp}, between=1)
        if nrep is not None and replications != RESAMPLES:
            raise ArgumentError("replications and nrep are two names of one number: give it once")
        replications = replications if nrep is None else nrep
        resamples = bootstrap.resampled(
            self.model, np.asarray(self.params), replications, rng, bias_reduction=self.bias_reduction
        )
        estimates = resamples.params
        if store:
            self.bootstrap_results = estimates
        mean, deviation = np.nanmean(estimates, axis=0), np.nanstd(estimates, axis=0)
        if not isinstance(self.model.data, PandasData):
            return mean, deviation, estimates
        labels = self.model.labels
        return pd.Series(mean, labels), pd.Series(deviation, labels), pd.DataFrame(estimates, columns=labels)
