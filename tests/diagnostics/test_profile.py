"""Ends and falls of profiles where they are known, by Newton's method and by the slow search that stands behind it."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from likelihood_kit.diagnostics import profile
from likelihood_kit.diagnostics.profile import profile_ends, profile_falls
from likelihood_kit.maximise.profiled import Curved, Linear, Profiled

FALL = 1.92


class Bent:
    """Log likelihood -(u^2 + (v - c u^2)^2) / 2 of points (u, v), for one sample under many points."""

    def __init__(self, bend):
        self.bend = bend

    def value(self, point):
        return self.derivatives(point)[0]

    def derivatives(self, point):
        u, v = point.T
        off = v - self.bend * u**2
        value = -(u**2 + off**2) / 2
        score = np.stack([-u + 2 * self.bend * u * off, -off], axis=1)
        hessian = np.empty((len(point), 2, 2))
        hessian[:, 0, 0] = -1 + 2 * self.bend * off - 4 * self.bend**2 * u**2
        hessian[:, 0, 1] = hessian[:, 1, 0] = 2 * self.bend * u
        hessian[:, 1, 1] = -1
        return value, score, hessian

    def take(self, index):
        return self


def nowhere(likelihood, interest, start, slope, *, height=None, level=None):
    """Newton's method that finds nothing."""
    m = len(start)
    return Profiled(start.copy(), np.full(m, np.nan), np.full(m, np.nan), slope.copy(), np.zeros(m, bool))


@pytest.fixture(params=["newton", "search"])
def way(request, monkeypatch):
    """Either way to a point of a profile."""
    if request.param == "search":
        monkeypatch.setattr(profile, "profiled_by_newton", nowhere)
    return request.param


@pytest.mark.parametrize("bend", [0.0, 0.5, 3.0])
def test_the_profile_of_u_is_a_parabola_however_bent_the_ridge(way, bend):
    """At any u the likelihood is highest on the ridge v = c u^2, where it is -u^2 / 2."""
    interest = Linear(np.array([[1.0, 0.0], [1.0, 0.0]]))
    ends = profile_ends(Bent(bend), interest, 0.0, np.array([-1.0, 1.0]), 2, FALL, alone=True)
    assert ends.found.all()
    assert not ends.open.any()
    assert_allclose(ends.interest, [-np.sqrt(2 * FALL), np.sqrt(2 * FALL)], rtol=1e-6)
    assert_allclose(ends.point[:, 1], bend * 2 * FALL, rtol=1e-5, atol=1e-6)
    levels = np.array([-3.0, -0.1, 0.0, 0.5, 2.0])
    falls = profile_falls(Bent(bend), interest.take(np.array([0])), 0.0, levels, 2, alone=True)
    assert_allclose(falls.fall, levels**2 / 2, rtol=1e-6, atol=1e-9)


def test_the_profile_of_a_function(way):
    """Of sinh(u) the ends are those of u, carried over."""

    def slopes(points):
        gradient = np.zeros_like(points)
        gradient[:, 0] = np.cosh(points[:, 0])
        return np.sinh(points[:, 0]), gradient

    ends = profile_ends(Bent(0.5), Curved(slopes), 0.0, np.array([-1.0, 1.0]), 2, FALL, alone=True)
    assert ends.found.all()
    assert_allclose(ends.interest, np.sinh([-np.sqrt(2 * FALL), np.sqrt(2 * FALL)]), rtol=1e-6)


class Flattening(Bent):
    """Log likelihood -atan(u)^2: of one coordinate, it falls by less than 2.47 however far one goes."""

    def derivatives(self, point):
        u = point[:, 0]
        angle, slope = np.arctan(u), 1 / (1 + u**2)
        value = -(angle**2)
        return value, (-2 * angle * slope)[:, None], (-2 * slope**2 * (1 - 2 * u * angle))[:, None, None]


@pytest.mark.parametrize(("fall", "is_open"), [(1.0, False), (2.4, False), (2.5, True)])
def test_an_end_that_never_comes_is_open(way, fall, is_open):
    interest = Linear(np.ones((2, 1)))
    ends = profile_ends(Flattening(0), interest, 0.0, np.array([-1.0, 1.0]), 1, fall, alone=True)
    assert ends.found.all()
    assert (ends.open == is_open).all()
    if not is_open:
        assert_allclose(ends.interest, np.tan(np.sqrt(fall)) * np.array([-1, 1]), rtol=1e-5)


class TwoHills(Bent):
    """Log of a sum of two normal densities of unit width, the lower one at 0 and the other `apart` from it."""

    def __init__(self, apart, weight):
        self.apart, self.weight = apart, weight

    def derivatives(self, point):
        u = point[:, 0]
        first, second = np.exp(-(u**2) / 2), self.weight * np.exp(-((u - self.apart) ** 2) / 2)
        share = second / (first + second)
        mean = share * self.apart
        value = np.log(first + second)
        hessian = -1 + share * (1 - share) * self.apart**2
        return value, (mean - u)[:, None], hessian[:, None, None]


def test_a_higher_point_on_the_way_is_told(way):
    """The hill at 3 is higher by log 4, and the valley between no deeper than .4."""
    likelihood, interest = TwoHills(3.0, 4.0), Linear(np.ones((2, 1)))
    highest = float(likelihood.value(np.zeros((1, 1)))[0])
    ends = profile_ends(likelihood, interest, highest, np.array([-1.0, 1.0]), 1, FALL, alone=False)
    falls = profile_falls(likelihood, interest.take(np.array([0])), highest, np.array([3.0]), 1, alone=False)
    assert falls.higher is not None
    assert falls.fall[0] < -1
    assert ends.found[0]
    if way == "search":
        assert ends.higher is not None


class Ridges(Bent):
    """Log likelihood of (u, v) with a second, higher ridge at v = 4 wherever |u| > 1."""

    def derivatives(self, point):
        u, v = point.T
        lift = 0.5 * (u**2 - 1)
        first, second = np.exp(-(v**2) / 2), np.exp(lift - (v - 4) ** 2 / 2)
        share = second / (first + second)
        value = -(u**2) + np.log(first + second)
        score = np.stack([-2 * u + share * u, 4 * share - v], axis=1)
        hessian = np.empty((len(point), 2, 2))
        hessian[:, 0, 0] = -2 + share + share * (1 - share) * u**2
        hessian[:, 0, 1] = hessian[:, 1, 0] = share * (1 - share) * 4 * u
        hessian[:, 1, 1] = -1 + 16 * share * (1 - share)
        return value, score, hessian


def test_a_higher_ridge_moves_the_end():
    """On the first ridge -u^2 falls by 1.92 at 1.39; on the second -(u^2 + 1) / 2 does at 1.69."""
    interest = Linear(np.array([[1.0, 0.0]]))
    one = profile_ends(Ridges(0), interest, 0.0, np.array([1.0]), 2, FALL, alone=True)
    assert_allclose(one.interest, np.sqrt(FALL), rtol=1e-2)
    both = profile_ends(Ridges(0), interest, 0.0, np.array([1.0]), 2, FALL, alone=False)
    assert_allclose(both.interest, np.sqrt(2 * FALL - 1), rtol=1e-2)
    assert_allclose(both.fall, FALL, atol=1e-6)
