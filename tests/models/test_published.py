"""Published numbers, and independent optimisers where none are published."""

import numpy as np
import pytest
import statsmodels.api as sm
from numpy.testing import assert_allclose
from scipy import optimize, special, stats

import likelihood_kit as lk

#: Toxocara counts, value: frequency, n = 53.
TOXOCARA = {
    0: 14, 1: 8, 2: 5, 3: 1, 4: 6, 5: 2, 6: 1, 7: 1, 9: 2, 11: 1, 12: 1, 16: 1, 19: 1, 20: 1, 21: 1, 28: 2, 30: 1,
    33: 1, 40: 1, 41: 1, 75: 1,
}  # fmt: skip


def toxocara():
    return np.repeat(list(TOXOCARA), list(TOXOCARA.values())).astype(float)


def test_teaching_notes_normal_mean_and_variance():
    results = lk.LikelihoodModel([-5, 0, 3, 10], family=lk.Normal(parameters=("mean", "variance"))).fit()
    assert_allclose(results.params, [2.0, 29.5], rtol=1e-12)
    assert results.certificate.ok


def test_teaching_notes_likelihood_of_three_means():
    model = lk.LikelihoodModel([5], family=lk.Normal(sd=2))
    values = [model.loglike([mean]) for mean in (5, 7, 9)]
    assert np.argmax(values) == 0
    assert_allclose(np.exp(values), stats.norm(loc=[5, 7, 9], scale=2).pdf(5), rtol=1e-12)
    assert_allclose(model.fit().params, [5.0], rtol=1e-12)


def test_spector_logit():
    data = sm.datasets.spector.load_pandas()
    exog = sm.add_constant(data.exog, prepend=False)
    results = lk.LikelihoodModel(data.endog, exog, family=lk.Bernoulli()).fit()
    published = {"GPA": 2.82611259, "TUCE": 0.09515766, "PSI": 2.37868766, "const": -13.02134686}
    errors = {"GPA": 1.2629411, "TUCE": 0.1415542, "PSI": 1.0645643, "const": 4.9313242}
    assert_allclose(results.params, results.params.index.map(published), rtol=1e-7)
    assert_allclose(results.bse, results.bse.index.map(errors), rtol=1e-6)
    assert_allclose(results.llf, -12.889634222, rtol=1e-10)


def test_toxocara_poisson():
    results = lk.LikelihoodModel(toxocara(), family=lk.Poisson()).fit()
    assert_allclose(results.params, [8.679245], rtol=1e-6)
    assert_allclose(results.bse, [0.4047], rtol=1e-4)


class NegativeBinomial(lk.Family):
    """Counts with variance mean + dispersion mean^2."""

    mean = lk.Positive()
    dispersion = lk.Positive()
    support = lk.Integers(0, np.inf)

    @staticmethod
    def log_density(y, mean, dispersion):
        size = 1 / dispersion
        return (
            special.gammaln(y + size) - special.gammaln(size) - special.gammaln(y + 1)
            - size * np.log1p(mean / size) + special.xlogy(y, mean / (size + mean))
        )  # fmt: skip


def test_toxocara_negative_binomial_of_ones_own():
    y = toxocara()
    results = lk.LikelihoodModel(y, family=NegativeBinomial()).fit()

    def minus(log_params):
        mean, size = np.exp(log_params[0]), np.exp(-log_params[1])
        return -stats.nbinom(size, size / (size + mean)).logpmf(y).sum()

    best = optimize.minimize(minus, [2.0, 1.0], method="Nelder-Mead", options={"xatol": 1e-10, "fatol": 1e-12})
    assert_allclose(results.params, np.exp(best.x), rtol=1e-6)
    assert_allclose(results.llf, -best.fun, rtol=1e-12)
    assert results.certificate.ok
    assert results.derivatives == "symbolic"


class CauchyLocation(lk.Family):
    """Cauchy law of scale 1."""

    loc = lk.Real()

    @staticmethod
    def log_density(y, loc):
        return -np.log(np.pi) - np.log1p((y - loc) ** 2)


def test_observed_and_expected_information_of_a_cauchy_location_differ():
    # Efron and Hinkley (1978): the expected information is n / 2 whatever the sample.
    y = np.array([-1.2, -0.4, 0.1, 0.3, 4.0, 6.5])
    results = lk.LikelihoodModel(y, family=CauchyLocation()).fit()
    loc = results.params[0]
    curvature = np.sum(2 * (1 - (y - loc) ** 2) / (1 + (y - loc) ** 2) ** 2)
    assert_allclose(results.information("observed").to_numpy(), [[curvature]], rtol=1e-9)
    assert_allclose(results.information("expected").to_numpy(), [[len(y) / 2]], rtol=1e-9)
    ratio = results.information_audit().table.loc["loc", "expected/observed"]
    assert_allclose(ratio, np.sqrt(curvature / (len(y) / 2)), rtol=1e-9)
    assert abs(ratio - 1) > 0.05
    assert "differs from the observed one" in results.information_audit().verdict


@pytest.mark.parametrize("columns", [(1.0, 1e8), (1e-8, 1e8), (1e6, 1e-6)])
def test_badly_scaled_columns_change_nothing_but_units(columns):
    rng = np.random.default_rng(8)
    exog = np.column_stack([np.ones(150), rng.normal(size=150)])
    y = rng.poisson(np.exp(0.5 + 0.4 * exog[:, 1]))
    plain = lk.LikelihoodModel(y, exog, family=lk.Poisson()).fit()
    scaled = lk.LikelihoodModel(y, exog * columns, family=lk.Poisson()).fit()
    assert scaled.certificate.ok
    assert_allclose(scaled.params * columns, plain.params, rtol=1e-8)
    assert_allclose(scaled.bse * columns, plain.bse, rtol=1e-7)
    assert_allclose(scaled.llf, plain.llf, rtol=1e-12)


@pytest.mark.parametrize("unit", [1e-9, 1e12])
def test_badly_scaled_responses_change_nothing_but_units(unit):
    y = np.random.default_rng(9).weibull(1.7, 80) * 3
    plain = lk.LikelihoodModel(y, family=lk.Weibull()).fit()
    scaled = lk.LikelihoodModel(y * unit, family=lk.Weibull()).fit()
    assert scaled.certificate.ok
    assert_allclose(scaled.params / [1, unit], plain.params, rtol=1e-9)
    assert_allclose(scaled.bse / [1, unit], plain.bse, rtol=1e-8)


class OwnRegression(lk.LikelihoodModel):
    """A normal regression the statsmodels way."""

    parameters = {"intercept": lk.Real(), "slope": lk.Real(), "sd": lk.Positive()}

    def loglikeobs(self, params):
        return stats.norm.logpdf(self.endog, self.exog @ params[:2], params[2])


def test_a_subclass_with_loglikeobs_and_a_badly_scaled_column():
    rng = np.random.default_rng(0)
    exog = np.column_stack([np.ones(200), rng.normal(size=200) * 1e6])
    y = 1 + exog[:, 1] * 1e-6 + rng.normal(size=200)
    results, least_squares = OwnRegression(y, exog).fit(), sm.OLS(y, exog).fit()
    assert results.certificate.ok
    assert results.derivatives == "numeric"
    assert_allclose(results.params[:2], least_squares.params, rtol=1e-7)
    assert_allclose(results.bse[:2], least_squares.bse * np.sqrt(198 / 200), rtol=1e-6)
    assert_allclose(results.aic, least_squares.aic + 2, rtol=1e-10)  # statsmodels does not count the sd
