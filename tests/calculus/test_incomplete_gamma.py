"""Logarithms of the incomplete gamma functions and their derivatives, against mpmath at 60 digits."""

import subprocess
import sys

import mpmath
import numpy as np
import pytest
import sympy
from mpmath import mp
from numpy.testing import assert_allclose
from scipy import special

from likelihood_kit.calculus import incomplete_gamma, source_of
from likelihood_kit.calculus.incomplete_gamma import (
    BLOCK,
    TailDerivatives,
    log_gammainc,
    log_gammainc_derivatives,
    log_gammaincc,
    log_gammaincc_derivatives,
)
from likelihood_kit.calculus.trace import trace
from likelihood_kit.families import generate
from likelihood_kit.families.catalogue import CATALOGUE

# Of value and derivatives up to the second order, measured at 3e-12; the third order loses mass beyond the cut-off.
RTOL = 1e-11
RTOL_THIRD = 1e-9
#: A tail of 1 - 1e-30 leaves half of these.
DIGITS = 60
SHAPES = (0.01, 0.1, 1.0, 2.5, 15.9, 16.1, 200.0, 1e4)
TAILS = (1e-30, 1e-16, 1e-8, 1e-3, 0.3)
ORDERS = [(i, j) for i in range(4) for j in range(4 - i)]
TAIL_FUNCTIONS = {"upper": log_gammaincc_derivatives, "lower": log_gammainc_derivatives}


def arguments(a):
    """Arguments from the lower tail of 1e-30 to the upper one, and about the mode, where the two integrals meet."""
    x = [*special.gammaincinv(a, TAILS), *special.gammainccinv(a, TAILS), a * (1 - 1e-9), a]
    return np.array([value for value in x if value > 1e-300])


def tail(side, a, x):
    """Q or P as a function of shape and argument, from that of the two which mpmath has without cancelling."""
    ends = (lambda z: (z, mp.inf)) if x >= a else (lambda z: (0, z))
    if (side == "upper") == (x >= a):
        return lambda b, z: mp.gammainc(b, *ends(z), regularized=True)
    return lambda b, z: 1 - mp.gammainc(b, *ends(z), regularized=True)


def oracle(side, a, x, in_a, in_x=0):
    """Derivative of log Q or log P, numerical."""
    a, x = mp.mpf(float(a)), mp.mpf(float(x))
    function = tail(side, a, x)
    if in_x == 0:
        return float(mp.diff(lambda b: mp.log(function(b, x)), a, in_a))
    return float(mp.diff(lambda b, z: mp.log(function(b, z)), (a, x), (in_a, in_x)))


def density_ratio(side, a, x):
    a, x = mp.mpf(float(a)), mp.mpf(float(x))
    return float(x ** (a - 1) * mp.exp(-x) / mp.gamma(a) / tail(side, a, x)(a, x))


def check(side, a, x, found: TailDerivatives):
    with mpmath.workdps(DIGITS):
        for order, name in enumerate(("value", "first", "second", "third")):
            wanted = [oracle(side, a, value, order) for value in x]
            assert_allclose(getattr(found, name), wanted, rtol=RTOL_THIRD if order == 3 else RTOL)
        assert_allclose(found.ratio, [density_ratio(side, a, value) for value in x], rtol=RTOL)


@pytest.mark.parametrize("a", SHAPES)
@pytest.mark.parametrize("side", TAIL_FUNCTIONS)
def test_a_tail_and_its_derivatives_in_the_shape(side, a):
    x = arguments(a)
    check(side, a, x, TAIL_FUNCTIONS[side](a, x))


@pytest.mark.parametrize("field", TailDerivatives._fields)
def test_a_slightly_wrong_value_is_found(field):
    a, x = 2.5, arguments(2.5)
    right = log_gammaincc_derivatives(a, x)
    error = 10 * (RTOL_THIRD if field == "third" else RTOL)
    with pytest.raises(AssertionError, match="Not equal to tolerance"):
        check("upper", a, x, right._replace(**{field: getattr(right, field) * (1 + error)}))


@pytest.mark.parametrize(("a", "x"), [(0.01, 1e6), (1.0, 1e6), (50.0, 1e6), (1e4, 1e6), (1e6, 1e7)])
def test_far_beyond_the_smallest_double(a, x):
    with mpmath.workdps(DIGITS):
        assert_allclose(log_gammaincc(a, x), oracle("upper", a, x, 0), rtol=RTOL)
        found = log_gammaincc_derivatives(a, x)
        assert_allclose([found.first, found.second], [oracle("upper", a, x, k) for k in (1, 2)], rtol=RTOL)


