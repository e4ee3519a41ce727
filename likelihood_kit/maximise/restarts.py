"""Searches that begin elsewhere, and what their ends say of a maximum that was found."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from likelihood_kit.maximise.newton import Maximum, Objective, maximise
from likelihood_kit.maximise.surroundings import LOOSE, Scales

#: Restarts near a maximum that none of the starts spread over the space ended at.
RESTARTS = 3
#: Halvings of the way to a restart that lies too low.
APPROACHES = 50
#: Fall of the log likelihood per row at which a restart begins, at most: a quadratic one has fallen by 1/2 there.
RESTART_FALL = 2.0
#: Newton decrement at which a search from elsewhere first ends, and steps after which it may have run away.
RESTART_DECREMENT = 1e-1
RESTART_ITERATIONS = 40
#: Ends agree if their log likelihoods differ by no more than this, and their places by no more than one standard error:
#: they stop a `RESTART_DECREMENT` away, where the second order leaves out about its square.
AGREEMENT = RESTART_DECREMENT**2
#: Standard errors within which a rough end is at a maximum: its last step leaves the square of `RESTART_DECREMENT`, but
#: another maximum may be less than one standard error away, as by the flat place of a skew normal law at shape 0.
SAME_PLACE = 0.2
#: Searches that were made to their end are as high where their log likelihoods differ by no more than this.
TIED = 1e-6
#: How far, on the scale of a logarithm, a search that still climbs must have gone to have run away.
ESCAPED = 8.0
#: Units in the last place: a continuous density no wider than this follows the rounding of the data.
ROUNDING_UNITS = 64
#: The way beyond which no number is left, and so no slope: where a single step led there from a spike.
NOWHERE = 1000.0
#: Difference of the log densities of a row under two parameter vectors that make the same law.
SAME_LAW = 1e-3
#: Decimals by which heights of different maxima differ.
HEIGHTS = 3
#: A search may have gone further than any maximum lies: a factor of exp(10) from its start.
FURTHEST = 10.0


@dataclass(frozen=True, eq=False)
class Starts:
    """Where searches of r samples begin.

    Attributes
    ----------
    sample : (t,) int
        Of each start.
    points : (t, k)
        Working vectors.
    lowest, highest : (r, k)
        Reach of the places among which the starts of each sample were chosen; not a number where nothing is known.
    likelihood : Objective, optional
        On fewer rows, on which the searches begin.
    guided : bool
        Whether the data say where maxima may lie; otherwise the starts are drawn from a box.
    """

    sample: np.ndarray
    points: np.ndarray
    lowest: np.ndarray
    highest: np.ndarray
    likelihood: Any = field(default=None, repr=False)
    guided: bool = True

    @classmethod
    def of(cls, points: np.ndarray) -> Starts:
        """The same m starts `(m, k)` of one sample."""
        none = np.full((1, points.shape[1]), np.nan)
        return cls(np.zeros(len(points), dtype=int), points, none, none)


@dataclass(frozen=True, eq=False)
class Ends:
    """Where searches from elsewhere ended.

    Attributes
    ----------
    sample : (t,) int
    maximum : Maximum
        Of t searches.
    escaped : (t,) bool
        Which ran away while the log likelihood still rose steeply.
    searches : (t,) int
        How many searches came here on fewer rows, of which this one went on on all.
    """

    sample: np.ndarray
    maximum: Maximum
    escaped: np.ndarray
    searches: np.ndarray

    def joined(self, other: Ends) -> Ends:
        """These and others."""
        both = (self.maximum, other.maximum)
        parts = {name: np.concatenate([vars(end)[name] for end in both]) for name in vars(self.maximum)}
        sample, escaped = (
            np.concatenate([one, two]) for one, two in ((self.sample, other.sample), (self.escaped, other.escaped))
        )
        searches = np.concatenate([self.searches, other.searches])
        return Ends(sample, Maximum(**parts), escaped, searches)


def explored(likelihood: Objective, starts: Starts, found: Maximum, scales: Scales) -> Ends:
    """Ends of searches from all starts, as one batch; to the end only those that are not at the maximum found.

    Where the starts come with a likelihood on fewer rows, it is searched first, and its different ends on all rows.
    """
    sample, points = starts.sample, starts.points
    first, searches = starts.likelihood or likelihood, np.ones(len(sample), dtype=int)
    rough = maximise(first.take(sample), points, decrement=RESTART_DECREMENT, iterations=RESTART_ITERATIONS)
    if starts.likelihood is not None:
        kept, searches = _different(rough)
        points, sample = rough.working[kept], sample[kept]
        rough = maximise(likelihood.take(sample), points, decrement=RESTART_DECREMENT, iterations=RESTART_ITERATIONS)
    escaped = has_escaped(rough, points, scales)
    with np.errstate(invalid="ignore"):
        as_high = np.abs(rough.log_likelihood - found.log_likelihood[sample]) <= AGREEMENT
    here = rough.converged & as_high & near(found, rough.working, sample, SAME_PLACE)
    rough.log_likelihood[here] = found.log_likelihood[sample[here]]
    again = np.flatnonzero(~here & ~escaped)
    if again.size:
        rough.put(again, maximise(likelihood.take(sample[again]), rough.working[again]))
        escaped[again] = has_escaped(rough.take(again), points[again], scales)
    return Ends(sample, rough, escaped, searches)


def nearby(likelihood: Objective, found: Maximum, where: np.ndarray, rows: float) -> Ends:
    """Ends of searches from about one standard deviation of an observation away from some of the maxima."""
    chosen, part = found.take(where), likelihood.take(where)
    points = restart_points(chosen.working, chosen.hessian, rows)
    points = nearer_where_low(part, chosen.working, chosen.log_likelihood, points, rows)
    flat = points.reshape(-1, points.shape[-1])
    sample = np.tile(np.arange(len(where)), len(points))
    ends = maximise(part.take(sample), flat)
    return Ends(where[sample], ends, np.zeros(len(flat), dtype=bool), np.ones(len(flat), dtype=int))


def has_escaped(found: Maximum, start: np.ndarray, scales: Scales) -> np.ndarray:
    """Which searches ran away while the log likelihood still rose steeply, `(t,)`.

    And which came so far that one observation holds a parameter to its last digits, as on the spike of a mixture: there
    numbers are stairs, on which numeric derivatives see a maximum.
    """
    with np.errstate(all="ignore"):
        gone = (np.abs(found.working - start) * scales.spread)[:, scales.relative].max(axis=1, initial=0.0)
        steep = ~(found.decrement <= RESTART_DECREMENT) | (gone > NOWHERE)
        finest = ROUNDING_UNITS * np.finfo(float).eps * np.abs(found.working)
        held = -np.einsum("tkk->tk", found.hessian) * finest**2 > scales.rows
        return (~found.converged & (gone > ESCAPED) & steep) | held.any(axis=1)


def arrived(ends: Ends, found: Maximum, scales: Scales) -> np.ndarray:
    """Which searches came to an end that may be a maximum, `(t,)`."""
    maximum, sample = ends.maximum, ends.sample
    # Where a parameter has lost its curvature, as df of a Student t far out, there is a plateau, not a maximum; so far
    # out the curvature may be rounding, and looks like one.
    aside = maximum.working - found.working[sample]
    with np.errstate(invalid="ignore"):
        curved = np.einsum("tkk->tk", maximum.hessian) * LOOSE**2 <= np.einsum("rkk->rk", found.hessian)[sample]
        curved &= ~scales.relative | (np.abs(aside) * scales.spread <= FURTHEST)
    return maximum.converged & curved.all(axis=1) & ~ends.escaped


def unseen(values: np.ndarray, searches: np.ndarray) -> float:
    """Maxima expected beside those of these heights `(m,)`, found by so many searches each.

    With w different ones in N searches w (N - 1) / (N - w - 2) are expected in all: Boender, C. G. E. and Rinnooy Kan,
    A. H. G. (1987), Bayesian stopping rules for multistart global optimization methods, *Math. Programming* 37, 59-80.
    """
    number = int(searches.sum())
    found = len(np.unique(np.round(values, HEIGHTS)))
    return found * (number - 1) / (number - found - 2) - found if number > found + 2 else float("inf")


def same_law(likelihood: Any, one: np.ndarray, other: np.ndarray) -> bool:
    """Whether two working vectors `(k,)` give each row of one sample the same density, as permuted parts do."""
    with np.errstate(invalid="ignore"):
        return bool(np.all(np.abs(likelihood.row_values(one) - likelihood.row_values(other)) <= SAME_LAW))


def near(maximum: Maximum, points: np.ndarray, sample: np.ndarray, within: float = 1.0) -> np.ndarray:
    """Which points `(t, k)` are no more than so many standard errors from the maximum of their sample, `(t,)`."""
    aside = points - maximum.working[sample]
    with np.errstate(invalid="ignore", over="ignore"):
        return np.einsum("tk,tkl,tl->t", aside, -maximum.hessian[sample], aside) <= within**2


def _different(ends: Maximum) -> tuple[np.ndarray, np.ndarray]:
    """Of ends of one sample those that are not near a higher one, and how many are near each or it."""
    order = np.argsort(-np.where(ends.converged, ends.log_likelihood, -np.inf), kind="stable")
    kept: list[int] = []
    searches: list[int] = []
    for i in order:
        close = np.zeros(len(kept), dtype=bool)
        if kept and ends.converged[i]:
            points = np.repeat(ends.working[i : i + 1], len(kept), axis=0)
            close = near(ends.take(np.array(kept)), points, np.arange(len(kept)))
        if close.any():
            searches[int(np.argmax(close))] += 1
        else:
            kept.append(int(i))
            searches.append(1)
    return np.array(kept), np.array(searches)


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


def values_at(likelihood: Objective, points: np.ndarray) -> np.ndarray:
    """Log likelihoods `(m, r)` at points `(m, r, k)`."""
    m, r, k = points.shape
    with np.errstate(all="ignore"):
        if r == 1:
            return likelihood.value(points.reshape(m, k)).reshape(m, 1)
        return np.stack([likelihood.value(point) for point in points])
