"""Whether the end of a search is a maximum, by the log likelihood there and around it, and why it is not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from likelihood_kit.maximise.findings import Findings, Flaw, Grade, nothing_else_searched
from likelihood_kit.maximise.level_curves import flatter, level_curves
from likelihood_kit.maximise.newton import Maximum, Objective, newton_step
from likelihood_kit.maximise.restarts import FURTHEST, Starts
from likelihood_kit.maximise.surroundings import NO_CURVATURE, Scales, Surroundings, definite, look_around, run_away

#: Newton decrement that a search leaves behind where it has arrived: its last step squares `newton.DECREMENT`, but for
#: rounding.
ARRIVED = 1e-7
#: Newton decrement up to which an estimate counts as the maximum: a thousandth of a standard error.
CLOSE = 1e-3
#: Newton decrement above which a log likelihood that rises does not flatten on its way to a limit.
STEEP = 0.1
#: A search may have followed a likelihood that rises for ever if it took more steps than this (ordinary ones take 2 to
#: 6), or ended where a parameter on a scale of its own (a log, a logit) has a standard error above this, or further
#: from its start than a factor of exp(10).
SUSPICIOUS_ITERATIONS = 10
SUSPICIOUS_ERROR = 1.0


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
    spread : callable, optional
        Starts spread over the space, `spread() -> Starts`; asked for only where no theorem holds.
    lost : callable, optional
        `lost(likelihood, working (k,))`: by how much the log likelihood of one sample is rounding there.
    cut : int, optional
        The entry of a parameter whose space was cut where the likelihood has no bound beyond.
    """

    scales: Scales
    theorem: str = ""
    unbounded: str = ""
    spread: Callable[[], Starts] | None = None
    lost: Callable[[Any, np.ndarray], float] | None = None
    cut: int | None = None


def judged(likelihood: Objective, found: Maximum, start: np.ndarray, setting: Setting) -> Findings:
    """What is known of the ends of searches from starts `(r, k)` by the log likelihood there and around.

    Where a theorem holds it is looked around suspicious ends alone.
    """
    r, k = found.working.shape
    curvature, concave = definite(found.hessian)
    flaws, decrement, least_fall = np.zeros(r, int), found.decrement.copy(), np.full(r, np.nan)
    look = np.arange(r) if not setting.theorem else np.flatnonzero(_suspicious(found, start, setting.scales))
    around = None
    if look.size:
        seen = _seen(likelihood.take(look), found.take(look), start[look], setting.scales)
        around, least_fall[look] = seen.around, seen.around.least_fall
        decrement[look], curvature[look], concave[look] = seen.decrement, seen.curvature, seen.concave
        flaws[look] |= np.where(around.rising.any(axis=1), Flaw.RISING, 0)
        flaws[look] |= np.where(seen.curved & (flaws[look] == 0), Flaw.LEVEL, 0)
        flaws[look] |= np.where(seen.flat & (flaws[look] == 0), Flaw.FLAT, 0)
        flaws[look] |= np.where(np.isfinite(seen.value), 0, Flaw.VALUE)
    sound = flaws == 0
    flaws |= np.where(sound & ~np.isfinite(decrement), Flaw.DERIVATIVES, 0)
    with np.errstate(invalid="ignore"):
        flaws |= np.where(sound & np.isfinite(decrement) & ~(decrement <= CLOSE), Flaw.STOPPED, 0)
    flaws |= np.where(sound & ~concave, Flaw.SINGULAR, 0)
    if setting.scales.rows < k:
        # As many distinct observations as parameters have a maximum where the log likelihood says so.
        flaws = np.where(flaws & (Flaw.SINGULAR | Flaw.LEVEL), Flaw.ROWS, flaws)
    grade = Grade.GLOBAL if setting.theorem else Grade.LOCAL if setting.unbounded else Grade.HIGHEST_FOUND
    return nothing_else_searched(
        found,
        flaws,
        np.where(flaws == 0, int(grade), int(Grade.NONE)),
        decrement=decrement,
        curvature=curvature,
        least_fall=least_fall,
        around=around,
    )


@dataclass(frozen=True, eq=False)
class _Seen:
    """What the log likelihood at r ends and around them is: its value, the decrement left, curvature, surroundings.

    `curved`: whether it is level along a curve; `flat`: whether it is a maximum without curvature in some direction.
    """

    value: np.ndarray
    decrement: np.ndarray
    curvature: np.ndarray
    concave: np.ndarray
    curved: np.ndarray
    flat: np.ndarray
    around: Surroundings


def _seen(likelihood: Objective, found: Maximum, start: np.ndarray, scales: Scales) -> _Seen:
    working = found.working
    there = value, score, hessian = likelihood.derivatives(working)
    step, concave = newton_step(score, hessian)
    with np.errstate(all="ignore"):
        decrement = np.sqrt(np.abs(np.einsum("rk,rk->r", score, step)))
        ahead = step / decrement[:, None]
    around = look_around(likelihood, working, there, ahead, scales)
    left = np.where(decrement <= STEEP, decrement**2, 0.0)
    ways = level_curves(likelihood, working, value, around.tangents, left)
    curved = (ways != 0).any(axis=1)
    flat = flatter(likelihood, working, value, around.tangents) & ~curved
    around = replace(around, curves=ways * scales.spread)
    told = ~concave | curved | around.rising.any(axis=1) | around.level.any(axis=1)
    arrived = told | (found.converged & (decrement <= ARRIVED))
    around = around.with_rising(run_away(working, start, hessian, scales, arrived))
    # Where the likelihood is level three of a parameter's standard errors away, its curvature was rounding.
    concave &= ~around.level[:, : working.shape[1]].any(axis=1)
    curvature = definite(hessian)[0]
    # Where a fall belongs to no curvature that is more than rounding, a direction is not identified.
    concave &= ~(flat & (curvature <= NO_CURVATURE))
    return _Seen(value, decrement, curvature, concave, curved, flat & concave, around)


def _suspicious(found: Maximum, start: np.ndarray, scales: Scales) -> np.ndarray:
    """Which searches may have followed a likelihood that rises for ever, or ended on a plateau; `(r,)`."""
    with np.errstate(all="ignore"):
        errors = 1 / np.sqrt(-np.einsum("rkk->rk", found.hessian)) * scales.spread
        gone = np.abs(found.working - start) * scales.spread
    far = ~((errors <= SUSPICIOUS_ERROR) & (gone <= FURTHEST))
    return ~found.converged | (found.iterations > SUSPICIOUS_ITERATIONS) | far[:, scales.relative].any(axis=1)
