"""Estimators over a batch of samples: all replications of a chunk at once.

Samples are `(r, n)`; estimates are `(r, p)` in natural coordinates, in the order of the family's `parameter_names`.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from likelihood_kit._numerics import stacked_inverse
from likelihood_kit.calculus import Kernel
from likelihood_kit.errors import ArgumentError, NotAvailableError, near_names
from likelihood_kit.families import Family
from likelihood_kit.maximise import DECREMENT, LOOKOUT, NO_FALL, Maximum, maximise
from likelihood_kit.regression import (
    FamilyLikelihood,
    Predictor,
    params_from_working,
    params_jacobian,
    working_from_params,
)

#: Replications on which sufficient statistics are compared with the rows.
COMPARED = 4
#: How far the two may be apart in scores and Hessians, in standard errors: the accuracy of the maximiser's ends.
STATISTICS_AGREEMENT = 1e-10
#: The same for log likelihoods, absolute and relative: less than what the last step before the end still gains, or than
#: what the maximiser allows for rounding, so that its line search does not take the difference for a fall.
VALUE_AGREEMENT = DECREMENT**2 / 8
VALUE_ROUNDING = 32 * np.finfo(float).eps
#: A search may have followed a likelihood that rises for ever if it took more steps than this (ordinary ones take 2 to
#: 6), or ended where the log or logit of a parameter has a standard error above this, or further from its start than a
#: factor of exp(10), which is also as far as one looks from there.
SUSPICIOUS_ITERATIONS = 10
SUSPICIOUS_ERROR = 1.0
FURTHEST = 10.0

#: Values of an intermediate array that stays in a cache of 256 KB or more beside a few others.
BLOCK = 2**14

UserFunction = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Estimates:
    """What an estimator made of r samples.

    Attributes
    ----------
    values : (r, p)
        Natural coordinates; NaN in the whole row of a failure.
    standard_errors : (r, p) or None
        None for an estimator that gives none.
    converged : (r,) bool
        False for a failure: no maximum, or a value outside the parameter space.
    """

    values: np.ndarray
    standard_errors: np.ndarray | None
    converged: np.ndarray


Estimator = Callable[[np.ndarray], Estimates]


def maximum_likelihood(family: Family, samples: np.ndarray) -> Estimates:
    """Maximum likelihood estimates, with standard errors from the observed information.

    A family that is not regular has its maximum where the support ends: in closed form, without standard errors.
    """
    if not family.regular:
        closed = family.closed_maximum(samples)
        if closed is None:
            raise NotAvailableError(
                f"{family!r}: the support moves with a parameter, so that derivatives do not lead to the maximum; "
                "add a static method maximum_likelihood(y) to the family, or pass a function of your own as estimator"
            )
        return _checked(family, _columns(family, closed))
    predictors, _ = _free_and_fixed(family)
    start = working_from_params(predictors, _columns(family, family.start(samples)))
    found = _maxima(family, samples, start)
    covariance = stacked_inverse(-found.hessian)
    working_errors = np.sqrt(np.einsum("rii->ri", covariance))
    curved = np.array([predictor.link.name != "identity" for predictor in predictors])
    converged = found.converged & np.isfinite(working_errors).all(axis=1)
    far = (working_errors > SUSPICIOUS_ERROR) | (np.abs(found.working - start) > FURTHEST)
    suspect = (found.iterations > SUSPICIOUS_ITERATIONS) | far[:, curved].any(axis=1)
    suspect = np.flatnonzero(suspect & converged)
    if suspect.size:
        likelihood = rows_likelihood(family, samples[suspect])
        matrices = -found.hessian[suspect], covariance[suspect]
        converged[suspect] = _falls_all_round(likelihood, found.working[suspect], *matrices, curved)
    standard_errors = working_errors * np.abs(params_jacobian(predictors, found.working))
    return _checked(family, params_from_working(predictors, found.working), standard_errors, converged)


def method_of_moments(family: Family, samples: np.ndarray) -> Estimates:
    """Estimates by the method of moments, without standard errors."""
    return _checked(family, _columns(family, family.method_of_moments(samples)))


def by_function(name: str, function: UserFunction, family: Family, samples: np.ndarray) -> Estimates:
    """Estimates by a user's function, without standard errors.

    Raises
    ------
    ArgumentError
        Where it does not return r rows of p numbers.
    """
    wanted = (len(samples), len(family.parameter_names))
    view = samples.view()
    view.flags.writeable = False  # the same samples serve every estimator
    try:
        returned = function(view)
    except Exception as error:
        error.add_note(f"raised by estimator {name!r} for read-only samples of shape {samples.shape}")
        raise
    try:
        values = np.array(returned, dtype=float)
    except (TypeError, ValueError) as error:
        raise ArgumentError(f"estimators: {name!r} does not return numbers: {error}") from None
    if values.shape == wanted[:1] and wanted[1] == 1:
        values = values[:, None]
    if values.shape != wanted:
        raise ArgumentError(
            f"estimators: {name!r} returns shape {values.shape} for samples of shape {samples.shape}; "
            f"it must return {wanted}, one column for each of {', '.join(family.parameter_names)}"
        )
    return _checked(family, values)


def _maxima(family: Family, samples: np.ndarray, start: np.ndarray) -> Maximum:
    """Maximum of each likelihood, on sufficient statistics as far as they can be trusted, on the rows elsewhere."""
    statistics = statistics_likelihood(family, samples)
    few = np.arange(len(samples))[:COMPARED]
    if statistics is None or not _agree(statistics.take(few), rows_likelihood(family, samples[few]), start[few]):
        return maximise(rows_likelihood(family, samples), start)
    found = maximise(statistics, start)
    failed = np.flatnonzero(~found.converged)
    if failed.size:
        again = maximise(rows_likelihood(family, samples[failed]), start[failed])
        for part, new in zip(vars(found).values(), vars(again).values(), strict=True):
            part[failed] = new
    return found


#: The kit's own estimators, by the name a study takes.
ESTIMATORS: Mapping[str, Callable[[Family, np.ndarray], Estimates]] = {
    "mle": maximum_likelihood,
    "moments": method_of_moments,
}


def resolve(estimators: object, family: Family) -> dict[str, Estimator]:
    """Estimators by name, from a name, a dict of functions, or a sequence of those.

    Raises
    ------
    ArgumentError
        For an unknown name, a name given twice, or a function that cannot be called.
    """
    entries = [estimators] if isinstance(estimators, (str, Mapping)) else estimators
    if not isinstance(entries, (list, tuple)) or not entries:
        raise ArgumentError(f"estimators must be names, or a dict of functions, not {estimators!r}")
    found: dict[str, Estimator] = {}
    for entry in entries:
        if isinstance(entry, Mapping):
            for name, function in entry.items():
                if not isinstance(name, str) or not callable(function):
                    raise ArgumentError(f"estimators: {name!r}: {function!r} is not a name with a function")
                if name in ESTIMATORS or name in found:
                    raise ArgumentError(f"estimators: the name {name!r} is taken; give the function another")
                found[name] = functools.partial(by_function, name, function, family)
        elif not isinstance(entry, str) or entry not in ESTIMATORS:
            raise ArgumentError(f"estimators: {entry!r} is unknown: {near_names(entry, ESTIMATORS)}")
        elif entry in found:
            raise ArgumentError(f"estimators: {entry!r} is given twice")
        else:
            found[entry] = functools.partial(ESTIMATORS[entry], family)
    return found


def rows_likelihood(family: Family, samples: np.ndarray) -> FamilyLikelihood:
    """Likelihood of each sample, on its rows."""
    kernel = row_means(family.kernels.rows, samples.shape[1])
    return FamilyLikelihood(kernel, kernel.hoist(samples), samples.shape[1], *_free_and_fixed(family))


def statistics_likelihood(family: Family, samples: np.ndarray) -> FamilyLikelihood | None:
    """Likelihood of each sample, on the means of its sufficient statistics; None where the family has none."""
    kernel = family.kernels.reduced
    if kernel is None:
        return None
    means = tuple(h.mean(axis=-1, keepdims=True) if np.ndim(h) else h for h in kernel.hoist(samples))
    return FamilyLikelihood(kernel, means, samples.shape[1], *_free_and_fixed(family))


def row_means(kernel: Kernel, rows: int) -> Kernel:
    """The kernel with every entry as its mean over the rows, `(r, 1)`, for parameters that are the same for all rows.

    The rows are evaluated in blocks whose intermediate arrays stay in the processor's cache.
    """
    width = min(rows, BLOCK)
    height = max(1, BLOCK // width)

    def blockwise(evaluate: Callable[..., list[Any]], hoisted: tuple[Any, ...], *theta: Any) -> list[np.ndarray]:
        r = max((len(part) for part in (*hoisted, *theta) if np.ndim(part)), default=1)
        sums: list[np.ndarray] = []
        for top in range(0, r, height):
            lines = slice(top, top + height)
            values = [value[lines] if np.ndim(value) else value for value in theta]
            for left in range(0, rows, width):
                columns = slice(left, left + width)
                entries = evaluate(tuple(part[lines, columns] if np.ndim(part) else part for part in hoisted), *values)
                sums = sums or [np.zeros((r, 1)) for _ in entries]
                for total, entry in zip(sums, entries, strict=True):
                    varies = np.ndim(entry) and entry.shape[-1] > 1
                    total[lines] += (
                        np.add.reduce(entry, axis=-1, keepdims=True) if varies else entry * min(width, rows - left)
                    )
        return [total / rows for total in sums]

    def value(hoisted: tuple[Any, ...], *theta: Any) -> np.ndarray:
        return blockwise(lambda *operands: [kernel.value(*operands)], hoisted, *theta)[0]

    def derivatives(hoisted: tuple[Any, ...], *theta: Any) -> tuple[Any, tuple[Any, ...], tuple[Any, ...]]:
        p = len(theta)

        def flat(*operands: Any) -> list[Any]:
            level, score, hessian = kernel.derivatives(*operands)
            return [level, *score, *hessian]

        level, *rest = blockwise(flat, hoisted, *theta)
        return level, tuple(rest[:p]), tuple(rest[p:])

    return Kernel(kernel.hoist, value, derivatives)


def _agree(statistics: FamilyLikelihood, rows: FamilyLikelihood, working: np.ndarray) -> bool:
    """Whether statistics give what the rows give: they do not where data far from zero cancel (Normal, mean 1e8)."""
    one, other = statistics.derivatives(working), rows.derivatives(working)
    with np.errstate(all="ignore"):
        scale = 1 / np.sqrt(np.abs(np.einsum("rii->ri", other[2])))
        apart = (
            np.abs(one[0] - other[0]) / (VALUE_AGREEMENT + VALUE_ROUNDING * (1 + np.abs(other[0]))),
            np.abs(one[1] - other[1]) * scale / STATISTICS_AGREEMENT,
            np.abs(one[2] - other[2]) * scale[:, :, None] * scale[:, None, :] / STATISTICS_AGREEMENT,
        )
    # Samples without a likelihood of either kind (all values equal, say) say nothing.
    usable = np.isfinite(one[0]) | np.isfinite(other[0])
    return all(bool(np.all(distance[usable] <= 1)) for distance in apart)


def _falls_all_round(
    likelihood: FamilyLikelihood,
    working: np.ndarray,
    information: np.ndarray,
    covariance: np.ndarray,
    curved: np.ndarray,
) -> np.ndarray:
    """Whether each likelihood falls some way off its end in every direction looked at; `(r,)`.

    Directions: each parameter both ways by `LOOKOUT` standard errors, alone and with the others following. Where one
    does not fall, as for a t sample with tails lighter than normal, no maximum exists.
    """
    value = likelihood.value(working)
    rounding = 64 * np.finfo(float).eps * (1 + np.abs(value))
    falls = np.ones(len(working), dtype=bool)
    for j, axis in enumerate(np.eye(working.shape[1])):
        alone = axis / np.sqrt(information[:, j, j, None])
        together = covariance[:, :, j] / np.sqrt(covariance[:, j, j, None])
        for ray in (alone, together):
            furthest = LOOKOUT * np.abs(ray[:, curved]).max(axis=1, initial=0.0)
            step = LOOKOUT * ray * (FURTHEST / np.maximum(furthest, FURTHEST))[:, None]
            for side in (step, -step):
                falls &= value - likelihood.value(working + side) > NO_FALL + rounding
    return falls


def _free_and_fixed(family: Family) -> tuple[tuple[Predictor, ...], tuple[tuple[int, float], ...]]:
    predictors = (
        Predictor(name, family.spaces[name], family.links[name], None, (name,)) for name in family.parameter_names
    )
    fixed = ((i, family.fixed[name]) for i, name in enumerate(family.coordinate_names) if name in family.fixed)
    return tuple(predictors), tuple(fixed)


def _columns(family: Family, theta: Mapping[str, np.ndarray]) -> np.ndarray:
    return np.stack([theta[name] for name in family.parameter_names], axis=-1)


def _checked(
    family: Family, values: np.ndarray, standard_errors: np.ndarray | None = None, converged: np.ndarray | None = None
) -> Estimates:
    """Estimates with NaN for what failed: not converged, or outside the parameter space."""
    good = np.isfinite(values).all(axis=1)
    theta = {}
    for name, column in zip(family.parameter_names, values.T, strict=True):
        theta[name] = column
        good &= family.spaces[name].contains(column)
    if converged is not None:
        good &= converged
    if family.support.moving:
        low, high = family.support.ends(family.canonical(theta))
        good &= low < high
    if standard_errors is not None:
        good &= np.isfinite(standard_errors).all(axis=1)
        standard_errors = np.where(good[:, None], standard_errors, np.nan)
    return Estimates(np.where(good[:, None], values, np.nan), standard_errors, good)
