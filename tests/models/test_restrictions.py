"""Likelihood-ratio, score and Wald tests against statsmodels', closed forms, and models that are no restrictions."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from numpy.testing import assert_allclose
from scipy import stats

import likelihood_kit as lk
from likelihood_kit.errors import ArgumentError, DataError, MaximumWarning, NotAvailableError

RNG = np.random.default_rng(1)
Y = RNG.gamma(1.5, 2, 60)
EXOG = np.column_stack([np.ones(60), RNG.normal(size=(60, 2))])
COUNTS = RNG.poisson(np.exp(EXOG @ [0.3, 0.2, 0]))


def fit(family, y=Y, exog=None, **kwargs):
    return lk.LikelihoodModel(y, exog, family=family, **kwargs).fit()


def test_poisson_regression_against_statsmodels():
    larger, smaller = fit(lk.Poisson(), COUNTS, EXOG), fit(lk.Poisson(), COUNTS, EXOG[:, :1])
    glm = sm.GLM(COUNTS, EXOG[:, :1], family=sm.families.Poisson()).fit()
    expected = glm.score_test(exog_extra=EXOG[:, 1:])
    score = larger.score_test(smaller)
    assert (score.df, score.note) == (2, "")
    assert_allclose([score.statistic, score.pvalue], np.ravel([expected.statistic, expected.pvalue]), rtol=1e-8)
    wald = larger.wald_test(np.eye(3)[1:], scalar=True)
    found = larger.wald_test(smaller)
    assert_allclose([found.statistic, found.pvalue], [wald.statistic, wald.pvalue], rtol=1e-8)
    ratio = larger.likelihood_ratio_test(smaller)
    assert_allclose(ratio.statistic, 2 * (larger.llf - smaller.llf))
    assert_allclose(ratio.pvalue, stats.chi2.sf(ratio.statistic, 2))


def test_a_restriction_is_the_same_however_it_is_written():
    """A model without a design, of one column of ones, of another family, of a value held fixed."""
    larger = fit(lk.Poisson(), COUNTS, EXOG)
    ones, none = fit(lk.Poisson(), COUNTS, EXOG[:, :1]), fit(lk.Poisson(), COUNTS)
    assert_allclose(larger.restriction_tests(none).table, larger.restriction_tests(ones).table, rtol=1e-6)
    gamma = fit(lk.Gamma())
    exponential, fixed = fit(lk.Exponential()), fit(lk.Gamma(shape=1.0))
    assert_allclose(gamma.restriction_tests(exponential).table, gamma.restriction_tests(fixed).table, rtol=1e-6)
    mean = fit(lk.Gamma(parameters=("mean", "shape")))
    assert_allclose(mean.score_test(exponential).statistic, gamma.score_test(exponential).statistic, rtol=1e-6)
    assert fit(lk.Weibull()).likelihood_ratio_test(exponential).df == 1


def test_score_test_of_a_binomial_probability():
    """(y - n p)^2 / (n p (1 - p)): Wilson's statistic."""
    y = np.array([0] * 14 + [1] * 6)
    larger, smaller = fit(lk.Bernoulli(), y), {"probability": 0.5}
    found = larger.restriction_tests(smaller)
    assert_allclose(found.score.statistic, (6 - 10) ** 2 / 5)
    assert_allclose(found.wald.statistic, (0.3 - 0.5) ** 2 / (0.3 * 0.7 / 20))
    assert found.verdict == "None of the three rejects the restriction at the 5 % level."


def test_values_by_name_are_the_fit_that_has_them():
    gamma, larger = fit(lk.Gamma()), fit(lk.Poisson(), COUNTS, EXOG)
    by_name = gamma.restriction_tests({"shape": 1.0}).table
    assert_allclose(by_name, gamma.restriction_tests(fit(lk.Gamma(shape=1.0))).table, rtol=1e-6)
    smaller = larger.restriction_tests(fit(lk.Poisson(), COUNTS, EXOG[:, :1]))
    assert_allclose(larger.restriction_tests({"x1": 0, "x2": 0}).table, smaller.table, rtol=1e-6)
    assert_allclose(larger.wald_test({"x1": 0}).statistic, larger.tvalues[1] ** 2, rtol=1e-8)
    for bad in ({}, {"shpae": 1}, {"shape": -1}, {"shape": "a"}, {3: 1}):
        with pytest.raises(ArgumentError, match="other"):
            gamma.likelihood_ratio_test(bad)


