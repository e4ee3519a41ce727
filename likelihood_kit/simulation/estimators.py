"""Estimators over a batch of samples: all replications of a chunk at once.

Samples are `(r, n)`; estimates are `(r, p)` in natural coordinates, in the order of the family's `parameter_names`.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from likelihood_kit._numerics import stacked_inverse
from likelihood_kit.errors import ArgumentError, NotAvailableError, near_names
from likelihood_kit.families import Family
from likelihood_kit.regression import params_from_working, params_jacobian, working_from_params
from likelihood_kit.simulation.likelihoods import free_and_fixed
from likelihood_kit.simulation.maxima import existing, maxima

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
    predictors, _ = free_and_fixed(family)
    start = working_from_params(predictors, _columns(family, family.start(samples)))
    found = maxima(family, samples, start)
    covariance = stacked_inverse(-found.hessian)
    standard_errors = np.sqrt(np.einsum("rii->ri", covariance)) * np.abs(params_jacobian(predictors, found.working))
    converged = existing(family, samples, start, found, covariance)
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
