"""A fit as ArviZ data, so that its plots, summaries and model comparisons apply."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from likelihood_kit._numerics import is_whole
from likelihood_kit._numerics.memory import check_memory_for
from likelihood_kit._numerics.signatures import named_arguments
from likelihood_kit.errors import ArgumentError, DataError, NotAvailableError, shown
from likelihood_kit.families.sampling import checked_generator
from likelihood_kit.models import LikelihoodModel, LikelihoodResults
from likelihood_kit.predictor import params_from_working, params_jacobian

CHAINS = 4


@functools.partial(named_arguments, method=True)
def to_arviz(results: LikelihoodResults, draws: int = 1000, rng: np.random.Generator | int = 0) -> Any:
    """The fit as ArviZ data: InferenceData on ArviZ 0.x, DataTree on ArviZ 1.x.

    Parameters
    ----------
    results : LikelihoodResults
    draws : int
        Draws per chain, of four.
    rng : numpy.random.Generator or int
        A generator, or the seed of a new one.

    Returns
    -------
    InferenceData or DataTree
        Groups: `posterior`, draws of params `(chain, draw)` from the large-sample normal law of the estimates, taken
        where every parameter is on its link scale and carried back, so that none leaves its space (the posterior under
        a flat prior there, to first order; Bernstein and von Mises, van der Vaart 1998, theorem 10.1);
        `log_likelihood` of each observation `(chain, draw, n)`, a row of frequency f being f of them, and none of a
        pseudo-likelihood; `observed_data`, with all columns of the response.

    Raises
    ------
    DataError
        Where the data were removed from the results.
    NotAvailableError
        Where the estimates have no covariance, and so no normal law.
    """
    if results.model.endog is None:
        raise DataError("the data were removed from these results (remove_data): ArviZ data hold them")
    covariance = np.asarray(results.cov_params())
    if not np.isfinite(covariance).all():
        raise NotAvailableError(f"no draws for ArviZ: {results.covariance_note}")
    model, names = results.model, results.model.exog_names
    predictors = model.predictors
    centre = model.working(np.asarray(results.params))
    slopes = params_jacobian(predictors, centre)
    if not is_whole(draws) or draws < 1:
        raise ArgumentError(f"draws = {shown(draws)}: give a positive whole number of draws of each chain")
    numbers = 2 * len(names) + (int(results.nobs) if model.prob_weights is None else 0)
    check_memory_for("draws", draws, CHAINS * numbers * np.dtype(float).itemsize)
    generator = checked_generator(rng)
    working = generator.multivariate_normal(
        centre, covariance / np.outer(slopes, slopes), size=(CHAINS, draws), method="cholesky"
    )
    params = params_from_working(predictors, working)
    name, frequencies = str(model.endog_names), 1 if model.freq_weights is None else model.freq_weights.astype(int)
    each = np.repeat(np.arange(len(model.endog)), frequencies)
    observed = {name: np.asarray(model.endog), **_further_columns(model)}
    groups = {
        "posterior": {name: params[:, :, j] for j, name in enumerate(names)},
        "log_likelihood": {name: np.stack([[_densities(model, vector)[each] for vector in chain] for chain in params])},
        "observed_data": {name: column[each] for name, column in observed.items()},
    }
    if model.prob_weights is not None:
        del groups["log_likelihood"]
    return _from_dict(groups)


def _further_columns(model: LikelihoodModel) -> dict[str, np.ndarray]:
    """Columns of the response besides the first."""
    return {} if model.family is None else {name: model.columns[name] for name in model.family.law.observed}


def _densities(model: LikelihoodModel, params: np.ndarray) -> np.ndarray:
    """Log density of each row, `(m,)`, without its frequency."""
    values = model.loglikeobs(params)
    return values if model.freq_weights is None else values / np.maximum(model.freq_weights, 1)


def _from_dict(groups: dict[str, dict[str, np.ndarray]]) -> Any:
    import arviz

    make: Any = arviz.from_dict
    return make(groups) if int(arviz.__version__.split(".")[0]) >= 1 else make(**groups)
