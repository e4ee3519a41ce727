"""Numbers that an author typed as floats, given back their exact form."""

from __future__ import annotations

import math

import numpy as np
import sympy

#: Constants that authors type as floats, given back their exact form so that derivations read as in a textbook.
_EXACT_CONSTANTS = {
    float(value): value
    for value in (
        sympy.pi,
        2 * sympy.pi,
        sympy.sqrt(sympy.pi),
        sympy.sqrt(2 * sympy.pi),
        sympy.sqrt(2),
        sympy.log(2),
        sympy.log(sympy.pi),
        sympy.log(2 * sympy.pi),
        sympy.log(sympy.pi) / 2,
        sympy.log(2 * sympy.pi) / 2,
        sympy.log(2) / 2,
        1 / sympy.pi,
        sympy.EulerGamma,
    )
}
#: Two roundings, as in log(2 * pi) computed in floating point.
_ROUNDING = 2 * np.finfo(float).eps
#: A float is read as a fraction only if it is exactly one with a denominator up to this (1/2, 1/4, 3/8, ...).
_LARGEST_DENOMINATOR = 64


def exact(value: float) -> sympy.Expr:
    """Expression of a float: a constant or a fraction where it is one, and itself elsewhere."""
    if math.isinf(value):
        return sympy.oo if value > 0 else -sympy.oo
    if math.isnan(value):
        return sympy.nan
    for constant, exact in _EXACT_CONSTANTS.items():
        if math.isclose(abs(value), constant, rel_tol=_ROUNDING):
            return exact if value > 0 else -exact
    numerator, denominator = value.as_integer_ratio()
    if denominator <= _LARGEST_DENOMINATOR and abs(numerator) < 2**53:
        return sympy.Rational(numerator, denominator)
    return sympy.Float(value, 17)
