"""`log1p(u) / u` and its derivatives against mpmath, and in a traced formula."""

import subprocess
import sys

import numpy as np
import pytest
import sympy
from mpmath import mp
from numpy.testing import assert_allclose, assert_array_equal

from likelihood_kit.calculus import Formula, trace, typeset
from likelihood_kit.calculus.log1p_ratio import log1p_ratio, scaled_log1p
from likelihood_kit.errors import ArgumentError, TraceError

ORDERS = (0, 1, 2, 3, 4)
RTOL = 1e-13
NAMED = (0.0, 1e-300, -1e-300, 1e-8, -1e-8, 1e-3, -1e-3, 0.1, 1.0, 1e6, 1e100, -0.5, -0.999999, np.nextafter(-1, 0))
# Both sides of the places where the numeric method changes.
SEAMS = tuple(np.nextafter(u, towards) for u in (-0.5, 0.0, 1.0) for towards in (-1, 2))
#: Below this doubles lose digits: g'''' at 1e100 is 1e-499.
SMALLEST = 1e-300


def points() -> np.ndarray:
    rng = np.random.default_rng(7)
    return np.array([*NAMED, *SEAMS, *rng.uniform(-1, 1.5, 150), *10 ** rng.uniform(-12, 15, 50)])


def exact(u, order: int) -> mp.mpf:
    """By the hypergeometric function: its series and transformations, which the code does not use."""
    series = mp.hyp2f1(order + 1, order + 1, order + 2, -mp.mpf(u))
    return (-1) ** order * mp.factorial(order) / (order + 1) * series


def largest_error(u, order, found) -> float:
    with mp.workdps(60):
        pairs = [(mp.mpf(float(value)), exact(x, order)) for x, value in zip(u, found, strict=True)]
        return max(float(abs(value / wanted - 1)) for value, wanted in pairs if abs(wanted) > SMALLEST)


@pytest.mark.parametrize("order", ORDERS)
def test_mpmath(order):
    u = points()
    assert largest_error(u, order, log1p_ratio(u, order)) < RTOL


@pytest.mark.parametrize("order", ORDERS)
def test_the_oracle_is_the_derivative(order):
    with mp.workdps(60):
        for u in (mp.mpf("0.3"), mp.mpf(4), mp.mpf("-0.9")):
            assert abs(mp.diff(lambda x: mp.log1p(x) / x, u, order) / exact(u, order) - 1) < 1e-25


@pytest.mark.parametrize("order", ORDERS)
def test_an_error_in_the_twelfth_digit_is_found(order):
    u = points()
    assert largest_error(u, order, log1p_ratio(u * (1 + 4e-12), order)) > RTOL


def test_the_textbook_derivative_fails_near_zero():
    """Why the quadrature is there: from g'' on, the quotient rule has no digit left at 1e-8."""
    u = 1e-8
    textbook = (2 * np.log1p(u) - u * (2 + 3 * u) / (1 + u) ** 2) / u**3
    assert abs(textbook / (2 / 3) - 1) > 0.1
    assert_allclose(log1p_ratio(u, 2), 2 / 3, rtol=1e-7)


@pytest.mark.parametrize("order", ORDERS)
def test_limits(order):
    """At the ends of the domain; an argument below it, and NaN, give NaN."""
    sign = (-1) ** order
    assert_array_equal(log1p_ratio([-1.0, np.inf, -1.5, np.nan], order), [sign * np.inf, 0.0, np.nan, np.nan])


@pytest.mark.parametrize("shape", [(), (0,), (3, 1, 4)])
def test_shapes(shape):
    for order in ORDERS:
        assert np.shape(log1p_ratio(np.full(shape, 0.25), order)) == shape
        assert np.shape(log1p_ratio(np.full(shape, 3), order)) == shape


def formula(y, t):
    return y * log1p_ratio(t * y)


def scaled(y, t):
    return scaled_log1p(y, t)


both = pytest.mark.parametrize("formula", [formula, scaled])


@both
@pytest.mark.parametrize("t", [0.0, 1e-9, -0.2, 0.7])
def test_in_a_formula(formula, t, kernels_of):
    """log(1 + t y) / t with two derivatives in t, through t = 0."""
    kernels = kernels_of(formula, "t")
    assert kernels.derivatives == "symbolic", kernels.reason
    y = np.array([-1.2, -0.3, 0.0, 0.4, 2.0])
    value, (score,), (hessian,) = kernels.rows.derivatives(kernels.rows.hoist(y), t)
    with mp.workdps(60):
        wanted = [[mp.mpf(x) ** (k + 1) * exact(mp.mpf(t) * mp.mpf(x), k) for x in y] for k in (0, 1, 2)]
    assert_allclose([value, score, hessian], np.array(wanted, dtype=float), rtol=RTOL)


