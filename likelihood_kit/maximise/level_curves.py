"""Whether the log likelihood is level along a curve through a point, so that its maximum is not unique.

Along a straight line it is seen by the look around. On a curve, curvature is absent along the tangent alone: a search
ends beside it by its last digits, and what these leave of a curvature looks like a maximum, if a loose one. Half of a
sample at each of two values does that to a Cauchy law, whose location and scale may then lie anywhere on a half circle
(Copas 1975, *Biometrika* 62, 701-704).
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from likelihood_kit.maximise.newton import Objective, maximise, rounding
from likelihood_kit.maximise.surroundings import LOOKOUT

#: Fall of the log likelihood on the tangent from where a search returns, so near that it returns at a right angle, and
#: halvings of the ray in search of it.
FALL, HALVINGS = 0.01, 60
#: How many times as far as its curvature promises it must have fallen there: the third order makes it some hundredths
#: more or less, even of one observation.
SHARPER = 10.0
#: Part of the way along the tangent that a search must leave behind it on its return, at least: to a maximum it goes
#: all the way back, and to one of the fourth order but for a hundredth.
REMAINING = 0.1
#: Difference of log likelihoods that were searched to the end, up to which they are one.
AS_HIGH = 1e-6


@dataclass(frozen=True)
class Tangents:
    """Where r log likelihoods may be level on a curve.

    Attributes
    ----------
    rays : (r, m, k)
        Of which one may be the tangent at the point; not a number where none is suspected.
    curved : (r,) bool
        Whether the rays are `LOOKOUT` standard errors long, by the curvature at the point.
    left : (r,)
        How much higher the log likelihood may still be than at the point, which the search did not quite reach.
    """

    rays: np.ndarray
    curved: np.ndarray
    left: np.ndarray


def level_curves(
    likelihood: Objective, working: np.ndarray, value: np.ndarray, tangents: Tangents, spread: np.ndarray
) -> np.ndarray:
    """Ways `(r, k)` from points to others as high, on a level curve through each; zero where none was found.

    Zero too for what need not move along.

    Parameters
    ----------
    likelihood : Objective
    working : (r, k)
        Where searches ended.
    value : (r,)
    tangents : Tangents
    spread : (k,)
        How far the linear predictor moves per unit of each entry.
    """
    ways = np.zeros_like(working)
    promised = np.sqrt(2 * FALL) / LOOKOUT
    for j, side in itertools.product(range(tangents.rays.shape[1]), (1, -1)):
        rays = side * tangents.rays[:, j]
        left = np.flatnonzero(np.isfinite(rays).all(axis=1) & (ways == 0).all(axis=1))
        if not left.size:
            continue
        part, here, height = likelihood.take(left), working[left], value[left]
        length = _fallen(part, here, height, rays[left])
        sharp = np.flatnonzero(length <= np.where(tangents.curved[left], promised / np.sqrt(SHARPER), 1.0))
        if not sharp.size:
            continue
        moved = (length[:, None] * rays[left])[sharp]
        ends = maximise(part.take(sharp), here[sharp] + moved)
        way = ends.working - here[sharp]
        lowest = height[sharp] - AS_HIGH - rounding(height[sharp]) - tangents.left[left[sharp]]
        with np.errstate(invalid="ignore"):
            as_high = np.abs(ends.log_likelihood - height[sharp]) <= height[sharp] - lowest
            aside = np.linalg.norm(way * spread, axis=1) >= REMAINING * np.linalg.norm(moved * spread, axis=1)
        found = np.flatnonzero(as_high & aside)
        if found.size:
            bound = _bound(part.take(sharp[found]), ends.working[found], way[found], lowest[found])
            ways[left[sharp[found]]] = np.where(bound, way[found], 0.0)
    return ways


def _bound(likelihood: Objective, points: np.ndarray, way: np.ndarray, lowest: np.ndarray) -> np.ndarray:
    """Which entries `(r, k)` must move along: where one stays behind, the log likelihood falls below the lowest."""
    bound = np.zeros(way.shape, dtype=bool)
    for j in range(way.shape[1]):
        behind = points - way * (np.arange(way.shape[1]) == j)
        with np.errstate(all="ignore"):
            bound[:, j] = ~(likelihood.value(behind) >= lowest)
    return bound


def _fallen(likelihood: Objective, working: np.ndarray, value: np.ndarray, rays: np.ndarray) -> np.ndarray:
    """Smallest part of each ray, halved again and again, at which the log likelihood has fallen by `FALL`, `(r,)`.

    Infinite where it has nowhere.
    """
    lengths = np.full(len(working), np.inf)
    for length in 0.5 ** np.arange(HALVINGS):
        with np.errstate(all="ignore"):
            falls = value - likelihood.value(working + length * rays)
        lengths[falls >= FALL] = length
    return lengths
