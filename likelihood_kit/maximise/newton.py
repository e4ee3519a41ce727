"""Damped Newton's method over a batch of likelihoods.

All moves are in working coordinates, which are unconstrained, so that no step can leave the parameter space.
"""

from __future__ import annotations

from dataclasses import dataclass
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


class Likelihood(Protocol):
    """What is maximised: a batch of r log likelihoods in k working coordinates."""

    def value(self, working: np.ndarray) -> np.ndarray:
        """Log likelihoods `(r,)` at `(r, k)`; -inf where undefined."""

    def derivatives(self, working: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Log likelihoods `(r,)`, scores `(r, k)`, Hessians `(r, k, k)`."""

    def take(self, index: np.ndarray) -> Likelihood:
        """The likelihoods `index` of the batch."""


@dataclass(frozen=True)
class Maximum:
    """Where Newton's method ended, for each of r replications.

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


def maximise(likelihood: Likelihood, start: np.ndarray, *, decrement: float = DECREMENT) -> Maximum:
    """Maximum of each likelihood of a batch by damped Newton steps.

    Parameters
    ----------
    likelihood : Likelihood
    start : (r, k)
    decrement : float
        Distance to the maximum, in standard errors, before the last step.
    """
    r, k = start.shape
    end = Maximum(
        start.copy(),
        np.full(r, -np.inf),
        np.full((r, k, k), np.nan),
        np.full(r, np.inf),
        np.zeros(r, bool),
        np.zeros(r, int),
    )
    where, idle = np.arange(r), np.zeros(r, int)
    working = start.copy()
    value, score, hessian = likelihood.derivatives(working)
    for iteration in range(ITERATIONS + 1):
        step, concave = newton_step(score, hessian)
        squared = np.einsum("rk,rk->r", score, step)
        usable = np.isfinite(value) & np.isfinite(squared)
        converged = usable & concave & (squared <= decrement**2)
        stop = converged | ~usable | (idle >= IDLE) | (iteration == ITERATIONS)
        if stop.any():
            _record(end, where, stop, working, value, hessian, squared, converged, step, iteration)
            if stop.all():
                return end
            keep = np.flatnonzero(~stop)
            where, working, value, squared, step = where[keep], working[keep], value[keep], squared[keep], step[keep]
            likelihood, hessian, idle, concave = likelihood.take(keep), hessian[keep], idle[keep], concave[keep]
        moved, fresh = _search(likelihood, working, value, squared, step)
        stuck = ~moved.any(axis=1)
        if stuck.any():
            # No point of the line is higher: rounding hides what increase is left.
            small = concave[stuck] & (squared[stuck] <= rounding(value[stuck]))
            _record(
                end, where[stuck], np.ones(stuck.sum(), bool), working[stuck], value[stuck], hessian[stuck],
                squared[stuck], small, np.zeros_like(step[stuck]), iteration,
            )  # fmt: skip
            keep = np.flatnonzero(~stuck)
            if not keep.size:
                return end
            where, working, likelihood = where[keep], working[keep], likelihood.take(keep)
            value, idle = value[keep], idle[keep]
            moved, fresh = moved[keep], (fresh[0][keep], fresh[1][keep], fresh[2][keep])
        working = working + moved
        idle = np.where(fresh[0] - value <= rounding(value), idle + 1, 0)
        value, score, hessian = fresh
    return end


def _record(
    end: Maximum,
    where: np.ndarray,
    stop: np.ndarray,
    working: np.ndarray,
    value: np.ndarray,
    hessian: np.ndarray,
    squared: np.ndarray,
    converged: np.ndarray,
    step: np.ndarray,
    iteration: int,
) -> None:
    place = where[stop]
    last = np.where(converged[stop, None], step[stop], 0.0)
    end.working[place] = working[stop] + last
    end.log_likelihood[place] = value[stop] + np.where(converged[stop], squared[stop] / 2, 0.0)
    end.hessian[place] = hessian[stop]
    end.decrement[place] = np.sqrt(np.abs(squared[stop]))
    end.converged[place] = converged[stop]
    end.iterations[place] = iteration


def rounding(value: np.ndarray) -> np.ndarray:
    """How far two evaluations of a log likelihood may differ by rounding alone."""
    return 64 * np.finfo(float).eps * (1 + np.abs(value))


def _search(
    likelihood: Likelihood, working: np.ndarray, value: np.ndarray, squared: np.ndarray, step: np.ndarray
) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Full Newton steps, halved where they do not raise the likelihood enough; zero where no halving does."""
    moved = step.copy()
    fresh = likelihood.derivatives(working + step)

    def low(value_there: np.ndarray, at: Any, length: float) -> np.ndarray:
        wanted = value[at] + SUFFICIENT_INCREASE * length * squared[at] - rounding(value[at])
        return ~(np.isfinite(value_there) & (value_there >= wanted))

    left = np.flatnonzero(low(fresh[0], slice(None), 1.0) | ~np.isfinite(fresh[2]).all(axis=(1, 2)))
    if not left.size:
        return moved, fresh
    length = 1.0
    accepted = []
    for _ in range(HALVINGS):
        if not left.size:
            break
        length /= 2
        there = likelihood.take(left).value(working[left] + length * step[left])
        short = low(there, left, length)
        found = left[~short]
        moved[found] = length * step[found]
        accepted.append(found)
        left = left[short]
    moved[left] = 0.0
    for found in accepted:
        if found.size:
            for part, new in zip(fresh, likelihood.take(found).derivatives(working[found] + moved[found]), strict=True):
                part[found] = new
    return moved, fresh


def newton_step(score: np.ndarray, hessian: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Ascent directions `(r, k)`, and where the Hessian is negative definite `(r,)`.

    Where it is not, its eigenvalues are made negative (after scaling to unit diagonal), which turns a saddle into a
    way up: Nocedal and Wright (2006), *Numerical Optimization*, section 3.4.
    """
    k = score.shape[1]
    diagonal = -hessian[:, np.arange(k), np.arange(k)]
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
