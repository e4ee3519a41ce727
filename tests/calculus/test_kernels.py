"""Whole log densities: derivatives, sufficient statistics, what is computed once, and the emitted source."""

import ast

import mpmath
import numpy as np
import pytest
import sympy
from mpmath import mp
from numpy.testing import assert_allclose
from scipy import special

from likelihood_kit.calculus import Formula, expression_of, separation_of, source_of


def zero_inflated_poisson(y, rate, zero):
    positive = np.log1p(-zero) + special.xlogy(y, rate) - rate - special.gammaln(y + 1)
    return np.where(y == 0, np.log(zero + (1 - zero) * np.exp(-rate)), positive)


def zero_inflated_poisson_mp(y, rate, zero):
    return mp.log((zero if y == 0 else 0) + (1 - zero) * mp.exp(-rate) * rate**y / mp.factorial(y))


def normal_mixture(y, weight, first, second, sd):
    def component(mean):
        return -0.5 * ((y - mean) / sd) ** 2 - np.log(sd) - 0.5 * np.log(2 * np.pi)

    return np.logaddexp(np.log(weight) + component(first), np.log1p(-weight) + component(second))


def normal_mixture_mp(y, weight, first, second, sd):
    return mp.log(weight * mp.npdf(y, first, sd) + (1 - weight) * mp.npdf(y, second, sd))


def skew_normal(y, loc, scale, shape):
    z = (y - loc) / scale
    return np.log(2) - np.log(scale) - 0.5 * np.log(2 * np.pi) - z**2 / 2 + special.log_ndtr(shape * z)


def skew_normal_mp(y, loc, scale, shape):
    z = (y - loc) / scale
    return mp.log(2 * mp.npdf(z) * mp.ncdf(shape * z) / scale)


def student(y, loc, df):
    return -special.betaln(0.5, df / 2) - np.log(df) / 2 - (df + 1) / 2 * np.log1p((y - loc) ** 2 / df)


def student_mp(y, loc, df):
    return -mp.log(mp.beta(0.5, df / 2) * mp.sqrt(df) * (1 + (y - loc) ** 2 / df) ** ((df + 1) / 2))


# formula, the same density written for mpmath, parameters, data
WHOLE = {
    "zero-inflated Poisson": (
        zero_inflated_poisson,
        zero_inflated_poisson_mp,
        {"rate": 2.3, "zero": 0.3},
        (0.0, 1.0, 2.0, 9.0),
    ),
    "two normal components": (
        normal_mixture,
        normal_mixture_mp,
        {"weight": 0.3, "first": -1.2, "second": 2.1, "sd": 0.8},
        (-40.0, -1.0, 0.4, 2.5, 30.0),  # at -40 both components underflow
    ),
    "skew normal": (
        skew_normal,
        skew_normal_mp,
        {"loc": 0.4, "scale": 1.3, "shape": 2.2},
        (-20.0, -1.0, 0.3, 2.0, 6.0),  # at -20 the argument of Phi is -35
    ),
    "Student t": (student, student_mp, {"loc": 0.4, "df": 3.7}, (-300.0, -1.0, 0.3, 2.0)),
}


@pytest.mark.parametrize(("formula", "oracle", "theta", "ys"), WHOLE.values(), ids=WHOLE)
def test_a_whole_log_density(formula, oracle, theta, ys, kernels_of):
    kernels = kernels_of(formula, *theta)
    assert kernels.derivatives == "symbolic"
    value, score, hessian = kernels.rows.derivatives(kernels.rows.hoist(np.array(ys)), *theta.values())
    p = len(theta)
    unit = np.eye(p, dtype=int)
    orders = [*unit, *(unit[i] + unit[j] for i in range(p) for j in range(i + 1))]
    with mpmath.workdps(50):
        at = [mp.mpf(t) for t in theta.values()]
        for y, *found in zip(ys, value, *(np.broadcast_to(e, len(ys)) for e in (*score, *hessian)), strict=True):
            law = lambda *moved, y=y: oracle(mp.mpf(y), *moved)  # noqa: E731
            wanted = [law(*at), *(mp.diff(law, tuple(at), tuple(map(int, order))) for order in orders)]
            assert_allclose(found, np.array(wanted, dtype=float), rtol=1e-11, atol=1e-12)


