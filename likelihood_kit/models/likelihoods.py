"""The likelihood of a model's data: the rows as a sample, their likelihood, and the one that is summed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from likelihood_kit.calculus import DATUM
from likelihood_kit.families import Family
from likelihood_kit.likelihood import Likelihood
from likelihood_kit.models.own_likelihood import rows_of
from likelihood_kit.models.rows import RowLikelihood
from likelihood_kit.predictor import data_columns, held_parameters
from likelihood_kit.sample import Sample


def sample_of(model: Any) -> Sample:
    """The data of a model with a family as a sample, one row for each of the model's."""
    columns = data_columns(model.family, {DATUM: model.endog, **model.columns})
    sampling = None if model.prob_weights is None else model.prob_weights / sampling_unit(model)
    return Sample.of(columns, frequencies=model.freq_weights, sampling=sampling)


def sampling_unit(model: Any) -> float:
    """Mean of the sampling weights; 1 without any.

    In units of it a search and its sandwich know nothing of the scale of the weights: of 1e-12 times the same ones the
    log likelihood has no slope that rounding would leave, and the squares of 1e300 are no numbers.
    """
    if model.prob_weights is None:
        return 1.0
    largest = float(np.max(model.prob_weights))
    return largest * float(np.mean(model.prob_weights / largest))


def likelihood_of(model: Any) -> Likelihood | RowLikelihood:
    """Log likelihood of a model as a function of the working vector, row by row."""
    if model.family is None:
        return RowLikelihood(rows_of(model), model.predictors)
    return Likelihood(model.family.kernels, model.sample, model.predictors, model.held)


def held(family: Family, given: Mapping[str, np.ndarray]) -> dict[int, Any]:
    """Parameters of the kernel that are fixed, or given for each row, by position."""
    names = family.coordinate_names
    return held_parameters(family) | {names.index(name): values[None] for name, values in given.items()}


def summed(likelihood: Likelihood | RowLikelihood, family: Family | None) -> Likelihood | RowLikelihood:
    """The same log likelihood, on values and frequencies where the data are few distinct counts."""
    if family is None or not family.discrete or not isinstance(likelihood, Likelihood) or not likelihood.identical:
        return likelihood
    compressed = likelihood.sample.compressed()
    return likelihood if compressed is likelihood.sample else replace(likelihood, sample=compressed)
