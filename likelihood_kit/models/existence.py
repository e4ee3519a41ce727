"""What exists at a fit: refusals, by name, of what certificate, weights or family leave without a meaning."""

from __future__ import annotations

from typing import Any

import numpy as np

from likelihood_kit.errors import NotAvailableError, ParameterError
from likelihood_kit.families import regularity
from likelihood_kit.models import prediction
from likelihood_kit.models.prediction_rows import prediction_rows
from likelihood_kit.models.reduced_certificate import IN_WORDS, ReducedCertificate
from likelihood_kit.models.targets import Target

#: Why there is nothing that rests on a maximum, where there is none.
UNCERTIFIED = "the estimate is not certified to be a maximum of the likelihood"


def refuse_reduced(results: Any, what: str) -> None:
    """Refuse what rests on a maximum of the likelihood, where the estimates are bias-reduced instead."""
    if isinstance(results.certificate, ReducedCertificate):
        raise NotAvailableError(
            f"there is no {what}: it rests on the maximum of the likelihood, and these are "
            f"{IN_WORDS[results.certificate.method]}; where the maximum exists, fit without bias_reduction"
        )


def require_estimate(results: Any, what: str) -> None:
    """Refuse what rests on an estimate where there is neither a certified maximum nor a bias-reduced one."""
    if not isinstance(results.certificate, ReducedCertificate):
        require_certified(results, what)
    elif not results.certificate.ok:
        raise NotAvailableError(f"there is no {what}: {'; '.join(results.certificate.reasons)}")


def require_certified(results: Any, what: str) -> None:
    """Refuse what rests on a maximum where none is certified."""
    refuse_reduced(results, what)
    if not results.certificate.ok:
        raise NotAvailableError(f"there is no {what}: {UNCERTIFIED} ({'; '.join(results.certificate.reasons)})")


def require_likelihood(model: Any, what: str) -> None:
    """Refuse what rests on a likelihood where sampling weights make a pseudo-likelihood of it."""
    if model.pseudo:
        raise NotAvailableError(
            f"{what} is refused under prob_weights: they make a pseudo-likelihood, of which only the estimates and "
            "their sandwich standard errors have a meaning"
        )


def require_independent(results: Any, what: str) -> None:
    """Refuse what takes the rows for independent where a fit has clusters."""
    if results.cov_type == "cluster":
        raise NotAvailableError(
            f"{what} is refused under cov_type='cluster': it takes the rows for independent, and those of a cluster "
            "are not; intervals, t_test and wald_test are by clusters. If all rows are, fit without clusters"
        )


def require_known(model: Any) -> None:
    """Refuse expected information without a known quantity that it needs and a fit does not, such as a limit."""
    family = model.family
    if family is None or "expected_information" not in family.law.functions:
        return
    for name in family.law.takes("expected_information"):
        if name in family.law.known and name not in family.fixed and name not in model.known:
            raise ParameterError(
                f"expected information of {family!r} needs {name} of each row, which the fit does not: give it to the "
                f"model, {type(model).__name__}(..., {name}=...)"
            )


def require_regular_here(results: Any, what: str, *, smooth: bool = False) -> None:
    """Refuse what does not exist for the family of the results, or not at the estimate."""
    model = results.model
    if model.family is None:
        return
    law = model.family.law
    depends = callable(law.regular) or callable(law.smooth)
    values = _natural_values(results) if depends and model.endog is not None else None
    regularity.require(model.family, what, values, smooth=smooth)


def _natural_values(results: Any) -> dict[str, np.ndarray]:
    """Natural parameters of the rows at the estimate, by name, `(n,)` each."""
    model, params = results.model, np.asarray(results.params)
    rows = prediction_rows(model, None, {})
    return {
        name: prediction.predicted(model, params, rows, Target("parameter", name))
        for name in model.family.coordinate_names
    }
