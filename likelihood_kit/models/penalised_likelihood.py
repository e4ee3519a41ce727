"""Penalised likelihood of a bias-reduced fit: its value, likelihood-ratio tests and profile intervals.

Where the score that Firth's method adjusts is that of a full exponential family in canonical coordinates, as of a
logistic or log-linear Poisson regression, the adjusted score is the gradient of the log likelihood and half the
logarithm of the determinant of the information, Jeffreys' prior (Firth 1993, section 3). Elsewhere there is no function
of which it is the gradient.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from likelihood_kit._numerics import stacked_inverse
from likelihood_kit.diagnostics.ascent import Summit, ascended
from likelihood_kit.diagnostics.levels import Levels, fall
from likelihood_kit.diagnostics.restricted_ascent import SCALES, RestrictedAscent
from likelihood_kit.diagnostics.restrictions import LikelihoodTest
from likelihood_kit.errors import InformationWarning, NotAvailableError
from likelihood_kit.models import at_params
from likelihood_kit.models.adjusted_scores import AdjustedScores
from likelihood_kit.models.penalised_surface import PenalisedSurface, summed_value
from likelihood_kit.models.reduced_certificate import FIRTH
from likelihood_kit.models.restricted import checked_values
from likelihood_kit.predictor import params_from_working

#: Difference of a Hessian of a row from its expectation, relative to it, that is rounding, of a quadrature too.
NOT_RANDOM = 1e-7
#: Standard errors by which the params are moved, the one up and the next down, to compare them there too.
ASIDE = 0.3
#: What is said of the law of a statistic.
NOTE = "of the likelihood penalised by Jeffreys' prior, the penalty that of all parameters under the restriction too"


def is_penalised(results: Any) -> bool:
    """Whether the estimates are where a penalised likelihood has a stationary point, as far as this is known.

    It is where the Hessian of each row is its expectation, at the estimate and aside from it, so that no row's
    depends on the response. Of what has a closed form this is known, and not asked of numbers near 0 and 1.
    """
    if results.bias_reduction != FIRTH or not results.certificate.ok:
        return False
    return has_penalty(AdjustedScores.of(results.model), np.asarray(results.params, dtype=float))


def has_penalty(scores: AdjustedScores, params: np.ndarray) -> bool:
    """The same of a root of an adjusted score, params `(k,)`."""
    if PenalisedSurface(scores).closed is not None:
        return True
    point = scores.inner(params)
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
    return summed_value(scores, scores.inner(np.asarray(results.params, dtype=float)))


@dataclass(frozen=True, eq=False)
class PenalisedFit:
    """The penalised likelihood of results, its highest point and the covariance there, in a point's coordinates.

    Attributes
    ----------
    surface : PenalisedSurface
    top : Summit
    covariance : (k, k)
    """

    surface: PenalisedSurface
    top: Summit
    covariance: np.ndarray

    @classmethod
    def of(cls, results: Any) -> PenalisedFit:
        """That of a bias-reduced fit, whose estimate is the highest point."""
        surface = PenalisedSurface(AdjustedScores.of(results.model))
        found = ascended(surface.at, surface.scores.inner(np.asarray(results.params, dtype=float)))
        shape = None if found is None else surface.at(found.point)
        assert found is not None  # the estimate is a root
        assert shape is not None
        return cls(surface, found, stacked_inverse(shape.metric))

    def levels(self, at: int) -> Levels:
        """Profile over the levels of an entry of the working vector."""
        ascent = RestrictedAscent(self.surface.at, self.surface.scores.transform[at : at + 1])
        spread = self.surface.closed is not None
        return Levels(ascent, self.top.point, self.top.value, self.covariance, spread)

    def held(self, working: np.ndarray, held: np.ndarray) -> float:
        """Twice the fall to the highest point with the held entries `(k,)` of the working vector `(k,)`."""
        transform, top = self.surface.scores.transform, self.top
        ascent, spread = RestrictedAscent(self.surface.at, transform[held]), self.surface.closed is not None
        starts = [ascent.nearest(top.point, working[held], self.covariance), top.point]
        starts += [scale * top.point for scale in SCALES] if spread else []
        found = ascent.highest(working[held], starts, scaled=spread)
        if found is None or not found.solved:
            raise NotAvailableError("no maximum of the penalised likelihood was found under the restriction")
        return fall(top.value, found.value)


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
    fit, working, df = PenalisedFit.of(results), results.model.working(params), int(held.sum())
    if df == 1:
        at = int(np.argmax(held))
        levels = fit.levels(at)
        statistic = levels.checked_deviance(float(working[at]) - levels.center)
    else:
        statistic = fit.held(working, held)
    return LikelihoodTest("penalised likelihood-ratio", statistic, df, float(stats.chi2.sf(statistic, df)), NOTE)


def intervals(results: Any, alpha: float, wanted: Sequence[int] | None = None) -> np.ndarray:
    """Penalised profile intervals of entries of params, `(k, 2)`; infinite where the deviance never gets there.

    Not numbers of entries that are not wanted; and, with a warning that says why, where an end is not found.
    """
    require_penalty(results, "profile interval")
    fit, cut = PenalisedFit.of(results), float(stats.chi2.isf(alpha, 1))
    ends = np.full((2, len(fit.top.point)), np.nan)
    for at, name in enumerate(results.model.exog_names):
        if wanted is not None and at not in wanted:
            continue
        levels = fit.levels(at)
        try:
            ends[:, at] = [levels.center + levels.end(cut, side) for side in (-1, 1)]
        except NotAvailableError as error:
            warnings.warn(f"no profile interval of {name}: {error}", InformationWarning, stacklevel=4)
    return np.sort(params_from_working(results.model.predictors, ends), axis=0).T
