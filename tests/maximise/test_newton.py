"""Damped Newton steps: up from a saddle, never out of the space, one replication as many, given up with a word."""

from dataclasses import dataclass

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import likelihood_kit as lk
from likelihood_kit.families import CATALOGUE
from likelihood_kit.likelihood import Likelihood
from likelihood_kit.maximise import DECREMENT, maximise, newton_step
from likelihood_kit.parameters import Interval, Positive, Real


@dataclass(frozen=True)
class Surface:
    """A function of two variables and its derivatives, as a likelihood of one sample.

    Attributes
    ----------
    function : callable
        `function(x, y)` -> value, score as a pair, Hessian as a triple xx, xy, yy.
    """

    function: callable

    def take(self, index):
        return self

    def value(self, working):
        return np.array([self.function(*row)[0] for row in working])

    def derivatives(self, working):
        parts = [self.function(*row) for row in working]
        value = np.array([part[0] for part in parts])
        hessian = np.array([[[xx, xy], [xy, yy]] for _, _, (xx, xy, yy) in parts])
        return value, np.array([part[1] for part in parts]), hessian


def rosenbrock(x, y):
    bend = y - x**2
    score = -2 * (x - 1) + 400 * x * bend, -200 * bend
    return -((x - 1) ** 2) - 100 * bend**2, score, (-2 + 400 * bend - 800 * x**2, 400 * x, -200.0)


def two_hills(x, y):
    """Maxima at (-1, 0) and (1, 0), a saddle at the origin."""
    return -((x**2 - 1) ** 2) - y**2, (-4 * x * (x**2 - 1), -2 * y), (4 - 12 * x**2, 0.0, -2.0)


def ramp(x, y):
    """Rises for ever, ever less: -exp(-x) - y^2."""
    return -np.exp(-x) - y**2, (np.exp(-x), -2 * y), (-np.exp(-x), 0.0, -2.0)


def cliff(x, y):
    """Defined for x > 0 only: log x - x, as a scale without a link."""
    if x <= 0:
        return -np.inf, (np.nan, np.nan), (np.nan, np.nan, np.nan)
    return np.log(x) - x - y**2, (1 / x - 1, -2 * y), (-1 / x**2, 0.0, -2.0)


@pytest.mark.parametrize(
    ("function", "start", "maximum"),
    [
        (rosenbrock, [-1.2, 1.0], [1, 1]),
        (two_hills, [0.3, 2.0], [1, 0]),
        (two_hills, [-1e-3, 0.0], [-1, 0]),
        (cliff, [50.0, 3.0], [1, 0]),
        (cliff, [1e-12, 3.0], [1, 0]),
    ],
)
def test_maximum(function, start, maximum):
    found = maximise(Surface(function), np.array([start]))
    assert found.converged.all()
    assert found.decrement[0] <= DECREMENT
    assert_allclose(found.working[0], maximum, atol=1e-7)
    assert_allclose(found.log_likelihood[0], function(*maximum)[0], atol=1e-12)


def test_a_saddle_is_no_end():
    """On it the slope is zero, so that no step leaves it: it is not called a maximum."""
    found = maximise(Surface(two_hills), np.array([[0.0, 0.0]]))
    assert not found.converged[0]
    _, concave = newton_step(np.zeros((1, 2)), np.array([[[4.0, 0.0], [0.0, -2.0]]]))
    assert not concave[0]


def test_steps_go_up_where_the_hessian_is_not_negative():
    rng = np.random.default_rng(0)
    score, square = rng.normal(size=(200, 3)), rng.normal(size=(200, 3, 3))
    hessian = square + np.swapaxes(square, 1, 2)
    step, concave = newton_step(score, hessian)
    assert concave.mean() < 0.5
    assert (np.einsum("rk,rk->r", score, step) > 0).all()
    exact = np.linalg.solve(-hessian[concave], score[concave][..., None])[..., 0]
    assert_allclose(step[concave], exact, rtol=1e-8)


@pytest.mark.parametrize("k", [1, 2, 3, 6])
def test_steps_do_not_mind_units(k):
    rng = np.random.default_rng(k)
    square = rng.normal(size=(50, k, k))
    hessian, score = -square @ np.swapaxes(square, 1, 2) - 0.1 * np.eye(k), rng.normal(size=(50, k))
    units = 10.0 ** rng.integers(-8, 9, size=k)
    plain, _ = newton_step(score, hessian)
    scaled, concave = newton_step(score * units, hessian * np.outer(units, units))
    assert concave.all()
    assert_allclose(scaled * units, plain, rtol=1e-7, atol=1e-9)


def test_no_step_from_numbers_that_are_none():
    step, concave = newton_step(np.array([[np.nan, 1.0], [1.0, 1.0]]), np.array([-np.eye(2), -np.eye(2)]))
    assert_array_equal(concave, [False, True])
    assert np.isnan(step[0]).all()
    assert_array_equal(step[1], [1, 1])


