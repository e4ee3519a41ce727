"""Fits to resamples: of the rows, which is the same rows with other frequencies, or of the fitted law."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from likelihood_kit._numerics import is_whole, stacked_inverse
from likelihood_kit._numerics.memory import check_memory_for
from likelihood_kit.calculus import DATUM
from likelihood_kit.diagnostics.replicates import Draw, of_samples, rows_at
from likelihood_kit.diagnostics.residuals import rows_of_observations
from likelihood_kit.errors import ArgumentError, NotAvailableError
from likelihood_kit.families.sampling import checked_generator
from likelihood_kit.likelihood import Likelihood
from likelihood_kit.maximise import Road, estimate, road_of
from likelihood_kit.models import designs, fitting
from likelihood_kit.models.bias_reduction import estimated
from likelihood_kit.models.columns import short
from likelihood_kit.models.conditioned import Conditioned
from likelihood_kit.models.rows import RowLikelihood
from likelihood_kit.models.simulated import draws
from likelihood_kit.predictor import params_from_working

#: Frequencies held at once, 32 MB.
HELD = 2**22


#: Where samples come from: rows drawn with replacement, or the fitted law at each row.
RESAMPLE = ("case", "parametric")


@dataclass(frozen=True, eq=False)
class Refits:
    """Fits to B resamples.

    Attributes
    ----------
    params : (B, k)
        NaN where a resample has no estimate.
    working, errors : (B, k), optional
        The same on the link scale, and standard errors there by the observed information; None where the maximum is
        found without derivatives, and of bias-reduced fits.
    """

    params: np.ndarray
    working: np.ndarray | None = None
    errors: np.ndarray | None = None


def resampled(
    model: Any,
    params: np.ndarray,
    replications: Any,
    rng: Any,
    resample: str = "case",
    bias_reduction: str | None = None,
) -> Refits:
    """Fits to samples of a model at params: of its rows, drawn with replacement, or of its law.

    Maxima, or of rows what a bias reduction makes of the resample.
    """
    if not is_whole(replications) or replications < 1:
        raise ArgumentError(f"replications = {short(replications)}: give a positive number of resamples")
    check_memory_for("replications", replications, len(params) * (len(params) + 3) * np.dtype(float).itemsize)
    generator = checked_generator(rng)
    likelihood, r, k = model.likelihood, int(replications), len(params)
    if bias_reduction is not None:
        return _refitted(lambda: _redrawn(model, generator), r, k, bias_reduction)
    if not isinstance(likelihood, Likelihood):
        rows = len(model.endog)

        def counted() -> Any:
            return reweighted(model, likelihood, generator.multinomial(rows, np.full(rows, 1 / rows)).astype(float))

        return _refitted(counted, r, k)
    if road_of(model.family, likelihood) is Road.CLOSED:
        return _refitted(_closed_resamples(model, params, generator, resample), r, k)
    batches = _drawn if resample == "parametric" else _reweighted_rows
    here = model.conditioned
    likelihood, start = here.rows, here.inner(model.working(params))
    found = []
    for samples in batches(model, likelihood, start, r, generator):
        ends = estimate(model.family, samples, [np.tile(start, (samples.sample.size, 1))]).findings
        working = ends.working @ here.transform.T
        missing = np.where(ends.exists, 0.0, np.nan)[:, None]
        found.append((params_from_working(model.predictors, working) + missing, working, ends.hessian))
    values, working, hessian = map(np.concatenate, zip(*found, strict=True))
    if road_of(model.family, likelihood) is not Road.SMOOTH:
        return Refits(values)
    return Refits(values, working, link_errors(here, hessian))


def link_errors(here: Conditioned, hessian: np.ndarray) -> np.ndarray:
    """Standard errors `(..., k)` of working vectors by Hessians `(..., k, k)` in well-conditioned coordinates.

    NaN where the log likelihood is not concave.
    """
    return np.sqrt(np.einsum("...ii->...i", here.covariance(stacked_inverse(-hessian))))


def _reweighted_rows(
    model: Any, likelihood: Likelihood, start: np.ndarray, replications: int, generator: np.random.Generator
) -> Iterator[Likelihood]:
    """The likelihood with the frequencies with which its observations were drawn, in batches."""
    n = likelihood.sample.rows
    weights = np.ones(n) if model.freq_weights is None else model.freq_weights
    for r in _batches(likelihood, replications):
        frequencies = generator.multinomial(int(weights.sum()), weights / weights.sum(), size=r).astype(float)
        yield replace(likelihood, sample=replace(likelihood.sample, frequencies=frequencies))


def _drawn(
    model: Any, likelihood: Likelihood, start: np.ndarray, replications: int, generator: np.random.Generator
) -> Iterator[Likelihood]:
    """The likelihood of samples of the law at start, one row for each observation, in batches."""
    whole, draw = _law_of_observations(model, likelihood, start)
    for r in _batches(whole, replications):
        yield of_samples(whole, draw(r, generator))


def drawn_scores(model: Any, params: np.ndarray, least: int, rng: Any) -> np.ndarray:
    """Scores `(m, k)` at params of the observations of samples of the law there, of at least so many in all.

    In well-conditioned coordinates; without those of observations that round to an end of the support, where they are
    not finite.
    """
    start = model.conditioned.inner(model.working(params))
    whole, draw = _law_of_observations(model, model.conditioned.rows, start)
    r = -(-least // whole.sample.rows)
    scores = rows_at(of_samples(whole, draw(r, checked_generator(rng))), np.tile(start, (r, 1)))[0]
    return scores[np.isfinite(scores).all(axis=1)]


def _law_of_observations(model: Any, likelihood: Likelihood, start: np.ndarray) -> tuple[Likelihood, Draw]:
    """The likelihood of one row for each observation, and the sampler of the law at start in their place."""
    sample = likelihood.sample
    frequencies = None if sample.frequencies is None else sample.frequencies[0]
    chosen = rows_of_observations(sample.rows, frequencies, int(model.observations))
    whole = likelihood.row_subset(chosen)
    whole = replace(whole, sample=replace(whole.sample, frequencies=None))
    return whole, draws(model.family, whole, start, {name: values[chosen] for name, values in model.known.items()})


def _batches(likelihood: Likelihood, replications: int) -> Iterator[int]:
    """Sizes of batches that fit into memory; one by one where the rows differ in their parameters."""
    at_once = max(1, HELD // likelihood.sample.rows) if likelihood.identical else 1
    for begin in range(0, replications, at_once):
        yield min(at_once, replications - begin)


def _closed_resamples(
    model: Any, params: np.ndarray, generator: np.random.Generator, resample: str
) -> Callable[[], Any]:
    """What makes models of resamples of a model whose maximum has a formula."""
    repeated = fitting.repeated_rows(model)
    n = len(repeated)
    alone = copy.copy(model)
    alone.freq_weights = None
    if resample == "case":
        return lambda: with_rows(alone, repeated[generator.integers(n, size=n)])
    whole = with_rows(alone, repeated)
    draw = draws(model.family, whole.likelihood, model.working(params), whole.known)

    def drawn() -> Any:
        other = with_rows(whole, np.arange(n))
        columns = {name: column[0] for name, column in draw(1, generator).items()}
        other.endog = columns.pop(DATUM)
        other.columns = other.columns | columns
        return other

    return drawn


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


def _redrawn(model: Any, generator: np.random.Generator) -> Any:
    """Copy of a model of a family whose rows count as often as they were drawn."""
    weights = np.ones(len(model.endog)) if model.freq_weights is None else model.freq_weights
    drawn = generator.multinomial(int(weights.sum()), weights / weights.sum()).astype(float)
    other = with_rows(model, np.flatnonzero(drawn))
    other.freq_weights = drawn[drawn > 0]
    return other


def _refitted(make: Callable[[], Any], replications: int, k: int, bias_reduction: str | None = None) -> Refits:
    """Fits of the models that `make` gives, one after the other."""
    found = np.full((replications, k), np.nan)
    for i in range(replications):
        try:
            params, certificate = estimated(make(), bias_reduction, None)
        except NotAvailableError:  # of a bias: the information is singular, or the corrected estimate out of its space
            if bias_reduction is None:
                raise
            continue
        if certificate.ok:
            found[i] = params
    return Refits(found)
