"""One piece of a study: samples of one size from random numbers of its own, and the estimates from them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from likelihood_kit.families import Family
from likelihood_kit.simulation.estimates import Columns, Estimates
from likelihood_kit.simulation.estimators import Estimator


def one_chunk(
    family: Family,
    truth: Mapping[str, float],
    estimators: Mapping[str, Estimator],
    seed: int,
    n: int,
    chunk: int,
    r: int,
    first: int | None = None,
) -> dict[str, Estimates]:
    """Estimates by all estimators on r samples of size n of the chunk's own, or on the `first` of them."""
    samples = drawn(family, truth, (r, n), random_of(seed, n, chunk))
    samples = {name: column[:first] for name, column in samples.items()}
    return {name: estimator(samples) for name, estimator in estimators.items()}


def random_of(seed: int, n: int, chunk: int) -> np.random.SeedSequence:
    """Where the random numbers of a chunk come from."""
    return np.random.SeedSequence(seed, spawn_key=(n, chunk))


def drawn(family: Family, truth: Mapping[str, float], shape: tuple[int, int], seed: np.random.SeedSequence) -> Columns:
    """Samples `(r, n)`: the columns of the response by name."""
    found = family.sample(shape, np.random.default_rng(seed), **truth)
    columns = found if family.law.observed else (found,)
    return {name: np.asarray(column, dtype=float) for name, column in zip(family.law.response, columns, strict=True)}
