"""The log likelihood around a point: whether it falls in every direction, for a batch of points at once."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from likelihood_kit._numerics import smallest_eigenvalue, stacked_inverse
from likelihood_kit.maximise.newton import SINGULAR, Objective, rounding

#: Way on the scale of a logarithm up to which a search that stopped was on its way along a ridge.
WITHIN_SIGHT = 50.0
#: Distance in standard errors at which the log likelihood must have fallen, and how little counts as no fall.
LOOKOUT = 3.0
NO_FALL = 1e-6
#: Fall at the lookout, on either side, from which the curvature at the point may be none: it promises 4.5.
TOO_STEEP = 4.5 * LOOKOUT
#: Linear-predictor units from which one standard error means that the data say next to nothing of a parameter.
LOOSE = 100.0
#: How far a parameter without a unit of its own must have gone from its start, relative to that, to have run away.
RUN_AWAY = 1e4
#: Smallest eigenvalue of an information of unit diagonal that numeric derivatives, and differences of large terms,
#: leave of one that is 0.
NO_CURVATURE = 1e-9


@dataclass(frozen=True, eq=False)
class Scales:
    """What is known of the k entries of the working vector before any data are seen.

    Attributes
    ----------
    spread : (k,)
        How far the linear predictor moves per unit of each entry.
    relative : (k,) bool
        Whether the linear predictor is on a logarithmic scale or the like, with a unit of its own.
    rows : float
        Observations of a sample.
    """

    spread: np.ndarray
    relative: np.ndarray
    rows: float

    def units(self, diagonal: np.ndarray) -> np.ndarray:
        """Unit of each entry, `(r, k)`, from the diagonals of observed informations.

        Without a unit of its own a parameter is measured by what a single observation tells of it.
        """
        with np.errstate(all="ignore"):
            own = np.sqrt(self.rows / np.abs(diagonal))
        return np.where(self.relative | ~(diagonal > 0), 1 / self.spread, own)


@dataclass(frozen=True, eq=False)
class Surroundings:
    """What was seen around r points.

    Attributes
    ----------
    least_fall : (r,)
        Smallest fall of the log likelihood over the directions looked in.
    rays : (r, m, k)
        Those directions, in units of the entries.
    rising, level : (r, m) bool
        Directions without a fall: those in which it may rise for ever, and those that are flat both ways.
    tangents : (r, k, k), optional
        Rays of which one may be the tangent at a level curve; not a number where it is not.
    curves : (r, k), optional
        Ways to points as high on a level curve, in units of the entries; zero where there is none.
    """

    least_fall: np.ndarray
    rays: np.ndarray
    rising: np.ndarray
    level: np.ndarray
    tangents: np.ndarray = field(default_factory=lambda: np.empty(0))
    curves: np.ndarray | None = None

    def with_rising(self, ways: np.ndarray) -> Surroundings:
        """The same, with a further direction `(r, k)` in which it rises where this is not zero."""
        chosen = np.any(ways != 0, axis=1, keepdims=True)
        if not chosen.any():
            return self
        return replace(
            self,
            rays=np.concatenate([self.rays, ways[:, None]], axis=1),
            rising=np.concatenate([self.rising, chosen], axis=1),
            level=np.concatenate([self.level, np.zeros_like(chosen)], axis=1),
        )


def run_away(
    working: np.ndarray, start: np.ndarray, hessian: np.ndarray, scales: Scales, converged: np.ndarray
) -> np.ndarray:
    """Signs `(r, k)` of parameters that went so far that nothing tells how far; zero for others.

    Such as the shape of a skew normal law: the likelihood rises to that of a half normal law, and where its last digits
    end rounding looks like a maximum, whose standard error is larger than the way there.
    """
    with np.errstate(all="ignore"):
        way = (working - start) * scales.spread
        error = scales.spread / np.sqrt(-np.einsum("rkk->rk", hessian))
        gone = ~scales.relative & (np.abs(way) > RUN_AWAY * np.maximum(1.0, np.abs(start) * scales.spread))
        # On the way along a ridge without end, as of a truncated normal law to an exponential one, a search stops where
        # a logarithm has a standard error above 1, still short of a maximum.
        own = np.sqrt(np.einsum("rkk->rk", stacked_inverse(-hessian))) * scales.spread
        loose = np.where(scales.relative, ~(own <= 1), ~(own < np.abs(way)))
        lost = ~converged[:, None] & loose & (loose & scales.relative).any(axis=1, keepdims=True)
        # Further out the end is that of the numbers, or of a density that has shrunk onto the data.
        lost &= (~scales.relative | (np.abs(way) <= WITHIN_SIGHT)).all(axis=1, keepdims=True)
        return np.where((gone & ~(error < np.abs(way))) | lost, np.sign(way), 0.0)


def look_around(
    likelihood: Objective,
    working: np.ndarray,
    there: tuple[np.ndarray, np.ndarray, np.ndarray],
    ahead: np.ndarray,
    scales: Scales,
) -> Surroundings:
    """The log likelihood some standard errors away from points `(r, k)`.

    Parameters
    ----------
    likelihood : Objective
    working : (r, k)
    there : log likelihood `(r,)`, score `(r, k)` and Hessian `(r, k, k)` at the points
    ahead : (r, k)
        Where Newton's method would go on, one standard error long; not a number where it has arrived.
    scales : Scales
    """
    value, score, hessian = there
    units = scales.units(-np.einsum("rkk->rk", hessian))
    half = np.concatenate(
        [_curved_rays(hessian, units), _axes(working, hessian, units), LOOKOUT * ahead[:, None]], axis=1
    )
    rays = np.concatenate([half, -half], axis=1)
    usable = np.isfinite(hessian).all(axis=(1, 2))
    asked = np.isfinite(rays).all(axis=2)
    # Beyond what numbers can hold, only further out can the likelihood still rise.
    asked[~usable, half.shape[1] :] = False
    there_too = _values(likelihood, working[:, None] + np.where(asked[..., None], rays, 0.0))
    with np.errstate(invalid="ignore"):
        falls = np.where(asked, value[:, None] - there_too, np.inf)
        flat = asked & (falls <= NO_FALL + rounding(value)[:, None])
    flat &= (working[:, None] + rays != working[:, None]).any(axis=2)
    both = flat & np.roll(flat, half.shape[1], axis=1) & usable[:, None]
    # Level either way against a slope: a link has come to the end of what numbers can hold.
    with np.errstate(all="ignore"):
        beyond = np.einsum("rmk,rk->rm", rays, score) > 1
    with np.errstate(invalid="ignore"):
        weights = rays / units[:, None]
    rising, level = flat & (beyond | ~both), both & ~beyond
    straight = (rising | level).any(axis=1)
    tangents = np.where(straight[:, None, None], np.nan, _too_steep(half, falls))
    return Surroundings(falls.min(axis=1), weights, rising, level, tangents)


def _too_steep(half: np.ndarray, falls: np.ndarray) -> np.ndarray:
    """Of rays one way `(r, m, k)` the curved ones `(r, k, k)`, not a number but where it falls far on either side.

    `falls` `(r, 2 m)` are those along the rays both ways.
    """
    m, k = half.shape[1:]
    either = np.minimum(falls[:, :k], falls[:, m : m + k])
    return np.where((either > TOO_STEEP)[..., None], half[:, :k], np.nan)


def _curved_rays(hessian: np.ndarray, units: np.ndarray) -> np.ndarray:
    """Rays `(r, k, k)` by the curvature; not a number where there is none.

    Where the information is positive definite, each parameter is moved by its own standard errors, the others along
    with it as on a quadratic profile: eigenvectors would mix well determined parameters into a flat direction where
    eigenvalues nearly coincide. Elsewhere along the eigenvectors, no further than `LOOSE` units.
    """
    r, k, _ = hessian.shape
    diagonal = -np.einsum("rkk->rk", hessian)
    with np.errstate(all="ignore"):
        scale = np.where(diagonal > 0, 1 / np.sqrt(np.abs(diagonal)), 1.0)
        scaled = -hessian * scale[:, :, None] * scale[:, None, :]
    usable = np.isfinite(scaled).all(axis=(1, 2))
    roots, vectors = np.linalg.eigh(np.where(usable[:, None, None], scaled, np.eye(k)))
    regular = usable & (diagonal > 0).all(axis=1) & (roots[:, 0] > NO_CURVATURE)
    rays = np.full((r, k, k), np.nan)
    if regular.any():
        inverse = np.einsum("rij,rj,rlj->ril", vectors[regular], 1 / roots[regular], vectors[regular])
        lengths = np.sqrt(np.einsum("rkk->rk", inverse))
        rays[regular] = LOOKOUT * scale[regular, None] * inverse / lengths[:, :, None]
    other = usable & ~regular
    if other.any():
        # Longer rays would turn the rounding errors in an eigenvector into moves of the other parameters.
        least = np.sqrt(np.finfo(float).eps)
        lengths = 1 / np.sqrt(np.maximum(roots[other], least))
        bent = LOOKOUT * scale[other, None] * np.swapaxes(vectors[other], 1, 2) * lengths[:, :, None]
        reach = np.minimum(1, LOOSE / (np.abs(bent) / units[other, None]).max(axis=2))
        rays[other] = bent * np.where(roots[other] < least, reach, 1)[:, :, None]
    return rays


def _axes(working: np.ndarray, hessian: np.ndarray, units: np.ndarray) -> np.ndarray:
    """Rays `(r, k, k)` of one parameter alone, where its curvature is lost in rounding; not a number elsewhere."""
    diagonal = -np.einsum("rkk->rk", hessian)
    with np.errstate(all="ignore"):
        error = np.where(diagonal > 0, 1 / np.sqrt(np.abs(diagonal)), np.inf)
    length = np.where(np.isfinite(error), LOOKOUT * error, LOOSE * units)
    length = np.where(error < LOOSE * units, np.nan, length)
    beyond = ~np.isfinite(hessian).all(axis=(1, 2))
    length[beyond] = LOOKOUT * np.where(working < 0, -1, 1)[beyond] * units[beyond]
    axes = np.eye(working.shape[1]) * length[:, :, None]
    axes[np.isnan(length)] = np.nan
    return axes


def _values(likelihood: Objective, points: np.ndarray) -> np.ndarray:
    """Log likelihoods `(r, m)` at points `(r, m, k)`."""
    r, m, k = points.shape
    with np.errstate(all="ignore"):
        if r == 1:
            return likelihood.value(points.reshape(m, k)).reshape(1, m)
        return np.stack([likelihood.value(points[:, j]) for j in range(m)], axis=1)


def definite(hessian: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Smallest eigenvalue of each observed information scaled to unit diagonal, `(r,)`, and whether it is positive."""
    diagonal = -np.einsum("rkk->rk", hessian)
    with np.errstate(all="ignore"):
        scale = np.where(diagonal > 0, 1 / np.sqrt(np.abs(diagonal)), 1.0)
        scaled = -hessian * scale[:, :, None] * scale[:, None, :]
    usable = np.isfinite(scaled).all(axis=(1, 2))
    smallest = smallest_eigenvalue(np.where(usable[:, None, None], scaled, np.eye(hessian.shape[1])))
    curved = usable & (diagonal > 0).all(axis=1)
    return np.where(usable, np.where(curved, smallest, np.minimum(smallest, 0.0)), np.nan), curved & (
        smallest > SINGULAR
    )
