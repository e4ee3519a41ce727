"""Estimates at an end of the parameter space: where a likelihood rises towards it and stays bounded.

The supremum of a bounded likelihood over the closure of the space is an estimate like any other: 0 for the probability
of a sample without successes, infinite degrees of freedom for one with tails lighter than normal. To leave it out
would make an unbiased estimator biased. What it lacks is a standard error.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from likelihood_kit.families import Family
from likelihood_kit.likelihood import Likelihood
from likelihood_kit.maximise import maximise, scales_of, start_values
from likelihood_kit.maximise.moved_coordinates import with_held
from likelihood_kit.predictor import params_from_working

#: How far from its start a parameter is taken, on the scale of a logarithm: at the last a likelihood that is linear in
#: the parameter, or its inverse, is within 1.5e-8 of its limit, and differences of the kernels keep half their digits.
DISTANCES = (0.0, 6.0, 10.0, 14.0, 18.0)
#: The same for a parameter on the whole line, in powers of ten of what one observation tells of it.
POWERS = (-np.inf, 2.0, 4.0, 6.0, 8.0)
#: Log likelihood by which two points differ, of 10^4 observations 18 logarithmic units from the end.
SAME = 1e-3
#: A likelihood without bound rises by as much in each further unit, a bounded one by exp(-4) of the step before it.
SETTLING = 0.5


def at_an_end(family: Family, likelihood: Likelihood, working: np.ndarray, height: np.ndarray) -> np.ndarray:
    """Estimates `(r, p)` with one parameter at an end of its space, infinite ones included; rows of NaN where none is.

    Parameters
    ----------
    family : Family
    likelihood : Likelihood
        Of r samples without a maximum inside the space.
    working : (r, k)
        Where the search of each ended.
    height : (r,)
        The log likelihood there: an estimate at an end is no lower.
    """
    likelihood = replace(likelihood, on_statistics=False)
    start = np.array(np.broadcast_to(start_values(family, likelihood), working.shape))
    found = np.full(working.shape, np.nan)
    highest = height - SAME
    for entry, end, steps in _ends(family, likelihood, start):
        rows = np.flatnonzero(_rises(likelihood, working, entry, steps[:, -1] - steps[:, -2]))
        if not rows.size:
            continue
        limit, others = _limit(likelihood.take(rows), start[rows], working[rows], entry, steps[rows])
        better = np.isfinite(limit) & (limit > highest[rows])
        values = params_from_working(likelihood.predictors, others[better])
        values[:, entry] = end
        found[rows[better]], highest[rows[better]] = values, limit[better]
    return found


def _ends(family: Family, likelihood: Likelihood, start: np.ndarray) -> Iterator[tuple[int, float, np.ndarray]]:
    """Entry, end of its space, and values `(r, m)` of the entry on the way there."""
    relative = scales_of(likelihood).relative
    with np.errstate(all="ignore"):
        curvature = np.abs(np.einsum("rkk->rk", likelihood.derivatives(start)[2]))
        unit = np.sqrt(likelihood.sample.count / curvature)
    cut = getattr(family.law.unbounded, "cut", "")  # beyond its end, the likelihood has no bound
    for entry, name in enumerate(family.parameter_names):
        if name == cut:
            continue
        for side, end in zip((-1.0, 1.0), family.spaces[name].numbers, strict=True):
            if relative[entry]:
                yield entry, end, start[:, [entry]] + side * np.array(DISTANCES)
            elif np.isinf(end):
                yield entry, end, start[:, [entry]] + side * unit[:, [entry]] * 10.0 ** np.array(POWERS)


def _rises(likelihood: Likelihood, working: np.ndarray, entry: int, step: np.ndarray) -> np.ndarray:
    """Whether one entry, moved on from where the search ended, leaves the log likelihood as high; `(r,)`."""
    moved = working.copy()
    moved[:, entry] += step
    with np.errstate(all="ignore"):
        return likelihood.value(moved) >= likelihood.value(working) - SAME


def _limit(
    likelihood: Likelihood, start: np.ndarray, working: np.ndarray, entry: int, steps: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Log likelihood at the end `(r,)`, NaN where it has none, and working vectors `(r, k)` next to it.

    Along the steps `(r, m)` of one entry, the others where they are best.
    """
    heights, others, arrived = [], np.delete(start, entry, axis=1), np.ones(len(start), bool)
    beside = np.delete(working, entry, axis=1)
    for held in steps.T:
        face = with_held(likelihood, entry, held, start.shape[1])
        if others.shape[1]:
            with np.errstate(all="ignore"):
                nearer = face.value(beside) > face.value(others)
            peak = maximise(face, np.where(nearer[:, None], beside, others))
            others, arrived = peak.working, peak.converged
        with np.errstate(all="ignore"):
            heights.append(face.value(others))
    with np.errstate(invalid="ignore"):
        gains = np.diff(np.stack(heights, axis=1), axis=1)
        bounded = (gains[:, -1] <= SAME) & (gains[:, -1] <= np.maximum(SETTLING * gains[:, -2], SAME**2))
        rising = (gains[:, 1:] >= -(SAME**2)).all(axis=1) & (heights[-1] > heights[0] + SAME**2)
    return np.where(bounded & rising & arrived, heights[-1], np.nan), face.working(others)
