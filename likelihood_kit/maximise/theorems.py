"""By which theorem a stationary point of a family's likelihood is its maximum, if by any."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from likelihood_kit.calculus import DATUM
from likelihood_kit.families import Family, UniqueMaximum, kept_answer
from likelihood_kit.maximise.canonical import of_the_response
from likelihood_kit.maximise.claimed import is_proved
from likelihood_kit.predictor import Predictor
from likelihood_kit.sample import Sample

#: Linear predictors at which coefficients of sufficient statistics are compared, per parameter.
PROBES = (-0.9, -0.4, 0.15, 0.55, 1.0)
#: Singular values, relative to the largest, below which coefficients count as dependent; second differences, relative
#: to the coefficients, below which one is linear in its predictor.
DEPENDENT = 1e-8
#: How little of a constant the columns of a design may leave over for it to be one of their combinations.
SPANNED = 1e-8
#: Rows on which that is looked at.
LOOKED_AT = 512

#: References of what is proved for whole classes of laws.
EXPONENTIAL_FAMILY = (
    "a minimal exponential family, strictly concave in its canonical parameters (Barndorff-Nielsen 1978, "
    "Information and Exponential Families, corollary 9.6)"
)
CANONICAL_LINK = (
    "an exponential family with a linear predictor on its canonical parameter, concave in the "
    "coefficients (Wedderburn 1976, Biometrika 63, 27-32)"
)


def theorem_and_proof(
    family: Family, predictors: Sequence[Predictor], held: Mapping[int, Any], sample: Sample | None = None
) -> tuple[str, bool]:
    """The theorem that holds, or is declared, of all samples, and whether it is known to hold.

    In words with its source; empty where none is known. One that a user's own law declares is not known to hold. Where
    a parameter is given for each row, only a theorem on the driven parameter alone is asked: it says that the log
    density of a row is concave in its linear predictor, whatever the others are, so that the sum over rows is.
    """
    words, theorem = _found(family, predictors, held, sample)
    return words, theorem is None or is_proved(theorem)


def _found(
    family: Family, predictors: Sequence[Predictor], held: Mapping[int, Any], sample: Sample | None
) -> tuple[str, UniqueMaximum | None]:
    """The theorem in words, and as it was declared; None for one of a whole class of laws, or for no theorem."""
    identical = all(predictor.columns is None for predictor in predictors)
    given = {i for i, value in held.items() if np.ndim(value)}
    if identical and not given and kept_answer(family, _is_minimal):
        return EXPONENTIAL_FAMILY, None
    if not given and len(predictors) == 1 and not identical and kept_answer(family, _is_canonical):
        return CANONICAL_LINK, None
    for theorem in family.law.theorems:
        if given and not is_of_each_row(theorem):
            continue
        if _applies(theorem, family, predictors) and _holds_for(theorem, family, sample):
            return f"{theorem.words} ({theorem.source})", theorem
    return "", None


def _coefficients(family: Family, points: np.ndarray) -> np.ndarray | None:
    """Coefficients of the statistics of the response, `(m, s)`, at linear predictors `(m, p)`; None without any."""
    kernel = family.kernels.statistics
    if kernel is None or kernel.value_combine is None or kernel.products is None:
        return None
    theta = []
    for i, name in enumerate(family.coordinate_names):
        if name in family.fixed:
            theta.append(np.full((len(points), 1), family.fixed[name]))
        else:
            theta.append(family.links[name].inverse(points[:, [family.free.index(i)]]))
    depends = of_the_response(family, kernel)
    size = len(depends)
    base = kernel.value_combine((0.0,) * size, *theta) + np.zeros((len(points), 1))
    units = [tuple(float(i == j) for i in range(size)) for j in range(size) if depends[j]]
    if not units:
        return None
    return np.concatenate([kernel.value_combine(unit, *theta) - base for unit in units], axis=1)


def _probes(p: int) -> np.ndarray:
    """Linear predictors `(m, p)`: a line along each parameter, and none in common."""
    points = np.array([[value * (1 + 0.1 * i) for i in range(p)] for value in PROBES])
    crossed = [np.where(np.arange(p) == i, -points, points) for i in range(p)]
    return np.concatenate([points, *crossed])


def _is_minimal(family: Family) -> bool:
    """Whether there are as many independent statistics as free parameters, and their coefficients determine these.

    A stationary point is then one in the canonical parameters, where the likelihood is strictly concave on a convex set
    that holds all laws of the family. Where a map from the parameters folds (a mean of theta^3 - theta, say), a
    stationary point may be one of the map alone.
    """
    if not family.regular or not set(family.parameter_names) <= set(family.kernels.determined):
        return False
    p = len(family.parameter_names)
    coefficients = _coefficients(family, _probes(p))
    if coefficients is None or not np.isfinite(coefficients).all():
        return False
    moved = coefficients[1:] - coefficients[0]
    size = np.abs(moved).max(axis=0)
    moved = (
        moved[:, size > DEPENDENT * np.abs(coefficients).max(axis=0)]
        / size[size > DEPENDENT * np.abs(coefficients).max(axis=0)]
    )
    return int(np.linalg.matrix_rank(moved, tol=DEPENDENT * len(moved))) == p if moved.size else False


def _is_canonical(family: Family) -> bool:
    """Whether the only coefficients that move are linear in the linear predictor of the one free parameter."""
    coefficients = _coefficients(family, np.array(PROBES)[:, None])
    if coefficients is None or not family.regular:
        return False
    line = np.vander(np.array(PROBES), 2)
    left = coefficients - line @ np.linalg.lstsq(line, coefficients, rcond=None)[0]
    return bool(np.isfinite(left).all() and np.all(np.abs(left) <= DEPENDENT * np.abs(coefficients).max(axis=0)))


def _holds_for(theorem: UniqueMaximum, family: Family, sample: Sample | None) -> bool:
    """Whether the samples are such as the theorem asks for."""
    if theorem.of_samples is None or sample is None:
        return True
    return theorem.holds_of(family.fixed, np.atleast_2d(sample.columns[DATUM]), sample.weights)


def is_of_each_row(theorem: UniqueMaximum) -> bool:
    """Whether a theorem speaks of the driven parameter alone, and asks nothing of values that all rows share."""
    return theorem.free == (theorem.driven,) and theorem.where is None and theorem.of_samples is None


def _applies(theorem: UniqueMaximum, family: Family, predictors: Sequence[Predictor]) -> bool:
    law, estimated = family.law, {predictor.name for predictor in predictors}
    if family.coordinate_names != tuple(law.parameters) or not estimated <= set(theorem.free):
        return False
    if law.observed and not theorem.censored:
        return False
    if not theorem.holds_where(family.fixed):
        return False
    driven = [predictor for predictor in predictors if predictor.columns is not None]
    if not driven:
        return True
    if len(driven) > 1 or driven[0].name != theorem.driven or driven[0].link.name not in theorem.links:
        return False
    return len(predictors) == 1 or not theorem.needs_constant or _spans_constant(driven[0].columns)


def _spans_constant(columns: np.ndarray | None) -> bool:
    """Whether a constant is a combination of the columns."""
    if columns is None:
        return False
    # Few rows tell which columns cannot be constant.
    for j in np.flatnonzero(np.ptp(columns[:LOOKED_AT], axis=0) == 0):
        if columns[0, j] != 0 and np.ptp(columns[:, j]) == 0:
            return True
    ones = np.ones(len(columns))
    left = ones - columns @ np.linalg.lstsq(columns, ones, rcond=None)[0]
    return bool(np.abs(left).max() < SPANNED)
