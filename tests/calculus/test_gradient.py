"""Slopes of functions of parameters, traced or numeric: right at any size of the parameters, or refused."""

import math

import mpmath
import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import special, stats

import likelihood_kit as lk
from likelihood_kit.calculus.gradient import compiled_slopes, gradient, same_values
from likelihood_kit.calculus.numeric_slopes import numeric_slopes
from likelihood_kit.errors import ArgumentError, FormulaError, NotAvailableError, TraceError

LINE, POSITIVE = (-np.inf, np.inf), (0.0, np.inf)
NORMAL = float(mpmath.npdf(1) / 30)  # slope of P(Y > 1030) in mean and in sd, at mean 1000 and sd 30
POISSON = float(mpmath.diff(lambda mean: mpmath.gammainc(1001, 0, mean, regularized=True), 1000))


def exponential_series(**theta):
    total = 0.0
    for k in range(6):
        total = total + theta["a"] ** k / math.factorial(k)
    return total


def until_it_converges(a):
    total, term, k = 0.0, 1.0, 0
    while abs(term) > 1e-18:
        total, k = total + term, k + 1
        term *= a / k
    return total


def entropy(shape, scale):
    """Of a Gamma law: a sum of terms of 1e5 that is 4."""
    return shape + np.log(scale) + special.gammaln(shape) + (1 - shape) * special.digamma(shape)


ENTROPY = [float(1 + (1 - 10_000) * mpmath.psi(1, 10_000)), 10.0]

# function, arguments, scale of each, bounds, slopes
SLOPES = {
    "1 / rate": (lambda rate: 1 / rate, {"rate": 1e-4}, [1e-4], [POSITIVE], [-1e8]),
    "1 / rate, not traced": (lambda rate: 1 / float(rate), {"rate": 1e-4}, [1e-4], [POSITIVE], [-1e8]),
    "shape / rate": (
        lambda shape, rate: shape / rate, {"shape": 2.0, "rate": 1e-6}, [0.5, 1e-6], [POSITIVE] * 2, [1e6, -2e12],
    ),
    "shape / rate, not traced": (
        lambda shape, rate: shape / float(rate),
        {"shape": 2.0, "rate": 1e-6}, [0.5, 1e-6], [POSITIVE] * 2, [1e6, -2e12],
    ),
    "P(Y > c), special": (lambda mean: special.gammainc(1001, mean), {"mean": 1e3}, [30.0], [POSITIVE], [POISSON]),
    "P(Y > c), stats": (lambda mean: stats.poisson.sf(1000, mean), {"mean": 1e3}, [30.0], [POSITIVE], [POISSON]),
    "P(Y > c), Normal": (
        lambda mean, sd: stats.norm.sf(1030, mean, sd),
        {"mean": 1000.0, "sd": 30.0}, [10.0, 7.0], [LINE, POSITIVE], [NORMAL, NORMAL],
    ),
    "np.where": (lambda a: np.where(a > 1, a**2, 2 * a), {"a": 3.0}, [0.1], [LINE], [6.0]),
    "an if": (lambda a: a**2 if a > 1 else 2 * a, {"a": 3.0}, [0.1], [LINE], [6.0]),
    "a loop": (exponential_series, {"a": 0.5}, [0.1], [LINE], [sum(0.5**k / math.factorial(k) for k in range(5))]),
    "while": (until_it_converges, {"a": 0.5}, [0.1], [LINE], [math.exp(0.5)]),
    "names that are none": (lambda **t: 2 * t["C(g)[b]"] + t["x"], {"C(g)[b]": 1.0, "x": 2.0}, None, None, [2.0, 1.0]),
    "polygamma": (lambda a: special.polygamma(1, a), {"a": 3.0}, [0.1], [POSITIVE], [float(mpmath.psi(2, 3))]),
    "a sign that the trace loses": (
        lambda a: special.gamma(1 - a), {"a": 2.5}, [0.1], [LINE], [float(-mpmath.gamma(-1.5) * mpmath.psi(0, -1.5))],
    ),
    "a type that the trace has not": (
        lambda a: a**2 if isinstance(a, float) else a**3, {"a": 2.0}, [1.0], [LINE], [4.0],
    ),
    "far from a line": (lambda a: math.sin(1e5 * a), {"a": 1e-3}, [0.5], [LINE], [1e5 * math.cos(100)]),
    "near a kink": (lambda a: math.fabs(a), {"a": -1e-5}, [1.0], [LINE], [-1.0]),
    "near an end": (lambda a: math.sqrt(a), {"a": 1e-8}, [1.0], [POSITIVE], [5e3]),
    "smooth, of terms much larger than their sum": (
        entropy, {"shape": 1e4, "scale": 0.1}, None, [POSITIVE] * 2, ENTROPY,
    ),
    "with a case, of terms much larger than their sum": (
        lambda shape, scale: entropy(shape, scale) + np.maximum(scale, 0.01),
        {"shape": 1e4, "scale": 0.1}, None, [POSITIVE] * 2, [ENTROPY[0], 11.0],
    ),
    "in small units": (lambda a: 1e-20 * float(a) ** 2, {"a": 3.0}, [0.1], [LINE], [6e-20]),
}  # fmt: skip


@pytest.mark.parametrize(("function", "arguments", "steps", "bounds", "slopes"), SLOPES.values(), ids=SLOPES)
def test_slopes(function, arguments, steps, bounds, slopes):
    """A step of 0.04 max(|theta|, 0.04) made 3.9e8 of the variance bound 1e12 of 1 / rate at rate 1e-4."""
    value, found = gradient(function, arguments, bounds, steps)
    assert_allclose(value, function(**arguments), rtol=1e-14)
    assert_allclose(found, slopes, rtol=1e-9)


