"""Likelihood-ratio statistics of samples of a restricted fit, in which both models are fitted again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.linalg import null_space

from likelihood_kit import diagnostics
from likelihood_kit._numerics.memory import check_memory_for
from likelihood_kit.calculus import DATUM
from likelihood_kit.diagnostics.replicates import HELD, of_samples
from likelihood_kit.diagnostics.specification import FEWEST
from likelihood_kit.errors import NotAvailableError
from likelihood_kit.likelihood import Likelihood
from likelihood_kit.maximise import maximise, start_values
from likelihood_kit.maximise.moved_coordinates import MovedCoordinates
from likelihood_kit.models.interests import AT_END
from likelihood_kit.models.restricted import Restricted
from likelihood_kit.models.simulated import data_number, draws


@dataclass(frozen=True, eq=False)
class _Refitted:
    """A model as it is fitted to samples in the place of its rows.

    Attributes
    ----------
    model : LikelihoodModel
    likelihood : Likelihood
        Of its observations, one row each, in well-conditioned coordinates.
    starts : tuple of (k,) arrays
        Vectors in these from which each search begins, beside the family's own.
    held : (h, k), (h,)
        Combinations of them that are held, and at what; none of a model of its own.
    """

    model: Any
    likelihood: Likelihood
    starts: tuple[np.ndarray, ...]
    held: tuple[np.ndarray, np.ndarray] | None = None

    def highest(self, drawn: Mapping[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        """Highest log likelihood of samples, `(r,)`, and which of them have a maximum inside."""
        batch = of_samples(self.likelihood, drawn)
        r, k = batch.sample.size, len(self.starts[0])
        every = (*self.starts, start_values(self.model.family, batch))
        starts = [np.broadcast_to(start, (r, k)).copy() for start in every]
        batch = batch.trusted(starts[0])
        if self.held is None:
            return _highest(batch, starts)
        rows, values = self.held
        origin, free = np.linalg.lstsq(rows, values, rcond=None)[0], null_space(rows)
        if not free.shape[1]:
            return batch.value(np.broadcast_to(origin, (r, len(origin)))), np.ones(r, bool)
        plane = MovedCoordinates(batch, origin, free)
        return _highest(plane, [(start - origin) @ free for start in starts])


def simulated_ratios(
    larger: Any, other: Any, found: Restricted, replications: int, seed: int
) -> tuple[np.ndarray, int]:
    """Likelihood-ratio statistics of samples of a restricted fit, and how many lack a maximum.

    Each is twice the difference of the highest log likelihoods that searches from the estimates, from the restricted
    fit and from the family's start values end at.

    Parameters
    ----------
    larger : LikelihoodResults
    other : LikelihoodResults or None
        The restricted fit; None where params are held at values.
    found : Restricted
    replications, seed : int
    """
    check_memory_for("bootstrap", replications, 4 * np.dtype(float).itemsize)
    replications = int(replications)
    model, smaller = larger.model, larger.model if other is None else other.model
    _require_samples(model, smaller)
    at, estimate = _clipped(model.working(found.params)), model.working(np.asarray(larger.params, dtype=float))
    large = _refitted(model, [estimate] if found.ends else [at, estimate])
    if other is None:
        law, small = at, _with_values_held(large, at, found)
    else:
        law = smaller.working(np.asarray(other.params, dtype=float))
        small = _refitted(smaller, [law])
    chosen = _observations(smaller)
    known = {name: values[chosen] for name, values in smaller.known.items()}
    source = smaller.likelihood.row_subset(chosen)
    draw = draws(smaller.family, source, law, known)
    data = data_number(model.likelihood.sample.columns[DATUM])
    rng = np.random.default_rng([seed, data])
    k = len(larger.params)
    at_once = max(1, HELD // (source.sample.rows * k * (k + 1)))
    ratios, without = [], 0
    for begin in range(0, replications, at_once):
        drawn = draw(min(at_once, replications - begin), rng)
        (high, inside), (low, well) = large.highest(drawn), small.highest(drawn)
        # The smaller model is never above the larger one that holds it, but by rounding. A sample without a finite
        # likelihood, such as one of a Beta law that rounds to 1, says nothing.
        usable = np.isfinite(low) & np.isfinite(high)
        ratios.append(2 * np.maximum(high[usable] - low[usable], 0.0))
        without += int(np.count_nonzero(~(inside & well)[usable]))
    kept = np.concatenate(ratios)
    if len(kept) < max(FEWEST, replications / 2):
        raise NotAvailableError(
            f"bootstrap: of {replications} samples of the restricted fit only {len(kept)} have a finite likelihood"
        )
    return kept, without


def _clipped(working: np.ndarray) -> np.ndarray:
    """Working vectors with what is at an end of its space next to it."""
    return np.where(np.isinf(working), np.copysign(AT_END, working), working)


def _require_samples(model: Any, smaller: Any) -> None:
    """Refuse models without a law to draw from, or of which a sample of the one is none of the other."""
    for one in (model, smaller):
        if one.family is None or not isinstance(one.likelihood, Likelihood):
            raise NotAvailableError("bootstrap: samples need a law to draw from, and so a family; loglikeobs is none")
    if model.family.law.response != smaller.family.law.response:
        raise NotAvailableError(
            f"bootstrap: a sample of {smaller.family!r} has other columns than one of {model.family!r}; write both as "
            "the same kind of law"
        )


def _observations(model: Any) -> np.ndarray:
    """Row of each observation of a model, `(n,)`."""
    sample = model.likelihood.sample
    frequencies = None if sample.frequencies is None else sample.frequencies[0]
    return diagnostics.rows_of_observations(sample.rows, frequencies, int(model.observations))


def _refitted(model: Any, starts: list[np.ndarray]) -> _Refitted:
    """The model as it is fitted again, from working vectors `(k,)`."""
    here = model.conditioned
    starts = [here.inner(start) for start in starts]
    likelihood = here.rows.row_subset(_observations(model))
    likelihood = replace(likelihood, sample=replace(likelihood.sample, frequencies=None))
    return _Refitted(model, likelihood, tuple(starts))


def _with_values_held(large: _Refitted, at: np.ndarray, found: Restricted) -> _Refitted:
    """The model with the params held that a restriction holds: those that its directions leave as they are."""
    held, here = ~np.asarray(found.along()).any(axis=1), large.model.conditioned
    return replace(large, starts=(here.inner(at),), held=(here.transform[held], at[held]))


def _highest(likelihood: Any, starts: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Highest log likelihoods `(r,)` that searches from starts `(r, k)` end at; and which are at a maximum."""
    best, inside = np.full(len(starts[0]), -np.inf), np.zeros(len(starts[0]), bool)
    for start in starts:
        end = maximise(likelihood, start)
        better = end.log_likelihood > best
        best, inside = np.where(better, end.log_likelihood, best), np.where(better, end.converged, inside)
    return best, inside
