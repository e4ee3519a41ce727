"""Maxima inside a space that was cut where the likelihood has no bound beyond.

The shape of a generalized extreme value law ends at -1: there, and where it is large and the lower end of the support
is at the smallest observation, a likelihood may be higher than at the maximum that has the properties of one (Smith
1985, *Biometrika* 72, 67-90).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from likelihood_kit.maximise.findings import Findings, Flaw
from likelihood_kit.maximise.judged import Setting, judged
from likelihood_kit.maximise.newton import Objective
from likelihood_kit.maximise.restarts import Ends
from likelihood_kit.maximise.surroundings import Surroundings

#: Ends of one sample that are looked at, from the highest down, of those that differ.
LOOKED_AT = 12
#: Decimals of a log likelihood by which ends differ.
HEIGHTS = 6
#: From which distance from its middle, on its line, a parameter is on its way to an end of its space.
ON_THE_WAY = 1.0


def inside_of_the_cut(
    likelihood: Objective, result: Findings, ends: Ends, chosen: np.ndarray, base: np.ndarray, setting: Setting
) -> tuple[Findings, np.ndarray]:
    """The findings, with the highest maximum of each sample whose highest end is none; and the ends `(r,)` they are of.

    Where there is no maximum either, the parameter is said to run to an end of its space.
    """
    for i in np.flatnonzero(result.flaws):
        one = np.array([i])
        for end in _lower(ends, int(i)):
            again = judged(likelihood.take(one), ends.maximum.take(np.array([end])), base[one], setting)
            if again.exists[0]:
                result, chosen[i] = result.replaced(one, again), end
                break
    return _named(result, ends, setting), chosen


def _lower(ends: Ends, sample: int) -> np.ndarray:
    """Ends of a sample at which a search converged, one of each height, from the highest down."""
    usable = np.flatnonzero((ends.sample == sample) & ends.maximum.converged & ~ends.escaped)
    _, first = np.unique(-np.round(ends.maximum.log_likelihood[usable], HEIGHTS), return_index=True)
    return usable[first][:LOOKED_AT]


def _named(result: Findings, ends: Ends, setting: Setting) -> Findings:
    """The findings, rising towards an end of the cut space where a search without a maximum is on its way there.

    Which of the ends is higher hangs on how near numbers come to it: where a search went to the lower, it is that.
    """
    if setting.cut is None:
        return result
    way = result.working[:, setting.cut].copy()
    low = np.unique(ends.sample[ends.maximum.working[:, setting.cut] < -ON_THE_WAY])
    way[low] = -np.inf
    gone = (result.flaws != 0) & ((result.flaws & Flaw.ROWS) == 0) & (np.abs(way) > ON_THE_WAY)
    result.flaws[gone] = Flaw.RISING
    if len(gone) > 1 or not gone[0]:
        return result
    ray = np.sign(way)[:, None, None] * np.eye(result.working.shape[1])[None, [setting.cut]]
    told = Surroundings(result.least_fall, ray, np.array([[True]]), np.array([[False]]))
    return replace(result, around=told)
