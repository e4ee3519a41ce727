"""Restrictions that put a parameter at an end of its space: half chi-squared laws, and where there are none."""

import warnings

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats

import likelihood_kit as lk
from likelihood_kit.errors import NotAvailableError


class UpToHalf(lk.Family):
    """A recombination fraction: up to 1/2, where there is no linkage."""

    p = lk.Interval(0, 0.5, closed=(True, True))
    support = lk.Integers(0, 1)

    @staticmethod
    def log_density(y, p):
        return y * np.log(p) + (1 - y) * np.log1p(-p)


def fit(family, y, exog=None, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return lk.LikelihoodModel(y, exog, family=family, **options).fit()


def ratio(y, **options):
    return fit(lk.NegativeBinomial(), y, **options).likelihood_ratio_test(fit(lk.Poisson(), y))


# Poisson within negative binomial


def test_a_poisson_law_within_a_negative_binomial_one():
    """p is half that of chi-squared with one degree of freedom: Self and Liang (1987), case 5."""
    y = np.random.default_rng(1).negative_binomial(2, 0.4, 40)
    larger, smaller = fit(lk.NegativeBinomial(), y), fit(lk.Poisson(), y)
    found = larger.likelihood_ratio_test(smaller)
    assert_allclose(found.statistic, 2 * (larger.llf - smaller.llf))
    assert_allclose(found.pvalue, stats.chi2.sf(found.statistic, 1) / 2)
    assert "dispersion is at an end" in found.note


def test_a_likelihood_that_is_highest_at_the_end_says_nothing_against_it():
    """The variance of these counts is below their mean: the fit has no maximum inside, and was refused."""
    found = ratio(np.array([2, 3, 3, 2, 4, 3, 2, 3]))
    assert (found.statistic, found.pvalue) == (0.0, 1.0)
    y = np.random.default_rng(4).binomial(10, 0.3, 60)
    exog = np.column_stack([np.ones(60), np.arange(60) % 2])
    larger, smaller = fit(lk.NegativeBinomial(), y, exog), fit(lk.Poisson(), y)
    assert not larger.certificate.ok
    found = larger.likelihood_ratio_test(smaller)
    within = 2 * (fit(lk.Poisson(), y, exog).llf - smaller.llf)
    assert_allclose(found.statistic, within, atol=1e-6)
    assert_allclose(found.pvalue, (stats.chi2.sf(within, 1) + stats.chi2.sf(within, 2)) / 2, rtol=1e-4)
    for other in (larger.score_test, larger.wald_test):
        with pytest.raises(NotAvailableError, match="not certified"):
            other(smaller)


def test_its_size():
    """5 % of 600 Poisson samples within 4 standard errors of .0089; by a whole chi-squared law about half as many."""
    rng, by_half, by_whole = np.random.default_rng(7), 0, 0
    for _ in range(600):
        y = rng.poisson(4.0, 60)
        if y.var() <= y.mean():  # the likelihood is highest at the end, p = 1
            continue
        found = ratio(y)
        by_half += found.pvalue < 0.05
        by_whole += stats.chi2.sf(found.statistic, 1) < 0.05
    assert 0.014 < by_half / 600 < 0.086
    assert by_whole < 0.8 * by_half


def test_several_parameters_at_their_ends_have_no_known_weights():
    """With a design on the dispersion the slope has no meaning at its end: chi-squared with df = 2 was given."""
    rng = np.random.default_rng(5)
    exog = np.column_stack([np.ones(80), rng.normal(size=80)])
    y = rng.negative_binomial(2, 0.3, 80)
    larger = fit(lk.NegativeBinomial(), y, exog, exogs={"dispersion": exog})
    with pytest.raises(NotAvailableError, match="dispersion:const and dispersion:x1 are at ends"):
        larger.likelihood_ratio_test(fit(lk.Poisson(), y, exog))
    inside = larger.likelihood_ratio_test(fit(lk.NegativeBinomial(), y, exog))
    assert (inside.df, inside.note) == (1, "")


@pytest.mark.parametrize("size", [1e-9, 1.0, 1e9])
def test_a_column_of_any_size_is_no_end(size):
    rng = np.random.default_rng(2)
    x = rng.normal(size=50)
    y = rng.poisson(np.exp(0.4 + 0.3 * x))
    larger = fit(lk.Poisson(), y, np.column_stack([np.ones(50), size * x]))
    found = larger.likelihood_ratio_test(fit(lk.Poisson(), y))
    assert found.note == ""
    assert_allclose(found.statistic, 2 * (larger.llf - fit(lk.Poisson(), y).llf))


# A space that holds its end


def test_a_value_at_an_end_that_its_space_holds():
    """Of 6 of which 2: the statistic was infinite, and p 0, where it is 0.6796."""
    results = fit(UpToHalf(), [0, 1, 0, 0, 0, 1])
    found = results.likelihood_ratio_test({"p": 0.5})
    expected = 2 * (2 * np.log(2 / 6) + 4 * np.log(4 / 6) - 6 * np.log(0.5))
    assert_allclose(found.statistic, expected, rtol=1e-9)
    assert_allclose(found.pvalue, stats.chi2.sf(expected, 1) / 2, rtol=1e-9)
    assert_allclose(results.profile("p").deviance([0.5, 0.6]), [expected, np.inf], rtol=1e-9)
    impossible = results.likelihood_ratio_test({"p": 0.0})
    assert (impossible.statistic, impossible.pvalue) == (np.inf, 0.0)
    assert results.profile("p").deviance(0.0) == np.inf
    for test in (results.score_test, results.wald_test):
        with pytest.raises(NotAvailableError, match="p is at an end"):
            test({"p": 0.5})
    with pytest.raises(NotAvailableError, match="end of its space"):
        results.r_star("p", 0.5)


def test_the_end_of_an_interval_may_be_rejected_where_its_neighbours_are_not():
    """Of 60 of which 23 the deviance of 1/2 is 3.30: above the cutoff 2.71 of half a chi-squared law, below 3.84."""
    results = fit(UpToHalf(), [1] * 23 + [0] * 37)
    interval = results.profile("p").interval()
    assert 2.71 < results.profile("p").deviance(0.5) < 3.84
    assert interval.open_high
    assert interval.rejected == (0.5,)
    assert "0.5000 itself is rejected" in str(interval)
    assert fit(UpToHalf(), [1] * 26 + [0] * 34).profile("p").interval().rejected == ()


class Excess(lk.Family):
    """A normal law of variance 1 + tau2, whose space holds tau2 = 0."""

    tau2 = lk.Interval(0, np.inf, closed=(True, False))
    support = lk.Real()

    @staticmethod
    def log_density(y, tau2):
        return -0.5 * np.log(2 * np.pi * (1 + tau2)) - y**2 / (2 * (1 + tau2))


def test_a_maximum_at_an_end_that_the_space_holds_is_no_missing_one():
    """It was said that no maximum exists."""
    y = np.array([0.1, -0.5, 0.7, 0.2, -1.1, 0.9])
    with pytest.warns(lk.errors.MaximumWarning, match="the maximum is that end, which its space holds"):
        lk.LikelihoodModel(y, family=Excess()).fit()
    with pytest.warns(lk.errors.MaximumWarning, match="runs to 0: no maximum exists"):
        lk.LikelihoodModel([0, 0, 0], family=lk.Poisson()).fit()
