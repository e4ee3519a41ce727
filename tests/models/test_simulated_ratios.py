"""Likelihood-ratio tests by samples of the restricted fit: exact laws, and Bartlett's factor where it is known."""

import numpy as np
import pytest
from nonsense import swept
from numpy.testing import assert_allclose
from scipy import special, stats

import likelihood_kit as lk
from likelihood_kit.diagnostics.restrictions import LikelihoodTest, by_samples
from likelihood_kit.errors import ArgumentError, NotAvailableError
from likelihood_kit.models import simulated_ratios as room
from likelihood_kit.models.restricted import restricted
from likelihood_kit.models.simulated_ratios import simulated_ratios

#: Standard errors within which a Monte Carlo figure lies but for one time in 16,000.
ERRORS = 4


def fit(family, y, exog=None, **options):
    return lk.LikelihoodModel(y, exog, family=family, **options).fit()


@pytest.mark.parametrize("n", [3, 5, 20])
def test_bartletts_factor_of_an_exponential_mean(n):
    """E W = 2 n (log n - digamma(n)), 1 + 1 / (6 n) to order 1 / n (Cox and Hinkley 1974)."""
    y = np.random.default_rng(n).exponential(2, n)
    test = fit(lk.Exponential(), y).likelihood_ratio_test({"scale": 1.5}, bootstrap=9999)
    found, exact = test.bootstrap, 2 * n * (np.log(n) - special.digamma(n))
    assert_allclose(exact, 1 + 1 / (6 * n), atol=0.05 / n**2)
    assert abs(found.factor - exact) < ERRORS * found.factor_mcse
    assert_allclose(found.factor_mcse, np.sqrt(2 / 9999), rtol=0.15)  # the variance of chi-squared is 2
    assert_allclose([found.corrected, test.df], [test.statistic / found.factor, 1])
    assert_allclose(found.corrected_pvalue, stats.chi2.sf(found.corrected, 1))


def test_a_normal_mean_has_the_p_value_of_student():
    """W = n log(1 + t^2 / (n - 1)), E W = n (digamma(n / 2) - digamma((n - 1) / 2)); chi-squared is far off."""
    y, n = np.array([1.2, 0.1, 2.4, 0.9, -0.3]), 5
    test = fit(lk.Normal(), y).likelihood_ratio_test({"mean": 0.0}, bootstrap=9999)
    found = test.bootstrap
    exact = 2 * stats.t.sf(y.mean() / (y.std(ddof=1) / np.sqrt(n)), n - 1)
    error = np.sqrt(exact * (1 - exact) / 9999)
    assert abs(found.pvalue - exact) < ERRORS * error
    assert abs(test.pvalue - exact) > ERRORS * error
    assert abs(found.corrected_pvalue - exact) < abs(test.pvalue - exact) / 3
    assert abs(found.factor - n * (special.digamma(n / 2) - special.digamma((n - 1) / 2))) < ERRORS * found.factor_mcse


def test_the_statistics_of_samples_have_their_exact_law():
    """Kolmogorov and Smirnov's test at a false-alarm rate of one in a thousand; chi-squared is rejected by it."""
    results, n = fit(lk.Normal(), np.array([1.2, 0.1, 2.4, 0.9, -0.3])), 5
    found, without = simulated_ratios(results, None, restricted(results, {"mean": 0.0}, "test"), 4999, 1)
    t2 = np.expm1(found / n) * (n - 1)
    assert stats.kstest(t2, stats.f(1, n - 1).cdf).pvalue > 0.001
    assert stats.kstest(found, stats.chi2(1).cdf).pvalue < 1e-6
    assert without == 0


def test_what_is_made_of_the_statistics_of_samples():
    """Of two degrees of freedom: the mean of chi-squared is 2, so that factor and error are per degree."""
    drawn = stats.chi2(2).ppf((np.arange(999) + 0.5) / 999)
    test = LikelihoodTest("likelihood-ratio", 4.6, 2, float(stats.chi2.sf(4.6, 2)))
    found = by_samples(test, drawn, 3).bootstrap
    assert_allclose([found.factor, found.factor_mcse], [1.0, np.sqrt(2 / 2 / 999)], rtol=0.02)
    assert_allclose(found.factor_mcse, stats.sem(drawn) / 2, rtol=1e-12)
    assert_allclose(found.pvalue, (1 + np.sum(drawn > 4.6)) / 1000, rtol=1e-12)
    assert found.without_maximum == 3


