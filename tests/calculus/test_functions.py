"""Every function of the tracer's tables, differentiated twice in a parameter, against mpmath at 50 digits.

Arguments of the functions are `a = t y` and `b = t^2 + y / 3` at t = 0.7. A table entry without a case here fails.
"""

import mpmath
import numpy as np
import pytest
from mpmath import mp
from numpy.testing import assert_allclose
from scipy import special
from scipy.special import polygamma as polygamma_alone

from likelihood_kit.calculus import trace
from likelihood_kit.calculus.incomplete_gamma import log_gammainc, log_gammaincc

T = 0.7
WITHIN_UNIT = (0.2, 0.6, 1.3)  # a = 0.14, 0.42, 0.91
SIGNED = (-2.3, -0.4, 0.6, 1.9)
RTOL = 1e-11  # rounding of the special functions; formulas that are wrong miss by far more

# One argument: entry -> (function, the same in mpmath, values of y).
UNARY = {
    "negative": (np.negative, lambda a: -a, SIGNED),
    "positive": (np.positive, lambda a: a, SIGNED),
    "reciprocal": (np.reciprocal, lambda a: 1 / a, SIGNED),
    "square": (np.square, lambda a: a**2, SIGNED),
    "sqrt": (np.sqrt, mp.sqrt, WITHIN_UNIT),
    "cbrt": (np.cbrt, lambda a: mp.sign(a) * mp.cbrt(abs(a)), SIGNED),
    "exp": (np.exp, mp.exp, SIGNED),
    "exp2": (np.exp2, lambda a: mp.power(2, a), SIGNED),
    "log": (np.log, mp.log, WITHIN_UNIT),
    "log2": (np.log2, lambda a: mp.log(a) / mp.log(2), WITHIN_UNIT),
    "log10": (np.log10, mp.log10, WITHIN_UNIT),
    "log1p": (np.log1p, mp.log1p, (*WITHIN_UNIT, -1.2)),
    "expm1": (np.expm1, mp.expm1, SIGNED),
    "absolute": (np.absolute, abs, SIGNED),
    "fabs": (np.fabs, abs, SIGNED),
    "sign": (np.sign, mp.sign, SIGNED),
    "sin": (np.sin, mp.sin, SIGNED),
    "cos": (np.cos, mp.cos, SIGNED),
    "tan": (np.tan, mp.tan, SIGNED),
    "arcsin": (np.arcsin, mp.asin, WITHIN_UNIT),
    "arccos": (np.arccos, mp.acos, WITHIN_UNIT),
    "arctan": (np.arctan, mp.atan, SIGNED),
    "sinh": (np.sinh, mp.sinh, SIGNED),
    "cosh": (np.cosh, mp.cosh, SIGNED),
    "tanh": (np.tanh, mp.tanh, SIGNED),
    "arcsinh": (np.arcsinh, mp.asinh, SIGNED),
    "arctanh": (np.arctanh, mp.atanh, WITHIN_UNIT),
    "gammaln": (special.gammaln, mp.loggamma, WITHIN_UNIT),
    "loggamma": (special.loggamma, mp.loggamma, WITHIN_UNIT),
    "gamma": (special.gamma, mp.gamma, WITHIN_UNIT),
    "psi": (special.digamma, mp.digamma, WITHIN_UNIT),
    "expit": (special.expit, lambda a: 1 / (1 + mp.exp(-a)), SIGNED),
    "logit": (special.logit, lambda a: mp.log(a / (1 - a)), WITHIN_UNIT),
    "log_expit": (special.log_expit, lambda a: -mp.log1p(mp.exp(-a)), SIGNED),
    "entr": (special.entr, lambda a: -a * mp.log(a), WITHIN_UNIT),
    "erf": (special.erf, mp.erf, SIGNED),
    "erfc": (special.erfc, mp.erfc, SIGNED),
    "ndtr": (special.ndtr, mp.ncdf, SIGNED),
    "log_ndtr": (special.log_ndtr, lambda a: mp.log(mp.ncdf(a)), (*SIGNED, -8.0, -40.0, 6.0)),
    "i0e": (special.i0e, lambda a: mp.besseli(0, a) * mp.exp(-abs(a)), SIGNED),
    "i1e": (special.i1e, lambda a: mp.besseli(1, a) * mp.exp(-abs(a)), SIGNED),
    "i0": (special.i0, lambda a: mp.besseli(0, a), SIGNED),
    "i1": (special.i1, lambda a: mp.besseli(1, a), SIGNED),
}
# Two arguments; where the first is an order, it is a constant.
BINARY = {
    "add": (np.add, lambda a, b: a + b, SIGNED),
    "subtract": (np.subtract, lambda a, b: a - b, SIGNED),
    "multiply": (np.multiply, lambda a, b: a * b, SIGNED),
    "divide": (np.divide, lambda a, b: a / b, SIGNED),
    "power": (np.power, mp.power, WITHIN_UNIT),
    "float_power": (np.float_power, mp.power, WITHIN_UNIT),
    "logaddexp": (np.logaddexp, lambda a, b: mp.log(mp.exp(a) + mp.exp(b)), SIGNED),
    "arctan2": (np.arctan2, mp.atan2, SIGNED),
    "minimum": (np.minimum, min, SIGNED),
    "maximum": (np.maximum, max, SIGNED),
    "fmin": (np.fmin, min, SIGNED),
    "fmax": (np.fmax, max, SIGNED),
    "betaln": (special.betaln, lambda a, b: mp.log(mp.beta(a, b)), WITHIN_UNIT),
    "beta": (special.beta, mp.beta, WITHIN_UNIT),
    "xlogy": (special.xlogy, lambda a, b: a * mp.log(b), WITHIN_UNIT),
    "xlog1py": (special.xlog1py, lambda a, b: a * mp.log1p(b), WITHIN_UNIT),
    "_zeta": (lambda a, b: special.zeta(2.5, a) * b, lambda a, b: mp.zeta(2.5, a) * b, WITHIN_UNIT),
    "ive": (lambda a, b: special.ive(2, a) * b, lambda a, b: mp.besseli(2, a) * mp.exp(-abs(a)) * b, SIGNED),
    "gammaincc": (special.gammaincc, lambda a, b: mp.gammainc(a, b, regularized=True), WITHIN_UNIT),
    "gammainc": (special.gammainc, lambda a, b: mp.gammainc(a, 0, b, regularized=True), WITHIN_UNIT),
}
# Conditions choose between a^2 and b^3; each is true for some of the y and false for others.
CONDITIONS = {
    "less": lambda y, t: y * t < t,
    "less_equal": lambda y, t: y * t <= t,
    "greater": lambda y, t: y * t > t,
    "greater_equal": lambda y, t: y * t >= t,
    "equal": lambda y, t: y == 0.6,
    "not_equal": lambda y, t: y != 0.6,
    "logical_and": lambda y, t: np.logical_and(y > 0, y * t < t),
    "logical_or": lambda y, t: np.logical_or(y < -1, y > t),
    "logical_not": lambda y, t: np.logical_not(y < t),
    "bitwise_and": lambda y, t: (y > 0) & (y * t < t),
    "bitwise_or": lambda y, t: (y < -1) | (y > t),
    "invert": lambda y, t: ~(y < t),
}
# NumPy functions that are no ufuncs: entry -> (formula in y and t, oracle).
ARRAY_FUNCTIONS = {
    "where": (lambda y, t: np.where(y < 0, t**2, y * t), lambda y, t: t**2 if y < 0 else y * t),
    "clip": (
        lambda y, t: np.clip(y * t, -(t**2), max=t**3) * y,
        lambda y, t: min(max(y * t, -(t**2)), t**3) * y,
    ),
    "select": (
        lambda y, t: np.select([y < -1, y < 1], [t**2, y * t], t**3),
        lambda y, t: t**2 if y < -1 else y * t if y < 1 else t**3,
    ),
    "zeros_like": (lambda y, t: t**2 + np.zeros_like(t), lambda y, t: t**2),
    "ones_like": (lambda y, t: t**2 * np.ones_like(y), lambda y, t: t**2),
    "full_like": (lambda y, t: t**2 + np.full_like(y, t), lambda y, t: t**2 + t),
    "log_gammaincc": (
        lambda y, t: log_gammaincc(y**2 + t, t * y**2),
        lambda y, t: mp.log(mp.gammainc(mp.mpf(y) ** 2 + t, t * mp.mpf(y) ** 2, regularized=True)),
    ),
    "log_gammainc": (
        lambda y, t: log_gammainc(y**2 + t, t * y**2),
        lambda y, t: mp.log(mp.gammainc(mp.mpf(y) ** 2 + t, 0, t * mp.mpf(y) ** 2, regularized=True)),
    ),
}


