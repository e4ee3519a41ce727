"""Log densities of observations under fits that have not seen them."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

from likelihood_kit.errors import LikelihoodKitError, NotAvailableError
from likelihood_kit.models import at_params, data, fitting
from likelihood_kit.models.bootstrap import reweighted, with_rows


def folds_of(n: int, folds: int, seed: int) -> np.ndarray:
    """Fold of each of n observations, `(n,)`: as many in each as can be, at random."""
    return np.random.default_rng(seed).permutation(np.arange(n) % folds)


def held_out(results: Any, fold: np.ndarray) -> np.ndarray:
    """Log density of each observation at the estimate from the other folds, `(n,)`.

    Parameters
    ----------
    results : LikelihoodResults
    fold : (n,)
        Of each observation, rows repeated as often as `freq_weights` say.

    Raises
    ------
    NotAvailableError
        Where the observations of the other folds have no certified maximum.
    """
    found = np.empty(len(fold))
    for which in range(int(fold.max()) + 1):
        left_out = fold == which
        try:
            found[left_out] = _values(results, left_out)
        except LikelihoodKitError as error:
            raise NotAvailableError(f"without the observations of fold {which + 1} {error}") from None
    return found


def _values(results: Any, left_out: np.ndarray) -> np.ndarray:
    """Log densities of the observations that are left out of a fit."""
    model, start = results.model, np.asarray(results.params)
    if model.family is None:
        others = reweighted(model, model.likelihood, (~left_out).astype(float))
        params = _certified(others, start)
        return at_params.row_values(model.likelihood, model.working(params), None, None, {})[left_out]
    alone, rows = copy.copy(model), fitting.repeated_rows(model)
    alone.freq_weights = None
    others = with_rows(alone, rows[~left_out])
    for name, design in others.designs.items():
        data.check_columns(design.columns, design.names, f"the design of {name}")
    params = _certified(others, start)
    test = with_rows(alone, rows[left_out])
    return at_params.row_values(test.likelihood, test.working(params), test.family, test.endog, test.known)


def _certified(model: Any, start: np.ndarray) -> np.ndarray:
    params, certificate = fitting.maximum(model, start)
    if not certificate.ok:
        raise NotAvailableError(f"no maximum is certified ({'; '.join(certificate.reasons)})")
    return params
