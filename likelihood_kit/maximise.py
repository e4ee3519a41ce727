"""Damped Newton's method over a batch of likelihoods, and the certificate that the end is the maximum.

All moves are in working coordinates, which are unconstrained, so that no step can leave the parameter space.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from likelihood_kit._numerics import smallest_eigenvalue

#: Newton decrement, the distance to the maximum in standard errors, at which one last full step ends the search: that
#: step squares the distance, so that estimates are within about 1e-10 standard errors and curvatures within 1e-5.
DECREMENT = 1e-5
#: The same for a restart, which only has to show which maximum it runs to.
RESTART_DECREMENT = 1e-1
ITERATIONS = 200
#: Armijo's constant: part of the increase that the gradient promises which a step must deliver.
SUFFICIENT_INCREASE = 1e-4
#: Steps in a row that raise the likelihood by no more than rounding before the search is given up.
IDLE = 5
#: Halvings of a step before the search is given up: beyond 2^-50 a step is lost in rounding.
HALVINGS = 50
RESTARTS = 3
#: Distance in standard errors at which the log likelihood must have fallen, and how little counts as no fall.
LOOKOUT = 3.0
NO_FALL = 1e-6
#: Restarts agree if their log likelihoods, to second order at their end, differ by no more than this.
AGREEMENT = 1e-3
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
            likelihood, hessian, idle = likelihood.take(keep), hessian[keep], idle[keep]
        moved, fresh = _search(likelihood, working, value, squared, step)
        stuck = ~moved.any(axis=1)
        if stuck.any():
            # No point of the line is higher: rounding hides what increase is left.
            small = squared[stuck] <= _rounding(value[stuck])
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
        idle = np.where(fresh[0] - value <= _rounding(value), idle + 1, 0)
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


def _rounding(value: np.ndarray) -> np.ndarray:
    """How far two evaluations of a log likelihood may differ by rounding alone."""
    return 64 * np.finfo(float).eps * (1 + np.abs(value))


def _search(
    likelihood: Likelihood, working: np.ndarray, value: np.ndarray, squared: np.ndarray, step: np.ndarray
) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Full Newton steps, halved where they do not raise the likelihood enough; zero where no halving does."""
    moved = step.copy()
    fresh = likelihood.derivatives(working + step)

    def low(value_there: np.ndarray, at: Any, length: float) -> np.ndarray:
        wanted = value[at] + SUFFICIENT_INCREASE * length * squared[at] - _rounding(value[at])
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


@dataclass(frozen=True)
class Certificate:
    """Why the estimate is the maximum of the likelihood, or why it is not.

    Attributes
    ----------
    ok : bool
    reasons : tuple of str
        What failed, in words; empty where `ok`.
    newton_decrement : float
        Distance to the maximum of the quadratic approximation, in standard errors.
    curvature : float
        Smallest eigenvalue of the observed information scaled to unit diagonal; 1 for orthogonal parameters, not a
        number where the maximum is a closed form.
    restarts, agreeing : int
        Independent restarts that converged, and those of them that found this maximum.
    least_fall : float
        Smallest fall of the log likelihood where one parameter is three standard errors away, on either side, and the
        others move along as on a quadratic profile; 4.5 for a quadratic log likelihood.
    rising : tuple of str
        Directions in which the log likelihood does not fall, in words.
    iterations : int
    """

    ok: bool
    reasons: tuple[str, ...]
    newton_decrement: float
    curvature: float
    restarts: int
    agreeing: int
    least_fall: float
    rising: tuple[str, ...]
    iterations: int

    def __str__(self) -> str:
        if self.ok and np.isnan(self.curvature):
            return "maximum certified: in closed form"
        if self.ok:
            return (
                f"maximum certified: Newton decrement {self.newton_decrement:.1e}, information positive definite, "
                f"{self.agreeing} of {self.restarts} restarts agree, no parameter at its boundary"
            )
        return "NOT certified: " + "; ".join(self.reasons)


@dataclass(frozen=True)
class Labels:
    """Words for the entries of the working vector.

    Attributes
    ----------
    rising, falling : tuple of k str
        What it means that the entry grows or falls without bound, such as "df runs to infinity".
    spread : (k,) array
        How far the linear predictor moves per unit of each entry.
    """

    rising: tuple[str, ...]
    falling: tuple[str, ...]
    spread: np.ndarray


def certified_maximum(
    likelihood: Likelihood, start: np.ndarray, rows: int, labels: Labels
) -> tuple[np.ndarray, Certificate]:
    """Maximum of one likelihood from one start `(k,)`, as working `(k,)`, with its certificate."""
    found = maximise(likelihood, start[None])
    working, iterations = found.working[0], int(found.iterations[0])
    there = likelihood.derivatives(working[None])
    restarts = maximise(likelihood, restart_points(working, there[2][0], rows), decrement=RESTART_DECREMENT)
    best = int(np.argmax(restarts.log_likelihood))
    if restarts.converged[best] and not restarts.log_likelihood[best] <= there[0][0] + AGREEMENT:
        found = maximise(likelihood, restarts.working[best][None])
        working, iterations = found.working[0], iterations + int(found.iterations[0])
        there = likelihood.derivatives(working[None])
    return working, certify(likelihood, working, there, restarts, rows, labels, iterations)


