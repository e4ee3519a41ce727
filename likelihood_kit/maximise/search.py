"""Maxima of a batch of likelihoods, and what is known of each: a single fit is a batch of one."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import IntEnum, IntFlag

import numpy as np

from likelihood_kit.maximise.newton import Maximum, Objective, maximise, newton_step
from likelihood_kit.maximise.restarts import (
    AGREEMENT,
    RESTARTS,
    best_candidates,
    near,
    nearer_where_low,
    restart_points,
    restarted,
)
from likelihood_kit.maximise.single import maximise_single
from likelihood_kit.maximise.surroundings import LOOSE, Scales, Surroundings, definite, look_around

#: Newton decrement up to which an estimate counts as the maximum: a thousandth of a standard error.
CLOSE = 1e-3
#: A search may have followed a likelihood that rises for ever if it took more steps than this (ordinary ones take 2 to
#: 6), or ended where a parameter on a scale of its own (a log, a logit) has a standard error above this, or further
#: from its start than a factor of exp(10).
SUSPICIOUS_ITERATIONS = 10
SUSPICIOUS_ERROR = 1.0
FURTHEST = 10.0


class Flaw(IntFlag):
    """Why a point is not certified."""

    RISING = 1
    VALUE = 2
    DERIVATIVES = 4
    STOPPED = 8
    SINGULAR = 16
    TWIN = 32
    UNCONFIRMED = 64
    ROWS = 128
    PERFECT = 256


class Grade(IntEnum):
    """What is claimed of a point."""

    NONE = 0
    LOCAL = 1
    HIGHEST_FOUND = 2
    GLOBAL = 3


@dataclass(frozen=True)
class Setting:
    """What is known of the likelihoods before they are searched.

    Attributes
    ----------
    scales : Scales
    theorem : str
        By which a stationary point is the maximum; empty for none.
    unbounded : str
        Where the likelihood has no bound, in words; empty where it has one.
    candidates : (m, r, k) array, optional
        Further starts, spread over the space.
    """

    scales: Scales
    theorem: str = ""
    unbounded: str = ""
    candidates: np.ndarray | None = None


@dataclass(frozen=True)
class Findings:
    """Ends of the searches of r likelihoods, with what is known of each.

    Attributes
    ----------
    working : (r, k)
    log_likelihood, decrement, curvature, least_fall : (r,)
        `curvature` is the smallest eigenvalue of the observed information scaled to unit diagonal; `least_fall` not a
        number where a theorem spares the look around.
    hessian : (r, k, k)
    iterations, restarts, agreeing : (r,) int
        `restarts` that came to an end, and those of them that ended here.
    twins : (r,) int
        Restarts that ended elsewhere and as high.
    flaws : (r,) int
        Sum of `Flaw`; 0 for a maximum.
    grade : (r,) int
        `Grade`.
    around : Surroundings or None
    """

    working: np.ndarray
    log_likelihood: np.ndarray
    hessian: np.ndarray
    decrement: np.ndarray
    curvature: np.ndarray
    least_fall: np.ndarray
    iterations: np.ndarray
    restarts: np.ndarray
    agreeing: np.ndarray
    twins: np.ndarray
    flaws: np.ndarray
    grade: np.ndarray
    around: Surroundings | None = field(default=None, repr=False)

    def take(self, index: np.ndarray) -> Findings:
        """The findings `index` of the batch."""
        parts = {name: part[index] for name, part in vars(self).items() if isinstance(part, np.ndarray)}
        return replace(self, **parts, around=None)

    @property
    def exists(self) -> np.ndarray:
        """Which of the points are maxima, `(r,)`."""
        return self.flaws == 0


def find(likelihood: Objective, starts: np.ndarray, setting: Setting) -> Findings:
    """Maximum of each likelihood with what is known of it.

    Parameters
    ----------
    likelihood : Objective
    starts : (m, r, k)
        The search begins at each; of equally high ends that of the first counts.
    setting : Setting
    """
    found = maximise_single(likelihood, starts[0])
    if found is None:
        found = maximise(likelihood, starts[0])
    for start in starts[1:]:
        other = maximise(likelihood, start)
        higher = np.flatnonzero(other.log_likelihood > found.log_likelihood + AGREEMENT)
        found.put(higher, other.take(higher))
    r = len(found.working)
    none = np.zeros(r, int)
    if setting.theorem:
        return _judged(likelihood, found, starts[0], setting, none, none, none)
    restarts = _restart(likelihood, found, setting)
    best = np.argmax(np.where(restarts.converged, restarts.log_likelihood, -np.inf).reshape(-1, r), axis=0)
    best = best * r + np.arange(r)
    with np.errstate(invalid="ignore"):
        higher = restarts.converged[best] & ~(restarts.log_likelihood[best] <= found.log_likelihood + AGREEMENT)
    if higher.any():
        where = np.flatnonzero(higher)
        again = maximise(likelihood.take(where), restarts.working[best[where]])
        again.iterations[:] += found.iterations[where]
        found.put(where, again)
    return _judged(likelihood, found, starts[0], setting, *_agreement(found, restarts, setting.scales))


def _restart(likelihood: Objective, found: Maximum, setting: Setting) -> Maximum:
    rows = setting.scales.rows
    points = restart_points(found.working, found.hessian, rows)
    points = nearer_where_low(likelihood, found.working, found.log_likelihood, points, rows)
    if setting.candidates is not None:
        points = np.concatenate([points, best_candidates(likelihood, setting.candidates)])
    return restarted(likelihood, points, found)


def _agreement(found: Maximum, restarts: Maximum, scales: Scales) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Restarts that came to an end, those that ended at the maximum, and those elsewhere as high; `(r,)` each."""
    r, k = found.working.shape
    hessian = restarts.hessian.reshape(-1, r, k, k)
    # Where a parameter has lost its curvature, as df of a Student t far out, there is a plateau, not a maximum.
    curved = np.einsum("mrkk->mrk", hessian) * LOOSE**2 <= np.einsum("rkk->rk", found.hessian)
    aside = restarts.working.reshape(-1, r, k) - found.working
    # So far out the curvature may be rounding, and looks like one.
    with np.errstate(invalid="ignore"):
        curved &= ~scales.relative | (np.abs(aside) * scales.spread <= FURTHEST)
        arrived = restarts.converged.reshape(-1, r) & curved.all(axis=2)
        as_high = arrived & (np.abs(restarts.log_likelihood.reshape(-1, r) - found.log_likelihood) <= AGREEMENT)
    here = near(found, restarts.working.reshape(-1, r, k))
    return arrived.sum(axis=0), (as_high & here).sum(axis=0), (as_high & ~here).sum(axis=0)


