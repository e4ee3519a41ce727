"""From expressions to the source of vectorised NumPy functions.

One emitter serves both the kernels compiled while a program runs and the checked files of the catalogue. Terms that
depend on the data alone are computed once, in `hoist`, since a maximiser evaluates the rest many times on them.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from typing import Any

import sympy
from sympy.printing.numpy import NumPyPrinter

from likelihood_kit.calculus.derive import Derivatives, Separation, differentiate
from likelihood_kit.calculus.linear import LinearForms

#: Names that emitted source uses itself; a parameter of such a name is emitted with a trailing underscore.
_RESERVED = {"np", "special", "incomplete_gamma", "hoisted", "y"}


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
    """Source of `{prefix}_hoist(y)`, and of `_value`, `_derivatives` and `_means`, each of `(hoisted, *theta)`.

    `derivatives` returns the value, the tuple of p scores, and the tuple of p (p + 1) / 2 Hessian entries (lower
    triangle by rows), each an array that broadcasts to the shape of y and theta together, or a number. `means` returns
    the same as means over the rows, `(r, 1)`, for theta that is the same for all rows.
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
        + "\n\n"
        + _means_function(expressions, list(hoister.found.values()), parameters, prefix, names)
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
    def body(wanted: list[sympy.Expr]) -> tuple[list[str], list[str]]:
        common, results = _common(wanted, hoisted, names)
        return [_line(symbol, e, names) for symbol, e in common], [_source(result, names) for result in results]

    lines, results = body(expressions[:1])
    value = [*_head(f"{prefix}_value", hoisted, parameters, names), *lines, f"    return {results[0]}"]
    lines, results = body(expressions)
    derivatives = [
        *_head(f"{prefix}_derivatives", hoisted, parameters, names),
        *lines,
        *_tail(results, len(parameters)),
    ]
    return "\n".join(value) + "\n\n\n" + "\n".join(derivatives) + "\n"


def _means_function(
    expressions: list[sympy.Expr],
    hoisted: list[sympy.Symbol],
    parameters: Sequence[sympy.Symbol],
    prefix: str,
    names: dict[sympy.Symbol, sympy.Symbol],
) -> str:
    common, results = _common(expressions, hoisted, names)
    forms = LinearForms(common, hoisted)
    entries = [forms.of(result) for result in results]
    products = dict.fromkeys(product for form in entries for product in form if product != 1)
    wanted = {symbol for form in entries for pair in form.items() for part in pair for symbol in part.free_symbols}
    lines: list[str] = []
    for symbol, expression in reversed(forms.common):
        if symbol in wanted:
            wanted |= expression.free_symbols
            lines.insert(0, _line(symbol, expression, names))
    arrays: dict[sympy.Expr, sympy.Symbol] = {}
    means: dict[sympy.Expr, sympy.Symbol] = {}
    fresh_array, fresh_mean = (_fresh(letter, hoisted, names) for letter in "wm")
    for product in sorted(products, key=lambda e: (len(sympy.Mul.make_args(e)), sympy.default_sort_key(e))):
        means[product] = next(fresh_mean)
        arrays[product] = product if product.is_Symbol else next(fresh_array)
        if not product.is_Symbol:
            lines.append(_line(arrays[product], _from_shorter(product, arrays), names))
        lines.append(f"    {means[product]} = np.mean({arrays[product]}, axis=-1, keepdims=True)")
    texts = [_source(sympy.Add(*(c * means.get(e, e) for e, c in form.items())), names) for form in entries]
    return (
        "\n".join([*_head(f"{prefix}_means", hoisted, parameters, names), *lines, *_tail(texts, len(parameters))])
        + "\n"
    )


def _from_shorter(product: sympy.Expr, arrays: dict[sympy.Expr, sympy.Symbol]) -> sympy.Expr:
    """The product as one that stands already times the rest, if that leaves less to do."""
    best = product
    for shorter, array in arrays.items():
        rest = product / shorter
        if shorter != product and sympy.denom(rest) == 1 and rest.count_ops() + 1 < best.count_ops():
            best = sympy.Mul(array, rest, evaluate=False)
    return best


def _common(
    expressions: list[sympy.Expr], hoisted: list[sympy.Symbol], names: dict[sympy.Symbol, sympy.Symbol]
) -> tuple[list[tuple[sympy.Symbol, sympy.Expr]], list[sympy.Expr]]:
    """Common subexpressions by name, and what is left of the expressions."""
    fresh = _fresh("x", hoisted, names)
    common, results = sympy.cse([_numeric_constants(e) for e in expressions], symbols=fresh, list=False)
    return common, [results] if isinstance(results, sympy.Basic) else list(results)


def _fresh(letter: str, hoisted: list[sympy.Symbol], names: dict[sympy.Symbol, sympy.Symbol]) -> Iterator[sympy.Symbol]:
    """Numbered names that the source does not use yet."""
    taken = {symbol.name for symbol in (*names.values(), *hoisted)}
    return sympy.numbered_symbols(letter, exclude=[sympy.Symbol(name, real=True) for name in taken], real=True)


def _line(symbol: sympy.Symbol, expression: sympy.Expr, names: dict[sympy.Symbol, sympy.Symbol]) -> str:
    return f"    {symbol} = {_source(expression, names)}"


def _head(
    name: str,
    hoisted: list[sympy.Symbol],
    parameters: Sequence[sympy.Symbol],
    names: dict[sympy.Symbol, sympy.Symbol],
) -> list[str]:
    unpack = [f"    ({''.join(f'{symbol}, ' for symbol in hoisted).strip()}) = hoisted"] if hoisted else []
    return [f"def {name}(hoisted, {', '.join(names[parameter].name for parameter in parameters)}):", *unpack]


def _tail(results: list[str], p: int) -> list[str]:
    return [
        "    return (",
        f"        {results[0]},",
        f"        ({', '.join(results[1 : 1 + p])},),",
        f"        ({', '.join(results[1 + p :])},),",
        "    )",
    ]
