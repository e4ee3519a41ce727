"""A model with its own `loglikeobs`: numeric derivatives whatever the units, and nothing asked outside the space."""

from typing import ClassVar

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats

import likelihood_kit as lk


class NormalModel(lk.LikelihoodModel):
    parameters: ClassVar = {"mean": lk.Real(), "sd": lk.Positive()}

    def loglikeobs(self, params):
        mean, sd = params
        return -np.log(sd) - ((self.endog - mean) / sd) ** 2 / 2


class Asked(lk.LikelihoodModel):
    """Of a probability, by a formula that is a number beyond 0 and 1 too; notes what it is asked."""

    parameters: ClassVar = {"p": lk.UnitInterval()}

    def loglikeobs(self, params):
        (p,) = params
        self.__dict__.setdefault("asked", []).append(p)
        return self.endog * np.log(np.abs(p)) + (1 - self.endog) * np.log(np.abs(1 - p))


@pytest.mark.parametrize(
    ("centre", "spread"), [(0.0, 1.0), (0.0, 1e6), (0.0, 1e-7), (1e8, 1.0), (-3e5, 1e-3), (5.0, 1e9)]
)
def test_standard_errors_whatever_the_units(centre, spread):
    """sd / sqrt(n) and sd / sqrt(2 n) of a normal sample, to what differences of so large a mean leave over."""
    noise = np.random.default_rng(2).normal(size=60)
    y = centre + spread * (noise - noise.mean())
    results = NormalModel(y).fit()
    assert results.certificate.ok
    sd = y.std()
    assert_allclose(results.params, [y.mean(), sd], rtol=1e-7, atol=1e-6 * spread)
    assert_allclose(results.bse, [sd / np.sqrt(60), sd / np.sqrt(120)], rtol=1e-5)
    assert_allclose(results.cov_params()[0, 1] / sd**2, 0.0, atol=1e-6)
    assert results.derivatives == "numeric"
    assert results.derivative_error < 1e-3


@pytest.mark.parametrize("successes", [1, 3, 1997, 1999])
def test_near_an_end_of_the_space(successes):
    y = np.zeros(2000)
    y[:successes] = 1.0
    model = Asked(y)
    results = model.fit()
    p = successes / 2000
    assert_allclose(results.params, [p], rtol=1e-7)
    assert_allclose(results.bse, [np.sqrt(p * (1 - p) / 2000)], rtol=1e-5)
    assert_allclose(
        model.score([0.5 * p + 0.25]), [successes / (0.5 * p + 0.25) - (2000 - successes) / (0.75 - 0.5 * p)]
    )
    assert 0 < min(model.asked) < max(model.asked) < 1


def test_a_likelihood_that_says_little_is_not_asked_beyond_the_ends():
    """Steps grow until the likelihood changes, but no further than half way to an end."""

    class Faint(Asked):
        def loglikeobs(self, params):
            return super().loglikeobs(params) / 100

    y = np.array([1.0, 0, 0, 1, 1])
    model = Faint(y)
    results = model.fit()
    assert_allclose(results.params, [0.6], rtol=1e-6)
    assert_allclose(results.bse, [np.sqrt(0.24 / 5 * 100)], rtol=1e-5)
    assert 0 < min(model.asked) < max(model.asked) < 1


def test_a_start_of_its_own_is_used_and_checked():
    y = np.random.default_rng(4).normal(3.0, 2.0, 40)

    class Started(NormalModel):
        start_params = (2.5, 1.5)

    class Outside(NormalModel):
        start_params = (2.5, -1.5)

    assert_allclose(Started(y).fit().params, [y.mean(), y.std()], rtol=1e-7)
    with pytest.raises(lk.errors.ParameterError, match="start_params has a value outside the space"):
        Outside(y).fit()


class Untraced(lk.Family):
    """A normal law in a form that cannot be traced, under another link, one parameter of it given for each row."""

    mean, sd = lk.Real(), lk.Positive()

    @staticmethod
    def log_density(y, mean, sd):
        return stats.norm.logpdf(y, mean, sd)


@pytest.mark.parametrize("given", [False, True])
def test_the_error_of_numeric_derivatives_is_known(given):
    """Of the Hessians of the rows, whose entries for a normal law are typed out."""
    rng = np.random.default_rng(9)
    x, sd = rng.normal(size=50), rng.uniform(0.5, 3.0, 50)
    y = 2.0 - x + sd * rng.normal(size=50)
    exog = np.column_stack([np.ones(50), x])
    results = lk.LikelihoodModel(y, exog, family=Untraced(), given={"sd": sd} if given else None).fit()
    assert results.derivatives == "numeric"
    spread = sd if given else np.full(50, results.params[2])
    information = (exog.T / spread**2) @ exog
    found = results.information("observed").to_numpy()[:2, :2]
    assert_allclose(found, information, rtol=1e-6)
    assert 0 < results.derivative_error < 1e-4
    apart = np.abs(found / information - 1).max()
    assert apart < 10 * results.derivative_error
    assert results.derivative_error == results.model.derivative_error(results.params)
    assert lk.LikelihoodModel(y, exog, family=lk.Normal()).fit().derivative_error == 0


class LogisticModel(lk.LikelihoodModel):
    """No parabola, so that a step of many scales tells nothing of the curvature."""

    parameters: ClassVar = {"loc": lk.Real()}

    def loglikeobs(self, params):
        z = np.abs(self.endog - params[0])
        return -z - 2 * np.log1p(np.exp(-z))


@pytest.mark.parametrize("centre", [0.0, 1e4, -1e7])
def test_a_step_is_shortened_to_the_scale_of_the_data(centre):
    """The observed information is the sum of sech^2(z / 2) / 2."""
    y = centre + np.random.default_rng(5).logistic(size=80)
    results = LogisticModel(y).fit()
    z = y - results.params[0]
    assert_allclose(np.tanh(z / 2).sum(), 0.0, atol=1e-5)
    assert_allclose(results.bse, [(1 / np.cosh(z / 2) ** 2).sum() ** -0.5 * 2**0.5], rtol=1e-6)
