"""Expressions as NumPy source."""

from __future__ import annotations

import functools
from typing import Any

import sympy
from sympy.printing.numpy import NumPyPrinter

#: Largest whole exponent that is emitted as products.
LARGEST_POWER = 16


class _Printer(NumPyPrinter):
    """NumPy source with every number in full precision and `np.where` for a case distinction."""

    def _print_Float(self, expr: sympy.Float) -> str:
        return repr(float(expr))

    def _print_Rational(self, expr: sympy.Rational) -> str:
        return repr(float(expr))

    _print_Half = _print_Rational

    def _print_NumberSymbol(self, expr: sympy.Expr) -> str:
        return repr(float(expr))

    _print_Pi = _print_Exp1 = _print_EulerGamma = _print_NumberSymbol

    def _print_Pow(self, expr: sympy.Pow, **options: Any) -> str:
        # By squares and products: NumPy's power is ten times slower, but for the exponents 2, 1/2 and -1.
        base, exponent = expr.args
        if base.is_Symbol and exponent.is_Integer and (exponent > 2 or -LARGEST_POWER <= exponent < -1):
            if exponent < 0:
                return f"(1/({_power(self._print(base), -int(exponent))}))"
            if exponent <= LARGEST_POWER:
                return f"({_power(self._print(base), int(exponent))})"
        return super()._print_Pow(expr, **options)

    def _print_Infinity(self, expr: sympy.Expr) -> str:
        return "np.inf"

    def _print_NegativeInfinity(self, expr: sympy.Expr) -> str:
        return "-np.inf"

    def _print_NaN(self, expr: sympy.Expr) -> str:
        return "np.nan"

    # Binary, since the operands of the printer's own `logical_and.reduce` must be of one shape.
    def _print_And(self, expr: sympy.And) -> str:
        return self._pairwise("np.logical_and", expr)

    def _print_Or(self, expr: sympy.Or) -> str:
        return self._pairwise("np.logical_or", expr)

    def _pairwise(self, name: str, expr: Any) -> str:
        parts = [self._print(part) for part in sorted(expr.args, key=sympy.default_sort_key)]
        return functools.reduce(lambda left, right: f"{name}({left}, {right})", parts)

    def _print_Piecewise(self, expr: sympy.Piecewise) -> str:
        text = "np.nan"
        for branch, condition in reversed(expr.args):
            if condition == sympy.true:
                text = self._print(branch)
            else:
                text = f"np.where({self._print(condition)}, {self._print(branch)}, {text})"
        return text


def _power(base: str, exponent: int) -> str:
    """Source of a whole power by squares and products, each of which NumPy does in one fast pass."""
    if exponent <= 2:
        return base if exponent == 1 else f"{base}**2"
    if exponent % 2:
        return f"{_power(base, exponent - 1)}*{base}"
    return f"({_power(base, exponent // 2)})**2"


def numpy_source(expression: Any, names: dict[sympy.Symbol, sympy.Symbol]) -> str:
    """Source of an expression, its symbols under the names given."""
    expression = numeric_constants(expression).xreplace(names)
    text = _Printer({"fully_qualified_modules": True, "strict": True}).doprint(expression)
    return text.replace("numpy.", "np.").replace("scipy.special.", "special.")


def numeric_constants(expression: Any) -> Any:
    """Expression with each constant subexpression (log(2 pi) / 2, ...) as one number."""
    if not isinstance(expression, sympy.Expr) or expression.is_Number:
        return expression
    if not expression.free_symbols and expression.is_finite is not False:
        return sympy.Float(sympy.N(expression, 17), 17)
    if expression.is_Add or expression.is_Mul:
        constants = [a for a in expression.args if not a.free_symbols and not a.is_Number]
        if constants:
            others = [a for a in expression.args if a.free_symbols]
            number = expression.func(*(a for a in expression.args if not a.free_symbols))
            return expression.func(
                sympy.Float(sympy.N(number, 17), 17), *(numeric_constants(a) for a in others), evaluate=False
            )
    if expression.args:
        return expression.func(*(numeric_constants(argument) for argument in expression.args))
    return expression
