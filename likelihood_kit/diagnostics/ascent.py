"""Ascent of a function whose value can be compared, with steps that leave saddles and flat places."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

#: Rise that a step promises at which an ascent ends; and up to which it has found a maximum, where rounding keeps it
#: from there.
ENDED, SOLVED = 1e-11, 1e-9
#: Steps, and halvings of one.
STEPS, HALVINGS = 200, 40
#: Least rise, relative to that which the slope promises, for which a step is taken (Dennis and Schnabel 1983,
#: *Numerical Methods for Unconstrained Optimization and Nonlinear Equations*, algorithm A6.3.1).
RISE = 1e-4
#: Least curvature that a step is made of, in units of the metric: flatter places are crossed by steps made longer.
FLAT = 1e-3
#: Longest step, in units of the metric; and how often it is doubled while it rises.
LONGEST, DOUBLINGS = 5.0, 6


@dataclass(frozen=True, eq=False)
class Shape:
    """A function at a point.

    Attributes
    ----------
    value : float
    gradient : (k,)
    curvature : (k, k)
        Minus the Hessian.
    metric : (k, k)
        Positive definite, in which steps are measured.
    """

    value: float
    gradient: np.ndarray
    curvature: np.ndarray
    metric: np.ndarray


@dataclass(frozen=True, eq=False)
class Summit:
    """Where an ascent ended.

    Attributes
    ----------
    point : (k,)
    value : float
    promised : float
        Rise that another step promises.
    """

    point: np.ndarray
    value: float
    promised: float

    @property
    def solved(self) -> bool:
        """Whether it is a maximum, up to rounding."""
        return self.promised <= SOLVED


def ascended(evaluate: Callable[[np.ndarray], Shape | None], start: np.ndarray) -> Summit | None:
    """A maximum of a function by Newton's steps, halved until the function is higher; None where there is none.

    Where the function is not concave a curvature is taken for its size, so that a step leaves a saddle (Dauphin et al.
    2014, *Advances in Neural Information Processing Systems* 27, section 6).

    Parameters
    ----------
    evaluate : callable
        `evaluate(point (k,)) -> Shape`; None where there is no value.
    start : (k,)
    """
    point, here = start, evaluate(start)
    if here is None:
        return None
    promised = 0.0
    for _ in range(STEPS):
        with np.errstate(all="ignore"):
            step, promised, flat = _step(here)
        if not promised > ENDED:
            break
        found = _higher(evaluate, point, here, step, promised, flat=flat)
        if found is None:
            break
        point, here = found
    return Summit(point, here.value, promised)


def _step(here: Shape) -> tuple[np.ndarray, float, bool]:
    """A step `(k,)`, twice the rise that it promises, and whether some of it is by a curvature that was made up."""
    if not len(here.gradient):
        return here.gradient, 0.0, False
    scale = 1 / np.sqrt(np.diag(here.metric))
    if not np.isfinite(scale).all():
        return np.zeros_like(here.gradient), np.inf, False
    values, vectors = np.linalg.eigh(here.metric * np.outer(scale, scale))
    # Directions of which the metric has lost its digits are measured by its rounding.
    whiten = scale[:, None] * vectors / np.sqrt(np.maximum(values, len(values) * np.finfo(float).eps))
    bends, axes = np.linalg.eigh(whiten.T @ here.curvature @ whiten)
    slopes = axes.T @ (whiten.T @ here.gradient)
    moves = slopes / np.maximum(np.abs(bends), FLAT)
    size = float(np.sqrt(moves @ moves))
    moves *= min(1.0, LONGEST / size) if size else 1.0
    return whiten @ (axes @ moves), float(slopes @ moves), bool(bends[0] < FLAT or size > LONGEST)


def _higher(
    evaluate: Callable[[np.ndarray], Shape | None],
    point: np.ndarray,
    here: Shape,
    step: np.ndarray,
    promised: float,
    *,
    flat: bool,
) -> tuple[np.ndarray, Shape] | None:
    """A higher point along a step, and the function there; None where none is."""
    for halving in range(HALVINGS):
        part = 0.5**halving
        there = evaluate(point + part * step)
        if there is None or not there.value > here.value + RISE * part * promised:
            continue
        for _ in range(DOUBLINGS if flat and not halving else 0):
            further = evaluate(point + 2 * part * step)
            if further is None or not further.value > there.value:
                break
            part, there = 2 * part, further
        return point + part * step, there
    return None
