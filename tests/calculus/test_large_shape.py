"""Terms of a gamma log density against mpmath, from small shapes to large."""

import numpy as np
import pytest
from mpmath import mp
from numpy.testing import assert_allclose

from likelihood_kit.calculus.large_shape import log_excess, stirling_remainder
from likelihood_kit.errors import ArgumentError

SHAPES = (1e-3, 0.4, 1.0, 7.0, 15.99, 16.0, 250.0, 1e6, 1e12, 1e18)
RTOL = 2e-14
#: The remainder itself passes through 0 near a shape of 6.3.
ATOL = 1e-14


def exact_remainder(shape, order):
    with mp.workdps(70):
        a = mp.mpf(shape)
        if order == 0:
            return float(mp.loggamma(a) - a * mp.log(a) + a)
        if order == 1:
            return float(mp.digamma(a) - mp.log(a))
        return float(mp.polygamma(order - 1, a) - (-1) ** order * mp.factorial(order - 2) / a ** (order - 1))


@pytest.mark.parametrize("order", range(4))
def test_stirling_remainder(order):
    expected = [exact_remainder(shape, order) for shape in SHAPES]
    assert_allclose(stirling_remainder(np.array(SHAPES), order), expected, rtol=RTOL, atol=0 if order else ATOL)
    for shape, value in zip(SHAPES, expected, strict=True):
        assert_allclose(stirling_remainder(shape, order), value, rtol=RTOL, atol=0 if order else ATOL)


@pytest.mark.parametrize("shape", [1.0, 1e18])
def test_excess(shape):
    """For a small shape to what the shape needs, for a large one to all digits."""
    y = 1 + np.array([-0.999, -0.2, -0.099, -(2.0**-20), 2.0**-40, 2.0**-10, 0.0999, 0.1001, 3.0])
    with mp.workdps(60):
        expected = np.array([float(mp.mpf(v) - 1 - mp.log(mp.mpf(v))) for v in y])
    assert_allclose(log_excess(y, 1.0, shape), expected, rtol=RTOL if shape > 1 else 0, atol=0 if shape > 1 else 4e-16)


def test_excess_of_an_observation_that_underflows_beside_the_mean():
    assert_allclose(log_excess(1e-300, 1e100, 0.5), 400 * np.log(10) - 1, rtol=1e-14)


@pytest.mark.parametrize("order", [-1, 0.5, "1"])
def test_an_order_that_is_no_whole_number_is_refused(order):
    with pytest.raises(ArgumentError, match="stirling_remainder: order"):
        stirling_remainder(1.0, order)