def check_derivatives(kernels, oracle, ys) -> None:
    """Value and two derivatives at T, entry by entry; a derivative that is zero must be zero."""
    assert kernels.derivatives == "symbolic", kernels.reason
    y = np.array(ys)
    value, score, hessian = kernels.rows.derivatives(kernels.rows.hoist(y), T)
    found = [np.broadcast_to(entry, y.shape) for entry in (value, *score, *hessian)]
    with mpmath.workdps(50):
        wanted = [[mp.diff(lambda t, y=y: oracle(y, t), T, order) for y in ys] for order in (0, 1, 2)]
    assert_allclose(found, np.array(wanted, dtype=float), rtol=RTOL, atol=1e-300)


@pytest.fixture
def used(monkeypatch) -> set[str]:
    """Entries of the tracer's tables that were looked up."""
    names = set()

    class Recording(dict):
        def get(self, key, default=None):
            names.add(key)
            return super().get(key, default)

    monkeypatch.setattr(trace, "_UFUNCS", Recording(trace._UFUNCS))
    monkeypatch.setattr(trace, "_ARRAY_FUNCTIONS", Recording(trace._ARRAY_FUNCTIONS))
    return names


def test_every_entry_has_a_case():
    assert {*UNARY, *BINARY, *CONDITIONS} == set(trace._UFUNCS)
    assert set(ARRAY_FUNCTIONS) == set(trace._ARRAY_FUNCTIONS)


