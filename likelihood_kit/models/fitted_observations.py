"""The observations beside their fit: expectations and residuals."""

from __future__ import annotations

from typing import Any

import numpy as np

from likelihood_kit._numerics import is_whole
from likelihood_kit._numerics.signatures import named_arguments
from likelihood_kit.diagnostics.pit import ProbabilityTransform, probability_transform
from likelihood_kit.diagnostics.residuals import observed_probabilities, quantile_residuals
from likelihood_kit.errors import ArgumentError, NotAvailableError, shown
from likelihood_kit.families.compositions.censored import EVENT, is_censored
from likelihood_kit.models.existence import require_certified, require_independent, require_likelihood
from likelihood_kit.models.prediction import row_laws
from likelihood_kit.models.prediction_rows import prediction_rows
from likelihood_kit.models.restricted_params import RestrictedParams


class FittedObservations(RestrictedParams):
    """Estimates, with what they say of each observation."""

    @property
    def fittedvalues(self) -> np.ndarray:
        """Expectation of each observation at the estimate, `(n,)`."""
        self.model.require_data()
        return self.model.predict(self.params)

    @property
    def resid(self) -> np.ndarray:
        """Observations less their fitted values, `(n,)`; NaN where the observation was censored."""
        self.model.require_data()
        found = self.model.endog - self.fittedvalues
        event = _event(self.model)
        return found if event is None else np.where(event == 0, np.nan, found)

    @property
    def resid_pearson(self) -> np.ndarray:
        """The same over the standard deviation of each observation at the estimate, `(n,)`."""
        found = self.resid
        with np.errstate(all="ignore"):
            return found / np.sqrt(self.model.predict(self.params, which="variance"))

    @property
    def resid_quantile(self) -> np.ndarray:
        """Quantile residuals, `(n,)`: standard normal at the true parameters, whatever the law (Dunn and Smyth 1996).

        The normal quantile of each observation's place in its law. Where that is known as an interval only, of a count
        from P(Y < y) to P(Y <= y), of a censored observation from P(Y <= y) to 1, it is drawn uniformly from it, with a
        seed that is always the same: the same residuals for the same fit, one for each row whatever its weight.
        """
        return _quantile_residuals(self.model, np.asarray(self.params))

    @named_arguments
    def pit(self, bars: int | None = None) -> ProbabilityTransform:
        """Probability integral transform: the place of each observation in its law, as a histogram with intervals.

        Under `freq_weights` each row as often as it counts. Drawn where it is known as an interval only, as for
        `resid_quantile`. Observations are taken for independent.

        Parameters
        ----------
        bars : int, optional
            By default 2 n^(2/5), and so few that 5 observations are expected in each.

        Returns
        -------
        ProbabilityTransform
            `places`, `table`, `verdict`, `plot()`.

        Raises
        ------
        NotAvailableError
            Without a family; where no maximum is certified; under sampling weights or clusters.
        """
        model, what = self.model, "probability integral transform"
        n = float(self.nobs)
        if bars is not None and (not is_whole(bars) or not 2 <= bars <= n):
            raise ArgumentError(f"bars = {shown(bars)}: give a whole number from 2 to {n:g}, the observations")
        require_certified(self, what)
        require_likelihood(model, what)
        require_independent(self, what)
        low, high = _places(model, np.asarray(self.params))
        found = quantile_residuals(low, high, model.freq_weights, most=int(n))
        return probability_transform(found, drawn=bool(np.any(high > low)), bars=None if bars is None else int(bars))


def _event(model: Any) -> np.ndarray | None:
    """Of a censored law which rows were seen, `(n,)`; None where all are."""
    return model.columns[EVENT] if model.family is not None and is_censored(model.family) else None


def _quantile_residuals(model: Any, params: np.ndarray) -> np.ndarray:
    low, high = _places(model, params)
    return quantile_residuals(low, high, most=len(low))


def _places(model: Any, params: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Ends `(n,)` of the place of each row in its law."""
    model.require_data()
    if model.family is None:
        raise NotAvailableError("quantile residuals need a law; a model with its own loglikeobs has none")
    laws = row_laws(model, params, prediction_rows(model, None, {}))
    y = np.asarray(model.endog, dtype=float)
    at = laws.family.cdf(y, **laws.values)
    below = laws.family.cdf(y - 1, **laws.values) if laws.family.discrete else at
    return observed_probabilities(below, at, event=_event(model))
