"""Score and Hessian of a log likelihood beside numeric derivatives of what its author wrote.

In steps that bend the log likelihood by about 1, some standard error each, every derivative of order one is of the size
of one: what is compared has no units. The score is in standard deviations of the score, near its maximum too, where it
is 0 and a relative error would have no meaning.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from likelihood_kit._numerics.in_words import InWords
from likelihood_kit._numerics.printed import powered
from likelihood_kit.calculus.numeric import natural_steps, numeric_derivatives

#: Error that a derivative may have: below it no estimate, standard error or certificate shows it in its first digits.
LARGEST_ERROR = 1e-6
#: How many times its own estimated error a numeric derivative may be wrong: it is a difference of two extrapolations.
MARGIN = 10.0
#: Error of the numeric derivatives from which they say nothing of others.
USELESS = 1e-3
#: The point beside: so many steps from the estimate, up and down in turn.
BESIDE = 0.5

#: `derivatives(point (k,)) -> (score (k,), Hessian (k, k))`.
Derivatives = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]


@dataclass(frozen=True, repr=False, eq=False)
class DerivativeCheck(InWords):
    """Errors of score and Hessian by numeric derivatives of the author's own function.

    Attributes
    ----------
    table : DataFrame
        One row per parameter: `score_error` in standard deviations of the score, `hessian_error` of the worst entry
        of its row over the roots of two entries of the diagonal; the worst of both points. `numeric_error` is what
        the numeric derivatives may be wrong by themselves.
    points : (2, k)
        Where they were compared: the estimate, and a point beside it.
    tolerance : float
    ok : bool
        Whether no error is above the tolerance, and the numeric derivatives are good enough to tell.
    verdict : str
    """

    table: pd.DataFrame
    points: np.ndarray
    tolerance: float
    ok: bool
    verdict: str

    @property
    def worst(self) -> float:
        """The largest of the errors."""
        return float(self.table[["score_error", "hessian_error"]].to_numpy().max())

    def _words(self) -> str:
        return f"{self.table.to_string(float_format=powered)}\n{self.verdict}"


def derivative_check(
    total: Callable[[np.ndarray], float],
    derivatives: Derivatives,
    point: np.ndarray,
    bounds: Sequence[tuple[float, float]],
    names: Sequence[str],
) -> DerivativeCheck:
    """Score and Hessian of a log likelihood at a point, and at one beside it, against numeric ones.

    Parameters
    ----------
    total : callable
        `total(point (k,))`: the log likelihood by its author's own function.
    derivatives : callable
    point : (k,)
    bounds : sequence of k pairs
        Open interval of each parameter.
    names : sequence of k str

    References
    ----------
    Ridders, C. J. F. (1982). Accurate computation of F'(x) and F'(x) F''(x). *Advances in Engineering Software* 4,
    75-76.
    """
    k = len(point)
    steps = _steps(total, point, bounds)
    beside = point + BESIDE * steps * np.where(np.arange(k) % 2, -1.0, 1.0)
    points = np.stack([point, beside])
    errors = np.max([_errors(total, derivatives, at, steps) for at in points], axis=0)
    table = pd.DataFrame(errors, index=list(names), columns=["score_error", "hessian_error", "numeric_error"])
    own = float(errors[:, 2].max())
    tolerance = max(LARGEST_ERROR, MARGIN * own)
    wrong = ~(errors[:, :2].max(axis=1) <= tolerance)
    known = own <= USELESS
    return DerivativeCheck(table, points, tolerance, bool(known and not wrong.any()), _verdict(table, wrong, known))


def _steps(
    total: Callable[[np.ndarray], float], point: np.ndarray, bounds: Sequence[tuple[float, float]]
) -> np.ndarray:
    """Step of each parameter that bends the log likelihood by 1, or half way to the nearer end of its interval."""

    def at(*moved: np.ndarray) -> np.ndarray:
        return np.asarray(total(np.array([float(entry) for entry in moved])))

    found = np.array([float(h) for h in natural_steps(at, list(point), bounds)])
    centre = total(point)
    for j, (low, high) in enumerate(bounds):
        unit = found[j] * np.eye(len(point))[j]
        bend = abs(total(point + unit) - 2 * centre + total(point - unit))
        longest = min(point[j] - low, high - point[j]) / 2
        if 0 < bend < np.inf:
            found[j] = min(found[j] / np.sqrt(bend), longest)
    return found


def _errors(
    total: Callable[[np.ndarray], float], derivatives: Derivatives, point: np.ndarray, steps: np.ndarray
) -> np.ndarray:
    """Errors of score and Hessian, and of the numeric derivatives themselves, `(k, 3)`."""
    k = len(point)

    def moved(*units: np.ndarray) -> np.ndarray:
        return np.asarray(total(point + steps * np.array([float(unit) for unit in units])))

    # In units of the steps there is no bound: the steps stay inside by themselves.
    numeric = numeric_derivatives(moved, [0.0] * k, [(-np.inf, np.inf)] * k, [np.asarray(1.0)] * k)
    hessian = np.zeros((k, k))
    hessian[np.tril_indices(k)] = [float(entry) for entry in numeric.hessian]
    hessian = hessian + np.tril(hessian, -1).T
    curvature = np.abs(np.diag(hessian))
    size = np.sqrt(np.where(curvature > np.finfo(float).eps, curvature, 1.0))
    score, own = derivatives(point)
    wrong_score = np.abs(score * steps - np.array([float(entry) for entry in numeric.score])) / size
    wrong_hessian = np.abs(own * np.outer(steps, steps) - hessian) / np.outer(size, size)
    itself = max(numeric.score_error / size.min(), numeric.hessian_error / size.min() ** 2)
    found = np.stack([wrong_score, wrong_hessian.max(axis=1), np.full(k, itself)], axis=1)
    return np.where(np.isnan(found), np.inf, found)


def _verdict(table: pd.DataFrame, wrong: np.ndarray, known: bool) -> str:
    errors = table[["score_error", "hessian_error"]].max(axis=1)
    if not known:
        return (
            "Cannot tell: the numeric derivatives of the log likelihood are themselves wrong by up to "
            f"{powered(float(table['numeric_error'].max()))}; it jumps, rounds, or iterates near the estimate."
        )
    if not wrong.any():
        return (
            "Score and Hessian are the derivatives of the log likelihood: the worst relative error is "
            f"{powered(float(errors.max()))}, of {errors.idxmax()}."
        )
    named = [f"{name} ({powered(float(errors.iloc[at]))})" for at, name in enumerate(table.index) if wrong[at]]
    return f"Score and Hessian are NOT the derivatives of the log likelihood: wrong for {', '.join(named)}."
