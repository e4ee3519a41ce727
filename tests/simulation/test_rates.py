import numpy as np
import pytest
from numpy.testing import assert_allclose

from likelihood_kit.simulation.rates import errors, log_median, slope

SIZES = (20, 50, 100, 200)


def test_slope_of_a_power_law_is_its_exponent():
    sizes = np.array(SIZES, dtype=float)
    found = slope(sizes, 3 - 0.5 * np.log(sizes), np.array([0.01, 0.02, 0.01, 0.03]))
    assert_allclose([found.overall, found.local], -0.5)
    assert_allclose(found.lack_of_fit, 0, atol=1e-20)
    assert_allclose(found.local_se, np.hypot(0.01, 0.03) / np.log(2))
    # Against the normal equations.
    design = np.stack([np.ones(4), np.log(sizes)], axis=1) / np.array([[0.01], [0.02], [0.01], [0.03]])
    assert_allclose(found.overall_se, np.sqrt(np.linalg.inv(design.T @ design)[1, 1]))


def test_error_of_a_slope_allows_for_curvature():
    sizes = np.array(SIZES, dtype=float)
    curved = -0.5 * np.log(sizes) + 5 / sizes
    found = slope(sizes, curved, np.full(4, 0.001))
    straight = slope(sizes, -0.5 * np.log(sizes), np.full(4, 0.001))
    assert found.lack_of_fit > 100
    assert_allclose(found.overall_se, straight.overall_se * np.sqrt(found.lack_of_fit))
    assert found.overall < found.local < -0.5


def test_slope_of_nothing():
    for sizes, values in ((np.array([10.0]), np.array([1.0])), (np.array([10.0, 20.0]), np.array([1.0, np.nan]))):
        assert np.isnan(slope(sizes, values, np.full(len(sizes), 0.1)).local)


def test_slopes_have_the_error_they_claim():
    """2,000 studies of an exact power law; the spread of a slope has 1.6 % error, 6.4 % is four times that."""
    rng = np.random.default_rng(3)
    sizes, mcse = np.array(SIZES, dtype=float), np.array([0.01, 0.02, 0.03, 0.02])
    found = [slope(sizes, -0.5 * np.log(sizes) + mcse * rng.standard_normal(4), mcse) for _ in range(2000)]
    assert_allclose(np.std([f.local for f in found]), found[0].local_se, rtol=0.064)
    assert_allclose(np.mean([f.local for f in found]), -0.5, atol=4 * found[0].local_se / np.sqrt(2000))
    # Widened by the lack of fit, never narrowed: at least 95 % coverage.
    assert np.mean([abs(f.overall + 0.5) < 2 * f.overall_se for f in found]) > 0.95


@pytest.mark.parametrize("law", ["normal", "cauchy", "two values"])
def test_error_of_a_log_median(law):
    """1,000 studies of 400 distances: their spread has 2 % error; 10 % leaves room for what order statistics lose."""
    rng = np.random.default_rng(4)
    draw = {"normal": rng.standard_normal, "cauchy": rng.standard_cauchy}.get(
        law, lambda s: 1.0 * (rng.random(s) > 0.7)
    )
    found = np.array([log_median(np.abs(draw(400))) for _ in range(1000)])
    if law == "two values":
        # Mostly zeros: the median is none of the errors, and has no logarithm.
        assert not np.isfinite(found).any()
        return
    assert_allclose(found[:, 1].mean(), found[:, 0].std(), rtol=0.1)
    assert abs(1.3 * found[:, 1].mean() / found[:, 0].std() - 1) > 0.1


def test_log_median_of_few():
    assert np.isnan(log_median(np.ones(3))).all()


def test_errors_of_known_estimates():
    """Bias 1/n and standard deviation 1/sqrt(n), exact by antithetic values."""
    z = np.array([-1.0, 1.0] * 50) * np.sqrt(99 / 100)
    found = errors(SIZES, [1 / n + z / np.sqrt(n) for n in SIZES], 0.0, critical=3.0)
    assert_allclose(found.bias, 1 / np.array(SIZES))
    assert_allclose(found.bias_mcse, 0.1 / np.sqrt(SIZES))
    assert_allclose(found.shift.local, -1)
    # Squared bias over the mean squared error, 1/n^2 over 1/n^2 + 0.99/n, less its Monte Carlo error.
    assert_allclose(found.share[0], (20**-2 - 0.01 / 20) / (20**-2 + 0.99 / 20))
    assert found.replications == 100
    assert not found.constant
    assert errors((5, 10), [np.ones(9)] * 2, 0.0, critical=3.0).constant
