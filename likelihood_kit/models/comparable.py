"""Fits whose log likelihoods can be compared: of the same observations, by densities in the same units."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from statsmodels.base.model import LikelihoodModelResults

from likelihood_kit.errors import ArgumentError, DataError, NotAvailableError, shown
from likelihood_kit.models.existence import UNCERTIFIED, require_likelihood

#: Relative difference of two columns that are one transformed: log(y) in single precision is log(y) still.
SAME = 1e-6
#: Transformations of a response that are told by name, with the logarithm of the derivative of each.
TRANSFORMATIONS: Mapping[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    "log({})": (np.log, lambda y: -np.log(y)),
    "log(1 + {})": (np.log1p, lambda y: -np.log1p(y)),
    "log10({})": (np.log10, lambda y: -np.log(y * np.log(10))),
    "sqrt({})": (np.sqrt, lambda y: -np.log(2 * np.sqrt(y))),
    "1 / {}": (np.reciprocal, lambda y: -2 * np.log(np.abs(y))),
    "{}^2": (np.square, lambda y: np.log(np.abs(2 * y))),
    "exp({})": (np.exp, lambda y: y),
}


def as_results(value: Any, argument: str) -> Any:
    """Results without pandas' labels; refuses what is none."""
    results = getattr(value, "_results", value)
    if not isinstance(results, LikelihoodModelResults) or not hasattr(results, "certificate"):
        raise ArgumentError(f"{argument} must be results of a fit, not {shown(value)}")
    return results


def described(model: Any) -> str:
    """What a fit is called that nobody named."""
    law = type(model).__name__ if model.family is None else repr(model.family)
    formulas = ", ".join(getattr(model, "formulas", {}).values())
    return f"{law}: {formulas}" if formulas else law


def require_comparable(fits: Mapping[str, Any], what: str) -> None:
    """Refuse fits whose log likelihoods are not of the same observations, or are none; names the fits."""
    for name, results in fits.items():
        _require_likelihood(name, results, what)
    (first, one), *others = fits.items()
    for name, other in others:
        _require_same_response((first, one.model), (name, other.model), what)


def _require_likelihood(name: str, results: Any, what: str) -> None:
    """Refuse a fit that has no log likelihood at a maximum, of observations that are independent."""
    if not results.certificate.ok:
        reasons = "; ".join(results.certificate.reasons)
        raise NotAvailableError(f"{what}: of {name} {UNCERTIFIED} ({reasons}); leave it out")
    results.model.require_data()
    require_likelihood(results.model, f"{what}: {name}")
    if results.cov_type == "cluster":
        raise NotAvailableError(
            f"{what}: {name} is refused under cov_type='cluster': rows of a cluster are not independent, so that its "
            "log likelihood is not that of the sample; if they are, fit it without clusters"
        )


def _require_same_response(first: tuple[str, Any], other: tuple[str, Any], what: str) -> None:
    names = f"{first[0]} and {other[0]}"
    one, two = first[1], other[1]
    if len(one.endog) != len(two.endog):
        raise DataError(
            f"{what}: {names} were fitted to {len(one.endog)} and {len(two.endog)} rows: fit both to the same ones "
            "(rows with missing values were left out of one, perhaps)"
        )
    y, z = np.asarray(one.endog, dtype=float), np.asarray(two.endog, dtype=float)
    if not np.array_equal(y, z):
        raise DataError(f"{what}: {names} were fitted to different responses{_transformed(first, other)}")
    if not _same_weights(one.freq_weights, two.freq_weights):
        raise DataError(f"{what}: {names} have different freq_weights: give both the same")
    _require_same_columns(names, one, two, what)
    if one.family is None or two.family is None:
        return
    if one.family.discrete != two.family.discrete:
        whole, line = (first, other) if one.family.discrete else (other, first)
        raise NotAvailableError(
            f"{what}: {whole[0]} gives probabilities of whole numbers and {line[0]} densities on an interval, in other "
            "units: compare fits of one kind"
        )


def _require_same_columns(names: str, one: Any, two: Any, what: str) -> None:
    """Refuse responses of which one has a column that the other has not, such as which rows were censored."""
    observed = [() if model.family is None else tuple(model.family.law.observed) for model in (one, two)]
    for column in dict.fromkeys(observed[0] + observed[1]):
        held = [model.columns.get(column) for model in (one, two)]
        if held[0] is None or held[1] is None or not np.array_equal(held[0], held[1]):
            raise DataError(
                f"{what}: {names} differ in {column}, which is part of the response: fit both to the same observations"
            )


def _same_weights(one: Any, other: Any) -> bool:
    if one is None or other is None:
        return one is other or bool(np.all(np.asarray(other if one is None else one) == 1))
    return np.array_equal(one, other)


def _transformed(first: tuple[str, Any], other: tuple[str, Any]) -> str:
    """Why two responses differ, if one is the other transformed, and the remedy."""
    remedy = "fit both to the same rows in the same order"
    for (name, model), (its_name, its_model) in ((first, other), (other, first)):
        y, z = np.asarray(model.endog, dtype=float), np.asarray(its_model.endog, dtype=float)
        for pattern, (transform, log_slope) in TRANSFORMATIONS.items():
            with np.errstate(all="ignore"):
                same = np.allclose(transform(y), z, rtol=SAME, atol=SAME * np.std(z))
                weights = model.freq_weights
                jacobian = float(np.sum(log_slope(y) if weights is None else log_slope(y) * weights))
            if same and np.isfinite(jacobian):
                return (
                    f": that of {its_name} is {pattern.format('y')}, y that of {name}, and a density of it is in other "
                    f"units. Fit the law of y itself (LogNormal for a Normal law of log(y)), or add the logarithm of "
                    f"the Jacobian, {jacobian:.6g}, to the log likelihood of {its_name} by hand"
                )
    y, z = np.asarray(first[1].endog, dtype=float), np.asarray(other[1].endog, dtype=float)
    order = np.argsort(y, kind="stable")
    steps, its_steps = np.diff(y[order]) > 0, np.diff(z[order])
    if np.all(its_steps[steps] > 0) or np.all(its_steps[steps] < 0):
        return (
            ", one of which is the other transformed, it seems, since they are in the same order: densities of the two "
            "are in other units. Fit both laws to one response, or add the logarithm of the Jacobian by hand"
        )
    return f": {remedy}"
