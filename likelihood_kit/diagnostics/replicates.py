"""Informations of samples drawn from a fitted law: what an audit would find if the model were right."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from likelihood_kit._numerics import smallest_eigenvalue
from likelihood_kit.likelihood import Likelihood
from likelihood_kit.maximise import maximise
from likelihood_kit.predictor import Predictor

#: Numbers of an array held at once, 32 MB.
HELD = 2**22
#: Rows on which the variance of the indicators is found: its relative error is then about a percent.
MOMENT_ROWS = 2**16


@dataclass(frozen=True, eq=False)
class Replicates:
    """Samples of the fitted law in the place of the data; matrices `(k, k)` in the coordinates of params.

    Attributes
    ----------
    observed, outer_product : (r, k, k)
        Informations of each sample at its own maximum; of those samples that have one.
    maxima : (r, k)
        Working vectors of these maxima.
    distances : dict of str to (r,), or None
        Distances of each from the law fitted to it, by name; None where there is none.
    scores : (m, k)
    hessians : (m, k, k)
        Of rows of the samples at the parameters from which they were drawn; of those where both are finite.
    lost : int
        Rows where they are not, such as draws that round to an end of the support.
    """

    observed: np.ndarray
    outer_product: np.ndarray
    maxima: np.ndarray
    distances: Mapping[str, np.ndarray] | None
    scores: np.ndarray
    hessians: np.ndarray
    lost: int = 0


#: `draw(r, rng)`: r samples, columns of the response by name, `(r, n)` each.
Draw = Callable[[int, np.random.Generator], Mapping[str, np.ndarray]]
#: `distances(likelihood, working (r, k))`: of r samples from the laws at working, by name, `(r,)` each.
Distances = Callable[[Likelihood, np.ndarray], Mapping[str, np.ndarray]]


def replicates(
    likelihood: Likelihood,
    working: np.ndarray,
    draw: Draw,
    replications: int,
    rng: np.random.Generator,
    distances: Distances | None = None,
    most: int = MOMENT_ROWS,
) -> Replicates:
    """Replicates of a sample at the maximum of its likelihood.

    Parameters
    ----------
    likelihood : Likelihood
        Of the sample, one row for each observation.
    working : (k,)
        Its maximum.
    draw : callable
    replications : int
        0 for the rows alone.
    rng : Generator
    distances : callable, optional
    most : int
        Rows of which scores and Hessians are kept, if one sample has no more.
    """
    n, k = likelihood.sample.rows, len(working)
    at_once = max(1, HELD // (n * k * (k + 1)))
    observed, outer, maxima = ([np.empty((0, *shape))] for shape in ((k, k), (k, k), (k,)))
    apart: list[Mapping[str, np.ndarray]] = []
    scores: list[np.ndarray] = []
    hessians: list[np.ndarray] = []
    wanted, done = max(n, min(most, HELD // k**2)), 0
    while done < replications or n * done < wanted:
        r = min(at_once, max(replications, -(-wanted // n)) - done)
        batch = of_samples(likelihood, draw(r, rng))
        lacking = min(r, -(-wanted // n) - done)
        if lacking > 0:
            parts = rows_at(batch.take(np.arange(lacking)), np.tile(working, (lacking, 1)))
            scores.append(parts[0])
            hessians.append(parts[1])
        if done < replications:
            one, other, at = informations_at_maximum(batch.take(np.arange(min(r, replications - done))), working)
            observed.append(one)
            outer.append(other)
            maxima.append(at[1])
            if distances is not None:
                apart.append(distances(*at))
        done += r
    slopes, curvatures = np.concatenate(scores), np.concatenate(hessians)
    finite = np.isfinite(slopes).all(axis=1) & np.isfinite(curvatures).all(axis=(1, 2))
    return Replicates(
        np.concatenate(observed),
        np.concatenate(outer),
        np.concatenate(maxima),
        {name: np.concatenate([one[name] for one in apart]) for name in apart[0]} if apart else None,
        slopes[finite],
        curvatures[finite],
        int(np.count_nonzero(~finite)),
    )


def of_samples(likelihood: Likelihood, drawn: Mapping[str, np.ndarray]) -> Likelihood:
    """The likelihood of other samples in the place of the one it has."""
    sample = likelihood.sample
    columns = {name: drawn.get(name, column) for name, column in sample.columns.items()}
    return replace(likelihood, sample=replace(sample, columns=columns))


def informations_at_maximum(
    likelihood: Likelihood, start: np.ndarray
) -> tuple[np.ndarray, np.ndarray, tuple[Likelihood, np.ndarray]]:
    """Observed information and outer product `(m, k, k)` of the samples whose likelihood has a maximum near start.

    With these samples, and the maxima `(m, k)`.
    """
    found = maximise(likelihood, np.tile(start, (likelihood.sample.size, 1)))
    kept = np.flatnonzero(found.converged)
    observed, outer = informations(likelihood.take(kept), found.working[kept])
    usable = np.isfinite(observed).all(axis=(1, 2)) & np.isfinite(outer).all(axis=(1, 2))
    usable[usable] = smallest_eigenvalue(scaled(observed[usable])) > 0
    kept = kept[usable]
    return observed[usable], outer[usable], (likelihood.take(kept), found.working[kept])


def scaled(matrices: np.ndarray) -> np.ndarray:
    """Symmetric matrices `(..., k, k)` scaled to unit diagonal; of a diagonal that is not positive, to -1."""
    diagonal = np.einsum("...ii->...i", matrices)
    size = 1 / np.sqrt(np.where(diagonal != 0, np.abs(diagonal), 1.0))
    return matrices * size[..., :, None] * size[..., None, :]


def informations(likelihood: Likelihood, working: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Observed information and outer product of the scores, `(r, k, k)`, of samples without weights."""
    scores, hessians = likelihood.row_entries(working, natural=True)
    r, n, k = len(working), likelihood.sample.rows, working.shape[1]
    observed, outer = np.empty((r, k, k)), np.empty((r, k, k))
    for (i, j, _), hessian in zip(likelihood.pairs, hessians, strict=True):
        places = likelihood.places[i], likelihood.places[j]
        pair = likelihood.predictors[i], likelihood.predictors[j]
        for result, entry in ((observed, -hessian), (outer, scores[i] * scores[j])):
            total = _total(np.broadcast_to(entry, (r, n)), *pair)
            result[:, places[0], places[1]] = total
            result[:, places[1], places[0]] = np.swapaxes(total, 1, 2)
    return observed, outer


