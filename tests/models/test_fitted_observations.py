"""Residuals are those of the laws typed out by scipy, and standard normal where the model is right."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import stats

import likelihood_kit as lk
from likelihood_kit.diagnostics.residuals import SEED
from likelihood_kit.errors import DataError, LikelihoodKitError
from likelihood_kit.reports.fitted import fitted_rows

ROWS = 400
#: Part of right models that the test of normality rejects, and below which it must fall for the wrong one.
LEVEL = 1e-3


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(31)
    frame = pd.DataFrame({"x": rng.normal(size=ROWS)}, index=[f"row {i}" for i in range(ROWS)])
    frame["cost"] = rng.gamma(2.0, np.exp(0.5 + 0.4 * frame["x"]))
    frame["count"] = rng.poisson(np.exp(0.5 + 0.4 * frame["x"]))
    frame["m"] = rng.integers(2, 9, ROWS)
    frame["successes"] = rng.binomial(frame["m"], 0.3)
    frame["seen"] = (frame["cost"] < 4).astype(int)
    frame["until"] = frame["cost"].clip(upper=4)
    return frame


def test_of_a_regression_of_counts(data):
    results = lk.LikelihoodModel.from_formula("count ~ x", data, family=lk.Poisson()).fit()
    mean = np.exp(results.params["Intercept"] + results.params["x"] * data["x"])
    assert_allclose(results.resid_pearson, (data["count"] - mean) / np.sqrt(mean), rtol=1e-9)
    low, high = stats.poisson(mean).cdf(data["count"] - 1), stats.poisson(mean).cdf(data["count"])
    drawn = low + np.random.default_rng(SEED).random(ROWS) * (high - low)
    assert_allclose(results.resid_quantile, stats.norm.ppf(drawn), rtol=1e-9, atol=1e-9)
    for found in (results.resid_pearson, results.resid_quantile):
        assert_array_equal(found.index, data.index)
    assert_array_equal(results.resid_quantile, results.resid_quantile)


CASES = {
    "gamma": ("cost ~ x", lk.Gamma(), {}),
    "counts": ("count ~ x", lk.Poisson(), {}),
    "known": ("successes ~ x", lk.Binomial(), {"trials": "m"}),
    "censored": ("until ~ x", lk.censored(lk.Gamma()), {"event": "seen"}),
    "truncated": ("cost ~ x", lk.truncated(lk.Gamma(), low=0), {}),
    "no predictors": ("count ~ 1", lk.Poisson(), {}),
}


@pytest.mark.parametrize(("formula", "family", "more"), CASES.values(), ids=CASES)
def test_they_are_those_of_the_figure(data, formula, family, more):
    results = lk.LikelihoodModel.from_formula(formula, data, family=family, **more).fit()
    assert_allclose(results.resid_quantile, fitted_rows(results).residuals(), rtol=1e-9, atol=1e-9)


def test_censored_observations(data):
    censored = lk.LikelihoodModel.from_formula("until ~ x", data, family=lk.censored(lk.Gamma()), event="seen").fit()
    assert_array_equal(np.isnan(censored.resid_pearson), data["seen"] == 0)
    shape, scale = censored.params["shape"], np.exp(censored.params["Intercept"] + censored.params["x"] * data["x"])
    expected = (data["cost"] - shape * scale) / (np.sqrt(shape) * scale)
    assert_allclose(censored.resid_pearson[data["seen"] == 1], expected[data["seen"] == 1], rtol=1e-9)
    beyond = stats.norm.ppf(stats.gamma(shape, scale=scale).cdf(4.0))
    assert (censored.resid_quantile[data["seen"] == 0] >= beyond[data["seen"] == 0]).all()


def test_they_are_normal_where_the_model_is_right(data):
    """Kolmogorov and Smirnov's test at level 0.001; estimated parameters make it conservative."""
    right = lk.LikelihoodModel.from_formula("cost ~ x", data, family=lk.Gamma()).fit()
    wrong = lk.LikelihoodModel.from_formula("cost ~ x", data, family=lk.Exponential()).fit()
    assert stats.kstest(right.resid_quantile, "norm").pvalue > LEVEL
    assert stats.kstest(wrong.resid_quantile, "norm").pvalue < LEVEL


def test_one_for_each_row_whatever_its_weight():
    results = lk.LikelihoodModel([0, 1, 2, 3], family=lk.Poisson(), freq_weights=[4, 3, 2, 1]).fit()
    assert results.resid_quantile.shape == results.resid_pearson.shape == (4,)


def test_where_there_is_no_law_or_no_data():
    class Own(lk.LikelihoodModel):
        parameters = {"rate": lk.Positive()}

        def loglikeobs(self, params):
            return np.log(params[0]) - params[0] * self.endog

    own = Own([1.0, 2.0, 4.0]).fit()
    removed = lk.LikelihoodModel([1.0, 2.0, 4.0], family=lk.Exponential()).fit()
    removed.remove_data()
    for name in ("resid_pearson", "resid_quantile"):
        with pytest.raises(LikelihoodKitError, match=r"famil|law"):
            getattr(own, name)
        with pytest.raises(DataError, match="removed"):
            getattr(removed, name)
