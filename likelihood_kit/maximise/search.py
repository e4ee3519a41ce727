"""Maxima of a batch of likelihoods, and what is known of each: a single fit is a batch of one."""

from __future__ import annotations

import numpy as np

from likelihood_kit.maximise.cut_space import inside_of_the_cut
from likelihood_kit.maximise.findings import Findings, Flaw, Grade
from likelihood_kit.maximise.judged import STEEP, Setting, judged
from likelihood_kit.maximise.lost_digits import without_lost_digits
from likelihood_kit.maximise.newton import Maximum, Objective, maximise
from likelihood_kit.maximise.restarts import (
    AGREEMENT,
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
from likelihood_kit.maximise.surroundings import Scales

#: Ends that are looked at, from the highest down, where one is a place without a bound.
LOOKED_AT = 12
#: Maxima that may be expected beside those found before the highest of these is called local.
MOST_UNSEEN = 2.0


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
        return judged(likelihood, found, starts[0], setting)
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
    if setting.lost is not None and not setting.unbounded:
        ends = without_lost_digits(likelihood, ends, base, setting.scales, setting.lost)
    return _highest_of(likelihood, ends, starts, base, setting)


def _highest_of(likelihood: Objective, ends: Ends, starts: Starts, base: np.ndarray, setting: Setting) -> Findings:
    r = len(base)
    order, at, stop = _from_the_highest(ends, r)
    chosen = np.where(at < stop, order[np.minimum(at, len(order) - 1)] if len(order) else 0, np.arange(r))
    result = judged(likelihood, ends.maximum.take(chosen), base, setting)
    where = np.flatnonzero(_is_steep(result))
    for _ in range(LOOKED_AT):
        at[where] += 1
        where = where[at[where] < stop[where]]
        if not where.size:
            break
        lower = order[at[where]]
        again = judged(likelihood.take(where), ends.maximum.take(lower), base[where], setting)
        steep = _is_steep(again)
        chosen[where[~steep]] = lower[~steep]
        result = result.replaced(where[~steep], again, np.flatnonzero(~steep))
        where = where[steep]
    if setting.cut is not None and result.flaws.any():
        result, chosen = inside_of_the_cut(likelihood, result, ends, chosen, base, setting)
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
