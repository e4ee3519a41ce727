"""Starts spread over the whole space of a likelihood: the candidates that no near one surpasses.

Rinnooy Kan, A. H. G. and Timmer, G. T. (1987), Stochastic global optimization methods, *Mathematical Programming* 39,
57-78. Nothing depends on the curvature at an estimate.
"""

from __future__ import annotations

import numpy as np

from likelihood_kit.families import Family
from likelihood_kit.likelihood import Likelihood
from likelihood_kit.maximise.candidates import candidates, near_fits
from likelihood_kit.maximise.restarts import Starts
from likelihood_kit.maximise.search_space import SearchSpace

#: Derivatives of rows in one step of the searches of one sample from all starts.
STEPPED = 30_000
#: Starts of a search of one sample, at most and at least, more of a law in parts, whose maxima are many; and of one of
#: many samples, where the starts of each add up.
MOST_STARTS, FEWEST_STARTS, MOST_STARTS_IN_PARTS = 64, 12, 128
MOST_STARTS_IN_A_BATCH, MOST_STARTS_OF_PARTS = 4, 12
#: How much longer numeric derivatives take than symbolic ones.
NUMERIC_WORK = 16
#: Rows on which the starts of one sample are found, at most.
ROWS_OF_STARTS = 512


def spread_starts(family: Family, likelihood: Likelihood, base: np.ndarray) -> Starts:
    """Starts spread over the space.

    Parameters
    ----------
    family : Family
    likelihood : Likelihood
        Of r samples, with few enough rows: see `few_rows`.
    base : (r, k)
        The family's own start.
    """
    many = len(base) > 1
    rows = likelihood.sample.rows
    work = max(rows, 1) * (NUMERIC_WORK if family.derivatives == "numeric" else 1)
    space = SearchSpace(family, likelihood, base, many)
    in_parts = len(space.locations) > 1
    most = int(np.clip(STEPPED // work, FEWEST_STARTS, MOST_STARTS_IN_PARTS if in_parts else MOST_STARTS))
    if many:
        most = MOST_STARTS_OF_PARTS if in_parts else MOST_STARTS_IN_A_BATCH
    every, lowest, highest = [], np.full(base.shape, np.inf), np.full(base.shape, -np.inf)
    for points, near in candidates(space):
        places, values = _best_variants(likelihood, points, many)
        finite = np.where(np.isfinite(values)[..., None], places, np.nan)
        with np.errstate(all="ignore"):
            lowest = np.fmin(lowest, np.fmin.reduce(finite, axis=0))
            highest = np.fmax(highest, np.fmax.reduce(finite, axis=0))
        if near is None and not many:
            near = near_fits(space, places[:, 0])
        chosen = unsurpassed(values, near)
        every.append((places, np.where(chosen, values, -np.inf)))
    places = np.concatenate([part for part, _ in every])
    values = np.concatenate([part for _, part in every])
    order = np.argsort(-values, axis=0, kind="stable")[:most]
    taken = np.take_along_axis(values, order, axis=0) > -np.inf
    rank, sample = np.nonzero(taken)
    points = places[order[rank, sample], sample]
    return Starts(sample, points, lowest, highest, guided=space.structured)


def few_rows(likelihood: Likelihood) -> Likelihood:
    """The likelihood of one sample on rows so few that starts can be searched from, evenly drawn."""
    rows = likelihood.sample.rows
    if likelihood.sample.size > 1 or rows <= ROWS_OF_STARTS:
        return likelihood
    chosen = np.sort(np.random.default_rng(rows).choice(rows, size=ROWS_OF_STARTS, replace=False))
    return likelihood.row_subset(chosen)


def _best_variants(likelihood: Likelihood, points: np.ndarray, many: bool) -> tuple[np.ndarray, np.ndarray]:
    """Of variants `(g, v, r, k)` the best of each place, `(g, r, k)`, and its log likelihood."""
    g, v, r, k = points.shape
    flat = points.reshape(g * v, r, k)
    with np.errstate(all="ignore"):
        if many:
            values = np.stack([likelihood.value(point) for point in flat])
        else:
            values = likelihood.value(flat[:, 0])[:, None]
    values = np.where(np.isfinite(values), values, -np.inf).reshape(g, v, r)
    best = np.argmax(values, axis=1)
    places = np.take_along_axis(points, best[:, None, :, None], axis=1)[:, 0]
    return places, np.take_along_axis(values, best[:, None], axis=1)[:, 0]


def unsurpassed(values: np.ndarray, near: np.ndarray | None) -> np.ndarray:
    """Which candidates `(g, r)` no near one surpasses; of equal ones the first."""
    if near is None:
        return values > -np.inf
    if values.shape[1] == 1:
        others = np.where(near, values[:, 0], -np.inf)
        before, after = np.tril(np.ones_like(near), -1), np.triu(np.ones_like(near), 1)
        highest = np.where(before, others, -np.inf).max(axis=1)
        chosen = (values[:, 0] > highest) & (values[:, 0] >= np.where(after, others, -np.inf).max(axis=1))
        return (chosen & (values[:, 0] > -np.inf))[:, None]
    chosen = np.ones(values.shape, dtype=bool)
    for i, others in enumerate(near):
        at = np.flatnonzero(others)
        before, after = at[at < i], at[at > i]
        if before.size:
            chosen[i] &= values[i] > values[before].max(axis=0)
        if after.size:
            chosen[i] &= values[i] >= values[after].max(axis=0)
    return chosen & (values > -np.inf)
