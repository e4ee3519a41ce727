"""Whether the log likelihood is level along a curve through a point, so that its maximum is not unique.

Along a straight line it is seen by the look around. On a curve, curvature is absent along the tangent alone: a search
ends beside it by its last digits, and what these leave of a curvature looks like a maximum, if a loose one. Half of a
sample at each of two values does that to a Cauchy law, whose location and scale may then lie anywhere on a half circle
(Copas 1975, *Biometrika* 62, 701-704).

A maximum of higher order looks like it from near by: beside that of a skew normal law at shape 0, where the information
is singular (Azzalini 1985, *Scandinavian Journal of Statistics* 12, 171-178), the log likelihood falls with the sixth
power of the shape, and searches stop where it has fallen by 1e-10. From further away they come back all the same.
"""

from __future__ import annotations

import numpy as np

from likelihood_kit.maximise.newton import Objective, maximise, rounding
from likelihood_kit.maximise.surroundings import LOOKOUT

#: Fall of the log likelihood on the tangent from where a search returns, so near that it returns at a right angle, and
#: halvings of the ray in search of it.
FALL, HALVINGS = 0.01, 60
#: Falls from which a search returns to a level curve beside where it began, but to a maximum; and the part of the way
#: there, at least, that is left on a curve. A search of the sixth order leaves a tenth.
FURTHER, LEFT = (1.0, 100.0), 1 / 3
#: A maximum has no curvature where the log likelihood falls by `FALL` so near it that the curvature promises this many
#: times less: where there is some, a fall of `FALL`, a seventh of a standard error away, is about as promised.
FLATTER = 100.0
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
        lowest = height - AS_HIGH - rounding(height) - left[suspect]
        length = _fallen(part, here, height, rays[suspect], FALL)
        way, as_high = _returned(part, here, height, length[:, None] * rays[suspect], lowest)
        bound = as_high[:, None] & _bound(part, here + way, way, lowest)
        there = np.flatnonzero(bound.any(axis=1))
        further = np.zeros(len(suspect), dtype=bool)
        for fall in FURTHER if there.size else ():
            some, base = part.take(there), here[there]
            long = _fallen(some, base, height[there], rays[suspect[there]], fall)[:, None] * rays[suspect[there]]
            far, still = _returned(some, base, height[there], long, lowest[there])
            further[there] |= still & ((np.abs(far) >= LEFT * np.abs(long)) | ~bound[there]).all(axis=1)
        ways[suspect] = np.where(bound & further[:, None], way, 0.0)
    return ways


def flatter(likelihood: Objective, working: np.ndarray, value: np.ndarray, tangents: np.ndarray) -> np.ndarray:
    """Which of the points `(r, k)` have no curvature along one of the rays `(r, m, k)`, three standard errors long."""
    flat = np.zeros(len(working), dtype=bool)
    near = np.sqrt(2 * FALL / FLATTER) / LOOKOUT
    for rays in np.swapaxes(tangents, 0, 1):
        suspect = np.flatnonzero(np.isfinite(rays).all(axis=1) & ~flat)
        if suspect.size:
            part = likelihood.take(suspect)
            with np.errstate(all="ignore"):
                sides = [part.value(working[suspect] + side * near * rays[suspect]) for side in (1, -1)]
            flat[suspect] = value[suspect] - np.maximum(*sides) >= FALL
    return flat


def _returned(
    likelihood: Objective, here: np.ndarray, value: np.ndarray, aside: np.ndarray, lowest: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Where searches from beside points end, seen from these, `(r, k)`; and which of them as high, `(r,)`."""
    ends = maximise(likelihood, here + aside)
    with np.errstate(invalid="ignore"):
        return ends.working - here, np.abs(ends.log_likelihood - value) <= value - lowest


def _bound(likelihood: Objective, points: np.ndarray, way: np.ndarray, lowest: np.ndarray) -> np.ndarray:
    """Which entries `(r, k)` must move along: where one stays behind, the log likelihood falls below the lowest."""
    bound = np.zeros(way.shape, dtype=bool)
    for j in range(way.shape[1]):
        behind = points - way * (np.arange(way.shape[1]) == j)
        with np.errstate(all="ignore"):
            bound[:, j] = ~(likelihood.value(behind) >= lowest)
    return bound


def _fallen(likelihood: Objective, working: np.ndarray, value: np.ndarray, rays: np.ndarray, fall: float) -> np.ndarray:
    """Smallest part of each ray, halved again and again, at which the log likelihood has fallen so far, `(r,)`.

    The whole where it has nowhere.
    """
    lengths = np.ones(len(working))
    for length in 0.5 ** np.arange(HALVINGS):
        with np.errstate(all="ignore"):
            falls = value - likelihood.value(working + length * rays)
        lengths[falls >= fall] = length
    return lengths
