"""Highest log likelihood where a function of the parameters, the interest, has a value; and where that height is given.

Both are points with a multiplier `lambda` at which the score is `lambda` times the gradient of the interest: stationary
among their neighbours of the same interest. Newton's method on these equations and one more, for the value of the
interest or for that of the log likelihood, finds a whole batch of them at once (Venzon and Moolgavkar 1988, *Applied
Statistics* 37, 87-94, for an entry of the parameters); where it fails, sequential quadratic programming for one value
of the interest at a time (Nocedal and Wright 2006, *Numerical Optimization*, algorithm 18.3) is always there.

All is in standard coordinates: the estimate is 0, its observed information the identity, so that distances are in
standard errors.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from likelihood_kit.maximise.newton import Objective, rounding

#: Distance to the equations, in standard errors and in units of the log likelihood, at which a search ends after one
#: more step, which squares it.
NEAR = 1e-4
#: The same at which a point counts as found.
FOUND = 1e-6
#: Newton steps of the batch, of which none is longer than this many standard errors.
STEPS, LONGEST = 15, 2.0
#: Step of differences of gradients, in standard errors.
GRADIENT_STEP = 1e-4
#: Steps of sequential quadratic programming, and halvings of each.
PROGRAMS, HALVINGS = 60, 30
#: Armijo's constant.
SUFFICIENT_INCREASE = 1e-4
#: Least curvature across the interest, relative to that at the estimate, that is taken for one.
LEAST_CURVATURE = 1e-3
#: Slope of an interest, relative to that at the estimate, below which it has come to an end of what it can be: a change
#: of it by `FOUND` takes 67 standard errors along a line.
FLAT = float(np.sqrt(np.finfo(float).eps))


class Interest(Protocol):
    """A function of each member of a batch of points."""

    def at(self, point: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Values `(m,)` and gradients `(m, q)` at points `(m, q)`."""

    def curvature(self, point: np.ndarray) -> np.ndarray:
        """Second derivatives `(m, q, q)`, or 0 where they vanish."""

    def take(self, index: Any) -> Interest:
        """The functions `index` of the batch."""


