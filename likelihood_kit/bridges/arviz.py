"""A fit as ArviZ data, so that its plots, summaries and model comparisons apply."""

from __future__ import annotations

from typing import Any

import numpy as np

from likelihood_kit.errors import NotAvailableError
from likelihood_kit.models import LikelihoodResults
from likelihood_kit.predictor import params_from_working, params_jacobian

CHAINS = 4


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
        `log_likelihood` of each observation `(chain, draw, n)`; `observed_data`.

    Raises
    ------
    NotAvailableError
        Where the estimates have no covariance, and so no normal law.
    """
    covariance = np.asarray(results.cov_params())
    if not np.isfinite(covariance).all():
        raise NotAvailableError(f"no draws for ArviZ: {results.covariance_note}")
    model, names = results.model, results.model.exog_names
    predictors = model.predictors
    centre = model.working(np.asarray(results.params))
    slopes = params_jacobian(predictors, centre)
    generator = np.random.default_rng(rng)
    working = generator.multivariate_normal(
        centre, covariance / np.outer(slopes, slopes), size=(CHAINS, draws), method="cholesky"
    )
    params = params_from_working(predictors, working)
    rows = np.stack([[model.loglikeobs(vector) for vector in chain] for chain in params])
    groups = {
        "posterior": {name: params[:, :, j] for j, name in enumerate(names)},
        "log_likelihood": {str(model.endog_names): rows},
        "observed_data": {str(model.endog_names): np.asarray(model.endog)},
    }
    return _from_dict(groups)


def _from_dict(groups: dict[str, dict[str, np.ndarray]]) -> Any:
    import arviz

    make: Any = arviz.from_dict
    return make(groups) if int(arviz.__version__.split(".")[0]) >= 1 else make(**groups)
