"""A smooth function at many points, from few of its values."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from likelihood_kit.diagnostics.interpolation import interpolated

POINTS = np.random.default_rng(1).uniform(-2.0, 5.0, 400)


def test_a_smooth_function_is_itself():
    asked = []

    def function(values):
        asked.append(len(values))
        return np.stack([np.exp(values), 1 / (10 + values), 0 * values], axis=1)

    assert_allclose(interpolated(function, POINTS, np.ones(3)), function(POINTS), rtol=1e-8, atol=1e-8)
    assert max(asked[:-1]) < 40


def test_what_is_left_out_is_small_beside_the_function():
    """In units a billion times smaller it is the same function; its rounding errors are larger than the scale."""

    def function(values):
        return 1e9 * np.exp(values)

    assert_allclose(interpolated(function, POINTS, np.array(1e-3)), function(POINTS), rtol=1e-6)


def test_rounding_of_what_is_0_is_no_error():
    def noisy(values):
        return 1e-12 * np.random.default_rng(len(values)).normal(size=len(values))

    assert interpolated(noisy, POINTS, np.array(1.0)) is not None
    assert interpolated(noisy, POINTS, np.array(0.0)) is None


@pytest.mark.parametrize(
    "function",
    [np.abs, np.sign, lambda x: np.sqrt(x + 2), lambda x: np.where(x > 4, np.nan, x), lambda x: np.sin(300 * x)],
)
def test_what_is_not_smooth_is_left(function):
    assert interpolated(function, POINTS, np.array(1e-3)) is None


def test_few_points_are_left():
    assert interpolated(np.exp, POINTS[:17], np.array(1.0)) is None