@dataclass(frozen=True, eq=False)
class Linear:
    """Linear interests `slopes @ point`.

    Attributes
    ----------
    slopes : (m, q)
    """

    slopes: np.ndarray

    def at(self, point: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Values and gradients."""
        return np.einsum("mq,mq->m", self.slopes, point), self.slopes

    def curvature(self, point: np.ndarray) -> np.ndarray:
        """None."""
        return np.zeros(())

    def take(self, index: Any) -> Linear:
        """The interests `index`."""
        return Linear(self.slopes[index])


@dataclass(frozen=True)
class Curved:
    """One interest for all members of a batch, known by its values and gradients.

    Attributes
    ----------
    slopes : callable
        `slopes(points (m, q)) -> (values (m,), gradients (m, q))`; not numbers where there are none.
    """

    slopes: Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]

    def at(self, point: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Values and gradients."""
        return self.slopes(point)

    def curvature(self, point: np.ndarray) -> np.ndarray:
        """By central differences of the gradients."""
        m, q = point.shape
        moves = GRADIENT_STEP * np.concatenate([np.eye(q), -np.eye(q)])
        gradients = self.slopes((point[:, None] + moves).reshape(-1, q))[1].reshape(m, 2, q, q)
        found = (gradients[:, 0] - gradients[:, 1]) / (2 * GRADIENT_STEP)
        return (found + np.swapaxes(found, 1, 2)) / 2

    def take(self, index: Any) -> Curved:
        """Itself."""
        return self


@dataclass(frozen=True, eq=False)
class Profiled:
    """Points that are highest among those of the same interest.

    Attributes
    ----------
    point : (m, q)
    interest, log_likelihood : (m,)
    slope : (m,)
        Of the profile log likelihood in the interest: the multiplier.
    found : (m,) bool
        Whether they are: stationary and concave across the interest.
    """

    point: np.ndarray
    interest: np.ndarray
    log_likelihood: np.ndarray
    slope: np.ndarray
    found: np.ndarray

    def put(self, index: Any, other: Profiled) -> None:
        """Replace the points `index` by those of another batch."""
        for name, part in vars(self).items():
            part[index] = getattr(other, name)


def profiled_by_newton(
    likelihood: Objective,
    interest: Interest,
    start: np.ndarray,
    slope: np.ndarray,
    *,
    height: np.ndarray | None = None,
    level: np.ndarray | None = None,
) -> Profiled:
    """Points of the profile of each member of a batch, of this log likelihood or of this interest, by Newton's method.

    Parameters
    ----------
    likelihood : Objective
    interest : Interest
    start : (m, q)
    slope : (m,)
        A first guess of the multipliers.
    height, level : (m,)
        Wanted log likelihoods, or values of the interest: one of the two.
    """
    m = len(start)
    end = Profiled(start.copy(), np.full(m, np.nan), np.full(m, np.nan), slope.copy(), np.zeros(m, bool))
    active, point, multiplier = np.arange(m), start.copy(), slope.copy()
    wanted = height if level is None else level
    assert wanted is not None
    for _ in range(STEPS):
        part, own = likelihood.take(active), interest.take(active)
        with np.errstate(all="ignore"):
            value, score, hessian = part.derivatives(point)
            psi, gradient = own.at(point)
            curved = hessian - multiplier[:, None, None] * own.curvature(point)
            off = score - multiplier[:, None] * gradient
            missing = wanted[active] - (value if level is None else psi)
            step, change = _newton_step(curved, gradient, score if level is None else gradient, off, missing)
            distance = np.maximum(np.sqrt((off**2).sum(axis=1)), np.abs(missing))
        usable = np.isfinite(step).all(axis=1) & np.isfinite(distance)
        done = usable & (distance <= NEAR)
        if done.any():
            there, at = point[done] + step[done], active[done]
            own = interest.take(at)
            with np.errstate(all="ignore"):
                end.put(
                    at,
                    Profiled(
                        there,
                        own.at(there)[0],
                        likelihood.take(at).value(there),
                        multiplier[done] + change[done],
                        _concave_across(curved[done], gradient[done]),
                    ),
                )
        left = usable & ~done
        if not left.any():
            break
        length = np.sqrt((step[left] ** 2).sum(axis=1))
        shortened = np.minimum(1.0, LONGEST / np.maximum(length, np.finfo(float).tiny))
        active, point = active[left], point[left] + shortened[:, None] * step[left]
        multiplier = multiplier[left] + shortened * change[left]
    with np.errstate(all="ignore"):
        reached = end.log_likelihood if level is None else end.interest
        end.found[:] &= np.abs(reached - wanted) <= FOUND + rounding(end.log_likelihood)
    return end


def _newton_step(
    curved: np.ndarray, gradient: np.ndarray, last: np.ndarray, off: np.ndarray, missing: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Steps `(m, q)` of points and `(m,)` of multipliers; not numbers where the equations have no solution."""
    m, q = gradient.shape
    system = np.zeros((m, q + 1, q + 1))
    system[:, :q, :q], system[:, :q, q], system[:, q, :q] = curved, -gradient, last
    right = np.concatenate([-off, missing[:, None]], axis=1)
    usable = np.isfinite(system).all(axis=(1, 2)) & np.isfinite(right).all(axis=1)
    solution = np.full((m, q + 1), np.nan)
    for i in np.flatnonzero(usable):
        try:
            solution[i] = np.linalg.solve(system[i], right[i])
        except np.linalg.LinAlgError:
            continue
    return solution[:, :q], solution[:, q]


def _across(gradient: np.ndarray) -> np.ndarray:
    """Orthonormal directions `(q, q - 1)` in which an interest with this gradient does not change."""
    return np.linalg.svd(gradient[None])[2][1:].T


def _concave_across(curved: np.ndarray, gradient: np.ndarray) -> np.ndarray:
    """Whether the log likelihoods are concave among the points of the same interest, `(m,)`."""
    found = np.zeros(len(curved), bool)
    for i, (matrix, slopes) in enumerate(zip(curved, gradient, strict=True)):
        across = _across(slopes)
        found[i] = np.linalg.eigvalsh(-across.T @ matrix @ across).min(initial=np.inf) > 0
    return found


@dataclass(frozen=True, eq=False)
class _Here:
    """Log likelihood and interest at one point, with their derivatives."""

    point: np.ndarray
    value: float
    score: np.ndarray
    hessian: np.ndarray
    interest: float
    gradient: np.ndarray
    bend: np.ndarray

    @classmethod
    def of(cls, likelihood: Objective, interest: Interest, point: np.ndarray) -> _Here:
        with np.errstate(all="ignore"):
            value, score, hessian = likelihood.derivatives(point[None])
            psi, gradient = interest.at(point[None])
            bend = np.broadcast_to(interest.curvature(point[None]), hessian.shape)
        return cls(point, float(value[0]), score[0], hessian[0], float(psi[0]), gradient[0], bend[0])

    @property
    def multiplier(self) -> float:
        """Slope of the profile that the score and the gradient of the interest agree on best."""
        return float(self.score @ self.gradient / (self.gradient @ self.gradient))

    @property
    def curved(self) -> np.ndarray:
        """Second derivatives of the log likelihood among points of the same interest, `(q, q)`."""
        return self.hessian - self.multiplier * self.bend

    def distance(self, level: float) -> float:
        """From the equations of the profile."""
        off = self.score - self.multiplier * self.gradient
        return max(float(np.sqrt(off @ off)), abs(self.interest - level))

    def ends_before(self, level: float) -> bool:
        """Whether the interest hardly changes here, short of a value: a shape of a gamma law is never below 0."""
        return abs(self.interest - level) > NEAR and float(np.sqrt(self.gradient @ self.gradient)) <= FLAT

    @property
    def usable(self) -> bool:
        """Whether all of it are numbers."""
        parts = (self.value, self.score, self.hessian, self.interest, self.gradient, self.bend)
        return all(np.isfinite(part).all() for part in parts) and bool(self.gradient.any())


def highest_at(likelihood: Objective, interest: Interest, level: float, start: np.ndarray) -> Profiled:
    """Highest point near `start (q,)` where the interest has the value `level`; a batch of one.

    Where none is found, the highest that was seen at the level; of log likelihood NaN where none was seen there.
    """
    here = _Here.of(likelihood, interest, start)
    for _ in range(PROGRAMS):
        if not here.usable or here.distance(level) <= FOUND or here.ends_before(level):
            break
        further = _improved(likelihood, interest, level, here)
        if further is None:
            break
        here = further
    found = (
        here.usable
        and here.distance(level) <= NEAR
        and bool(_concave_across(here.curved[None], here.gradient[None])[0])
    )
    multiplier = here.multiplier if here.usable else np.nan
    value = here.value if abs(here.interest - level) <= NEAR else np.nan
    parts = (here.interest, value, multiplier, found)
    return Profiled(here.point[None], *(np.array([part]) for part in parts))


def _improved(likelihood: Objective, interest: Interest, level: float, here: _Here) -> _Here | None:
    """The next point of sequential quadratic programming, by an exact penalty; None where there is none."""
    short, gradient = here.interest - level, here.gradient
    towards = -short * gradient / (gradient @ gradient)
    across = _across(gradient)
    roots, vectors = np.linalg.eigh(-across.T @ here.curved @ across)
    wanted = vectors.T @ across.T @ (here.score + here.curved @ towards)
    step = towards + across @ (vectors @ (wanted / np.maximum(np.abs(roots), LEAST_CURVATURE)))
    length = min(1.0, LONGEST / max(float(np.sqrt(step @ step)), np.finfo(float).tiny))
    penalty = 2 * abs(here.multiplier) + 1
    merit = here.value - penalty * abs(short)
    promised = float(here.score @ step) + penalty * abs(short)
    for _ in range(HALVINGS):
        point = here.point + length * step
        with np.errstate(all="ignore"):
            value, psi = float(likelihood.value(point[None])[0]), float(interest.at(point[None])[0][0])
            gained = value - penalty * abs(psi - level) - merit
        if gained >= SUFFICIENT_INCREASE * length * promised - rounding(np.array(here.value)):
            return _Here.of(likelihood, interest, point)
        length /= 2
    return None
