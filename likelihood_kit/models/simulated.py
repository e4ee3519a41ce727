"""Samples of the law of a fit in the place of its rows."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from statsmodels.base.data import PandasData

from likelihood_kit import diagnostics
from likelihood_kit._numerics import is_whole
from likelihood_kit._numerics.memory import check_memory_for
from likelihood_kit.calculus import DATUM
from likelihood_kit.diagnostics.censoring import drawn_limits
from likelihood_kit.diagnostics.replicates import Draw
from likelihood_kit.errors import ArgumentError, NotAvailableError, shown
from likelihood_kit.families import Family
from likelihood_kit.families.compositions.censored import EVENT, LIMIT
from likelihood_kit.families.sampling import checked_generator, response
from likelihood_kit.likelihood import Likelihood
from likelihood_kit.models import at_params
from likelihood_kit.models.existence import require_estimate, require_likelihood

#: Places on the range of the data that are told apart: no rounding of another unit moves an observation by half of one.
PLACES = 2**20


def draws(
    family: Family, likelihood: Likelihood, working: np.ndarray, known: Mapping[str, np.ndarray], n: int | None = None
) -> Draw:
    """Sampler of the law at working `(k,)`, in the place of the rows of a likelihood, or of n rows of one law.

    Limits of observation that are not known are drawn too, see `drawn_limits`.
    """
    theta = at_params.natural_values(likelihood, working)
    theta = {name: value if len(value) > 1 else value[0] for name, value in theta.items()}
    rows = likelihood.sample.rows if n is None else n
    observed = {name: np.ravel(column) for name, column in likelihood.sample.columns.items()}
    lacks_limits = needs_limits(family, known)

    def draw(r: int, rng: np.random.Generator) -> dict[str, np.ndarray]:
        limits = {LIMIT: drawn_limits(observed[DATUM], observed[EVENT], r, rng)} if lacks_limits else {}
        drawn = family.sample((r, rows), rng, **theta, **known, **limits)
        columns = drawn if family.law.observed else (drawn,)
        names = family.law.response
        return {name: np.asarray(column, dtype=float) for name, column in zip(names, columns, strict=True)}

    return draw


def data_number(column: np.ndarray) -> int:
    """A number of the data to seed samples with, beside a user's seed: the same in other units.

    So that over many data sets a level is the stated one, and not what one set of samples gives.
    """
    y = np.ravel(column)
    places = (y - y.min()) / (np.ptp(y) or 1.0)
    return zlib.crc32(np.round(places * PLACES).astype(np.int64).tobytes())


def needs_limits(family: Family, known: Mapping[str, Any]) -> bool:
    """Whether observation ended where nobody says."""
    law = family.law
    return EVENT in law.observed and LIMIT in law.known and LIMIT not in {**known, **family.fixed}


def simulated(results: Any, rng: Any, n: Any) -> Any:
    """A sample of the law of results."""
    model, family = results.model, results.model.family
    if family is None:
        raise NotAvailableError("a sample needs a law to draw from, and so a family; loglikeobs is none")
    require_estimate(results, "sample of the fitted law")
    require_likelihood(model, "a sample of the fitted law")
    generator = checked_generator(rng)
    likelihood, sample = model.likelihood, model.likelihood.sample
    working = model.working(np.asarray(results.params))
    if n is None:
        frequencies = None if sample.frequencies is None else sample.frequencies[0]
        count = int(model.observations)
        chosen = diagnostics.rows_of_observations(sample.rows, frequencies, count)
        part = likelihood.row_subset(chosen)
        known = {name: values[chosen] for name, values in model.known.items()}
        labels = model.data.row_labels
        index = None if labels is None else labels[chosen]
    else:
        part, known, index = likelihood, _same_of_all_rows(model, likelihood, n), None
    drawn = draws(family, part, working, known, None if n is None else int(n))(1, generator)
    whole = {DATUM: family.discrete, **{name: space.whole for name, space in family.law.observed.items()}}
    columns = {name: values[0].astype(np.int64) if whole[name] else values[0] for name, values in drawn.items()}
    if not isinstance(model.data, PandasData):
        return response(family.law.response, tuple(columns.values())) if family.law.observed else columns[DATUM]
    named = {model.endog_names: columns.pop(DATUM), **columns}
    if len(named) > 1:
        return pd.DataFrame(named, index=index)
    return pd.Series(named[model.endog_names], index=index, name=model.endog_names)


def _same_of_all_rows(model: Any, likelihood: Likelihood, n: Any) -> dict[str, Any]:
    """What is known of every row alike; refused where the rows have laws of their own."""
    if not is_whole(n) or n < 1:
        raise ArgumentError(f"n = {shown(n)}: give a positive whole number of observations")
    check_memory_for("n", n, 2 * np.dtype(float).itemsize)
    own = [name for name, values in model.known.items() if np.ptp(values)]
    designs = [predictor.name for predictor in likelihood.predictors if predictor.columns is not None]
    if own or designs or needs_limits(model.family, model.known):
        differs = ", ".join(designs + own) or LIMIT
        raise ArgumentError(
            f"n is for fits in which all observations have one law; here {differs} is of each row: leave n out for a "
            "sample of the model's rows"
        )
    return {name: values[0] for name, values in model.known.items()}
