"""Data that are close together beside their size: an exact answer, or words that say what was lost."""

import warnings

import numpy as np
import pytest
from mpmath import mp
from numpy.testing import assert_allclose
from scipy import special

import likelihood_kit as lk

IN_MEAN = lk.Gamma(parameters=("mean", "shape"))
GUMBEL = np.random.default_rng(2).gumbel(size=40)


class WrittenOut(lk.Family):
    """The gamma law as it stands in books, whose terms cancel."""

    shape = lk.Positive()
    mean = lk.Positive()
    support = lk.Interval(0, np.inf)

    @staticmethod
    def log_density(y, shape, mean):
        return (shape - 1) * np.log(y) - shape * y / mean - special.gammaln(shape) - shape * np.log(mean / shape)


def exact_gamma(y):
    """Log likelihood, mean, shape and standard error of the mean at the maximum, by mpmath."""
    with mp.workdps(50):
        values = [mp.mpf(float(v)) for v in y]
        mean = mp.fsum(values) / len(values)
        gap = mp.log(mean) - mp.fsum(map(mp.log, values)) / len(values)
        shape = mp.exp(mp.findroot(lambda t: (t - mp.digamma(mp.exp(t))) / gap - 1, mp.log(1 / (2 * gap))))
        terms = ((shape - 1) * mp.log(v) - v * shape / mean for v in values)
        value = mp.fsum(terms) - len(values) * (mp.loggamma(shape) + shape * mp.log(mean / shape))
        return float(value), float(mean), float(shape), float(mean / mp.sqrt(shape * len(values)))


def quiet_fit(y, family, **known):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return lk.LikelihoodModel(y, family=family, **known).fit()


@pytest.mark.parametrize("variation", [1e-1, 1e-3, 1e-5, 1e-6, 1e-7, 1e-9])
def test_gamma_of_a_small_coefficient_of_variation(variation):
    """Log likelihoods were wrong by -55 and standard errors 21 times too large at 1e-9, certified global."""
    y = 7 * (1 + variation * GUMBEL)
    value, mean, shape, error = exact_gamma(y)
    results = lk.LikelihoodModel(y, family=IN_MEAN).fit()
    assert results.certificate.grade == "global"
    assert_allclose(results.llf, value, atol=1e-9)
    assert_allclose(results.params, [mean, shape], rtol=1e-8)
    assert_allclose(results.bse[0], error, rtol=1e-8)


def test_gamma_of_three_equal_observations_and_one_beside():
    y = [1.0, 1.0, 1.0, 1.0000001]
    results = lk.LikelihoodModel(y, family=IN_MEAN).fit()
    assert_allclose(results.llf, exact_gamma(y)[0], atol=1e-9)


@pytest.mark.parametrize("family", [lk.Gamma(), IN_MEAN], ids=repr)
def test_gamma_of_many_rows_arrives(family):
    """The search stopped 6.6e-2 standard errors from the maximum."""
    y = 7 * (1 + 1e-4 * np.random.default_rng(3).normal(size=100_000))
    assert lk.LikelihoodModel(y, family=family).fit().certificate.grade == "global"


def test_gamma_in_shape_and_scale_to_1e_5():
    """Twelve rows: the log likelihood was off by 4e-4."""
    y = 7 * (1 + 1e-5 * np.random.default_rng(1).normal(size=12))
    results = lk.LikelihoodModel(y, family=lk.Gamma()).fit()
    assert results.certificate.grade == "global"
    assert_allclose(results.llf, exact_gamma(y)[0], atol=1e-9)


@pytest.mark.parametrize(
    "y",
    [7 * (1 + 1e-6 * np.random.default_rng(1).normal(size=12)), [1.0, 1.0, 1.0, 1.0000001], 7 * (1 + 1e-9 * GUMBEL)],
    ids=["1e-6", "three equal", "1e-9"],
)
def test_shape_and_scale_that_are_tied_to_rounding_are_not_called_without_a_maximum(y):
    """A theorem says that there is one; the information is singular to rounding."""
    reasons = quiet_fit(y, lk.Gamma()).certificate.reasons
    assert len(reasons) == 1
    assert "cannot tell the parameters apart" in reasons[0]


@pytest.mark.parametrize("variation", [1e-5, 1e-6, 1e-7])
@pytest.mark.parametrize("family", [lk.Gamma(), IN_MEAN], ids=repr)
def test_censored_gamma_of_too_small_a_variation_says_why(variation, family):
    """It said "some parameters are not identified", and a standard error of the shape was wrong by a quarter."""
    results = quiet_fit(7 * (1 + variation * GUMBEL), lk.censored(family), event=(np.arange(40) % 5 != 0).astype(int))
    assert not results.certificate.ok
    assert all("double precision" in reason for reason in results.certificate.reasons)


def test_censored_gamma_of_a_small_variation_is_certified():
    y, event = 7 * (1 + 1e-4 * GUMBEL), (np.arange(40) % 5 != 0).astype(int)
    results = lk.LikelihoodModel(y, family=lk.censored(IN_MEAN), event=event).fit()
    normal = lk.LikelihoodModel(y, family=lk.censored(lk.Normal()), event=event).fit()
    assert results.certificate.ok
    assert_allclose(results.bse[0], normal.bse[0], rtol=1e-3)


@pytest.mark.parametrize(("variation", "certified"), [(1e-2, True), (1e-5, False), (1e-7, False)])
def test_a_formula_whose_terms_cancel_is_not_certified(variation, certified):
    results = quiet_fit(7 * (1 + variation * GUMBEL), WrittenOut())
    assert results.certificate.ok == certified
    assert certified or "double precision" in results.certificate.reasons[0]


@pytest.mark.parametrize("family", [lk.Normal(), lk.LogNormal(), lk.Weibull()], ids=repr)
def test_laws_that_keep_their_digits_are_certified(family):
    assert lk.LikelihoodModel(7 * (1 + 1e-9 * GUMBEL), family=family).fit().certificate.grade == "global"


def test_heavy_tails_that_nothing_tells_of_are_still_named():
    """The location is known to 1e-8 of its size, and the likelihood rises to that of a normal law all the same."""
    y = 7 * (1 + 1e-8 * np.random.default_rng(5).uniform(size=40))
    assert "df runs to infinity" in quiet_fit(y, lk.StudentT()).certificate.reasons[0]


@pytest.mark.parametrize("variation", [1e-3, 1e-5, 1e-7])
def test_gamma_regression_of_a_small_variation(variation):
    x = np.random.default_rng(1).normal(size=200)
    y = np.exp(1 + 0.3 * x) * (1 + variation * np.random.default_rng(2).normal(size=200))
    exog = np.column_stack([np.ones(200), x])
    results = lk.LikelihoodModel(y, exog, family=IN_MEAN).fit()
    assert results.certificate.ok
    # The law is normal in the logarithm, but for the variation.
    sigma = np.std(np.log(y) - exog @ np.linalg.lstsq(exog, np.log(y), rcond=None)[0])
    expected = sigma * np.sqrt(np.diag(np.linalg.inv(exog.T @ exog)))
    assert_allclose(results.bse[:2], expected, rtol=1e-2)
