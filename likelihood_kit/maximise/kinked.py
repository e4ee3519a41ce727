"""Maximum of a log likelihood with kinks, by its values alone, and whether it falls on all sides.

A likelihood of absolute values has its maximum where slopes jump, and curvatures say nothing: the simplex method of
Nelder and Mead (1965, *Computer Journal* 7, 308-313), begun again until it gains nothing, and along lines (Powell 1964,
*Computer Journal* 7, 155-162).
"""

from __future__ import annotations

import numpy as np
from scipy import optimize

from likelihood_kit.calculus import has_kink
from likelihood_kit.maximise.findings import Findings, Flaw, Grade
from likelihood_kit.maximise.newton import Objective
from likelihood_kit.maximise.restarts import AGREEMENT, Starts
from likelihood_kit.maximise.surroundings import Scales, Surroundings

#: Rounding errors of a parameter that a step along it is long, at least.
FINEST = 64
#: Starts searched from, the highest.
STARTS = 5
#: Rounds of both methods, and gain of the log likelihood from which another is made.
ROUNDS, GAIN = 12, 1e-9
#: Fall of the log likelihood by which the unit of a parameter is measured, and doublings of the unit in search of it.
FALL, DOUBLINGS = 0.5, 60
#: Distances, in those units, at which the log likelihood must be no higher, and random directions beside the axes.
DISTANCES = (1e-4, 1e-2, 0.1, 1.0, 5.0, 30.0)
DIRECTIONS = 24
#: How much higher it may be, for rounding.
ROUNDING = 1e-8
#: Units on either side within which a kink counts as one at the maximum.
NEIGHBOURHOOD = 1.0


def kinked_maximum(
    likelihood: Objective, starts: Starts, base: np.ndarray, scales: Scales, unbounded: str = ""
) -> Findings:
    """Maximum of the log likelihood of one sample, graded by what the searches from all starts found.

    Parameters
    ----------
    likelihood : Objective
    starts : Starts
    base : (k,)
        The family's own start.
    scales : Scales
    unbounded : str
        Where the likelihood has no bound, in words; empty where it has one. An end on the way there is passed over for
        the next lower one, which is no more than local.
    """
    points = np.concatenate([base[None], starts.points])
    with np.errstate(all="ignore"):
        values = likelihood.value(points)
    order = np.argsort(-np.where(np.isfinite(values), values, -np.inf), kind="stable")[:STARTS]
    ends = sorted((_climbed(likelihood, points[i]) for i in order), key=lambda end: -end[1])
    heights = np.array([value for _, value in ends])
    seen = None
    for working, value in ends if unbounded else ends[:1]:
        agreeing = int(np.sum(np.abs(heights - value) <= AGREEMENT)) - 1
        flaws, around = _judged(likelihood, working, value)
        if not flaws and not agreeing and len(ends) > 1:
            flaws = int(Flaw.UNCONFIRMED)
        grade = Grade.NONE if flaws else Grade.LOCAL if unbounded else Grade.HIGHEST_FOUND
        if seen is None or not flaws & Flaw.RISING:
            seen = _findings(working, value, len(ends) - 1, agreeing, flaws, grade, starts, around)
        if not flaws & Flaw.RISING:
            break
    assert seen is not None
    return seen


def _judged(likelihood: Objective, working: np.ndarray, value: float) -> tuple[int, Surroundings]:
    """Flaws of the end of a search by the log likelihood there and around."""
    units = _units(likelihood, working, value)
    rising, level, least = _around(likelihood, working, value, units)
    flaws = 0 if np.isfinite(value) else int(Flaw.VALUE)
    if rising.any() or not np.isfinite(units).all():
        flaws |= int(Flaw.RISING)
    axes = np.concatenate([np.eye(len(working)), -np.eye(len(working))])
    return flaws, Surroundings(np.array([least]), axes[None], rising[None], level[None])