def test_a_tie_is_one_whatever_its_rounding():
    """Of a discrete law a sample may be the data: its statistic reaches that of the data, some digits lower or not."""
    drawn = 4.6 * np.array([0.5, 1 - 1e-14, 1.0, 1 + 1e-14, 2.0])
    test = LikelihoodTest("likelihood-ratio", 4.6, 1, 0.03)
    assert_allclose(by_samples(test, drawn, 0).bootstrap.pvalue, 5 / 6)
    assert_allclose(by_samples(test, 0.99 * drawn, 0).bootstrap.pvalue, 2 / 6)


def test_searches_without_a_maximum_are_counted_and_start_at_the_restricted_fit_too(monkeypatch):
    """Two entries in the larger model, one free in the smaller: ends of 5 and of 3 samples, 2 of them shared."""
    original, starts = room.maximise, []

    def failing(likelihood, start):
        end = original(likelihood, start)
        starts.append(start)
        lost = slice(0, 5) if start.shape[1] == 2 else slice(3, 6)
        end.converged[lost] = False
        return end

    monkeypatch.setattr(room, "maximise", failing)
    y = np.random.default_rng(8).gamma(1.5, 2, 12)
    results = fit(lk.Gamma(), y)
    _, without = simulated_ratios(results, None, restricted(results, {"shape": 1.0}, "test"), 99, 1)
    assert without == 6
    begun = np.array([start[0] for start in starts if start.shape[1] == 2])
    for params in ([1.0, y.mean()], results.params):  # on the log scale
        assert np.isclose(begun, np.log(params), rtol=1e-6).all(axis=1).any()


def test_one_known_parameter_of_a_normal_law_needs_no_correction():
    found = fit(lk.Normal(sd=1.0), [0.3, 1.1, -0.4, 0.8]).likelihood_ratio_test({"mean": 0.0}, bootstrap=9999).bootstrap
    assert abs(found.factor - 1) < ERRORS * found.factor_mcse


def test_a_smaller_fit_and_values_held_are_one_restriction():
    """In a regression with a predictor far from 0 in units of its own."""
    rng = np.random.default_rng(1)
    exog = np.column_stack([np.ones(40), rng.normal(size=40), 1e7 + 1e5 * rng.normal(size=40)])
    y = rng.binomial(1, special.expit(exog[:, 1]))
    larger, smaller = (fit(lk.Bernoulli(), y, X) for X in (exog, exog[:, :2]))
    by_fit = larger.likelihood_ratio_test(smaller, bootstrap=199)
    by_value = larger.likelihood_ratio_test({"x2": 0.0}, bootstrap=199)
    assert_allclose(by_value.bootstrap.pvalue, by_fit.bootstrap.pvalue)
    assert_allclose(by_value.bootstrap.factor, by_fit.bootstrap.factor, rtol=1e-4)


def test_an_end_of_a_space_has_the_mixture_in_large_samples():
    """Half of the statistics of Poisson samples are 0, and 5 % above the quantile 2.71; within 4 standard errors."""
    y = np.random.default_rng(2).poisson(5.0, 300)
    y = np.append(y, [14, 15])
    larger, smaller = fit(lk.NegativeBinomial(), y), fit(lk.Poisson(), y)
    found, _ = simulated_ratios(larger, smaller, restricted(larger, smaller, "test"), 999, 3)
    assert abs(np.mean(found < 1e-6) - 0.5) < ERRORS * 0.016 + 0.03  # 0.53 at n = 300
    assert abs(np.mean(found > stats.chi2.isf(0.1, 1)) - 0.05) < ERRORS * 0.007
    test = larger.likelihood_ratio_test(smaller, bootstrap=199)
    assert np.isnan(test.bootstrap.factor)
    assert "Bartlett" not in str(test)


def test_where_no_limit_law_is_known_samples_decide():
    rng = np.random.default_rng(5)
    exog = np.column_stack([np.ones(60), rng.normal(size=60)])
    y = rng.negative_binomial(2, 0.3, 60)
    larger = fit(lk.NegativeBinomial(), y, exog, exogs={"dispersion": exog})
    test = larger.likelihood_ratio_test(fit(lk.Poisson(), y, exog), bootstrap=99)
    assert np.isnan(test.pvalue)
    assert test.bootstrap.pvalue == 0.01
    assert "by no known law" in str(test)


