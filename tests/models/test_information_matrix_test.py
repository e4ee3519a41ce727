"""The information-matrix test by itself: the audit's, with its level, and shown to reject."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats

import likelihood_kit as lk
from likelihood_kit.diagnostics.specification import MATRIX
from likelihood_kit.errors import ArgumentError, NotAvailableError

#: Samples of the fitted law: the level is that of any number.
FEW = 199


def fit(y, family):
    return lk.LikelihoodModel(y, family=family).fit()


def test_it_is_the_comparison_of_the_audit():
    results = fit(np.random.default_rng(3).gamma(2.0, size=150), lk.Gamma())
    found, audit = results.information_matrix_test(bootstrap=FEW), results.information_audit(replications=FEW).test
    assert (found.statistic, found.df, found.replications) == (audit.statistic, audit.df, FEW)
    assert found.pvalue == audit.parts[MATRIX]


def test_of_a_normal_law_it_is_skewness_and_kurtosis():
    """Hall, A. (1987), *Review of Economic Studies* 54, 257-263: the test of Jarque and Bera, in the limit."""
    y = np.random.default_rng(4).normal(size=20_000)
    found = fit(y, lk.Normal()).information_matrix_test(bootstrap=0)
    # The variance is that of 65,536 values at most: of a fourth power's square 4 %.
    assert_allclose(found.statistic, stats.jarque_bera(y).statistic, rtol=0.15)
    assert found.df == 2
    assert_allclose(found.pvalue, stats.chi2(2).sf(found.statistic), rtol=1e-10)
    assert found.replications == 0


def test_level_and_power():
    """Right counts: of 40 more than 7 are rejected by chance 1 time in 1,000; wrong ones: 19 of 20."""
    right = [fit(np.random.default_rng(seed).poisson(3.0, 200), lk.Poisson()) for seed in range(40)]
    wrong = [fit(np.random.default_rng(seed).negative_binomial(2, 0.4, 200), lk.Poisson()) for seed in range(20)]
    below = [[one.information_matrix_test(bootstrap=FEW).pvalue <= 0.05 for one in part] for part in (right, wrong)]
    assert sum(below[0]) <= 7
    assert sum(below[1]) >= 19


def test_equal_informations_leave_nothing_to_compare():
    for form in ("efficient", "outer_product"):
        found = fit([0, 1, 1, 0, 1, 1, 1], lk.Bernoulli()).information_matrix_test(form)
        assert found.df == 0
        assert np.isnan(found.pvalue)


def regression(n=300, k=6):
    rng = np.random.default_rng(8)
    exog = np.column_stack([np.ones(n), rng.normal(size=(n, k - 1))])
    return exog, rng.poisson(np.exp(exog @ np.full(k, 0.2)))


def test_the_outer_product_form_is_n_times_a_squared_correlation():
    """Chesher (1983): 1 regressed on scores and indicators, those of a normal law typed out."""
    y = np.random.default_rng(6).gamma(3.0, size=120)
    found = fit(y, lk.Normal()).information_matrix_test("outer_product", bootstrap=0)
    z = (y - y.mean()) / y.std()
    columns = np.column_stack([z, z**2 - 1, z**3 - 3 * z, z**4 - 5 * z**2 + 2])
    assert_allclose(found.statistic, (columns @ np.linalg.lstsq(columns, np.ones(120), rcond=None)[0]).sum(), rtol=1e-8)
    assert found.df == 2
    assert_allclose(found.pvalue, stats.chi2(2).sf(found.statistic), rtol=1e-10)


def test_the_outer_product_form_of_a_regression_is_of_the_squares_of_its_influence():
    """Of 21 entries the 6 of the standard errors, typed out; with frequencies it is that of repeated rows."""
    exog, y = regression()
    found = lk.LikelihoodModel(y, exog, family=lk.Poisson()).fit()
    mean = np.exp(exog @ found.params)
    scores = (y - mean)[:, None] * exog
    reach = exog @ np.linalg.inv((exog.T * mean) @ exog)
    columns = np.column_stack([scores, ((y - mean) ** 2 - mean)[:, None] * reach**2])
    squared = (columns @ np.linalg.lstsq(columns, np.ones(300), rcond=None)[0]).sum()
    test = found.information_matrix_test("outer_product", bootstrap=0)
    assert_allclose(test.statistic, squared, rtol=1e-6)
    assert test.df == 6
    counts = np.arange(300) % 3 + 1
    rows = np.repeat(np.arange(300), counts)
    weighted = lk.LikelihoodModel(y, exog, family=lk.Poisson(), freq_weights=counts).fit()
    repeated = lk.LikelihoodModel(y[rows], exog[rows], family=lk.Poisson()).fit()
    one, other = (r.information_matrix_test("outer_product", bootstrap=FEW) for r in (weighted, repeated))
    assert_allclose(one.statistic, other.statistic, rtol=1e-6)
    assert one.pvalue == other.pvalue


def test_samples_of_the_law_give_the_outer_product_form_its_level():
    """Of 60 right samples more than 9 are rejected by chance 1 time in 1,000; by the chi-squared law a third are."""
    results = [fit(np.random.default_rng(seed).normal(size=100), lk.Normal()) for seed in range(60)]
    drawn, limit = (
        sum(one.information_matrix_test("outer_product", bootstrap=r).pvalue <= 0.05 for one in results)
        for r in (FEW, 0)
    )
    assert drawn <= 9 < limit
    wrong = fit(np.random.default_rng(1).negative_binomial(2, 0.4, 200), lk.Poisson())
    assert wrong.information_matrix_test("outer_product", bootstrap=FEW).pvalue <= 0.01


def test_in_other_units_the_outer_product_form_is_the_same():
    y = np.random.default_rng(9).gamma(2.0, size=80)
    laws = lk.Gamma(), lk.Gamma(parameters=("mean", "shape"))
    found = [
        fit(y * unit, law).information_matrix_test("outer_product", bootstrap=0) for law in laws for unit in (1, 1e6)
    ]
    assert_allclose([test.statistic for test in found], found[0].statistic, rtol=1e-6)


class Counts(lk.LikelihoodModel):
    parameters = {"rate": lk.Positive()}

    def loglikeobs(self, params):
        return stats.poisson.logpmf(self.endog, params[0])


def test_what_it_is_not_there_for():
    results = fit([1.0, 2.0, 4.0, 3.0], lk.Exponential())
    with pytest.raises(ArgumentError, match=r"form='efficeint'.*did you mean 'efficient'"):
        results.information_matrix_test("efficeint")
    with pytest.raises(ArgumentError, match="bootstrap = 5: give at least 99"):
        results.information_matrix_test(bootstrap=5)
    with pytest.raises(NotAvailableError, match=r"information-matrix test.*moves"):
        fit([1.0, 2.0, 4.0], lk.Uniform()).information_matrix_test()
    with pytest.raises(NotAvailableError, match="so a family"):
        Counts([1.0, 2.0, 4.0, 3.0]).fit().information_matrix_test()


BETA = lk.LikelihoodModel(np.random.default_rng(1).beta(0.3, 0.3, 60), family=lk.Beta()).fit()


def test_draws_that_round_to_an_end_are_left_out(capfd):
    """One of 65,000 draws of a Beta(0.3, 0.4) law was 1, and its score infinite: LAPACK printed lines, all was lost."""
    found = BETA.information_matrix_test(seed=0)
    assert (found.df, found.replications) == (3, 998)
    assert 0.05 < found.pvalue < 1
    assert BETA.information_audit().table.loc["beta", "lower"] < 1
    assert np.isfinite(BETA.conf_int(method="bootstrap", resample="parametric", replications=199)).all()
    out, err = capfd.readouterr()
    assert (out, err) == ("", "")


def test_too_many_draws_at_an_end_are_said():
    y = np.clip(np.random.default_rng(1).beta(0.3, 0.1, 60), 1e-12, 1 - 1e-12)
    with pytest.raises(NotAvailableError, match=r"rows drawn from the fitted law \d+ have no finite score"):
        lk.LikelihoodModel(y, family=lk.Beta()).fit().information_matrix_test()


def test_likelihood_ratios_of_samples_that_round_to_an_end_are_left_out():
    """Both log likelihoods are infinite there: of 199 samples of Beta(0.2, 0.2) some have no finite ratio."""
    found = BETA.likelihood_ratio_test({"alpha": 0.2, "beta": 0.2}, bootstrap=199).bootstrap
    assert 150 < found.replications < 199
    assert 0 < found.pvalue < 1


def test_in_other_units_all_by_samples_is_the_same():
    """The efficient statistic was 9.8 to 10.8 for one sample in four units, with samples drawn anew in each."""
    y = np.random.default_rng(8).weibull(1.5, 40)
    found = [fit(y * unit, lk.Normal()) for unit in (1.0, 3.0, 1e9)]
    for results in found[1:]:
        one, other = results.information_matrix_test(bootstrap=FEW), found[0].information_matrix_test(bootstrap=FEW)
        assert_allclose(one.statistic, other.statistic, rtol=1e-6)
        assert one.pvalue == other.pvalue
        assert results.goodness_of_fit(FEW).pvalue == found[0].goodness_of_fit(FEW).pvalue
    # n b1 / 6 + n (b2 - 3)^2 / 24, with a variance by 65,536 rows.
    assert_allclose(found[0].information_matrix_test(bootstrap=FEW).statistic, stats.jarque_bera(y).statistic, rtol=0.1)
