"""Levels of corrected percentiles, on estimates whose bias and acceleration are known."""

import numpy as np
from numpy.testing import assert_allclose
from scipy import stats

from likelihood_kit.diagnostics.bootstrap_intervals import acceleration, bca_intervals, percentile_intervals

ESTIMATES = np.random.default_rng(2).gamma(3.0, size=(999, 1))
FLAT = np.zeros(1)


def test_the_acceleration_of_a_mean_is_a_sixth_of_its_skewness():
    """Efron (1987), eq. (7.3), of a mean: skewness / (6 sqrt(n)); frequencies are repeated rows."""
    y, counts = np.random.default_rng(1).gamma(2.0, size=40), np.tile([1, 2, 0, 3], 10)
    influence = np.column_stack([(y - y.mean()) / 40, 1e6 * (y.mean() - y), 0 * y])
    wanted = stats.skew(y) / (6 * np.sqrt(40))
    assert_allclose(acceleration(influence, np.ones(40)), [wanted, -wanted, 0.0], rtol=1e-12)
    repeated = acceleration(np.repeat(influence, counts, axis=0), np.ones(counts.sum()))
    assert_allclose(acceleration(influence, counts), repeated, rtol=1e-12)


def test_half_of_the_ties_lie_below():
    """Estimates that are symmetric about the estimate, half of them the same as it: percentiles are as they were."""
    estimates = np.concatenate([-ESTIMATES, ESTIMATES, np.zeros((1998, 1))])
    found = bca_intervals(estimates, FLAT, FLAT, 0.1)
    assert_allclose(found, percentile_intervals(estimates, 0.1), rtol=1e-10)
    assert found[0, 0] < 0 < found[0, 1]


def test_an_estimate_beyond_all_of_its_resamples_is_at_the_edge_of_them():
    """Its bias would be infinite; it is as that of an estimate that is the least of them, half a tie below."""
    for edge, beyond in ((ESTIMATES.min(), -1.0), (ESTIMATES.max(), 99.0)):
        for skewness in (0.0, 0.05):
            found, wanted = (
                bca_intervals(ESTIMATES, np.array([at]), np.array([skewness]), 0.05) for at in (beyond, edge)
            )
            assert_allclose(found, wanted, rtol=1e-12)
            assert found[0, 0] <= found[0, 1]
