"""Estimates without bias of first order: Firth's adjusted score, or the bias taken off the maximum."""

from __future__ import annotations

from typing import Any

import numpy as np

from likelihood_kit import diagnostics
from likelihood_kit.diagnostics.adjusted_score import FROM_AN_END, AdjustedScoreRoot, adjusted_score_root
from likelihood_kit.diagnostics.levels import ABOVE
from likelihood_kit.errors import ArgumentError, NotAvailableError, near_names, shown
from likelihood_kit.families import regularity
from likelihood_kit.families.compositions.censored import is_censored
from likelihood_kit.families.fallbacks import one_column
from likelihood_kit.maximise import Certificate, start_values
from likelihood_kit.models import at_params, fitting
from likelihood_kit.models.adjusted_scores import AdjustedScores
from likelihood_kit.models.bias import bias_at
from likelihood_kit.models.existence import require_known, require_likelihood
from likelihood_kit.models.penalised_surface import PenalisedSurface
from likelihood_kit.models.reduced_certificate import COX_SNELL, FIRTH, IN_WORDS, ReducedCertificate
from likelihood_kit.predictor import at_the_end_of_the_range

#: What they are called elsewhere, in small letters without hyphens: brglm2's types among them.
OTHER_NAMES = {
    **dict.fromkeys(("asmean", "brglm", "jeffreys", "logistf", "adjustedscore", "heinze", "kosmidis"), FIRTH),
    **dict.fromkeys(("correction", "coxsnell", "biascorrected", "corrected"), COX_SNELL),
}


def checked_reduction(model: Any, bias_reduction: Any, cov_type: Any) -> Any:
    """The covariance to compute for a bias-reduced fit, that of the expected information by default.

    Raises
    ------
    ArgumentError
        For an unknown method.
    NotAvailableError
        Where the bias of maximum likelihood has no expectations to be made of.
    """
    if not isinstance(bias_reduction, str) or bias_reduction not in IN_WORDS:
        known = near_names(bias_reduction, IN_WORDS, OTHER_NAMES)
        raise ArgumentError(f"bias_reduction={shown(bias_reduction)}: {known}")
    what = f"bias_reduction={bias_reduction!r}"
    if model.family is None:
        raise NotAvailableError(f"{what} needs expectations, and so a family; loglikeobs is none")
    require_likelihood(model, what)
    law = model.family.law
    if not is_censored(model.family):
        one_column(law, "bias to first order")
    require_known(model)
    if not (callable(law.regular) or callable(law.smooth)):
        regularity.require(model.family, what, None, smooth=True)
    if cov_type == "cluster":
        raise NotAvailableError(
            f"{what} is refused with cov_type='cluster': the bias is an expectation over independent rows"
        )
    return "expected" if cov_type is None else cov_type


def estimated(model: Any, method: str | None, start_params: Any) -> tuple[np.ndarray, Certificate]:
    """Params `(k,)` of a model at the maximum, or bias-reduced by a method, and their certificate."""
    highest, certificate = fitting.maximum(model, start_params)
    if method is None:
        return highest, certificate
    if method == COX_SNELL:
        return _corrected(model, highest, certificate)
    given = [] if start_params is None else [np.asarray(start_params, dtype=float)]
    return _adjusted(model, given + ([highest] if certificate.ok else []))


def _corrected(model: Any, highest: np.ndarray, certificate: Certificate) -> tuple[np.ndarray, ReducedCertificate]:
    what = f"bias_reduction={COX_SNELL!r}"
    if not certificate.ok:
        raise NotAvailableError(
            f"{what} corrects the maximum likelihood estimate, and none is certified "
            f"({'; '.join(certificate.reasons)}); use bias_reduction={FIRTH!r}"
        )
    params = highest - bias_at(model, highest)
    for name, value, old, space in zip(model.exog_names, params, highest, _spaces(model), strict=True):
        if space is not None and not space.contains(value):
            raise NotAvailableError(
                f"{what}: {name} = {old:.6g} less its first-order bias is {value:.6g}, which is not in {space!r}; use "
                f"bias_reduction={FIRTH!r}, or a link that has no such end (a design of ones)"
            )
    _require_rows_inside(model, params, what)
    return params, ReducedCertificate(
        ok=True, method=COX_SNELL, corrected=certificate, iterations=certificate.iterations
    )


