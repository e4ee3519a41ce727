"""Statistics of the audit: joint p-values, distances from a law, and what samples are compared."""

import numpy as np
from numpy.testing import assert_allclose
from scipy import stats

import likelihood_kit as lk
from likelihood_kit.diagnostics import (
    anderson_darling,
    joint_pvalue,
)
from likelihood_kit.diagnostics.specification import without_trend


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
