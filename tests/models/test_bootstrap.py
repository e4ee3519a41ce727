"""Resampled rows are whole rows: whatever the model knows of a row goes with it."""

from typing import ClassVar

import numpy as np
import pytest
from numpy.testing import assert_allclose

import likelihood_kit as lk
from likelihood_kit.errors import ArgumentError

ROWS, SLOPE = 60, 3.2
RNG = np.random.default_rng(0)
X = np.column_stack([np.ones(ROWS), RNG.normal(size=ROWS)])
Y = X @ [1.0, SLOPE] + RNG.normal(size=ROWS)
SPREAD = RNG.uniform(0.5, 2.0, ROWS)


class Kinked(lk.Family):
    """A normal law that its author calls regular and not smooth."""

    loc = lk.Real()
    scale = lk.Positive()
    smooth = False
    regular = True

    @staticmethod
    def log_density(y, loc, scale):
        return -np.log(2 * np.pi) / 2 - np.log(scale) - ((y - loc) / scale) ** 2 / 2


class Ends(lk.Family):
    """Uniform law from 0 to a multiple, known for each row, of its scale."""

    scale = lk.Positive()
    multiple = lk.Known(lk.Positive())
    support = lk.Interval(0, lambda scale, multiple: scale * multiple, closed=(False, True))

    @staticmethod
    def log_density(y, scale, multiple):
        return -np.log(scale * multiple) + 0 * y

    @staticmethod
    def maximum_likelihood(y, multiple):
        return {"scale": (y / multiple).max(axis=-1)}


class Line(lk.LikelihoodModel):
    """A model with its own likelihood, which keeps a column under a name of its own."""

    parameters: ClassVar = {"slope": lk.Real()}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.regressor = self.exog[:, 1].copy()

    def loglikeobs(self, params):
        return -((self.endog - 1.0 - params[0] * self.regressor) ** 2) / 2


def least_squares(weights=1.0):
    return np.linalg.solve((X.T * weights) @ X, (X.T * weights) @ Y)


@pytest.mark.parametrize("more", [{}, {"freq_weights": np.arange(ROWS) % 3 + 1}], ids=["plain", "frequencies"])
def test_a_law_with_a_kink(more):
    """The response was resampled without its predictors: a slope of 3.2 had resamples of 0.03 on average."""
    results = lk.LikelihoodModel(Y, X, family=Kinked(), **more).fit()
    mean, spread, estimates = results.bootstrap(nrep=60, rng=1)
    assert np.isfinite(estimates).all()
    assert_allclose(results.params[:2], least_squares(more.get("freq_weights", np.ones(ROWS))), rtol=1e-6)
    # Mean of 60 resamples within five of its standard errors and a fifth of one resample's: false alarms below 1e-5.
    assert_allclose(mean[:2], results.params[:2], atol=(5 / np.sqrt(60) + 0.2) * spread.max())


def test_as_many_observations_are_drawn_as_there_are_not_as_many_as_rows():
    """Each row four times: estimates spread half as much as those of the rows once.

    Standard deviations of 100 estimates differ by 10 % of themselves: half of one is missed 1 time in a million.
    """
    counts = np.random.default_rng(5).negative_binomial(2, 0.3, ROWS)
    weighted = lk.LikelihoodModel(counts, family=lk.Poisson(), freq_weights=np.full(ROWS, 4)).fit()
    repeated, once = (lk.LikelihoodModel(np.tile(counts, times), family=lk.Poisson()).fit() for times in (4, 1))
    spread, same, other = (results.bootstrap(nrep=100, rng=1)[1] for results in (weighted, repeated, once))
    assert_allclose(spread, same, rtol=0.5)
    assert other > 1.5 * same


def test_a_law_with_a_kink_and_given_values():
    results = lk.LikelihoodModel(Y, X, family=Kinked(), given={"scale": SPREAD}).fit()
    mean, spread, _ = results.bootstrap(nrep=60, rng=1)
    assert_allclose(results.params, least_squares(SPREAD**-2), rtol=1e-6)
    assert_allclose(mean, results.params, atol=(5 / np.sqrt(60) + 0.2) * spread.max())