def _spaces(model: Any) -> list[Any]:
    return [p.space if p.columns is None else None for p in model.predictors for _ in p.labels]


def _require_rows_inside(model: Any, params: np.ndarray, what: str) -> None:
    """Refuse coefficients that lead the parameter of a row out of its space, as under an identity link."""
    natural = at_params.natural_values(model.likelihood, model.working(params))
    for predictor in model.predictors:
        inside = np.ravel(predictor.space.contains(natural[predictor.name]))
        if not inside.all():
            raise NotAvailableError(
                f"{what}: the corrected coefficients lead {predictor.name} of row {int(np.argmin(inside))} out of "
                f"{predictor.space!r}; use bias_reduction={FIRTH!r}, or another link"
            )


def _adjusted(model: Any, starts: list[np.ndarray]) -> tuple[np.ndarray, ReducedCertificate]:
    """Root of the adjusted score, from the maximum, where there is one, or from the family's own start."""
    scores = AdjustedScores.of(model)
    points = [*(scores.inner(start) for start in starts), start_values(model.family, scores.summed)[0]]
    scores.require_expectations(points[0])
    ends: list[AdjustedScoreRoot] = []
    for point in points:
        ends.append(adjusted_score_root(scores.at, point))
        if ends[-1].solved:
            break
    found, compared = _highest(scores, min(ends, key=lambda end: end.size), points)
    params = scores.params(found.point)
    reasons = _flaws(model, params, found)
    return params, ReducedCertificate(
        ok=not reasons,
        reasons=reasons,
        iterations=found.iterations,
        method=FIRTH,
        adjusted_score=found.size,
        compared=compared,
    )


def _highest(
    scores: AdjustedScores, found: AdjustedScoreRoot, starts: list[np.ndarray]
) -> tuple[AdjustedScoreRoot, int]:
    """The root where the penalised likelihood is highest, of those met, and how many ascents were compared.

    A root is left for another where it is lower than a maximum, or none was found.
    """
    surface = PenalisedSurface(scores)
    tops = surface.ascents([found.point, *starts])
    if not tops:
        return found, 0
    top, here = max(tops, key=lambda one: one.value), surface.at(found.point)
    if found.solved and here is not None and top.value <= here.value + ABOVE:
        return found, len(tops)
    return adjusted_score_root(scores.at, top.point), len(tops)


def _flaws(model: Any, params: np.ndarray, found: AdjustedScoreRoot) -> tuple[str, ...]:
    """Why an end of a search is no root, in words; empty where it is one."""
    here = model.conditioned
    errors = np.sqrt(np.diag(here.covariance(diagnostics.covariance(here.expected_information(params)))))
    ends = at_the_end_of_the_range(model.predictors, model.working(params))
    for name, value, error, space in zip(model.exog_names, params, errors, _spaces(model), strict=True):
        if space is not None and not min(abs(value - end) for end in space.numbers) > FROM_AN_END * error:
            ends.append(name)
    if ends:
        names = " and ".join(dict.fromkeys(ends))
        return (
            f"the adjusted score has no root inside the space: {names} runs to an end of it; what is reduced is the "
            "bias in natural units, and on a link scale, by a design of ones, there may be a root",
        )
    if not found.solved:
        where = ", ".join(f"{name} = {value:.6g}" for name, value in zip(model.exog_names, params, strict=True))
        return (
            f"no root of the adjusted score was found: it is {found.size:.1e} standard errors from 0 at {where}; "
            "start_params may lead to one",
        )
    return ()
