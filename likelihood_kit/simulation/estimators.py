"""Estimators over a batch of samples: all replications of a chunk at once.

Samples are columns of the response by name, `(r, n)` each; estimates are `(r, p)` in natural coordinates, in the order
of the family's `parameter_names`.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping

import numpy as np

from likelihood_kit._numerics import stacked_inverse
from likelihood_kit.calculus import DATUM
from likelihood_kit.errors import ArgumentError, NotAvailableError, near_names, shown
from likelihood_kit.families import Family
from likelihood_kit.likelihood import Likelihood
from likelihood_kit.maximise import Road, estimate, road_of, surpassed
from likelihood_kit.predictor import (
    data_columns,
    held_parameters,
    iid_predictors,
    params_from_working,
    params_jacobian,
)
from likelihood_kit.sample import Sample
from likelihood_kit.simulation import reduced_estimates
from likelihood_kit.simulation.ends import at_an_end
from likelihood_kit.simulation.estimates import Columns, Estimates, of_space
from likelihood_kit.simulation.own_functions import of_each_sample

#: Samples of a batch of which a declared maximum is compared with the likelihood around it.
COMPARED = 2

Estimator = Callable[[Columns], Estimates]


def maximum_likelihood(family: Family, samples: Columns) -> Estimates:
    """Maximum likelihood estimates, with standard errors from the observed information.

    Where the likelihood has no maximum, but rises towards an end of the space and stays bounded, the estimate is that
    end, and has no standard error. A family that is not smooth has its maximum at an end of its support or at a kink,
    where standard errors are those of the expected information.
    """
    likelihood = Likelihood(
        family.kernels, Sample.of(data_columns(family, samples)), iid_predictors(family), held_parameters(family)
    )
    road = road_of(family, likelihood)
    if road is Road.CLOSED:
        return closed_maximum(family, samples)
    searched = estimate(family, likelihood)
    found = searched.findings
    values = params_from_working(likelihood.predictors, found.working)
    values[~found.exists] = np.nan
    if road is Road.KINKED:
        return _with_expected_errors(family, samples, of_space(family, values))
    covariance = stacked_inverse(-found.hessian)
    slopes = params_jacobian(likelihood.predictors, found.working)
    with np.errstate(invalid="ignore"):
        standard_errors = np.sqrt(np.einsum("rii->ri", covariance)) * np.abs(slopes)
    failed = np.flatnonzero(~found.exists)
    if failed.size:
        rest = searched.likelihood.take(failed)
        values[failed] = at_an_end(family, rest, found.working[failed], found.log_likelihood[failed])
    return of_space(family, values, np.where(found.exists[:, None], standard_errors, np.nan))


def closed_maximum(family: Family, samples: Columns) -> Estimates:
    """Maximum likelihood estimates in closed form.

    With standard errors from the expected information where the family is regular and has that in closed form too.

    Raises
    ------
    NotAvailableError
        Where the family declares no closed form.
    """
    y, further = _operands(samples)
    closed = family.closed_maximum(y, **further)
    if closed is None:
        raise NotAvailableError(
            f"{family!r}: the support moves with a parameter, so that derivatives do not lead to the maximum; add a "
            "static method maximum_likelihood(y) to the family, or pass a function of your own as estimator"
        )
    found = of_space(family, _stacked(family, closed), degenerate=False)
    _refuse_surpassed(family, samples, found)
    return _with_expected_errors(family, samples, found)


def _with_expected_errors(family: Family, samples: Columns, found: Estimates) -> Estimates:
    """The estimates with standard errors from an expected information in closed form, where there is one."""
    if not family.regular or "expected_information" not in family.law.functions:
        return found
    good = found.converged
    theta = dict(zip(family.parameter_names, found.values[good].T, strict=True))
    covariance = stacked_inverse(samples[DATUM].shape[1] * family.expected_information(**theta))
    standard_errors = np.full_like(found.values, np.nan)
    standard_errors[good] = np.sqrt(np.einsum("rii->ri", covariance))
    return Estimates(found.values, standard_errors, good)


def _refuse_surpassed(family: Family, samples: Columns, found: Estimates) -> None:
    """Refuse a declared maximum of some of the samples around which the likelihood is higher."""
    y, further = _operands(samples)
    for i in np.flatnonzero(found.converged)[:COMPARED]:
        named = {name: column[i] for name, column in further.items()}

        def log_likelihood(params: np.ndarray, i: int = i, named: Mapping[str, np.ndarray] = named) -> float:
            theta = dict(zip(family.parameter_names, params, strict=True))
            return float(np.sum(family.log_density(y[i], **theta, **named)))

        if surpassed(log_likelihood, found.values[i], iid_predictors(family), y[i]) is not None:
            raise NotAvailableError(
                f"{family!r}: the maximum that it declares is none: the log likelihood is higher near by; correct "
                "maximum_likelihood in the family, or pass a function of your own as estimator"
            )


def method_of_moments(family: Family, samples: Columns) -> Estimates:
    """Estimates by the method of moments, without standard errors."""
    y, further = _operands(samples)
    return of_space(family, _stacked(family, family.method_of_moments(y, **further)))


def bias_corrected(family: Family, samples: Columns) -> Estimates:
    """Maximum likelihood estimates less their first-order bias there, with errors from the expected information.

    A failure where there is no maximum, and where the corrected estimate is outside the space.
    """
    return reduced_estimates.corrected(family, samples, maximum_likelihood(family, samples))


def firth(family: Family, samples: Columns) -> Estimates:
    """Roots of Firth's adjusted scores, with errors from the expected information; a failure where none is found."""
    likelihood = Likelihood(
        family.kernels, Sample.of(data_columns(family, samples)), iid_predictors(family), held_parameters(family)
    )
    return reduced_estimates.roots(family, likelihood, maximum_likelihood(family, samples))


