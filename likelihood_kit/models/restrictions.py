"""Tests of a restriction of a fit: the three classical statistics."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from likelihood_kit._numerics import stacked_inverse
from likelihood_kit._numerics.in_words import InWords
from likelihood_kit.diagnostics import restrictions
from likelihood_kit.diagnostics.restrictions import SAME, LikelihoodTest, by_samples
from likelihood_kit.errors import ArgumentError, NotAvailableError, ParameterError
from likelihood_kit.models import penalised_likelihood
from likelihood_kit.models.audit import SEED, check_draws
from likelihood_kit.models.columns import short
from likelihood_kit.models.existence import require_certified, require_estimate
from likelihood_kit.models.fitting import ROBUST
from likelihood_kit.models.restricted import Restricted, checked_values, require_test, restricted
from likelihood_kit.models.simulated_ratios import simulated_ratios

#: Between a parameter and the end of its space in the words of a certificate.
RUNS = " runs to "


@dataclass(frozen=True, repr=False)
class RestrictionTests(InWords):
    """The three classical tests of one restriction.

    Attributes
    ----------
    likelihood_ratio, score, wald : LikelihoodTest
    covariance : str
        That behind the Wald test in words, where it is a sandwich, which the others do not use; else empty.
    """

    likelihood_ratio: LikelihoodTest
    score: LikelihoodTest
    wald: LikelihoodTest
    covariance: str = ""

    @property
    def all(self) -> tuple[LikelihoodTest, ...]:
        """The three."""
        return self.likelihood_ratio, self.score, self.wald

    @property
    def table(self) -> pd.DataFrame:
        """Statistic, degrees of freedom and p-value of each."""
        rows = {test.name: (test.statistic, test.df, test.pvalue) for test in self.all}
        return pd.DataFrame.from_dict(rows, orient="index", columns=["statistic", "df", "pvalue"])

    @property
    def verdict(self) -> str:
        """What it means that they agree, or that they do not."""
        return restrictions.in_words(self.all, self.covariance)

    def _words(self) -> str:
        return f"{self.table.to_string()}\n{self.verdict}"


def likelihood_ratio_test(larger: Any, other: Any, bootstrap: Any = None, seed: Any = SEED) -> LikelihoodTest:
    """Likelihood-ratio test of a restriction, by samples of the restricted fit too where `bootstrap` says how many."""
    check_draws("bootstrap", bootstrap, seed)
    other = other.to_dict() if isinstance(other, pd.Series) else getattr(other, "_results", other)
    if larger.bias_reduction is not None:
        if bootstrap:
            raise NotAvailableError(
                "the penalised likelihood ratio of a bias-reduced fit has no samples of a restricted fit: leave out "
                "bootstrap, or fit without bias_reduction"
            )
        return penalised_likelihood.likelihood_ratio_test(larger, other)
    if not larger.certificate.ok and _runs_to_an_end(larger) and not isinstance(other, Mapping):
        found = _at_that_end(larger, other)
    else:
        require_test(larger, "likelihood-ratio test")
        found = restricted(larger, other, "likelihood-ratio test")
    test = _likelihood_ratio(larger, found, sampled=bool(bootstrap))
    if not bootstrap:
        return test
    smaller = None if isinstance(other, Mapping) else other
    return by_samples(test, *simulated_ratios(larger, smaller, found, bootstrap, seed))


def _runs_to_an_end(results: Any) -> bool:
    """Whether all that fails of a certificate is that the log likelihood rises towards the end of one space."""
    certificate = results.certificate
    return len(certificate.rising) == 1 and len(certificate.reasons) == 1


def _at_that_end(larger: Any, other: Any) -> Restricted:
    """The restriction that puts a parameter at the end to which the likelihood rises, where it is highest."""
    what = "likelihood-ratio test"
    require_test(larger, what, certified=False)
    try:
        found = restricted(larger, other, what)
    except NotAvailableError:
        require_certified(larger, what)
        raise
    name = larger.certificate.rising[0].partition(RUNS)[0]
    if found.ends != (name,):
        require_certified(larger, what)
    if abs(larger.llf - found.log_likelihood) <= SAME * (1 + abs(larger.llf)):
        found = replace(found, log_likelihood=float(larger.llf))
    return found


def score_test(larger: Any, other: Any) -> LikelihoodTest:
    """Score test of a restriction."""
    require_test(larger, "score test")
    return _score(larger, restricted(larger, other, "score test"))


def wald_test(larger: Any, other: Any) -> LikelihoodTest:
    """Wald test of a restriction, by the covariance of the fit."""
    if larger.bias_reduction is not None and isinstance(other, Mapping):
        return _wald(larger, _values(larger, other))
    require_test(larger, "Wald test", likelihood=False)
    return _wald(larger, restricted(larger, other, "Wald test", likelihood=False))


def restriction_tests(larger: Any, other: Any) -> RestrictionTests:
    """The three of them."""
    require_test(larger, "likelihood-ratio test")
    found = restricted(larger, other, "likelihood-ratio test")
    sandwich = larger.covariance_used if larger.cov_type in ROBUST else ""
    return RestrictionTests(_likelihood_ratio(larger, found), _score(larger, found), _wald(larger, found), sandwich)


def check_matrix(results: Any, r_matrix: Any, what: str) -> None:
    """Refuse combinations or restrictions, `what`, that are neither text nor finite numbers for all params."""
    names = list(results.model.exog_names)
    matrix, *values = r_matrix if isinstance(r_matrix, tuple) and r_matrix else (r_matrix,)
    written = matrix if isinstance(matrix, list) and matrix else [matrix]
    if all(isinstance(one, str) for one in written) or hasattr(matrix, "constraint_matrix"):
        return
    try:
        found, sides = np.asarray(matrix, dtype=float), [np.asarray(value, dtype=float) for value in values]
    except (TypeError, ValueError):
        found, sides = np.empty(0), []
    finite = all(np.isfinite(part).all() for part in (found, *sides))
    if found.ndim not in (1, 2) or found.shape[-1] != len(names) or not finite:
        raise ArgumentError(
            f"r_matrix cannot be read as {what} {', '.join(names)}: {short(r_matrix)}: write '{names[-1]} = 0', or a "
            "matrix of finite numbers with a column for each"
        )


def _values(larger: Any, values: Mapping[Any, Any]) -> Restricted:
    """Values of params as a restriction of a bias-reduced fit, of which no likelihood is asked."""
    require_estimate(larger, "Wald test")
    names, params = list(larger.model.exog_names), np.asarray(larger.params, dtype=float).copy()
    found = checked_values(values, names, larger.spaces)
    held = np.array([name in found for name in names])
    params[held] = [found[name] for name in names if name in found]
    return Restricted(params, float("nan"), int(held.sum()), lambda: np.eye(len(names))[:, ~held])


def _likelihood_ratio(larger: Any, found: Restricted, *, sampled: bool = False) -> LikelihoodTest:
    # The larger fit is no maximum of its model if a point within it is higher.
    if found.log_likelihood > larger.llf + SAME * (1 + abs(larger.llf)):
        raise NotAvailableError(
            f"the restricted fit has a higher log likelihood, {found.log_likelihood:.6g} for {larger.llf:.6g}, so that "
            f"this one is not the maximum of its model; fit again with start_params={found.params.tolist()}"
        )
    if len(found.ends) > 1 and sampled:
        statistic = max(2 * (larger.llf - found.log_likelihood), 0.0)
        note = f"by no known law: {found.at_an_end}"
        return LikelihoodTest("likelihood-ratio", statistic, found.df, float("nan"), note)
    if len(found.ends) > 1:
        raise NotAvailableError(
            f"there is no likelihood-ratio test by a known law: {found.at_an_end}, and the weights of the mixture of "
            "chi-squared laws depend on the design; use likelihood_ratio_test(other, bootstrap=999)"
        )
    return restrictions.likelihood_ratio(larger.llf, found.log_likelihood, found.df, at_an_end=found.at_an_end)


def _score(larger: Any, found: Restricted) -> LikelihoodTest:
    _refuse_end(found, "score test")
    here = larger.model.conditioned
    slope, hessian = here.score_and_hessian(found.params)
    try:
        information, note = here.expected_information(found.params), ""
    except (NotAvailableError, ArgumentError, ParameterError):
        information, note = -hessian, "with the observed information, for want of the expected one"
    if not np.isfinite(stacked_inverse(information)).all():
        raise NotAvailableError("there is no score test: the information under the restriction is singular")
    return restrictions.score(slope, information, found.df, note)


def _wald(larger: Any, found: Restricted) -> LikelihoodTest:
    _refuse_end(found, "Wald test")
    covariance = np.asarray(larger.cov_params(), dtype=float)
    if not np.isfinite(covariance).all():
        raise NotAvailableError(f"there is no Wald test: {larger.covariance_note}")
    return restrictions.wald(np.asarray(larger.params) - found.params, covariance, found.along(), found.df)


def _refuse_end(found: Restricted, what: str) -> None:
    if found.at_an_end:
        raise NotAvailableError(
            f"there is no {what}: {found.at_an_end}, where it is not normal; use likelihood_ratio_test"
        )
