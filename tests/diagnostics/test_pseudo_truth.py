"""Parameters nearest to a truth that is not in the model, in closed form and by simulation."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import special, stats

import likelihood_kit as lk
from likelihood_kit.errors import ArgumentError, NotAvailableError, ParameterError


def test_a_normal_model_has_the_moments_of_the_truth():
    """Of a Gamma law: J is diag(1, 2) / variance, K has the third and fourth central moments."""
    truth = stats.gamma(2.5, scale=3.0)
    found = lk.pseudo_true(lk.Gamma(), {"shape": 2.5, "scale": 3.0}, lk.Normal())
    sd, skew, excess = truth.std(), *map(float, truth.stats("sk"))
    assert_allclose(list(found.theta.values()), [truth.mean(), sd], rtol=1e-8)
    assert_allclose(found.sensitivity, np.diag([1, 2]) / sd**2, rtol=1e-7, atol=1e-9)
    assert_allclose(found.variability, np.array([[1, skew], [skew, excess + 2]]) / sd**2, rtol=1e-7)
    assert_allclose(found.covariance, np.array([[1, skew / 2], [skew / 2, (excess + 2) / 4]]) * sd**2, rtol=1e-7)


def test_a_gamma_model_of_a_log_normal_truth():
    """Expected sufficient statistics are equal: the mean, and the mean of the logarithm."""
    found = lk.pseudo_true(lk.LogNormal(), {"meanlog": 1.0, "sdlog": 0.7}, lk.Gamma())
    shape, scale = found.theta["shape"], found.theta["scale"]
    assert_allclose([shape * scale, special.digamma(shape) + np.log(scale)], [np.exp(1 + 0.7**2 / 2), 1.0], rtol=1e-8)
    against = lk.kl_divergence(
        lk.LogNormal(), {"meanlog": 1.0, "sdlog": 0.7}, lk.Gamma(), {**found.theta, "scale": scale * 1.02}
    )
    assert 0 < found.divergence < against


def test_a_weibull_model_of_a_log_normal_truth():
    """log y is normal, of which E[w exp(w)] is known: shape 1 / sdlog, scale exp(meanlog + sdlog / 2)."""
    found = lk.pseudo_true(lk.LogNormal(), {"meanlog": 0.3, "sdlog": 0.4}, lk.Weibull())
    assert_allclose(list(found.theta.values()), [1 / 0.4, np.exp(0.3 + 0.2)], rtol=1e-8)


def test_counts_with_more_spread_than_the_model():
    """Poisson: the mean of a negative binomial law; standard errors by its variance and not by its mean."""
    found = lk.pseudo_true(lk.NegativeBinomial(), {"mean": 4.0, "dispersion": 0.5}, lk.Poisson())
    table = found.standard_errors(100)
    assert_allclose(table.loc["rate"], [4.0, np.sqrt(12 / 100), np.sqrt(4 / 100), np.sqrt(3)], rtol=1e-8)


@pytest.mark.parametrize(
    ("family", "theta"),
    [
        (lk.Gamma(), {"shape": 0.4, "scale": 1e6}),
        (lk.StudentT(), {"loc": 1.0, "scale": 2.0, "df": 5.0}),
        (lk.Beta(), {"alpha": 0.7, "beta": 3.0}),
        (lk.Binomial(trials=7), {"probability": 0.3}),
        (lk.truncated(lk.Exponential(), low=2.0), {"scale": 3.0}),
    ],
    ids=repr,
)
def test_of_a_right_model_it_is_the_truth(family, theta):
    found = lk.pseudo_true(family, theta, family)
    assert_allclose(list(found.theta.values()), list(theta.values()), rtol=1e-5)
    assert found.divergence < 1e-8
    information = family.expected_information(**theta)
    assert_allclose(found.sensitivity, information, rtol=1e-4, atol=1e-15)
    assert_allclose(found.standard_errors(1)["ratio"], 1.0, rtol=1e-4)


def test_known_quantities_of_both_laws():
    """A binomial truth within a Poisson model; and no Bernoulli law is near a Poisson truth."""
    found = lk.pseudo_true(lk.Binomial(), {"probability": 0.2}, lk.Poisson(), trials=10)
    assert_allclose(found.standard_errors(1).loc["rate"], [2.0, np.sqrt(1.6), np.sqrt(2), np.sqrt(0.8)], rtol=1e-8)
    with pytest.raises(NotAvailableError, match="infinite whatever the parameters"):
        lk.pseudo_true(lk.Poisson(), {"rate": 2.0}, lk.Bernoulli())


def test_estimates_spread_as_it_says_and_not_as_the_information_says():
    """1,000 log-normal samples of 400 as Weibull: relative error of a standard deviation 2.2 %, four times allowed."""
    truth = {"meanlog": 0.0, "sdlog": 1.0}
    found = lk.pseudo_true(lk.LogNormal(), truth, lk.Weibull())
    samples = lk.LogNormal().sample((1000, 400), 1, **truth)
    estimates = np.array([lk.LikelihoodModel(y, family=lk.Weibull()).fit().params for y in samples])
    table = found.standard_errors(400)
    assert_allclose(estimates.std(axis=0), table["standard_error"], rtol=0.09)
    assert table["ratio"]["shape"] > 1.4
    # Bias is of the order 1/n: a tenth of a standard error here.
    assert_allclose(estimates.mean(axis=0), table["pseudo_true"], atol=0.3 * table["standard_error"].max())


def test_fixed_parameters_stay():
    found = lk.pseudo_true(lk.Normal(), {"mean": 1.0, "sd": 2.0}, lk.StudentT(df=4.0))
    assert list(found.theta) == ["loc", "scale"]
    assert_allclose(found.theta["loc"], 1.0, atol=1e-8)
    assert found.theta["scale"] < 2.0


def test_refusals():
    gamma, truth = lk.Gamma(), {"shape": 2.0, "scale": 3.0}
    with pytest.raises(ArgumentError, match="lives on whole numbers"):
        lk.pseudo_true(gamma, truth, lk.Poisson())
    with pytest.raises(NotAvailableError, match="not smooth"):
        lk.pseudo_true(gamma, truth, lk.Laplace())
    with pytest.raises(NotAvailableError, match="infinite whatever the parameters"):
        lk.pseudo_true(lk.Normal(), {"mean": 0.0, "sd": 1.0}, gamma)
    with pytest.raises(NotAvailableError, match="expected score does not exist"):
        lk.pseudo_true(lk.Cauchy(), {"loc": 0.0, "scale": 1.0}, lk.Normal())
    with pytest.raises(ParameterError, match="shape"):
        lk.pseudo_true(gamma, {"shape": -1.0, "scale": 3.0}, lk.Normal())
    with pytest.raises(ArgumentError, match="unknown"):
        lk.pseudo_true(gamma, truth, lk.Normal(), unknown=3)
    with pytest.raises(ArgumentError, match="free parameter"):
        lk.pseudo_true(gamma, truth, lk.Exponential(scale=2.0))
    found = lk.pseudo_true(gamma, truth, lk.Normal())
    for n in (0, -1, np.nan, np.inf, "many", None):
        with pytest.raises(ArgumentError, match="n = "):
            found.standard_errors(n)


@pytest.mark.parametrize("df", [3.9, 4.0, 4.05])
def test_a_fourth_moment_that_does_not_exist_was_a_number(df):
    """Where the density underflows its product with a fourth power was 0: 4,227 for an infinite E[y^4] at df = 4.

    At 4.05 it exists, and not to eight digits by quadrature.
    """
    with pytest.raises(NotAvailableError, match="does not exist, or its integral does not converge"):
        lk.pseudo_true(lk.StudentT(df=df), {"loc": 0.0, "scale": 1.0}, lk.Normal()).standard_errors(100)
    found = lk.pseudo_true(lk.StudentT(df=6.0), {"loc": 0.0, "scale": 1.0}, lk.Normal())
    assert_allclose(found.standard_errors(1).loc["sd", "ratio"] ** 2, (6 / (6 - 4) + 2) / 2, rtol=1e-6)
