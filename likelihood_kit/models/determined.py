"""What a model's data determine of its params, at an estimate that need not be a maximum."""

from __future__ import annotations

from typing import Any

import numpy as np

from likelihood_kit.diagnostics.identifiability import Identifiability, identifiability
from likelihood_kit.errors import ArgumentError, NotAvailableError, ParameterError
from likelihood_kit.models.columns import as_choice
from likelihood_kit.models.existence import require_likelihood, require_regular_here

#: Informations that tell of it: the outer product lacks rank where there are few rows.
KINDS = ("expected", "observed")
#: How many times its own estimate the error of a numeric Hessian may be.
MARGIN = 10.0


def identified(results: Any, kind: str | None) -> Identifiability:
    """What the information of results determines, the expected one where there is one and no other is asked for."""
    if kind is not None:
        as_choice(kind, "kind", KINDS)
    require_likelihood(results.model, "identifiability")
    require_regular_here(results, "identifiability", smooth=kind == "observed")
    model, params = results.model, np.asarray(results.params, dtype=float)
    model.require_data()
    here = model.conditioned
    positive = np.array([space.numbers == (0.0, np.inf) for space in results.spaces])
    size = np.where(positive, params, 1.0)
    information, error = None, 0.0
    if kind != "observed":
        try:
            information = here.expected_information(params) * np.outer(size, size)
        except (NotAvailableError, ArgumentError, ParameterError):
            if kind is not None:
                raise
    if information is None:
        require_regular_here(results, "identifiability", smooth=True)
        score, hessian = here.score_and_hessian(params)
        # Second derivatives in the logarithms, where the score need not be 0.
        information = -hessian * np.outer(size, size) - np.diag(np.where(positive, score * params, 0.0))
        kind, error = "observed", MARGIN * results.derivative_error
    if not np.isfinite(information).all():
        raise NotAvailableError(
            "identifiability cannot be told: the information is not finite at the estimate "
            f"({'; '.join(results.certificate.reasons) or 'its moments do not exist'})"
        )
    return identifiability(
        information, params, model.exog_names, positive, lambda at: float(model.loglike(at)), kind or "expected", error,
        None if model.basis is None else here.transform,
    )  # fmt: skip
