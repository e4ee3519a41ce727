"""Numbers that others have published, with the kit's families and with densities of a user's own."""

from typing import ClassVar

import numpy as np
import pytest
import statsmodels.api as sm
from numpy.testing import assert_allclose, assert_array_equal
from scipy import special

import likelihood_kit as lk


def half_a_unit(decimals: int) -> float:
    """Largest rounding error of a number printed with so many decimals."""
    return 0.5 * 10.0**-decimals


# Teaching notes


def test_normal_sample_of_four():
    results = lk.LikelihoodModel([-5, 0, 3, 10], family=lk.Normal(parameters=("mean", "variance"))).fit()
    assert_allclose(results.params, [2, 29.5], rtol=1e-12)
    assert_allclose(results.bse, [np.sqrt(29.5 / 4), 29.5 / np.sqrt(2)], rtol=1e-9)
    assert results.certificate.ok


def test_one_value_and_candidate_means_with_known_sd():
    model = lk.LikelihoodModel([5.0], family=lk.Normal(sd=2.0))
    likelihoods = [np.exp(model.loglike([mean])) for mean in (5, 7, 9)]
    assert_allclose(likelihoods, np.exp([0, -0.5, -2]) / (2 * np.sqrt(2 * np.pi)), rtol=1e-12)
    assert np.argmax(likelihoods) == 0
    results = model.fit()
    assert_allclose(results.params, 5, rtol=1e-12)
    assert_allclose(results.bse, 2, rtol=1e-9)


# Spector and Mazzeo (1980), in Greene, Econometric Analysis, and in statsmodels' documentation

LOGIT = {
    "GPA": (2.82611259, 1.2629411),
    "TUCE": (0.09515766, 0.1415542),
    "PSI": (2.37868766, 1.0645643),
    "const": (-13.02134686, 4.9313242),
}


def test_spector_logit(spector):
    results = lk.LikelihoodModel(*spector, family=lk.Bernoulli()).fit()
    for name, (estimate, error) in LOGIT.items():
        assert_allclose(results.params[name], estimate, atol=half_a_unit(8))
        assert_allclose(results.bse[name], error, atol=half_a_unit(7))
    assert_allclose(results.llf, -12.889634222, atol=half_a_unit(9))


PROBIT = {"const": (-7.4523, 2.542), "GPA": (1.6258, 0.694), "TUCE": (0.0517, 0.084), "PSI": (1.4263, 0.595)}


class MyProbit(lk.LikelihoodModel):
    """The model of statsmodels' notebook on generic maximum likelihood, with its parameters declared."""

    parameters: ClassVar = {name: lk.Real() for name in PROBIT}

    def loglikeobs(self, params):
        return special.log_ndtr((2 * self.endog - 1) * (self.exog @ params))


@pytest.mark.parametrize("own", [True, False], ids=["own loglikeobs", "family with another link"])
def test_spector_probit(own, spector):
    family = lk.Bernoulli(links={"probability": "probit"})
    results = (MyProbit(*spector) if own else lk.LikelihoodModel(*spector, family=family)).fit()
    for name, (estimate, error) in PROBIT.items():
        assert_allclose(results.params[name], estimate, atol=half_a_unit(4))
        assert_allclose(results.bse[name], error, atol=half_a_unit(3))
    assert_allclose(results.llf, -12.818803, rtol=1e-6)
    reference = sm.Probit(*spector).fit(disp=0, tol=1e-12)
    assert_allclose(results.params, reference.params, rtol=1e-7)
    assert_allclose(results.bse, reference.bse, rtol=1e-6)


# Toxocara


def test_toxocara_poisson(toxocara):
    results = lk.LikelihoodModel(toxocara, family=lk.Poisson()).fit()
    assert_allclose(results.params, 8.679245, atol=half_a_unit(6))
    assert_allclose(results.bse, 0.4047, atol=half_a_unit(4))
    assert_allclose(results.params, toxocara.mean(), rtol=1e-12)
    assert_allclose(results.bse, np.sqrt(toxocara.mean() / 53), rtol=1e-9)


# Kennan's strikes: Greene, Econometric Analysis, chapter on duration models


def test_strike_durations_exponential(strikes):
    results = lk.LikelihoodModel(strikes, family=lk.Exponential()).fit()
    rate, error = 1 / results.params[0], results.bse[0] / results.params[0] ** 2
    assert_allclose(rate, 0.02344, atol=half_a_unit(5))
    assert_allclose(error, 0.00298, atol=half_a_unit(5))


