"""Regressions under links that have a parameter for positive linear predictors only, against statsmodels."""

import numpy as np
import pytest
import statsmodels.api as sm
from numpy.testing import assert_allclose

import likelihood_kit as lk
from likelihood_kit.errors import DataError, MaximumWarning
from likelihood_kit.maximise.certificate import labels_of
from likelihood_kit.predictor import iid_predictors

# Statsmodels says that these links have no mean where the linear predictor is negative.
pytestmark = pytest.mark.filterwarnings("ignore:.*does not respect the domain:Warning")

POWERS = {
    "inverse": sm.families.links.InversePower(),
    "inverse_squared": sm.families.links.InverseSquared(),
    "sqrt": sm.families.links.Sqrt(),
}
MEANS = {"inverse": lambda eta: 1 / eta, "inverse_squared": lambda eta: eta**-0.5, "sqrt": lambda eta: eta**2}


def design(n: int) -> np.ndarray:
    """A constant and a covariate; `(n, 2)`."""
    return np.column_stack([np.ones(n), np.linspace(0.0, 2.0, n)])


def gamma_sample(link: str) -> tuple[np.ndarray, np.ndarray]:
    """Response whose linear predictor falls to a tenth, and its design."""
    X = design(200)
    mean = MEANS[link](X @ [2.0, -0.9])
    return np.random.default_rng(31).gamma(3.0, mean / 3.0), X


@pytest.mark.parametrize("link", POWERS)
def test_gamma_regression_is_that_of_statsmodels(link):
    y, X = gamma_sample(link)
    res = lk.LikelihoodModel(y, X, family=lk.Gamma(parameters=("mean", "shape"), links={"mean": link})).fit()
    theirs = sm.GLM(y, X, family=sm.families.Gamma(POWERS[link], check_link=False)).fit(
        start_params=[2.0, -0.9], tol=1e-13, maxiter=200
    )
    assert res.certificate.ok
    assert_allclose(res.params[:2], theirs.params, rtol=1e-6)
    assert_allclose(res.predict(), theirs.predict(), rtol=1e-6)
    # Expected information of the coefficients: theirs at their dispersion by moments, ours at 1 / shape.
    expected = np.sqrt(np.diag(theirs.cov_params())[:2] / theirs.scale / res.params[2])
    other = lk.LikelihoodModel(y, X, family=lk.Gamma(parameters=("mean", "shape"), links={"mean": link}))
    assert_allclose(other.fit(cov_type="expected").bse[:2], expected, rtol=1e-5)


@pytest.mark.parametrize("link", ["inverse", "sqrt"])
def test_poisson_regression_is_that_of_statsmodels(link):
    X = design(300)
    y = np.random.default_rng(5).poisson(MEANS[link](X @ [0.6, -0.2]))
    res = lk.LikelihoodModel(y, X, family=lk.Poisson(links={"rate": link})).fit()
    theirs = sm.GLM(y, X, family=sm.families.Poisson(POWERS[link], check_link=False)).fit(
        start_params=[0.6, -0.2], tol=1e-13, maxiter=200
    )
    assert_allclose(res.params, theirs.params, rtol=1e-6)
    assert_allclose(res.llf, theirs.llf, rtol=1e-12)


@pytest.mark.parametrize("link", POWERS)
def test_a_linear_predictor_that_is_not_positive_has_no_likelihood(link):
    y, X = gamma_sample(link)
    model = lk.LikelihoodModel(y, X, family=lk.Gamma(parameters=("mean", "shape"), links={"mean": link}))
    assert np.isfinite(model.loglike(np.array([2.0, -0.9, 3.0])))
    assert model.loglike(np.array([1.5, -0.9, 3.0])) == -np.inf


def test_new_rows_without_a_mean_are_refused():
    y, X = gamma_sample("inverse")
    res = lk.LikelihoodModel(y, X, family=lk.Gamma(parameters=("mean", "shape"), links={"mean": "inverse"})).fit()
    with pytest.raises(DataError, match="linear predictor of mean"):
        res.predict([[1.0, 9.0]])


@pytest.mark.parametrize("link", POWERS)
def test_a_parameter_without_predictors_is_estimated_alike_under_every_link(link):
    y = np.random.default_rng(8).gamma(2.0, 3.0, size=120)
    plain = lk.LikelihoodModel(y, family=lk.Gamma()).fit()
    linked = lk.LikelihoodModel(y, family=lk.Gamma(links={"scale": link, "shape": link})).fit()
    assert linked.certificate.ok
    for attribute in ("params", "bse", "llf"):
        assert_allclose(getattr(linked, attribute), getattr(plain, attribute), rtol=1e-7)
    # On a link that leaves values without parameter the interval is made on the default one.
    assert_allclose(linked.conf_int(), plain.conf_int(), rtol=1e-7)


@pytest.mark.parametrize("link", [*POWERS, "log"])
def test_a_falling_link_does_not_turn_the_end_that_a_parameter_runs_to(link):
    """Under the inverse link the linear predictor of a rate that runs to 0 runs to infinity."""
    rate = lk.Poisson(links={"rate": link})
    labels = labels_of(iid_predictors(rate))
    turned = link.startswith("inverse")
    assert labels.rising == (f"rate runs to {'0' if turned else 'infinity'}",)
    assert labels.falling == (f"rate runs to {'infinity' if turned else '0'}",)


@pytest.mark.parametrize("link", ["inverse", "inverse_squared"])
def test_a_rate_that_runs_to_zero_under_a_falling_link_is_said_to(link):
    with pytest.warns(MaximumWarning, match="rate runs to 0"):
        lk.LikelihoodModel(np.zeros(6), family=lk.Poisson(links={"rate": link})).fit()