# formula, those of y and the parameters that are positive, statistics
y = sympy.Symbol("y", real=True)
STATISTICS = {
    "Gamma": (
        lambda y, a, b: (a - 1) * np.log(y) - y / b - special.gammaln(a) - a * np.log(b),
        ("y", "a", "b"),
        {y, sympy.log(y)},
    ),
    "Gamma in mean and shape": (
        lambda y, m, a: (a - 1) * np.log(y) - y * a / m - special.gammaln(a) - a * np.log(m / a),
        ("y", "m", "a"),
        {y, sympy.log(y)},
    ),
    "Normal": (lambda y, m, s: -np.log(s) - 0.5 * ((y - m) / s) ** 2, ("s",), {y, y**2}),
    "Poisson": (lambda y, r: special.xlogy(y, r) - r - special.gammaln(y + 1), ("y", "r"), {y}),
    "Bernoulli": (lambda y, p: special.xlogy(y, p) + special.xlog1py(1 - y, -p), ("y", "p"), {y}),
    "Inverse Gaussian": (
        lambda y, m, k: (np.log(k) - k * (y - m) ** 2 / (m**2 * y)) / 2 - 1.5 * np.log(y),
        ("y", "m", "k"),
        {y, 1 / y},
    ),
    "Pareto": (lambda y, a: np.log(a) - (a + 1) * np.log(y), ("y", "a"), {sympy.log(y)}),
    "log of a product": (lambda y, a: a * np.log(y / a) - y, ("y", "a"), {sympy.log(y)}),
    "Uniform": (lambda y, a, b: -np.log(b - a), (), set()),
    # A common subexpression of its derivatives, (y - a - b) / s^2, mixes statistic and parameters.
    "a sum of parameters": (lambda y, a, b, s: -np.log(s) - ((y - a - b) / s) ** 2 / 2, ("s",), {y, y**2}),
}
NO_STATISTICS = {
    "Weibull": (lambda y, k, s: np.log(k / s) + (k - 1) * np.log(y / s) - (y / s) ** k, ("y", "k", "s")),
    "Student t": (student, ("df",)),
    "Cauchy": (lambda y, m: -np.log1p((y - m) ** 2), ()),
    "mixture": (normal_mixture, ("weight", "sd")),
    "zero-inflated Poisson": (zero_inflated_poisson, ("y", "rate", "zero")),
    "log of a product of no known sign": (lambda y, a: a * np.log(y / a) - y, ()),
    "Laplace": (lambda y, m: -np.abs(y - m), ()),
}


def written(function, positive) -> Formula:
    names = function.__code__.co_varnames[1 : function.__code__.co_argcount]
    return Formula(function, ("y", *names), ("y",), names, names, None, positive)


@pytest.mark.parametrize(("function", "positive", "statistics"), STATISTICS.values(), ids=STATISTICS)
def test_sufficient_statistics_are_found(function, positive, statistics):
    assert set(separation_of(written(function, positive)).statistics) == statistics


@pytest.mark.parametrize(("function", "positive"), NO_STATISTICS.values(), ids=NO_STATISTICS)
def test_where_there_are_no_sufficient_statistics(function, positive, kernels_of):
    formula = written(function, positive)
    assert separation_of(formula) is None
    assert kernels_of(function, *formula.names, positive=positive).statistics is None


@pytest.mark.parametrize(("function", "positive", "_"), STATISTICS.values(), ids=STATISTICS)
def test_the_kernel_on_statistics_is_the_mean_of_the_rows(function, positive, _, kernels_of, rng):
    kernels = kernels_of(function, *written(function, positive).names, positive=positive)
    theta = rng.uniform(0.4, 0.9, (function.__code__.co_argcount - 1, 3, 1))
    theta[-1] += 1  # above the one before it, for the Uniform law
    sample = rng.uniform(0.5, 3.0, (3, 8))
    if function is STATISTICS["Bernoulli"][0]:
        sample, theta = np.floor(sample / 1.75), theta - 1
    row = kernels.rows.derivatives(kernels.rows.hoist(sample), *theta)
    kernel = kernels.statistics
    assert kernel.reduces
    products = kernel.products(kernel.hoist(sample), *[np.nan] * len(theta))
    means = [np.broadcast_to(product, sample.shape).mean(axis=-1, keepdims=True) for product in products]
    reduced = kernel.combine(means, *theta)
    assert_allclose(kernel.value_combine(means, *theta), reduced[0])
    for found, each in zip((reduced[0], *reduced[1], *reduced[2]), (row[0], *row[1], *row[2]), strict=True):
        wanted = np.broadcast_to(each, sample.shape).mean(axis=-1, keepdims=True)
        assert_allclose(np.broadcast_to(found, wanted.shape), wanted, rtol=1e-10, atol=1e-12)


