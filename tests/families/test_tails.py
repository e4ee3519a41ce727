"""Tails by quadrature and in closed form, with their derivatives, up to the ends of the support."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import likelihood_kit as lk
from likelihood_kit.families.tails import tail_of


class Rayleigh(lk.Family):
    """Without a tail of its own."""

    scale = lk.Positive()
    support = lk.Interval(0, np.inf)

    @staticmethod
    def log_density(y, scale):
        return np.log(y) - 2 * np.log(scale) - y**2 / (2 * scale**2)


class Ramp(lk.Family):
    """Distribution function y^power on the unit interval."""

    power = lk.Positive()
    support = lk.Interval(0, 1)

    @staticmethod
    def log_density(y, power):
        return np.log(power) + (power - 1) * np.log(y)


def derivatives(law, kind, y, theta):
    tail = tail_of(law, kind)
    kernel = tail.kernels.rows
    value, (score,), (hessian,) = kernel.derivatives(kernel.hoist(y), theta)
    assert_array_equal(value, tail(y, {name: theta for name in law.parameters}))
    assert not tail.exact
    return np.array([part + 0 * y for part in (value, score, hessian)])


def test_a_survival_function_from_its_lower_end_on():
    """-y^2 / (2 scale^2); at the end itself all of the mass lies above, whatever the scale."""
    y = np.array([0.0, 0.1, 1.0, 4.0])
    found = derivatives(Rayleigh.law, "log_survival", y, 2.0)
    assert_allclose(found, [-(y**2) / 8, y**2 / 8, -3 * y**2 / 16], rtol=1e-7, atol=1e-12)


@pytest.mark.parametrize("power", [0.4, 1.0, 3.5])
def test_a_distribution_function_up_to_its_upper_end(power):
    y = np.array([0.02, 0.5, 0.97, 1.0])
    found = derivatives(Ramp.law, "log_cdf", y, power)
    assert_allclose(found, [power * np.log(y), np.log(y), 0 * y], rtol=1e-7, atol=1e-7)


def test_rows_at_the_end_do_not_change_the_others():
    y = np.array([0.0, 0.3, 2.0])
    together = derivatives(Rayleigh.law, "log_survival", y, 1.3)
    assert_allclose(together[:, 1:], derivatives(Rayleigh.law, "log_survival", y[1:], 1.3), rtol=1e-12)
