"""The observations beside their fit: expectations and residuals."""

from __future__ import annotations

from typing import Any

import numpy as np

from likelihood_kit.diagnostics.residuals import observed_probabilities, quantile_residuals
from likelihood_kit.errors import NotAvailableError
from likelihood_kit.families.compositions.censored import EVENT, is_censored
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


def _event(model: Any) -> np.ndarray | None:
    """Of a censored law which rows were seen, `(n,)`; None where all are."""
    return model.columns[EVENT] if model.family is not None and is_censored(model.family) else None


def _quantile_residuals(model: Any, params: np.ndarray) -> np.ndarray:
    model.require_data()
    if model.family is None:
        raise NotAvailableError("quantile residuals need a law; a model with its own loglikeobs has none")
    laws = row_laws(model, params, prediction_rows(model, None, {}))
    y = np.asarray(model.endog, dtype=float)
    at = laws.family.cdf(y, **laws.values)
    below = laws.family.cdf(y - 1, **laws.values) if laws.family.discrete else at
    low, high = observed_probabilities(below, at, event=_event(model))
    return quantile_residuals(low, high, most=len(y))
