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
    found = fit([0, 1, 1, 0, 1, 1, 1], lk.Bernoulli()).information_matrix_test()
    assert found.df == 0
    assert np.isnan(found.pvalue)


class Counts(lk.LikelihoodModel):
    parameters = {"rate": lk.Positive()}

    def loglikeobs(self, params):
        return stats.poisson.logpmf(self.endog, params[0])


def test_what_it_is_not_there_for():
    results = fit([1.0, 2.0, 4.0, 3.0], lk.Exponential())
    with pytest.raises(NotAvailableError, match="use form='efficient'"):
        results.information_matrix_test(form="outer_product")
    with pytest.raises(ArgumentError, match=r"form='efficeint'.*did you mean 'efficient'"):
        results.information_matrix_test("efficeint")
    with pytest.raises(ArgumentError, match="bootstrap = 5: give at least 99"):
        results.information_matrix_test(bootstrap=5)
    with pytest.raises(NotAvailableError, match=r"information-matrix test.*moves"):
        fit([1.0, 2.0, 4.0], lk.Uniform()).information_matrix_test()
    with pytest.raises(NotAvailableError, match="so a family"):
        Counts([1.0, 2.0, 4.0, 3.0]).fit().information_matrix_test()
