"""Estimates of fits to resampled rows: a resample is a sample of the same rows with other frequencies."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from likelihood_kit.errors import ArgumentError
from likelihood_kit.families.sampling import checked_generator
from likelihood_kit.likelihood import Likelihood
from likelihood_kit.maximise import Road, estimate, road_of
from likelihood_kit.models import designs, fitting
from likelihood_kit.models.columns import short
from likelihood_kit.models.rows import RowLikelihood
from likelihood_kit.predictor import params_from_working

#: Frequencies held at once, 32 MB.
HELD = 2**22


def resampled(model: Any, params: np.ndarray, replications: int, rng: Any) -> np.ndarray:
    """Estimates `(replications, k)` from rows drawn with replacement; NaN where a resample has no maximum."""
    if not isinstance(replications, (int, np.integer)) or isinstance(replications, bool) or replications < 1:
        raise ArgumentError(f"replications = {short(replications)}: give a positive number of resamples")
    generator = checked_generator(rng)
    likelihood = model.likelihood
    if not isinstance(likelihood, Likelihood):
        rows = len(model.endog)

        def counted() -> Any:
            return reweighted(model, likelihood, generator.multinomial(rows, np.full(rows, 1 / rows)).astype(float))

        return _refitted(counted, replications, len(params))
    if road_of(model.family, likelihood) is Road.CLOSED:
        repeated = fitting.repeated_rows(model)
        n = len(repeated)
        alone = copy.copy(model)
        alone.freq_weights = None
        return _refitted(lambda: with_rows(alone, repeated[generator.integers(n, size=n)]), replications, len(params))
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


def with_rows(model: Any, rows: np.ndarray) -> Any:
    """Copy of a model of a family on some of its rows, of everything that the model knows by row."""
    other = copy.copy(model)
    other.keep(forget=True)
    for name in ("endog", "exog", "freq_weights", "prob_weights"):
        values = getattr(model, name)
        setattr(other, name, None if values is None else values[rows])
    other.designs = {name: design.rows(rows) for name, design in model.designs.items()}
    for name in ("given", "columns"):
        setattr(other, name, {key: values[rows] for key, values in getattr(model, name).items()})
    other._predictors = designs.predictors_of(model.family, other.designs, model.given_names)
    return other


def reweighted(model: Any, likelihood: RowLikelihood, frequencies: np.ndarray) -> Any:
    """Copy of a model with its own `loglikeobs` whose rows count so often, `(n,)`.

    What they are made of, the author's method alone knows.
    """

    def loglikeobs(params: np.ndarray) -> np.ndarray:
        rows = np.asarray(likelihood.loglikeobs(params), dtype=float)
        return np.where(frequencies > 0, frequencies * rows, 0.0)

    other = copy.copy(model)
    weighted = replace(likelihood, loglikeobs=loglikeobs)
    other.keep(forget=True, likelihood=weighted, summed=weighted)
    return other


def _refitted(make: Callable[[], Any], replications: int, k: int) -> np.ndarray:
    """Estimates of the models that `make` gives, one after the other."""
    found = np.full((replications, k), np.nan)
    for i in range(replications):
        params, certificate = fitting.maximum(make(), None)
        if certificate.ok:
            found[i] = params
    return found
