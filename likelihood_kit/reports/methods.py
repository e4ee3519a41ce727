"""Paragraph on the methods of a fit that a paper could use."""

from __future__ import annotations

import numpy as np

from likelihood_kit._numerics.printed import powered
from likelihood_kit.models import LikelihoodResults
from likelihood_kit.models.inference import scales_in_words
from likelihood_kit.reports import references
from likelihood_kit.reports.fitted import is_likelihood
from likelihood_kit.reports.names import distribution
from likelihood_kit.reports.prose import sentence

#: How bias-reduced estimates were found.
REDUCED = {
    "firth": "solving the score equations adjusted for the first-order bias of maximum likelihood, with expectations "
    "under the model",
    "cox_snell": "maximum likelihood, less the first-order bias of the estimates",
}


def methods(results: LikelihoodResults) -> str:
    """How the estimates and their standard errors were found, and with what."""
    family = results.model.family
    what = "the parameters" if family is None else f"the parameters of the {distribution(family.name)}"
    if results.bias_reduction is not None:
        parts = [f"We estimated {what} by {REDUCED[results.bias_reduction]}."]
        parts += [] if results.certificate.ok else [f"{sentence(results.certificate)}"]
    else:
        kind = "maximum likelihood" if is_likelihood(results) else "maximum weighted (pseudo-) likelihood"
        parts = [f"We estimated {what} by {kind}, {_search(results)}.", _certified(results)]
    if np.isfinite(np.asarray(results.bse)).any():
        law = "Student t" if results.use_t else "normal"
        scales = scales_in_words(results)
        intervals = f"Wald intervals from the {law} distribution{f', of {scales}' if scales else ''}"
        parts.append(f"Standard errors are from the {results.covariance_used}, with {intervals}.")
    parts.append(f"All computations used {references.software()}.")
    return " ".join(part for part in parts if part)


def is_closed(results: LikelihoodResults) -> bool:
    """Whether the family gave the maximum itself."""
    return results.certificate.ok and results.certificate.curvature is None


def _search(results: LikelihoodResults) -> str:
    family = results.model.family
    if is_closed(results):
        why = ", since the support of the distribution moves with its parameters" if family.moving else ""
        return f"in closed form{why}"
    derivatives = "symbolic derivatives" if results.derivatives == "symbolic" else "numerical derivatives"
    return f"by damped Newton steps with {derivatives} of the log density of each observation"


def _certified(results: LikelihoodResults) -> str:
    certificate = results.certificate
    if not certificate.ok:
        return f"The estimate is not certified to be the maximum: {'; '.join(certificate.reasons)}."
    if is_closed(results):
        return ""
    found = {"local": "That the estimate is a local maximum"}.get(
        certificate.grade, "That the estimate is the highest maximum found"
    )
    if certificate.kinked:
        return (
            f"{found} was certified by values of the likelihood alone, which has a kink there and falls on all sides: "
            f"{certificate.searches}."
        )
    evidence = (
        f"its Newton decrement ({powered(certificate.newton_decrement)} standard errors) and the positive definite "
        "observed information"
    )
    if certificate.theorem:
        return f"That the estimate is the maximum follows from {evidence}, by theorem: {certificate.theorem}."
    return (
        f"{found} was certified by {evidence}, the fall of the likelihood in all principal directions, and "
        f"{certificate.searches}."
    )
