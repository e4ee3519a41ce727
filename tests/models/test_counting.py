"""k, df, AIC, BIC and AICc count the free parameters, whatever the design: statsmodels 0.15 does not."""

import warnings

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import special
from statsmodels.base.model import GenericLikelihoodModel

import likelihood_kit as lk


@pytest.fixture(scope="module")
def y():
    return np.random.default_rng(2).gamma(2.0, 3.0, 100)


@pytest.fixture(scope="module")
def slope():
    return np.random.default_rng(3).normal(size=(100, 1))


class BareGamma(GenericLikelihoodModel):
    def loglikeobs(self, params):
        shape, scale = params
        return (shape - 1) * np.log(self.endog) - self.endog / scale - special.gammaln(shape) - shape * np.log(scale)


class BarePoisson(GenericLikelihoodModel):
    def loglikeobs(self, params):
        eta = self.exog @ params
        return self.endog * eta - np.exp(eta) - special.gammaln(self.endog + 1)


def quiet_fit(model, **kwargs):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return model.fit(disp=0, **kwargs)


def check(results, k):
    n = results.nobs
    assert len(results.params) == k
    assert_allclose(results.aic, -2 * results.llf + 2 * k, rtol=1e-12)
    assert_allclose(results.bic, -2 * results.llf + np.log(n) * k, rtol=1e-12)
    assert_allclose(results.aicc, results.aic + 2 * k * (k + 1) / (n - k - 1), rtol=1e-12)
    assert results.df_resid == n - k
    assert results.df_model + results.model.k_constant + results.model.k_extra == k


def test_aic_without_exog(y):
    theirs = quiet_fit(BareGamma(y), start_params=[1.0, 1.0])
    assert_allclose(theirs.aic - (-2 * theirs.llf + 2 * 2), 4.0, atol=1e-6)  # 4 too high
    check(lk.LikelihoodModel(y, family=lk.Gamma()).fit(), 2)


def test_aic_without_constant(y, slope):
    counts = np.floor(y)
    theirs = quiet_fit(BarePoisson(counts, slope), start_params=[0.1])
    assert_allclose(theirs.aic - (-2 * theirs.llf + 2 * 1), -2.0, atol=1e-6)  # 2 too low
    results = lk.LikelihoodModel(counts, slope, family=lk.Poisson()).fit()
    check(results, 1)
    assert results.df_model == 1


def test_df_of_a_second_fit(y):
    model = BareGamma(y)
    first, second = (quiet_fit(model, start_params=[1.0, 1.0]) for _ in range(2))
    assert (first.df_model, first.df_resid, first.aic) != (second.df_model, second.df_resid, second.aic)
    ours = lk.LikelihoodModel(y, family=lk.Gamma())
    once, twice = ours.fit(), ours.fit()
    check(once, 2)
    check(twice, 2)
    assert (once.df_model, once.df_resid, once.aic) == (twice.df_model, twice.df_resid, twice.aic)


def test_fixed_parameters_do_not_count(y):
    check(lk.LikelihoodModel(y, family=lk.Gamma(shape=2.0)).fit(), 1)


@pytest.mark.parametrize("constant", [True, False])
def test_regression_with_an_extra_parameter(y, slope, constant):
    exog = np.column_stack([np.ones(100), slope]) if constant else slope
    results = lk.LikelihoodModel(y, exog, family=lk.Weibull()).fit()
    check(results, exog.shape[1] + 1)
    assert results.df_model == 1
    assert results.model.exog_names[0] == "shape"


def test_own_loglikeobs(y):
    class Own(lk.LikelihoodModel):
        parameters = {"shape": lk.Positive(), "scale": lk.Positive()}
        loglikeobs = BareGamma.loglikeobs

    results = Own(y).fit()
    check(results, 2)
    assert_allclose(results.params, lk.LikelihoodModel(y, family=lk.Gamma()).fit().params, rtol=1e-7)
