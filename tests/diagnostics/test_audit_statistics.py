"""Statistics of the audit: joint p-values, distances from a law, and what samples are compared."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats

import likelihood_kit as lk
from likelihood_kit.diagnostics import (
    anderson_darling,
    joint_pvalue,
    skewness,
)
from likelihood_kit.diagnostics.specification import large_sample_test, without_trend
from likelihood_kit.errors import NotAvailableError


def test_a_joint_p_value_has_its_level_whatever_is_compared():
    """Of statistics that are one more sample, dependent and with heavy tails; false alarm 1e-4."""
    rng = np.random.default_rng(12)
    found = []
    for _ in range(400):
        first = rng.standard_cauchy(200)
        found.append(joint_pvalue(np.stack([first, first + rng.normal(size=200), rng.normal(size=200)], axis=1))[0])
    assert stats.kstest(found, "uniform").pvalue > 1e-4
    # Shown to fail: the smallest of the three without its own rank.
    smallest = [joint_pvalue(rng.normal(size=(200, 3)))[1].min() for _ in range(400)]
    assert stats.kstest(smallest, "uniform").pvalue < 1e-10


def test_anderson_darling_is_that_of_scipy():
    y = np.random.default_rng(13).normal(size=40)
    z = stats.norm.cdf((y - y.mean()) / y.std(ddof=1))
    assert_allclose(anderson_darling(z, z), stats.anderson(y, "norm", method="interpolate").statistic, rtol=1e-10)


def test_skewness_is_that_of_normal_quantiles_either_way():
    y = np.random.default_rng(14).gamma(2.0, size=40) / 4
    z = stats.norm.cdf(y - y.mean())
    assert_allclose(skewness(z, z), abs(stats.skew(y)), rtol=1e-9)
    assert_allclose(skewness(1 - z, 1 - z), abs(stats.skew(y)), rtol=1e-9)
    assert_allclose(skewness(np.full(5, 0.2), np.full(5, 0.4)), 0.0)


def test_the_information_matrix_statistic_of_a_normal_law_is_skewness_and_kurtosis():
    """Of many observations: Hall (1987), *Econometrica* 55, 131-140, its parts n skewness^2 / 6 and n excess^2 / 24."""
    y = np.random.default_rng(14).normal(size=20_000)
    test = lk.LikelihoodModel(y, family=lk.Normal()).fit().information_audit(replications=0).test
    assert test.df == 2
    jarque_bera = len(y) * (stats.skew(y) ** 2 / 6 + stats.kurtosis(y) ** 2 / 24)
    # The variance is that of 65,536 values: of a fourth power's square 4 %.
    assert_allclose(test.statistic, jarque_bera, rtol=0.15)
    assert_allclose(test.pvalue, stats.chi2(2).sf(test.statistic), rtol=1e-10)


def test_samples_of_like_estimates_are_compared():
    """A statistic whose spread grows with a shape was compared with samples of all estimated shapes: 1 % at 5 %."""
    rng, rejected = np.random.default_rng(15), {"compared": 0, "not compared": 0}
    for _ in range(1000):
        own = rng.normal()
        shapes = np.append(own, own + rng.normal(size=199))
        statistics = (rng.chisquare(2, 200) * np.exp(1.5 * shapes))[:, None]
        rejected["not compared"] += joint_pvalue(statistics)[0] <= 0.05
        rejected["compared"] += joint_pvalue(without_trend(statistics, shapes[:, None]))[0] <= 0.05
    # A standard error of 0.7 %: false alarms below 1e-4.
    assert abs(rejected["compared"] - 50) < 28
    assert rejected["not compared"] < 22


def test_the_largest_difference_is_told_by_students_t():
    """By hand, of one parameter whose scores are +-a and +-b: the spread of their squares, and twice its tail."""
    scores = np.repeat([5.0, -5.0, 0.1, -0.1], [1, 1, 9, 9])[:, None]
    n, outer = 20, float((scores**2).sum())
    test = large_sample_test(np.eye(1) * 20, np.eye(1) * outer, scores, np.ones(n), "a reason")
    ratio = np.sqrt(outer / 20)
    # The squares do not depend on the scores, which are symmetric: their spread is what it is, about -1 too.
    spread = np.sqrt(np.sum((scores**2 - 1) ** 2)) / (2 * n * ratio**2)
    assert_allclose(test.noise, spread)
    assert_allclose(test.pvalue, 2 * stats.t(n - 1).sf(np.log(ratio) / spread))


def test_the_spread_of_few_squares_is_not_below_that_of_normal_scores():
    scores = np.repeat([1.1, -1.1], 10)[:, None]
    test = large_sample_test(np.eye(1) * 20, np.eye(1) * 20 * 1.21, scores, np.ones(20), "a reason")
    assert_allclose(test.noise, 1 / np.sqrt(2 * 20))


def test_a_p_value_of_ties_counts_the_sample_itself_once():
    """Of four samples alike but for the first, which is largest everywhere: one in four."""
    values = np.array([[3.0, 3.0], [1.0, 1.0], [1.0, 1.0], [1.0, 1.0]])
    together, each = joint_pvalue(values)
    assert together == 0.25
    assert_allclose(each, 0.25)
    together, _ = joint_pvalue(values[::-1])
    assert together == 1.0
    # As small a p-value as another sample's, and a smaller one next to it: that one does not count.
    together, each = joint_pvalue(np.array([[4.0, 3.0], [2.0, 4.0], [3.0, 1.0], [1.0, 2.0]]))
    assert_allclose(each, [0.25, 0.5])
    assert together == 0.25


def test_expected_information_that_is_singular_to_rounding_is_told():
    """A truncated normal law that is all but exponential: NumPy's own error came out of the Cholesky factor."""
    y = [
        1.0056, 0.5976, 0.5189, 3.0191, 0.8437, 2.8363, 0.5212, 0.3777, 0.8849, 0.3786, 3.3883, 2.6968, 0.2298, 0.9377,
        0.4195, 0.9557, 0.0452, 2.3811, 1.0578, 1.0227, 0.3087, 0.2675, 0.0373, 3.2644, 4.3244, 0.407, 0.2772, 0.5606,
        0.1649, 2.6793,
    ]  # fmt: skip
    results = lk.LikelihoodModel(y, family=lk.truncated(lk.Normal(), low=0.0)).fit()
    assert results.information_audit().verdict.startswith("Cannot tell: the information expected at the estimate")
    with pytest.raises(NotAvailableError, match="singular to rounding"):
        results.information_matrix_test()
