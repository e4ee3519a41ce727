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
}


@pytest.mark.parametrize(("coefficients", "found"), CASES.values(), ids=CASES)
def test_a_coefficient_of_two_unknown_parameters_determines_neither(coefficients, found):
    assert determined(coefficients, {A: LINE, B: LINE}) == found