@pytest.mark.parametrize("entry", UNARY)
def test_a_function_of_one_argument(entry, kernels_of, used):
    function, oracle, ys = UNARY[entry]
    check_derivatives(kernels_of(lambda y, t: function(y * t), "t"), lambda y, t: oracle(y * t), ys)
    assert entry in used


@pytest.mark.parametrize("entry", BINARY)
def test_a_function_of_two_arguments(entry, kernels_of, used):
    function, oracle, ys = BINARY[entry]
    kernels = kernels_of(lambda y, t: function(y * t, t**2 + y / 3), "t")
    check_derivatives(kernels, lambda y, t: oracle(y * t, t**2 + mp.mpf(y) / 3), ys)
    assert entry in used


@pytest.mark.parametrize("entry", CONDITIONS)
def test_a_condition(entry, kernels_of, used):
    condition = CONDITIONS[entry]
    kernels = kernels_of(lambda y, t: np.where(condition(y, t), (y * t) ** 2, t**3), "t")
    holds = {y: bool(condition(np.float64(y), np.float64(T))) for y in SIGNED}
    check_derivatives(kernels, lambda y, t: (y * t) ** 2 if holds[y] else t**3, SIGNED)
    assert entry in used
    assert set(holds.values()) == {True, False}


@pytest.mark.parametrize("entry", ARRAY_FUNCTIONS)
def test_an_array_function(entry, kernels_of, used):
    formula, oracle = ARRAY_FUNCTIONS[entry]
    check_derivatives(kernels_of(formula, "t"), oracle, SIGNED)
    assert entry in used


@pytest.mark.parametrize("order", [0, 1, 2, 3])
@pytest.mark.parametrize("style", ["special.polygamma", "polygamma"])
def test_polygamma_by_both_import_styles(style, order, kernels_of):
    formula = {
        "special.polygamma": lambda y, t: special.polygamma(order, y * t),
        "polygamma": lambda y, t: polygamma_alone(order, y * t),
    }[style]
    check_derivatives(kernels_of(formula, "t"), lambda y, t: mp.polygamma(order, y * t), WITHIN_UNIT)


@pytest.mark.parametrize(
    "formula",
    [
        lambda y, t: -y + +t - 2 * y / t + (1 - t) / y + t**2 * y**2,
        lambda y, t: 2.0**t + y * t**-1.5 + abs(-t * y) + 3 // 1 * t,
        lambda y, t: (y * t) ** 3 / 7 - (0.1 + t) * (t - 0.3) / 0.9,
    ],
)
def test_operators(formula, kernels_of):
    check_derivatives(kernels_of(formula, "t"), lambda y, t: formula(mp.mpf(y), t), SIGNED)


def test_a_wrong_derivative_rule_is_found(kernels_of, monkeypatch):
    monkeypatch.setitem(trace._UFUNCS, "log1p", trace._UFUNCS["expm1"])
    with pytest.raises(AssertionError, match="Not equal to tolerance"):
        check_derivatives(kernels_of(lambda y, t: np.log1p(y * t), "t"), lambda y, t: mp.log1p(y * t), WITHIN_UNIT)


def test_a_condition_broadcasts_over_the_batch_axis(kernels_of):
    """`logical_and.reduce` of operands of shapes (5,) and (3, 1) raised."""
    y, t = np.arange(1.0, 6), np.array([[0.5], [2.2], [3.5]])
    for formula in (
        lambda y, t: np.where((y < t) & (y > 1.5) & (t > 1), t**2, t),
        lambda y, t: np.where((y < t) | (y > 4.5), t**2, t),
    ):
        kernel = kernels_of(formula, "t").rows
        value, score, _ = kernel.derivatives(kernel.hoist(y), t)
        assert_allclose(value, formula(y, t))
        assert_allclose(score[0], np.where(formula(y, t) == t, 1.0, 2 * t))
