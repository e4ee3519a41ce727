"""Intervals of the entries of params from resampled rows."""

from __future__ import annotations

from typing import Any

import numpy as np

from likelihood_kit import diagnostics
from likelihood_kit.diagnostics.bootstrap_intervals import bca_intervals
from likelihood_kit.errors import NotAvailableError
from likelihood_kit.models import at_params, bootstrap, covariances
from likelihood_kit.models.existence import require_certified, require_likelihood, require_regular_here

#: Resamples behind an interval, and their seed; part of them without a maximum beyond which there is none.
RESAMPLES, SEED, LOST = 1999, 0, 0.05


def intervals(results: Any, alpha: float) -> np.ndarray:
    """Bias-corrected and accelerated intervals of the entries of params, `(k, 2)`, from resampled rows."""
    model, params = results.model, np.asarray(results.params, dtype=float)
    require_certified(results, "bootstrap interval")
    require_likelihood(model, "bootstrap interval")
    require_regular_here(results, "bootstrap interval")
    model.require_data()
    if results.cov_type == "cluster":
        raise NotAvailableError(
            "bootstrap intervals are refused under cov_type='cluster': rows of a cluster are not independent, and they "
            "are drawn one by one"
        )
    estimates = bootstrap.resampled(model, params, RESAMPLES, SEED)
    found = np.isfinite(estimates).all(axis=1)
    if np.mean(~found) > LOST:
        raise NotAvailableError(
            f"no bootstrap interval: {int((~found).sum())} of {RESAMPLES} resamples have no maximum of the likelihood; "
            "use method='profile'"
        )
    scores = at_params.row_scores(model.likelihood, params)
    smooth = model.family is None or model.family.smooth
    influence = scores @ diagnostics.covariance(np.asarray(results.information("observed" if smooth else "expected")))
    return bca_intervals(
        estimates[found], params, influence, alpha, covariances.frequencies(model.likelihood, len(scores))
    )