def test_frequencies_are_observations_and_censored_samples_are_censored():
    values, counts = np.array([0.5, 1.0, 2.5, 6.0]), [3, 1, 4, 2]
    weighted = [fit(family, values, freq_weights=counts) for family in (lk.Gamma(), lk.Exponential())]
    repeated = [fit(family, np.repeat(values, counts)) for family in (lk.Gamma(), lk.Exponential())]
    one, other = (larger.likelihood_ratio_test(smaller, bootstrap=999) for larger, smaller in (weighted, repeated))
    assert_allclose(one.statistic, other.statistic)
    assert abs(one.bootstrap.factor - other.bootstrap.factor) < ERRORS * np.sqrt(2) * one.bootstrap.factor_mcse
    rng = np.random.default_rng(6)
    time = rng.weibull(1.5, 60)
    options = {"event": time < 1.0}
    larger, smaller = (
        fit(lk.censored(law), np.minimum(time, 1.0), **options) for law in (lk.Weibull(), lk.Exponential())
    )
    found = larger.likelihood_ratio_test(smaller, bootstrap=999).bootstrap
    assert abs(found.factor - 1) < 0.25


def test_the_same_seed_gives_the_same_samples_and_words_say_all():
    y = np.random.default_rng(8).gamma(1.5, 2, 12)
    larger = fit(lk.Gamma(), y)
    one, again, other = (larger.likelihood_ratio_test({"shape": 1.0}, bootstrap=99, seed=seed) for seed in (1, 1, 2))
    assert one == again
    assert one.bootstrap.factor != other.bootstrap.factor
    assert "by 99 samples of the restricted fit p = " in str(one)
    assert "Bartlett-corrected (factor 1." in str(one)
    assert larger.likelihood_ratio_test({"shape": 1.0}).bootstrap is None


class Own(lk.LikelihoodModel):
    parameters = {"mean": lk.Real(), "sd": lk.Positive()}

    def loglikeobs(self, params):
        return stats.norm.logpdf(self.endog, *params)


def test_refused_by_name():
    y = np.array([0.3, 1.1, -0.4, 0.8, 2.0])
    with pytest.raises(NotAvailableError, match="a family"):
        Own(y).fit().likelihood_ratio_test({"mean": 0.0}, bootstrap=99)
    weighted = fit(lk.Normal(), y, prob_weights=np.linspace(1, 2, 5))
    with pytest.raises(NotAvailableError, match="prob_weights"):
        weighted.likelihood_ratio_test({"mean": 0.0}, bootstrap=99)
    for bad in (10, -1, 1.5, "a"):
        with pytest.raises(ArgumentError, match="bootstrap"):
            fit(lk.Normal(), y).likelihood_ratio_test({"mean": 0.0}, bootstrap=bad)


@pytest.mark.parametrize(("argument", "allowed"), [("bootstrap", {"None", "0"}), ("seed", {"0", "int8", "uint64"})])
def test_nonsense_is_refused(argument, allowed):
    results = fit(lk.Exponential(), [1.0, 2.0, 4.0])
    options = {"bootstrap": 99, "seed": 1}
    foreign, silent = swept(lambda v: results.likelihood_ratio_test({"scale": 1.0}, **{**options, argument: v}))
    assert not foreign
    assert silent <= allowed | {"1000000000000", "9223372036854775808", "10**400"}


def test_samples_are_fitted_as_the_kit_fits_them(monkeypatch):
    """20 samples of a regression, each fitted again by itself; the statistics are the same to 1e-5."""
    seen, original = [], room.draws

    def recorded(*args):
        draw = original(*args)

        def drawing(r, rng):
            seen.append(draw(r, rng))
            return seen[-1]

        return drawing

    monkeypatch.setattr(room, "draws", recorded)
    rng = np.random.default_rng(3)
    exog = np.column_stack([np.ones(30), rng.normal(size=30)])
    y = rng.weibull(1.5, 30) * np.exp(0.3 * exog[:, 1])
    larger, smaller = fit(lk.Weibull(), y, exog), fit(lk.Exponential(), y, exog[:, :1])
    found, _ = simulated_ratios(larger, smaller, restricted(larger, smaller, "test"), 99, 1)
    samples = np.concatenate([drawn["y"] for drawn in seen])[:20]
    expected = [2 * (fit(lk.Weibull(), y, exog).llf - fit(lk.Exponential(), y, exog[:, :1]).llf) for y in samples]
    assert_allclose(found[:20], expected, atol=1e-5)
