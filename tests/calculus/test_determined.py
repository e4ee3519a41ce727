"""Which parameters the coefficients of statistics determine, and which they leave open."""

import pytest
import sympy

from likelihood_kit.calculus.determined import determined

A, B = sympy.symbols("a b", real=True)
LINE = (-sympy.oo, sympy.oo)
CASES = {
    "a sum of two": ([A + B], []),
    "a sum, and one of them": ([A + B, A], [A, B]),
    "one that turns back": ([A**2], []),
    "two of which the sum is one of them": ([A * B**2 + B, -A * B**2], [B]),
    "a sum, and a difference": ([A + B, A - B], [A, B]),
    "the same sum twice": ([A + B, 2 * A + 2 * B], []),
    "no polynomials": ([sympy.exp(A) + B, -sympy.exp(A)], [A, B]),
}


@pytest.mark.parametrize(("coefficients", "found"), CASES.values(), ids=CASES)
def test_a_coefficient_of_two_unknown_parameters_determines_neither(coefficients, found):
    assert determined(coefficients, {A: LINE, B: LINE}) == found
