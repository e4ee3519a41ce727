"""Cramer-Rao bounds at the estimate of a fitted model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from likelihood_kit import diagnostics
from likelihood_kit.errors import ArgumentError, NotAvailableError, shown
from likelihood_kit.models import covariances
from likelihood_kit.models.existence import (
    require_estimate,
    require_independent,
    require_likelihood,
    require_regular_here,
)


def cramer_rao(
    results: Any, of: Callable[..., Any] | None, bias: Callable[..., Any] | None, nuisance: Any
) -> pd.DataFrame:
    """Table of the bounds for the sample of results, in the coordinates of params."""
    model = results.model
    if model.family is None:
        raise NotAvailableError("the Cramer-Rao bound needs expected information, and so a family")
    require_estimate(results, "Cramer-Rao bound")
    require_likelihood(model, "Cramer-Rao bound")
    require_independent(results, "Cramer-Rao bound")
    require_regular_here(results, "Cramer-Rao bound")
    if not isinstance(nuisance, (bool, np.bool_)):
        raise ArgumentError(f"nuisance = {shown(nuisance)}: give True or False")
    params, here = np.asarray(results.params), model.conditioned
    information = covariances.information_here(here, params, "expected")
    return diagnostics.bound_table(
        information, model.exog_names, params, of, results.spaces, bias,
        observations=int(results.nobs), nuisance=bool(nuisance), transform=here.transform,
    )  # fmt: skip
