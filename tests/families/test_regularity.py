"""Two words: regular, so that a Cramer-Rao bound holds; smooth, so that the Hessian carries it too."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import special

import likelihood_kit as lk
from likelihood_kit.errors import NotAvailableError
from likelihood_kit.families import regularity


class Laplace(lk.Family):
    """Regular, not smooth: the score jumps at y = loc, where the Hessian sees nothing."""

    loc, scale = lk.Real(), lk.Positive()

    @staticmethod
    def log_density(y, loc, scale):
        return -np.log(2 * scale) - np.abs(y - loc) / scale


class Cases(Laplace):
    """The same, written with a case distinction."""

    @staticmethod
    def log_density(y, loc, scale):
        return -np.log(2 * scale) + np.where(y > loc, loc - y, y - loc) / scale


class Untraced(Laplace):
    """The same, in a form that cannot be traced."""

    @staticmethod
    def log_density(y, loc, scale):
        return -np.log(2 * scale) - np.maximum.reduce([y - loc, loc - y]) / scale


class DeclaredSmooth(Laplace):
    smooth = True


class NotRegular(lk.Gamma):
    """The declaration of an author who knows better."""

    regular = False


class Reaching(lk.Family):
    """An end of the support that moves, declared regular where the density leaves it steeply enough."""

    loc, shape = lk.Real(), lk.Positive()
    support = lk.Interval("loc", np.inf, closed=(False, False))
    typical = {"loc": (-1.0, 1.0), "shape": (3.0, 6.0)}

    @staticmethod
    def regular(shape):
        """The end of the support is a regular parameter where shape > 2 only."""
        return shape > 2

    smooth = regular

    @staticmethod
    def log_density(y, loc, shape):
        return (shape - 1) * np.log(y - loc) - (y - loc) - special.gammaln(shape)


class KinkOfTheData(lk.Family):
    """A kink that no parameter moves costs nothing."""

    rate = lk.Positive()

    @staticmethod
    def log_density(y, rate):
        return np.log(rate / 2) - rate * np.abs(y)


class ZeroInflated(lk.Family):
    """A case distinction in the data alone."""

    zero, rate = lk.UnitInterval(), lk.Positive()
    support = lk.Integers(0, np.inf)

    @staticmethod
    def log_density(y, zero, rate):
        count = special.xlogy(y, rate) - rate - special.gammaln(y + 1)
        return np.where(y == 0, np.log(zero + (1 - zero) * np.exp(-rate)), np.log1p(-zero) + count)


class Huber(lk.Family):
    """A case distinction that mixes datum and parameter, with continuous first derivatives: nothing is lost."""

    loc = lk.Real()
    #: Mass of the unnormalised density with its corners at +-1.
    MASS = np.sqrt(2 * np.pi) * special.erf(np.sqrt(0.5)) + 2 * np.exp(-0.5)

    @staticmethod
    def log_density(y, loc):
        z = y - loc
        return np.where(np.abs(z) < 1, -(z**2) / 2, 0.5 - np.abs(z)) - np.log(Huber.MASS)


WORDS = {
    "Laplace": (Laplace(), True, False),
    "Laplace by cases": (Cases(), True, False),
    "Laplace with its median known": (Laplace(loc=0.0), True, True),
    "Laplace, declared smooth": (DeclaredSmooth(), True, True),
    "Gamma": (lk.Gamma(), True, True),
    "Gamma, declared not regular": (NotRegular(), False, False),
    "Uniform": (lk.Uniform(), False, False),
    "Uniform between known ends": (lk.Uniform(low=0.0, high=1.0), True, True),
    "an end that moves, declared": (Reaching(), True, True),
    "a kink of the data": (KinkOfTheData(), True, True),
    "zero-inflated Poisson": (ZeroInflated(), True, True),
    "Huber": (Huber(), True, True),
}


@pytest.mark.parametrize(("family", "regular", "smooth"), WORDS.values(), ids=WORDS)
def test_two_words(family, regular, smooth):
    assert (family.regular, family.smooth) == (regular, smooth)


def test_what_a_law_with_a_kink_has_and_has_not():
    family, theta = Laplace(), {"loc": 1.5, "scale": 0.4}
    # Kotz, Kozubowski and Podgorski (2001), section 2.6.1: 1 / scale^2 each.
    assert_allclose(family.expected_information(**theta), np.eye(2) / 0.16, rtol=1e-8, atol=1e-9)
    regularity.require(family, "Cramer-Rao bound")
    with pytest.raises(NotAvailableError, match="Laplace has no sandwich: its log density has a kink"):
        regularity.require(family, "sandwich", smooth=True)
    regularity.require(lk.Gamma(), "sandwich", smooth=True)


def test_a_declared_region():
    family = Reaching()
    assert_allclose(family.expected_information(loc=0.0, shape=4.0)[0, 0], 1 / 2, rtol=1e-9)
    for call in (
        lambda: family.expected_information(loc=0.0, shape=2.0),
        lambda: family.expected_information(loc=0.0, shape=np.array([3.0, 1.5])),
    ):
        with pytest.raises(NotAvailableError, match=r"no expected information at .*shape = .*where shape > 2 only"):
            call()


def test_the_values_named_are_those_at_fault():
    """It named the first of an array, at which nothing was wrong."""
    with pytest.raises(NotAvailableError, match=r"at loc = 0, shape = 1\.5: "):
        Reaching().expected_information(loc=0.0, shape=np.array([3.0, 1.5]))


def test_a_law_declared_not_regular():
    with pytest.raises(NotAvailableError, match="NotRegular has no expected information: it is declared not regular"):
        NotRegular().expected_information(shape=2.0, scale=1.0)


def test_the_words_of_a_parent_do_not_outlive_its_formula():
    class Smooth(DeclaredSmooth):
        @staticmethod
        def log_density(y, loc, scale):
            return -np.log(2 * scale) - np.abs(y - loc) / scale

    assert not Smooth().smooth
    assert Smooth.law.unbounded == ""

    class Other(lk.StudentT):
        @staticmethod
        def log_density(y, loc, scale, df):
            return -np.log(np.pi * scale) - np.log1p(((y - loc) / scale) ** 2) + 0 * df

    assert (Other.law.unbounded, Other.law.theorems) == ("", ())


def test_a_kink_is_looked_for_where_a_count_is_one():
    """In the middle of the typical box of a count there may be no count, and no law whose mass is one."""

    class Repeated(lk.Family):
        loc = lk.Real()
        times = lk.Known(lk.Integers(1, np.inf))
        typical = {"loc": (-1.0, 1.0), "times": (3, 12)}

        @staticmethod
        def log_density(y, times, loc):
            return -np.log(2) - np.abs(y - loc) + np.where((times == 7) | (times == 8), 0.0, -1.0)

    assert Repeated().regular
    assert not Repeated().smooth


class ShiftedWithin(lk.Family):
    """An exponential law from loc on, whose support its author left to the formula."""

    loc = lk.Real()

    @staticmethod
    def log_density(y, loc):
        return np.where(y >= loc, loc - y, -np.inf)

    @staticmethod
    def maximum_likelihood(y):
        return {"loc": y.min(axis=-1)}


class Half(lk.Family):
    """An exponential law whose formula is -inf below zero, wherever its parameter is."""

    rate = lk.Positive()

    @staticmethod
    def log_density(y, rate):
        return np.where(y >= 0, np.log(rate) - rate * y, -np.inf)


def test_a_support_that_moves_within_the_formula():
    """It had a bound of 1/n, and a standard error ten times too large beside it."""
    family = ShiftedWithin()
    assert (family.moving, family.regular, family.smooth) == (("loc",), False, False)
    with pytest.raises(NotAvailableError, match="its support moves with loc"):
        lk.cramer_rao_bound(family, {"loc": 1.0}, n=100)
    results = lk.LikelihoodModel([3.5, 3.2, 4.0], family=family).fit()
    assert results.params[0] == 3.2
    assert np.isnan(results.bse).all()


def test_a_formula_that_ends_at_a_number_does_not_move():
    assert (Half().moving, Half().regular) == ((), True)
    assert_allclose(Half().expected_information(rate=2.0), [[0.25]], rtol=1e-6)


def test_an_author_may_know_better():
    declared = type("Declared", (ShiftedWithin,), {"regular": True})
    assert declared().regular
    assert declared().moving == ("loc",)


def test_an_answer_does_not_depend_on_what_was_asked_of_a_sibling_before():
    """Half of a Laplace law is a kink that counts; a millionth of one is none."""

    class Contaminated(lk.Family):
        loc, scale, share = lk.Real(), lk.Positive(), lk.UnitInterval()

        @staticmethod
        def log_density(y, loc, scale, share):
            z = (y - loc) / scale
            laplace = np.log(share) - np.log(2 * scale) - np.abs(z)
            return np.logaddexp(laplace, np.log1p(-share) - np.log(scale) - 0.5 * np.log(2 * np.pi) - z**2 / 2)

    assert Contaminated(share=1e-6).smooth
    assert not Contaminated(share=0.5).smooth
