"""What a user's own estimator returns, and on what its estimates may depend."""

from collections import namedtuple

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal

from likelihood_kit.errors import ArgumentError
from likelihood_kit.families import Exponential, Gamma
from likelihood_kit.simulation import Study
from likelihood_kit.simulation.own_functions import by_function, of_each_sample


def columns(samples):
    mean, variance = samples.mean(axis=1), samples.var(axis=1)
    return {"scale": variance / mean, "shape": mean**2 / variance}


def frame(samples, **settings):
    return pd.DataFrame(columns(samples), **settings)


def records(samples):
    found = columns(samples)
    table = np.zeros(len(samples), dtype=[(name, float) for name in found])
    for name, values in found.items():
        table[name] = values
    return table


Pair = namedtuple("Pair", ["scale", "shape"])

LABELLED = {
    "data frame": frame,
    "rows reversed": lambda samples: frame(samples).iloc[::-1],
    "dict": columns,
    "dict of series, one reversed": lambda samples: {
        "shape": frame(samples)["shape"].iloc[::-1],
        "scale": columns(samples)["scale"],
    },
    "named tuple": lambda samples: Pair(**columns(samples)),
    "records": records,
    "positions": lambda samples: pd.DataFrame(np.c_[columns(samples)["shape"], columns(samples)["scale"]])[::-1],
}


@pytest.fixture
def samples(rng):
    return {"y": rng.gamma(2.0, 3.0, (30, 9))}


@pytest.mark.parametrize("function", LABELLED.values(), ids=LABELLED)
def test_estimates_of_one_parameter_were_reported_as_those_of_another(function, samples):
    """A data frame was taken by position, whatever its columns and rows are named."""
    right = columns(samples["y"])
    found = of_each_sample("own", function, Gamma(), samples)
    assert_array_equal(found.values, np.c_[right["shape"], right["scale"]])


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (lambda s: frame(s).rename(columns={"shape": "shpae"}), "columns named scale, shpae; .*did you mean 'shape'"),
        (lambda s: frame(s)[["shape"]], "columns named shape; they must be shape, scale, in any order"),
        (lambda s: frame(s)[["shape", "shape"]], "returns columns named shape"),
        (lambda s: frame(s).assign(extra=1.0), "columns named scale, shape, extra"),
        (lambda s: frame(s).set_axis(range(1, len(s) + 1)), "rows labelled 1, 2, 3, ...; they must be the positions"),
        (lambda s: {"shape": 1.0, "scale": 2.0}, r"columns of shapes \(\), \(\)"),
        (lambda s: frame(s)[1:], r"columns of shapes \(29,\), \(29,\)"),
        (lambda s: {}, "does not return numbers"),
    ],
)
def test_labels_that_are_not_the_parameters_or_the_samples_are_refused(function, words, samples):
    with pytest.raises(ArgumentError, match=words):
        by_function("own", function, Gamma(), samples)


@pytest.mark.parametrize(
    "function",
    [
        lambda s: np.full(len(s), s.mean()),
        lambda s: 0.5 * s.mean(axis=1) + 0.5 * s.mean(),
        lambda s: np.sort(s.mean(axis=1)),
        lambda s: np.sort(s, axis=0).mean(axis=1),
    ],
)
def test_an_estimate_that_depends_on_the_other_samples_was_not_noticed(function, samples):
    with pytest.raises(ArgumentError, match=r"of the first sample among 30, and .* an estimate must depend on its own"):
        of_each_sample("own", function, Exponential(), samples)


def test_estimates_that_draw_random_numbers_or_round_another_way_pass(samples):
    draw = np.random.default_rng(1)
    for function in (
        lambda s: s.mean(axis=1) * draw.uniform(0.5, 2, len(s)),
        lambda s: s.mean(axis=1) * (1 + 1e-5 * len(s)),
        lambda s: np.where(s.mean(axis=1) > 6, s.mean(axis=1), np.nan),
    ):
        of_each_sample("own", function, Exponential(), samples)


def test_a_function_that_sorts_its_samples_in_place_is_told_what_to_write():
    """It said `sort array is read-only`."""
    own = Study(Exponential(), {"scale": 2.0}, 10, 30, {"sorter": lambda s: s.sort(1)}, seed=1)
    with pytest.raises(ArgumentError, match=r"read-only; it changes its samples in place.*np.sort\(s, axis=1\)"):
        own.run(progress=False)