def _total(entry: np.ndarray, left: Predictor, right: Predictor) -> np.ndarray:
    """Total over the rows of an entry `(r, n)` times the outer product of the predictors' columns, `(r, q1, q2)`."""
    columns = _products(left, right)
    total = entry.sum(axis=1)[:, None] if columns is None else entry @ columns
    return total.reshape(len(entry), left.size, right.size)


def _products(left: Predictor, right: Predictor) -> np.ndarray | None:
    """Products of the columns of two predictors, `(n, q1 * q2)`; None where neither has any."""
    if left.columns is None or right.columns is None:
        return left.columns if right.columns is None else right.columns
    return (left.columns[:, :, None] * right.columns[:, None, :]).reshape(len(left.columns), -1)


def rows_at(likelihood: Likelihood, working: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Scores `(r n, k)` and Hessians `(r n, k, k)` of the rows of r samples, in the coordinates of params."""
    scores, hessians = likelihood.row_entries(working, natural=True)
    r, n, k = len(working), likelihood.sample.rows, working.shape[1]
    score, hessian = np.empty((r, n, k)), np.empty((r, n, k, k))
    for i, place in enumerate(likelihood.places):
        columns = likelihood.predictors[i].columns
        entry = np.broadcast_to(scores[i], (r, n))[:, :, None]
        score[:, :, place] = entry if columns is None else entry * columns
    for (i, j, _), found in zip(likelihood.pairs, hessians, strict=True):
        left, right = likelihood.predictors[i], likelihood.predictors[j]
        entry, columns = np.broadcast_to(found, (r, n))[:, :, None], _products(left, right)
        block = (entry if columns is None else entry * columns).reshape(r, n, left.size, right.size)
        hessian[:, :, likelihood.places[i], likelihood.places[j]] = block
        hessian[:, :, likelihood.places[j], likelihood.places[i]] = np.swapaxes(block, 2, 3)
    return score.reshape(r * n, k), hessian.reshape(r * n, k, k)