def restart_points(working: np.ndarray, hessian: np.ndarray, rows: int) -> np.ndarray:
    """Points one standard deviation of a single observation away, in fixed random directions; `(r, k)`."""
    k = len(working)
    directions = np.random.default_rng(k).standard_normal((RESTARTS, k))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    directions[1] = -directions[0]
    diagonal = -np.diag(hessian)
    with np.errstate(all="ignore"):
        scale = np.where(diagonal > 0, np.sqrt(rows / diagonal), 1.0)
    scaled = -hessian * np.outer(scale, scale) / rows
    if np.isfinite(scaled).all():
        roots, vectors = np.linalg.eigh(scaled)
        if roots[0] > np.sqrt(np.finfo(float).eps):
            directions = directions @ (vectors / np.sqrt(roots)).T
    # A direction that the data say next to nothing of (an estimate on its way to infinity) is left by a few units only.
    limit = 3 * np.maximum(1.0, np.abs(working))
    return working + np.clip(directions * np.where(np.isfinite(scale), scale, 1.0), -limit, limit)


def certify(
    likelihood: Likelihood,
    working: np.ndarray,
    there: tuple[np.ndarray, np.ndarray, np.ndarray],
    restarts: Maximum,
    rows: int,
    labels: Labels,
    iterations: int,
) -> Certificate:
    """Certificate of one working vector `(k,)`, from `derivatives` there and where the restarts ended."""
    value, score, hessian = (part[0] for part in there)
    step, concave = newton_step(score[None], hessian[None])
    decrement = float(np.sqrt(np.abs(score @ step[0])))
    curvature, least_fall, rising = _look_around(likelihood, working, value, hessian, labels)
    ended = restarts.log_likelihood[restarts.converged]
    agreeing = int(np.sum(np.abs(ended - value) <= AGREEMENT))
    reasons = []
    if rising:
        reasons.append(f"the log likelihood keeps rising as {' or as '.join(rising)}: no maximum exists")
    elif not np.isfinite(value):
        reasons.append("the log likelihood is not finite at the estimate")
    else:
        if not decrement <= 1e-3:
            reasons.append(f"the search stopped {decrement:.1e} standard errors from the maximum")
        if not concave[0]:
            reasons.append("the observed information is not positive definite: some parameters are not identified")
        if agreeing < len(ended):
            reasons.append(f"{len(ended) - agreeing} of {len(ended)} restarts ended at another local maximum")
    if rows <= len(working) and not rising and rows > 1:
        reasons.append(f"{rows} observations cannot support {len(working)} parameters")
    return Certificate(
        not reasons, tuple(reasons), decrement, curvature, len(ended), agreeing, least_fall, rising, iterations
    )


def _look_around(
    likelihood: Likelihood, working: np.ndarray, value: float, hessian: np.ndarray, labels: Labels
) -> tuple[float, float, tuple[str, ...]]:
    """Smallest scaled eigenvalue, least fall at `LOOKOUT` standard errors, and the directions without fall."""
    diagonal = -np.diag(hessian)
    with np.errstate(all="ignore"):
        scale = np.where(diagonal > 0, 1 / np.sqrt(np.abs(diagonal)), 1.0)
    scaled = -hessian * np.outer(scale, scale)
    if not np.isfinite(scaled).all():
        return np.nan, np.nan, ()
    roots, vectors = np.linalg.eigh(scaled)
    smallest = float(roots[0])
    if (diagonal > 0).all() and smallest > SINGULAR:
        # Each parameter moved by its own standard errors, the others along with it as on a quadratic profile. The
        # eigenvectors would mix well determined parameters into a flat direction where eigenvalues nearly coincide.
        inverse = (vectors / roots) @ vectors.T
        rays = LOOKOUT * scale * inverse / np.sqrt(np.diag(inverse))[:, None]
    else:
        # Longer rays would turn the rounding errors in an eigenvector into moves of the other parameters.
        roots = np.maximum(roots, np.sqrt(np.finfo(float).eps))
        rays = LOOKOUT * scale * (vectors / np.sqrt(roots)).T
    rays = np.concatenate([rays, -rays])
    with np.errstate(all="ignore"):
        falls = value - likelihood.value(working + rays)
    flat = falls <= NO_FALL + _rounding(np.asarray(value))
    words = tuple(dict.fromkeys(_in_words(rays[j], labels) for j in np.flatnonzero(flat)[:4]))
    return smallest, float(np.min(falls)), words


def _in_words(ray: np.ndarray, labels: Labels) -> str:
    """The leading parts of a direction, such as "df runs to infinity"."""
    weight = np.abs(ray) * labels.spread
    leading = np.flatnonzero(weight >= 0.3 * weight.max())
    leading = leading[np.argsort(-weight[leading])][:3]
    return " and ".join(labels.rising[j] if ray[j] > 0 else labels.falling[j] for j in leading)


def labels_of(predictors: Sequence[Any]) -> Labels:
    """Words for the directions of a parameter vector, from its predictors."""
    rising, falling = [], []
    for predictor in predictors:
        low, high = (_end(float(end)) for end in predictor.space.ends())
        if predictor.columns is None:
            rising.append(f"{predictor.name} runs to {high}")
            falling.append(f"{predictor.name} runs to {low}")
        else:
            rising.extend(f"the coefficient of {label} grows without bound" for label in predictor.labels)
            falling.extend(f"the coefficient of {label} falls without bound" for label in predictor.labels)
    return Labels(tuple(rising), tuple(falling), np.concatenate([p.spread() for p in predictors]))


def _end(value: float) -> str:
    return f"{value:g}" if np.isfinite(value) else "infinity" if value > 0 else "minus infinity"
