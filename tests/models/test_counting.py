"""k, df, AIC, BIC and AICc count the free parameters, whatever the design: statsmodels 0.15 does not."""

import warnings
from typing import ClassVar

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import special, stats
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


class BareGammaOfShapeTwo(BareGamma):
    """A parameter held fixed the way statsmodels provides."""

    fixed_params = np.array([2.0, np.nan])
    fixed_paramsmask = np.array([False, True])

    def loglikeobs(self, params):
        return super().loglikeobs(self.expandparams(params))


class BarePoisson(GenericLikelihoodModel):
    def loglikeobs(self, params):
        eta = self.exog @ params
        return self.endog * eta - np.exp(eta) - special.gammaln(self.endog + 1)


def quiet_fit(model, **kwargs):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return model.fit(disp=0, **kwargs)


def check(results, k, log_density):
    """All counts against k, with a log likelihood that is not the kit's."""
    n, deviance = results.nobs, -2 * log_density.sum()
    assert len(results.params) == k
    assert_allclose(results.aic, deviance + 2 * k, rtol=1e-10)
    assert_allclose(results.bic, deviance + np.log(n) * k, rtol=1e-10)
    assert_allclose(results.aicc, deviance + 2 * k + 2 * k * (k + 1) / (n - k - 1), rtol=1e-10)
    assert results.df_resid == n - k
    assert results.df_model + results.model.k_constant + results.model.k_extra == k


def gamma_density(y, shape, scale):
    return stats.gamma.logpdf(y, shape, scale=scale)


def test_aic_without_exog(y):
    theirs = quiet_fit(BareGamma(y), start_params=[1.0, 1.0])
    assert_allclose(theirs.aic - (-2 * theirs.llf + 2 * 2), 4.0, atol=1e-6)  # 4 too high
    results = lk.LikelihoodModel(y, family=lk.Gamma()).fit()
    check(results, 2, gamma_density(y, *results.params))


def test_aic_without_constant(y, slope):
    counts = np.floor(y)
    theirs = quiet_fit(BarePoisson(counts, slope), start_params=[0.1])
    assert_allclose(theirs.aic - (-2 * theirs.llf + 2 * 1), -2.0, atol=1e-6)  # 2 too low
    results = lk.LikelihoodModel(counts, slope, family=lk.Poisson()).fit()
    check(results, 1, stats.poisson.logpmf(counts, np.exp(slope @ results.params)))
    assert results.df_model == 1


def test_df_of_a_second_fit(y):
    model = BareGamma(y)
    first, second = (quiet_fit(model, start_params=[1.0, 1.0]) for _ in range(2))
    assert (first.df_resid, second.df_resid) == (98, 96)
    ours = lk.LikelihoodModel(y, family=lk.Gamma())
    assert_same(ours.fit(), ours.fit())


def assert_same(first, second):
    for name in ("params", "bse", "llf", "aic", "bic", "aicc", "df_model", "df_resid"):
        assert_array_equal(getattr(first, name), getattr(second, name), err_msg=name)
    assert first.certificate == second.certificate
    assert str(first.summary().tables[1]) == str(second.summary().tables[1])


@pytest.mark.parametrize("cov_type", ["observed", "sandwich"])
def test_a_second_fit_of_a_regression_is_the_same(y, slope, cov_type):
    model = lk.LikelihoodModel(y, slope, family=lk.Weibull())
    first = model.fit(cov_type=cov_type)
    model.fit(start_params=first.params * 1.5, cov_type="expected")
    assert_same(first, model.fit(cov_type=cov_type))


def test_fixed_parameters(y):
    theirs = quiet_fit(BareGammaOfShapeTwo(y), start_params=[3.0])
    assert_allclose(theirs.aic - (-2 * theirs.llf + 2 * 1), 2.0, atol=1e-6)  # 2 too high
    results = lk.LikelihoodModel(y, family=lk.Gamma(shape=2.0)).fit()
    assert_allclose(results.params, theirs.params, rtol=1e-4)
    check(results, 1, gamma_density(y, 2.0, *results.params))


def test_fixed_parameters_of_a_regression(y, slope):
    results = lk.LikelihoodModel(y, slope, family=lk.Weibull(shape=1.5)).fit()
    check(results, 1, stats.weibull_min.logpdf(y, 1.5, scale=np.exp(slope @ results.params)))


@pytest.mark.parametrize("constant", [True, False])
def test_regression_with_an_extra_parameter(y, slope, constant):
    exog = np.column_stack([np.ones(100), slope]) if constant else slope
    results = lk.LikelihoodModel(y, exog, family=lk.Weibull()).fit()
    shape, *coefficients = results.params
    check(results, exog.shape[1] + 1, stats.weibull_min.logpdf(y, shape, scale=np.exp(exog @ coefficients)))
    assert results.df_model == 1
    assert results.model.exog_names[0] == "shape"


def test_own_loglikeobs(y):
    class Own(lk.LikelihoodModel):
        parameters: ClassVar = {"shape": lk.Positive(), "scale": lk.Positive()}
        loglikeobs = BareGamma.loglikeobs

    results = Own(y).fit()
    check(results, 2, gamma_density(y, *results.params))
    assert_allclose(results.params, lk.LikelihoodModel(y, family=lk.Gamma()).fit().params, rtol=1e-7)


def test_a_closed_form_counts_too():
    results = lk.LikelihoodModel([1.0, 2.5, 4.0], family=lk.Uniform()).fit()
    assert_allclose(results.aic, 6 * np.log(3.0) + 4, rtol=1e-12)
    assert results.df_resid == 1


def test_aicc_is_infinite_where_its_correction_has_no_sense():
    results = lk.LikelihoodModel([-5, 0, 3], family=lk.Normal()).fit()
    assert results.aicc == np.inf
