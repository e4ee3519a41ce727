"""Expected information of a fitted model by samples of its law, where there is neither closed form nor quadrature."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from likelihood_kit import diagnostics
from likelihood_kit.diagnostics.replicates import informations, of_samples
from likelihood_kit.models.simulated import draws

#: Samples, of which there are fewer where that is more rows than these.
SAMPLES, FEWEST, ROWS = 1000, 20, 2**20


def expected_by_draws(results: Any, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Covariance `(k, k)` by scores of samples of the fitted law, and relative errors `(k,)` by Monte Carlo.

    It is the inverse of the mean outer product of the scores, in well-conditioned coordinates; the errors are those of
    the standard errors of params that it gives.

    Raises
    ------
    NotAvailableError
        Where nothing can be drawn.
    """
    model = results.model
    here = model.conditioned
    whole, working = here.rows, here.inner(model.working(np.asarray(results.params)))
    frequencies = None if whole.sample.frequencies is None else whole.sample.frequencies[0]
    chosen = diagnostics.rows_of_observations(whole.sample.rows, frequencies, int(model.observations))
    likelihood = whole.row_subset(chosen)
    likelihood = replace(likelihood, sample=replace(likelihood.sample, frequencies=None))
    known = {name: values[chosen] for name, values in model.known.items()}
    draw = draws(model.family, likelihood, working, known)
    rng, n = np.random.default_rng(seed), len(chosen)
    count = int(np.clip(ROWS // n, FEWEST, SAMPLES))
    at_once = max(1, ROWS // 4 // n)
    found: list[np.ndarray] = []
    for begin in range(0, count, at_once):
        r = min(at_once, count - begin)
        found.append(informations(of_samples(likelihood, draw(r, rng)), np.tile(working, (r, 1)))[1])
    each = np.concatenate(found)
    covariance = diagnostics.covariance(each.mean(axis=0))
    along = here.transform @ covariance
    # To first order the inverse moves by C dI C, and a standard error by half the relative change of its square.
    moved = np.einsum("ja,rab,jb->rj", along, each, along) / np.diag(here.covariance(covariance))
    return covariance, moved.std(axis=0) / np.sqrt(count) / 2