def test_the_words_name_those_that_reject():
    y = np.array([0] * 7 + [1] * 2)
    found = fit(lk.Bernoulli(), y).restriction_tests({"probability": 0.5})
    assert found.wald.pvalue < 0.05 < found.score.pvalue
    assert "At the 5 % level Wald rejects the restriction, likelihood-ratio and score do not." in str(found)


def test_a_parameter_at_an_end_of_its_space_has_half_the_p_value():
    """A t law of infinite degrees of freedom is normal, and half of normal samples have their maximum there."""
    y = stats.t.ppf((np.arange(40) + 0.5) / 40, 5)
    larger, smaller = fit(lk.StudentT(), y), fit(lk.Normal(), y)
    found = larger.likelihood_ratio_test(smaller)
    assert_allclose(found.pvalue, stats.chi2.sf(found.statistic, 1) / 2)
    assert "df is at an end" in " ".join(str(found).split())
    for test in (larger.score_test, larger.wald_test):
        with pytest.raises(NotAvailableError, match="df is at an end"):
            test(smaller)


def test_an_end_that_another_restriction_does_not_lead_to_excuses_no_missing_maximum():
    """Short tails: df runs to infinity, where a normal law is; a law of df = 5 is elsewhere, and needs the maximum."""
    y = stats.norm.ppf((np.arange(40) + 0.5) / 40)
    with pytest.warns(MaximumWarning, match="df runs to infinity"):
        larger = fit(lk.StudentT(), y)
    found = larger.likelihood_ratio_test(fit(lk.Normal(), y))
    assert_allclose([found.statistic, found.pvalue], [0.0, 1.0], atol=1e-6)
    with pytest.raises(NotAvailableError, match="not certified"):
        larger.likelihood_ratio_test(fit(lk.StudentT(df=5.0), y))


def test_large_values_are_no_end():
    """A scale of 1e9 is far out on the logarithm, and matters."""
    found = fit(lk.Gamma(), Y * 1e9).likelihood_ratio_test(fit(lk.Exponential(), Y * 1e9))
    assert found.note == ""
    assert_allclose(found.statistic, fit(lk.Gamma()).likelihood_ratio_test(fit(lk.Exponential())).statistic, rtol=1e-8)


def test_frequencies_are_repeated_rows():
    values, counts = np.array([0.5, 1.0, 2.5, 6.0]), np.array([3, 1, 4, 2])
    weighted = [fit(family, values, freq_weights=counts) for family in (lk.Gamma(), lk.Exponential())]
    repeated = [fit(family, np.repeat(values, counts)) for family in (lk.Gamma(), lk.Exponential())]
    found = weighted[0].restriction_tests(weighted[1]).table
    assert_allclose(found, repeated[0].restriction_tests(repeated[1]).table, rtol=1e-8)


def test_level_of_the_tests():
    """5 % of 400 samples of an exponential law, within 4 standard errors of 1.1 %; of a Gamma(2) nearly all."""
    rng = np.random.default_rng(0)
    for shape, low, high in ((1.0, 0.006, 0.094), (2.0, 0.95, 1.0)):
        rejected = np.zeros(3)
        for _ in range(400 if shape == 1 else 40):
            y = rng.gamma(shape, size=80)
            rejected += fit(lk.Gamma(), y).restriction_tests(fit(lk.Exponential(), y)).table["pvalue"] < 0.05
        share = rejected / (400 if shape == 1 else 40)
        assert ((low <= share) & (share <= high)).all(), share


# What is none


def test_what_is_no_restriction_is_refused():
    gamma = fit(lk.Gamma())
    with pytest.raises(NotAvailableError, match="no restriction of this fit"):
        gamma.likelihood_ratio_test(fit(lk.LogNormal(sdlog=1.0)))
    with pytest.raises(ArgumentError, match="fewer"):
        fit(lk.Exponential()).likelihood_ratio_test(gamma)
    with pytest.raises(ArgumentError, match="fewer"):
        gamma.score_test(gamma)
    with pytest.raises(DataError, match="other observations"):
        gamma.likelihood_ratio_test(fit(lk.Exponential(), Y[:-1]))
    with pytest.raises(DataError, match="other observations"):
        gamma.likelihood_ratio_test(fit(lk.Exponential(), freq_weights=np.full(60, 2)))
    for bad in (None, 3, "x", gamma.model):
        with pytest.raises(ArgumentError, match="restricted fit"):
            gamma.likelihood_ratio_test(bad)


