"""Searches that ended where a parameter's space does, under a link that reaches that end at a finite number.

A logarithm takes the end of a space to infinity, where the log likelihood is seen to rise for ever. Under an identity
link the search stops short of the end, and under a square root the log likelihood even has a stationary point there.
"""

from __future__ import annotations

import numpy as np

from likelihood_kit.likelihood import Likelihood
from likelihood_kit.maximise.findings import Findings, Flaw, Grade
from likelihood_kit.predictor import Predictor, blocks

#: Part of the distance at the start that a linear predictor is away from the end of its image where it is at that end.
#: Where an observation holds it off the end it is about one standard error away.
AT_THE_END = 1e-6


def without_ends(likelihood: Likelihood, start: np.ndarray, findings: Findings) -> Findings:
    """The findings from starts `(r, k)`, flawed where a parameter of some row is at the end of its space."""
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