@pytest.mark.parametrize(("a", "x"), [(1e-6, 1e-8), (1e-4, 1e-3), (1e-3, 0.02), (1e-3, 40.0), (1e6, 1.001e6)])
def test_shapes_beyond_those_that_are_promised(a, x):
    with mpmath.workdps(DIGITS):
        for side, derivatives in TAIL_FUNCTIONS.items():
            wanted = [oracle(side, a, x, k) for k in range(3)]
            assert_allclose(derivatives(a, x)[:3], wanted, rtol=1e-9)


def test_the_ends_of_the_support():
    a = np.array([0.5, 1.0, 2.0])
    for function, empty, whole in ((log_gammaincc, np.inf, 0.0), (log_gammainc, 0.0, np.inf)):
        assert_allclose(function(a, empty), -np.inf)
        assert_allclose(function(a, whole), 0.0)
    found = log_gammaincc_derivatives(a, 0.0)
    assert_allclose([found.first, found.second, found.third], 0.0)
    assert_allclose(found.ratio, [np.inf, 1.0, 0.0])  # the density at 0
    assert_allclose(log_gammaincc_derivatives(a, np.inf).ratio, 1.0)
    # An empty tail is x^(a - 1) e^-x / Gamma(a) above, x^a / Gamma(a + 1) below, times what does not depend on a.
    for found, b in ((log_gammaincc_derivatives(a, np.inf), a), (log_gammainc_derivatives(a, 0.0), a + 1)):
        assert_allclose(found.second, -special.polygamma(1, b), rtol=RTOL)
        assert_allclose(found.third, -special.polygamma(2, b), rtol=RTOL)


@pytest.mark.parametrize(("a", "x"), [(0.0, 1.0), (-1.0, 1.0), (2.0, -1e-3), (np.nan, 1.0), (1.0, np.nan)])
def test_outside_of_the_domain(a, x):
    assert np.all(np.isnan(log_gammaincc_derivatives(a, x)))
    assert np.all(np.isnan(log_gammainc_derivatives(a, x)))


def test_shapes_of_arrays():
    x = np.random.default_rng(5).gamma(3.0, size=BLOCK + 7)
    a = np.array([[0.5], [3.0], [40.0]])
    together = log_gammaincc_derivatives(a, x)
    assert together.value.shape == (3, x.size)
    for row, shape in enumerate(a[:, 0]):
        # Matrix products sum in another order where a block has another width.
        assert_allclose([field[row] for field in together], log_gammaincc_derivatives(shape, x), rtol=RTOL_THIRD)
        assert_allclose(together.value[row, -1], log_gammaincc(shape, x[-1]), rtol=RTOL)
    assert np.ndim(log_gammaincc(2.0, 3.0)) == 0
    assert log_gammaincc(2.0, []).shape == (0,)
    assert log_gammaincc(np.full((2, 1), 2.0), np.empty((2, 0))).shape == (2, 0)


def test_both_tails_sum_to_one():
    a, x = np.array([[0.2], [7.0]]), np.linspace(0.1, 20, 50)
    assert_allclose(np.exp(log_gammainc(a, x)) + np.exp(log_gammaincc(a, x)), 1.0, rtol=1e-13)


def test_the_module_does_not_load_sympy():
    code = "import likelihood_kit.calculus.incomplete_gamma, sys; sys.exit('sympy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def censored(y, shape, scale):
    return log_gammaincc(shape, y / scale)


@pytest.mark.parametrize("logarithm", [log_gammaincc, log_gammainc])
@pytest.mark.parametrize("name", ["gammaincc", "gammainc"])
def test_the_logarithm_of_the_ufunc_is_traced_as_the_stable_one(name, logarithm):
    ufunc = getattr(special, name)
    traced = trace(lambda y, shape: np.log(ufunc(shape, y)), ("y", "shape"))
    stable = trace(lambda y, shape: logarithm(shape, y), ("y", "shape"))
    assert (traced == stable) == (logarithm.__name__ == f"log_{name}")


