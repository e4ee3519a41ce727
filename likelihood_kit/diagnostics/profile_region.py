"""Boundaries of two-parameter profile regions, by root finding along rays from the estimate.

Points are in standard coordinates: the estimate is 0, its observed information the identity. The two interests are
linear, in units in which they are uncorrelated with variance 1: along any ray the deviance of a normal likelihood is
the squared distance.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from likelihood_kit.diagnostics.profile import ACROSS, FURTHER, FURTHEST, JUMP, ROOT_STEPS
from likelihood_kit.maximise import Objective, maximise
from likelihood_kit.maximise.moved_coordinates import MovedCoordinates
from likelihood_kit.maximise.profiled import FOUND


@dataclass(frozen=True, eq=False)
class Plane:
    """Two linear interests of a log likelihood.

    Attributes
    ----------
    likelihood : Objective
        Of standard coordinates.
    rows : (2, q)
        Orthonormal: the interests are `rows @ point`.
    highest : float
        Log likelihood at the estimate.
    alone : bool
        Whether a theorem says that there is one maximum over the others.
    """

    likelihood: Objective
    rows: np.ndarray
    highest: float
    alone: bool

    @property
    def others(self) -> np.ndarray:
        """Orthonormal directions `(q, q - 2)` in which the interests do not change."""
        return np.linalg.svd(self.rows)[2][2:].T

    def points(self, levels: np.ndarray, across: np.ndarray) -> np.ndarray:
        """Points `(m, q)` of interests `(m, 2)` and coordinates `(m, q - 2)` in the other directions."""
        return levels @ self.rows + across @ self.others.T

    def falls(self, levels: np.ndarray, near: np.ndarray | None = None, *, spread: bool) -> RegionFalls:
        """Falls of the profile log likelihood at interests `(m, 2)`.

        Parameters
        ----------
        levels : (m, 2)
        near : (m, q - 2), optional
            A start for the others, beside that at which a normal likelihood is highest.
        spread : bool
            Whether to search from starts spread over the others too, unless a theorem spares it.
        """
        m, others = len(levels), self.others
        q = others.shape[1]
        origin = levels @ self.rows
        if not q:
            with np.errstate(all="ignore"):
                return _falls(self.highest - self.likelihood.value(origin), np.zeros((m, 0)), origin)
        plane = MovedCoordinates(self.likelihood, origin, others)
        starts = [np.zeros((m, q)), *([] if near is None else [near])]
        if spread and not self.alone:
            moves = np.random.default_rng(q).standard_normal((len(ACROSS), q))
            moves /= np.sqrt((moves**2).sum(axis=1, keepdims=True))
            steps = (side * far * move for far, move in zip(ACROSS, moves, strict=True) for side in (-1, 1))
            starts += [starts[-1] + step for step in steps]
        fall, across = np.full(m, np.nan), np.zeros((m, q))
        for start in starts:
            with np.errstate(all="ignore"):
                end = maximise(plane, start)
            tried = self.highest - end.log_likelihood
            # Outside the space nothing is found, and the log likelihood is -inf; short of a maximum nobody knows it.
            better = (end.converged | np.isposinf(tried)) & ~(tried >= fall)
            fall, across = np.where(better, tried, fall), np.where(better[:, None], end.working, across)
        return _falls(fall, across, origin + across @ others.T)


@dataclass(frozen=True, eq=False)
class RegionFalls:
    """Falls of a profile log likelihood from its maximum.

    Attributes
    ----------
    fall : (m,)
        Infinite where the log likelihood is -inf, not a number where no maximum over the others is found.
    across : (m, q - 2)
        The others, where it is highest.
    higher : (q,) or None
        A point above the estimate, where one was met.
    """

    fall: np.ndarray
    across: np.ndarray
    higher: np.ndarray | None


def _falls(fall: np.ndarray, across: np.ndarray, points: np.ndarray) -> RegionFalls:
    above = np.flatnonzero(fall < -FOUND)
    return RegionFalls(fall, across, points[above[0]] if above.size else None)


@dataclass(frozen=True, eq=False)
class Rays:
    """Ends of a region along rays from the estimate.

    Attributes
    ----------
    distance, fall : (m,)
        In standard errors, and of the log likelihood, looked at again from starts spread over the others.
    open : (m,) bool
        Whether the profile stays above its cutoff up to the end of the space, or for 1e12 standard errors.
    found : (m,) bool
        Whether the end is one: the fall is the wanted one, or it is open.
    higher : (q,) or None
        A point above the estimate, where one was met.
    """

    distance: np.ndarray
    fall: np.ndarray
    open: np.ndarray
    found: np.ndarray
    higher: np.ndarray | None


def rays(plane: Plane, directions: np.ndarray, fall: float) -> Rays:
    """Where the profile log likelihood has first fallen by `fall` along unit directions `(m, 2)`, all at a time."""
    m = len(directions)
    q = plane.others.shape[1]
    near, inner, across = np.zeros(m), np.zeros(m), np.zeros((m, q))
    far, outer = np.full(m, np.nan), np.full(m, np.nan)
    distance, kept, higher = np.full(m, np.sqrt(2 * fall)), np.zeros(m), None
    active, done = np.arange(m), np.zeros(m, bool)
    for step in range(FURTHEST + ROOT_STEPS):
        grown = np.where(near[active] > 0, distance[active] / np.where(near[active] > 0, near[active], 1), 0.0)
        seen = plane.falls(distance[active, None] * directions[active], grown[:, None] * across[active], spread=False)
        if seen.higher is not None:
            higher = seen.higher
            break
        inside = seen.fall < fall
        went_in, went_out = active[inside], active[~inside]
        near[went_in], inner[went_in], across[went_in] = distance[went_in], seen.fall[inside], seen.across[inside]
        far[went_out], outer[went_out] = distance[went_out], seen.fall[~inside]
        kept[went_in], kept[went_out] = np.minimum(kept[went_in], 0) - 1, np.maximum(kept[went_out], 0) + 1
        done[active] = np.abs(seen.fall - fall) <= FOUND / 10
        bracketed = ~np.isnan(far)
        with np.errstate(invalid="ignore"):
            done |= bracketed & (far - near <= JUMP * far)
        done |= ~bracketed & (step >= FURTHEST)
        active = np.flatnonzero(~done)
        if not active.size:
            break
        distance[active] = _next(near, inner, far, outer, kept, fall)[active]
    return _checked(plane, directions, fall, distance, near, far, outer, higher)


def _next(
    near: np.ndarray, inner: np.ndarray, far: np.ndarray, outer: np.ndarray, kept: np.ndarray, fall: float
) -> np.ndarray:
    """Distances to look at next: twice as far, or false position on the root of the fall, weighted where one end stays.

    Dahlquist, G. and Bjorck, A. (1974). *Numerical Methods*, section 6.4: the Illinois method.
    """
    goal = np.sqrt(fall)
    with np.errstate(all="ignore"):
        low = (np.sqrt(np.maximum(inner, 0.0)) - goal) * 0.5 ** np.maximum(kept - 1, 0)
        high = (np.sqrt(outer) - goal) * 0.5 ** np.maximum(-kept - 1, 0)
        part = np.where(np.isfinite(high) & (np.abs(kept) < 4), low / (low - high), 0.5)
        return np.where(np.isnan(far), near * FURTHER, near + part * (far - near))


def _checked(
    plane: Plane,
    directions: np.ndarray,
    fall: float,
    distance: np.ndarray,
    near: np.ndarray,
    far: np.ndarray,
    outer: np.ndarray,
    higher: np.ndarray | None,
) -> Rays:
    """The ends, each looked at again from spread starts."""
    jumps = np.isposinf(outer) & (far - near <= JUMP * far)
    distance = np.where(jumps, near, distance)
    seen = plane.falls(distance[:, None] * directions, spread=True)
    reached = np.abs(seen.fall - fall) <= FOUND
    # One that was near its end at once has no far side either: open is what stayed above all the way.
    all_the_way = np.isnan(far) & (near >= np.sqrt(2 * fall) * float(FURTHER) ** (FURTHEST - 1))
    is_open = (all_the_way | jumps) & ~reached
    found = reached | (is_open & (seen.fall < fall))
    return Rays(distance, seen.fall, is_open, found, seen.higher if higher is None else higher)