def test_a_search_without_end_is_given_up():
    found = maximise(Surface(ramp), np.array([[0.0, 1.0]]))
    # Each step gains one unit of x; the slope left, exp(-x), is below the decrement squared by then.
    assert_allclose(found.working[0, 1], 0, atol=1e-6)
    assert found.working[0, 0] > -2 * np.log(DECREMENT) - 1
    assert found.log_likelihood[0] <= 0


def torn(x, y):
    """A parabola about x = 4 that claims half of its curvature, and beyond x = 5 none that is a number."""
    if x > 5:
        return -((x - 4) ** 2) / 2 - y**2, (4 - x, -2 * y), (np.nan, np.nan, np.nan)
    return -((x - 4) ** 2) / 2 - y**2, (4 - x, -2 * y), (-0.55, 0.0, -2.0)


def test_a_step_to_where_there_is_no_curvature_is_shortened():
    """The likelihood is higher there, but no step leads on from it."""
    found = maximise(Surface(torn), np.array([[0.0, 1.0]]))
    assert found.converged[0]
    assert_allclose(found.working[0], [4.0, 0.0], atol=1e-4)


def tent(x, y):
    """A kink at x = 0 that claims the curvature of a parabola."""
    return -10 * abs(x) - y**2, (-10.0 if x > 0 else 10.0, -2 * y), (-1.0, 0.0, -2.0)


def test_a_kink_from_which_no_step_leads_up_is_no_converged_end():
    """On it the slope promises a gain of 50, far more than what rounding hides."""
    assert not maximise(Surface(tent), np.array([[0.0, 0.0]])).converged[0]


def test_nothing_to_find_where_the_start_is_undefined():
    found = maximise(Surface(cliff), np.array([[-1.0, 0.0], [2.0, 0.0]]))
    assert_array_equal(found.converged, [False, True])
    assert found.log_likelihood[0] == -np.inf
    assert_array_equal(found.working[0], [-1.0, 0.0])


# Batches over the catalogue


SMOOTH = [family for family in CATALOGUE.values() if family().smooth]


@pytest.mark.parametrize("family", SMOOTH, ids=lambda family: family.__name__)
def test_batch_is_each_alone(family, batch_of, fit):
    law = family()
    rng = np.random.default_rng(7)
    theta = {name: rng.uniform(*law.law.typical[name], (40, 1)) for name in law.law.parameters}
    known = {name: np.round(rng.uniform(*law.law.typical[name], (40, 60))) for name in law.law.known}
    y = np.asarray(law.sample((40, 60), rng, **theta, **known), dtype=float)
    start = law.start(y, **known)
    working = np.stack([law.links[n].forward(start[n]) for n in law.parameter_names], axis=1)
    together = maximise(batch_of(law, y, **known), working)
    for i in range(40):
        columns = {name: column[i : i + 1] for name, column in known.items()}
        alone = maximise(batch_of(law, y[i : i + 1], **columns), working[i : i + 1])
        assert alone.converged[0] == together.converged[i]
        assert alone.iterations[0] == together.iterations[i]
        if alone.converged[0]:
            assert_allclose(alone.working[0], together.working[i], rtol=1e-9, atol=1e-9)
            assert_allclose(alone.log_likelihood[0], together.log_likelihood[i], rtol=1e-12)
    assert together.converged.mean() > 0.8
    for i in np.flatnonzero(together.converged)[:5]:
        found = fit(y[i], family=law, **{name: column[i] for name, column in known.items()})
        assert_allclose(found.working, together.working[i], rtol=1e-7, atol=1e-8)


@dataclass(frozen=True, eq=False)
class Watched(Likelihood):
    """A likelihood that notes every natural value it is asked about."""

    def value(self, working):
        self._note(working)
        return super().value(working)

    def derivatives(self, working, *, natural=False):
        self._note(working)
        return super().derivatives(working, natural=natural)

    def _note(self, working):
        for predictor, theta in zip(self.predictors, self.natural(working), strict=True):
            assert predictor.space.contains(theta).all(), predictor.name


@pytest.mark.parametrize("space", [Positive(), Interval(2.0, 5.0), Interval(-np.inf, 4.0), Real()], ids=repr)
def test_no_step_leaves_the_space(space, batch_of):
    """Far starts, from which full steps overshoot: of a normal mean that is held to the space."""

    class Held(lk.Family):
        mean = space

        @staticmethod
        def log_density(y, mean):
            return -((y - mean) ** 2) / 2

    law = Held()
    y = np.random.default_rng(1).normal(3.0, 1.0, size=(5, 20))
    plain = batch_of(law, y)
    watched = Watched(plain.kernels, plain.sample, plain.predictors)
    starts = np.linspace(-30, 30, 5)[:, None]
    found = maximise(watched, starts)
    theta = watched.natural(found.working)[0]
    assert space.contains(theta).all()
    assert_allclose(theta[found.converged, 0], y.mean(axis=1)[found.converged], rtol=1e-6)
    assert found.converged.sum() >= 3
