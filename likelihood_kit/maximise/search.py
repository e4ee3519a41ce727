"""Maxima of a batch of likelihoods, and what is known of each: a single fit is a batch of one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import IntEnum, IntFlag
from typing import Any

import numpy as np

from likelihood_kit.maximise.newton import Maximum, Objective, maximise, newton_step
from likelihood_kit.maximise.restarts import (
    AGREEMENT,
    FURTHEST,
    RESTARTS,
    TIED,
    Ends,
    Starts,
    arrived,
    explored,
    has_escaped,
    near,
    nearby,
    same_law,
    unseen,
)
from likelihood_kit.maximise.single import maximise_single
from likelihood_kit.maximise.surroundings import Scales, Surroundings, definite, look_around, run_away

#: Newton decrement that a search leaves behind where it has arrived: its last step squares `newton.DECREMENT`, but for
#: rounding.
ARRIVED = 1e-7
#: Newton decrement up to which an estimate counts as the maximum: a thousandth of a standard error.
CLOSE = 1e-3
#: A search may have followed a likelihood that rises for ever if it took more steps than this (ordinary ones take 2 to
#: 6), or ended where a parameter on a scale of its own (a log, a logit) has a standard error above this, or further
#: from its start than a factor of exp(10).
SUSPICIOUS_ITERATIONS = 10
SUSPICIOUS_ERROR = 1.0
#: Ends that are looked at, from the highest down, where one is a place without a bound.
LOOKED_AT = 12
#: Maxima that may be expected beside those found before the highest of these is called local.
MOST_UNSEEN = 2.0
#: Newton decrement above which a log likelihood that rises does not flatten on its way to a limit.
STEEP = 0.1


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
    RANGE = 512
    INACCURATE = 1024


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
    spread : callable, optional
        Starts spread over the space, `spread() -> Starts`; asked for only where no theorem holds.
    """

    scales: Scales
    theorem: str = ""
    unbounded: str = ""
    spread: Callable[[], Starts] | None = None


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
    iterations, starts, restarts, agreeing : (r,) int
        `starts` from which was searched, `restarts` that came to an end, and those of them that ended here.
    twins, relabelled : (r,) int
        Searches that ended elsewhere and as high; those of `agreeing` that ended at other parameters of the same law.
    escaped : (r,) int
        Searches that ran away while the log likelihood rose, above this point.
    unseen : (r,)
        Maxima expected beside those found, where the starts were drawn from a box.
    lowest, highest : (r, k)
        Reach of the places among which the starts were chosen; not a number where there were none.
    flaws : (r,) int
        Sum of `Flaw`; 0 for a maximum.
    grade : (r,) int
        `Grade`.
    around : Surroundings or None
    kinked : bool
        Whether the log likelihood has a kink at the points, which were found without derivatives.
    """

    working: np.ndarray
    log_likelihood: np.ndarray
    hessian: np.ndarray
    decrement: np.ndarray
    curvature: np.ndarray
    least_fall: np.ndarray
    iterations: np.ndarray
    starts: np.ndarray
    restarts: np.ndarray
    agreeing: np.ndarray
    twins: np.ndarray
    relabelled: np.ndarray
    escaped: np.ndarray
    unseen: np.ndarray
    lowest: np.ndarray
    highest: np.ndarray
    flaws: np.ndarray
    grade: np.ndarray
    around: Surroundings | None = field(default=None, repr=False)
    kinked: bool = False

    def take(self, index: np.ndarray) -> Findings:
        """The findings `index` of the batch."""
        parts: dict[str, Any] = {name: part[index] for name, part in vars(self).items() if isinstance(part, np.ndarray)}
        return replace(self, **parts, around=None)

    def replaced(self, where: np.ndarray, other: Findings, index: np.ndarray | slice = slice(None)) -> Findings:
        """The findings with those at `where` replaced by those `index` of others, whose surroundings are kept."""
        changed: dict[str, Any] = {}
        for name, part in vars(self).items():
            if isinstance(part, np.ndarray):
                changed[name] = part.copy()
                changed[name][where] = getattr(other, name)[index]
        return replace(self, **changed, around=other.around if len(where) else self.around)

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
    if setting.theorem:
        return _judged(likelihood, found, starts[0], setting)
    return _highest(likelihood, found, starts[0], setting)


def _highest(likelihood: Objective, found: Maximum, base: np.ndarray, setting: Setting) -> Findings:
    """The highest end of searches from starts spread over the space, with what the others say of it.

    An end on the way to a place where the likelihood has no bound is passed over for the next lower one; one on the way
    to a limit that is higher is not.
    """
    r = len(found.working)
    starts = Starts.of(np.empty((0, found.working.shape[1]))) if setting.spread is None else setting.spread()
    ends = Ends(np.arange(r), found, has_escaped(found, base, setting.scales), np.ones(r, dtype=int))
    if len(starts.sample):
        ends = ends.joined(explored(likelihood, starts, found, setting.scales))
    return _highest_of(likelihood, ends, starts, base, setting)


def _highest_of(likelihood: Objective, ends: Ends, starts: Starts, base: np.ndarray, setting: Setting) -> Findings:
    r = len(base)
    order, at, stop = _from_the_highest(ends, r)
    chosen = np.where(at < stop, order[np.minimum(at, len(order) - 1)] if len(order) else 0, np.arange(r))
    result = _judged(likelihood, ends.maximum.take(chosen), base, setting)
    where = np.flatnonzero(_is_steep(result))
    for _ in range(LOOKED_AT):
        at[where] += 1
        where = where[at[where] < stop[where]]
        if not where.size:
            break
        lower = order[at[where]]
        again = _judged(likelihood.take(where), ends.maximum.take(lower), base[where], setting)
        steep = _is_steep(again)
        chosen[where[~steep]] = lower[~steep]
        result = result.replaced(where[~steep], again, np.flatnonzero(~steep))
        where = where[steep]
    return _witnessed(likelihood, result, ends, chosen, starts, base, setting)


def _from_the_highest(ends: Ends, r: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Ends by sample and from the highest down; where those of each sample begin and stop, `(r,)`.

    Of equally high ones that of the family's own start comes first, one that did not converge last.
    """
    value = ends.maximum.log_likelihood - TIED * ~ends.maximum.converged
    value[:r] += TIED
    usable = np.flatnonzero(~ends.escaped & np.isfinite(value))
    order = usable[np.lexsort((-value[usable], ends.sample[usable]))]
    stop = np.searchsorted(ends.sample[order], np.arange(r), side="right")
    return order, np.searchsorted(ends.sample[order], np.arange(r), side="left"), stop


