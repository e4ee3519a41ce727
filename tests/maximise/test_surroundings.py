"""Rays around a point: three standard errors long by the curvature, along what the data leave undetermined."""

from dataclasses import dataclass

import numpy as np
import pytest
from numpy.testing import assert_allclose

from likelihood_kit.maximise.surroundings import LOOKOUT, LOOSE, Scales, look_around

#: What a quadratic log likelihood falls by over `LOOKOUT` standard errors.
FALL = LOOKOUT**2 / 2


@dataclass(frozen=True)
class Quadratic:
    """-w' A w / 2 + b' w."""

    information: np.ndarray
    slope: np.ndarray

    def take(self, index):
        return self

    def value(self, working):
        return -np.einsum("ri,ij,rj->r", working, self.information, working) / 2 + working @ self.slope

    def derivatives(self, working):
        score = self.slope - working @ self.information
        return self.value(working), score, np.tile(-self.information, (len(working), 1, 1))


def around(information, slope=0.0, ahead=np.nan, relative=True):
    """What is seen from the origin."""
    k = len(information)
    likelihood = Quadratic(np.asarray(information, dtype=float), np.broadcast_to(slope, k).astype(float))
    origin = np.zeros((1, k))
    scales = Scales(np.ones(k), np.full(k, relative), 50.0)
    return look_around(likelihood, origin, likelihood.derivatives(origin), np.full((1, k), ahead), scales)


def random_information(k, seed):
    square = np.random.default_rng(seed).normal(size=(k, k))
    return square @ square.T + 0.2 * np.eye(k)


@pytest.mark.parametrize("k", [1, 2, 3, 5])
def test_each_parameter_is_moved_by_its_standard_errors(k):
    """The others along with it as on a profile: all falls are alike, and row j moves j by 3 of its standard errors."""
    information = random_information(k, k)
    found = around(information)
    assert_allclose(found.least_fall, FALL, rtol=1e-9)
    assert not found.rising.any()
    assert not found.level.any()
    covariance = np.linalg.inv(information)
    wanted = LOOKOUT * covariance / np.sqrt(np.diag(covariance))[:, None]
    assert_allclose(found.rays[0, :k], wanted, rtol=1e-8)


def test_a_direction_without_curvature_is_level_and_the_other_falls():
    """a + b alone is determined: to 3 standard errors along (1, 1), `LOOSE` units at most along (1, -1)."""
    information = np.array([[4.0, 4.0], [4.0, 4.0]])
    found = around(information)
    assert found.level.any()
    assert not found.rising.any()
    level = found.rays[0][found.level[0]]
    assert_allclose(level[:, 0], -level[:, 1], rtol=1e-6)
    assert_allclose(np.abs(level).max(), LOOSE, rtol=1e-6)
    asked = np.isfinite(found.rays[0]).all(axis=1)
    bent = np.einsum("mi,ij,mj->m", found.rays[0][asked], information, found.rays[0][asked])
    determined = bent > 1e-6
    assert determined.any()
    assert_allclose(bent[determined], LOOKOUT**2, rtol=1e-9)


def test_a_slope_along_what_has_no_curvature_is_followed():
    found = around(np.array([[4.0, 0.0], [0.0, 0.0]]), slope=[0.0, 1.0])
    rising = found.rays[0][found.rising[0]]
    assert len(rising)
    assert (rising[:, 1] > 0).all()
    assert_allclose(rising[:, 0], 0.0, atol=1e-9)


def test_the_way_ahead_is_looked_along():
    """A step that Newton's method would go on is a ray of its own, three times its length, both ways."""
    information = random_information(2, 7)
    found = around(information, ahead=0.25)
    ahead = (found.rays[0] == LOOKOUT * 0.25).all(axis=1), (found.rays[0] == -LOOKOUT * 0.25).all(axis=1)
    assert [each.sum() for each in ahead] == [1, 1]
    assert not np.isfinite(around(information).rays[0]).all(axis=1)[ahead[0]].any()


def test_each_ray_is_looked_along_both_ways():
    found = around(random_information(3, 2), ahead=0.1)
    half = found.rays.shape[1] // 2
    assert_allclose(found.rays[:, half:], -found.rays[:, :half])


@pytest.mark.parametrize("working", [(8.0, -30.0), (-8.0, 30.0), (0.0, 5.0)])
def test_beyond_what_numbers_can_hold_only_further_out_is_looked(working):
    """Without a finite curvature each parameter is moved three units away from zero, never back."""
    asked = []

    class Beyond(Quadratic):
        def value(self, points):
            asked.append(points)
            return np.zeros(len(points))

    point = np.array([working])
    there = np.zeros(1), np.zeros((1, 2)), np.full((1, 2, 2), np.nan)
    scales = Scales(np.ones(2), np.ones(2, bool), 50.0)
    found = look_around(Beyond(np.eye(2), np.zeros(2)), point, there, np.full((1, 2), np.nan), scales)
    moves = np.unique(np.concatenate(asked) - point, axis=0)
    outward = np.where(point[0] < 0, -1.0, 1.0) * LOOKOUT
    wanted = np.unique([[0.0, 0.0], [outward[0], 0.0], [0.0, outward[1]]], axis=0)
    assert_allclose(moves, wanted)
    assert found.rising.sum() == 2
    assert not found.level.any()
