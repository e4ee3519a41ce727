"""Newton's method for one likelihood of one or two parameters that are the same for all rows, in plain numbers.

A system of one or two equations spends its time in the interpreter: arrays of one number cost ten times their
arithmetic. Where anything but a full step upwards is needed, the search goes on in `newton`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Protocol, TypeGuard

import numpy as np

from likelihood_kit.identical import Summed, plain_totals
from likelihood_kit.maximise.newton import DECREMENT, SINGULAR, Maximum, Objective
from likelihood_kit.predictor import Predictor

#: Most parameters of what is computed in plain numbers.
SMALL = 2
#: Full steps after which the way is no ordinary one.
ORDINARY = 20


class Single(Summed, Protocol):
    """One likelihood whose parameters are the same for all rows, with known derivatives."""

    @property
    def is_single(self) -> bool:
        """Whether it is one."""

    @property
    def predictors(self) -> Sequence[Predictor]:
        """Predictors of the free parameters, in order, without columns."""

    @property
    def pairs(self) -> Sequence[tuple[int, int, int]]:
        """Pairs (i, j), i >= j, of free parameters, and the place of their Hessian entry among the kernel's."""

    def chained(
        self, first: Sequence[float], second: Sequence[float], slopes: Sequence[tuple[float, float]]
    ) -> tuple[list[float], list[float]]:
        """Scores in the linear predictors, and Hessian entries, one for each of `pairs`."""


def maximise_single(likelihood: Objective, start: np.ndarray) -> Maximum | None:
    """Maximum of the one likelihood from start `(1, k)`; None where full Newton steps do not lead to it."""
    point = start[0].tolist()
    if len(point) > SMALL or not _is_single(likelihood):
        return None
    highest = -math.inf
    for iteration in range(ORDINARY):
        there = plain_derivatives(likelihood, point)
        if there is None:
            return None
        value, score, hessian = there
        step = _step(score, hessian)
        if step is None or not value >= highest or not math.isfinite(value):
            return None
        highest = value
        squared = sum(s * d for s, d in zip(score, step, strict=True))
        point = [x + d for x, d in zip(point, step, strict=True)]
        if squared <= DECREMENT**2:
            return Maximum(
                np.array([point]), np.array([value + squared / 2]), np.array([hessian]), np.array([math.sqrt(squared)]),
                np.array([True]), np.array([iteration]),
            )  # fmt: skip
    return None


def _is_single(likelihood: object) -> TypeGuard[Single]:
    return getattr(likelihood, "is_single", False)


def plain_derivatives(
    likelihood: Single, working: Sequence[float], *, natural: bool = False
) -> tuple[float, list[float], list[list[float]]] | None:
    """Log likelihood, score and Hessian of a likelihood that `is_single`, at working of k plain numbers.

    With `natural` in the coordinates of `params`. None where plain numbers fail, of which arrays make infinities.
    """
    k = len(working)
    if not all(p.link.image[0] < e < p.link.image[1] for p, e in zip(likelihood.predictors, working, strict=True)):
        return None
    with np.errstate(all="ignore"):
        theta = [float(p.link.inverse(e)) for p, e in zip(likelihood.predictors, working, strict=True)]
        slopes = [
            (1.0, 0.0) if natural else p.link.slopes(e, t)
            for p, e, t in zip(likelihood.predictors, working, theta, strict=True)
        ]
        try:
            value, first, second = plain_totals(likelihood, theta)
        except ArithmeticError:
            return None
    scores, curvatures = likelihood.chained(first, second, slopes)
    hessian = [[0.0] * k for _ in range(k)]
    for (i, j, _), entry in zip(likelihood.pairs, curvatures, strict=True):
        hessian[i][j] = hessian[j][i] = float(entry)
    return value, [float(entry) for entry in scores], hessian


def _step(score: list[float], hessian: list[list[float]]) -> list[float] | None:
    """Newton step; None where the information is not positive definite."""
    first = -hessian[0][0]
    if not 0 < first < math.inf:
        return None
    if len(score) == 1:
        return [score[0] / first]
    second, off = -hessian[1][1], -hessian[1][0]
    if not 0 < second < math.inf or not 1 - abs(off) / math.sqrt(first) / math.sqrt(second) > SINGULAR:
        return None
    determinant = first * second - off * off
    return [(second * score[0] - off * score[1]) / determinant, (first * score[1] - off * score[0]) / determinant]
