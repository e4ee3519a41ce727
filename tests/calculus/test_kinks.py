"""A kink is told from curvature, however narrow, by the values of a function alone."""

import numpy as np
import pytest
from scipy import special, stats

from likelihood_kit.calculus import has_kink

KINKED = {
    "laplace": lambda t: stats.laplace.logpdf(0.37, t, 1.3),
    "asymmetric laplace": lambda t: stats.laplace_asymmetric.logpdf(0.37, 1.001, t, 1.0),
    "a jump": lambda t: np.where(t > 0.1, 1.0, 0.0),
    "a small kink": lambda t: -(t**2) - 0.05 * np.abs(t - 0.2),
}
SMOOTH = {
    "normal": lambda t: stats.norm.logpdf(0.37, t, 1.3),
    "a narrow normal": lambda t: stats.norm.logpdf(0.37, t, 0.001),
    "a narrow cauchy": lambda t: stats.cauchy.logpdf(0.37, t, 0.01),
    "a constant": lambda t: 0 * t,
    "a slope that is continuous": lambda t: stats.gennorm.logpdf(0.37, 1.5, t, 1.0),
    "part of it undefined": lambda t: np.log(np.where(t > -1, t + 1, np.nan)),
    "one number for all points": lambda t: 1.0,
    "stairs about 0": lambda t: np.log(special.expit(t) + special.expit(-t)),
}


@pytest.mark.parametrize("function", KINKED.values(), ids=KINKED)
def test_kinks(function):
    assert has_kink(function, -5, 5)


@pytest.mark.parametrize("function", SMOOTH.values(), ids=SMOOTH)
def test_no_kinks(function):
    assert not has_kink(function, -5, 5)
