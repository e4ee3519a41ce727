"""R's estimates on the same data: `oracles/reference.R` writes the table, the tests never run R."""

from typing import ClassVar

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from scipy import optimize, special, stats

import likelihood_kit as lk

#: R's optimisers stop, and its Hessians are differenced, at about this relative error.
ESTIMATE, ERROR = 1e-6, 1e-5


class NegativeBinomial(lk.Family):
    """Counts with variance mean + dispersion mean^2."""

    mean = lk.Positive()
    dispersion = lk.Positive()
    support = lk.Integers(0, np.inf)

    @staticmethod
    def log_density(y, mean, dispersion):
        size = 1 / dispersion
        counting = special.gammaln(y + size) - special.gammaln(size) - special.gammaln(y + 1)
        return counting - size * np.log1p(mean / size) + special.xlogy(y, mean / (size + mean))


class LogNormal(lk.Family):
    """Log normal law."""

    meanlog = lk.Real()
    sdlog = lk.Positive()
    support = lk.Interval(0, np.inf)

    @staticmethod
    def log_density(y, meanlog, sdlog):
        return -np.log(y) - np.log(sdlog) - np.log(2 * np.pi) / 2 - ((np.log(y) - meanlog) / sdlog) ** 2 / 2


class InverseGamma(lk.Family):
    """Law of the inverse of a gamma variate."""

    shape = lk.Positive()
    scale = lk.Positive()
    support = lk.Interval(0, np.inf)

    @staticmethod
    def log_density(y, shape, scale):
        return shape * np.log(scale) - special.gammaln(shape) - (shape + 1) * np.log(y) - scale / y


class TwoNormals(lk.Family):
    """Mixture of two normal laws."""

    weight = lk.UnitInterval()
    low = lk.Real()
    low_sd = lk.Positive()
    high = lk.Real()
    high_sd = lk.Positive()

    @staticmethod
    def log_density(y, weight, low, low_sd, high, high_sd):
        first = -np.log(low_sd) - ((y - low) / low_sd) ** 2 / 2
        second = -np.log(high_sd) - ((y - high) / high_sd) ** 2 / 2
        return np.logaddexp(np.log(weight) + first, np.log1p(-weight) + second) - np.log(2 * np.pi) / 2


class TwoNormalsModel(lk.LikelihoodModel):
    """The same mixture the statsmodels way."""

    parameters: ClassVar = dict(TwoNormals.law.parameters)

    def loglikeobs(self, params):
        return TwoNormals.law.log_density(self.endog, *params)


def assert_is(results, expected: pd.DataFrame) -> None:
    assert results.certificate.ok
    assert_allclose(results.params, expected["estimate"], rtol=ESTIMATE)
    assert_allclose(results.bse, expected["se"], rtol=ERROR)
    if expected["loglik"].notna().all():
        assert_allclose(results.llf, expected["loglik"].iloc[0], rtol=1e-10)


@pytest.mark.parametrize(
    ("case", "family"),
    [("strikes weibull", lk.Weibull()), ("strikes gamma", lk.Gamma()), ("strikes lognormal", LogNormal())],
)
def test_strikes(case, family, strikes, from_r):
    assert_is(lk.LikelihoodModel(strikes, family=family).fit(), from_r(case))


@pytest.mark.parametrize(("case", "family"), [("rivers gamma", lk.Gamma()), ("rivers inverse gamma", InverseGamma())])
def test_rivers(case, family, sample_of, from_r):
    assert_is(lk.LikelihoodModel(sample_of("rivers")[0], family=family).fit(), from_r(case))


START = [0.5, 50, 5, 85, 5]


@pytest.mark.parametrize("model", [TwoNormalsModel, lambda y: lk.LikelihoodModel(y, family=TwoNormals())])
def test_mixture(model, sample_of, from_r):
    assert_is(model(sample_of("faithful")[0]).fit(start_params=START), from_r("faithful mixture"))


