"""Derivatives without symbolic form: how accurate they are, and that the error estimate tells."""

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import special, stats

from likelihood_kit.calculus.gradient import gradient
from likelihood_kit.calculus.numeric import natural_steps, numeric_derivatives
from likelihood_kit.errors import ArgumentError

LINE, POSITIVE, UNIT = (-np.inf, np.inf), (0.0, np.inf), (0.0, 1.0)
# The estimate is the difference of two neighbours in the tableau, so the better of them may be nearer still, but not
# farther than this factor.
HONEST = 20


def logistic(y, loc, scale):
    return stats.logistic.logpdf(y, loc, scale)


def gamma(y, shape, scale):
    return stats.gamma.logpdf(y, shape, scale=scale)


def bernoulli(y, probability):
    return stats.bernoulli.logpmf(y, probability)


def gamma_symbolic(y, shape, scale):
    return (shape - 1) * np.log(y) - y / scale - special.gammaln(shape) - shape * np.log(scale)


def logistic_symbolic(y, loc, scale):
    z = (y - loc) / scale
    return -z - np.log(scale) - 2 * np.log1p(np.exp(-z))


def bernoulli_symbolic(y, probability):
    return special.xlogy(y, probability) + special.xlog1py(1 - y, -probability)


# scipy.stats has no symbolic form; the same density in plain NumPy has.
CASES = {
    "logistic": (logistic, logistic_symbolic, (0.0, 1.0), (LINE, POSITIVE), [-3.0, -0.5, 0.1, 2.0, 8.0]),
    "logistic, far off": (logistic, logistic_symbolic, (20.0, 1.5), (LINE, POSITIVE), [17.0, 20.5, 29.0]),
    "logistic, narrow": (logistic, logistic_symbolic, (0.3, 0.02), (LINE, POSITIVE), [0.2, 0.31, 0.35]),
    "Gamma": (gamma, gamma_symbolic, (2.3, 0.7), (POSITIVE, POSITIVE), [1e-3, 0.5, 2.0, 9.0]),
    "Gamma, small scale": (gamma, gamma_symbolic, (2.3, 1e-6), (POSITIVE, POSITIVE), [1e-7, 2e-6, 8e-6]),
    "Gamma, large scale": (gamma, gamma_symbolic, (0.4, 1e9), (POSITIVE, POSITIVE), [1e6, 1e9]),
    "Bernoulli, near an end": (bernoulli, bernoulli_symbolic, (0.003,), (UNIT,), [0.0, 1.0]),
}


def flat(value, score, hessian, size) -> np.ndarray:
    return np.array([np.broadcast_to(entry, size) for entry in (value, *score, *hessian)])


@pytest.mark.parametrize(("opaque", "plain", "theta", "bounds", "y"), CASES.values(), ids=CASES)
def test_numeric_derivatives_are_accurate_and_know_how_much(opaque, plain, theta, bounds, y, kernels_of):
    y = np.array(y)
    found = numeric_derivatives(lambda *moved: opaque(y, *moved), theta, bounds)
    kernel = kernels_of(plain, *plain.__code__.co_varnames[1 : 1 + len(theta)]).rows
    _, score, hessian = kernel.derivatives(kernel.hoist(y), *theta)
    for entries, exact, estimate, rtol in (
        (found.score, score, found.score_error, 1e-8),
        (found.hessian, hessian, found.hessian_error, 1e-6),
    ):
        exact = np.array([np.broadcast_to(entry, y.shape) for entry in exact])
        error = np.abs(np.array(entries) - exact)
        rounding = 1e-13 * np.abs(exact).max()
        assert error.max() <= rtol * np.abs(exact).max()
        assert error.max() <= HONEST * estimate + rounding


@pytest.mark.parametrize(
    ("offsets", "loc", "scale"),
    [
        ([-3.0, 0.5, 2.0], 1e6, 1.0),
        ([-3e-6, 1e-6], 0.0, 1e-6),
        ([-3e6, 2e6], 0.0, 1e6),
        ([0.5, 20.0], -1e3, 1e-2),
        ([0.5, 20.0], 5.0, 30.0),
    ],
)
def test_a_location_far_from_the_scale(offsets, loc, scale, kernels_of):
    """At loc = 1e6, scale = 1 the score was 0 for 0.245, and its error estimate 2e-5."""
    y = loc + np.array(offsets)
    opaque = kernels_of(logistic, loc=LINE, scale=POSITIVE).rows
    plain = kernels_of(logistic_symbolic, "loc", "scale").rows
    _, score, hessian = opaque.derivatives(opaque.hoist(y), loc, scale)
    _, exact_score, exact_hessian = plain.derivatives(plain.hoist(y), loc, scale)
    # Rounding of the difference y - loc, in units of the scale, is in the log density that both differentiate.
    rounding = np.finfo(float).eps * abs(loc) / scale
    for found, exact in zip(score, exact_score, strict=True):
        assert_allclose(found * scale, exact * scale, rtol=1e-6, atol=1e-8 + 1e2 * rounding)
    for found, exact in zip(hessian, exact_hessian, strict=True):
        assert_allclose(found * scale**2, exact * scale**2, rtol=1e-5, atol=1e-6 + 1e3 * rounding)


def test_no_step_leaves_the_space():
    seen = []

    def recorded(probability):
        seen.append(probability)
        return np.log(probability) + np.log1p(-probability)

    theta = (np.array([1e-9, 0.5, 1 - 1e-9]),)
    numeric_derivatives(recorded, theta, (UNIT,), natural_steps(recorded, theta, (UNIT,)))
    assert np.min(seen) > 0
    assert np.max(seen) < 1


