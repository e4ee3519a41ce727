"""From expressions to the source of vectorised NumPy functions.

One emitter serves both the kernels compiled while a program runs and the checked files of the catalogue. Terms that
depend on the data alone are computed once, in `hoist`, since a maximiser evaluates the rest many times on them.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import sympy
from sympy.printing.numpy import NumPyPrinter

from likelihood_kit.calculus.derive import Derivatives, Separation, differentiate

#: Names that emitted source uses itself; a parameter of such a name is emitted with a trailing underscore.
_RESERVED = {"np", "special", "hoisted", "y"}


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


def _source(expression: Any, names: dict[sympy.Symbol, sympy.Symbol]) -> str:
    expression = _numeric_constants(expression).xreplace(names)
    text = _Printer({"fully_qualified_modules": True, "strict": True}).doprint(expression)
    return text.replace("numpy.", "np.").replace("scipy.special.", "special.")


def _numeric_constants(expression: Any) -> Any:
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
                sympy.Float(sympy.N(number, 17), 17), *(_numeric_constants(a) for a in others), evaluate=False
            )
    if expression.args:
        return expression.func(*(_numeric_constants(argument) for argument in expression.args))
    return expression


class _Hoister:
    """Replaces each largest subexpression of the data alone by a symbol, the same symbol for the same expression."""

    def __init__(self, datum: sympy.Symbol, taken: set[str]) -> None:
        self.datum = datum
        self.found: dict[sympy.Expr, sympy.Symbol] = {}
        self._fresh = sympy.numbered_symbols("h", exclude=[sympy.Symbol(name) for name in taken])

    def __call__(self, expression: Any) -> Any:
        if self.datum not in expression.free_symbols:
            return expression
        if not isinstance(expression, sympy.Expr):
            return expression.func(*(self(argument) for argument in expression.args))
        if expression.free_symbols == {self.datum}:
            return self._name(expression)
        if expression.is_Add or expression.is_Mul:
            alone = [a for a in expression.args if a.free_symbols == {self.datum}]
            if len(alone) > 1:
                rest = [a for a in expression.args if a.free_symbols != {self.datum}]
                return expression.func(self._name(expression.func(*alone)), *(self(a) for a in rest))
        return expression.func(*(self(argument) for argument in expression.args))

    def _name(self, expression: sympy.Expr) -> sympy.Symbol:
        number, expression = expression.as_coeff_Mul()
        if expression.could_extract_minus_sign():
            number, expression = -number, -expression
        if expression not in self.found:
            self.found[expression] = next(self._fresh)
        return number * self.found[expression]


def kernel_source(
    derivatives: Derivatives, datum: sympy.Symbol, parameters: Sequence[sympy.Symbol], prefix: str
) -> str:
    """Source of `{prefix}_hoist(y)`, `{prefix}_value(hoisted, *theta)` and `{prefix}_derivatives(hoisted, *theta)`.

    `derivatives` returns the value, the tuple of p scores, and the tuple of p (p + 1) / 2 Hessian entries (lower
    triangle by rows), each an array that broadcasts to the shape of y and theta together, or a number.
    """
    names = _safe_names(parameters)
    hoister = _Hoister(datum, {symbol.name for symbol in names.values()})
    expressions = [hoister(expression) for expression in derivatives.all()]
    names[datum] = sympy.Symbol("y", real=True)
    lines = [f"def {prefix}_hoist(y):"]
    lines.append(f"    return ({''.join(_source(e, names) + ', ' for e in hoister.found).strip()})")
    return (
        "\n".join(lines)
        + "\n\n\n"
        + _two_functions(expressions, list(hoister.found.values()), parameters, prefix, names)
    )


def reduced_source(separation: Separation, datum: sympy.Symbol, parameters: Sequence[sympy.Symbol], prefix: str) -> str:
    """The same three functions on sufficient statistics.

    `hoist` gives the statistics and the base of each row; the other two are linear in them, so that means over the
    rows may be passed in their place.
    """
    names = _safe_names(parameters)
    fresh = sympy.numbered_symbols("t", exclude=names.values(), real=True)
    statistics = [next(fresh) for _ in range(len(separation.statistics) + 1)]
    value = sympy.Add(
        *(c * t for c, t in zip(separation.coefficients, statistics, strict=False)),
        separation.normaliser,
        statistics[-1],
    )
    names[datum] = sympy.Symbol("y", real=True)
    returned = [_source(e, names) for e in (*separation.statistics, separation.base)]
    head = f"def {prefix}_hoist(y):\n    return ({', '.join(returned)}{',' * (len(returned) == 1)})\n"
    expressions = differentiate(value, parameters).all()
    return head + "\n\n" + _two_functions(expressions, statistics, parameters, prefix, names)


def _safe_names(parameters: Sequence[sympy.Symbol]) -> dict[sympy.Symbol, sympy.Symbol]:
    return {symbol: sympy.Symbol(symbol.name + "_" * (symbol.name in _RESERVED), real=True) for symbol in parameters}


def _two_functions(
    expressions: list[sympy.Expr],
    hoisted: list[sympy.Symbol],
    parameters: Sequence[sympy.Symbol],
    prefix: str,
    names: dict[sympy.Symbol, sympy.Symbol],
) -> str:
    arguments = ", ".join(names[parameter].name for parameter in parameters)
    taken = {symbol.name for symbol in (*names.values(), *hoisted)}
    p = len(parameters)

    def body(wanted: list[sympy.Expr]) -> tuple[list[str], list[str]]:
        fresh = sympy.numbered_symbols("x", exclude=[sympy.Symbol(name) for name in taken], real=True)
        common, results = sympy.cse([_numeric_constants(e) for e in wanted], symbols=fresh, list=False)
        results = [results] if isinstance(results, sympy.Basic) else list(results)
        lines = [f"    {symbol} = {_source(expression, names)}" for symbol, expression in common]
        return lines, [_source(result, names) for result in results]

    unpack = [f"    ({''.join(f'{symbol}, ' for symbol in hoisted).strip()}) = hoisted"] if hoisted else []
    lines, results = body(expressions[:1])
    value = [f"def {prefix}_value(hoisted, {arguments}):", *unpack, *lines, f"    return {results[0]}"]
    lines, results = body(expressions)
    returned = [
        "    return (",
        f"        {results[0]},",
        f"        ({', '.join(results[1 : 1 + p])},),",
        f"        ({', '.join(results[1 + p :])},),",
        "    )",
    ]
    derivatives = [f"def {prefix}_derivatives(hoisted, {arguments}):", *unpack, *lines, *returned]
    return "\n".join(value) + "\n\n\n" + "\n".join(derivatives) + "\n"
