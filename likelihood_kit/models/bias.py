"""First-order bias of the estimates of a fit, and the adjustment of a score that removes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from likelihood_kit import diagnostics
from likelihood_kit.diagnostics.bias import adjustment
from likelihood_kit.errors import NotAvailableError
from likelihood_kit.families import Family
from likelihood_kit.families.cumulants import third_cumulants
from likelihood_kit.likelihood import Likelihood
from likelihood_kit.models import at_params, covariances
from likelihood_kit.models.existence import require_certified, require_likelihood, require_regular_here
from likelihood_kit.predictor import working_from_params

WHAT = "bias of maximum likelihood"


def cox_snell_bias(results: Any) -> pd.Series:
    """Bias of the entries of params to first order, at the estimate."""
    model = results.model
    if model.family is None:
        raise NotAvailableError(f"the {WHAT} needs expectations, and so a family")
    require_certified(results, WHAT)
    require_likelihood(model, WHAT)
    require_regular_here(results, WHAT, smooth=True)
    params = np.asarray(results.params, dtype=float)
    return pd.Series(bias_at(model, params), index=model.exog_names, name="bias")


def bias_at(model: Any, params: np.ndarray) -> np.ndarray:
    """The same of a model with a smooth family, `(k,)`, at params `(k,)`."""
    information = model.information_inside(params)
    return diagnostics.covariance(information) @ information_times_bias(
        model.likelihood, params, model.family, model.known, information
    )


def information_times_bias(
    likelihood: Likelihood,
    params: np.ndarray,
    family: Family,
    known: Mapping[str, np.ndarray],
    information: np.ndarray,
) -> np.ndarray:
    """Information `(k, k)` times bias, `(k,)`, at params `(k,)`: from each distinct row of parameters once.

    Minus the adjustment of the score that removes the bias, with expectations: Kosmidis and Firth (2009), *Biometrika*
    96, 793-804, section 2, by the third identity of Bartlett.

    Parameters
    ----------
    likelihood : Likelihood
        Of the rows.
    params : (k,)
        In the coordinates of its predictors.
    family : Family
    known : dict of name to (n,) array
        Known quantities and given parameters of the rows.
    information : (k, k)
        Expected information of the sample at params.
    """
    working = working_from_params(likelihood.predictors, params)
    natural = at_params.natural_values(likelihood, working)
    values = {**family.fixed, **known, **natural}
    n = likelihood.sample.rows
    rows = np.stack([np.broadcast_to(np.asarray(value, dtype=float), (n,)) for value in values.values()], axis=1)
    distinct, of_row = np.unique(rows, axis=0, return_inverse=True)
    each = dict(zip(values, distinct.T, strict=True))
    estimated = np.array([family.parameter_names.index(predictor.name) for predictor in likelihood.predictors])
    thirds, products = third_cumulants(family, each)
    chosen = np.ix_(np.arange(len(distinct)), estimated, estimated, estimated)
    per_row = family.information_inside(each)[..., estimated, :][..., :, estimated]
    per_row = np.broadcast_to(per_row, (len(distinct), *per_row.shape[-2:]))
    slopes, bends = [], []
    for predictor, place in zip(likelihood.predictors, likelihood.places, strict=True):
        slope, bend = np.ones(n), np.zeros(n)
        if predictor.columns is not None:
            eta = predictor.linear(working[None, place])[0]
            slope, bend = (np.broadcast_to(part, (n,)) for part in predictor.link.slopes(eta, natural[predictor.name]))
        slopes.append(slope)
        bends.append(bend)
    return adjustment(
        [predictor.columns for predictor in likelihood.predictors],
        information,
        per_row[of_row.ravel()],
        thirds[chosen][of_row.ravel()],
        products[chosen][of_row.ravel()],
        slopes,
        bends,
        covariances.frequencies(likelihood, n),
    )
