import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import likelihood_kit as lk
from likelihood_kit.errors import ArgumentError, DataError, NotAvailableError

DRAWS = 1000


@pytest.fixture(scope="module")
def fitted():
    y = np.random.default_rng(4).gamma(2.0, 3.0, 150)
    return lk.LikelihoodModel(y, family=lk.Gamma()).fit()


def test_draws_have_the_law_of_the_estimates(fitted):
    posterior = fitted.to_arviz(DRAWS, rng=1)["posterior"]
    draws = np.stack([np.asarray(posterior[name]).ravel() for name in ("shape", "scale")])
    assert draws.min() > 0
    logs = np.log(draws)
    # Four standard errors of 4000 draws: a false alarm in about 1 of 5000 runs, and the seed is fixed.
    error = fitted.bse / fitted.params
    assert np.all(np.abs(logs.mean(axis=1) - np.log(fitted.params)) < 4 * error / np.sqrt(4 * DRAWS))
    assert_allclose(logs.std(axis=1), error, rtol=4 / np.sqrt(2 * 4 * DRAWS))
    correlation = fitted.cov_params()[0, 1] / np.prod(fitted.bse)
    assert_allclose(np.corrcoef(logs)[0, 1], correlation, atol=4 / np.sqrt(4 * DRAWS))


def test_draws_are_the_same_again(fitted):
    """Of four chains, from the seed 0 unless another is given."""
    first, again, seeded, other = (
        np.asarray(fitted.to_arviz(6, **rng)["posterior"]["shape"]) for rng in ({}, {}, {"rng": 0}, {"rng": 1})
    )
    assert first.shape == (4, 6)
    assert_array_equal(again, first)
    assert_array_equal(seeded, first)
    assert not np.array_equal(other, first)


def test_log_likelihood_is_that_of_the_draws(fitted):
    tree = fitted.to_arviz(5, rng=2)
    params = [float(tree["posterior"][name][1, 3]) for name in ("shape", "scale")]
    assert_allclose(np.asarray(tree["log_likelihood"]["y"])[1, 3], fitted.model.loglikeobs(params))
    assert_allclose(np.asarray(tree["observed_data"]["y"]), fitted.model.endog)


def test_frequencies_are_repeated_observations():
    """The log likelihood of a row of frequency 3 was that of one observation, three times as large."""
    y, frequencies = np.array([0.0, 1.0, 2.0, 5.0]), np.array([3, 0, 2, 1])
    weighted = lk.LikelihoodModel(y, family=lk.Poisson(), freq_weights=frequencies).fit().to_arviz(5, rng=1)
    repeated = lk.LikelihoodModel(np.repeat(y, frequencies), family=lk.Poisson()).fit().to_arviz(5, rng=1)
    for group in ("log_likelihood", "observed_data"):
        assert_allclose(np.asarray(weighted[group]["y"]), np.asarray(repeated[group]["y"]), rtol=1e-9)


def test_a_pseudo_likelihood_has_draws_alone():
    y = np.random.default_rng(4).gamma(2.0, 3.0, 50)
    tree = lk.LikelihoodModel(y, family=lk.Gamma(), prob_weights=np.arange(1.0, 51.0)).fit().to_arviz(5, rng=1)
    assert np.asarray(tree["posterior"]["shape"]).shape == (4, 5)
    assert not hasattr(tree, "log_likelihood")


def test_all_columns_of_the_response_are_observed():
    y, event = np.array([1.0, 2.0, 3.0, 4.0]), np.array([1, 1, 0, 1])
    tree = lk.LikelihoodModel(y, family=lk.censored(lk.Exponential()), event=event).fit().to_arviz(5, rng=1)
    assert_allclose(np.asarray(tree["observed_data"]["event"]), event)


def test_removed_data_are_missed():
    results = lk.LikelihoodModel([1.0, 2.0, 4.0], family=lk.Exponential()).fit()
    results.remove_data()
    with pytest.raises(DataError, match="remove_data"):
        results.to_arviz()


def test_no_covariance_no_draws():
    results = lk.LikelihoodModel([1.0, 2.0, 4.0], family=lk.Uniform()).fit()
    with pytest.raises(NotAvailableError, match="no standard errors: the support"):
        results.to_arviz()


@pytest.mark.parametrize("draws", [10**12, 10**30])
def test_more_draws_than_fit_into_memory_are_refused(draws):
    with pytest.raises(ArgumentError, match="of memory are free"):
        lk.LikelihoodModel([1.0, 2.0, 4.0], family=lk.Exponential()).fit().to_arviz(draws)
