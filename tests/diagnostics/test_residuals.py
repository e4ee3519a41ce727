"""Quantile residuals are normal where the law is right, see weights as rows, and know what censoring knows."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import stats

from likelihood_kit.diagnostics import (
    observed_probabilities,
    quantile_plot,
    quantile_residuals,
    rows_of_observations,
)

#: False-alarm rate of each statistical check, at a fixed seed.
FALSE_ALARM = 1e-3


def normal(residuals):
    return stats.kstest(residuals, "norm").pvalue > FALSE_ALARM


def test_continuous_residuals_are_the_normal_quantiles_of_the_cdf(rng):
    y = rng.gamma(2.0, 3.0, 50)
    at = stats.gamma.cdf(y, 2.0, scale=3.0)
    assert_allclose(quantile_residuals(*observed_probabilities(at, at)), stats.norm.ppf(at), rtol=1e-12)


def discrete(y, law):
    return quantile_residuals(*observed_probabilities(law.cdf(y - 1), law.cdf(y)))


def test_residuals_of_a_discrete_law_are_drawn_within_its_steps(rng):
    y, law = rng.poisson(1.5, 2000), stats.poisson(1.5)
    residuals = discrete(y, law)
    place = stats.norm.cdf(residuals)
    slack = 1e-12
    assert ((law.cdf(y - 1) - slack <= place) & (place <= law.cdf(y) + slack)).all()
    assert normal(residuals)
    assert not normal(discrete(y, stats.poisson(1.7)))


def test_residuals_of_censored_times_are_drawn_beyond_them(rng):
    time, limit = rng.exponential(2.0, 2000), rng.uniform(0.0, 4.0, 2000)
    y, event = np.minimum(time, limit), (time <= limit).astype(int)

    def residuals(scale, event):
        at = stats.expon.cdf(y, scale=scale)
        return quantile_residuals(*observed_probabilities(at, at, event=event))

    assert normal(residuals(2.0, event))
    assert (residuals(2.0, event) >= residuals(2.0, np.ones(2000)) - 1e-12).all()
    # Taken for seen, or under another law, they are not normal.
    assert not normal(residuals(2.0, np.ones(2000)))
    assert not normal(residuals(2.5, event))


@pytest.mark.parametrize("steps", [0.0, 0.1], ids=["continuous", "discrete"])
def test_frequencies_are_repeated_rows(rng, steps):
    low, frequencies = rng.uniform(0.0, 0.9, 40), rng.integers(0, 5, 40)
    weighted = quantile_residuals(low, low + steps, frequencies)
    assert_array_equal(weighted, quantile_residuals(*(np.repeat(x, frequencies) for x in (low, low + steps))))
    assert len(weighted) == frequencies.sum()


def test_of_many_observations_some_are_evenly_chosen():
    frequencies = np.array([10, 0, 30, 60])
    chosen = rows_of_observations(4, frequencies, most=10)
    assert_array_equal(chosen, [0, 2, 2, 2, 3, 3, 3, 3, 3, 3])
    repeated = np.repeat(np.arange(4), frequencies)
    assert_array_equal(chosen, repeated[rows_of_observations(100, most=10)])
    assert_array_equal(rows_of_observations(4, frequencies), repeated)


def test_residuals_beyond_rounding_are_finite():
    assert np.isfinite(quantile_residuals(np.array([0.0, 1.0]), np.array([0.0, 1.0]))).all()


def test_draws_are_the_same_every_time():
    low, high = np.zeros(5), np.ones(5)
    assert_array_equal(quantile_residuals(low, high), quantile_residuals(low, high))
    assert (quantile_residuals(low, high) != quantile_residuals(low, high, seed=1)).all()


def test_the_band_holds_its_level_pointwise():
    """Of 2000 normal samples of 20; four binomial standard errors at each of 20 points: a false alarm in 400."""
    samples = np.sort(np.random.default_rng(4).normal(size=(2000, 20)), axis=1)
    for level in (0.5, 0.95):
        low, high = quantile_plot(samples[0], level=level).band
        inside = ((low <= samples) & (samples <= high)).mean(axis=0)
        assert_allclose(inside, level, atol=4 * np.sqrt(level * (1 - level) / 2000))


def test_sampling_weights_move_the_plotting_positions():
    residuals = np.array([1.0, -1.0, 0.0])
    plain = quantile_plot(residuals)
    assert_array_equal(plain.residuals, [-1.0, 0.0, 1.0])
    assert_allclose(stats.norm.cdf(plain.theoretical), [1 / 6, 1 / 2, 5 / 6])
    weighted = quantile_plot(residuals, np.array([6.0, 1.0, 3.0]))
    assert weighted.band is None
    assert_allclose(stats.norm.cdf(weighted.theoretical), [0.05, 0.25, 0.7])
    assert_allclose(quantile_plot(residuals, np.full(3, 7.0)).theoretical, plain.theoretical, atol=1e-15)


@pytest.mark.parametrize("most", [1, 7, 100])
def test_a_quantile_plot_of_some_points_is_part_of_that_of_all(most):
    residuals = np.random.default_rng(2).normal(size=100)
    whole, some = quantile_plot(residuals), quantile_plot(residuals, most=most)
    places = np.searchsorted(whole.theoretical, some.theoretical)
    assert len(places) == most
    np.testing.assert_array_equal(some.band, whole.band[:, places])
    np.testing.assert_array_equal(some.residuals, whole.residuals[places])
