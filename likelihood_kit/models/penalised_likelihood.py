"""Penalised likelihood of a bias-reduced fit: its value, likelihood-ratio tests and profile intervals.

Where the score that Firth's method adjusts is that of a full exponential family in canonical coordinates, as of a
logistic or log-linear Poisson regression, the adjusted score is the gradient of the log likelihood and half the
logarithm of the determinant of the information, Jeffreys' prior (Firth 1993, section 3). Elsewhere there is no function
of which it is the gradient.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from likelihood_kit._numerics import stacked_inverse
from likelihood_kit.diagnostics.adjusted_score import AdjustedScore, adjusted_score_root
from likelihood_kit.diagnostics.crossings import crossing
from likelihood_kit.diagnostics.restrictions import LikelihoodTest
from likelihood_kit.errors import InformationWarning, NotAvailableError
from likelihood_kit.models import at_params
from likelihood_kit.models.adjusted_scores import AdjustedScores
from likelihood_kit.models.reduced_certificate import FIRTH
from likelihood_kit.models.restricted import checked_values
from likelihood_kit.predictor import params_from_working

#: Difference of a Hessian of a row from its expectation, relative to it, that is rounding, of a quadrature too.
NOT_RANDOM = 1e-7
#: Standard errors by which the params are moved, the one up and the next down, to compare them there too.
ASIDE = 0.3
#: Penalised likelihood above that of the estimate that is rounding.
BELOW = 1e-6
#: Adjusted score under a restriction, in standard errors, that is 0: half its square is missing from the likelihood.
NEAR = 1e-4
#: First step towards an end, in half widths of a Wald interval: one that is too long may lead to where nothing is.
FIRST = 0.5
#: How often the way to a restriction is halved.
PARTS = 5
#: What is said of the law of a statistic.
NOTE = "of the likelihood penalised by Jeffreys' prior, the penalty that of all parameters under the restriction too"


def is_penalised(results: Any) -> bool:
    """Whether the estimates are where a penalised likelihood has a stationary point, as far as this is known.

    It is where the Hessian of each row is its expectation, at the estimate and aside from it, so that no row's
    depends on the response.
    """
    if results.bias_reduction != FIRTH or not results.certificate.ok:
        return False
    scores = AdjustedScores.of(results.model)
    point = scores.inner(np.asarray(results.params))
    found = scores.at(point)
    if found is None:
        return False
    errors = np.sqrt(np.diag(stacked_inverse(found.expected)))
    signs = np.where(np.arange(len(point)) % 2, -1.0, 1.0)
    return all(_is_not_random(scores, there) for there in (point, point + ASIDE * signs * errors))


def _is_not_random(scores: AdjustedScores, point: np.ndarray) -> bool:
    """Whether the Hessian of each row in its linear predictors, or natural parameters, is its expectation."""
    rows, model = scores.rows, scores.model
    family, natural = model.family, at_params.natural_values(rows, point)
    per_row = family.information_inside({**family.fixed, **model.known, **natural})
    slopes = []
    for predictor, place in zip(rows.predictors, rows.places, strict=True):
        eta, theta = predictor.linear(point[None, place])[0], natural[predictor.name]
        slopes.append(np.ones(1) if predictor.columns is None else predictor.link.slopes(eta, theta)[0])
    estimated = [family.parameter_names.index(predictor.name) for predictor in rows.predictors]
    entries = rows.row_entries(point[None], natural=True)[1]
    for (i, j, _), entry in zip(rows.pairs, entries, strict=True):
        expected = per_row[..., estimated[i], estimated[j]] * slopes[i] * slopes[j]
        if not np.all(np.abs(entry + expected) <= NOT_RANDOM * np.abs(expected)):
            return False
    return True


def require_penalty(results: Any, what: str) -> None:
    """Refuse what is of a penalised likelihood where there is none."""
    if not is_penalised(results):
        raise NotAvailableError(
            f"there is no {what} of a bias-reduced fit but where Firth's adjusted score is the gradient of a penalised "
            "likelihood: of a full exponential family in canonical coordinates, such as a logit of a probability or "
            "the log of a Poisson rate; use conf_int() and wald_test"
        )


def value(results: Any) -> float:
    """Log likelihood and half the log determinant of the expected information, in the coordinates of params."""
    require_penalty(results, "penalised likelihood")
    scores = AdjustedScores.of(results.model)
    return _value(scores, scores.inner(np.asarray(results.params, dtype=float)))


def _value(scores: AdjustedScores, point: np.ndarray) -> float:
    """Penalised likelihood at a point, by the well-conditioned designs; the penalty is that of the user's params."""
    rows, model = scores.rows, scores.model
    params = params_from_working(rows.predictors, point)
    information = at_params.expected_information(rows, params, model.family, model.known)
    penalty = np.linalg.slogdet(information)[1] / 2 - np.linalg.slogdet(scores.transform)[1]
    return float(scores.summed.value(point[None])[0]) + float(penalty)