#: The kit's own estimators, by the name a study takes.
ESTIMATORS: Mapping[str, Callable[[Family, Columns], Estimates]] = {
    "mle": maximum_likelihood,
    "moments": method_of_moments,
    "firth": firth,
    "bias_corrected": bias_corrected,
}


def resolve(estimators: object, family: Family) -> dict[str, Estimator]:
    """Estimators by name, from a name, a dict of functions and of the names of the kit's own, or a sequence of those.

    Raises
    ------
    ArgumentError
        For an unknown name, a name given twice, or a function that cannot be called.
    """
    entries = [estimators] if isinstance(estimators, (str, Mapping)) else estimators
    if (
        not isinstance(entries, (list, tuple))
        or not entries
        or any(isinstance(entry, Mapping) and not entry for entry in entries)
    ):
        raise ArgumentError(f"estimators must be names, or a dict of functions, not {shown(estimators)}")
    found: dict[str, Estimator] = {}
    for entry in entries:
        if isinstance(entry, Mapping):
            if not entry:
                raise ArgumentError("estimators holds an empty dict: give a function by its name")
            for name, function in entry.items():
                _check_entry(name, function)
                if name in found or (name in ESTIMATORS and name != function):
                    raise ArgumentError(f"estimators: the name {name!r} is taken; give the function another")
                own = ESTIMATORS.get(function) if isinstance(function, str) else None
                found[name] = functools.partial(own or functools.partial(of_each_sample, name, function), family)
        elif not isinstance(entry, str) or entry not in ESTIMATORS:
            raise ArgumentError(f"estimators: {entry!r} is unknown: {near_names(entry, ESTIMATORS)}")
        elif entry in found:
            raise ArgumentError(f"estimators: {entry!r} is given twice")
        else:
            found[entry] = functools.partial(ESTIMATORS[entry], family)
    return found


def _check_entry(name: object, function: object) -> None:
    """Refuse what is no name with a function, or with the name of one of the kit's own."""
    if isinstance(name, str) and isinstance(function, str) and function not in ESTIMATORS:
        raise ArgumentError(f"estimators: {name!r}: {function!r} is unknown: {near_names(function, ESTIMATORS)}")
    if not isinstance(name, str) or not (callable(function) or isinstance(function, str)):
        raise ArgumentError(f"estimators: {shown(name)}: {shown(function)} is not a name with a function")
    if not name.strip() or not name.isprintable():
        raise ArgumentError(f"estimators: {name!r} is no name that can be printed; give another")


def _operands(samples: Columns) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """The first column of the response, and the further ones by name."""
    return samples[DATUM], {name: column for name, column in samples.items() if name != DATUM}


def _stacked(family: Family, theta: Mapping[str, np.ndarray]) -> np.ndarray:
    return np.stack([theta[name] for name in family.parameter_names], axis=-1)
