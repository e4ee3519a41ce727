"""Poles at either end of a support: information, moments and probabilities keep their digits, or are refused."""

import mpmath
import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import special, stats

import likelihood_kit as lk
from likelihood_kit.errors import NotAvailableError
from likelihood_kit.families.coordinates import Coordinates

#: What is promised of an integral: this, or a refusal.
PROMISED = 1e-8
SHAPES = (0.3, 0.4, 1.0, 3.0, 30.0)


class Beta(lk.Family):
    """Two ends, each with a pole for shapes below 1."""

    a, b = lk.Positive(), lk.Positive()
    support = lk.Interval(0, 1)

    @staticmethod
    def log_density(y, a, b):
        return (a - 1) * np.log(y) + (b - 1) * np.log1p(-y) - special.betaln(a, b)

    in_mean = Coordinates(
        {"mean": lk.UnitInterval(), "precision": lk.Positive()},
        to_canonical=lambda mean, precision: {"a": mean * precision, "b": (1 - mean) * precision},
        from_canonical=lambda a, b: {"mean": a / (a + b), "precision": a + b},
    )


class Mirrored(lk.Family):
    """The law of -Y."""

    a, b = lk.Positive(), lk.Positive()
    support = lk.Interval(-1, 0)

    @staticmethod
    def log_density(y, a, b):
        return (a - 1) * np.log(-y) + (b - 1) * np.log1p(y) - special.betaln(a, b)


def beta_on(low, high):
    """The law of low + (high - low) Y, written as one would."""

    class Stretched(lk.Family):
        a, b = lk.Positive(), lk.Positive()
        support = lk.Interval(low, high)

        @staticmethod
        def log_density(y, a, b):
            z = (y - low) / (high - low)
            return (a - 1) * np.log(z) + (b - 1) * np.log(1 - z) - special.betaln(a, b) - np.log(high - low)

    return Stretched


def beta_information(a, b):
    """Johnson, Kotz and Balakrishnan (1995), vol. 2, ch. 25: trigamma functions."""
    first, second, both = (float(mpmath.psi(1, x)) for x in (a, b, a + b))
    return np.array([[first - both, -both], [-both, second - both]])


@pytest.mark.parametrize("a", SHAPES)
@pytest.mark.parametrize("b", SHAPES)
@pytest.mark.parametrize("law", [Beta, Mirrored])
def test_information_of_a_beta_law_was_wrong_by_1e_4_for_a_pole_at_its_upper_end(law, a, b):
    assert_allclose(law().expected_information(a=a, b=b), beta_information(a, b), rtol=PROMISED)


@pytest.mark.parametrize("ends", [(2, 5), (0, 0.3), (-7.1, -6.3), (1e6, 1e6 + 1)])
def test_poles_at_ends_of_any_place(ends):
    assert_allclose(beta_on(*ends)().expected_information(a=0.4, b=0.3), beta_information(0.4, 0.3), rtol=PROMISED)


def test_poles_in_other_coordinates():
    matrix = np.array([[3.4, 3 / 3.4], [-3.4, 0.4 / 3.4]])
    found = Beta(parameters=("mean", "precision")).expected_information(mean=3 / 3.4, precision=3.4)
    assert_allclose(found, matrix.T @ beta_information(3.0, 0.4) @ matrix, rtol=PROMISED)


def test_moments_and_probabilities_next_to_a_pole():
    law, oracle = Beta(), stats.beta(3.0, 0.4)
    assert_allclose(law.mean(a=3.0, b=0.4), 3 / 3.4, rtol=1e-12)
    assert_allclose(law.variance(a=3.0, b=0.4), oracle.var(), rtol=1e-12)
    y = np.array([1e-5, 0.1, 0.5, 0.999, 1 - 1e-9])
    assert_allclose(law.cdf(y, a=3.0, b=0.4), oracle.cdf(y), rtol=1e-10)
    assert_allclose(law.survival(y, a=3.0, b=0.4), special.betainc(0.4, 3.0, 1 - y), rtol=PROMISED)
    a, b = np.array([[0.3], [3.0]]), np.array([0.4, 1.0, 3.0])
    assert_allclose(law.mean(a=a, b=b), a / (a + b), rtol=1e-12)


