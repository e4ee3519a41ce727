"""Maxima of all likelihoods of a chunk, and which of them are none."""

from __future__ import annotations

import numpy as np

from likelihood_kit.families import Family
from likelihood_kit.maximise import LOOKOUT, NO_FALL, Maximum, maximise
from likelihood_kit.regression import FamilyLikelihood
from likelihood_kit.simulation.likelihoods import agree, free_and_fixed, rows_likelihood, statistics_likelihood

#: Replications on which sufficient statistics are compared with the rows.
COMPARED = 4
#: A search may have followed a likelihood that rises for ever if it took more steps than this (ordinary ones take 2 to
#: 6), or ended where the log or logit of a parameter has a standard error above this, or further from its start than a
#: factor of exp(10), which is also as far as one looks from there.
SUSPICIOUS_ITERATIONS = 10
SUSPICIOUS_ERROR = 1.0
FURTHEST = 10.0


def maxima(family: Family, samples: np.ndarray, start: np.ndarray) -> Maximum:
    """Maximum of each likelihood, on sufficient statistics as far as they can be trusted, on the rows elsewhere."""
    statistics = statistics_likelihood(family, samples)
    few = np.arange(len(samples))[:COMPARED]
    if statistics is None or not agree(statistics.take(few), rows_likelihood(family, samples[few]), start[few]):
        return maximise(rows_likelihood(family, samples), start)
    found = maximise(statistics, start)
    failed = np.flatnonzero(~found.converged)
    if failed.size:
        again = maximise(rows_likelihood(family, samples[failed]), start[failed])
        for part, new in zip(vars(found).values(), vars(again).values(), strict=True):
            part[failed] = new
    return found


def existing(
    family: Family, samples: np.ndarray, start: np.ndarray, found: Maximum, covariance: np.ndarray
) -> np.ndarray:
    """Which ends are maxima, `(r,)`: converged, with information, and not on a likelihood that rises for ever.

    Parameters
    ----------
    family, samples, start
        As for `maxima`.
    found : Maximum
    covariance : (r, k, k)
        Inverse observed information in working coordinates.
    """
    errors = np.sqrt(np.einsum("rii->ri", covariance))
    curved = np.array([predictor.link.name != "identity" for predictor in free_and_fixed(family)[0]])
    good = found.converged & np.isfinite(errors).all(axis=1)
    far = (errors > SUSPICIOUS_ERROR) | (np.abs(found.working - start) > FURTHEST)
    suspect = np.flatnonzero(good & ((found.iterations > SUSPICIOUS_ITERATIONS) | far[:, curved].any(axis=1)))
    if suspect.size:
        likelihood = rows_likelihood(family, samples[suspect])
        matrices = -found.hessian[suspect], covariance[suspect]
        good[suspect] = _falls_all_round(likelihood, found.working[suspect], *matrices, curved)
    return good


def _falls_all_round(
    likelihood: FamilyLikelihood,
    working: np.ndarray,
    information: np.ndarray,
    covariance: np.ndarray,
    curved: np.ndarray,
) -> np.ndarray:
    """Whether each likelihood falls some way off its end in every direction looked at; `(r,)`.

    Directions: each parameter both ways by `LOOKOUT` standard errors, alone and with the others following. Where one
    does not fall, as for a t sample with tails lighter than normal, no maximum exists.
    """
    value = likelihood.value(working)
    rounding = 64 * np.finfo(float).eps * (1 + np.abs(value))
    falls = np.ones(len(working), dtype=bool)
    for j, axis in enumerate(np.eye(working.shape[1])):
        alone = axis / np.sqrt(information[:, j, j, None])
        together = covariance[:, :, j] / np.sqrt(covariance[:, j, j, None])
        for ray in (alone, together):
            furthest = LOOKOUT * np.abs(ray[:, curved]).max(axis=1, initial=0.0)
            step = LOOKOUT * ray * (FURTHEST / np.maximum(furthest, FURTHEST))[:, None]
            for side in (step, -step):
                falls &= value - likelihood.value(working + side) > NO_FALL + rounding
    return falls
