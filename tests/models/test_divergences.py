"""Takeuchi's criterion, the cross-entropy of a fit, and its divergence from a reference."""

import warnings

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats

import likelihood_kit as lk
from likelihood_kit.errors import ArgumentError, NotAvailableError

RNG = np.random.default_rng(8)
COUNTS = RNG.poisson(3, 100)


def test_tic_of_a_normal_law_by_its_kurtosis():
    """tr(J^-1 K) = 1 + (kurtosis - 1) / 2 for mean and standard deviation: White (1982), section 5."""
    y = RNG.gamma(2, 3, 200)
    results = lk.LikelihoodModel(y, family=lk.Normal()).fit()
    penalty = 1 + (stats.kurtosis(y, fisher=False) - 1) / 2
    assert_allclose(results.tic, -2 * results.llf + 2 * penalty, rtol=1e-10)
    assert_allclose(results.cross_entropy().penalty, penalty / 200, rtol=1e-9)


def test_tic_of_a_poisson_law_is_by_its_dispersion_and_knows_frequencies():
    values, counts = np.unique(COUNTS, return_counts=True)
    wanted = -2 * stats.poisson.logpmf(COUNTS, COUNTS.mean()).sum() + 2 * COUNTS.var() / COUNTS.mean()
    for model in (
        lk.LikelihoodModel(COUNTS, family=lk.Poisson()),
        lk.LikelihoodModel(values, family=lk.Poisson(), freq_weights=counts),
    ):
        assert_allclose(model.fit().tic, wanted, rtol=1e-10)


def test_tic_in_units_that_are_far_apart():
    """Sandwich and information in the coordinates of params, but for their digits."""
    x = RNG.normal(size=300)
    y = 1 + x + RNG.standard_t(5, 300)
    near, far = (
        lk.LikelihoodModel(y, np.column_stack([np.ones(300), 1e6 + scale * x]), family=lk.Normal()).fit()
        for scale in (1.0, 1e-3)
    )
    plain = lk.LikelihoodModel(y, np.column_stack([np.ones(300), x]), family=lk.Normal()).fit()
    assert_allclose([near.tic, far.tic], plain.tic, rtol=1e-7)


def test_tic_is_near_aic_where_the_model_is_right_and_not_where_it_is_wrong():
    y = np.random.default_rng(1).normal(size=5000)
    right = lk.LikelihoodModel(y, family=lk.Normal()).fit()
    assert abs(right.tic - right.aic) < 0.3
    wrong = lk.LikelihoodModel(np.exp(y), family=lk.Normal()).fit()
    assert wrong.tic - wrong.aic > 20


def test_cross_entropy_is_least_at_the_estimate():
    results = lk.LikelihoodModel(COUNTS, family=lk.Poisson()).fit()
    found = results.cross_entropy()
    densities = stats.poisson.logpmf(COUNTS, COUNTS.mean())
    assert_allclose(found.value, -densities.mean())
    assert_allclose(found.standard_error, densities.std(ddof=1) / 10)
    assert found.n == 100
    for rate in (0.99, 1.01):
        assert found.value < -stats.poisson.logpmf(COUNTS, rate * COUNTS.mean()).mean()


def test_cross_entropy_is_the_entropy_of_the_sample_and_the_divergence_from_it():
    results = lk.LikelihoodModel(COUNTS, family=lk.Poisson()).fit()
    share = np.unique(COUNTS, return_counts=True)[1] / 100
    divergence = results.kl_divergence("empirical")
    assert_allclose(results.cross_entropy().value, -(share @ np.log(share)) + divergence, rtol=1e-12)
    values, counts = np.unique(COUNTS, return_counts=True)
    weighted = lk.LikelihoodModel(values, family=lk.Poisson(), freq_weights=counts).fit()
    assert_allclose(weighted.kl_divergence("empirical"), divergence, rtol=1e-10)


def test_divergence_from_a_reference():
    results = lk.LikelihoodModel(COUNTS, family=lk.Poisson()).fit()
    rate = COUNTS.mean()
    assert_allclose(results.kl_divergence((lk.Poisson(), {"rate": 2.0})), 2 * np.log(2 / rate) + rate - 2, rtol=1e-9)
    time = np.minimum(RNG.exponential(3, 100), 4)
    family = lk.censored(lk.Exponential())
    censored = lk.LikelihoodModel(time, family=family, event=(time < 4).astype(int)).fit()
    ratio = 3 / censored.params[0]
    assert_allclose(censored.kl_divergence((lk.Exponential(), {"scale": 3.0})), ratio - 1 - np.log(ratio), rtol=1e-8)
    trials = np.full(100, 9)
    binomial = lk.LikelihoodModel(np.minimum(COUNTS, 9), family=lk.Binomial(), trials=trials).fit()
    reference = binomial.kl_divergence((lk.Binomial(), {"probability": 0.5}))
    p = binomial.params[0]
    assert_allclose(reference, 9 * (0.5 * np.log(0.5 / p) + 0.5 * np.log(0.5 / (1 - p))), rtol=1e-8)


def test_refused_by_name():
    gamma = lk.LikelihoodModel(RNG.gamma(2, 3, 50), family=lk.Gamma()).fit()
    with pytest.raises(NotAvailableError, match="infinite for a law that is not of whole numbers"):
        gamma.kl_divergence("empirical")
    for reference in ("gamma", lk.Gamma(), (lk.Gamma,), (1, 2), None, [1.0, 2.0]):
        with pytest.raises(ArgumentError, match="reference"):
            gamma.kl_divergence(reference)
    x = np.column_stack([np.ones(50), RNG.normal(size=50)])
    regression = lk.LikelihoodModel(RNG.gamma(2, 3, 50), x, family=lk.Gamma()).fit()
    with pytest.raises(NotAvailableError, match=r"laws of their own .*scale"):
        regression.kl_divergence((lk.Gamma(), {"shape": 2.0, "scale": 3.0}))
    weighted = lk.LikelihoodModel(RNG.gamma(2, 3, 50), family=lk.Gamma(), prob_weights=np.linspace(1, 2, 50)).fit()
    with pytest.raises(NotAvailableError, match="prob_weights"):
        weighted.tic  # noqa: B018
    with pytest.raises(NotAvailableError, match="prob_weights"):
        weighted.cross_entropy()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        nothing = lk.LikelihoodModel([0, 0, 0], family=lk.Poisson()).fit()
    assert np.isnan(nothing.tic)
    with pytest.raises(NotAvailableError, match="not certified"):
        nothing.cross_entropy()
    uniform = lk.LikelihoodModel(RNG.uniform(size=50), family=lk.Uniform()).fit()
    with pytest.raises(NotAvailableError, match="support moves"):
        uniform.tic  # noqa: B018
    assert np.isnan(uniform.cross_entropy().penalty)
