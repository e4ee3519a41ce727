"""First-order bias of the estimates of a fit, and the adjustment of a score that removes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from likelihood_kit import diagnostics
from likelihood_kit.diagnostics.bias import adjustment, row_cumulants
from likelihood_kit.diagnostics.interpolation import interpolated
from likelihood_kit.errors import NotAvailableError
from likelihood_kit.families import Family
from likelihood_kit.families.cumulants import third_cumulants
from likelihood_kit.likelihood import Likelihood
from likelihood_kit.models import covariances
from likelihood_kit.models.existence import (
    require_certified,
    require_independent,
    require_likelihood,
    require_regular_here,
)
from likelihood_kit.predictor import Predictor, working_from_params

WHAT = "bias of maximum likelihood"
#: Distinct rows from which on their cumulants are interpolated: as many as the nodes of a first attempt, and more.
MANY = 100


def cox_snell_bias(results: Any) -> pd.Series:
    """Bias of the entries of params to first order, at the estimate."""
    model = results.model
    if model.family is None:
        raise NotAvailableError(f"the {WHAT} needs expectations, and so a family")
    require_certified(results, WHAT)
    require_likelihood(model, WHAT)
    require_independent(results, WHAT)
    require_regular_here(results, WHAT, smooth=True)
    params = np.asarray(results.params, dtype=float)
    return pd.Series(bias_at(model, params), index=model.exog_names, name="bias")


def bias_at(model: Any, params: np.ndarray) -> np.ndarray:
    """The same of a model with a smooth family, `(k,)`, at params `(k,)`."""
    here = model.conditioned
    information = here.expected_information(params)
    shift = information_times_bias(here.rows, here.params(params), model.family, model.known, information)
    found: np.ndarray = here.transform @ diagnostics.covariance(information) @ shift
    return found


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
    working, n = working_from_params(likelihood.predictors, params), likelihood.sample.rows
    etas = [
        np.broadcast_to(predictor.linear(working[None, place])[0], (n,))
        for predictor, place in zip(likelihood.predictors, likelihood.places, strict=True)
    ]
    columns = [predictor.columns for predictor in likelihood.predictors]
    cumulants = _cumulants(likelihood.predictors, etas, family, known)
    return adjustment(columns, information, cumulants, covariances.frequencies(likelihood, n))


def _cumulants(
    predictors: Sequence[Predictor], etas: Sequence[np.ndarray], family: Family, known: Mapping[str, np.ndarray]
) -> np.ndarray:
    """Cumulants of rows `(n, p, p, p)` with linear predictors `(n,)`, of each distinct row once.

    Of many rows that differ in one linear predictor alone they are interpolated, where that leaves no error.
    """
    rows = np.stack([*etas, *(np.asarray(value, dtype=float) for value in known.values())], axis=1)
    differ = np.flatnonzero(np.ptp(rows, axis=0))
    distinct, of_row = np.unique(rows, axis=0, return_inverse=True)
    p = len(etas)

    def of(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return _cumulants_of_each(predictors, rows[:, :p].T, family, dict(zip(known, rows[:, p:].T, strict=True)))

    if len(distinct) > MANY and len(differ) == 1 and differ[0] < p:
        at = int(differ[0])
        middle = _moved(distinct[0], at, distinct[[len(distinct) // 2], at])
        size = np.sqrt(np.einsum("aa->a", of(middle)[1][0]))
        scale = size[:, None, None] * size[:, None] * size
        found = interpolated(lambda values: of(_moved(distinct[0], at, values))[0], distinct[:, at], scale)
        if found is not None:
            return found[of_row.ravel()]
    return of(distinct)[0][of_row.ravel()]


def _moved(row: np.ndarray, at: int, values: np.ndarray) -> np.ndarray:
    """Rows like one, but for the values `(m,)` of one entry."""
    rows = np.tile(row, (len(values), 1))
    rows[:, at] = values
    return rows


def _cumulants_of_each(
    predictors: Sequence[Predictor], etas: np.ndarray, family: Family, known: Mapping[str, np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """Cumulants `(m, p, p, p)` of rows with linear predictors `(p, m)`, by expectations of each, and informations."""
    m = etas.shape[1]
    natural = {p.name: p.link.inverse(eta) for p, eta in zip(predictors, etas, strict=True)}
    fixed = {name: np.full(m, value) for name, value in family.fixed.items()}
    values = {**fixed, **known, **natural}
    thirds, products = third_cumulants(family, values)
    estimated = np.array([family.parameter_names.index(predictor.name) for predictor in predictors])
    chosen = np.ix_(np.arange(m), estimated, estimated, estimated)
    per_row = np.broadcast_to(family.information_inside(values), (m, *thirds.shape[-2:]))
    slopes, bends = [], []
    for predictor, eta in zip(predictors, etas, strict=True):
        slope, bend = np.ones(m), np.zeros(m)
        if predictor.columns is not None:
            slope, bend = (np.broadcast_to(part, (m,)) for part in predictor.link.slopes(eta, natural[predictor.name]))
        slopes.append(slope)
        bends.append(bend)
    per_row = per_row[:, estimated][:, :, estimated]
    slope = np.stack(slopes, axis=1)
    information = per_row * slope[:, :, None] * slope[:, None, :]
    return row_cumulants(per_row, thirds[chosen], products[chosen], slopes, bends), information