def _is_steep(findings: Findings) -> np.ndarray:
    """Which points stand where the log likelihood rises without flattening, `(r,)`."""
    rising = (findings.flaws & Flaw.RISING) > 0
    return rising & ~(findings.decrement <= STEEP)


def _witnessed(
    likelihood: Objective,
    result: Findings,
    ends: Ends,
    chosen: np.ndarray,
    starts: Starts,
    base: np.ndarray,
    setting: Setting,
) -> Findings:
    """The findings with what searches from elsewhere say of each, and from near by where none of those ended there."""
    r = len(result.working)
    found = ends.maximum.take(chosen)
    others = Ends(ends.sample[r:], ends.maximum.take(slice(r, None)), ends.escaped[r:], ends.searches[r:])
    _count(likelihood, result, others, found, setting.scales)
    result.starts[:] = np.bincount(others.sample, others.searches, minlength=r)
    result.lowest[:], result.highest[:] = starts.lowest, starts.highest
    higher = ends.escaped & (ends.maximum.log_likelihood > result.log_likelihood[ends.sample] + AGREEMENT)
    result.escaped[:] = np.bincount(ends.sample[higher], minlength=r)
    alone = np.flatnonzero((result.flaws == 0) & (result.agreeing + result.twins == 0))
    if alone.size:
        close = nearby(likelihood, found, alone, setting.scales.rows)
        higher = close.maximum.log_likelihood > result.log_likelihood[close.sample] + AGREEMENT
        if (higher & arrived(close, found, setting.scales)).any():
            return _highest_of(likelihood, ends.joined(close), starts, base, setting)
        _count(likelihood, result, close, found, setting.scales)
        result.starts[alone] += RESTARTS
    sound = result.flaws == 0
    result.flaws[sound & (result.twins > 0)] |= Flaw.TWIN
    result.flaws[sound & (result.twins == 0) & (result.agreeing == 0)] |= Flaw.UNCONFIRMED
    if not starts.guided and r == 1:
        came = arrived(others, found, setting.scales)
        result.unseen[:] = unseen(others.maximum.log_likelihood[came], others.searches[came])
        result.grade[result.unseen > MOST_UNSEEN] = Grade.LOCAL
    result.grade[result.flaws != 0] = Grade.NONE
    result.grade[(result.flaws == 0) & (result.escaped > 0)] = Grade.LOCAL
    return result


