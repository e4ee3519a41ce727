"""Counts whose highest likelihood lies at rate 0, under links that reach it at a finite linear predictor."""

import warnings

import numpy as np
import pytest
from scipy import optimize

import likelihood_kit as lk
from likelihood_kit.errors import MaximumWarning

CASES = {
    "all zero": (np.zeros(5), np.ones((5, 1))),
    "all zero, with a slope": (np.zeros(5), np.column_stack([np.ones(5), np.arange(5)])),
    "one cell of zeros": (np.array([0, 0, 0, 0, 3.0]), np.column_stack([np.ones(5), [0, 0, 0, 0, 1]])),
}


@pytest.mark.parametrize("link", ["identity", "sqrt"])
@pytest.mark.parametrize("case", CASES)
def test_rate_that_runs_to_zero_is_no_maximum(link, case):
    """Under the square root a row of zeros has log likelihood -eta^2, stationary at eta = 0 and yet at the end."""
    y, exog = CASES[case]
    with pytest.warns(MaximumWarning, match="rate runs to 0"):
        results = lk.LikelihoodModel(y, exog, family=lk.Poisson(links={"rate": link})).fit()
    assert not results.certificate.ok
    assert results.certificate.rising == ("rate runs to 0",)
    assert np.isnan(results.bse).all()


@pytest.mark.parametrize("link", ["identity", "sqrt"])
def test_small_rates_are_certified(link):
    """One event in the first of two cells, 10,000 times the exposure apart: the rates are counts over rows."""
    y = np.r_[1.0, np.zeros(9_999), np.full(10, 3.0)]
    exog = np.column_stack([np.r_[np.ones(10_000), np.zeros(10)], np.r_[np.zeros(10_000), np.ones(10)]])
    results = lk.LikelihoodModel(y, exog, family=lk.Poisson(links={"rate": link})).fit()
    assert results.certificate.ok
    rates = results.params if link == "identity" else results.params**2
    np.testing.assert_allclose(rates, [1e-4, 3.0], rtol=1e-8)


def bernoulli_with_identity_link(seed, n=30):
    rng = np.random.default_rng(seed)
    x = rng.uniform(0.2, 2, n)
    y = (rng.random(n) < 0.1 + 0.4 * x).astype(int)
    exog = np.column_stack([np.ones(n), x])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MaximumWarning)
        return lk.LikelihoodModel(y, exog, family=lk.Bernoulli(links={"probability": "identity"})).fit()


@pytest.mark.parametrize(("seed", "end"), [(1, "1"), (4, "0"), (5, "1"), (7, "both"), (8, "1")])
def test_probability_at_its_end_under_an_identity_link_is_named_with_its_rows(seed, end):
    """It said that the search stopped one standard error from the maximum, and stopped where it met the end."""
    results = bernoulli_with_identity_link(seed)
    ends = "01" if end == "both" else end
    words = " and ".join(f"probability runs to {one} in 1 of 30 rows" for one in ends)
    assert results.certificate.reasons == (
        f"the log likelihood is highest as {words}: no maximum inside its space exists",
    )
    exog, y = results.model.exog, results.model.endog

    def minus_log_likelihood(params):
        p = np.clip(exog @ params, 1e-300, 1 - 1e-16)
        return -np.sum(np.where(y == 1, np.log(p), np.log1p(-p)))

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        constrained = optimize.minimize(
            minus_log_likelihood,
            [0.5, 0.0],
            method="trust-constr",
            constraints=optimize.LinearConstraint(exog, 1e-9, 1 - 1e-9),
            options={"gtol": 1e-9, "xtol": 1e-12, "maxiter": 2000},
        )
    np.testing.assert_allclose(results.llf, -constrained.fun, atol=1e-3)


@pytest.mark.parametrize("seed", [2, 3, 12])
def test_probability_inside_under_an_identity_link_is_certified(seed):
    assert bernoulli_with_identity_link(seed).certificate.ok