@dataclass(frozen=True, eq=False)
class Restriction:
    """The penalised likelihood of a fit with some entries of params held at values.

    The penalty is that of all params, held ones too: Heinze and Schemper (2002), *Statistics in Medicine* 21,
    2409-2419, section 2.3.

    Attributes
    ----------
    scores : AdjustedScores
    held : (k,) bool
    free : (k, k - h)
        Directions of a point that leave the held entries as they are.
    along : (k, h)
        Directions in which a point moves, per unit of each held entry, where the penalised likelihood is quadratic.
    """

    scores: AdjustedScores
    held: np.ndarray
    free: np.ndarray
    along: np.ndarray

    @classmethod
    def of(cls, scores: AdjustedScores, covariance: np.ndarray, held: np.ndarray) -> Restriction:
        """With the entries `held`, `(k,)` of bool; the covariance `(k, k)` is that of a point."""
        lines = scores.transform[held]
        across = covariance @ lines.T
        return cls(scores, held, np.linalg.svd(lines)[2][int(held.sum()) :].T, across @ np.linalg.inv(lines @ across))

    def highest(self, start: np.ndarray, working: np.ndarray, parts: int = PARTS) -> np.ndarray:
        """Point `(k,)` of the highest penalised likelihood with the held entries of the working vector `(k,)`.

        From a point that is the highest with its own; by half of the way where that is too far.
        """
        begun = self.scores.transform @ start
        origin = start + self.along @ (working - begun)[self.held]
        if not self.free.shape[1]:
            return origin
        found = adjusted_score_root(lambda moved: self._at(origin + self.free @ moved), np.zeros(self.free.shape[1]))
        if found.size <= NEAR:
            return np.asarray(origin + self.free @ found.point)
        if not parts:
            raise NotAvailableError(
                "no maximum of the penalised likelihood was found under the restriction: its adjusted score is "
                f"{found.size:.1e} standard errors from 0"
            )
        half = self.highest(start, (begun + working) / 2, parts - 1)
        return self.highest(half, working, parts - 1)

    def _at(self, point: np.ndarray) -> AdjustedScore | None:
        found, free = self.scores.at(point), self.free
        if found is None:
            return None
        return AdjustedScore(free.T @ found.score, free.T @ found.expected @ free, free.T @ found.observed @ free)


@dataclass(frozen=True, eq=False)
class _Fit:
    """The penalised likelihood of results, their estimate and its covariance in the coordinates of a point."""

    scores: AdjustedScores
    estimate: np.ndarray
    covariance: np.ndarray

    @classmethod
    def of(cls, results: Any) -> _Fit:
        scores = AdjustedScores.of(results.model)
        estimate = scores.inner(np.asarray(results.params, dtype=float))
        found = scores.at(estimate)
        assert found is not None  # the estimate is a root
        return cls(scores, estimate, stacked_inverse(found.expected))

    def deviance(self, point: np.ndarray) -> float:
        """Twice the fall of the penalised likelihood from the estimate to a point."""
        highest, there = (_value(self.scores, at) for at in (self.estimate, point))
        if there - highest > BELOW:
            raise NotAvailableError(
                f"the penalised likelihood is higher under the restriction, by {there - highest:.3g}: the estimate is "
                "not its maximum; fit again with other start_params"
            )
        return max(2 * (highest - there), 0.0)

    def end(self, at: int, cut: float, side: int) -> float:
        """Entry of the working vector on one side, -1 or 1, at which the deviance of its profile is at the cut."""
        held = np.arange(len(self.estimate)) == at
        restriction = Restriction.of(self.scores, self.covariance, held)
        working = self.scores.transform @ self.estimate
        known = {0.0: self.estimate}

        def deviance(moved: float) -> float:
            start = known[min(known, key=lambda other: abs(other - moved))]
            known[moved] = restriction.highest(start, working + moved * held)
            return self.deviance(known[moved])

        row = self.scores.transform[at]
        error = float(np.sqrt(row @ self.covariance @ row))
        return float(working[at] + crossing(deviance, side * FIRST * error * float(np.sqrt(cut)), cut))


def likelihood_ratio_test(results: Any, other: Any) -> LikelihoodTest:
    """Penalised likelihood-ratio test of values of params by name."""
    require_penalty(results, "likelihood-ratio test")
    if not isinstance(other, Mapping):
        raise NotAvailableError(
            "the penalty of a restricted fit is that of its own params: give the values of params that the restriction "
            f"says, such as {{{results.model.exog_names[0]!r}: 0.0}}"
        )
    names, params = list(results.model.exog_names), np.asarray(results.params, dtype=float).copy()
    for name, given in checked_values(other, names, results.spaces).items():
        params[names.index(name)] = given
    held = np.array([name in other for name in names])
    fit = _Fit.of(results)
    point = Restriction.of(fit.scores, fit.covariance, held).highest(fit.estimate, results.model.working(params))
    statistic, df = fit.deviance(point), int(held.sum())
    return LikelihoodTest("penalised likelihood-ratio", statistic, df, float(stats.chi2.sf(statistic, df)), NOTE)


def intervals(results: Any, alpha: float) -> np.ndarray:
    """Penalised profile intervals of all entries of params, `(k, 2)`; infinite where the deviance never gets there.

    Not numbers, with a warning that says why, where an end is not found.
    """
    require_penalty(results, "profile interval")
    fit, cut = _Fit.of(results), float(stats.chi2.isf(alpha, 1))
    ends = np.full((2, len(fit.estimate)), np.nan)
    for at, name in enumerate(results.model.exog_names):
        try:
            ends[:, at] = [fit.end(at, cut, side) for side in (-1, 1)]
        except NotAvailableError as error:
            warnings.warn(f"no profile interval of {name}: {error}", InformationWarning, stacklevel=4)
    return np.sort(params_from_working(results.model.predictors, ends), axis=0).T
