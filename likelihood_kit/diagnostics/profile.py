"""Ends of profile likelihood intervals, by root finding on the log likelihood itself.

Points are in standard coordinates: the estimate is 0, its observed information the identity. Interests are in standard
errors: 0 at the estimate, with a gradient of length 1.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from likelihood_kit.maximise import Objective
from likelihood_kit.maximise.profiled import FOUND, Interest, highest_at, profiled_by_newton

#: Factor by which a search for an end goes further, and how often: from one standard error to 1e12 of them.
FURTHER, FURTHEST = 2.0, 40
#: Root-finding steps between a point inside and one outside, and their relative distance where the profile jumps.
ROOT_STEPS, JUMP = 100, 1e-10
#: Parts of the way to a value of the interest at which the profile is found first where it is not at once.
ON_THE_WAY = (0.2, 0.4, 0.6, 0.8)
#: How far across the interest starts lie, in standard errors, from which a higher point is looked for where no theorem
#: says that there is but one: either way along a random direction each.
ACROSS = (0.75, 1.5, 3.0, 6.0)
#: Ends that are found one beyond the other, each from a higher branch of the profile, at most.
BRANCHES = 5
#: Where it is looked beyond an end for values that are not rejected either, in parts of its distance.
BEYOND = (1.1, 1.25, 1.5, 1.8, 2.2, 2.7, 3.3, 4.0, 5.0, 6.5, 8.5, 11.0, 15.0, 20.0)


@dataclass(frozen=True, eq=False)
class ProfileEnds:
    """Ends of intervals, one for each member of a batch.

    Attributes
    ----------
    point : (m, q)
        Where the log likelihood is highest among points of this interest; the furthest that was seen where open.
    interest : (m,)
    fall : (m,)
        Of the log likelihood, from its maximum.
    open : (m,) bool
        Whether the profile stays above the wanted height up to the end of the space.
    found : (m,) bool
        Whether the end is one: `fall` is as wanted, or it is open.
    higher : (q,) or None
        A point above the estimate, where one was met.
    """

    point: np.ndarray
    interest: np.ndarray
    fall: np.ndarray
    open: np.ndarray
    found: np.ndarray
    higher: np.ndarray | None


@dataclass(frozen=True, eq=False)
class ProfileFalls:
    """Falls of a profile log likelihood from its maximum.

    Attributes
    ----------
    fall : (m,)
        Infinite where the log likelihood is, not a number where no maximum over the others is found.
    higher : (q,) or None
        A point above the estimate, where one was met.
    point : (m, q)
        Where the log likelihood is highest among points of the same interest.
    """

    fall: np.ndarray
    higher: np.ndarray | None
    point: np.ndarray


def profile_ends(
    likelihood: Objective,
    interest: Interest,
    highest: float,
    side: np.ndarray,
    size: int,
    fall: float,
    *,
    alone: bool,
    variance: Callable[[Interest, np.ndarray], float] | None = None,
) -> ProfileEnds:
    """Where the profile log likelihood has fallen by `fall` from its maximum, on one side of the estimate or the other.

    With `variance`, where half the score statistic is as large instead.

    Parameters
    ----------
    likelihood : Objective
    interest : Interest
        Of m members.
    highest : float
        Log likelihood at the estimate.
    side : (m,)
        1 for upper ends, -1 for lower ones.
    size : int
        Number of coordinates.
    fall : float
        Half the quantile of the chi-squared law.
    alone : bool
        Whether a theorem says that there is one maximum alone.
    variance : callable, optional
        `variance(interest, point (q,))` of the estimate of an interest by the expected information at a point.

    References
    ----------
    Venzon, D. J. and Moolgavkar, S. H. (1988). A method for computing profile-likelihood-based confidence intervals.
    *Applied Statistics* 37, 87-94.
    """
    gradient = np.broadcast_to(interest.at(np.zeros((len(side), size)))[1], (len(side), size))
    width = np.sqrt(2 * fall) * side
    if variance is not None:
        blank = np.full(len(side), np.nan)
        ends = ProfileEnds(np.zeros((len(side), size)), blank, blank.copy(), np.isnan(side), np.isnan(side), None)
        for i in range(len(side)):
            own, at = likelihood.take(np.array([i])), np.array([i])
            search = _Search(own, interest.take(at), highest, float(side[i]), fall, gradient[i], variance)
            ends = _with(ends, i, search.end(()))
        return ends
    seen = profiled_by_newton(
        likelihood, interest, width[:, None] * gradient, -width, height=np.full(len(side), highest - fall)
    )
    sound = seen.found & (side * seen.interest > 0) & (side * seen.slope < 0)
    ends = ProfileEnds(seen.point, seen.interest, highest - seen.log_likelihood, np.zeros(len(side), bool), sound, None)
    for i in range(len(side)):
        own, at = likelihood.take(np.array([i])), np.array([i])
        search = _Search(own, interest.take(at), highest, float(side[i]), fall, gradient[i])
        if not sound[i]:
            ends = _with(ends, i, search.end(()))
        for _ in range(BRANCHES if ends.found[i] and not alone else 0):
            here = _Seen(ends.point[i], float(ends.interest[i]), float(ends.fall[i]), True)
            if ends.open[i] or (beside := search.higher_elsewhere(here)) is None:
                break
            ends = _with(ends, i, search.end((beside,)))
    return ends


def profile_falls(
    likelihood: Objective, interest: Interest, highest: float, levels: np.ndarray, size: int, *, alone: bool
) -> ProfileFalls:
    """Fall of the profile log likelihood from its maximum at values of the interest `(m,)`.

    Parameters
    ----------
    likelihood, interest, highest, size, alone
        As of `profile_ends`; of one interest.
    levels : (m,)
    """
    one = np.zeros(len(levels), int)
    gradient = np.broadcast_to(interest.take(one).at(np.zeros((len(levels), size)))[1], (len(levels), size))
    seen = profiled_by_newton(
        likelihood, interest.take(one), levels[:, None] * gradient, -levels.astype(float), level=levels
    )
    falls, points = highest - seen.log_likelihood, seen.point.copy()
    first = interest.take(np.array([0]))
    search = _Search(likelihood, first, highest, 1.0, np.inf, first.at(np.zeros((1, size)))[1][0])
    for side in (-1.0, 1.0):
        # Outwards from the estimate, each from the last that was found.
        before, near = None, _Seen(np.zeros(size), 0.0, 0.0, True)
        own = np.flatnonzero(side * levels > 0)
        for i in own[np.argsort(side * levels[own])]:
            if not seen.found[i]:
                tried = search.beyond(before, near, float(levels[i]))
                falls[i] = tried.fall if tried.found or np.isinf(tried.fall) else np.nan
                here, points[i] = tried, tried.point
            else:
                here = _Seen(seen.point[i], float(levels[i]), float(falls[i]), True)
            if here.found and here.interest != near.interest:
                before, near = near, here
    if not alone:
        _raise_branches(search, levels, falls, points)
    falls = np.where(levels == 0, 0.0, falls)
    above = np.flatnonzero(falls < -FOUND)
    return ProfileFalls(falls, points[above[0]] if above.size else None, points)


def _raise_branches(search: _Search, levels: np.ndarray, falls: np.ndarray, points: np.ndarray) -> None:
    """Put in higher points of the same interest: of another branch of the profile, which neighbours may lie on too."""
    order = np.argsort(levels)
    for i in order:
        if np.isfinite(falls[i]) and levels[i] != 0:
            here = _Seen(points[i], float(levels[i]), float(falls[i]), True)
            if (found := search.higher_elsewhere(here)) is not None:
                falls[i], points[i] = found.fall, found.point
    for way in (order, order[::-1]):
        for before, i in itertools.pairwise(way):
            if not (np.isfinite(falls[before]) and np.isfinite(falls[i])) or levels[i] == 0:
                continue
            moved = points[before] + (levels[i] - levels[before]) * search.gradient
            tried = search.at(float(levels[i]), moved)
            if tried.found and tried.fall < falls[i] - FOUND:
                falls[i], points[i] = tried.fall, tried.point


def _with(ends: ProfileEnds, i: int, found: tuple[_Seen, bool, bool]) -> ProfileEnds:
    """The ends with one replaced."""
    seen, is_open, is_found = found
    ends.point[i], ends.interest[i], ends.fall[i] = seen.point, seen.interest, seen.fall
    ends.open[i], ends.found[i] = is_open, is_found
    return replace(ends, higher=seen.point) if seen.fall < -FOUND and ends.higher is None else ends


@dataclass(frozen=True, eq=False)
class _Seen:
    """A point of the profile: its interest, the fall of the log likelihood, and whether it is the highest near by."""

    point: np.ndarray
    interest: float
    fall: float
    found: bool


@dataclass(frozen=True, eq=False)
class _Search:
    """Search for one end, by one value of the interest after the other."""

    likelihood: Objective
    interest: Interest
    highest: float
    side: float
    fall: float
    gradient: np.ndarray
    variance: Callable[[Interest, np.ndarray], float] | None = None

    def at(self, level: float, start: np.ndarray) -> _Seen:
        """The profile at a value of the interest; a fall that is no number where nothing was found at it."""
        seen = highest_at(self.likelihood, self.interest, level, start)
        value = float(seen.log_likelihood[0])
        fall = np.inf if value == -np.inf else self.highest - value
        if self.variance is not None and np.isfinite(fall):
            fall = float(seen.slope[0]) ** 2 * self.variance(self.interest, seen.point[0]) / 2
        return _Seen(seen.point[0], level, fall, bool(seen.found[0]))

    def beyond(self, before: _Seen | None, near: _Seen, level: float) -> _Seen:
        """The profile at a value further out than others, over steps on the way where it is not found at once.

        The line through the last points may leave the space long before the profile does.
        """
        tried, start = self.at(level, self._ahead(before, near, level)), near.interest
        for part in () if tried.found else (*ON_THE_WAY, 1.0):
            wanted = start + part * (level - start)
            tried = self.at(wanted, self._ahead(before, near, wanted))
            if tried.found:
                before, near = near, tried
        return tried

    def end(self, inside: tuple[_Seen, ...]) -> tuple[_Seen, bool, bool]:
        """The end beyond points that lie inside; whether it is open; whether it was found."""
        near = inside[-1] if inside else _Seen(np.zeros(len(self.gradient)), 0.0, 0.0, True)
        before, level = None, near.interest + self.side * np.sqrt(2 * self.fall) / FURTHER
        for _ in range(FURTHEST):
            seen = self.at(level, self._ahead(before, near, level))
            if seen.fall < -FOUND:
                return seen, False, False
            if not seen.fall < self.fall:
                return self._between(near, seen)
            before, near = near, seen
            level = near.interest * FURTHER
        return near, True, True

    def _ahead(self, before: _Seen | None, near: _Seen, level: float) -> np.ndarray:
        """A start on the line through the last two points, or along the gradient."""
        way = self.gradient if before is None else (near.point - before.point) / (near.interest - before.interest)
        return near.point + (level - near.interest) * way

    def _between(self, near: _Seen, far: _Seen) -> tuple[_Seen, bool, bool]:
        """The root between a point inside and one outside: false position on the root of the fall, or halving."""
        kept = 0
        weight = 1.0
        for _ in range(ROOT_STEPS):
            if abs(far.interest - near.interest) <= JUMP * abs(far.interest):
                # The log likelihood jumps: the profile ends where the space or the support does, or nobody knows.
                return near, True, not np.isnan(far.fall)
            goal = np.sqrt(self.fall)
            inner, outer = np.sqrt(max(near.fall, 0.0)) - goal, np.sqrt(far.fall) - goal
            part = 0.5 if not np.isfinite(outer) or kept >= 4 else inner / (inner - weight * outer)
            level = near.interest + part * (far.interest - near.interest)
            seen = self.at(level, near.point + part * (far.point - near.point))
            if seen.fall < -FOUND:
                return seen, False, False
            if abs(seen.fall - self.fall) <= FOUND:
                return seen, False, seen.found
            if seen.fall < self.fall:
                near, kept, weight = seen, 0, 1.0
            else:
                far, kept, weight = seen, kept + 1, weight / 2
        return near, False, False

    def higher_elsewhere(self, seen: _Seen) -> _Seen | None:
        """The highest point of the same interest as one, from starts across from it; None where none is higher."""
        q = len(self.gradient)
        if q == 1:
            return None
        rng, best = np.random.default_rng(q), seen
        for distance, side in itertools.product(ACROSS, (-1, 1)):
            move = rng.standard_normal(q)
            across = move - (move @ self.gradient) / (self.gradient @ self.gradient) * self.gradient
            found = self.at(seen.interest, seen.point + side * distance * across / np.sqrt(across @ across))
            if found.found and found.fall < best.fall - FOUND:
                best = found
        return None if best is seen else best
