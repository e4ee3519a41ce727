"""Intervals from resamples: of the rows or of the fitted law, by percentiles, corrected ones, or studentised."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats

import likelihood_kit as lk
from likelihood_kit.errors import ArgumentError, NotAvailableError

Y = np.random.default_rng(4).exponential(2.0, 60)


def of_scale(**how):
    return np.asarray(lk.LikelihoodModel(Y, family=lk.Exponential()).fit().conf_int(method="bootstrap", **how))[0]


def test_bootstrap_intervals_of_a_mean():
    """Those of the mean of an exponential law are those of SciPy's own bias-corrected and accelerated bootstrap."""
    y = np.random.default_rng(4).exponential(2.0, 60)
    found = lk.LikelihoodModel(y, family=lk.Exponential()).fit().conf_int(method="bootstrap")[0]
    other = stats.bootstrap((y,), np.mean, n_resamples=20_000, method="BCa", rng=np.random.default_rng(1))
    assert_allclose(found, other.confidence_interval, rtol=0.03)
    skewed = y.mean() - found[0] < found[1] - y.mean()
    assert skewed


def test_bootstrap_intervals_do_not_depend_on_coordinates():
    y = np.random.default_rng(5).gamma(2, 3, 40)
    scale = lk.LikelihoodModel(y, family=lk.Exponential()).fit().conf_int(method="bootstrap")
    rate = lk.LikelihoodModel(y, np.ones((40, 1)), family=lk.Exponential()).fit().conf_int(method="bootstrap")
    assert_allclose(np.exp(rate), scale, rtol=1e-6)


def test_bootstrap_intervals_of_a_regression_with_frequencies():
    rng = np.random.default_rng(6)
    x, counts = rng.normal(size=30), rng.integers(1, 4, 30)
    exog, y = np.column_stack([np.ones(30), x]), rng.poisson(np.exp(1 + 0.3 * x))
    weighted = lk.LikelihoodModel(y, exog, family=lk.Poisson(), freq_weights=counts).fit()
    repeated = lk.LikelihoodModel(np.repeat(y, counts), np.repeat(exog, counts, axis=0), family=lk.Poisson()).fit()
    width = np.diff(weighted.conf_int(method="bootstrap"), axis=1)
    assert_allclose(width, np.diff(repeated.conf_int(method="bootstrap"), axis=1), rtol=0.1)


def test_no_bootstrap_interval_where_resamples_have_no_maximum():
    results = lk.LikelihoodModel([0, 0, 0, 1], family=lk.Bernoulli()).fit()
    with pytest.raises(NotAvailableError, match="of 1999 resamples have no maximum"):
        results.conf_int(method="bootstrap")


@pytest.mark.parametrize(("kind", "of_scipy"), [("bca", "BCa"), ("percentile", "percentile")])
def test_resampled_rows_are_those_of_scipy(kind, of_scipy):
    other = stats.bootstrap((Y,), np.mean, n_resamples=20_000, method=of_scipy, rng=np.random.default_rng(1))
    assert_allclose(of_scale(kind=kind, replications=19_999), other.confidence_interval, rtol=0.01)


def test_samples_of_the_law_of_a_mean_have_the_quantiles_of_a_gamma_law():
    """The mean of 60 exponential values is a gamma variable; its quantiles to four Monte Carlo standard errors."""
    law = stats.gamma(60, scale=Y.mean() / 60)
    levels = np.array([0.025, 0.975])
    found = of_scale(kind="percentile", resample="parametric", replications=19_999)
    errors = np.sqrt(levels * (1 - levels) / 19_999) / law.pdf(law.ppf(levels))
    assert np.all(np.abs(found - law.ppf(levels)) < 4 * errors)
    # Shown to fail: the law of ten observations fewer.
    assert np.any(np.abs(found - stats.gamma(50, scale=Y.mean() / 50).ppf(levels)) > 4 * errors)


