"""Goodness of fit of the law of a model, by samples of it that are fitted anew."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from likelihood_kit import diagnostics
from likelihood_kit._numerics import is_number, is_whole
from likelihood_kit._numerics.memory import check_memory_for
from likelihood_kit.calculus import DATUM
from likelihood_kit.diagnostics.distances import cells, pearson, pooled_ends
from likelihood_kit.diagnostics.goodness_of_fit import (
    DISTANCES,
    ChiSquared,
    Estimates,
    GoodnessOfFit,
    Places,
    distances_of_samples,
    goodness_of_fit,
    of_places,
)
from likelihood_kit.diagnostics.specification import FEWEST
from likelihood_kit.errors import ArgumentError, NotAvailableError, shown
from likelihood_kit.families import Family
from likelihood_kit.families.compositions.censored import EVENT, LIMIT, is_censored, uncensored
from likelihood_kit.likelihood import Likelihood
from likelihood_kit.maximise import Road, maximise, road_of
from likelihood_kit.models import at_params
from likelihood_kit.models.distributions import closed_distribution, integrated_distribution
from likelihood_kit.models.existence import (
    require_certified,
    require_independent,
    require_likelihood,
    require_regular_here,
)
from likelihood_kit.models.simulated import data_number, draws, needs_limits

#: Samples by default, the most of these with which no more rows are drawn, or where derivatives or the distribution
#: function are numeric than fewer; of larger samples the fewest.
REPLICATIONS = (999, 499, 199, 99)
ROWS, NUMERIC_ROWS = 2**20, 2**17
#: Values per cell among which the ends of cells are chosen.
FINEST = 8


def fit_of_law(results: Any, replications: Any, seed: Any, level: Any) -> GoodnessOfFit:
    """Goodness of fit of results."""
    _check(replications, seed, level)
    model, family = results.model, results.model.family
    _require(results)
    likelihood, working, known = _rows(results)
    seen = uncensored(family)
    of_time = {name: values for name, values in known.items() if name != LIMIT}
    closed = closed_distribution(seen, of_time)
    n, k = likelihood.sample.rows, len(working)
    most = ROWS if closed is not None and results.derivatives == "symbolic" else NUMERIC_ROWS
    if replications is None:
        replications = next((r for r in REPLICATIONS if r * n <= most), FEWEST)
    probability = closed or integrated_distribution(seen, of_time)
    places = _places(seen, probability)
    columns = {name: np.broadcast_to(likelihood.sample.columns[name], (1, n)) for name in family.law.response}
    y = columns[DATUM]
    rng = np.random.default_rng([int(seed), data_number(y)])
    theta = {name: values[None] for name, values in at_params.natural_values(likelihood, working).items()}
    own = places(columns, theta, rng)
    chi: ChiSquared = of_places
    ends = None
    if family.discrete and not family.law.observed:
        ends = _cell_ends(y, theta, probability)
        chi = _of_counts(ends, probability)
    cut = None if ends is None else (float(chi(columns, theta, own)[0]), len(ends) + 1)
    is_closed = road_of(family, model.likelihood) is Road.CLOSED
    estimates = _closed_estimates(family, known) if is_closed else _estimates(working)
    draw = draws(family, likelihood, working, known)
    drawn, failures = distances_of_samples(
        likelihood, k, draw, estimates, places, family.law.response, int(replications), rng, chi
    )
    return goodness_of_fit(own[0], drawn, failures, float(level), cut)


def _check(replications: Any, seed: Any, level: Any) -> None:
    if replications is not None and (not is_whole(replications) or replications < FEWEST):
        raise ArgumentError(f"replications = {shown(replications)}: give at least {FEWEST} samples of the fitted law")
    if replications is not None:
        check_memory_for("replications", replications, 2 * len(DISTANCES) * np.dtype(float).itemsize)
    if not is_whole(seed) or seed < 0:
        raise ArgumentError(f"seed = {shown(seed)}: give a whole number of 0 or more")
    if not is_number(level) or not 0 < level < 1:
        raise ArgumentError(f"level = {shown(level)}: give the part of right models to be accused, such as 0.05")


def _require(results: Any) -> None:
    """Refuse what has no places in a law, or is no maximum that can be found again."""
    model, what = results.model, "goodness of fit"
    if model.family is None:
        raise NotAvailableError("goodness of fit needs a law to draw from, and so a family; loglikeobs is none")
    require_certified(results, what)
    require_likelihood(model, what)
    require_independent(results, what)
    model.require_data()
    _require_places(model)
    if road_of(model.family, model.likelihood) is not Road.CLOSED:
        require_regular_here(results, what, smooth=True)


def _require_places(model: Any) -> None:
    """Refuse a response that has no place in its law, or whose censoring cannot be drawn."""
    family = model.family
    if family.law.observed and not is_censored(family):
        raise NotAvailableError(
            f"there is no goodness of fit of {family!r}: of a response of several columns the places in its law are "
            "not known; information_audit() compares its informations"
        )
    if needs_limits(family, model.known):
        raise NotAvailableError(
            f"there is no goodness of fit of {family!r}: it is compared with samples of the fitted law, which are "
            "censored where observation ends, and that is not known of what was seen before; give limit= of each row "
            "to the model. pit() shows the places"
        )


def _rows(results: Any) -> tuple[Likelihood, np.ndarray, dict[str, np.ndarray]]:
    """Likelihood with one row for each observation, well conditioned; its maximum; what is known of the rows."""
    model = results.model
    likelihood, working = model.conditioned.rows, model.conditioned.inner(model.working(results.params))
    sample = likelihood.sample
    frequencies = None if sample.frequencies is None else sample.frequencies[0]
    chosen = diagnostics.rows_of_observations(sample.rows, frequencies, int(model.observations))
    likelihood = likelihood.row_subset(chosen)
    known = {name: values[chosen] for name, values in model.known.items()}
    return replace(likelihood, sample=replace(likelihood.sample, frequencies=None)), working, known


def _places(family: Family, probability: Callable[..., np.ndarray]) -> Places:
    """Places of observations in their laws, of counts drawn uniformly within their steps, of censored ones above."""

    def places(
        columns: Mapping[str, np.ndarray], theta: Mapping[str, np.ndarray], rng: np.random.Generator
    ) -> np.ndarray:
        y, seen = columns[DATUM], columns.get(EVENT)
        with np.errstate(all="ignore"):
            at = probability(y, theta)
            if not family.discrete and seen is None:
                return np.clip(at, 0.0, 1.0)
            below = probability(y - 1, theta) if family.discrete else at
        if seen is not None:  # a censored observation lies above
            below, at = np.where(seen == 1, below, at), np.where(seen == 1, at, 1.0)
        return np.clip(below + rng.random(y.shape) * (at - below), 0.0, 1.0)

    return places


def _expected_below(
    value: float, shape: tuple[int, int], theta: Mapping[str, np.ndarray], probability: Any
) -> np.ndarray:
    """Observations `(m,)` that are expected up to a value, of m samples of n."""
    with np.errstate(all="ignore"):
        return np.broadcast_to(probability(np.full(shape, float(value)), theta), shape).sum(axis=-1)


def _cell_ends(y: np.ndarray, theta: Mapping[str, np.ndarray], probability: Any) -> np.ndarray:
    """Ends of cells of whole numbers under the fitted law, among those that were observed in a sample `(1, n)`."""
    values, n = np.unique(y), y.shape[1]
    if len(values) > (most := FINEST * cells(n)):
        values = values[np.linspace(0, len(values) - 1, most).astype(int)]
    below = np.array([_expected_below(value, y.shape, theta, probability)[0] for value in values])
    return pooled_ends(values, below, n)


def _of_counts(ends: np.ndarray, probability: Any) -> ChiSquared:
    """Chi-squared statistics of samples of whole numbers, over cells with these upper ends."""

    def chi(columns: Mapping[str, np.ndarray], theta: Mapping[str, np.ndarray], places: np.ndarray) -> np.ndarray:
        y = columns[DATUM]
        whole = np.full(len(y), float(y.shape[1]))
        below = [_expected_below(end, y.shape, theta, probability) for end in ends]
        expected = np.diff(np.stack([np.zeros(len(y)), *below, whole], axis=-1), axis=-1)
        seen = [(y <= end).sum(axis=-1) for end in ends]
        observed = np.diff(np.stack([np.zeros(len(y)), *seen, whole], axis=-1), axis=-1)
        return pearson(observed, expected)

    return chi


def _estimates(start: np.ndarray) -> Estimates:
    """Maxima of samples by Newton steps from the parameters that they were drawn at."""

    def estimates(likelihood: Likelihood) -> tuple[dict[str, np.ndarray], np.ndarray]:
        found = maximise(likelihood, np.tile(start, (likelihood.sample.size, 1)))
        kept = np.flatnonzero(found.converged)
        natural = likelihood.take(kept).natural(found.working[kept])
        return {p.name: values for p, values in zip(likelihood.predictors, natural, strict=True)}, kept

    return estimates


def _closed_estimates(family: Family, known: Mapping[str, np.ndarray]) -> Estimates:
    """Maxima of samples in closed form."""

    def estimates(likelihood: Likelihood) -> tuple[dict[str, np.ndarray], np.ndarray]:
        found = family.closed_maximum(likelihood.sample.columns[DATUM], **known)
        size = likelihood.sample.size
        return {name: np.reshape(value, (size, 1)) for name, value in (found or {}).items()}, np.arange(size)

    return estimates
