"""Incomplete gamma functions as SymPy functions that print to `incomplete_gamma`.

The numeric module computes a tail and its derivatives in the shape together, as one `TailDerivatives`. So does the
symbol: `log_gammaincc(a, x)` is the field `value` of the tail `upper_tail(a, x)`, and differentiation leads to other
fields of that same tail. Common subexpression elimination then gives the tail a name, so that emitted source computes
it once: `x0 = incomplete_gamma.log_gammaincc_derivatives(a, x)`, then `x0.value`, `x0.first`.
"""

from __future__ import annotations

from typing import Any

import sympy
from sympy import Expr, Integer, Symbol
from sympy.core.function import ArgumentIndexError

from likelihood_kit.calculus.functions import Stable, polygamma
from likelihood_kit.calculus.incomplete_gamma import TailDerivatives


class upper_tail(Stable):
    """`Q(a, x)` with its derivatives in `a`: no number, only `tail_entry` takes it."""

    numpy_name = "incomplete_gamma.log_gammaincc_derivatives"
    latex_name = "Q"
    latex_integral = r"\Gamma"
    sign = Integer(-1)


class lower_tail(Stable):
    """`P(a, x)` with its derivatives in `a`: no number, only `tail_entry` takes it."""

    numpy_name = "incomplete_gamma.log_gammainc_derivatives"
    latex_name = "P"
    latex_integral = r"\gamma"
    sign = Integer(1)


class tail_entry(Stable):
    """A field of a tail; arguments are the tail and the field's number in `TailDerivatives`."""

    def _eval_derivative(self, symbol: Symbol) -> Expr:
        # By shape and argument of the tail: the tail itself is a tuple, and has no derivative.
        a, x = self.args[0].args
        return sum(
            (self.fdiff(number) * inner for number, of in ((1, a), (2, x)) if (inner := of.diff(symbol)) != 0),
            Integer(0),
        )

    def fdiff(self, argindex: int = 1) -> Expr:
        """Derivative in the shape (1) or the argument (2) of the tail.

        That of `log S` in x is `f / S` with its sign; `r = log(f / S)` has the derivatives that give all others.
        """
        tail, number = self.args
        a, x = tail.args
        ratio = tail_entry(tail, _RATIO)
        r_a = sympy.log(x) - polygamma(Integer(0), a) - tail_entry(tail, 1)
        if number == _RATIO:
            return ratio * (r_a if argindex == 1 else (a - 1) / x - 1 - tail.sign * ratio)
        if argindex == 1 and number < _THIRD:
            return tail_entry(tail, number + 1)
        if argindex == 2 and number == 0:
            return tail.sign * ratio
        if argindex == 2 and number == 1:
            return tail.sign * ratio * r_a
        if argindex == 2 and number == 2:
            return tail.sign * ratio * (r_a**2 - polygamma(Integer(1), a) - tail_entry(tail, 2))
        raise ArgumentIndexError(self, argindex)

    def _numpycode(self, printer: Any) -> str:
        tail, number = self.args
        return f"{printer._print(tail)}.{TailDerivatives._fields[int(number)]}"

    def _sympystr(self, printer: Any) -> str:
        tail, number = self.args
        name = tail.latex_name
        arguments = ", ".join(printer._print(argument) for argument in tail.args)
        if number == _RATIO:
            return f"(f/{name})({arguments})"
        return f"log {name}({arguments})" if number == 0 else f"(d/d1)^{number} log {name}({arguments})"

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        tail, number = self.args
        a, x = (printer._print(argument) for argument in tail.args)
        if number == _RATIO:
            # As SymPy sets a power: brackets about what is no symbol.
            density = printer._print(sympy.Mul(tail.args[1] ** (tail.args[0] - 1), sympy.exp(-tail.args[1])))
            text = rf"\frac{{{density}}}{{{tail.latex_integral}\left({a}, {x}\right)}}"
        else:
            order = int(number)
            power = f"^{{{order}}}" if order > 1 else ""
            prefix = rf"\partial_{{1}}{power}" if order else ""
            text = rf"{prefix}\log {printer._print(tail)}"
        return rf"\left({text}\right)^{{{exp}}}" if exp else text


_RATIO = TailDerivatives._fields.index("ratio")
_THIRD = TailDerivatives._fields.index("third")


def log_gammaincc(a: Expr, x: Expr) -> Expr:
    """Symbol of `log Q(a, x)`."""
    return tail_entry(upper_tail(a, x), Integer(0))


def log_gammainc(a: Expr, x: Expr) -> Expr:
    """Symbol of `log P(a, x)`."""
    return tail_entry(lower_tail(a, x), Integer(0))
