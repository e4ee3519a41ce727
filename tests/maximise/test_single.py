"""Newton's method in plain numbers: full steps up a hill, and nothing else."""

from dataclasses import dataclass

import numpy as np
import pytest
from numpy.testing import assert_allclose

from likelihood_kit.maximise.newton import DECREMENT
from likelihood_kit.maximise.single import maximise_single


@dataclass(frozen=True)
class Single:
    """A function of one or two numbers: `function(*point)` -> value, score, Hessian, as lists."""

    function: callable
    is_single: bool = True

    def single(self, point):
        return self.function(*point)


@pytest.fixture(autouse=True)
def plain(monkeypatch):
    """The functions below in place of a likelihood's totals."""
    monkeypatch.setattr(
        "likelihood_kit.maximise.single.plain_derivatives", lambda likelihood, point: likelihood.single(point)
    )


def quadratic(x, y):
    """Maximum at (2, -1)."""
    dx, dy = x - 2, y + 1
    return -2 * dx**2 - 3 * dx * dy - 4 * dy**2, [-4 * dx - 3 * dy, -3 * dx - 8 * dy], [[-4.0, -3.0], [-3.0, -8.0]]


def counts(x):
    """Of 3 e^-x and so on: 6 x - 2 e^x, highest at log 3."""
    return 6 * x - 2 * np.exp(x), [6 - 2 * np.exp(x)], [[-2 * np.exp(x)]]


def saddle(x, y):
    return y**2 - x**2, [-2 * x, 2 * y], [[-2.0, 0.0], [0.0, 2.0]]


def mixed_saddle(x, y):
    """Falls along both axes, and rises between them."""
    return -(x**2) - y**2 - 4 * x * y, [-2 * x - 4 * y, -2 * y - 4 * x], [[-2.0, -4.0], [-4.0, -2.0]]


def trough(x, y):
    return -((x - y) ** 2), [-2 * (x - y), 2 * (x - y)], [[-2.0, 2.0], [2.0, -2.0]]


def bell(x):
    """log cosh, from far out: full steps overshoot further and further."""
    return -np.log(np.cosh(x)), [-np.tanh(x)], [[-1 / np.cosh(x) ** 2]]


def valley(x):
    return x**2, [2 * x], [[2.0]]


def torn(x):
    return np.nan, [1.0], [[-1.0]]


def level(x):
    return 0.0, [1.0], [[-0.0]]


def endless(x):
    """Each step gains one unit, for ever."""
    return -np.exp(-x), [np.exp(-x)], [[-np.exp(-x)]]


@pytest.mark.parametrize(
    ("function", "start", "top"),
    [(quadratic, (9.0, 5.0), (2, -1)), (counts, (0.3,), (np.log(3),)), (bell, (0.8,), (0,))],
)
def test_a_hill(function, start, top):
    found = maximise_single(Single(function), np.array([start]))
    assert found.converged.all()
    assert found.decrement[0] <= DECREMENT
    assert_allclose(found.working, [top], atol=1e-9)
    assert_allclose(found.log_likelihood[0], function(*map(float, top))[0], atol=1e-12)
    assert_allclose(found.hessian, [function(*map(float, top))[2]], rtol=1e-4)


REFUSED = {
    "a saddle": (saddle, (0.3, 0.2)),
    "a saddle aslant": (mixed_saddle, (0.3, 0.2)),
    "a trough": (trough, (0.3, 0.2)),
    "a valley": (valley, (1.0,)),
    "no number": (torn, (1.0,)),
    "no curvature": (level, (1.0,)),
    "steps that lead down": (bell, (1.5,)),
    "a way without end": (endless, (-30.0,)),
}


@pytest.mark.parametrize(("function", "start"), REFUSED.values(), ids=REFUSED)
def test_anything_else_is_left_to_the_general_search(function, start):
    assert maximise_single(Single(function), np.array([start])) is None


def test_what_is_not_one_likelihood_on_statistics_is_left_to_it_too():
    assert maximise_single(Single(quadratic, is_single=False), np.array([[9.0, 5.0]])) is None
    assert maximise_single(Single(lambda *point: 1 / 0), np.zeros((1, 3))) is None
