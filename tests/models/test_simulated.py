"""Samples of a fitted law stand in the place of the model's rows."""

import warnings

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import stats

import likelihood_kit as lk
from likelihood_kit.errors import ArgumentError, NotAvailableError

RNG = np.random.default_rng(5)
Y = RNG.gamma(2, 3, 200)
#: Level of each comparison with a law, by seeds that are fixed: one of 100 right samplers fails when they are changed.
LEVEL = 0.01


def test_one_law():
    results = lk.LikelihoodModel(Y, family=lk.Gamma()).fit()
    drawn = results.simulate(1)
    assert drawn.shape == (200,)
    assert_array_equal(drawn, results.simulate(1))
    assert_array_equal(drawn, results.simulate(np.random.default_rng(1)))
    assert not np.array_equal(drawn, results.simulate(2))
    shape, scale = results.params
    many = results.simulate(3, n=5000)
    assert stats.kstest(many, stats.gamma(shape, scale=scale).cdf).pvalue > LEVEL
    assert stats.kstest(many, stats.gamma(shape, scale=1.2 * scale).cdf).pvalue < 1e-6


def test_rows_of_a_design_keep_their_laws_and_their_labels():
    data = pd.DataFrame({"x": np.repeat([0.0, 2.0], 2000)}, index=[f"row {i}" for i in range(4000)])
    data["count"] = RNG.poisson(np.exp(0.5 + data["x"]))
    results = lk.LikelihoodModel.from_formula("count ~ x", data, family=lk.Poisson()).fit()
    drawn = results.simulate(1)
    assert isinstance(drawn, pd.Series)
    assert drawn.name == "count"
    assert drawn.index.equals(data.index)
    assert drawn.dtype == np.int64
    mean = drawn.groupby(data["x"]).mean()
    fitted = results.predict().groupby(data["x"]).mean()
    assert (np.abs(mean - fitted) < 4 * np.sqrt(fitted / 2000)).all()
    with pytest.raises(ArgumentError, match="n is for fits in which all observations have one law; here rate"):
        results.simulate(1, n=10)


def test_known_quantities_of_the_rows():
    trials = np.tile([1, 50], 300)
    model = lk.LikelihoodModel(RNG.binomial(trials, 0.4), family=lk.Binomial(), trials=trials)
    drawn = model.fit().simulate(1)
    assert (drawn <= trials).all()
    assert drawn[1::2].mean() == pytest.approx(20, abs=1)
    with pytest.raises(ArgumentError, match="trials"):
        model.fit().simulate(1, n=10)


@pytest.mark.parametrize("pandas", [False, True])
def test_censoring_of_the_rows(pandas):
    time = stats.expon(scale=3).rvs(300, random_state=1)
    limit = np.tile([2.0, 5.0], 150)
    columns = {"y": np.minimum(time, limit), "event": (time <= limit).astype(int), "limit": limit}
    if pandas:
        columns = {name: pd.Series(values, name=name) for name, values in columns.items()}
    family = lk.censored(lk.Exponential())
    results = lk.LikelihoodModel(columns["y"], family=family, event=columns["event"], limit=columns["limit"]).fit()
    drawn = results.simulate(1)
    assert isinstance(drawn, pd.DataFrame) is pandas
    assert (drawn.event[limit == drawn.y] == 0).all()
    assert (drawn.y <= limit).all()
    assert_allclose(drawn.event.mean(), columns["event"].mean(), atol=0.15)
    unknown = lk.LikelihoodModel(columns["y"], family=family, event=columns["event"]).fit().simulate(1)
    assert 0 < unknown.event.mean() < 1


def test_frequencies_are_rows_that_are_repeated():
    results = lk.LikelihoodModel([0, 1, 2, 7], family=lk.Poisson(), freq_weights=[5, 7, 0, 3]).fit()
    assert results.simulate(1).shape == (15,)


def test_refused_by_name():
    results = lk.LikelihoodModel(Y, family=lk.Gamma()).fit()
    for rng in ("1", -1, 1.5):
        with pytest.raises(ArgumentError, match="rng"):
            results.simulate(rng)
    for n in (0, -1, 1.5, "5"):
        with pytest.raises(ArgumentError, match="n ="):
            results.simulate(1, n)
    weighted = lk.LikelihoodModel(Y, family=lk.Gamma(), prob_weights=np.linspace(1, 2, 200)).fit()
    with pytest.raises(NotAvailableError, match="prob_weights"):
        weighted.simulate(1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        nothing = lk.LikelihoodModel([0, 0, 0], family=lk.Poisson()).fit()
    with pytest.raises(NotAvailableError, match="not certified"):
        nothing.simulate(1)
