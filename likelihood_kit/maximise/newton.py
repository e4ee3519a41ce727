"""Damped Newton's method over a batch of likelihoods.

All moves are in working coordinates, which are unconstrained, so that no step can leave the parameter space.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Protocol

import numpy as np

from likelihood_kit._numerics import smallest_eigenvalue

#: Newton decrement, the distance to the maximum in standard errors, at which one last full step ends the search: that
#: step squares the distance, so that estimates are within about 1e-10 standard errors and curvatures within 1e-5.
DECREMENT = 1e-5
ITERATIONS = 200
#: Armijo's constant: part of the increase that the gradient promises which a step must deliver.
SUFFICIENT_INCREASE = 1e-4
#: Steps in a row that raise the likelihood by no more than rounding before the search is given up.
IDLE = 5
#: Halvings of a step before the search is given up: beyond 2^-50 a step is lost in rounding.
HALVINGS = 50
#: A scaled information whose smallest eigenvalue is below this is singular to working precision.
SINGULAR = 1e-12


class Objective(Protocol):
    """What is maximised: a batch of r log likelihoods in k working coordinates."""

    def value(self, working: np.ndarray) -> np.ndarray:
        """Log likelihoods `(r,)` at `(r, k)`; -inf where undefined."""

    def derivatives(self, working: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Log likelihoods `(r,)`, scores `(r, k)`, Hessians `(r, k, k)`."""

    def take(self, index: np.ndarray) -> Objective:
        """The likelihoods `index` of the batch."""


@dataclass(frozen=True, eq=False)
class Maximum:
    """Where Newton's method ended, for each of r likelihoods.

    Attributes
    ----------
    working : (r, k)
    log_likelihood : (r,)
    hessian : (r, k, k)
        At the last iterate before the final step, within about `DECREMENT` of that at `working`.
    decrement : (r,)
        Newton decrement before the final step: sqrt(s' I^-1 s), the distance left in standard errors.
    converged : (r,) bool
    iterations : (r,) int
    """

    working: np.ndarray
    log_likelihood: np.ndarray
    hessian: np.ndarray
    decrement: np.ndarray
    converged: np.ndarray
    iterations: np.ndarray

    def take(self, index: Any) -> Maximum:
        """The ends `index` of the batch."""
        return Maximum(*(getattr(self, entry.name)[index] for entry in fields(self)))

    def put(self, index: Any, other: Maximum) -> None:
        """Replace the ends `index` by those of another batch."""
        for entry in fields(self):
            getattr(self, entry.name)[index] = getattr(other, entry.name)


@dataclass(eq=False)
class _Moving:
    """The likelihoods that are still searched, with their places in the batch.

    Attributes
    ----------
    likelihood : Objective
    place : (m,) int
    working, value, score, hessian
        The iterate, and log likelihood and derivatives there.
    idle : (m,) int
        Steps in a row without an increase above rounding.
    """

    likelihood: Objective
    place: np.ndarray
    working: np.ndarray
    value: np.ndarray
    score: np.ndarray
    hessian: np.ndarray
    idle: np.ndarray

    def keep(self, index: np.ndarray) -> None:
        """Search on for the likelihoods `index` alone."""
        self.likelihood = self.likelihood.take(index)
        for name in ("place", "working", "value", "score", "hessian", "idle"):
            setattr(self, name, getattr(self, name)[index])


def maximise(
    likelihood: Objective, start: np.ndarray, *, decrement: float = DECREMENT, iterations: int = ITERATIONS
) -> Maximum:
    """Maximum of each likelihood of a batch by damped Newton steps.

    Parameters
    ----------
    likelihood : Objective
    start : (r, k)
    decrement : float
        Distance to the maximum, in standard errors, before the last step.
    iterations : int
        Steps after which a search is given up.
    """
    r, k = start.shape
    end = Maximum(
        start.copy(), np.full(r, -np.inf), np.full((r, k, k), np.nan), np.full(r, np.inf), np.zeros(r, bool),
        np.zeros(r, int),
    )  # fmt: skip
    moving = _Moving(likelihood, np.arange(r), start.copy(), *likelihood.derivatives(start), np.zeros(r, int))
    for iteration in range(iterations + 1):
        step, concave = newton_step(moving.score, moving.hessian)
        squared = np.einsum("rk,rk->r", moving.score, step)
        usable = np.isfinite(moving.value) & np.isfinite(squared)
        converged = np.asarray(usable & concave & (squared <= decrement**2))
        stop = converged | ~usable | (moving.idle >= IDLE) | (iteration == iterations)
        if stop.any():
            _record(end, moving, stop, converged, squared, step, iteration)
            if stop.all():
                return end
            keep = np.flatnonzero(~stop)
            moving.keep(keep)
            step, squared, concave = step[keep], squared[keep], concave[keep]
        moved, fresh = _line_search(moving, squared, step)
        stuck = np.asarray(~moved.any(axis=1))
        if stuck.any():
            # No point of the line is higher: rounding hides what increase is left.
            small = np.asarray(stuck & concave & (squared <= rounding(moving.value)))
            _record(end, moving, stuck, small, squared, np.zeros_like(step), iteration)
            keep = np.flatnonzero(~stuck)
            if not keep.size:
                return end
            moving.keep(keep)
            moved, fresh = moved[keep], (fresh[0][keep], fresh[1][keep], fresh[2][keep])
        moving.working = moving.working + moved
        moving.idle = np.where(fresh[0] - moving.value <= rounding(moving.value), moving.idle + 1, 0)
        moving.value, moving.score, moving.hessian = fresh
    return end


