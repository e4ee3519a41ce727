"""Terms of an expression that vanish at an end of a support, written as what is left when the end is taken away.

With y = high - d, `log1p(-y / high)` is `log(d / high)`: evaluated as it stands it loses the digits of d.
"""

from __future__ import annotations

from typing import Any

import sympy

from likelihood_kit.calculus.differentiate import Derivatives
from likelihood_kit.calculus.functions import log1p, xlog1py, xlogy

#: Operations of a term beyond which it is left alone: cancellation of long rational functions takes long.
_LONGEST = 100


def at_position(derivatives: Derivatives, datum: sympy.Symbol, position: sympy.Expr) -> Derivatives:
    """Log density and derivatives at a position, which is an end of a support less or plus the datum."""

    def placed(expression: sympy.Expr) -> sympy.Expr:
        return without_cancellation(expression.xreplace({datum: position}), datum)

    return Derivatives(
        placed(derivatives.value), tuple(map(placed, derivatives.score)), tuple(map(placed, derivatives.hessian))
    )


def without_cancellation(expression: sympy.Expr, distance: sympy.Symbol) -> sympy.Expr:
    """The expression with every logarithm and power of a term that vanishes with the distance cancelled exactly."""

    def rewritten(node: Any) -> Any:
        if isinstance(node, sympy.log):
            return sympy.log(_cancelled(node.args[0], distance) or node.args[0])
        if isinstance(node, log1p):
            found = _cancelled(1 + node.args[0], distance)
            return node if found is None else sympy.log(found)
        if isinstance(node, xlogy):
            return xlogy(node.args[0], _cancelled(node.args[1], distance) or node.args[1])
        if isinstance(node, xlog1py):
            found = _cancelled(1 + node.args[1], distance)
            return node if found is None else xlogy(node.args[0], found)
        return sympy.Pow(_cancelled(node.base, distance) or node.base, node.exp)

    return expression.replace(lambda node: isinstance(node, (sympy.log, log1p, xlogy, xlog1py, sympy.Pow)), rewritten)


def _cancelled(term: sympy.Expr, distance: sympy.Symbol) -> sympy.Expr | None:
    """A term that vanishes with the distance, as a product; None for one that does not, or holds other functions."""
    if distance not in term.free_symbols or term.count_ops() > _LONGEST:
        return None
    exact = sympy.nsimplify(term, rational=True)
    if not exact.is_rational_function():
        return None
    found = sympy.cancel(sympy.together(exact))
    return sympy.factor_terms(found) if found.subs(distance, 0) == 0 else None