def _judged(
    likelihood: Objective,
    found: Maximum,
    start: np.ndarray,
    setting: Setting,
    restarts: np.ndarray,
    agreeing: np.ndarray,
    twins: np.ndarray,
) -> Findings:
    r, k = found.working.shape
    curvature, concave = definite(found.hessian)
    flaws = np.zeros(r, int)
    decrement, least_fall, around = found.decrement.copy(), np.full(r, np.nan), None
    look = np.arange(r) if not setting.theorem else np.flatnonzero(_suspicious(found, start, setting))
    if look.size:
        there = likelihood.take(look).derivatives(found.working[look])
        step, concave[look] = newton_step(there[1], there[2])
        with np.errstate(all="ignore"):
            decrement[look] = np.sqrt(np.abs(np.einsum("rk,rk->r", there[1], step)))
            ahead = step / decrement[look, None]
        curvature[look] = definite(there[2])[0]
        around = look_around(likelihood.take(look), found.working[look], there, ahead, setting.scales)
        least_fall[look] = around.least_fall
        # Where the likelihood is level three of a parameter's standard errors away, its curvature was rounding.
        concave[look] &= ~around.level[:, : found.working.shape[1]].any(axis=1)
        flaws[look] |= np.where(around.rising.any(axis=1), Flaw.RISING, 0)
        flaws[look] |= np.where(np.isfinite(there[0]), 0, Flaw.VALUE)
    sound = flaws == 0
    flaws |= np.where(sound & ~np.isfinite(decrement), Flaw.DERIVATIVES, 0)
    with np.errstate(invalid="ignore"):
        flaws |= np.where(sound & np.isfinite(decrement) & ~(decrement <= CLOSE), Flaw.STOPPED, 0)
    flaws |= np.where(sound & ~concave, Flaw.SINGULAR, 0)
    if not setting.theorem:
        flaws |= np.where(sound & concave & (twins > 0), Flaw.TWIN, 0)
        flaws |= np.where(sound & concave & (twins == 0) & (agreeing == 0), Flaw.UNCONFIRMED, 0)
    if 1 < setting.scales.rows <= k:
        flaws |= np.where(flaws & Flaw.RISING, 0, Flaw.ROWS)
    grade = Grade.GLOBAL if setting.theorem else Grade.LOCAL if setting.unbounded else Grade.HIGHEST_FOUND
    return Findings(
        found.working, found.log_likelihood, found.hessian, decrement, curvature, least_fall, found.iterations,
        restarts, agreeing, twins, flaws, np.where(flaws == 0, int(grade), int(Grade.NONE)), around,
    )  # fmt: skip


def _suspicious(found: Maximum, start: np.ndarray, setting: Setting) -> np.ndarray:
    """Which searches may have followed a likelihood that rises for ever, or ended on a plateau; `(r,)`."""
    with np.errstate(all="ignore"):
        errors = 1 / np.sqrt(-np.einsum("rkk->rk", found.hessian)) * setting.scales.spread
        gone = np.abs(found.working - start) * setting.scales.spread
    far = ~((errors <= SUSPICIOUS_ERROR) & (gone <= FURTHEST))
    return ~found.converged | (found.iterations > SUSPICIOUS_ITERATIONS) | far[:, setting.scales.relative].any(axis=1)


__all__ = ["RESTARTS", "Findings", "Flaw", "Grade", "Setting", "find"]