def _record(
    end: Maximum,
    moving: _Moving,
    stop: np.ndarray,
    converged: np.ndarray,
    squared: np.ndarray,
    step: np.ndarray,
    iteration: int,
) -> None:
    """Write down where the likelihoods `stop` ended, those that converged with their last step made."""
    last = converged[stop]
    found = Maximum(
        moving.working[stop] + np.where(last[:, None], step[stop], 0.0),
        moving.value[stop] + np.where(last, squared[stop] / 2, 0.0),
        moving.hessian[stop],
        np.sqrt(np.abs(squared[stop])),
        last,
        np.full(len(last), iteration),
    )
    end.put(moving.place[stop], found)


def rounding(value: np.ndarray) -> np.ndarray:
    """How far two evaluations of a log likelihood may differ by rounding alone."""
    return 64 * np.finfo(float).eps * (1 + np.abs(value))


def _line_search(
    moving: _Moving, squared: np.ndarray, step: np.ndarray
) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Full Newton steps, halved where they do not raise the likelihood enough; zero where no halving does."""
    likelihood, working, value = moving.likelihood, moving.working, moving.value
    moved = step.copy()
    fresh = likelihood.derivatives(working + step)

    def low(value_there: np.ndarray, at: Any, length: float) -> np.ndarray:
        wanted = value[at] + SUFFICIENT_INCREASE * length * squared[at] - rounding(value[at])
        return ~(np.isfinite(value_there) & (value_there >= wanted))

    left = np.flatnonzero(low(fresh[0], slice(None), 1.0) | ~np.isfinite(fresh[2]).all(axis=(1, 2)))
    if not left.size:
        return moved, fresh
    shortened, length = left, 1.0
    for _ in range(HALVINGS):
        length /= 2
        there = likelihood.take(left).value(working[left] + length * step[left])
        short = low(there, left, length)
        moved[left[~short]] = length * step[left[~short]]
        left = left[short]
        if not left.size:
            break
    moved[left] = 0.0
    accepted = np.setdiff1d(shortened, left)
    if accepted.size:
        shorter = likelihood.take(accepted).derivatives(working[accepted] + moved[accepted])
        for part, new in zip(fresh, shorter, strict=True):
            part[accepted] = new
    return moved, fresh


def newton_step(score: np.ndarray, hessian: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Ascent directions `(r, k)`, and where the Hessian is negative definite `(r,)`.

    Where it is not, its eigenvalues are made negative (after scaling to unit diagonal), which turns a saddle into a
    way up: Nocedal and Wright (2006), *Numerical Optimization*, section 3.4.
    """
    diagonal = -np.einsum("rkk->rk", hessian)
    with np.errstate(all="ignore"):
        scale = 1 / np.sqrt(np.abs(diagonal))
        scale[~np.isfinite(scale)] = 1.0
        scaled = -hessian * scale[:, :, None] * scale[:, None, :]
        gradient = score * scale
    finite = np.isfinite(scaled).all(axis=(1, 2)) & np.isfinite(gradient).all(axis=1)
    concave = finite & (diagonal > 0).all(axis=1)
    if concave.all():
        concave = smallest_eigenvalue(scaled) > SINGULAR
    else:
        concave[concave] = smallest_eigenvalue(scaled[concave]) > SINGULAR
    if concave.all():
        return _solve(scaled, gradient) * scale, concave
    solution = np.full_like(gradient, np.nan)
    solution[concave] = _solve(scaled[concave], gradient[concave])
    other = np.flatnonzero(finite & ~concave)
    if other.size:
        roots, vectors = np.linalg.eigh(scaled[other])
        largest = np.abs(roots).max(axis=1, keepdims=True)
        floor = np.where(largest > 0, np.sqrt(np.finfo(float).eps) * largest, 1.0)
        projected = np.einsum("rik,ri->rk", vectors, gradient[other]) / np.maximum(np.abs(roots), floor)
        solution[other] = np.einsum("rik,rk->ri", vectors, projected)
    return solution * scale, concave


def _solve(scaled: np.ndarray, gradient: np.ndarray) -> np.ndarray:
    """Solutions `(r, k)` of stacked systems of unit diagonal; written out up to k = 2, where most studies live."""
    k = gradient.shape[1]
    if k == 1:
        return gradient / scaled[:, 0]
    if k == 2:
        off = scaled[:, 0, 1, None]
        return (gradient - off * gradient[:, ::-1]) / ((1 - off) * (1 + off))
    return np.linalg.solve(scaled, gradient[:, :, None])[:, :, 0]
