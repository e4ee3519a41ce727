"""A family over data, as a statsmodels `GenericLikelihoodModel`."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from statsmodels.base.model import LikelihoodModelResults

from likelihood_kit._numerics.printed import counted
from likelihood_kit.calculus.author import read_only
from likelihood_kit.errors import DensityWarning, MaximumWarning, NotAvailableError
from likelihood_kit.families import Family
from likelihood_kit.models import (
    arguments,
    designs,
    fitting,
    formulas,
    prediction,
    rows,
    transport,
)
from likelihood_kit.models import data as checks
from likelihood_kit.models.bias_reduction import checked_reduction, estimated
from likelihood_kit.models.columns import name_beside_pandas
from likelihood_kit.models.designs import Design
from likelihood_kit.models.hints import refuse_misplaced_family
from likelihood_kit.models.inference import checked_use_t
from likelihood_kit.models.labels import CR2
from likelihood_kit.models.likelihood_of_rows import LikelihoodOfRows
from likelihood_kit.models.prediction_rows import prediction_rows
from likelihood_kit.models.results import LikelihoodResults
from likelihood_kit.models.targets import checked_target
from likelihood_kit.models.wrapper import LikelihoodResultsWrapper
from likelihood_kit.parameters import Space


class LikelihoodModel(LikelihoodOfRows):
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
        named = arguments.checked(self, LikelihoodModel, family, missing, columns)
        data = arguments.collected(
            endog, exog, family, missing, named,
            exogs=exogs, offset=offset, freq_weights=freq_weights, prob_weights=prob_weights, given=given,
        )  # fmt: skip
        super().__init__(data.endog, data.exog, missing="none", family=family)
        if name := name_beside_pandas(endog):
            self.data.ynames = name
        self.designs: dict[str, Design] = data.designs
        self.offsets_of = tuple(name for name, design in data.designs.items() if design.offset is not None)
        self.given_names, self.pseudo = tuple(data.given), data.prob_weights is not None
        self.given: dict[str, np.ndarray] = data.given
        self.columns: dict[str, np.ndarray] = data.columns
        self.freq_weights, self.prob_weights = data.freq_weights, data.prob_weights
        self.complete = data.complete
        self.rows_dropped = 0 if data.complete is None else int((~data.complete).sum())
        if family is None:
            # The author's function is called over and over, and shall find the same data.
            for name in ("endog", "exog"):
                setattr(self, name, read_only(getattr(self, name)))
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
        self.keep(forget=True)

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
            Of the response and the predicted parameter, such as "y ~ x + C(g)"; read by formulaic, or by patsy where
            the environment's `SM_FORMULA_ENGINE` asks for it.
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
        use_t: bool | None = None,
        bias_reduction: str | None = None,
        **kwargs: Any,
    ) -> LikelihoodResults:
        """Maximum likelihood estimates, with a certificate that they are the maximum; or bias-reduced ones.

        Parameters
        ----------
        start_params : array_like, optional
            Start of the search, `(k,)`, beside the family's own.
        method, maxiter, full_output, disp, callback, retall
            Of statsmodels' signature. Whatever they say, the search is damped Newton to its end, and a warning says so.
        cov_type : {"observed", "expected", "outer_product", "sandwich", "cluster", "HC1", "HC2", "HC3"}
            Covariance of the estimates; by default "observed", or "sandwich" under sampling weights. Statsmodels'
            "nonrobust" and "HC0" are "observed" and "sandwich". HC1 is n / (n - k) times the latter, k the coefficients
            of designs, or all params without any; HC2 and HC3 rest on leverages by the expected information.
        cov_kwds : dict, optional
            `{"groups": labels}` for "cluster"; with `"use_correction": False` without its small-sample factor, with
            "CR2" bias-reduced for few clusters.
        use_t : bool, optional
            Intervals and tests by Student's t with `df_resid` degrees of freedom, or one less than there are clusters;
            under "CR2", where it is the default, with Satterthwaite's for each of the params, and the least of these
            for tests of several.
        bias_reduction : {"firth", "cox_snell"}, optional
            Estimates without bias of first order in the coordinates of params: the root of Firth's adjusted score, by
            the expected information, which may exist where a maximum does not, as under separation; or the maximum less
            its first-order bias. Their standard errors are by default from the expected information, and what rests on
            a maximum is refused. Kosmidis, I. and Firth, D. (2009), *Biometrika* 96, 793-804.

        Warns
        -----
        MaximumWarning
            Where the certificate fails, or an adjusted score has no root; says why.
        ArgumentWarning
            Where an argument of the search is given that is not used.
        DensityWarning
            Where the density of a family of one's own has not the total mass 1 at the estimate.
        """
        arguments.check_search(method, kwargs)
        search = {"method": method, "maxiter": maxiter, "disp": disp, "callback": callback, "retall": retall}
        arguments.warn_of_unused("fit", {**search, "full_output": not full_output})
        self.require_data()
        if bias_reduction is not None:
            cov_type = checked_reduction(self, bias_reduction, cov_type)
        cov_type, cov_kwds = fitting.checked_covariance(self, cov_type, cov_kwds)
        if use_t is None:
            use_t = (cov_kwds or {}).get("use_correction") == CR2
        use_t = checked_use_t(use_t, np.inf if cov_type == "cluster" else self.df_resid)
        params, certificate = estimated(self, bias_reduction, start_params)
        if not certificate.ok:
            warnings.warn(f"{type(self).__name__}: {'; '.join(certificate.reasons)}", MaximumWarning, stacklevel=2)
        elif certificate.contradicted:
            warnings.warn(f"{type(self).__name__}: {certificate.contradicted}", MaximumWarning, stacklevel=2)
        mle = LikelihoodModelResults(self, params, None, scale=1.0, use_t=use_t)
        note = fitting.density_note(self, params)
        results = self.results_class(self, mle, certificate, cov_type, dict(cov_kwds or {}), note)
        if note:
            warnings.warn(note, DensityWarning, stacklevel=2)
        return LikelihoodResultsWrapper(results)

    def predict(self, params: Any, exog: Any = None, which: str | None = None, **kwargs: Any) -> np.ndarray:
        """Prediction at params, `(m,)`, of q values `(m, q)`; see `LikelihoodResults.predict` for what to ask."""
        vector, target = self._vector(params), checked_target(self, which, kwargs)
        return prediction.at_rows(self, vector, prediction_rows(self, exog, kwargs), target)

    def expandparams(self, params: Any) -> Any:
        """Not there: params hold free parameters only; raises NotAvailableError, as `reduceparams` does."""
        raise NotAvailableError(
            "expandparams and reduceparams are statsmodels' way to hold a parameter fixed: hold it fixed in the "
            "family, such as lk.Gamma(shape=2.0); params are those that are free"
        )

    reduceparams = expandparams

    def __repr__(self) -> str:
        law = "own loglikeobs" if self.family is None else repr(self.family)
        formulas = ", ".join(getattr(self, "formulas", {}).values())
        return f"<{type(self).__name__} of {law}, n={counted(self.observations)}{formulas and ': '}{formulas}>"

    # On the way to another process

    def without_data(self) -> None:
        """Forget the rows; what new data need to be predicted is kept."""
        transport.forget_rows(self)

    def __getstate__(self) -> dict[str, Any]:
        return transport.packed({**self.__dict__, "_kept": {}})

    def __setstate__(self, state: dict[str, Any]) -> None:
        transport.restore(self, state)
