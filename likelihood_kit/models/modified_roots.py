"""The modified signed root r* of a fit: of an entry of params, or of a function of them."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import optimize, stats

from likelihood_kit._numerics.printed import significant
from likelihood_kit.diagnostics.intervals import ALPHA
from likelihood_kit.diagnostics.profile import profile_falls
from likelihood_kit.diagnostics.r_star import NEAR, NEIGHBOURS, RStar, between, correction, r_star_of, u_statistic
from likelihood_kit.diagnostics.score_covariances import chained, score_covariances
from likelihood_kit.errors import ArgumentError, InformationWarning, NotAvailableError
from likelihood_kit.likelihood import Likelihood
from likelihood_kit.maximise.canonical import canonical_parameter
from likelihood_kit.maximise.profiled import profiled_by_newton
from likelihood_kit.models import at_params, covariances
from likelihood_kit.models.columns import as_number
from likelihood_kit.models.conditioned import Conditioned
from likelihood_kit.models.interests import Asked, Standard, asked_of, entry
from likelihood_kit.models.profile_likelihood import require_profile, surpassed

#: The two forms, in words.
EXACT = "exact form of a full exponential family, Barndorff-Nielsen 1986"
SKOVGAARD = "Skovgaard's approximation, with covariances of scores under the fitted law"
#: What is said of a response that is discrete.
DISCRETE = (
    "the response is discrete: the p-values are near the mid-p values, to order 1/n (Davison and Wang 2002, Biometrika "
    "89, 933-938)"
)
#: How near |r*| at an end of an interval is to the quantile of the normal law, and steps of the search.
CLOSE, ROOT_STEPS = 1e-6, 100
#: Factor by which a search for an end goes further from half as many standard errors, and how often.
FURTHER, FURTHEST = 1.5, 12

#: At a point of a profile, `(q,)`: what `u_statistic` takes of both forms.
Moved = Callable[[np.ndarray], tuple[np.ndarray, float]]


@dataclass(frozen=True)
class HigherOrder:
    """What r* of any interest needs of a fit.

    Attributes
    ----------
    standard : Standard
    moved : callable
    form, note : str
    """

    standard: Standard
    moved: Moved
    form: str
    note: str

    @classmethod
    def of(cls, standard: Standard) -> HigherOrder:
        """The exact form where the law is a full exponential family, and Skovgaard's elsewhere."""
        family, here = standard.results.model.family, standard.results.model.conditioned
        note, estimate, width = (
            DISCRETE if family.discrete else "",
            standard.likelihood.origin,
            standard.likelihood.basis,
        )
        canonical = canonical_parameter(family, here.rows, estimate, width)
        if canonical is None:
            return cls(standard, by_covariances(standard), SKOVGAARD, note)
        zero = canonical.at(estimate[None])[0]
        size = np.linalg.slogdet(canonical.slopes(estimate) @ width)[1]

        def moved(point: np.ndarray) -> tuple[np.ndarray, float]:
            working = standard.inner(point)
            slopes = canonical.slopes(working) @ width
            difference = zero - canonical.at(working[None])[0]
            return np.linalg.solve(slopes, difference), float(np.linalg.slogdet(slopes)[1] - size)

        return cls(standard, moved, EXACT, note)

    def roots(self, asked: Asked, level: float, *, elsewhere: bool = True) -> tuple[float, float, float]:
        """r, u and r* at a level of the interest, for alternatives in which the interest is larger.

        Unless `elsewhere` maxima over the others are looked for from one start alone.
        """
        wanted = np.append(level, NEIGHBOURS) if abs(level) < NEAR else np.array([level])
        root, u = self._directly(asked, wanted, elsewhere)
        corrections = correction(root, u)
        added = between(np.array(NEIGHBOURS), corrections[1:], level) if len(wanted) > 1 else corrections[0]
        return float(root[0]), float(u[0]), float(root[0] + added)

    def _directly(self, asked: Asked, levels: np.ndarray, elsewhere: bool) -> tuple[np.ndarray, np.ndarray]:
        """Signed roots r and u `(m,)` at levels `(m,)` of the interest; not numbers where there is no profile."""
        standard, q = self.standard, len(self.standard.transform)
        alone = not elsewhere or (standard.alone and asked.linear)
        seen = profile_falls(standard.likelihood, asked.interest, standard.highest, levels, q, alone=alone)
        if seen.higher is not None:
            raise surpassed(standard, seen.higher)
        usable = np.isfinite(seen.fall) & (levels != 0)
        root, u = np.where(levels == 0, 0.0, np.nan), np.full(len(levels), np.nan)
        root[usable] = -np.sign(levels[usable]) * np.sqrt(2 * np.maximum(seen.fall[usable], 0.0))
        for i in np.flatnonzero(usable):
            u[i] = self._u(asked, float(levels[i]), seen.point[i])
        return root, u

    def _u(self, asked: Asked, level: float, point: np.ndarray) -> float:
        likelihood, interest = self.standard.likelihood, asked.interest.take(np.zeros(1, int))
        _, score, _ = likelihood.derivatives(point[None])
        gradient = interest.at(point[None])[1][0]
        slope = float(score[0] @ gradient / (gradient @ gradient))
        nearer = profiled_by_newton(likelihood, interest, point[None], np.array([slope]), level=np.array([level]))
        if nearer.found[0]:
            point, slope = nearer.point[0], float(nearer.slope[0])
        hessian = likelihood.derivatives(point[None])[2][0]
        gradient = interest.at(point[None])[1][0]
        curvature = interest.curvature(point[None])
        try:
            moved, log_ratio = self.moved(point)
        except np.linalg.LinAlgError:
            return float("nan")
        return u_statistic(moved, log_ratio, gradient, hessian, curvature[0] if curvature.ndim else curvature, slope)


