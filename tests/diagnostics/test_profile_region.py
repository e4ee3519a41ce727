"""Ends of regions along rays, on log likelihoods whose profiles are known."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from likelihood_kit.diagnostics.profile_region import Plane, rays

DIRECTIONS = np.array([[1.0, 0.0], [0.0, 1.0], [-0.6, 0.8], [0.0, -1.0]])
FALL = 3.0


class Ending:
    """Falls as a quadratic up to a distance from the origin, where its space ends."""

    def __init__(self, end):
        self.end = end

    def value(self, points):
        squares = np.sum(points**2, axis=1)
        return np.where(squares < self.end**2, -squares / 2, -np.inf)


@pytest.mark.parametrize("end", [0.3, 1.0, 1.3, 1.9, 2.2, 2.4])
def test_the_end_of_a_space_above_the_cutoff_is_open(end):
    """The likelihood has fallen by at most 2.88 there, less than by 3: the last point inside, and that it is open."""
    found = rays(Plane(Ending(end), np.eye(2), 0.0, True), DIRECTIONS, FALL)
    assert found.open.all()
    assert found.found.all()
    assert_allclose(found.distance, end, rtol=1e-8)
    assert_allclose(found.fall, end**2 / 2, rtol=1e-7)


def test_the_end_of_a_space_below_the_cutoff_is_none():
    found = rays(Plane(Ending(2.6), np.eye(2), 0.0, True), DIRECTIONS, FALL)
    assert not found.open.any()
    assert found.found.all()
    assert_allclose(found.distance, np.sqrt(2 * FALL), rtol=1e-6)


class TwoRidges:
    """Of a, b and c the logarithm of two normal ridges in c, of which the further one is lower at a = b = 0.

    Far from the estimate it is the higher one, and Newton's steps from the nearer one do not meet it.
    """

    apart, steep = 8.0, 0.6

    def take(self, index):
        return self

    def derivatives(self, points):
        a, b, c = points.T
        near = -self.steep * (a**2 + b**2) - c**2 / 2
        far = -(a**2 + b**2) / 8 - (c - self.apart) ** 2 / 2 - 1
        value = np.logaddexp(near, far)
        weight = np.exp(far - value)
        at_near, at_far = (
            points * [-2 * self.steep, -2 * self.steep, -1.0],
            np.column_stack([-a / 4, -b / 4, self.apart - c]),
        )
        score = (1 - weight)[:, None] * at_near + weight[:, None] * at_far
        apart = at_far - at_near
        bend = (weight * (1 - weight))[:, None, None] * apart[:, :, None] * apart[:, None, :]
        shape = (1 - weight)[:, None, None] * -np.diag([2 * self.steep, 2 * self.steep, 1.0]) + weight[
            :, None, None
        ] * -np.diag([0.25, 0.25, 1.0])
        return value, score, shape + bend

    def value(self, points):
        return self.derivatives(points)[0]


def test_an_end_on_a_lower_ridge_is_looked_at_from_elsewhere():
    """At distance d the nearer ridge has fallen by 0.6 d^2 = 3, the further one by 1 + d^2 / 8: the end is none."""
    likelihood, d = TwoRidges(), np.sqrt(FALL / 0.6)
    found = rays(Plane(likelihood, np.eye(3)[:2], 0.0, False), DIRECTIONS, FALL)
    assert_allclose(found.distance, d, rtol=1e-6)
    assert_allclose(found.fall, 1 + d**2 / 8, rtol=1e-6)
    assert not found.found.any()
    # Where a theorem says that there is one maximum nothing else is looked at, and the nearer ridge is believed.
    believed = rays(Plane(likelihood, np.eye(3)[:2], 0.0, True), DIRECTIONS, FALL)
    assert_allclose(believed.fall, FALL, rtol=1e-6)


def test_an_end_met_at_the_first_look_is_not_open():
    """The nearer ridge is a quadratic whose fall is 3 where the search begins: it was called open, and found."""
    likelihood = TwoRidges()
    likelihood.steep = 0.5
    found = rays(Plane(likelihood, np.eye(3)[:2], 0.0, False), DIRECTIONS, FALL)
    assert_allclose(found.distance, np.sqrt(2 * FALL), rtol=1e-9)
    assert not found.open.any()
    assert not found.found.any()
