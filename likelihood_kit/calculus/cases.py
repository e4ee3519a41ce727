"""What may bend or break an expression: absolute values, signs and case distinctions.

All else that is traced is smooth where its derivatives are finite.
"""

from __future__ import annotations

from typing import Any

import sympy

from likelihood_kit.calculus import functions as stable


def breaking_parts(expression: sympy.Basic) -> list[Any]:
    """Absolute values and signs in an expression, and the conditions of its cases."""
    cases = [condition for case in expression.atoms(sympy.Piecewise) for _, condition in case.args]
    return [*expression.atoms(stable.absolute, stable.sign), *cases]


def may_bend(expression: sympy.Basic) -> bool:
    """Whether something in an expression may bend or break it.

    Among it Bessel functions that are scaled by an absolute value, and what SymPy makes of the root of a square.
    """
    return bool(breaking_parts(expression) or expression.atoms(sympy.Abs, stable.i0e, stable.i1e, stable.ive))
