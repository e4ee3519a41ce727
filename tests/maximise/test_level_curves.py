"""A likelihood that is level along a curve has no unique maximum, and is told from one that has."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import special, stats

import likelihood_kit as lk
from likelihood_kit.maximise.level_curves import flatter, level_curves

CAUCHY = lk.StudentT(df=1.0)
HALVES = {
    "two values": [0, 3],
    "two of each": [0, 0, 3, 3],
    "three of each": [0, 0, 0, 3, 3, 3],
    "ten of each": [0] * 10 + [1.7] * 10,
    "far from zero": 1e6 + np.array([0, 0, 0, 3, 3, 3]),
    "in small units": 1e-6 * np.array([0, 0, 0, 3, 3, 3]),
}


@pytest.mark.parametrize("y", HALVES.values(), ids=HALVES)
def test_half_of_a_sample_at_each_of_two_values_was_certified(y, fit):
    """A Cauchy law may have loc and scale anywhere on a half circle: three of the six were the "highest found"."""
    y = np.array(y, dtype=float)
    found = fit(y, family=CAUCHY)
    assert found.certificate.reasons == (
        "the log likelihood is level along a curve through the estimate, on which loc and scale move together: it has "
        "no unique maximum",
    )
    assert found.certificate.grade == ""
    # Copas (1975): (loc - middle)^2 + scale^2 = (half the distance)^2; a search beside it stops a little short.
    loc, scale = found.params
    assert_allclose(np.hypot(loc - y.mean(), scale), np.ptp(y) / 2, rtol=1e-4)


def test_random_halves_are_never_certified(fit):
    """Of 120 such samples 70 were. The seeds are fixed: nothing is left to chance."""
    named = 0
    for seed in range(40):
        rng = np.random.default_rng([seed, 99])
        each = int(rng.integers(1, 12))
        low, high = 10 ** rng.uniform(-8, 8) * rng.normal(size=2)
        certificate = fit(np.repeat([low, high], each), family=CAUCHY).certificate
        assert not certificate.ok, seed
        named += "level along a curve" in str(certificate)
    assert named > 30


CERTIFIED = {
    "one more value": (CAUCHY, [0, 0, 0, 3, 3, 3, 1.4]),
    "lighter tails": (lk.StudentT(df=2.0), [0, 0, 0, 3, 3, 3]),
    "one parameter known": (lk.StudentT(df=1.0, scale=2.0), [0, 0, 0, 3, 3, 3]),
}


@pytest.mark.parametrize(("family", "y"), CERTIFIED.values(), ids=CERTIFIED)
def test_what_is_next_to_a_level_curve_has_a_maximum(family, y, fit):
    """The negative control."""
    assert fit(y, family=family).certificate.ok


class Product(lk.Family):
    """Only the product of a and b tells in the data."""

    a, b, sd = lk.Real(), lk.Real(), lk.Positive()

    @staticmethod
    def log_density(y, a, b, sd):
        return -np.log(sd) - ((y - a * b) / sd) ** 2 / 2


class Sum(lk.Family):
    """Level on a straight line."""

    a, b = lk.Real(), lk.Real()

    @staticmethod
    def log_density(y, a, b):
        return -((y - a - b) ** 2) / 2


def test_a_product_of_parameters_names_its_factors_alone(fit):
    certificate = fit(np.random.default_rng(0).normal(3, 1, 40), family=Product()).certificate
    assert "on which a and b move together" in str(certificate)


class Factor(lk.Family):
    a, b, sd = lk.Real(), lk.Real(), lk.Positive()
    predicted = "a"

    @staticmethod
    def log_density(y, a, b, sd):
        return -np.log(sd) - ((y - a * b) / sd) ** 2 / 2


@pytest.mark.parametrize("far", [0.0, 1e7])
def test_coefficients_on_a_curve_are_named_in_their_own_coordinates(far, fit):
    """A design far from zero is searched in other coordinates, and what moves there is carried back."""
    rng = np.random.default_rng(1)
    x = rng.normal(size=40)
    exog = np.column_stack([np.ones(40), x + far])
    certificate = fit(1 + x + 0.3 * rng.normal(size=40), exog, family=Factor()).certificate
    assert "on which the coefficient of const, the coefficient of x1 and b move together" in str(certificate)


def test_a_straight_level_line_keeps_its_words(fit):
    certificate = fit(np.random.default_rng(0).normal(3, 1, 40), family=Sum()).certificate
    assert "some parameters are not identified (the log likelihood is level as a" in str(certificate)


class SkewNormal(lk.Family):
    loc, scale, shape = lk.Real(), lk.Positive(), lk.Real()

    @staticmethod
    def log_density(y, loc, scale, shape):
        z = (y - loc) / scale
        return np.log(2) - np.log(scale) - z**2 / 2 - np.log(2 * np.pi) / 2 + special.log_ndtr(shape * z)


def test_a_maximum_of_the_sixth_order_was_level_along_a_curve(fit):
    """The information of a skew normal law is singular at shape 0: Azzalini (1985). At .1 it has fallen by 1e-5."""
    rng = np.random.default_rng(1001)
    assert rng.choice([4, 9, 25, 120]) == 120
    shape = rng.normal() * 3
    y = stats.skewnorm.rvs(shape, size=120, random_state=rng)
    certificate = fit(y, family=SkewNormal()).certificate
    assert "level" not in str(certificate)
    assert "the observed information is singular at the estimate" in str(certificate)


def test_a_skewed_sample_has_its_maximum(fit):
    """The negative control."""
    y = stats.skewnorm.rvs(4, size=120, random_state=np.random.default_rng(1))
    assert fit(y, family=SkewNormal()).certificate.ok


class Surface:
    """A function of two variables as the likelihood of r samples, with derivatives by its author."""

    def __init__(self, function):
        self.function = function

    def take(self, index):
        return self

    def value(self, working):
        return np.array([self.function(*row)[0] for row in working])

    def derivatives(self, working):
        parts = [self.function(*row) for row in working]
        hessian = [[[xx, xy], [xy, yy]] for _, _, (xx, xy, yy) in parts]
        return np.array([p[0] for p in parts]), np.array([p[1] for p in parts]), np.array(hessian)


def ring(x, y):
    """Level on the circle of radius 1, with a standard error across it of 0.1."""
    r2 = x**2 + y**2
    return (
        -25 * (r2 - 1) ** 2 / 2, (-50 * (r2 - 1) * x, -50 * (r2 - 1) * y),
        (-50 * (r2 - 1) - 100 * x**2, -100 * x * y, -50 * (r2 - 1) - 100 * y**2),
    )  # fmt: skip


def fourth(x, y):
    """A maximum of the fourth order in y."""
    return -50 * x**2 - y**4, (-100 * x, -4 * y**3), (-100.0, 0.0, -12 * y**2)


def bowl(x, y):
    return -50 * x**2 - 50 * y**2, (-100 * x, -100 * y), (-100.0, 0.0, -100.0)


def sixth(x, y):
    """A maximum of the sixth order along a parabola."""
    off = x - y**2
    return (
        -50 * off**2 - y**6, (-100 * off, 200 * y * off - 6 * y**5),
        (-100.0, 200 * y, 200 * off - 400 * y**2 - 30 * y**4),
    )  # fmt: skip


def ways(function, point, *rays, left=0.0):
    point = np.array([point])
    value = Surface(function).value(point)
    return level_curves(Surface(function), point, value, np.array([rays]), np.array([left]))[0]


def test_a_way_ends_on_the_curve_and_not_where_it_began():
    for rays in ([(0.0, 1e5)], [(0.0, -0.4)], [(np.nan, np.nan), (0.0, 1e5)], [(0.3, 0.0), (0.0, 1e5)]):
        way = ways(ring, (1.0, 0.0), *rays)
        assert_allclose(np.hypot(1 + way[0], way[1]), 1, atol=1e-6)
        assert abs(way[1]) > 0.05


@pytest.mark.parametrize("function", [bowl, fourth, sixth])
@pytest.mark.parametrize("length", [0.3, 1e4])
def test_no_way_from_a_maximum(function, length):
    """Nor from one of the fourth order, whose curvature says as little."""
    assert_allclose(ways(function, (0.0, 0.0), (0.0, length)), 0)


def test_no_way_where_nothing_is_suspected():
    assert_allclose(ways(ring, (1.0, 0.0), (0.0, np.nan)), 0)


def test_no_way_to_what_is_higher_or_lower():
    """A slope: a search from beside it ends elsewhere, and higher."""
    assert_allclose(ways(ring, (0.5, 0.0), (0.0, 1.0)), 0)


def test_a_point_short_of_the_curve_has_its_way_where_that_is_said():
    short = (1.0 - 4e-4, 0.0)
    assert_allclose(ways(ring, short, (0.0, 1e3)), 0)
    assert abs(ways(ring, short, (0.0, 1e3), left=1e-4)[1]) > 0.05


def test_a_ridge_on_its_way_to_a_limit_is_no_level_curve(fit):
    """Two thirds of a sample of a t law of two degrees of freedom at one value: the scale runs to 0, and ends level."""
    certificate = fit([0, 0, 1], family=lk.StudentT(df=2.0)).certificate
    assert "scale runs to 0: no maximum exists" in str(certificate)


@pytest.mark.parametrize(("function", "flat"), [(bowl, False), (fourth, True), (sixth, True)])
def test_what_has_no_curvature(function, flat):
    """Three standard errors of 0.1, and of what rounding leaves of none."""
    point, ray = np.zeros((1, 2)), (0.0, 1e4 if flat else 0.3)
    assert flatter(Surface(function), point, np.zeros(1), np.array([[ray]]))[0] == flat
    assert not flatter(Surface(function), point, np.zeros(1), np.array([[(0.0, np.nan)]]))[0]
