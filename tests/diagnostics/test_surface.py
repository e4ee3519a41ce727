"""A surface holds the region that was asked for, in any units and however skew."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from likelihood_kit.diagnostics import moved, reach, surface


def quadratic(points):
    """Centre (2, -1), standard errors 0.1 and 30, correlation 0.9."""
    x, y = (points[:, 0] - 2) / 0.1, (points[:, 1] + 1) / 30
    return 5 - (x**2 - 1.8 * x * y + y**2) / (2 * (1 - 0.9**2))


def skewed(points):
    """Gamma-like in both directions, without a likelihood below zero."""
    with np.errstate(all="ignore"):
        values = 3 * (np.log(points) - points + 1).sum(axis=1)
    return np.where((points > 0).all(axis=1), values, -np.inf)


def one_sided(points):
    """On x > 0 alone, highest at its end."""
    return np.where(points[:, 0] > 0, -points[:, 0] - points[:, 1] ** 2, -np.inf)


CENTRE = np.array([2.0, -1.0])


def test_points_differ_in_one_entry():
    assert_array_equal(moved(np.array([1.0, 2.0]), 1, np.array([5.0, 6.0])), [[1, 5], [1, 6]])


@pytest.mark.parametrize("step", [1e-6, 0.1, 1e6])
def test_the_reach_is_where_the_fall_is(step):
    # Along an axis the variance is (1 - 0.81) times that of the parameter.
    half = 0.1 * np.sqrt(2 * 2.0 * (1 - 0.81))
    assert_allclose(reach(quadratic, CENTRE, 0, fall=2.0, step=step), [2 - half, 2 + half], atol=2e-3 * half)


def test_the_reach_ends_where_the_likelihood_does():
    low, high = reach(skewed, np.ones(2), 0, fall=1e3, step=1.0)
    assert 0 <= low < 2e-3
    assert_allclose(skewed(np.array([[high, 1.0]])), -1e3, rtol=2e-3)


@pytest.mark.parametrize(("log_likelihood", "centre"), [(quadratic, CENTRE), (skewed, np.ones(2))])
def test_the_region_is_whole_and_fills_the_grid(log_likelihood, centre):
    x, y, values = surface(log_likelihood, centre, steps=(1.0, 1.0), fall=4.6, cells=20)
    assert x.shape == y.shape == (41,)
    assert values.shape == (41, 41)
    assert (x[20], y[20], values[20, 20]) == (*centre, 0.0)
    points = np.stack([x[[15, 25]], y[[17, 22]]], axis=1)
    assert_allclose(values[[17, 22], [15, 25]], log_likelihood(points) - log_likelihood(centre[None]))
    edge = np.concatenate([values[0], values[-1], values[:, 0], values[:, -1]])
    assert not np.any(edge >= -4.6)
    inside = values >= -4.6
    assert inside.any(axis=0).sum() > 20
    assert inside.any(axis=1).sum() > 20


def test_correlated_regions_reach_beyond_the_axes():
    """Boxes from the reach along the axes alone cut a tilted ellipse off."""
    x, _, values = surface(quadratic, CENTRE, steps=(1.0, 1.0), fall=2.0, cells=20)
    seen = x[(values >= -2.0).any(axis=0)]
    assert_allclose(np.ptp(seen), 2 * 0.1 * np.sqrt(2 * 2.0), rtol=0.1)


def test_where_there_is_no_likelihood_there_is_no_number():
    x, _, values = surface(one_sided, np.array([1e-9, 0.0]), (1.0, 1.0), 2.0, 12)
    assert np.isnan(values[:, x <= 0]).all()
    assert np.isfinite(values[:, x > 0]).all()