def test_a_maximum_in_closed_form_keeps_what_is_known_with_its_row():
    """Every resample's maximum is the ratio of one row: with rows broken apart it is a ratio of two."""
    multiple = RNG.uniform(1.0, 9.0, ROWS)
    y = 2.0 * multiple * RNG.uniform(0.1, 1.0, ROWS)
    results = lk.LikelihoodModel(y, family=Ends(), multiple=multiple).fit()
    estimates = results.bootstrap(nrep=30, rng=1)[2][:, 0]
    ratios = y / multiple
    assert np.abs(estimates[:, None] - ratios).min(axis=1).max() < 1e-12
    assert len(np.unique(estimates)) > 2
    broken = (RNG.permutation(y) / multiple).max()
    assert np.abs(broken - ratios).min() > 1e-6


def test_a_model_with_its_own_likelihood_keeps_its_columns():
    """A column that it had put aside stayed as it was, and the slope of resamples fell to 0."""
    results = Line(Y, X).fit()
    mean, spread, estimates = results.bootstrap(nrep=40, rng=1)
    assert np.isfinite(estimates).all()
    assert_allclose(mean, results.params, atol=(5 / np.sqrt(40) + 0.2) * spread[0])
    assert_allclose(spread, ROWS**-0.5, rtol=0.6)


@pytest.mark.parametrize("rng", ["a", -1, 1.5, True, [-1]])
def test_what_is_no_generator(rng):
    results = lk.LikelihoodModel(Y, family=lk.Normal()).fit()
    with pytest.raises(ArgumentError, match="rng = "):
        results.bootstrap(nrep=2, rng=rng)


class Laplace(lk.Family):
    """A law with a kink, and no closed form for its maximum."""

    loc, scale = lk.Real(), lk.Positive()

    @staticmethod
    def log_density(y, loc, scale):
        return -np.abs(y - loc) / scale - np.log(2 * scale)


def test_a_law_that_is_climbed_by_its_values_is_resampled():
    """A batch went by Newton's steps, and all resamples had no maximum."""
    y = np.random.default_rng(3).laplace(2.0, 1.0, 41)
    estimates = lk.LikelihoodModel(y, family=Laplace()).fit().bootstrap(nrep=4, rng=1)[2]
    assert np.isfinite(estimates).all()
    assert np.abs(estimates[:, 0] - 2.0).max() < 1.5


@pytest.mark.parametrize("method", ["nonsense", 3])
def test_a_method_that_is_none(method):
    results = lk.LikelihoodModel([1.0, 2.0, 4.0], family=lk.Gamma()).fit()
    with pytest.raises(lk.errors.ArgumentError, match="method"):
        results.bootstrap(2, method=method)


def test_the_generator_in_second_place_was_taken_for_a_search():
    results = lk.LikelihoodModel([1.0, 2.0, 4.0, 3.0], family=lk.Exponential()).fit()
    expected = results.bootstrap(nrep=5, rng=1)[2]
    for found in (results.bootstrap(5, 1), results.bootstrap(5, np.random.default_rng(1)), results.bootstrap(5, rng=1)):
        assert len(found) == 3
        assert_allclose(found[2], expected, rtol=0)
    assert_allclose(results.bootstrap(replications=5, rng=1)[2], expected, rtol=0)
    assert np.abs(results.bootstrap(5, 2)[2] - expected).max() > 0
    # In statsmodels' order the second is the name of a search.
    assert results.bootstrap(5, "newton", 0, 1)[2].shape == expected.shape
    with pytest.raises(ArgumentError, match="two names of one number"):
        results.bootstrap(5, nrep=6)
    with pytest.raises(ArgumentError, match="rng = 'nwton'"):
        results.bootstrap(5, "nwton")