@pytest.mark.parametrize("side", TAIL_FUNCTIONS)
def test_a_kernel(side, kernels_of):
    function = {"upper": log_gammaincc, "lower": log_gammainc}[side]
    kernels = kernels_of(lambda y, shape, scale: function(shape, y / scale), shape=(0, np.inf), scale=(0, np.inf))
    assert kernels.derivatives == "symbolic", kernels.reason
    y, shape, scale = np.array([0.3, 4.0, 90.0]), 3.5, 1.7
    hoisted = kernels.rows.hoist(y)
    value, score, hessian = kernels.rows.derivatives(hoisted, shape, scale)

    def log_tail(a, s, datum):
        ends = (datum / s, mp.inf) if side == "upper" else (0, datum / s)
        return mp.log(mp.gammainc(a, *ends, regularized=True))

    orders = [(0, 0), (1, 0), (0, 1), (2, 0), (1, 1), (0, 2)]
    with mpmath.workdps(DIGITS):
        wanted = [
            [float(mp.diff(lambda a, s, d=d: log_tail(a, s, d), (mp.mpf(shape), mp.mpf(scale)), k)) for d in y]
            for k in orders
        ]
    assert_allclose([value, *score, *hessian], wanted, rtol=RTOL)
    theta = np.full((1, 1), shape), np.full((1, 1), scale)
    products = kernels.rows.products(hoisted, *theta)
    means = [np.mean(product, axis=-1, keepdims=True) for product in products]
    value, score, hessian = kernels.rows.combine(means, *theta)
    assert_allclose(np.ravel([value, *score, *hessian]), np.mean(wanted, axis=1), rtol=RTOL)


def test_a_kernel_computes_a_tail_once(formula_of):
    source = source_of(formula_of(censored, ("shape", "scale"), positive=("scale",)))
    functions = [part for part in source.split("def ") if "(hoisted" in part]
    assert [part.count("log_gammaincc_derivatives") for part in functions] == [1] * len(functions)


def test_the_third_derivative_in_the_shape_is_the_last():
    shape = sympy.Symbol("shape", real=True)
    expression = trace(lambda y, shape: log_gammaincc(shape, y), ("y", "shape"))
    assert expression.diff(shape, 3) != 0
    with pytest.raises(sympy.core.function.ArgumentIndexError):
        expression.diff(shape, 4)


@pytest.mark.parametrize("orders", ORDERS)
@pytest.mark.parametrize("side", TAIL_FUNCTIONS)
def test_symbolic_derivatives_up_to_the_third_order(side, orders):
    """Of the formula, as it is written for NumPy: the third order mixes what the kernels of the second do not."""
    function = {"upper": log_gammaincc, "lower": log_gammainc}[side]
    shape, y = sympy.symbols("shape y", real=True)
    expression = trace(lambda y, shape: function(shape, y), ("y", "shape"))
    for symbol, order in ((shape, orders[0]), (y, orders[1])):
        expression = expression.diff(symbol, order) if order else expression
    names = [{"incomplete_gamma": incomplete_gamma, "special": special, "np": np}, "scipy"]
    found = sympy.lambdify([shape, y], expression, modules=names)
    for a, x in ((0.5, 0.7), (5.0, 3.2)):
        with mpmath.workdps(DIGITS):
            assert_allclose(found(a, x), oracle(side, a, x, *orders), rtol=RTOL_THIRD)


def test_a_formula_reads_as_in_a_textbook():
    shape, y = sympy.symbols("shape y", real=True)
    expression = trace(lambda y, shape: log_gammaincc(shape, y), ("y", "shape"))
    names = {"symbol_names": {shape: "a"}}
    assert sympy.latex(expression, **names) == r"\log Q\left(a, y\right)"
    assert sympy.latex(expression.diff(shape), **names) == r"\partial_{1}\log Q\left(a, y\right)"
    hazard = r"\frac{y^{a - 1} e^{- y}}{\Gamma\left(a, y\right)}"
    assert sympy.latex(-expression.diff(y), **names) == hazard
    assert [str(e) for e in (expression, expression.diff(shape, 2), -expression.diff(y))] == [
        "log Q(shape, y)",
        "(d/d1)^2 log Q(shape, y)",
        "(f/Q)(shape, y)",
    ]


def test_a_generated_file_imports_the_module_where_it_is_called(monkeypatch):
    family = next(iter(CATALOGUE.values()))
    line = "from likelihood_kit.calculus import incomplete_gamma"
    assert line not in generate.generated_source(family)
    monkeypatch.setattr(generate, "source_of", lambda *_: "x = incomplete_gamma.log_gammaincc_derivatives(a, y)")
    assert line in generate.generated_source(family).splitlines()
