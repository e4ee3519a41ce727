"""The sum of log(1 + a j) and its derivatives in a, against sums in mpmath and its polygamma functions, and traced."""

import itertools
import subprocess
import sys

import numpy as np
import pytest
import sympy
from mpmath import mp, mpf
from numpy.testing import assert_allclose, assert_array_equal
from scipy import special

from likelihood_kit.calculus import Formula, trace, typeset
from likelihood_kit.calculus.log_rising import DIRECT, log_rising
from likelihood_kit.errors import ArgumentError

ORDERS = (0, 1, 2, 3, 4)
#: Largest relative error found at these points: 1.6e-14, of the fourth derivative.
RTOL = 3e-14
# Around the seam, small and large.
COUNTS = (2, 3, 10, DIRECT - 1, DIRECT, DIRECT + 1, DIRECT + 2, 60, 400)
DISPERSIONS = (0.0, 1e-300, 1e-10, 1e-7, 1e-4, 0.01, 0.03, 0.1, 1.0, 30.0, 1e8)


def exact(y: int, dispersion: float, order: int) -> mpf:
    """The sum of derivatives, one by one."""
    a = mpf(dispersion)
    if order == 0:
        return mp.fsum(mp.log1p(a * j) for j in range(1, y))
    return (-1) ** (order - 1) * mp.factorial(order - 1) * mp.fsum((j / (1 + a * j)) ** order for j in range(1, y))


def largest_error(order: int, found) -> float:
    with mp.workdps(40):
        wanted = [[exact(y, a, order) for a in DISPERSIONS] for y in COUNTS]
        pairs = zip(itertools.chain.from_iterable(wanted), np.ravel(found), strict=True)
        return max(float(abs(mpf(float(value)) / w - 1)) for w, value in pairs if w != 0)


def at_all(order: int, change: float = 1.0):
    return log_rising(np.array(COUNTS, dtype=float)[:, None], np.array(DISPERSIONS) * change, order)


@pytest.mark.parametrize("order", ORDERS)
def test_mpmath(order):
    assert largest_error(order, at_all(order)) < RTOL


@pytest.mark.parametrize("order", ORDERS)
def test_an_error_in_the_thirteenth_digit_is_found(order):
    assert largest_error(order, at_all(order, 1 + 4e-13)) > RTOL


@pytest.mark.parametrize("dispersion", [1e-9, 1e-6, 0.25, 40.0])
def test_a_million(dispersion):
    """By gamma functions of 60 digits, whose difference the sum is."""
    with mp.workdps(60):
        size, y = 1 / mpf(dispersion), 10**6
        rising = mp.loggamma(y + size) - mp.loggamma(size) - y * mp.log(size)
        slope = (y - (mp.digamma(y + size) - mp.digamma(size)) * size) * size
    assert_allclose(log_rising(y, dispersion), float(rising), rtol=1e-15)
    assert_allclose(log_rising(y, dispersion, 1), float(slope), rtol=3e-15)


def test_the_textbook_form_fails_near_zero():
    """Why the function is there: of y = 20 and a dispersion of 1e-10 no digit is left."""
    size = 1e10
    textbook = special.gammaln(20 + size) - special.gammaln(size) - 20 * np.log(size)
    assert abs(textbook / log_rising(20, 1e-10) - 1) > 0.1
    assert_allclose(log_rising(20, 1e-10), 190e-10, rtol=1e-8)


@pytest.mark.parametrize("order", ORDERS)
def test_where_there_is_no_term(order):
    assert_array_equal(log_rising([0, 1, -1, np.nan], 0.5, order), [0, 0, np.nan, np.nan])


@pytest.mark.parametrize("shape", [(), (0,), (3, 1, 4)])
def test_shapes(shape):
    for order in ORDERS:
        for y in (3, 70.0):
            assert np.shape(log_rising(np.full(shape, y), 0.5, order)) == shape
            assert np.shape(log_rising(y, np.full(shape, 0.5), order)) == shape


def formula(y, a):
    return log_rising(y, a)


def test_in_a_formula(kernels_of):
    kernels = kernels_of(formula, "a")
    assert kernels.derivatives == "symbolic", kernels.reason
    y = np.array([3.0, 40.0])
    value, score, hessian = kernels.rows.derivatives(kernels.rows.hoist(y), 0.25)
    assert_array_equal(value, log_rising(y, 0.25))
    assert_array_equal([*score, *hessian], [log_rising(y, 0.25, order) for order in (1, 2)])


def test_a_parameter_of_the_same_name(kernels_of):
    kernels = kernels_of(lambda y, t: formula(y, t), "log_rising")
    y = np.array([3.0, 40.0])
    assert_array_equal(kernels.rows.value(kernels.rows.hoist(y), 0.25), formula(y, 0.25))


def test_a_derivation_shows_gamma_functions():
    shown = typeset(Formula(formula, ("y", "a"), ("y",), ("a",), ("a",)), {}, None)
    assert shown.log_density.text == "y*log(a) + gammaln(y + 1/a) - gammaln(1/a)"
    assert shown.score[0].text == "(a*y + digamma(1/a) - digamma(y + 1/a))/a^2"


def test_latex():
    expression = trace.trace(lambda y, a: log_rising(y, a) ** 2, ("y", "a"))
    assert "_" not in sympy.latex(expression)


@pytest.mark.parametrize("order", [-1, 0.5, None])
def test_an_order_that_is_none(order):
    with pytest.raises(ArgumentError, match="log_rising: order must be a whole number"):
        log_rising(3, 0.5, order)


def test_a_count_that_is_a_parameter_has_numeric_derivatives(kernels_of):
    assert kernels_of(lambda y, t: log_rising(t, y), "t").derivatives == "numeric"


def test_the_numeric_module_does_not_import_sympy():
    code = "import sys; import likelihood_kit.calculus.log_rising; assert 'sympy' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
