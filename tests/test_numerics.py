"""Expectations under a density, wherever its mass lies, and inverses of stacks of matrices."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import special, stats

from likelihood_kit._numerics import (
    expectations,
    locate_mass,
    lower_pairs,
    smallest_eigenvalue,
    stacked_inverse,
    triangle,
)
from likelihood_kit.errors import NotAvailableError

INTEGRANDS = [lambda y, *_: np.ones_like(y), lambda y, *_: y, lambda y, *_: y**2]


def raw_moments(law) -> list[float]:
    return [1.0, law.mean(), law.var() + law.mean() ** 2]


# law, whole numbers
LAWS = {
    "Normal": (stats.norm(0.3, 2), False),
    "Normal, far off": (stats.norm(1e5, 1), False),
    "Normal, narrow": (stats.norm(0, 1e-9), False),
    "Normal, wide": (stats.norm(0, 1e9), False),
    "t with heavy tails": (stats.t(2.5, -4, 0.3), False),
    "Gamma, unbounded density": (stats.gamma(0.2), False),
    "Gamma, large shape": (stats.gamma(1e4, scale=1e-3), False),
    "Gamma, small": (stats.gamma(2, scale=1e-12), False),
    "lognormal over decades": (stats.lognorm(3), False),
    "Beta, unbounded at an end": (stats.beta(0.3, 1.4), False),
    "Beta, at one end": (stats.beta(3, 1e6), False),
    "Beta on another interval": (stats.beta(2, 3, loc=-7, scale=0.01), False),
    "mirrored Gamma": (stats.loggamma(2.0, loc=5), False),
    "Poisson": (stats.poisson(3.3), True),
    "Poisson, large": (stats.poisson(1e5), True),
    "Poisson, rare": (stats.poisson(1e-7), True),
    "geometric, long": (stats.geom(1e-4), True),
    "binomial": (stats.binom(30, 0.4), True),
}


@pytest.mark.parametrize(("law", "whole"), LAWS.values(), ids=LAWS)
def test_expectations(law, whole):
    density = law.logpmf if whole else law.logpdf
    found = expectations(INTEGRANDS, lambda y: density(y), *law.support(), [], whole=whole)
    assert_allclose(found, raw_moments(law), rtol=1e-9, atol=1e-12 * law.std())


def test_parameters_broadcast():
    shape, scale = np.array([[0.5], [2.0]]), np.array([1e-3, 1.0, 50.0])

    def log_density(y, shape, scale):
        return (shape - 1) * np.log(y) - y / scale - special.gammaln(shape) - shape * np.log(scale)

    mass, log_y = expectations(
        [lambda y, *_: np.ones_like(y), lambda y, *_: np.log(y)], log_density, 0.0, np.inf, [shape, scale], whole=False
    )
    assert_allclose(mass, np.ones((2, 3)), rtol=1e-11)
    assert_allclose(log_y, special.digamma(shape) + np.log(scale), rtol=1e-10)


def test_ends_that_are_parameters():
    low, high = np.array([0.0, -3.0]), np.array([1.0, 4.0])
    (mean,) = expectations(
        [lambda y, *_: y], lambda y, low, high: 0 * y - np.log(high - low), low, high, [low, high], whole=False
    )
    assert_allclose(mean, [0.5, 0.5], rtol=1e-11)
    largest = high + 2
    (mean,) = expectations([lambda y, *_: y], lambda y, m: 0 * y - np.log(m), 1.0, largest, [largest], whole=True)
    assert_allclose(mean, [2.0, 3.5])


@pytest.mark.parametrize("low", [-np.inf, 1.0])
def test_an_expectation_that_diverges_is_refused(low):
    with pytest.raises(NotAvailableError, match="does not exist, or its integral does not converge"):
        expectations([lambda y: y], lambda y: -2 * np.log(np.abs(y) + 1), low, np.inf, [], whole=False)


def test_a_sum_that_diverges_is_refused(monkeypatch):
    monkeypatch.setattr("likelihood_kit._numerics.LARGEST_SUM", 2**14)
    with pytest.raises(NotAvailableError, match="sum over the support does not converge within 16384 terms"):
        expectations([lambda y: y], lambda y: -2 * np.log(y) - np.log(np.pi**2 / 6), 1.0, np.inf, [], whole=True)


def test_a_sum_goes_on_until_the_mass_is_there():
    """Where more than half of the mass is one point at zero, E[Y] was 0, whatever came after a gap."""

    def log_density(y):
        return np.where(y == 0, np.log(0.6), np.log(0.4) + stats.poisson(2000).logpmf(y))

    (mean,) = expectations([lambda y: y], log_density, 0.0, np.inf, [], whole=True)
    assert_allclose(mean, 800, rtol=1e-12)


@pytest.mark.parametrize("scale", [1e-9, 1e-3, 1.0, 1e5, 1e9])
def test_the_mass_of_a_density_is_located(scale):
    for law in (stats.norm(3 * scale, scale), stats.gamma(2, scale=scale), stats.expon(5 * scale, scale)):
        low, high = (np.asarray(end, dtype=float) for end in law.support())
        quartiles = locate_mass(lambda y, law=law: law.logpdf(y), low, high, [])
        wanted = law.ppf([0.25, 0.5, 0.75])
        assert wanted[0] < quartiles[1] < wanted[2]
        assert 0.5 < (quartiles[2] - quartiles[0]) / (wanted[2] - wanted[0]) < 2


def positive_definite(rng, r: int, k: int) -> np.ndarray:
    factor = rng.standard_normal((r, k, k + 2))
    return factor @ np.swapaxes(factor, -1, -2)


@pytest.mark.parametrize("k", [1, 2, 3, 6])
def test_stacked_inverse(k, rng):
    matrices = positive_definite(rng, 5, k)
    inverse = stacked_inverse(matrices)
    assert_allclose(inverse, np.linalg.inv(matrices), rtol=1e-9)
    assert_allclose(inverse, np.swapaxes(inverse, -1, -2), rtol=1e-15)


def test_an_inverse_does_not_depend_on_the_units(rng):
    matrices = positive_definite(rng, 4, 3)
    units = np.array([1e-140, 1.0, 1e140])
    scaled = stacked_inverse(matrices * units[:, None] * units)
    assert_allclose(scaled * units[:, None] * units, stacked_inverse(matrices), rtol=1e-12)


NO_INVERSE = {
    "indefinite": [[1.0, 2.0], [2.0, 1.0]],
    "negative": [[-1.0, 0.0], [0.0, 1.0]],
    "singular": [[1.0, 1.0], [1.0, 1.0]],
    "singular to rounding": [[1.0, 1.0 + 2e-16], [1.0 + 2e-16, 1.0]],
    "a zero on the diagonal": [[0.0, 0.0], [0.0, 1.0]],
    "not a number": [[np.nan, 0.0], [0.0, 1.0]],
    "infinite": [[np.inf, 0.0], [0.0, 1.0]],
    "indefinite, of three": [[1.0, 0.9, -0.9], [0.9, 1.0, 0.9], [-0.9, 0.9, 1.0]],
    "singular, of three": [[2.0, 1.0, 3.0], [1.0, 1.0, 2.0], [3.0, 2.0, 5.0]],
    "no information": [[0.0]],
}


@pytest.mark.parametrize("matrix", NO_INVERSE.values(), ids=NO_INVERSE)
def test_what_is_not_positive_definite_has_no_inverse_and_spoils_no_other(matrix):
    k = len(matrix)
    found = stacked_inverse(np.array([np.eye(k), matrix, 2 * np.eye(k)]))
    assert np.isnan(found[1]).all()
    assert_array_equal(found[[0, 2]], [np.eye(k), np.eye(k) / 2])


def test_the_smallest_eigenvalue(rng):
    for k in (1, 2, 4):
        matrices = positive_definite(rng, 6, k)
        scale = 1 / np.sqrt(np.einsum("rkk->rk", matrices))
        scaled = matrices * scale[:, :, None] * scale[:, None, :]
        assert_allclose(smallest_eigenvalue(scaled), np.linalg.eigvalsh(scaled)[:, 0], rtol=1e-9)
    for k in (2, 3):
        assert smallest_eigenvalue(np.ones((k, k))) == 0


def test_no_matrices():
    assert stacked_inverse(np.empty((0, 2, 2))).shape == (0, 2, 2)


def test_the_lower_triangle_by_rows():
    assert lower_pairs(3) == [(0, 0), (1, 0), (1, 1), (2, 0), (2, 1), (2, 2)]
    assert lower_pairs(0) == []
    entries = [1.0, 2.0, np.array([3.0, 30.0]), 4.0, 5.0, 6.0]
    found = triangle(entries, (2,))
    assert_array_equal(found[0], [[1, 2, 4], [2, 3, 5], [4, 5, 6]])
    assert_array_equal(found[1], [[1, 2, 4], [2, 30, 5], [4, 5, 6]])
    assert triangle([], (4,)).shape == (4, 0, 0)