def test_weights_and_clusters_have_no_likelihood_ratio():
    weighted = [fit(family, prob_weights=np.linspace(1, 2, 60)) for family in (lk.Gamma(), lk.Exponential())]
    with pytest.raises(NotAvailableError, match="prob_weights"):
        weighted[0].likelihood_ratio_test(weighted[1])
    assert 0 < weighted[0].wald_test(weighted[1]).pvalue < 1
    options = {"cov_type": "cluster", "cov_kwds": {"groups": np.repeat(np.arange(12), 5)}}
    larger, smaller = (lk.LikelihoodModel(Y, family=law).fit(**options) for law in (lk.Gamma(), lk.Exponential()))
    with pytest.raises(NotAvailableError, match="cluster"):
        larger.score_test(smaller)
    assert 0 < larger.wald_test(smaller).pvalue < 1


def test_values_by_name_are_searched_for_the_highest_maximum_under_them():
    """A Cauchy law with its scale held has two locations for this sample, and the fit that holds it the higher one."""
    y = np.array([5.043, -0.817, 96.268, 6.319, -0.565])
    larger, smaller = fit(lk.StudentT(df=1.0), y), fit(lk.StudentT(df=1.0, scale=0.8176), y)
    by_name = larger.likelihood_ratio_test({"scale": 0.8176})
    assert_allclose(by_name.statistic, larger.likelihood_ratio_test(smaller).statistic, rtol=1e-6)
    assert by_name.pvalue > 0.05


def test_a_series_of_values_was_no_restriction():
    results = lk.LikelihoodModel([1.2, 3.4, 2.0, 0.7, 1.9, 2.6], family=lk.Gamma()).fit()
    for test in ("likelihood_ratio_test", "score_test", "wald_test", "restriction_tests"):
        ask = getattr(results, test)
        assert ask(pd.Series({"shape": 2.0})) == ask({"shape": 2.0})
    assert results.wald_test(pd.Series([1.0, 0.0])).statistic == results.wald_test([1.0, 0.0]).statistic


def test_three_tests_were_one_test_though_one_was_by_a_sandwich():
    model = lk.LikelihoodModel(np.random.default_rng(2).gamma(2.0, 1.0, 60), family=lk.Exponential())
    words = "not three forms of one test here: the Wald test is by the sandwich"
    value = {model.exog_names[0]: 1.7}
    robust = model.fit(cov_type="sandwich").restriction_tests(value)
    assert words in robust.verdict
    assert "quadratic" not in robust.verdict
    assert words not in model.fit().restriction_tests(value).verdict


@pytest.mark.parametrize("wrong", [None, 1, [np.nan, 0.0], [[1.0, 0.0, 0.0]], ([1.0, 0.0], np.nan), object(), "", []])
def test_restrictions_that_are_none_were_a_wrong_shape_for_coefs_or_nan(wrong):
    results = lk.LikelihoodModel([1.2, 3.4, 2.0, 0.7, 1.9, 2.6], family=lk.Gamma()).fit()
    for test in (results.t_test, results.wald_test):
        with pytest.raises(ArgumentError, match="r_matrix") as refused:
            test(wrong)
        assert "wrong shape" not in str(refused.value)
    for taken in ("shape = 1", ["shape = 1", "scale = 2"], (np.eye(2), [1.0, 2.0]), ([1.0, 0.0], 1.0)):
        assert np.isfinite(results.t_test(taken).effect).all()


def test_what_a_score_test_lacked_is_told_of_all_three_too():
    """Beside the others it was by the observed information, and nothing said so."""
    times = np.minimum(np.random.default_rng(4).weibull(1.5, 40), 1.2)
    results = lk.LikelihoodModel(times, family=lk.censored(lk.Weibull()), event=times < 1.2).fit()
    assert "score test is with the observed information" in results.restriction_tests({"shape": 1.0}).verdict
    with pytest.raises(lk.errors.ParameterError, match="give it to the model"):
        results.conf_int(method="score")


def test_an_end_of_a_space_names_the_fit_that_tests_it():
    results = lk.LikelihoodModel([0, 5, 1, 9, 0, 2, 14, 3], family=lk.NegativeBinomial()).fit()
    with pytest.raises(ArgumentError, match="tested by the fit of the smaller law"):
        results.likelihood_ratio_test({"dispersion": 0.0})