def test_rows_are_differentiated_each_on_its_own():
    y, loc = np.array([-1.0, 0.3, 2.0]), np.array([[0.0], [1.0]])
    whole = numeric_derivatives(lambda *moved: logistic(y, *moved), (loc, 1.2), (LINE, POSITIVE))
    for i in range(2):
        for j in range(3):
            one = numeric_derivatives(lambda *moved, j=j: logistic(y[j], *moved), (loc[i, 0], 1.2), (LINE, POSITIVE))
            assert_allclose([entry[i, j] for entry in whole.score], one.score, rtol=1e-12)
            assert_allclose([entry[i, j] for entry in whole.hessian], one.hessian, rtol=1e-12)


def test_the_error_estimate_sees_a_noisy_function():
    """A log density with an error of 1e-7 that varies from one argument to the next."""
    y = np.linspace(-1, 1, 7)

    def exact(loc):
        return logistic(y, loc, 1.0)

    def noisy(loc):
        return exact(loc) + 1e-7 * np.sin(1e9 * loc + y)

    wanted, found = (numeric_derivatives(function, (0.2,), (LINE,)) for function in (exact, noisy))
    error = np.abs(found.score[0] - wanted.score[0]).max()
    assert error > 1e5 * wanted.score_error
    assert error <= HONEST * found.score_error


@pytest.mark.parametrize("decimals", [5, 6, 7, 8])
def test_the_error_estimate_sees_stairs(decimals):
    """A log density that is rounded; at 6 decimals 1.8 % of a Hessian was wrong, beside an estimate of 2.4e-4."""
    y = np.linspace(-6, 8, 50)

    def exact(loc, scale):
        return stats.norm.logpdf(y, loc, scale)

    def rounded(loc, scale):
        return np.round(exact(loc, scale), decimals)

    theta, bounds = (0.9, 2.6), (LINE, POSITIVE)
    wanted, found = (
        numeric_derivatives(function, theta, bounds, natural_steps(function, theta, bounds))
        for function in (exact, rounded)
    )
    error = max(np.abs(a - b).max() for a, b in zip(found.hessian, wanted.hessian, strict=True))
    assert error > 1e3 * wanted.hessian_error
    assert error <= HONEST * found.hessian_error


def test_a_formula_that_cannot_be_traced_falls_back(kernels_of):
    kernels = kernels_of(gamma, shape=POSITIVE, scale=POSITIVE)
    assert (kernels.derivatives, kernels.statistics) == ("numeric", None)
    assert "scipy.stats" in kernels.reason
    y = np.array([0.3, 1.0, 4.0])
    found = kernels.rows.derivatives(kernels.rows.hoist(y), 2.0, 1.5)
    exact = kernels_of(gamma_symbolic, "shape", "scale").rows
    assert_allclose(flat(*found, 3), flat(*exact.derivatives(exact.hoist(y), 2.0, 1.5), 3), rtol=1e-7, atol=1e-9)
    assert_allclose(kernels.rows.value((y,), 2.0, 1.5), gamma(y, 2.0, 1.5))


FALLBACKS = {
    "the order of a Bessel function": (lambda y, order: np.log(special.ive(order, y)), "order"),
    "the order of zeta": (lambda y, order: -np.log(special.zeta(order, 1.0)) - order * np.log(y), "order"),
    "math": (lambda y, scale: -math.log(scale) - y / scale, "math functions"),
    "an if": (lambda y, scale: -np.log(scale) - y / scale if scale > 0 else -np.inf * y, "np.where"),
}


@pytest.mark.parametrize(("formula", "reason"), FALLBACKS.values(), ids=FALLBACKS)
def test_the_fallback_says_why(formula, reason, kernels_of):
    kernels = kernels_of(formula, **{formula.__code__.co_varnames[1]: (1.0, np.inf)})
    assert kernels.derivatives == "numeric"
    assert reason in kernels.reason
    _, score, _ = kernels.rows.derivatives(kernels.rows.hoist(np.array([1.0, 2.0, 3.0])), 2.3)
    step = 1e-5
    difference = formula(np.array([1.0, 2.0, 3.0]), 2.3 + step) - formula(np.array([1.0, 2.0, 3.0]), 2.3 - step)
    assert_allclose(score[0], difference / (2 * step), rtol=1e-6)


def test_the_gradient_of_a_function_of_named_numbers():
    value, slopes = gradient(lambda shape, scale: shape * np.sin(scale), {"scale": 0.7, "shape": 2.0})
    assert_allclose(value, 2 * np.sin(0.7))
    assert_allclose(slopes, [2 * np.cos(0.7), np.sin(0.7)], rtol=1e-9)


NO_GRADIENT = {
    "other names": (lambda rate: rate, "must take shape by keyword"),
    "two numbers": (lambda shape: np.array([shape, shape]), "one finite, differentiable number"),
    "text": (lambda shape: "one", "return a number"),
    "not finite": (lambda shape: np.float64(np.nan) * shape, "one finite, differentiable number"),
}


@pytest.mark.parametrize(("function", "message"), NO_GRADIENT.values(), ids=NO_GRADIENT)
def test_what_has_no_gradient_is_refused(function, message):
    with pytest.raises(ArgumentError, match=message):
        gradient(function, {"shape": 2.0})


@pytest.mark.parametrize("edge", [0.01, 1e-3, 1e-4])
def test_a_step_that_was_too_long_once_is_not_made_longer_again(edge):
    """Where a log density jumps the step swung about the jump, too long and too short in turn."""

    def cliff(t):
        return np.where(np.abs(t) < edge, 0.0, -1000.0)

    (step,) = natural_steps(cliff, (np.array(0.0),), (LINE,))
    assert step < edge
