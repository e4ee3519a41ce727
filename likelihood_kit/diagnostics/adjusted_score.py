"""Root of an adjusted score: where a score, and what is added to it, sum to zero."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from likelihood_kit._numerics import stacked_inverse

#: Adjusted score, in standard errors, at which a search ends; and up to which it is solved where rounding, of the score
#: or of expectations by quadrature, which are trusted to 1e-8, keeps a search from there.
ENDED, SOLVED = 1e-10, 1e-7
#: Standard errors from the end of a space within which a root is the end: there the information grows without bound,
#: and a score that does not vanish is few standard errors, root of n q for n successes of n and q = 1 - p = 1e-8 say.
FROM_AN_END = 1e-3
#: Steps, and halvings of one: a millionth of a millionth of a step leads nowhere.
STEPS, HALVINGS = 100, 40
#: Least fall of the adjusted score, relative to it, for which a whole step is taken (Dennis and Schnabel 1983,
#: *Numerical Methods for Unconstrained Optimization and Nonlinear Equations*, algorithm A6.3.1).
FALL = 1e-4
#: Part of a step, squared in standard errors, that the last inverse must make of the change of the score for an update,
#: which divides by it.
LEAST = 0.1


@dataclass(frozen=True, eq=False)
class AdjustedScore:
    """An adjusted score at a point, with what leads from there to its root; all in the coordinates of the point.

    Attributes
    ----------
    score : (k,)
        Score and adjustment together.
    expected, observed : (k, k)
        Informations.
    """

    score: np.ndarray
    expected: np.ndarray
    observed: np.ndarray

    @property
    def size(self) -> float:
        """The adjusted score in standard errors, root of U' i^-1 U; infinite where i is not positive definite."""
        return _size(self.score, stacked_inverse(self.expected))


@dataclass(frozen=True, eq=False)
class AdjustedScoreRoot:
    """Where a search for a root of an adjusted score ended.

    Attributes
    ----------
    point : (k,)
    size : float
        The adjusted score there in standard errors.
    iterations : int
    """

    point: np.ndarray
    size: float
    iterations: int

    @property
    def solved(self) -> bool:
        """Whether the adjusted score is 0, up to rounding."""
        return self.size <= SOLVED


def adjusted_score_root(evaluate: Callable[[np.ndarray], AdjustedScore | None], start: np.ndarray) -> AdjustedScoreRoot:
    """Root of an adjusted score by Newton's steps, halved until it is lower.

    A first step is without the slope of the adjustment, by the observed information, or by the expected one where the
    observed one is not positive definite or leads no lower; what the steps tell of that slope is then made use of, by
    Broyden's update. Lower is in standard errors at the point that a step leaves: on the way to the end of a space the
    information falls with the score.

    Parameters
    ----------
    evaluate : callable
        `evaluate(point (k,)) -> AdjustedScore`; None where there is none.
    start : (k,)

    References
    ----------
    Kosmidis, I. and Firth, D. (2010). A generic algorithm for reducing bias in parametric estimation. *Electronic
    Journal of Statistics* 4, 1097-1112, section 4. Broyden, C. G. (1965). A class of methods for solving nonlinear
    simultaneous equations. *Mathematics of Computation* 19, 577-593, his first method.
    """
    point, here, told = start, evaluate(start), None
    size = float("inf") if here is None else here.size
    for iteration in range(STEPS):
        if here is None or not ENDED < size < float("inf"):
            return AdjustedScoreRoot(point, size, iteration)
        found = _lower(evaluate, point, here, told)
        if found is None:
            return AdjustedScoreRoot(point, size, iteration)
        way, beyond, there = found
        told = updated_inverse(way, beyond - point, here, there)
        point, here, size = beyond, there, there.size
    return AdjustedScoreRoot(point, size, STEPS)


def _lower(
    evaluate: Callable[[np.ndarray], AdjustedScore | None],
    point: np.ndarray,
    here: AdjustedScore,
    told: np.ndarray | None,
) -> tuple[np.ndarray, np.ndarray, AdjustedScore] | None:
    """The way there `(k, k)`, a point at which the adjusted score is lower, and the score there; None where none is.

    By the inverse that earlier steps have `told` a whole step is tried alone.
    """
    metric = stacked_inverse(here.expected)
    size = _size(here.score, metric)
    for way in (told, stacked_inverse(here.observed), metric):
        if way is None or not np.isfinite(way).all():
            continue
        for halving in range(1 if way is told else HALVINGS):
            part = 0.5**halving
            beyond = point + part * (way @ here.score)
            if np.array_equal(beyond, point):
                break
            there = evaluate(beyond)
            if there is not None and _size(there.score, metric) <= (1 - FALL * part) * size:
                return way, beyond, there
    return None


def updated_inverse(inverse: np.ndarray, step: np.ndarray, here: AdjustedScore, there: AdjustedScore) -> np.ndarray:
    """Inverses `(..., k, k)` of minus the slope of a score that give what steps `(..., k)` have told of it.

    Of all such the nearest in standard errors, so that it is the same in whatever units; NaN where a step told nothing.
    """
    fell = here.score - there.score
    weighted = np.einsum("...ij,...j->...i", here.expected, step)
    along = np.einsum("...ij,...i->...j", inverse, weighted)
    missed = step - np.einsum("...ij,...j->...i", inverse, fell)
    told, size = np.sum(along * fell, axis=-1), np.sum(weighted * step, axis=-1)
    with np.errstate(all="ignore"):
        found = inverse + missed[..., :, None] * along[..., None, :] / told[..., None, None]
    return np.where((np.abs(told) > LEAST * size)[..., None, None], found, np.nan)


def _size(score: np.ndarray, metric: np.ndarray) -> float:
    with np.errstate(all="ignore"):
        size = float(np.sqrt(score @ metric @ score))
    return size if np.isfinite(size) else float("inf")