def kinks_near(likelihood: Objective, working: np.ndarray, value: float) -> bool:
    """Whether the log likelihood of one sample has a kink along an axis within a unit of a point `(k,)`."""
    units = _units(likelihood, working, value)
    finest = FINEST * np.finfo(float).eps * np.abs(working)
    for axis, unit, least in zip(np.eye(len(working)), units, finest, strict=True):
        if not np.isfinite(unit):
            continue

        def along(t: np.ndarray, axis: np.ndarray = axis) -> np.ndarray:
            return likelihood.value(working + t[:, None] * axis)

        if has_kink(along, -NEIGHBOURHOOD * unit, NEIGHBOURHOOD * unit, float(least)):
            return True
    return False


def _climbed(likelihood: Objective, start: np.ndarray) -> tuple[np.ndarray, float]:
    """Where both methods end from one start, and the log likelihood there."""

    def minus(point: np.ndarray) -> float:
        with np.errstate(all="ignore"):
            value = float(likelihood.value(point[None])[0])
        return -value if np.isfinite(value) else np.inf

    point, height = start, minus(start)
    settings = {"xatol": 1e-11, "fatol": 1e-12, "maxiter": 400 * len(start), "adaptive": len(start) > 3}
    for attempt in range(ROUNDS):
        end = optimize.minimize(minus, point, method="Nelder-Mead", options=settings)
        if len(start) > 1 and attempt % 2 == 0:
            along = optimize.minimize(minus, end.x, method="Powell", options={"xtol": 1e-10, "ftol": 1e-14})
            end = along if along.fun < end.fun else end
        gained = height - end.fun
        if end.fun < height:
            point, height = np.atleast_1d(end.x), float(end.fun)
        if not gained > GAIN:
            break
    return point, -height


def _units(likelihood: Objective, working: np.ndarray, value: float) -> np.ndarray:
    """How far each parameter alone moves, on the nearer side, until the log likelihood has fallen by `FALL`; `(k,)`."""
    k = len(working)
    units = np.full(k, np.inf)
    steps = 1e-9 * np.maximum(np.abs(working).max(initial=0.0), 1e-3) * 2.0 ** np.arange(DOUBLINGS)
    for j, axis in enumerate(np.eye(k)):
        for side in (1, -1):
            with np.errstate(all="ignore"):
                falls = value - likelihood.value(working + side * steps[:, None] * axis)
            low = np.flatnonzero(~(falls < FALL))
            if low.size:
                units[j] = min(units[j], steps[low[0]])
    return units


def _around(
    likelihood: Objective, working: np.ndarray, value: float, units: np.ndarray
) -> tuple[np.ndarray, np.ndarray, float]:
    """Axes `(2 k,)`, each way, along which the log likelihood rises or is level, and its least fall at one unit."""
    k = len(working)
    finite = np.where(np.isfinite(units), units, 1.0)
    rng = np.random.default_rng(k)
    random = rng.normal(size=(DIRECTIONS, k)) / np.sqrt(k)
    rays = np.concatenate([np.eye(k), -np.eye(k), random]) * finite
    with np.errstate(all="ignore"):
        values = np.stack([likelihood.value(working + distance * rays) for distance in DISTANCES])
    tolerance = ROUNDING * (1 + abs(value))
    higher = np.any(values > value + tolerance, axis=0)
    rising = np.array(higher[: 2 * k])
    if higher[2 * k :].any() and not rising.any():
        rising[:] = True
    far = values[-1, : 2 * k]
    level = ~(far < value - tolerance)
    return rising | level, level, float(value - values[DISTANCES.index(1.0)].max())


def _findings(
    working: np.ndarray,
    value: float,
    searches: int,
    agreeing: int,
    flaws: int,
    grade: Grade,
    starts: Starts,
    around: Surroundings,
) -> Findings:
    k = len(working)
    none = np.full(1, np.nan)

    def counted(number: int) -> np.ndarray:
        return np.array([int(number)])

    return Findings(
        working[None], np.array([value]), np.full((1, k, k), np.nan), none, none.copy(), around.least_fall, counted(0),
        counted(searches), counted(searches), counted(agreeing), counted(0), counted(0), counted(0), np.zeros(1),
        starts.lowest[:1], starts.highest[:1], counted(flaws), counted(int(grade)), around, True,
    )  # fmt: skip