def test_strike_durations_weibull(strikes):
    """The book's standard errors come from the outer product of the scores (Berndt, Hall, Hall and Hausman)."""
    results = lk.LikelihoodModel(strikes, family=lk.Weibull()).fit(cov_type="outer_product")
    shape, scale = results.params
    assert_allclose(1 / scale, 0.02439, atol=half_a_unit(5))
    assert_allclose(shape, 0.92083, rtol=1e-4)  # the book's last digits are its own
    assert_allclose(results.bse[1] / scale**2, 0.00354, atol=half_a_unit(5))
    assert_allclose(results.bse[0], 0.11086, rtol=1e-4)
    median = scale * np.log(2) ** (1 / shape)
    assert_allclose(median, 27.543, rtol=1e-4)


class LogNormal(lk.Family):
    """Log normal law in its median and the sd of the logarithm."""

    median = lk.Positive()
    sd = lk.Positive()
    support = lk.Interval(0, np.inf)

    @staticmethod
    def log_density(y, median, sd):
        z = (np.log(y) - np.log(median)) / sd
        return -np.log(y) - np.log(sd) - np.log(2 * np.pi) / 2 - z**2 / 2


class LogLogistic(lk.Family):
    """Log logistic law in its median and the shape that Greene calls p."""

    median = lk.Positive()
    shape = lk.Positive()
    support = lk.Interval(0, np.inf)

    @staticmethod
    def log_density(y, median, shape):
        z = shape * (np.log(y) - np.log(median))
        return np.log(shape) - np.log(y) + z - 2 * np.logaddexp(0, z)


@pytest.mark.parametrize(
    ("family", "median", "p"),
    [(LogNormal(), 22.152, 0.77206), (LogLogistic(), 24.079, 1.33148)],
    ids=["log normal", "log logistic"],
)
def test_strike_durations_by_own_densities(family, median, p, strikes):
    results = lk.LikelihoodModel(strikes, family=family).fit()
    assert results.certificate.ok
    assert_allclose(results.params[0], median, rtol=1e-4)
    shape = results.params[1]
    assert_allclose(1 / shape if isinstance(family, LogNormal) else shape, p, rtol=1e-4)


# Stack loss with Student t errors: Lange, Little and Taylor (1989), JASA 84, 881-896


@pytest.mark.parametrize(
    ("family", "coefficients"),
    [
        (lk.Normal(), [-39.92, 0.72, 1.30, -0.15]),
        (lk.StudentT(df=4.0), [-40.07, 0.86, 0.75, -0.12]),
        (lk.StudentT(), [-38.48, 0.85, 0.49, -0.07]),
    ],
    ids=repr,
)
def test_stack_loss(family, coefficients, sample_of):
    results = lk.LikelihoodModel(*sample_of("stackloss"), family=family).fit()
    assert results.certificate.ok
    assert_allclose(results.params[:4], coefficients, atol=half_a_unit(2))
    if "df" in family.parameter_names:
        assert_allclose(results.params[5], 1.1, atol=half_a_unit(1))


# Extramarital affairs and the RAND experiment, as statsmodels' documentation prints them


def test_fair_logit():
    data = sm.datasets.fair.load_pandas().data
    published = {"Intercept": 3.7257, "occupation": 0.1602, "educ": -0.0392, "occupation_husb": 0.0124}
    published |= {"rate_marriage": -0.7161, "age": -0.0605, "yrs_married": 0.1100, "children": -0.0042}
    data["affair"] = (data["affairs"] > 0).astype(float)
    terms = [name for name in data.columns if name not in ("affairs", "affair")]
    results = lk.LikelihoodModel.from_formula(f"affair ~ {' + '.join(terms)}", data, family=lk.Bernoulli()).fit()
    assert_allclose(results.params[list(published)], list(published.values()), atol=half_a_unit(4))
    assert_allclose(results.llf, -3471.5, atol=half_a_unit(1))


def test_rand_poisson():
    data = sm.datasets.randhie.load_pandas()
    exog = sm.add_constant(data.exog, prepend=False)
    results = lk.LikelihoodModel(data.endog, exog, family=lk.Poisson()).fit()
    published = [-0.0525, -0.2471, 0.0353, -0.0346, 0.2717, 0.0339, -0.0126, 0.0541, 0.2061, 0.7004]
    assert_array_equal(results.params.index, exog.columns)
    assert_allclose(results.params, published, atol=half_a_unit(4))
    assert results.certificate.ok
