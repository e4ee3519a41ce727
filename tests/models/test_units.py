"""A change of units changes the units and nothing else, also where the bare base class returns NaN or stops early."""

import warnings
from typing import ClassVar

import numpy as np
import pytest
import statsmodels.api as sm
from numpy.testing import assert_allclose
from scipy import stats
from statsmodels.base.model import GenericLikelihoodModel

import likelihood_kit as lk

#: Of two fits of one problem in different units: both are at the maximum to rounding, curvatures differ a little more.
ESTIMATE, ERROR = 1e-8, 1e-6


class WeibullOfOnesOwn(lk.Family):
    """Weibull law as a user would write it."""

    shape = lk.Positive()
    scale = lk.Positive()
    support = lk.Interval(0, np.inf)

    @staticmethod
    def log_density(y, shape, scale):
        return np.log(shape / scale) + (shape - 1) * np.log(y / scale) - (y / scale) ** shape


class WeibullModel(lk.LikelihoodModel):
    """The same the statsmodels way, with derivatives by differences."""

    parameters: ClassVar = {"shape": lk.Positive(), "scale": lk.Positive()}

    def loglikeobs(self, params):
        return stats.weibull_min.logpdf(self.endog, params[0], scale=params[1])


class BareWeibull(GenericLikelihoodModel):
    loglikeobs = WeibullModel.loglikeobs


class PoissonModel(lk.LikelihoodModel):
    parameters: ClassVar = {"const": lk.Real(), "first": lk.Real(), "second": lk.Real()}

    def loglikeobs(self, params):
        return stats.poisson.logpmf(self.endog, np.exp(self.exog @ params))


class BarePoisson(GenericLikelihoodModel):
    loglikeobs = PoissonModel.loglikeobs


def quiet_fit(model, **kwargs):
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        return model.fit(disp=0, maxiter=5000, **kwargs)


def durations(unit):
    return unit * np.random.default_rng(9).weibull(1.7, 80)


WEIBULLS = {
    "catalogue": lambda y: lk.LikelihoodModel(y, family=lk.Weibull()),
    "own family": lambda y: lk.LikelihoodModel(y, family=WeibullOfOnesOwn()),
    "own loglikeobs": WeibullModel,
}


@pytest.mark.parametrize("unit", [1e12, 1e-9])
@pytest.mark.parametrize("model", WEIBULLS.values(), ids=WEIBULLS)
def test_units_of_the_response(model, unit):
    plain, scaled = model(durations(1.0)).fit(), model(durations(unit)).fit()
    assert scaled.certificate.ok
    assert_allclose(scaled.params / [1, unit], plain.params, rtol=ESTIMATE)
    assert_allclose(scaled.bse / [1, unit], plain.bse, rtol=ERROR)
    assert_allclose(scaled.llf, plain.llf - 80 * np.log(unit), rtol=1e-10)


def test_the_bare_class_on_the_same_durations():
    results = quiet_fit(BareWeibull(durations(1e-9)), start_params=[1.0, 1e-9])
    assert np.isnan(results.bse).any()


def counts(columns):
    rng = np.random.default_rng(11)
    exog = np.column_stack([np.ones(200), rng.normal(size=(200, 2))])
    return rng.poisson(np.exp(exog @ [1, 0.5, -0.3])), exog * columns


POISSONS = {"catalogue": lambda *data: lk.LikelihoodModel(*data, family=lk.Poisson()), "own loglikeobs": PoissonModel}
EXTREMES = (1.0, 1e8, 1e-8)


@pytest.mark.parametrize("columns", [EXTREMES, (1e-6, 1e6, 1.0)])
@pytest.mark.parametrize("model", POISSONS.values(), ids=POISSONS)
def test_units_of_the_predictors(model, columns):
    plain, scaled = model(*counts(np.ones(3))).fit(), model(*counts(columns)).fit()
    assert scaled.certificate.ok
    assert_allclose(scaled.params * columns, plain.params, rtol=ESTIMATE)
    assert_allclose(scaled.bse * columns, plain.bse, rtol=ERROR)
    assert_allclose(scaled.llf, plain.llf, rtol=1e-12)
    for kind in ("outer_product", "sandwich"):
        robust, in_plain_units = (results.model.fit(cov_type=kind).bse for results in (scaled, plain))
        assert_allclose(robust * columns, in_plain_units, rtol=ERROR)


@pytest.mark.parametrize("method", ["nm", "bfgs"])
def test_the_bare_class_on_the_same_counts(method):
    results = quiet_fit(BarePoisson(*counts(EXTREMES)), start_params=[0.1, 0.0, 0.0], method=method)
    assert np.isnan(results.bse).all()


@pytest.mark.parametrize("unit", [1e12, 1e-9])
def test_units_of_both_sides_of_a_regression(unit):
    y, exog = counts(np.ones(3))
    y = y + np.random.default_rng(1).normal(size=200)
    columns = np.array([1.0, 1e7, 1e-7])
    plain = lk.LikelihoodModel(y, exog, family=lk.StudentT(df=5.0)).fit()
    scaled = lk.LikelihoodModel(y * unit, exog * columns, family=lk.StudentT(df=5.0)).fit()
    factor = np.append(unit / columns, unit)
    assert scaled.certificate.ok
    assert_allclose(scaled.params / factor, plain.params, rtol=ESTIMATE)
    assert_allclose(scaled.bse / factor, plain.bse, rtol=ERROR)


def test_longley():
    """Columns whose scaled information has the condition 1e9: Longley (1967), *JASA* 62, 819-841."""
    data = sm.datasets.longley.load_pandas()
    exog = sm.add_constant(data.exog)
    results, least_squares = (
        lk.LikelihoodModel(data.endog, exog, family=lk.Normal()).fit(),
        sm.OLS(data.endog, exog).fit(),
    )
    assert results.certificate.ok
    assert_allclose(results.params[:7], least_squares.params, rtol=1e-8)
    assert_allclose(results.bse[:7], least_squares.bse * np.sqrt(9 / 16), rtol=1e-6)
    assert_allclose(results.llf, least_squares.llf, rtol=1e-12)


@pytest.mark.parametrize("offset", [1e2, 1e4, 1e6, 1e8])
def test_a_predictor_far_from_zero(offset):
    """Such as a time in seconds since 1970: the slope is that of the centred predictor."""
    rng = np.random.default_rng(1)
    x = rng.integers(-300, 300, size=200) / 64
    y = rng.poisson(np.exp(0.5 + 0.4 * x))
    far = lk.LikelihoodModel(y, sm.add_constant(x + offset), family=lk.Poisson()).fit()
    centred = lk.LikelihoodModel(y, sm.add_constant(x), family=lk.Poisson()).fit()
    assert far.certificate.ok
    assert_allclose(far.params[1], centred.params[1], rtol=1e-7)
    assert_allclose(far.bse[1], centred.bse[1], rtol=1e-4)