def called(source: str, function: str) -> set[str]:
    """Names of the functions that one function of a module calls."""
    (tree,) = [node for node in ast.parse(source).body if getattr(node, "name", "") == function]
    return {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}


def test_what_depends_on_the_data_alone_is_computed_once():
    source = source_of(written(STATISTICS["Poisson"][0], ("y", "r")))
    assert "special.gammaln" in called(source, "rows_hoist")
    assert "special.gammaln" not in called(source, "rows_value") | called(source, "rows_derivatives")
    source = source_of(written(lambda y, t: np.exp(t * np.log(y)) + np.sqrt(y) * t, ()))
    assert called(source, "rows_hoist") == {"np.log", "np.sqrt"}
    assert called(source, "rows_derivatives") == {"np.exp"}


def test_emitted_source_is_plain_numpy():
    for function, _, theta, _ in WHOLE.values():
        source = source_of(written(function, tuple(theta)), "_named")
        compile(source, "emitted", "exec")
        names = {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)}
        assert {"rows_named_hoist", "rows_named_value", "rows_named_derivatives"} <= {
            node.name for node in ast.parse(source).body
        }
        # numbers, parameters, hoisted h0.., common x0.., products w0.. and their means m0.. only
        assert names - set(theta) - {"np", "special", "hoisted", "means", "y", "True"} <= {
            f"{letter}{j}" for letter in "hxwm" for j in range(99)
        }


@pytest.mark.parametrize(
    "names", [("t0", "t1"), ("h0", "x0"), ("np", "special"), ("hoisted", "x1"), ("E", "pi"), ("m0", "w0")]
)
def test_a_parameter_may_have_a_name_that_the_source_uses(names, kernels_of):
    """Parameters called t0 and t1 were taken for sufficient statistics."""
    sample = np.array([1.0, 2.0, 4.0])
    kernels = kernels_of(lambda y, a, b: a * y + b * y**2 + np.log(a) * b, *names)
    wanted = 2 * sample + 3 * sample**2 + np.log(2) * 3
    assert_allclose(kernels.rows.value(kernels.rows.hoist(sample), 2.0, 3.0), wanted)
    kernel = kernels.statistics
    means = [np.mean(product) for product in kernel.products(kernel.hoist(sample), np.nan, np.nan)]
    assert_allclose(kernel.value_combine(means, 2.0, 3.0), wanted.mean())


def test_kernels_broadcast_and_take_no_rows(kernels_of):
    kernel = kernels_of(skew_normal, "loc", "scale", "shape").rows
    theta = np.array([[0.0], [1.0]]), np.array([[1.0], [2.0]]), 0.5
    for n in (0, 1, 5):
        value, score, hessian = kernel.derivatives(kernel.hoist(np.linspace(0, 1, n)), *theta)
        assert {np.broadcast_to(e, (2, n)).shape for e in (value, *score, *hessian)} == {(2, n)}


def test_coordinates_are_composed_into_the_expression():
    formula = Formula(
        lambda y, sd: -np.log(sd) - y**2 / (2 * sd**2),
        ("y", "sd"),
        ("y",),
        ("sd",),
        ("variance",),
        lambda v: {"sd": np.sqrt(v)},
    )
    variance = sympy.Symbol("variance", positive=True)
    found = expression_of(formula).subs(sympy.Symbol("variance", real=True), variance)
    assert sympy.simplify(found + sympy.log(variance) / 2 + y**2 / (2 * variance)) == 0
    assert_allclose(formula(1.5, 4.0), -np.log(2) - 1.5**2 / 8)
