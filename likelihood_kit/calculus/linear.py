"""Entries of a kernel as linear forms in products of quantities that vary over the rows.

Each entry is rewritten as `sum_j c_j(theta) * product_j(row, theta)`. For parameters that are the same for all rows its
mean over them is then the same form in the means of the products: the coefficients are computed once per sample, and
the entries share the products.
"""

from __future__ import annotations

from collections.abc import Iterable

import sympy

#: Coefficient of each product; that of 1 is the part that does not vary over the rows.
Form = dict[sympy.Expr, sympy.Expr]


class LinearForms:
    """Linear forms of expressions in which common subexpressions stand by name.

    Sums within a product stay whole: to expand `(y - mean) * ...` would cancel for data far from zero.

    Parameters
    ----------
    common : pairs of symbol and expression
        As `sympy.cse` gives them.
    rows : symbols that vary over the rows

    Attributes
    ----------
    common : list of pairs
        The same without their coefficients, where an entry may be seen through to its product.
    """

    def __init__(self, common: Iterable[tuple[sympy.Symbol, sympy.Expr]], rows: Iterable[sympy.Symbol]) -> None:
        self._rows = set(rows)
        self._through: dict[sympy.Expr, Form] = {}
        self.common = [(symbol, expression) for symbol, expression in common]
        for symbol, expression in self.common:
            if self._varies(expression):
                self._rows.add(symbol)
                form = self.of(expression)
                if expression.is_Mul and len(form) == 1:
                    self._through[symbol] = form

    def _varies(self, expression: sympy.Expr) -> bool:
        return bool(expression.free_symbols & self._rows)

    def of(self, expression: sympy.Expr) -> Form:
        """Linear form of an expression."""
        if not self._varies(expression):
            return {sympy.Integer(1): expression}
        if expression in self._through:
            return self._through[expression]
        if expression.is_Add:
            return self._sum(expression)
        if not expression.is_Mul:
            return {expression: sympy.Integer(1)}
        coefficient = sympy.Mul(*(factor for factor in expression.args if not self._varies(factor)))
        factors = [factor for factor in expression.args if self._varies(factor)]
        if len(factors) == 1:
            return {product: coefficient * c for product, c in self.of(factors[0]).items()}
        forms = [self._through.get(factor, {factor: sympy.Integer(1)}) for factor in factors]
        product = sympy.Mul(*(key for form in forms for key in form))
        return {product: sympy.Mul(coefficient, *(c for form in forms for c in form.values()))}

    def _sum(self, expression: sympy.Add) -> Form:
        total: Form = {}
        for term in expression.args:
            for product, coefficient in self.of(term).items():
                total[product] = total.get(product, sympy.Integer(0)) + coefficient
        return total
