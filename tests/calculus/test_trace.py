"""What becomes an expression, what is refused by name, and that stable forms and exact constants stay."""

import functools
import math

import mpmath
import numpy as np
import pytest
import sympy
from mpmath import mp
from numpy.testing import assert_allclose
from scipy import special, stats

from likelihood_kit.calculus.trace import trace
from likelihood_kit.errors import TraceError

Y, T = sympy.Symbol("y", real=True), sympy.Symbol("t", real=True)


def loop(y, t):
    total = 0.0
    for value in y:
        total += value * t
    return total


def cases_within_each_other(y, t):
    """SymPy compares all cases with all others, so that each weighs more than the one operation that it is."""
    for k in range(6):
        y = np.minimum(y * t, k)
    return y


REFUSED = {
    "a ufunc without a rule": (lambda y, t: np.heaviside(y, t), "'heaviside'"),
    "a special function without a rule": (lambda y, t: special.kv(2, y * t), "'kv'"),
    "floor division": (lambda y, t: y // t, "'floor_divide'"),
    "remainder": (lambda y, t: y % t, "'remainder'"),
    "a sum": (lambda y, t: np.sum(y * t), "np.sum"),
    "a sum over an array": (lambda y, t: np.add.reduce(y * t), "add.reduce"),
    "a cumulative sum": (lambda y, t: np.cumsum(y * t), "np.cumsum"),
    "a method of an array": (lambda y, t: (y * t).sum(), r"\.sum"),
    "a shape": (lambda y, t: y.shape[0] * t, r"\.shape"),
    "math.log": (lambda y, t: y * math.log(t), "math functions.*np.log for math.log"),
    "float()": (lambda y, t: y * float(t), "numbers, not traced values"),
    "if": (lambda y, t: y if t > 0 else -y, "write np.where"),
    "and": (lambda y, t: np.where(y > 0 and t > 0, y, t), "and, or, not.*np.where"),
    "a loop": (loop, "a loop over the rows"),
    "len": (lambda y, t: len(y) * t, "len()"),
    "indexing": (lambda y, t: y[0] * t, "indexing"),
    "asarray": (lambda y, t: np.asarray(y) * t, "np.asarray"),
    "scipy.stats": (lambda y, t: stats.norm.logpdf(y, t), "scipy.stats"),
    "an array of constants": (lambda y, t: y * t + np.arange(3.0), "ndarray"),
    "a complex constant": (lambda y, t: y * t + 1j, "complex"),
    "a keyword of a ufunc": (lambda y, t: np.log(y * t, where=True, out=np.empty(1)), "keyword arguments.*out"),
    "an order that is not whole": (lambda y, t: special.polygamma(1.5, y), "whole number"),
    "an order that is a parameter": (lambda y, t: special.polygamma(t, y), "whole number"),
    "cases within each other": (cases_within_each_other, "more than 2000 operations, which takes too long"),
    "an error of the author": (lambda y, t: undefined(y), "NameError.*undefined"),  # noqa: F821
}


@pytest.mark.parametrize(("formula", "message"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_traced_is_named(formula, message):
    with pytest.raises(TraceError, match=message):
        trace(formula, ("y", "t"))


def test_a_dict_of_expressions():
    assert trace(lambda t: {"a": np.square(t), "b": 2}, ("t",)) == {"a": T**2, "b": 2}


def test_polygamma_in_a_function_of_a_function():
    """A helper calls what the author imported; only the outermost function is read for polygamma."""
    formula = functools.partial(lambda k, y, t: special.polygamma(k, y), 1)
    with pytest.raises(TraceError):
        trace(formula, ("y", "t"))


def test_tracing_leaves_the_authors_module_alone():
    before = dict(globals())
    trace(lambda y, t: special.polygamma(1, y) + t, ("y", "t"))
    assert {name: value for name, value in globals().items() if before.get(name) is not value} == {}
    assert_allclose(special.polygamma(1, 1.0), np.pi**2 / 6)


def test_defaults_and_closures_are_kept():
    shift = 2.0

    def formula(y, t, *, power=3):
        return special.polygamma(1, y) * 0 + shift * t**power

    assert trace(formula, ("y", "t")).subs(Y, 1) == 2 * T**3


EXACT = {
    "log(2 pi)": (np.log(2 * np.pi), sympy.log(2 * sympy.pi)),
    "half log(2 pi)": (0.5 * np.log(2 * np.pi), sympy.log(2 * sympy.pi) / 2),
    "-log(2 pi) / 2": (-np.log(2 * np.pi) / 2, -sympy.log(2 * sympy.pi) / 2),
    "log(pi)": (np.log(np.pi), sympy.log(sympy.pi)),
    "pi": (np.pi, sympy.pi),
    "2 pi": (2 * np.pi, 2 * sympy.pi),
    "sqrt(2 pi)": (np.sqrt(2 * np.pi), sympy.sqrt(2 * sympy.pi)),
    "log(2)": (np.log(2), sympy.log(2)),
    "sqrt(2)": (np.sqrt(2), sympy.sqrt(2)),
    "Euler's": (np.euler_gamma, sympy.EulerGamma),
    "3 / 8": (0.375, sympy.Rational(3, 8)),
    "a NumPy scalar": (np.float64(0.5), sympy.Rational(1, 2)),
    "an array of no dimension": (np.array(4), sympy.Integer(4)),
    "infinity": (-np.inf, -sympy.oo),
}


@pytest.mark.parametrize(("number", "exact"), EXACT.values(), ids=EXACT)
def test_constants_are_exact(number, exact):
    assert trace(lambda t: number, ("t",)) == exact


@pytest.mark.parametrize("number", [0.1, 1 / 3, 3.14159, 1e-300, 1e20, 2.0**-40, np.log(2 * np.pi) * (1 + 1e-14)])
def test_other_numbers_keep_every_digit(number):
    assert float(trace(lambda t: number, ("t",))) == number


@pytest.mark.parametrize("number", [0.1, 1 / 3, 1e-300, 2.0**0.5])
def test_numbers_come_back_to_the_last_bit(number, kernels_of):
    kernel = kernels_of(lambda y, t: y * t + number, "t").rows
    assert kernel.value(kernel.hoist(np.zeros(1)), 1.0) == number


def test_a_recognised_constant_is_rounded_once(kernels_of):
    """NumPy's own `np.log(2 * np.pi) / 2` is a unit in the last place off."""
    kernel = kernels_of(lambda y, t: y * t + np.log(2 * np.pi) / 2, "t").rows
    with mpmath.workdps(40):
        assert kernel.value(kernel.hoist(np.zeros(1)), 1.0) == float(mp.log(2 * mp.pi) / 2)


# At these arguments the textbook form overflows, or is 0 * inf or log(0); the stable form has a finite value.
EXTREMES = {
    "log1p": (lambda y, t: np.log1p(y * t), [1e-300, 1e100], lambda y: [np.log1p(y), 1 / (1 / y + 1)]),
    "expm1": (lambda y, t: np.expm1(y * t), [1e-300, -800.0], lambda y: [np.expm1(y), y * np.exp(y)]),
    "logaddexp": (lambda y, t: np.logaddexp(y * t, 0), [-800.0, 800.0, 1e5], lambda y: [np.maximum(y, 0)] * 2),
    "expit": (lambda y, t: special.expit(y * t), [-800.0, 800.0, 1e5], lambda y: [(y > 0) * 1.0, 0 * y]),
    "log_expit": (lambda y, t: special.log_expit(y * t), [-800.0, 800.0], lambda y: [np.minimum(y, 0)] * 2),
    "xlogy": (lambda y, t: special.xlogy(y, t - 1), [0.0], lambda y: [0 * y]),
    "xlog1py": (lambda y, t: special.xlog1py(y, -t), [0.0], lambda y: [0 * y]),
    "log_ndtr": (
        lambda y, t: special.log_ndtr(y * t),
        [-1e4, 60.0, 1e5],
        lambda y: [np.where(y > 0, 0, special.log_ndtr(y)), np.where(y > 0, 0, -(y**2) - 1)],
    ),
    "gammaln": (lambda y, t: special.gammaln(y * t), [1e100], lambda y: [y * (np.log(y) - 1), y * np.log(y)]),
    "i0e": (lambda y, t: special.i0e(y * t), [1e6], lambda y: np.array([1, -0.5])[:, None] / np.sqrt(2 * np.pi * y)),
}


@pytest.mark.parametrize(("formula", "y", "wanted"), EXTREMES.values(), ids=EXTREMES)
def test_stable_forms_stay_stable(formula, y, wanted, kernels_of):
    y = np.array(y)
    kernel = kernels_of(formula, "t").rows
    value, score, hessian = kernel.derivatives(kernel.hoist(y), 1.0)
    for found, limit in zip((value, *score), wanted(y), strict=False):
        assert_allclose(found, limit, rtol=1e-6, atol=1e-12)
    if "xlog" not in str(formula.__code__.co_names):
        assert np.isfinite(hessian[0]).all()


def test_the_second_derivative_of_log_ndtr_far_in_the_left_tail(kernels_of):
    """Through exp(-x^2/2 - log_ndtr(x)) it was 0.5 off at x = -1e4, where it is -1."""
    kernel = kernels_of(lambda y, t: special.log_ndtr(y + t), "t").rows
    _, score, hessian = kernel.derivatives(kernel.hoist(np.array([-1e3, -1e4])), 0.0)
    assert_allclose(score[0], [1e3 + 1e-3, 1e4 + 1e-4], rtol=1e-11)
    assert_allclose(hessian[0], -1, atol=1e-5)
