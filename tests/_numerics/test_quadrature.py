"""Expectations under a density, wherever its mass lies."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import special, stats

from likelihood_kit._numerics import expectations, locate_mass
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


@pytest.mark.parametrize(("jumps", "trusted"), [(50, 1e-4), (300, 1e-2)])
def test_an_integral_is_refused_for_the_error_that_is_not_trusted_alone(jumps, trusted):
    """Too many jumps for the default: by tanh-sinh alone, and by bisection after it."""

    def mean(**asked):
        steps = [lambda y: np.floor(jumps * y) % 7]
        return expectations(steps, lambda y: np.zeros_like(y), 0.0, 1.0, [], whole=False, **asked)

    with pytest.raises(NotAvailableError, match="its integral does not converge to 1e-08"):
        mean()
    assert_allclose(mean(trusted=trusted), [np.mean(np.arange(jumps) % 7)], rtol=trusted)


def test_a_jump_at_the_median():
    """The median is found but roughly, and no node lay between it and the jump: 17 of 40 were wrong by up to 1e-3.

    One still is, by 3e-5: tanh-sinh ends before it has told the jump from the end.
    """
    rng = np.random.default_rng(1)
    loc, scale = rng.uniform(-3, 3, 40), rng.uniform(0.4, 4, 40)

    def product(y, loc, scale):
        z = (y - loc) / scale
        return np.sign(z) * (np.abs(z) - 1)

    (found,) = expectations(
        [product], lambda y, loc, scale: -np.abs(y - loc) / scale - np.log(2 * scale), -np.inf, np.inf, [loc, scale],
        whole=False,
    )  # fmt: skip
    assert_allclose(found, 0, atol=1e-4)
    assert (np.abs(found) > 1e-8).sum() <= 1


def test_a_sum_that_diverges_is_refused(monkeypatch):
    monkeypatch.setattr("likelihood_kit._numerics.summation.LARGEST_SUM", 2**14)
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


def test_an_error_is_judged_against_the_size_of_the_integrand_and_not_against_1():
    """In units of 1e-9 an integral was believed whatever its error."""
    for scale in (1e-9, 1.0, 1e9):
        law = stats.norm(0, scale)
        third = expectations([lambda y: np.abs(y) ** 3], law.logpdf, -np.inf, np.inf, [], whole=False)
        assert_allclose(third, 2 * np.sqrt(2 / np.pi) * scale**3, rtol=1e-10)


def test_mass_beyond_the_largest_number_is_noticed():
    def log_density(y):
        return np.log(0.01) - 1.01 * np.log(y)

    with pytest.raises(NotAvailableError, match="the mass does not exist, or its integral does not converge"):
        expectations([np.ones_like], log_density, 1.0, np.inf, [], whole=False, what="the mass")


def test_a_pole_is_told_from_a_jump():
    """A density that jumps at its end loses nothing to rounding there."""
    (mass,) = expectations([np.ones_like], lambda y: 0 * y - np.log(0.25), 1e8, 1e8 + 0.25, [], whole=False)
    assert_allclose(mass, 1, rtol=1e-12)

    def log_density(y):
        return np.log(0.3) - 0.7 * np.log(1e8 + 1 - y)

    with pytest.raises(
        NotAvailableError, match=r"the mass cannot be had by quadrature: the density has a pole at 1e\+08"
    ):
        expectations([np.ones_like], log_density, 1e8, 1e8 + 1, [], whole=False, what="the mass")
    (mass,) = expectations(
        [np.ones_like], log_density, 1e8, 1e8 + 1, [], whole=False,
        from_end=lambda side: ([np.ones_like], lambda d: np.log(0.3) - 0.7 * np.log(d)) if side == 1 else None,
    )  # fmt: skip
    assert_allclose(mass, 1, rtol=1e-9)