class Shifted(lk.Family):
    """A pole at an end that moves."""

    loc, shape = lk.Real(), lk.Positive()
    support = lk.Interval("loc", np.inf, closed=(False, False))

    @staticmethod
    def log_density(y, loc, shape):
        return (shape - 1) * np.log(y - loc) - (y - loc) - special.gammaln(shape)


def test_a_pole_at_an_end_that_moves():
    loc = np.array([5.0, -3.0, 0.0])
    assert_allclose(Shifted().mean(loc=loc, shape=0.3), loc + 0.3, rtol=1e-10)
    assert_allclose(Shifted().variance(loc=loc, shape=0.3), 0.3, rtol=1e-10)
    found = Shifted(loc=5.0).expected_information(shape=0.3)
    assert_allclose(found, [[float(mpmath.psi(1, 0.3))]], rtol=PROMISED)
    assert_allclose(Shifted().cdf([5.1, 7.0], loc=5.0, shape=0.3), special.gammainc(0.3, [0.1, 2.0]), rtol=1e-10)


class GeneralizedPareto(lk.Family):
    """An upper end that moves with both parameters, regular for shape > -1/2."""

    scale, shape = lk.Positive(), lk.Interval(-0.5, 0)
    support = lk.Interval(0, lambda scale, shape: -scale / shape)
    regular = True

    @staticmethod
    def log_density(y, scale, shape):
        return -np.log(scale) - (1 / shape + 1) * np.log1p(shape * y / scale)


@pytest.mark.parametrize("shape", [-0.47, -0.45, -0.4, -0.3, -0.05])
def test_a_score_with_a_pole_at_an_end_that_moves(shape):
    """At shape -0.45 the information was 0.28 of what it is; E[(1 + shape y / scale)^-r] = 1 / (1 + r shape)."""
    wanted = np.array([[(1 + shape) / 9, 1 / 3], [1 / 3, 2.0]]) / ((1 + shape) * (1 + 2 * shape))
    found = GeneralizedPareto().expected_information(scale=3.0, shape=shape)
    assert_allclose(found, wanted, rtol=PROMISED)


class Opaque(Beta):
    """The same, in a form that cannot be traced: y is all there is."""

    @staticmethod
    def log_density(y, a, b):
        return stats.beta.logpdf(y, a, b)


def test_a_pole_that_cannot_be_resolved_is_refused_by_the_name_of_the_quantity():
    words = "cannot be had by quadrature: the density has a pole at 1"
    for b in (0.3, 0.4):
        with pytest.raises(NotAvailableError, match=f"Opaque: the expected information {words}"):
            Opaque().expected_information(a=3.0, b=b)
    with pytest.raises(NotAvailableError, match=f"Opaque: the mean {words}"):
        Opaque().mean(a=3.0, b=0.4)
    for b in (0.8, 1.0, 3.0):
        assert_allclose(Opaque().expected_information(a=3.0, b=b), beta_information(3.0, b), rtol=PROMISED)


class Pareto(lk.Family):
    """Mass in every decade; information 1 / index^2."""

    index = lk.Positive()
    support = lk.Interval(1, np.inf)

    @staticmethod
    def log_density(y, index):
        return np.log(index) - (index + 1) * np.log(y)


class MirroredPareto(Pareto):
    """The law of -Y."""

    support = lk.Interval(-np.inf, -1)

    @staticmethod
    def log_density(y, index):
        return np.log(index) - (index + 1) * np.log(-y)


@pytest.mark.parametrize("law", [Pareto, MirroredPareto])
def test_information_of_a_heavy_tail_was_wrong_by_6e_5(law):
    """The nodes ended at 1e169, beyond which lies 2e-7 of the mass of index 0.04, and the largest scores."""
    for index in (0.04, 0.05, 0.1, 0.3, 1.0, 50.0, 1e3):
        assert_allclose(law().expected_information(index=index), 1 / index**2, rtol=PROMISED)
    for index in (0.02, 0.03):  # more than 1e-8 of it lies beyond the largest number
        with pytest.raises(NotAvailableError, match="the expected information does not exist, or its integral"):
            law().expected_information(index=index)


@pytest.mark.parametrize("index", [0.9, 1.0])
def test_a_mean_that_does_not_exist_is_refused(index):
    with pytest.raises(NotAvailableError, match="Pareto: the mean does not exist"):
        Pareto().mean(index=index)
