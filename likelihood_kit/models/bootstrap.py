"""Estimates of fits to resampled rows: a resample is a sample of the same rows with other frequencies."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from likelihood_kit.errors import ArgumentError
from likelihood_kit.likelihood import Likelihood
from likelihood_kit.maximise import estimate
from likelihood_kit.predictor import params_from_working

#: Frequencies held at once, 32 MB.
HELD = 2**22


def resampled(model: Any, params: np.ndarray, replications: int, rng: Any) -> np.ndarray:
    """Estimates `(replications, k)` from rows drawn with replacement; NaN where a resample has no maximum."""
    if not isinstance(replications, (int, np.integer)) or isinstance(replications, bool) or replications < 1:
        raise ArgumentError(f"nrep = {replications!r}: give a positive number of resamples")
    generator = np.random.default_rng(rng)
    likelihood = model.likelihood
    if not isinstance(likelihood, Likelihood) or not model.family.smooth:
        return _refitted(model, replications, generator, len(params))
    n = likelihood.sample.rows
    weights = np.ones(n) if model.freq_weights is None else model.freq_weights
    found = []
    at_once = max(1, min(replications, HELD // n)) if likelihood.identical else 1
    start = model.working(params)
    for begin in range(0, replications, at_once):
        r = min(at_once, replications - begin)
        frequencies = generator.multinomial(int(weights.sum()), weights / weights.sum(), size=r).astype(float)
        sample = replace(likelihood.sample, frequencies=frequencies)
        ends = estimate(model.family, replace(likelihood, sample=sample), [np.tile(start, (r, 1))]).findings
        values = params_from_working(model.predictors, ends.working)
        found.append(np.where(ends.exists[:, None], values, np.nan))
    return np.concatenate(found)


def _refitted(model: Any, replications: int, generator: np.random.Generator, k: int) -> np.ndarray:
    """The same by fits of a copy of the model, where its likelihood takes no weights."""
    import copy

    found = np.full((replications, k), np.nan)
    for i in range(replications):
        rows = generator.integers(len(model.endog), size=len(model.endog))
        other = copy.copy(model)
        other.endog, other._kept = model.endog[rows], {}
        if model.exog is not None:
            other.exog = model.exog[rows]
        from likelihood_kit.models.fitting import maximum

        params, certificate = maximum(other, None)
        found[i] = params if certificate.ok else np.nan
    return found
