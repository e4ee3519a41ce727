"""Intervals of the entries of params from resamples of the rows, or of the fitted law."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from likelihood_kit import diagnostics
from likelihood_kit._numerics import is_whole
from likelihood_kit.diagnostics.bootstrap_intervals import (
    acceleration,
    bca_intervals,
    percentile_intervals,
    studentised_intervals,
)
from likelihood_kit.diagnostics.replicates import MOMENT_ROWS
from likelihood_kit.errors import ArgumentError, NotAvailableError
from likelihood_kit.families.sampling import checked_generator
from likelihood_kit.likelihood import Likelihood
from likelihood_kit.maximise import Road, road_of
from likelihood_kit.models import bootstrap, covariances
from likelihood_kit.models.bootstrap import RESAMPLE, Refits
from likelihood_kit.models.columns import as_choice, short
from likelihood_kit.models.existence import require_certified, require_likelihood, require_regular_here
from likelihood_kit.predictor import params_from_working

#: Resamples behind an interval, and their seed; part of them without a maximum beyond which there is none.
RESAMPLES, SEED, LOST = 1999, 0, 0.05
#: Intervals from the same resamples.
KINDS = ("bca", "percentile", "studentised")


@dataclass(frozen=True)
class Resampling:
    """How intervals are made of resamples.

    Attributes
    ----------
    kind : {"bca", "percentile", "studentised"}
    resample : {"case", "parametric"}
    replications : int
    rng : Generator or int
    """

    kind: str = KINDS[0]
    resample: str = RESAMPLE[0]
    replications: Any = RESAMPLES
    rng: Any = SEED

    def checked(self, alpha: float) -> Resampling:
        """The same, if it can be."""
        as_choice(self.kind, "kind", KINDS)
        as_choice(self.resample, "resample", RESAMPLE)
        fewest = int(np.ceil(2 / alpha)) - 1
        if is_whole(self.replications) and 0 < self.replications < fewest:
            raise ArgumentError(
                f"replications = {short(self.replications)}: the ends of intervals with alpha = {alpha:g} need "
                f"{fewest} or more"
            )
        checked_generator(self.rng)
        return self


def intervals(results: Any, alpha: float, how: Resampling) -> np.ndarray:
    """Intervals of the entries of params, `(k, 2)`, from resamples."""
    model, params = results.model, np.asarray(results.params, dtype=float)
    how = how.checked(alpha)
    _require(results, how)
    found = bootstrap.resampled(model, params, how.replications, how.rng, how.resample)
    if how.kind == "studentised":
        return _studentised(model, params, found, alpha)
    estimates = found.params[_kept(np.isfinite(found.params))]
    if how.kind == "percentile":
        return percentile_intervals(estimates, alpha)
    return bca_intervals(estimates, params, _acceleration(results, params, how), alpha)


def _require(results: Any, how: Resampling) -> None:
    """Refuse intervals where resamples tell nothing of the spread of the estimates."""
    model = results.model
    require_certified(results, "bootstrap interval")
    require_likelihood(model, "bootstrap interval")
    require_regular_here(results, "bootstrap interval")
    model.require_data()
    if results.cov_type == "cluster":
        raise NotAvailableError(
            "bootstrap intervals are refused under cov_type='cluster': rows of a cluster are not independent, and they "
            "are drawn one by one"
        )
    if model.family is None and how.resample == "parametric":
        raise NotAvailableError(
            "resample='parametric' needs a law to draw from, and so a family; loglikeobs is none: use resample='case'"
        )
    if how.kind == "studentised" and (model.family is None or road_of(model.family, model.likelihood) != Road.SMOOTH):
        raise NotAvailableError(
            "kind='studentised' needs the curvature of every resample, and so a smooth family; use kind='bca'"
        )


def _kept(finite: Any) -> np.ndarray:
    """Which resamples are of use, of those whose entries `(B, k)` are finite; refused where many are not."""
    kept: np.ndarray = finite.all(axis=1)
    if np.mean(~kept) > LOST:
        raise NotAvailableError(
            f"no bootstrap interval: {int((~kept).sum())} of {len(kept)} resamples have no maximum of the likelihood; "
            "use method='profile'"
        )
    return kept


def _studentised(model: Any, params: np.ndarray, found: Refits, alpha: float) -> np.ndarray:
    """On the link scale, and carried back: never outside the space."""
    assert found.working is not None
    assert found.errors is not None
    kept = _kept(np.isfinite(found.params) & np.isfinite(found.errors))
    working = model.working(params)
    here = model.conditioned
    error = bootstrap.link_errors(here, here.rows.derivatives(here.inner(working)[None])[2])[0]
    ends = studentised_intervals(found.working[kept], found.errors[kept], working, error, alpha)
    return np.sort(params_from_working(model.predictors, ends.T).T, axis=1)


def _acceleration(results: Any, params: np.ndarray, how: Resampling) -> np.ndarray:
    """By the scores of the rows, or of rows drawn from the law."""
    model, here = results.model, results.model.conditioned
    smooth = model.family is None or model.family.smooth
    information = covariances.information_here(here, params, "observed" if smooth else "expected")
    along = diagnostics.covariance(information) @ here.transform.T
    if how.resample == "case" or not isinstance(model.likelihood, Likelihood):
        scores = here.row_scores(params)
        return acceleration(scores @ along, covariances.frequencies(model.likelihood, len(scores)))
    scores = bootstrap.drawn_scores(model, params, MOMENT_ROWS, how.rng)
    return acceleration(scores @ along, np.full(len(scores), model.observations / len(scores)))
