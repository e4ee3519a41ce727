r"""Expressions as a textbook prints them: LaTeX and plain text.

Parameters keep their names (`\mathrm{shape}`), sums begin with what is positive, and a difference with the datum.
What the kernels need for numerical stability (`log1p`, `xlogy`, an exponential of a logarithm) is undone here.
"""

from __future__ import annotations

import itertools
import types
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import sympy
from sympy.core.relational import Relational
from sympy.printing.latex import LatexPrinter
from sympy.printing.precedence import precedence
from sympy.printing.str import StrPrinter

from likelihood_kit.calculus import functions as stable
from likelihood_kit.calculus.large_shape_symbols import log_excess, stirling_remainder
from likelihood_kit.calculus.log_rising_symbols import log_rising
from likelihood_kit.calculus.trace import Traced
from likelihood_kit.calculus.written import latex_name

#: Operations in an expression, and symbols and functions of them together, above which it is no longer rewritten:
#: SymPy's simplifications take polynomials in all of these, and minutes for a mixture of two normal laws (74 and 10).
LARGEST_REWRITTEN = 80
MOST_GENERATORS = 6
#: Cost, in operations, of a fraction within a fraction when the shortest form of an expression is chosen.
_NESTED = 3
#: Digits of a number that has no exact form.
_DIGITS = 6

#: Operand of a function that is differentiated before it is put in.
_U = sympy.Dummy("u", real=True)
#: Stable functions by what they compute, in functions that SymPy simplifies.
_PLAIN: Mapping[type, Callable[..., sympy.Expr]] = {
    stable.log1p: lambda x: sympy.log(1 + x),
    stable.expm1: lambda x: sympy.exp(x) - 1,
    stable.log1p_ratio: lambda u, order: sympy.diff(sympy.log(1 + _U) / _U, _U, order).xreplace({_U: u}),
    stable.scaled_log1p: lambda z, shape: sympy.log(1 + shape * z) / shape,
    log_rising: lambda *operands: log_rising(*operands).plain(),
    stable.xlogy: lambda x, y: x * sympy.log(y),
    stable.xlog1py: lambda x, y: x * sympy.log(1 + y),
    stable.gammaln: sympy.loggamma,
    stable.polygamma: sympy.polygamma,
    stable.expit: lambda x: 1 / (1 + sympy.exp(-x)),
    stable.log_expit: lambda x: -sympy.log(1 + sympy.exp(-x)),
}


def textbook(expression: sympy.Expr, positive: Sequence[sympy.Symbol]) -> sympy.Expr:
    """A log density in plain functions, with the logarithms of powers and of ratios of positive symbols joined."""
    for function, plain in _PLAIN.items():
        expression = expression.replace(function, plain)
    # A case distinction such as y == 0 would be decided by the assumption: a count is not always positive.
    told_apart = {name for condition in expression.atoms(Relational) for name in condition.free_symbols}
    known = {name: sympy.Symbol(name.name, positive=True) for name in positive if name not in told_apart}
    expression = _without_excess(expression.xreplace(known))
    expression = expression.replace(
        lambda node: isinstance(node, sympy.log) and node.args[0].is_Pow, lambda node: sympy.expand_log(node)
    )
    expression = expression.replace(_is_log_ratio, sympy.logcombine)
    return expression.xreplace({replacement: original for original, replacement in known.items()})


def _without_excess(expression: sympy.Expr) -> sympy.Expr:
    """The expression without the terms that keep a gamma log density exact for a large shape: as it is written."""
    own = (log_excess, stirling_remainder)
    if not expression.has(*own):
        return expression
    terms = sympy.Add.make_args(expression)
    exact = sympy.Add(*(term for term in terms if term.has(*own) or (term.is_Mul and term.has(sympy.log))))
    written = exact.replace(lambda node: isinstance(node, own), lambda node: node._eval_rewrite_as_separable())
    for function in (stable.gammaln, stable.polygamma):
        written = written.replace(function, _PLAIN[function])
    written = sympy.expand(sympy.expand_log(written))
    logarithms = [node for node in written.atoms(sympy.log) if node.args[0].is_Symbol]
    return sympy.Add(expression - exact, sympy.collect(written, sorted(logarithms, key=str)))


def _is_log_ratio(node: Any) -> bool:
    if not (node.is_Add and len(node.args) == 2):
        return False
    parts = [term.as_coeff_Mul() for term in node.args]
    return {number for number, _ in parts} == {1, -1} and all(isinstance(part, sympy.log) for _, part in parts)


def shortest(expression: sympy.Expr, datum: sympy.Symbol) -> sympy.Expr:
    """The shortest of some forms of an expression; large ones and case distinctions stay as they are."""
    for function, plain in _PLAIN.items():
        expression = expression.replace(function, plain)
    deviation, location = _deviation(expression, datum)
    generators = deviation.free_symbols | deviation.atoms(sympy.Function)
    large = sympy.count_ops(expression) > LARGEST_REWRITTEN or len(generators) > MOST_GENERATORS
    if expression.has(sympy.Piecewise):
        return sympy.piecewise_fold(sympy.factor_terms(expression))
    if large:
        return _oriented(sympy.factor_terms(expression), datum)
    forms = [deviation] + [f(deviation) for f in (sympy.factor_terms, sympy.together, sympy.factor, sympy.simplify)]
    chosen = _joined(min(forms, key=_cost))
    if location is not None:
        chosen = chosen.xreplace({datum: datum - location})
    return _oriented(chosen, datum)