def test_mixture_from_its_own_start_is_the_same_up_to_the_order_of_its_parts(sample_of, from_r):
    results = lk.LikelihoodModel(sample_of("faithful")[0], family=TwoNormals()).fit()
    assert_allclose(results.llf, from_r("faithful mixture")["loglik"].iloc[0], rtol=1e-10)
    assert_allclose(sorted(results.params[[1, 3]]), from_r("faithful mixture")["estimate"][["low", "high"]], rtol=1e-6)


def test_poisson_on_a_factor(sample_of, from_r):
    y, exog = sample_of("sprays")
    dummies = np.eye(6)[exog[:, 1].astype(int)]
    dummies[:, 0] = 1
    assert_is(lk.LikelihoodModel(y, dummies, family=lk.Poisson()).fit(), from_r("sprays poisson"))


def test_negative_binomial_regression(sample_of, from_r):
    """R's `glm.nb` reports expected-information standard errors of the coefficients, observed ones of theta."""
    expected = from_r("warpbreaks glm.nb")
    model = lk.LikelihoodModel(*sample_of("warpbreaks"), family=NegativeBinomial())
    results = model.fit()
    assert results.certificate.ok
    assert_allclose(results.params, [*expected["estimate"][:4], 1 / expected["estimate"]["theta"]], rtol=ESTIMATE)
    assert_allclose(model.fit(cov_type="expected").bse[:4], expected["se"][:4], rtol=ERROR)
    assert_allclose(results.llf, expected["loglik"].iloc[0], rtol=1e-10)


def test_gamma_regression_and_its_shape(sample_of, from_r):
    model = lk.LikelihoodModel(*sample_of("clotting"), family=lk.Gamma(parameters=("mean", "shape")))
    assert_is(model.fit(cov_type="expected"), from_r("clotting gamma"))


def test_student_t_regression(sample_of, from_r):
    results = lk.LikelihoodModel(*sample_of("stackloss"), family=lk.StudentT(df=4.0)).fit()
    expected = from_r("stackloss t4")
    *coefficients, scale = results.params
    assert_allclose([*coefficients, np.log(scale)], expected["estimate"], rtol=ESTIMATE)
    assert_allclose([*results.bse[:4], results.bse[4] / scale], expected["se"], rtol=ERROR)


# The Toxocara counts: R twice, and scipy on scipy's own density


def test_toxocara_poisson(toxocara, from_r):
    results = lk.LikelihoodModel(toxocara, np.ones(53), family=lk.Poisson()).fit()
    assert_is(results, from_r("toxocara poisson"))


def test_toxocara_negative_binomial_of_the_catalogue(toxocara, from_r):
    results = lk.LikelihoodModel(toxocara, family=lk.NegativeBinomial()).fit()
    assert results.certificate.grade == "global"
    assert "Levin and Reeds" in results.certificate.theorem
    assert_is(results, from_r("toxocara mle2"))
    own = lk.LikelihoodModel(toxocara, family=NegativeBinomial()).fit()
    assert_allclose(results.params, own.params, rtol=1e-8)
    assert_allclose(results.bse, own.bse, rtol=1e-8)


def test_toxocara_negative_binomial_of_ones_own(toxocara, from_r):
    results = lk.LikelihoodModel(toxocara, family=NegativeBinomial()).fit()
    assert results.certificate.ok
    assert results.derivatives == "symbolic"
    glm = from_r("toxocara glm.nb")["estimate"]
    assert_allclose(results.params, [np.exp(glm["log mean"]), 1 / glm["theta"]], rtol=ESTIMATE)
    assert_allclose(results.bse, from_r("toxocara mle2")["se"], rtol=ERROR)

    def minus(logs):
        size = np.exp(-logs[1])
        return -stats.nbinom(size, size / (size + np.exp(logs[0]))).logpmf(toxocara).sum()

    best = optimize.minimize(minus, [2.0, 1.0], method="Nelder-Mead", options={"xatol": 1e-10, "fatol": 1e-12})
    assert_allclose(results.params, np.exp(best.x), rtol=1e-6)
    assert_allclose(results.llf, -best.fun, rtol=1e-12)
