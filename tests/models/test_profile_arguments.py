"""What profile likelihood refuses, and how it says so."""

import warnings

import numpy as np
import pytest

import likelihood_kit as lk
from likelihood_kit.errors import ArgumentError, NotAvailableError


@pytest.fixture(scope="module")
def gamma():
    return lk.LikelihoodModel(np.random.default_rng(3).gamma(2, 3, 30), family=lk.Gamma()).fit()


def test_a_function_that_ends_within_its_space_is_refused():
    """p (1 - p) is nowhere above 1/4, which this sample does not exclude."""
    results = lk.LikelihoodModel([0, 0, 0, 1, 0], family=lk.Bernoulli()).fit()
    with pytest.raises(NotAvailableError, match="upper end was not found"):
        results.profile(lambda probability: probability * (1 - probability)).conf_int()


class Kinked(lk.Family):
    loc = lk.Real()

    @staticmethod
    def log_density(y, loc):
        return -np.log(2) - np.abs(y - loc)


def test_refused_by_name(gamma):
    with pytest.raises(NotAvailableError, match="kink"):
        lk.LikelihoodModel([1.0, 2.0, 4.0], family=Kinked()).fit().profile("loc")
    with pytest.raises(NotAvailableError, match="support moves"):
        lk.LikelihoodModel([1.0, 2.0, 4.0], family=lk.Uniform()).fit().conf_int(method="profile")
    y = gamma.model.endog
    weighted = lk.LikelihoodModel(y, family=lk.Gamma(), prob_weights=np.linspace(1, 2, 30)).fit()
    with pytest.raises(NotAvailableError, match="prob_weights"):
        weighted.profile("shape")
    clustered = gamma.model.fit(cov_type="cluster", cov_kwds={"groups": np.repeat(np.arange(10), 3)})
    with pytest.raises(NotAvailableError, match="cluster"):
        clustered.conf_int(method="profile")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        nothing = lk.LikelihoodModel([0, 0, 0], family=lk.Poisson()).fit()
    with pytest.raises(NotAvailableError, match="not certified"):
        nothing.profile("rate")


@pytest.mark.parametrize("of", ["sahpe", 3, None, lambda shape: shape, lambda shape, scale: 1.0])
def test_what_is_no_parameter_and_no_function_of_them(gamma, of):
    with pytest.raises(ArgumentError, match="of"):
        gamma.profile(of)


@pytest.mark.parametrize("alpha", [0, 1, -1, "a", None, True])
def test_what_is_no_level(gamma, alpha):
    with pytest.raises(ArgumentError, match="alpha"):
        gamma.profile("shape").conf_int(alpha)


def test_what_is_no_value_of_a_profile(gamma):
    profile = gamma.profile("shape")
    for bad in ([1.0, np.nan], [], "a"):
        with pytest.raises(lk.errors.DataError, match="values"):
            profile.deviance(bad)
    for options in ({"reach": 1e6}, {"points": 10**6}, {"points": 1}, {"reach": 0}):
        with pytest.raises(ArgumentError, match="reach = "):
            profile.curve(**options)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert np.isfinite(gamma.conf_int(1e-300)).all()