def r_star(results: Any, of: Any, value: Any) -> RStar:
    """The modified signed root of results at a value of an entry of params, or of a function of them."""
    _require(results)
    standard = Standard.of(results)
    asked, number = asked_of(standard, of), as_number(value, "value")
    with np.errstate(all="ignore"):
        level = float(asked.standard(np.array(number)))
    if not np.isfinite(level):
        raise ArgumentError(
            f"value = {number:g}: {asked.name} lies between {asked.ends[0]:g} and {asked.ends[1]:g}; give one inside"
        )
    if number in asked.ends:
        raise NotAvailableError(
            f"there is no r* of {asked.name} at {number:g}, the end of its space, where the estimate is not normal; "
            "use likelihood_ratio_test"
        )
    higher = HigherOrder.of(standard)
    roots = higher.roots(asked, level)
    if np.isnan(roots[2]):
        raise NotAvailableError(f"there is no r* of {asked.name} at {significant(number)}: {_why(roots)}")
    if asked.falls:
        roots = -roots[0], -roots[1], -roots[2]
    estimate = float(asked.natural(np.array(0.0)))
    return r_star_of(asked.name, number, estimate, roots, higher.form, higher.note)


def intervals(results: Any, alpha: float = ALPHA) -> np.ndarray:
    """Intervals of all entries of params, `(k, 2)`: the values at which |r*| is at most a normal quantile.

    Not numbers, with a warning that says why, where an end is not found.
    """
    _require(results)
    standard = Standard.of(results)
    higher, table = HigherOrder.of(standard), np.full((len(standard.transform), 2), np.nan)
    for at in range(len(table)):
        asked = entry(standard, at)
        try:
            table[at] = interval(higher, asked, alpha)
        except NotAvailableError as error:
            warnings.warn(f"no interval by r* of {asked.name}: {error}", InformationWarning, stacklevel=4)
    return table


def interval(higher: HigherOrder, asked: Asked, alpha: float) -> np.ndarray:
    """The interval `(2,)` of one interest, on the user's scale, lower end first."""
    quantile = float(stats.norm.isf(alpha / 2))
    ends = asked.natural(np.array([_end(higher, asked, side, quantile) for side in (-1.0, 1.0)]))
    return np.sort(ends)


def _end(higher: HigherOrder, asked: Asked, side: float, quantile: float) -> float:
    """The level, on one side of the estimate, at which r* is as large as the quantile, by root finding."""
    seen: dict[float, tuple[float, float, float]] = {}

    def left(level: float) -> float:
        if level not in seen:
            seen[level] = higher.roots(asked, level, elsewhere=False)
        return -side * seen[level][2] - quantile

    def known(level: float) -> float:
        if np.isnan(found := left(level)):
            raise not_found(seen[level])
        return found

    def not_found(roots: tuple[float, float, float]) -> NotAvailableError:
        which = "upper" if (side > 0) != asked.falls else "lower"
        why = _why(roots) if np.isnan(roots[2]) else "r* does not get as far as a normal quantile on the way"
        return NotAvailableError(
            f"its {which} end was not found, since {why}; method='profile' says whether it is open"
        )

    inner, outer = 0.0, side * quantile / 2
    for _ in range(FURTHEST):
        found = left(outer)
        if not found < 0:
            break
        inner, outer = outer, outer * FURTHER
    roots = seen[outer]
    if left(outer) >= 0 and left(inner) < 0:
        level = float(optimize.brentq(known, inner, outer, xtol=CLOSE / 10, maxiter=ROOT_STEPS, disp=False))
        # Once more, from elsewhere too. It is no end where r* is not known within the bracket, or jumps.
        roots = higher.roots(asked, level)
        if abs(-side * roots[2] - quantile) <= CLOSE:
            return level
    raise not_found(roots)