def _deviation(expression: sympy.Expr, datum: sympy.Symbol) -> tuple[sympy.Expr, sympy.Symbol | None]:
    """The expression in the deviation from a location, under the datum's name, where it holds both only so."""
    for symbol in sorted(expression.free_symbols - {datum}, key=str):
        if expression.has(datum):
            moved = expression.xreplace({datum: datum + symbol}).replace(
                lambda node, symbol=symbol: node.is_Add and node.has(symbol), sympy.expand
            )
            if not moved.has(symbol):
                return moved, symbol
    return expression, None


def _cost(expression: sympy.Expr) -> tuple[int, int]:
    nested = sum(
        term.as_numer_denom()[1] != 1
        for node in sympy.preorder_traversal(expression)
        if node.is_Mul or node.is_Pow
        for factor in node.args
        if factor.is_Add
        for term in factor.args
    )
    return sympy.count_ops(expression) + _NESTED * nested, len(str(expression))


def _joined(expression: sympy.Expr) -> sympy.Expr:
    """Products `(a - b) (a + b)` as differences of squares."""

    def join(product: sympy.Expr) -> sympy.Expr:
        factors = list(product.args)
        for first, second in itertools.combinations([f for f in factors if f.is_Add], 2):
            square = sympy.expand(first * second)
            if square.is_Add and len(square.args) == 2:
                rest = [f for f in factors if f not in (first, second)]
                return sympy.Mul(*rest, square)
        return product

    return expression.replace(lambda node: node.is_Mul, join)


def _oriented(expression: sympy.Expr, datum: sympy.Symbol) -> sympy.Expr:
    """Differences turned so that squares hold `y - mean` and as few products as possible are negative."""

    def backward(base: Any) -> bool:
        """`mean - y`, but not `1 - y`."""
        return base.is_Add and base.coeff(datum).is_negative and not any(term.is_Number for term in base.args)

    def below(base: Any) -> bool:
        """`p - 1`."""
        return base.is_Add and len(base.args) == 2 and any(term.is_Number and term < 0 for term in base.args)

    def turn(node: sympy.Expr) -> sympy.Expr:
        factors = list(sympy.Mul.make_args(node))
        for i, factor in enumerate(factors):
            base, exponent = factor.as_base_exp()
            if backward(base) and exponent.is_Integer and exponent % 2 == 0:
                factors[i] = sympy.Pow(-base, exponent)
        if node.is_Pow:
            return factors[0]
        odd = [i for i, factor in enumerate(factors) if (e := factor.as_base_exp()[1]).is_Integer and e % 2]
        negative = sympy.Mul(*factors).as_coeff_Mul()[0].is_negative
        turned = [i for i in odd if backward(factors[i].as_base_exp()[0])]
        if negative is (len(turned) % 2 == 0):
            turned += [i for i in odd if below(factors[i].as_base_exp()[0])][:1] or turned[-1:]
        turned = [i for i in turned if turned.count(i) == 1]
        for i in turned:
            base, exponent = factors[i].as_base_exp()
            factors[i] = sympy.Pow(-base, exponent)
        return sympy.Mul((-1) ** len(turned), *factors)

    return expression.replace(lambda node: node.is_Mul or node.is_Pow, turn)


def tidy(expression: sympy.Expr) -> sympy.Expr:
    """As in textbooks: powers for `exp(a log(b))`, one denominator in `(df + 1) / 2`, beta and gamma functions."""

    def power(node: sympy.Expr) -> sympy.Expr:
        factors = sympy.Mul.make_args(node.args[0])
        logarithms = [factor for factor in factors if isinstance(factor, sympy.log)]
        if len(logarithms) != 1:
            return node
        exponent = sympy.Mul(*(factor for factor in factors if factor != logarithms[0]))
        return sympy.Pow(logarithms[0].args[0], exponent, evaluate=False)

    def over_one_denominator(node: sympy.Expr) -> sympy.Expr:
        content, primitive = node.as_content_primitive()
        return node if content.is_Integer else sympy.Mul(content, primitive, evaluate=False)

    expression = expression.replace(
        lambda node: isinstance(node, sympy.exp) and isinstance(node.args[0], (sympy.loggamma, stable.gammaln)),
        lambda node: sympy.gamma(node.args[0].args[0], evaluate=False),
    )
    expression = expression.replace(lambda node: isinstance(node, sympy.exp), power)
    expression = expression.replace(
        lambda node: isinstance(node, stable.betaln) and all(argument.is_Rational for argument in node.args),
        lambda node: sympy.log(sympy.beta(*node.args).rewrite(sympy.gamma)),
    )
    return expression.replace(lambda node: node.is_Add and _is_linear(node), over_one_denominator)


