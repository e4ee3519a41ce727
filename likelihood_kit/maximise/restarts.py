"""Where a search begins again: spread around a maximum that was found, each point no lower than one can climb from."""

from __future__ import annotations

import numpy as np

from likelihood_kit.maximise.newton import Maximum, Objective, maximise

RESTARTS = 3
#: Candidate starts that a family suggests of which the best are searched from.
BEST_CANDIDATES = 3
#: Halvings of the way to a restart that lies too low.
APPROACHES = 50
#: Fall of the log likelihood per row at which a restart begins, at most: a quadratic one has fallen by 1/2 there.
RESTART_FALL = 2.0
#: Newton decrement at which a restart ends: it only has to show which maximum it runs to.
RESTART_DECREMENT = 1e-1
#: Restarts agree if their log likelihoods differ by no more than this, and their ends by no more than one standard
#: error: they stop a `RESTART_DECREMENT` away, where the second order leaves out about its square.
AGREEMENT = RESTART_DECREMENT**2


def restart_points(working: np.ndarray, hessian: np.ndarray, rows: float) -> np.ndarray:
    """Points `(m, r, k)` one standard deviation of a single observation from `(r, k)`, in fixed random directions."""
    k = working.shape[1]
    directions = np.random.default_rng(k).standard_normal((RESTARTS, k))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    directions[1] = -directions[0]
    diagonal = -np.einsum("rkk->rk", hessian)
    with np.errstate(all="ignore"):
        scale = np.where(diagonal > 0, np.sqrt(rows / np.abs(diagonal)), 1.0)
        scaled = -hessian * scale[:, :, None] * scale[:, None, :] / rows
    usable = np.asarray(np.isfinite(scaled).all(axis=(1, 2)))
    roots, vectors = np.linalg.eigh(np.where(usable[:, None, None], scaled, np.eye(k)))
    regular = usable & (roots[:, 0] > np.sqrt(np.finfo(float).eps))
    turned = np.einsum("mk,rjk->mrj", directions, vectors / np.sqrt(np.where(regular[:, None], roots, 1.0))[:, None])
    moves = np.where(regular[:, None], turned, directions[:, None])
    return working + moves * np.where(np.isfinite(scale), scale, 1.0)


def nearer_where_low(
    likelihood: Objective, working: np.ndarray, value: np.ndarray, points: np.ndarray, rows: float
) -> np.ndarray:
    """Restart points `(m, r, k)`, moved towards `(r, k)` until the likelihood there is defined and not flat.

    Each as a whole: to shorten single entries would break the balance between the coefficients of correlated columns.
    """
    lowest = value - RESTART_FALL * rows
    for _ in range(APPROACHES):
        low = ~(values_at(likelihood, points) >= lowest)
        if not low.any():
            break
        points = np.where(low[..., None], (points + working) / 2, points)
    return points


def near(maximum: Maximum, points: np.ndarray) -> np.ndarray:
    """Which points `(m, r, k)` are no more than a standard error from a maximum, `(m, r)`."""
    aside = points - maximum.working
    with np.errstate(invalid="ignore"):
        return np.einsum("mrk,rkl,mrl->mr", aside, -maximum.hessian, aside) <= 1


def restarted(likelihood: Objective, points: np.ndarray, maximum: Maximum) -> Maximum:
    """Ends of searches from `(m, r, k)`, as a batch of m r: whole ones only where a rough end is not at the maximum."""
    m, r, k = points.shape
    found = _from(likelihood, points, RESTART_DECREMENT)
    value = maximum.log_likelihood
    with np.errstate(invalid="ignore"):
        apart = found.converged & ~(np.abs(found.log_likelihood - np.tile(value, m)) <= AGREEMENT)
    apart |= found.converged & ~near(maximum, found.working.reshape(m, r, k)).ravel()
    if apart.any():
        again = apart.reshape(m, r).any(axis=0)
        chosen = np.flatnonzero(np.tile(again, m))
        points = found.working.reshape(m, r, -1)[:, again]
        found.put(chosen, _from(likelihood.take(np.flatnonzero(again)), points, None))
    return found


def _from(likelihood: Objective, points: np.ndarray, decrement: float | None) -> Maximum:
    m, r, k = points.shape
    settings = {} if decrement is None else {"decrement": decrement}
    if r == 1:
        return maximise(likelihood, points.reshape(m, k), **settings)
    every = [maximise(likelihood, start, **settings) for start in points]
    return Maximum(*(np.concatenate(parts) for parts in zip(*(vars(end).values() for end in every), strict=True)))


def best_candidates(likelihood: Objective, candidates: np.ndarray) -> np.ndarray:
    """The highest `(BEST_CANDIDATES, r, k)` of the starts `(m, r, k)`."""
    values = values_at(likelihood, candidates)
    values = np.where(np.isfinite(values), values, -np.inf)
    order = np.argsort(-values, axis=0, kind="stable")[:BEST_CANDIDATES]
    return np.take_along_axis(candidates, order[..., None], axis=0)


def values_at(likelihood: Objective, points: np.ndarray) -> np.ndarray:
    """Log likelihoods `(m, r)` at points `(m, r, k)`."""
    m, r, k = points.shape
    with np.errstate(all="ignore"):
        if r == 1:
            return likelihood.value(points.reshape(m, k)).reshape(m, 1)
        return np.stack([likelihood.value(point) for point in points])
