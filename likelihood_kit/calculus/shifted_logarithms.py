"""Logarithms of 1 + x whose argument is already the difference from 1 of something simpler."""

from __future__ import annotations

import sys

import sympy

from likelihood_kit.calculus.functions import log1p, xlog1py, xlogy


def shifted_log(x: sympy.Expr) -> sympy.Expr:
    """`log(1 + x)`; where x is `u - 1`, the logarithm of u, whose digits the sum would lose."""
    rest = _without_minus_one(x)
    return log1p(x) if rest is None else sympy.log(rest)


def shifted_xlogy(x: sympy.Expr, y: sympy.Expr) -> sympy.Expr:
    """`x log(1 + y)`, likewise."""
    rest = _without_minus_one(y)
    return xlog1py(x, y) if rest is None else xlogy(x, rest)


def _without_minus_one(x: sympy.Expr) -> sympy.Expr | None:
    """What is added to -1, but for rounding; None where nothing is."""
    constant, rest = x.as_coeff_Add()
    if rest == 0 or not constant.is_number or abs(float(constant) + 1) > sys.float_info.epsilon:
        return None
    return rest
