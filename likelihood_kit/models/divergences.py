"""Criteria and divergences of a fit: Takeuchi's criterion, cross-entropy, divergence from a reference law."""

from __future__ import annotations

from typing import Any

import numpy as np

from likelihood_kit.diagnostics.divergence import CrossEntropy, cross_entropy, kl_divergence, takeuchi_penalty
from likelihood_kit.errors import ArgumentError, NotAvailableError, shown
from likelihood_kit.families import Family
from likelihood_kit.families.compositions.censored import LIMIT, uncensored
from likelihood_kit.models import covariances
from likelihood_kit.models.existence import (
    refuse_reduced,
    require_certified,
    require_estimate,
    require_independent,
    require_likelihood,
    require_regular_here,
)

#: The reference that is the sample itself.
EMPIRICAL = "empirical"


def penalty(results: Any) -> float:
    """tr(J^-1 K) of results, found where the designs are well conditioned."""
    require_likelihood(results.model, "TIC")
    require_independent(results, "TIC")
    refuse_reduced(results, "TIC")
    require_regular_here(results, "TIC", smooth=True)
    if not results.certificate.ok:
        return float("nan")
    model = results.model
    if model.basis is None:
        informations = [np.asarray(results.information(kind)) for kind in ("observed", "outer_product")]
        return takeuchi_penalty(*informations)
    model.require_data()
    summed = model.conditioned.summed
    working = model.conditioned.inner(model.working(np.asarray(results.params)))
    observed = -summed.derivatives(working[None], natural=True)[2][0]
    return takeuchi_penalty(observed, covariances.outer_product(summed, summed.row_scores(working, natural=True)))


def entropy(results: Any) -> CrossEntropy:
    """Cross-entropy of the sample from the law of results."""
    model = results.model
    require_certified(results, "cross-entropy")
    require_likelihood(model, "cross-entropy")
    require_independent(results, "cross-entropy")
    model.require_data()
    rows = np.asarray(model.loglikeobs(np.asarray(results.params)))
    frequencies = np.ones(len(rows)) if model.freq_weights is None else np.asarray(model.freq_weights, dtype=float)
    values = np.divide(rows, frequencies, where=frequencies > 0, out=np.zeros(len(rows)))
    try:
        own = penalty(results)
    except NotAvailableError:
        own = float("nan")
    return cross_entropy(values, frequencies, own)


def divergence(results: Any, reference: Any) -> float:
    """Divergence of the law of results from a reference, a pair of family and parameters, or the empirical law."""
    model = results.model
    if model.family is None:
        raise NotAvailableError("the divergence needs the law of the fit, and so a family; loglikeobs is none")
    require_estimate(results, "divergence")
    family, theta, known = _one_law(results)
    if isinstance(reference, str) and reference == EMPIRICAL:
        return _from_the_sample(results, family, {**theta, **known})
    if not isinstance(reference, tuple) or len(reference) != 2 or not isinstance(reference[0], Family):
        raise ArgumentError(
            "reference must be a pair of family and parameters, such as (lk.Gamma(), {'shape': 2.0, 'scale': 3.0}), or "
            f"'{EMPIRICAL}' for whole numbers, not {shown(reference)}"
        )
    return kl_divergence(reference[0], reference[1], family, theta, **known)


def _one_law(results: Any) -> tuple[Family, dict[str, float], dict[str, float]]:
    """Family, parameters and known quantities of the response, which must be the same for all rows."""
    model = results.model
    own = [name for name, values in model.known.items() if np.ptp(values) and name != LIMIT]
    differs = [*(predictor.name for predictor in model.predictors if predictor.columns is not None), *own]
    if differs or model.given_names:
        raise NotAvailableError(
            f"there is no one divergence: the rows have laws of their own ({', '.join(differs or model.given_names)})"
        )
    theta = dict(zip(model.free_names, np.asarray(results.params).tolist(), strict=True))
    known = {name: float(values[0]) for name, values in model.known.items() if name != LIMIT}
    return uncensored(model.family), theta, known


def _from_the_sample(results: Any, family: Family, values: dict[str, float]) -> float:
    """Divergence from the empirical law of whole numbers."""
    model = results.model
    if not family.discrete or family.law.observed or model.family.law.observed:
        raise NotAvailableError(
            "the divergence from the empirical law is infinite for a law that is not of whole numbers: it has its mass "
            "at the observations; compare cross_entropy() instead"
        )
    require_likelihood(model, "the divergence from the empirical law")
    model.require_data()
    frequencies = np.ones(len(model.endog)) if model.freq_weights is None else np.asarray(model.freq_weights)
    values_seen, place = np.unique(np.asarray(model.endog, dtype=float), return_inverse=True)
    counts = np.bincount(place, weights=frequencies)
    seen, share = values_seen[counts > 0], counts[counts > 0] / counts.sum()
    return max(float(share @ (np.log(share) - family.log_density(seen, **values))), 0.0)
