"""A fit as reports need it: the law of each of its observations, and its log likelihood as a function of points."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from likelihood_kit.calculus import DATUM
from likelihood_kit.diagnostics.residuals import observed_probabilities, quantile_residuals, rows_of_observations
from likelihood_kit.diagnostics.surface import LogLikelihood
from likelihood_kit.errors import DataError
from likelihood_kit.families import Family
from likelihood_kit.families.compositions.censored import EVENT, is_censored
from likelihood_kit.likelihood import Likelihood
from likelihood_kit.models import LikelihoodModel, LikelihoodResults
from likelihood_kit.predictor import working_from_params

#: Points whose log likelihood is asked for at once, so that memory stays bounded.
POINTS = 2**12


def with_data(results: LikelihoodResults) -> LikelihoodResults:
    """The results themselves where they are wrapped.

    Raises
    ------
    DataError
        Where the data were removed from them.
    """
    own: Any = getattr(results, "_results", results)
    if getattr(own.model, "endog", None) is None:
        raise DataError("the data were removed from these results (remove_data): a report or a plot needs them")
    return own


def is_likelihood(results: LikelihoodResults) -> bool:
    """Whether the function maximised is a likelihood, not a pseudo-likelihood of weighted observations."""
    return not results.model.pseudo


def is_calibrated(results: LikelihoodResults) -> bool:
    """Whether falls of the log likelihood have their chi-squared meaning."""
    family = results.model.family
    return is_likelihood(results) and bool(family is None or family.regular)


def left_out(results: LikelihoodResults) -> str:
    """Why there are no criteria, no audit and no bounds; empty where there are."""
    if results.bias_reduction is not None:
        return (
            "a bias-reduced fit is at no maximum of the likelihood: information criteria, the audit of "
            "informations and figures of the likelihood, which rest on one, are left out, and Cramér–Rao bounds"
        )
    if not results.certificate.ok:
        return (
            "the estimates are not certified to be the maximum: information criteria, the audit of informations and "
            "Cramér–Rao bounds are left out, since they have a meaning at the maximum only"
        )
    if not is_likelihood(results):
        return (
            "sampling weights make a pseudo-likelihood, of which only the estimates and their sandwich standard errors "
            "have a meaning: information criteria, the audit of informations and Cramér–Rao bounds are left out"
        )
    return ""


def log_likelihood_of(model: LikelihoodModel) -> LogLikelihood:
    """Log likelihood at points `(m, k)` in the coordinates of params, `(m,)`; -inf outside their spaces.

    Sampling weights, which are known up to a factor only, are scaled to mean 1.
    """
    likelihood = model.summed
    if not isinstance(likelihood, Likelihood) or model.family.moving:
        return lambda points: _each(model, points)
    weight = float(np.ravel(likelihood.sample.weight / likelihood.sample.count)[0])

    def values(points: np.ndarray) -> np.ndarray:
        working = working_from_params(model.predictors, points)
        inside = np.isfinite(working).all(axis=1)
        found = np.full(len(points), -np.inf)
        for chosen in np.array_split(np.flatnonzero(inside), -(-int(inside.sum()) // POINTS) or 1):
            if len(chosen):
                found[chosen] = likelihood.value(working[chosen]) / weight
        return _defined(found)

    return values


def _each(model: LikelihoodModel, points: np.ndarray) -> np.ndarray:
    with np.errstate(all="ignore"):
        return _defined([model.loglike(point) for point in points])


def _defined(values: Any) -> np.ndarray:
    values = np.asarray(values, dtype=float)
    return np.where(np.isfinite(values), values, -np.inf)


def rows_per_point(model: LikelihoodModel) -> int:
    """Rows that one value of the log likelihood goes through; one where sufficient statistics stand for them."""
    likelihood = model.summed
    if not isinstance(likelihood, Likelihood):
        return len(model.endog)
    return 1 if likelihood.statistics is not None else likelihood.sample.rows


@dataclass(frozen=True, eq=False)
class FittedRows:
    """The rows of a fit with the law of each.

    Attributes
    ----------
    family : Family
    response : dict of name to (m,) array
        The response first, then further columns of it.
    quantities : dict of name to (m,) array or number
        Parameters at the estimate and known quantities; a number where it is the same for every row.
    frequencies, sampling : (m,) array or None
        Observations of each row, and the sampling weight of each observation.
    """

    family: Family
    response: Mapping[str, np.ndarray]
    quantities: Mapping[str, np.ndarray | float]
    frequencies: np.ndarray | None
    sampling: np.ndarray | None

    @property
    def y(self) -> np.ndarray:
        """The response, `(m,)`."""
        return next(iter(self.response.values()))

    @property
    def identical(self) -> bool:
        """Whether all rows are seen whole, and from one law."""
        return len(self.response) == 1 and not any(np.ndim(value) for value in self.quantities.values())

    @property
    def weights(self) -> np.ndarray:
        """Share of each row in the whole, `(m,)`, summing to 1."""
        weights = np.ones(len(self.y))
        for factor in (self.frequencies, self.sampling):
            weights = weights if factor is None else weights * factor
        return weights / weights.sum()

    @property
    def observations(self) -> np.ndarray:
        """Row of each observation, `(n,)`."""
        return rows_of_observations(len(self.y), self.frequencies)

    def residuals(self) -> np.ndarray:
        """Quantile residual of each observation, `(n,)`."""
        at = self._cdf(self.y)
        below = self._cdf(self.y - 1) if self.family.discrete else at
        # A column that happens to be called so says nothing of what was seen.
        event = self.response[EVENT] if is_censored(self.family) else None
        low, high = observed_probabilities(below, at, event=event)
        return quantile_residuals(low, high, self.frequencies)

    @property
    def randomised(self) -> bool:
        """Whether residuals are drawn within steps or intervals."""
        return self.family.discrete or len(self.response) > 1

    def _cdf(self, y: Any) -> np.ndarray:
        return np.asarray(self.family.cdf(y, **self.quantities), dtype=float) + np.zeros(len(self.y))


def fitted_rows(results: LikelihoodResults) -> FittedRows:
    """Rows of results of a family, with the law that was fitted to each."""
    model, family = results.model, results.model.family
    values = {name: results.predict(parameter=name) for name in family.parameter_names}
    values |= {name: column for name, column in model.columns.items() if name in family.law.known}
    return FittedRows(
        family,
        {DATUM: np.asarray(model.endog, dtype=float), **{name: model.columns[name] for name in family.law.observed}},
        {name: _once(np.asarray(value, dtype=float)) for name, value in values.items()},
        model.freq_weights,
        model.prob_weights,
    )


def _once(values: np.ndarray) -> np.ndarray | float:
    """A column as one number where all its entries are the same."""
    return float(values[0]) if np.all(values == values[0]) else values