@pytest.mark.parametrize(("kind", "precision"), [("studentised", 0.005), ("bca", 0.01)])
def test_samples_of_the_law_give_the_exact_interval_of_a_scale(kind, precision):
    """The mean over the scale is a pivot, and so is the ratio on the log scale: the interval is that of chi-squared.

    Efron (1987), section 4, has the corrected percentiles of a scale exact to second order; plain ones are not.
    """
    exact = 2 * Y.sum() / stats.chi2(120).ppf([0.975, 0.025])
    assert_allclose(of_scale(kind=kind, resample="parametric", replications=19_999), exact, rtol=precision)
    plain = of_scale(kind="percentile", resample="parametric", replications=19_999)
    assert np.all(np.abs(plain / exact - 1) > 2 * precision)


def test_studentised_intervals_of_a_normal_mean_are_those_of_student():
    """By samples of the law they are those of t with n - 1 degrees of freedom, which for n = 8 are 21 % wider."""
    y = np.random.default_rng(7).normal(3.0, 2.0, 8)
    results = lk.LikelihoodModel(y, family=lk.Normal()).fit()
    found = results.conf_int(method="bootstrap", kind="studentised", resample="parametric", replications=19_999)[0]
    exact = stats.t(7, y.mean(), stats.sem(y)).interval(0.95)
    assert_allclose(found - y.mean(), exact - y.mean(), rtol=0.03)
    assert np.diff(results.conf_int()[0]) < 0.85 * np.diff(exact)


@pytest.mark.parametrize("resample", ["case", "parametric"])
@pytest.mark.parametrize("kind", ["bca", "percentile", "studentised"])
def test_intervals_of_a_censored_law(kind, resample):
    """Resamples without any of the few censored rows raised an error of NumPy."""
    y = lk.Weibull().sample(30, 1, shape=2.0, scale=5.0)
    limit = np.sort(y)[-3]
    model = lk.LikelihoodModel(np.minimum(y, limit), family=lk.censored(lk.Weibull()), event=y < limit)
    results = model.fit()
    found = results.conf_int(method="bootstrap", kind=kind, resample=resample)
    assert_allclose(np.log(found), np.log(results.conf_int(method="profile")), atol=0.25)


def test_intervals_stay_inside_the_space():
    y = lk.Beta().sample(12, 3, alpha=0.5, beta=0.3)
    results = lk.LikelihoodModel(y, family=lk.Beta()).fit()
    for kind in ("bca", "percentile", "studentised"):
        assert np.all(results.conf_int(method="bootstrap", kind=kind, resample="parametric") > 0)


def test_frequencies_are_repeated_rows_in_samples_of_the_law():
    values, counts = np.array([0, 1, 2, 3, 5]), np.array([4, 6, 3, 2, 1])
    weighted = lk.LikelihoodModel(values, family=lk.Poisson(), freq_weights=counts).fit()
    repeated = lk.LikelihoodModel(np.repeat(values, counts), family=lk.Poisson()).fit()
    for kind in ("bca", "percentile", "studentised"):
        found, same = (r.conf_int(method="bootstrap", kind=kind, resample="parametric") for r in (weighted, repeated))
        assert_allclose(found, same, rtol=1e-6)


def test_a_law_with_a_kink_has_no_studentised_intervals():
    results = lk.LikelihoodModel(Y, family=lk.Laplace()).fit()
    with pytest.raises(NotAvailableError, match="smooth family; use kind='bca'"):
        results.conf_int(method="bootstrap", kind="studentised")
    found = results.conf_int(method="bootstrap", resample="parametric", replications=199)
    assert np.all((found[:, 0] < results.params) & (results.params < found[:, 1]))


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({"kind": "studentized"}, "kind='studentized': did you mean 'studentised'"),
        ({"resample": "rows"}, "resample='rows'"),
        ({"replications": 20}, "replications = 20: the ends of intervals with alpha = 0.05 need 39 or more"),
        ({"replications": 2.5}, "replications = 2.5"),
        ({"replications": 10**12}, "replications"),
        ({"rng": "a"}, "rng = "),
    ],
)
def test_bad_arguments(how, words):
    results = lk.LikelihoodModel(Y, family=lk.Exponential()).fit()
    with pytest.raises(ArgumentError, match=words):
        results.conf_int(method="bootstrap", **how)
    with pytest.raises(ArgumentError, match="is an argument of method='bootstrap', not of method='profile'"):
        results.conf_int(method="profile", **how)
