"""Whether the log likelihood is level along a curve through a point, so that its maximum is not unique.

Along a straight line it is seen by the look around. On a curve, curvature is absent along the tangent alone: a search
ends beside it by its last digits, and what these leave of a curvature looks like a maximum, if a loose one. Half of a
sample at each of two values does that to a Cauchy law, whose location and scale may then lie anywhere on a half circle
(Copas 1975, *Biometrika* 62, 701-704).
"""

from __future__ import annotations

import numpy as np

from likelihood_kit.maximise.newton import Objective, maximise, rounding

#: Fall of the log likelihood on the tangent from where a search returns, so near that it returns at a right angle, and
#: halvings of the ray in search of it.
FALL, HALVINGS = 0.01, 60
#: Difference of log likelihoods that were searched to the end, up to which they are one.
AS_HIGH = 1e-6


def level_curves(
    likelihood: Objective, working: np.ndarray, value: np.ndarray, tangents: np.ndarray, left: np.ndarray
) -> np.ndarray:
    """Ways `(r, k)` from points to others as high, on a level curve through each; zero where none was found.

    Zero too for what need not move along. A search from beside a maximum comes back to it, and from beside one of the
    fourth order so near that nothing need move.

    Parameters
    ----------
    likelihood : Objective
    working : (r, k)
        Where searches ended.
    value : (r,)
    tangents : (r, m, k)
        Rays of which one may be the tangent at the point; not a number where it is not.
    left : (r,)
        How much higher the log likelihood may still be than at the point, which the search did not quite reach.
    """
    ways = np.zeros_like(working)
    for rays in np.swapaxes(tangents, 0, 1):
        suspect = np.flatnonzero(np.isfinite(rays).all(axis=1) & (ways == 0).all(axis=1))
        if not suspect.size:
            continue
        part, here, height = likelihood.take(suspect), working[suspect], value[suspect]
        length = _fallen(part, here, height, rays[suspect])
        ends = maximise(part, here + length[:, None] * rays[suspect])
        lowest = height - AS_HIGH - rounding(height) - left[suspect]
        with np.errstate(invalid="ignore"):
            as_high = np.abs(ends.log_likelihood - height) <= height - lowest
        way = ends.working - here
        bound = _bound(part, ends.working, way, lowest)
        ways[suspect] = np.where(as_high[:, None] & bound, way, 0.0)
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

    The whole where it has nowhere.
    """
    lengths = np.ones(len(working))
    for length in 0.5 ** np.arange(HALVINGS):
        with np.errstate(all="ignore"):
            falls = value - likelihood.value(working + length * rays)
        lengths[falls >= FALL] = length
    return lengths