def _is_linear(total: sympy.Add) -> bool:
    return all(term.is_Number or term.as_coeff_Mul()[1].is_Symbol for term in total.args)


class _Order:
    """Order of the terms of a sum: what is positive first, then what holds the datum, then by name."""

    datum = sympy.Symbol("y", real=True)

    def _as_ordered_terms(self, expr: sympy.Add, order: Any = None) -> list[sympy.Expr]:
        return sorted(expr.args, key=lambda term: self._rank(term, expr))

    def _rank(self, term: sympy.Expr, total: sympy.Add) -> tuple[Any, ...]:
        number = (1 if _is_linear(total) else -1) if term.is_Number else 0
        negative = term.could_extract_minus_sign()
        return negative, number, self.datum not in term.free_symbols, sympy.default_sort_key(term)


class Latex(_Order, LatexPrinter):
    """LaTeX of one line, from the subset that matplotlib's mathtext reads too."""

    def __init__(self) -> None:
        super().__init__({"mul_symbol": r" \, ", "fold_short_frac": False})

    def _print_Symbol(self, expr: sympy.Symbol, style: str = "plain") -> str:
        return latex_name(expr.name)

    def _print_Float(self, expr: sympy.Float) -> str:
        mantissa, _, power = f"{float(expr):.{_DIGITS}g}".partition("e")
        return rf"{mantissa} \times 10^{{{int(power)}}}" if power else mantissa

    def _print_EulerGamma(self, expr: Any) -> str:
        return r"\gamma"

    def _print_log(self, expr: sympy.Expr, exp: Any = None) -> str:
        power = f"^{{{exp}}}" if exp is not None else ""
        argument = expr.args[0]
        if argument.is_Symbol:
            return rf"\log{power} {self._print(argument)}"
        return rf"\log{power}\left({self._print(argument)}\right)"

    def _print_loggamma(self, expr: sympy.Expr, exp: Any = None) -> str:
        text = rf"\log\Gamma\left({self._print(expr.args[0])}\right)"
        return rf"\left({text}\right)^{{{exp}}}" if exp is not None else text

    def _print_polygamma(self, expr: sympy.Expr, exp: Any = None) -> str:
        order, argument = expr.args
        name = {0: r"\psi", 1: r"\psi'", 2: r"\psi''"}.get(int(order), rf"\psi^{{({order})}}")
        text = rf"{name}\left({self._print(argument)}\right)"
        return rf"\left({text}\right)^{{{exp}}}" if exp is not None else text

    def _print_Piecewise(self, expr: sympy.Piecewise) -> str:
        cases = [
            rf"{self._print(value)} \;\; \mathrm{{{'otherwise' if when == sympy.true else 'if'}}}"
            + ("" if when == sympy.true else rf"\; {self._print(when)}")
            for value, when in expr.args
        ]
        return r"\left\{" + r", \quad ".join(cases) + r"\right\}"


class Plain(_Order, StrPrinter):
    """Plain text with `^` for powers."""

    def _print_Float(self, expr: sympy.Float) -> str:
        return f"{float(expr):.{_DIGITS}g}"

    def _print_Pow(self, expr: sympy.Pow, rational: bool = False) -> str:
        if expr.exp.is_Number and expr.exp < 0:
            below = sympy.Pow(expr.base, -expr.exp)
            return f"1/{self._print(below) if below.is_Pow else self.parenthesize(below, precedence(expr))}"
        return super()._print_Pow(expr, rational).replace("**", "^")

    def _print_Equality(self, expr: Any) -> str:
        return f"{self._print(expr.lhs)} = {self._print(expr.rhs)}"

    def _print_absolute(self, expr: sympy.Expr) -> str:
        return f"|{self._print(expr.args[0])}|"

    def _print_loggamma(self, expr: sympy.Expr) -> str:
        return f"gammaln({self._print(expr.args[0])})"

    def _print_polygamma(self, expr: sympy.Expr) -> str:
        order, argument = expr.args
        name = {0: "digamma(", 1: "trigamma("}.get(int(order), f"polygamma({order}, ")
        return f"{name}{self._print(argument)})"

    def _print_Piecewise(self, expr: sympy.Piecewise) -> str:
        cases = [
            f"{self._print(value)} " + ("otherwise" if when == sympy.true else f"if {self._print(when)}")
            for value, when in expr.args
        ]
        return "{" + ", ".join(cases) + "}"


def with_exact_constants(function: Callable) -> Callable:
    """The function with NumPy's constants exchanged for exact ones, so that `np.pi**2 / 6` is no float."""
    if not isinstance(function, types.FunctionType):
        return function
    names = function.__globals__
    numpy = {name: _ExactNumpy() for name in function.__code__.co_names if names.get(name) is np}
    return types.FunctionType(
        function.__code__, {**names, **numpy}, function.__name__, function.__defaults__, function.__closure__
    )


class _ExactNumpy:
    pi = Traced(sympy.pi)
    e = Traced(sympy.E)
    euler_gamma = Traced(sympy.EulerGamma)

    def __getattr__(self, name: str) -> Any:
        return getattr(np, name)
