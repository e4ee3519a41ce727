"""The certificate that a point is the maximum of a likelihood, or the words for why it is not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from likelihood_kit.maximise.newton import SINGULAR, Likelihood, Maximum, maximise, newton_step, rounding

RESTARTS = 3
#: Halvings of the way to a restart that lies too low.
APPROACHES = 50
#: Fall of the log likelihood per row at which a restart begins, at most: a quadratic one has fallen by 1/2 there.
RESTART_FALL = 2.0
#: Newton decrement at which a restart ends: it only has to show which maximum it runs to.
RESTART_DECREMENT = 1e-1
#: Restarts agree if their log likelihoods differ by no more than this, and their ends by no more than one standard
#: error: they stop a `RESTART_DECREMENT` away, where the second order leaves out about its square.
AGREEMENT = RESTART_DECREMENT**2
#: Distance in standard errors at which the log likelihood must have fallen, and how little counts as no fall.
LOOKOUT = 3.0
NO_FALL = 1e-6
#: Linear-predictor units from which one standard error means that the data say next to nothing of a parameter.
LOOSE = 100.0
#: Newton decrement up to which an estimate counts as the maximum: a thousandth of a standard error.
CLOSE = 1e-3


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
            lower = self.restarts - self.agreeing
            elsewhere = f" ({lower} ended at a lower local maximum)" if lower else ""
            return (
                f"maximum certified: Newton decrement {self.newton_decrement:.1e}, information positive definite, "
                f"{self.agreeing} of {self.restarts} restarts agree{elsewhere}, no parameter at its boundary"
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
    relative : (k,) array of bool
        Whether the linear predictor is on a logarithmic scale or the like, with a unit of its own.
    """

    rising: tuple[str, ...]
    falling: tuple[str, ...]
    spread: np.ndarray
    relative: np.ndarray


def certified_maximum(
    likelihood: Likelihood, starts: np.ndarray, rows: int, labels: Labels
) -> tuple[np.ndarray, Certificate]:
    """Maximum of one likelihood, as working `(k,)`, with its certificate.

    `starts` are `(m, k)`: the search begins at each, and of equally high ends the first counts.
    """
    found = maximise(likelihood, starts)
    first = int(np.argmax(found.log_likelihood))
    if not found.log_likelihood[first] > found.log_likelihood[0] + AGREEMENT:
        first = 0
    working, iterations = found.working[first], int(found.iterations[first])
    there = likelihood.derivatives(working[None])
    points = nearer_where_low(likelihood, working, restart_points(working, there[2][0], rows), rows)
    restarts = maximise(likelihood, points, decrement=RESTART_DECREMENT)
    if (np.abs(restarts.log_likelihood[restarts.converged] - there[0][0]) > AGREEMENT).any():
        restarts = maximise(likelihood, restarts.working)
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
    return working + directions * np.where(np.isfinite(scale), scale, 1.0)


def nearer_where_low(likelihood: Likelihood, working: np.ndarray, points: np.ndarray, rows: int) -> np.ndarray:
    """Restart points `(r, k)`, moved towards working until the likelihood there is defined and not flat by underflow.

    Each as a whole: to shorten single entries would break the balance between the coefficients of correlated columns.
    """
    lowest = likelihood.value(working[None])[0] - RESTART_FALL * rows
    for _ in range(APPROACHES):
        low = ~(likelihood.value(points) >= lowest)
        if not low.any():
            break
        points = np.where(low[:, None], (points + working) / 2, points)
    return points


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
    with np.errstate(all="ignore"):
        ahead = step[0] / decrement
    curvature, least_fall, rising, level = _look_around(likelihood, working, there, rows, ahead, labels)
    # Where a parameter has lost its curvature, as df of a Student t far out, there is a plateau, not a maximum.
    curved = np.einsum("rkk->rk", restarts.hessian) * LOOSE**2 <= np.diag(hessian)
    arrived = restarts.converged & curved.all(axis=1)
    ended, aside = restarts.log_likelihood[arrived], restarts.working[arrived] - working
    as_high = np.abs(ended - value) <= AGREEMENT
    near = np.einsum("rk,kl,rl->r", aside, -hessian, aside) <= 1
    agreeing = int(np.sum(as_high & near))
    reasons = []
    if rising:
        reasons.append(f"the log likelihood keeps rising as {' or as '.join(rising)}: no maximum exists")
    elif not np.isfinite(value):
        reasons.append("the log likelihood is not finite at the estimate")
    elif np.isnan(decrement):
        reasons.append("the derivatives of the log likelihood are not finite at the estimate")
    else:
        if not decrement <= CLOSE:
            reasons.append(f"the search stopped {decrement:.1e} standard errors from the maximum")
        if not concave[0]:
            line = f" (the log likelihood is level as {level[0]})" if level else ""
            reasons.append(
                f"the observed information is not positive definite: some parameters are not identified{line}"
            )
        elif (as_high & ~near).any():
            reasons.append(f"{np.sum(as_high & ~near)} of {len(ended)} restarts ended at another, equally high maximum")
        elif not agreeing:
            found = "ended at this maximum" if len(ended) else "came to an end"
            reasons.append(f"none of the {len(restarts.converged)} restarts {found}: nothing confirms it")
    if rows <= len(working) and not rising and rows > 1:
        reasons.append(f"{rows} observations cannot support {len(working)} parameters")
    return Certificate(
        not reasons, tuple(reasons), decrement, curvature, len(ended), agreeing, least_fall, rising, iterations
    )


