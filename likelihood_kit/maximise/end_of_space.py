"""Searches that ended where a parameter's space does, under a link that reaches that end at a finite number.

A logarithm takes the end of a space to infinity, where the log likelihood is seen to rise for ever. Under an identity
link the search stops short of the end, and under a square root the log likelihood even has a stationary point there.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from likelihood_kit.likelihood import Likelihood
from likelihood_kit.maximise.barrier import from_within
from likelihood_kit.maximise.findings import Findings, Flaw, Grade
from likelihood_kit.maximise.judged import Setting
from likelihood_kit.maximise.search import find
from likelihood_kit.predictor import Predictor, blocks

#: Part of the distance at the start that a linear predictor is away from the end of its image where it is at that end.
#: Where an observation holds it off the end it is about one standard error away.
AT_THE_END = 1e-6


def without_ends(likelihood: Likelihood, start: np.ndarray, setting: Setting, findings: Findings) -> Findings:
    """The findings from starts `(r, k)`, flawed where a parameter of some row is at the end of its space.

    Where a search stopped next to such an end it is searched again from within.
    """
    for i in np.flatnonzero(~findings.exists):
        if any(p.link.name == "identity" and np.isfinite(p.link.image).any() for p in likelihood.predictors):
            one = np.array([i])
            inside = from_within(likelihood.take(one), start[one])
            again = find(likelihood.take(one), inside[None], replace(setting, spread=None))
            if again.exists[0] or again.log_likelihood[0] > findings.log_likelihood[i]:
                findings = findings.replaced(one, again)
    for predictor, place in zip(likelihood.predictors, blocks(likelihood.predictors), strict=True):
        if not np.isfinite(predictor.link.image).any():
            continue
        at_end = _at_end(predictor, start[:, place], findings.working[:, place])
        if predictor.link.name == "identity":  # the score is not 0 at the end: no such point is certified
            at_end &= ~findings.exists
        findings.flaws[at_end], findings.grade[at_end] = Flaw.END, Grade.NONE
    return findings


def _at_end(predictor: Predictor, start: np.ndarray, working: np.ndarray) -> np.ndarray:
    """Which of the ends `(r, q)` of searches from `start` are at an end of the image in some row; `(r,)`."""
    found = np.zeros(len(working), bool)
    for end in filter(np.isfinite, predictor.link.image):
        there, began = (np.abs(predictor.linear(entries) - end) for entries in (working, start))
        found |= (there <= AT_THE_END * began.max(axis=1, keepdims=True)).any(axis=1)
    return found