def test_slopes_that_vanish():
    for function in (lambda a: float(a) ** 2, lambda a: a**2, lambda a: 3.0, lambda a: float(3)):
        assert_allclose(gradient(function, {"a": 0.0}, None, [1.0])[1], [0.0], atol=1e-15)


def test_a_flat_place_of_a_continuous_function():
    """Not traced, and flat at 1.1 in b, which bends at 1.4."""
    function = lambda a, b: a + max(float(b), 1.4)  # noqa: E731
    assert_allclose(gradient(function, {"a": 1.0, "b": 1.1}, None, [0.1, 0.1])[1], [1.0, 0.0], atol=1e-9)


def counted(a, calls=[0]):  # noqa: B006
    calls[0] += 1
    return a * calls[0]


REFUSED = {
    "a kink": (lambda a: np.abs(a - 1), ArgumentError, "its slope in a is -1 below and 1 above a = 1"),
    "a kink, not traced": (lambda a: math.fabs(a - 1), ArgumentError, "its slope in a is -1 below and 1 above a = 1"),
    "a kink among rounding errors": (
        lambda a: np.abs(a - 1) + entropy(1e4 * a, 0.1), ArgumentError, "its slope in a is -0.",
    ),
    "the root of a square": (lambda a: np.sqrt((a - 1) ** 2), ArgumentError, "its slope in a is -1 below and 1 above"),
    "a scaled Bessel function": (
        lambda a: special.i0e(a - 1), ArgumentError, "its slope in a is 1 below and -1 above a = 1",
    ),
    "a jump within the scale": (lambda a: math.floor(a + 0.4), NotAvailableError, "derivative of the function in a"),
    "a median of counts": (lambda a: stats.poisson.median(20 * a), NotAvailableError, "do not settle"),
    "rounded down": (lambda a: np.floor(a / 2 + 0.1), ArgumentError, r"flat at a = 1 and jumps at -0\.2, as one that"),
    "a whole number": (lambda a: int(a / 2 + 0.1), ArgumentError, r"flat at a = 1 and jumps at -2\.2"),
    "a branch": (lambda a: 1.0 if float(a) < 2.3 else 2.0, ArgumentError, r"flat at a = 1 and jumps at 2\.3"),
    "random": (lambda a: a + np.random.default_rng().normal(), ArgumentError, "another number each time"),
    "it counts its calls": (counted, ArgumentError, "another number each time"),
    "complex": (lambda a: a * 1j, ArgumentError, "complex numbers"),
    "an error": (lambda a: {}[a], ArgumentError, "KeyError"),
    "undefined nearby": (lambda a: math.acos(a), ArgumentError, "must be defined around"),
}  # fmt: skip


@pytest.mark.parametrize(("function", "error", "message"), REFUSED.values(), ids=REFUSED)
def test_refusals(function, error, message):
    with pytest.raises(error, match=message):
        gradient(function, {"a": 1.0}, None, [0.7])


def test_a_bound_of_nothing_for_a_function_that_rounds():
    """A step function of the parameters had a Cramer-Rao bound of 0."""
    results = lk.LikelihoodModel(np.random.default_rng(1).gamma(2, 3, 60), family=lk.Gamma()).fit()
    for rounded in (lambda shape, scale: np.floor(shape), lambda shape, scale: int(shape)):
        with pytest.raises(ArgumentError, match=r"flat at shape = .* and jumps at 3, as one that rounds|jumps at 2"):
            results.cramer_rao(rounded)


def test_the_kink_is_refused_whichever_parameter_meets_it():
    with pytest.raises(ArgumentError, match="its slope in a is 0 below and 1 above a = 1"):
        gradient(lambda a, b: np.maximum(a, b), {"a": 1.0, "b": 1.0}, None, [0.1, 0.1])
    assert_allclose(gradient(lambda a, b: np.maximum(a, b), {"a": 1.1, "b": 1.0}, None, [0.1, 0.1])[1], [1.0, 0.0])


def test_slopes_of_many_functions_are_trusted_one_by_one():
    def functions(a):
        return np.stack([np.exp(a), np.floor(a + 0.4), a**3])

    found = numeric_slopes(functions, [1.0], [LINE], [0.7])
    assert_allclose(np.array(found.slopes)[0, [0, 2]], [np.e, 3.0], rtol=1e-9)
    assert found.trusted.tolist() == [True, False, True]


def test_a_map_and_its_derivatives():
    found = compiled_slopes(lambda a, b: {"x": a * b, "y": np.abs(a)}, ("a", "b"))
    (x, y), (of_x, of_y) = found(np.array([-2.0, 3.0]), 5.0)
    assert_allclose((x, y), ([-10, 15], [2, 3]))
    assert_allclose(of_x[1], [-2, 3])
    assert_allclose(of_y[0], [-1, 1])
    with pytest.raises(TraceError):
        compiled_slopes(lambda a, b: {"x": float(a)}, ("a", "b"))


def test_values_that_agree():
    assert same_values([1.0, np.inf, np.nan, 1e3], [1 + 1e-10, np.inf, np.nan, 1e3 + 1e-7]).all()
    assert not same_values([1.0, np.inf, np.nan, 0.0], [1 + 1e-8, -np.inf, 0.0, np.inf]).any()


def test_a_map_that_writes_to_its_arguments_is_refused():
    def written(a):
        a += 1
        return {"x": a}

    with pytest.raises(FormulaError, match="changes its argument a in place"):
        compiled_slopes(written, ("a",))
