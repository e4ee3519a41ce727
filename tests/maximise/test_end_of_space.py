"""Counts whose highest likelihood lies at rate 0, under links that reach it at a finite linear predictor."""

import numpy as np
import pytest

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