@pytest.mark.parametrize("shape", [0.0, -1e-9, -0.2, 1.5])
def test_a_location_within_the_logarithm(shape, kernels_of):
    """All derivatives of log(1 + shape (y - loc)) / shape; far out, where those of z g(shape z) cancel, too."""
    kernels = kernels_of(lambda y, loc, shape: scaled_log1p(y - loc, shape), "loc", "shape")
    assert kernels.derivatives == "symbolic", kernels.reason
    y = np.array([0.0, 0.5, 3.0, 4.0 if shape < 0 else 1e9])
    value, score, hessian = kernels.rows.derivatives(kernels.rows.hoist(y), 0.25, shape)
    with mp.workdps(60):
        z, xi = [mp.mpf(x) - mp.mpf(0.25) for x in y], mp.mpf(shape)
        wanted = [
            [x * exact(xi * x, 0) for x in z],
            [-1 / (1 + xi * x) for x in z],
            [x**2 * exact(xi * x, 1) for x in z],
            [-xi / (1 + xi * x) ** 2 for x in z],
            [x / (1 + xi * x) ** 2 for x in z],
            [x**3 * exact(xi * x, 2) for x in z],
        ]
    found = [np.broadcast_to(entry, y.shape) for entry in (value, *score, *hessian)]
    assert_allclose(found, np.array(wanted, dtype=float), rtol=RTOL)


def test_derivatives_in_a_formula(kernels_of):
    kernels = kernels_of(lambda y, t: log1p_ratio(t * y, order=2), "t")
    y = np.array([-0.3, 0.4, 2.0])
    assert_allclose(kernels.rows.value(kernels.rows.hoist(y), 0.7), log1p_ratio(0.7 * y, 2), rtol=1e-15)


@both
def test_a_formula_evaluates_as_it_is_traced(formula, kernels_of):
    y, kernels = np.array([-0.3, 0.4, 2.0]), kernels_of(formula, "t")
    assert_array_equal(kernels.rows.value(kernels.rows.hoist(y), 0.7), formula(y, 0.7))


def test_a_parameter_of_the_same_name(kernels_of):
    kernels = kernels_of(lambda y, t: formula(y, t), "log1p_ratio")
    y = np.array([0.4, 2.0])
    assert_array_equal(kernels.rows.value(kernels.rows.hoist(y), 0.7), formula(y, 0.7))


def test_an_order_that_is_a_parameter_is_not_traced(kernels_of):
    kernels = kernels_of(lambda y, t: log1p_ratio(y, t), "t")
    assert kernels.derivatives == "numeric"
    assert "whole number" in kernels.reason


@pytest.mark.parametrize("order", [-1, 0.5, None])
def test_an_order_that_is_no_whole_number_is_refused(order):
    with pytest.raises(ArgumentError, match="whole number"):
        log1p_ratio(0.5, order)
    with pytest.raises(TraceError, match="whole number"):
        trace.trace(lambda y, t: log1p_ratio(y, order), ("y", "t"))


def test_latex():
    expression = trace.trace(lambda y, t: t * log1p_ratio(t * y) - log1p_ratio(y, 3) ** 2, ("y", "t"))
    assert sympy.latex(expression) == r"t g\left(t y\right) - \left(g^{(3)}\left(y\right)\right)^{2}"


@both
def test_a_derivation_shows_the_logarithm(formula):
    """A reader meets log(1 + t y) / t, and no g."""
    shown = typeset(Formula(formula, ("y", "t"), ("y",), ("t",), ("t",)), {}, None)
    assert shown.log_density.text == "log(1 + t*y)/t"
    assert shown.score[0].text == "y/(t*(1 + t*y)) - log(1 + t*y)/t^2"


def test_latex_of_the_scaled_logarithm():
    expression = trace.trace(lambda y, t: scaled_log1p(y, t) ** 2, ("y", "t"))
    assert sympy.latex(expression) == r"\left(\frac{\log{\left(t y + 1 \right)}}{t}\right)^{2}"


def test_the_numeric_module_does_not_import_sympy():
    code = "import sys; import likelihood_kit.calculus.log1p_ratio; assert 'sympy' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