def _count(likelihood: Objective, result: Findings, others: Ends, found: Maximum, scales: Scales) -> None:
    """Add to the findings how many searches from elsewhere came to an end, here or at other maxima as high."""
    came = arrived(others, found, scales)
    with np.errstate(invalid="ignore"):
        apart = np.abs(others.maximum.log_likelihood - result.log_likelihood[others.sample])
        here = came & (apart <= AGREEMENT) & near(found, others.maximum.working, others.sample)
        twin = came & (apart <= TIED) & ~here
    apart = np.flatnonzero(twin)
    sound = apart[result.flaws[others.sample[apart]] == 0]
    for i in sound:
        one = np.array([others.sample[i]])
        if same_law(likelihood.take(one), result.working[one[0]], others.maximum.working[i]):
            here[i], twin[i] = True, False
            result.relabelled[one] += others.searches[i]
    for count, which in ((result.restarts, came), (result.agreeing, here), (result.twins, twin)):
        np.add.at(count, others.sample[which], others.searches[which])


def _judged(likelihood: Objective, found: Maximum, start: np.ndarray, setting: Setting) -> Findings:
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
        told = ~concave[look] | around.rising.any(axis=1) | around.level.any(axis=1)
        arrived_there = told | (found.converged[look] & (decrement[look] <= ARRIVED))
        gone = run_away(found.working[look], start[look], there[2], setting.scales, arrived_there)
        around = around.with_rising(gone)
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
    if 1 < setting.scales.rows <= k:
        flaws |= np.where(flaws & Flaw.RISING, 0, Flaw.ROWS)
    grade = Grade.GLOBAL if setting.theorem else Grade.LOCAL if setting.unbounded else Grade.HIGHEST_FOUND

    counts: dict[str, Any] = {
        name: np.zeros(r, int) for name in ("starts", "restarts", "agreeing", "twins", "relabelled", "escaped")
    }
    return Findings(
        found.working.copy(),
        found.log_likelihood.copy(),
        found.hessian.copy(),
        decrement,
        curvature,
        least_fall,
        found.iterations,
        **counts,
        unseen=np.zeros(r),
        lowest=np.full((r, k), np.nan),
        highest=np.full((r, k), np.nan),
        flaws=flaws,
        grade=np.where(flaws == 0, int(grade), int(Grade.NONE)),
        around=around,
    )


def _suspicious(found: Maximum, start: np.ndarray, setting: Setting) -> np.ndarray:
    """Which searches may have followed a likelihood that rises for ever, or ended on a plateau; `(r,)`."""
    with np.errstate(all="ignore"):
        errors = 1 / np.sqrt(-np.einsum("rkk->rk", found.hessian)) * setting.scales.spread
        gone = np.abs(found.working - start) * setting.scales.spread
    far = ~((errors <= SUSPICIOUS_ERROR) & (gone <= FURTHEST))
    return ~found.converged | (found.iterations > SUSPICIOUS_ITERATIONS) | far[:, setting.scales.relative].any(axis=1)