def _require(results: Any) -> None:
    """Refuse r* of what has no profile likelihood, or no law to take expectations of."""
    require_profile(results)
    model = results.model
    if model.family is None or not isinstance(model.likelihood, Likelihood):
        raise NotAvailableError(
            "r* needs expectations of scores, and so a family; of a model with its own loglikeobs use method='profile'"
        )
    if model.family.moving:
        raise NotAvailableError(
            f"r* needs the ratio of two densities of {model.family!r} to be finite, whose support moves with "
            f"{' and '.join(model.family.moving)}; use method='profile'"
        )
    if model.family.law.observed:
        raise NotAvailableError(
            f"r* needs expectations of scores, which are not known of a response of several columns as that of "
            f"{model.family!r}; use method='profile', or bootstrap the likelihood-ratio test"
        )


def _why(roots: tuple[float, float, float]) -> str:
    root, u, _ = roots
    if np.isnan(root):
        return "the likelihood has no maximum over the other parameters there, or none was found"
    if np.isnan(u):
        return "the likelihood is not concave across it there"
    return f"r = {significant(root)} and u = {significant(u)} are too far apart"


def by_covariances(standard: Standard) -> Moved:
    """S^-1 q and |S| / |i| of Skovgaard's form at points of a profile, in standard coordinates."""
    here, width = standard.results.model.conditioned, standard.likelihood.basis
    size = np.linalg.slogdet(standard.information(np.zeros(len(width))))[1]

    def moved(point: np.ndarray) -> tuple[np.ndarray, float]:
        both, with_ratio = _covariances(here, standard.likelihood.origin, standard.inner(point))
        both, with_ratio = width.T @ both @ width, width.T @ with_ratio
        sign, log_size = np.linalg.slogdet(both)
        if not sign > 0:
            raise np.linalg.LinAlgError
        return np.linalg.solve(both, with_ratio), float(log_size - size)

    return moved


def _covariances(here: Conditioned, first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """S `(k, k)` and q `(k,)` of the sample at two working vectors of these coordinates.

    From each distinct pair of laws once.
    """
    model, likelihood = here.model, here.rows
    assert isinstance(likelihood, Likelihood)
    family, n = model.family, len(model.endog)
    known = {**family.fixed, **model.known}
    natural = [at_params.natural_values(likelihood, working) for working in (first, second)]
    quantities = [{**known, **values} for values in natural]
    names = list(quantities[0])
    table = np.stack(
        [np.broadcast_to(np.asarray(part[name], dtype=float), (n,)) for part in quantities for name in names], axis=1
    )
    distinct, of_row = np.unique(table, axis=0, return_inverse=True)
    each = [dict(zip(names, part, strict=True)) for part in np.split(distinct.T, 2)]
    both, with_ratio = score_covariances(family, *each)
    estimated = [family.parameter_names.index(predictor.name) for predictor in here.predictors]
    both, with_ratio = both[:, estimated][:, :, estimated], with_ratio[:, estimated]
    pairs = zip((first, second), natural, strict=True)
    slopes = [_slopes(here.predictors, likelihood.places, working, values, n) for working, values in pairs]
    of_row = of_row.ravel()
    designs = [predictor.columns for predictor in here.predictors]
    return chained(both[of_row], with_ratio[of_row], designs, slopes, covariances.frequencies(likelihood, n))


def _slopes(predictors: Any, places: Any, working: np.ndarray, values: Any, n: int) -> list[np.ndarray]:
    """Derivatives of the natural parameters of the rows in the linear predictors, `(n,)` each."""
    found = []
    for predictor, place in zip(predictors, places, strict=True):
        eta = predictor.linear(working[None, place])[0]
        found.append(np.broadcast_to(predictor.link.slopes(eta, values[predictor.name])[0], (n,)))
    return found