def _look_around(
    likelihood: Likelihood,
    working: np.ndarray,
    there: tuple[np.ndarray, np.ndarray, np.ndarray],
    rows: int,
    ahead: np.ndarray,
    labels: Labels,
) -> tuple[float, float, tuple[str, ...], tuple[str, ...]]:
    """Smallest scaled eigenvalue, least fall at `LOOKOUT` standard errors, directions without fall, and level lines.

    `ahead` is where Newton's method would go on, one standard error long; not a number where it is there.
    """
    value, score, hessian = (part[0] for part in there)
    diagonal = -np.diag(hessian)
    with np.errstate(all="ignore"):
        scale = np.where(diagonal > 0, 1 / np.sqrt(np.abs(diagonal)), 1.0)
        # Without a unit of its own a parameter is measured by what a single observation tells of it.
        unit = np.where(labels.relative | ~(diagonal > 0), 1 / labels.spread, scale * np.sqrt(rows))
        # Where curvature is lost in rounding, rays that mix parameters are too: such a parameter is moved alone.
        alone = np.flatnonzero(~(diagonal > 0) | ~(scale < LOOSE * unit))
        scaled = -hessian * np.outer(scale, scale)
    usable = bool(np.isfinite(scaled).all())
    roots, vectors = np.linalg.eigh(scaled if usable else np.eye(len(scaled)))
    smallest = float(roots[0]) if usable else np.nan
    if not usable:
        # Beyond what numbers can hold: only further out can the likelihood still rise.
        rays = LOOKOUT * np.diag(np.where(working < 0, -1, 1) * unit)
    elif (diagonal > 0).all() and smallest > SINGULAR:
        # Each parameter moved by its own standard errors, the others along with it as on a quadratic profile. The
        # eigenvectors would mix well determined parameters into a flat direction where eigenvalues nearly coincide.
        inverse = (vectors / roots) @ vectors.T
        rays = LOOKOUT * scale * inverse / np.sqrt(np.diag(inverse))[:, None]
    else:
        # Longer rays would turn the rounding errors in an eigenvector into moves of the other parameters.
        least = np.sqrt(np.finfo(float).eps)
        rays = LOOKOUT * scale * (vectors / np.sqrt(np.maximum(roots, least))).T
        reach = np.minimum(1, LOOSE / (np.abs(rays) / unit).max(axis=1))
        rays *= np.where(roots < least, reach, 1)[:, None]
    if usable:
        length = np.where(diagonal > 0, LOOKOUT * scale, LOOSE * unit)
        rays = np.concatenate([rays, np.diag(length)[alone]])
        if np.isfinite(ahead).all():
            rays = np.concatenate([rays, LOOKOUT * ahead[None]])
        rays = np.concatenate([rays, -rays])
    with np.errstate(all="ignore"):
        falls = value - likelihood.value(working + rays)
    flat = (falls <= NO_FALL + rounding(np.asarray(value))) & (working + rays != working).any(axis=1)
    both = flat & np.roll(flat, len(flat) // 2) if usable else np.zeros_like(flat)
    # Level either way against a slope: a link has come to the end of what numbers can hold.
    beyond = rays @ score > 1
    rising, level = (
        tuple(dict.fromkeys(_in_words(rays[j], unit, labels) for j in np.flatnonzero(chosen)[:4]))
        for chosen in (flat & (beyond | ~both), both & ~beyond)
    )
    return smallest, float(np.min(falls)), rising, level


def _in_words(ray: np.ndarray, unit: np.ndarray, labels: Labels) -> str:
    """The leading parts of a direction, such as "df runs to infinity"."""
    weight = np.abs(ray) / unit
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
    relative = [predictor.link.name != "identity" for predictor in predictors for _ in predictor.labels]
    spread = np.concatenate([predictor.spread() for predictor in predictors])
    return Labels(tuple(rising), tuple(falling), spread, np.array(relative))


def _end(value: float) -> str:
    return f"{value:g}" if np.isfinite(value) else "infinity" if value > 0 else "minus infinity"
