"""Ends of searches at which double precision holds neither the log likelihood nor its curvature.

Data that are close together beside their size ask for it: a log density that is a difference of large terms loses
its digits, and parameters of which only a combination has such a small standard error become one.
"""

from __future__ import annotations

import numpy as np

from likelihood_kit._numerics import stacked_inverse
from likelihood_kit.calculus import DATUM
from likelihood_kit.likelihood import Likelihood
from likelihood_kit.maximise.findings import Findings, Flaw, Grade
from likelihood_kit.maximise.judged import CLOSE
from likelihood_kit.maximise.newton import SINGULAR
from likelihood_kit.maximise.surroundings import NO_FALL, Scales

#: Information of one observation on a parameter relative to its size from which rounding is looked for: the terms of a
#: log density may then be 1e8 times what is left of them, of 1e16 that a number holds.
MUCH_INFORMATION = 1e8
#: The same for the logarithm of a parameter, beside which one of any other that is called singular may be ordinary.
TOO_MUCH = 0.01 / SINGULAR
#: Rounding of a log likelihood above which it certifies nothing: it tells points apart that are 1e-2 standard errors
#: from each other, and none that are closer.
LOST = 1e-4
#: Relative rounding of standard errors above which they are not what they say.
BLURRED = 0.01
#: Units in the last place of the parameters by which they are moved to see both, each to either side with even odds.
ULPS = (1, 1, 2, 2, 3, 3, 5, 5, 7, 7)
HALF = 0.5
#: How little two informations may differ from that of one combination of the parameters alone; a hundred times what is
#: called singular.
TIED = 100 * SINGULAR
#: Flaws that are known for what they are.
KNOWN = Flaw.PERFECT | Flaw.RANGE | Flaw.END | Flaw.ROWS
#: Flaws of a search that ran to where the information has no end, whatever the data are.
RUNNING = Flaw.RISING | Flaw.VALUE | Flaw.DERIVATIVES | Flaw.STOPPED | Flaw.SINGULAR


def without_digits(likelihood: Likelihood, scales: Scales, findings: Findings) -> Findings:
    """The findings, flawed where the log likelihood is lost in rounding, or parameters are tied to rounding."""
    information = _relative_information(likelihood, scales, findings)
    much = (information > MUCH_INFORMATION).any(axis=1)
    if not much.any():
        return findings
    asked = findings.exists | (np.where(_close_together(likelihood), 0, findings.flaws & RUNNING) == 0)
    for i in np.flatnonzero(much & asked & ((findings.flaws & KNOWN) == 0)):
        flaw = _lost(likelihood.take(np.array([i])), findings.working[i], bool(findings.exists[i]))
        if not flaw and not findings.exists[i]:
            flaw = _tied(findings.hessian[i], information[i], scales.relative & (information[i] > MUCH_INFORMATION))
        if flaw:
            findings.flaws[i], findings.grade[i] = flaw, Grade.NONE
    return findings


def _close_together(likelihood: Likelihood) -> np.ndarray | bool:
    """Whether the data of samples whose parameters are the same for all rows are close beside their size, `(r,)`."""
    y = np.atleast_2d(likelihood.sample.columns[DATUM])
    return likelihood.identical and np.ptp(y, axis=1) * np.sqrt(MUCH_INFORMATION) < np.max(np.abs(y), axis=1)


def _relative_information(likelihood: Likelihood, scales: Scales, findings: Findings) -> np.ndarray:
    """Information of one observation on each entry `(r, k)`, relative to its size where it has a unit."""
    size = np.where(scales.relative, 1.0, findings.working)
    with np.errstate(all="ignore"):
        return np.abs(np.einsum("rkk->rk", findings.hessian)) * size**2 / likelihood.sample.weight


def _lost(likelihood: Likelihood, working: np.ndarray, certified: bool) -> Flaw:
    """`ROUNDED` where log likelihoods, or standard errors, differ a few units in the last place from a working vector.

    Where nothing is certified, already where log likelihoods differ by what is called no fall, or scores by a step
    that is not close.
    """
    ways = np.where(np.random.default_rng(len(working)).random((len(ULPS), len(working))) < HALF, -1, 1)
    points = working + np.array(ULPS)[:, None] * ways * np.spacing(np.abs(working))
    values, scores, hessians = likelihood.derivatives(points)
    usable = np.isfinite(values) & np.isfinite(hessians).all(axis=(1, 2))
    if not usable.any():
        return Flaw(0)
    values, scores, hessians = values[usable], scores[usable], hessians[usable]
    with np.errstate(all="ignore"):
        steps = np.ptp(scores, axis=0) / np.sqrt(np.abs(np.einsum("rkk->rk", hessians))).max(axis=0)
        variances = np.einsum("rkk->rk", stacked_inverse(-hessians))
        apart = np.sqrt(variances.max(axis=0) / variances.min(axis=0)) - 1
    if certified:
        lost = np.ptp(values) > LOST or not np.all(apart <= BLURRED)
    else:
        lost = np.ptp(values) > NO_FALL or np.any(steps > CLOSE)
    return Flaw.ROUNDED if lost else Flaw(0)


def _tied(hessian: np.ndarray, information: np.ndarray, chosen: np.ndarray) -> Flaw:
    """`TIED` where two of the entries chosen have one information to rounding, `ROUNDED` where one has too much."""
    diagonal = -np.diag(hessian)
    with np.errstate(all="ignore"):
        scale = np.where(chosen & (diagonal > 0), 1 / np.sqrt(np.abs(diagonal)), 0.0)
    together = np.abs(np.tril(hessian * scale * scale[:, None], -1))
    if np.any(together > 1 - TIED):
        return Flaw.TIED
    return Flaw.ROUNDED if np.any(chosen & (information > TOO_MUCH)) else Flaw(0)
