"""From the expression of a log density to its derivatives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sympy

from likelihood_kit.calculus.multi_index import last_variable, minus, multi_indices, plus
from likelihood_kit.errors import TraceError


@dataclass(frozen=True)
class Derivatives:
    """Log density of one observation and its derivatives in the p parameters.

    Attributes
    ----------
    value : expression
    score : tuple of p expressions, in the order of the parameters
    hessian : tuple of p (p + 1) / 2 expressions, lower triangle by rows: (0,0), (1,0), (1,1), (2,0), ...
    """

    value: sympy.Expr
    score: tuple[sympy.Expr, ...]
    hessian: tuple[sympy.Expr, ...]

    def all(self) -> list[sympy.Expr]:
        """Value, score and Hessian in one list."""
        return [self.value, *self.score, *self.hessian]


def differentiate(value: sympy.Expr, parameters: Sequence[sympy.Symbol]) -> Derivatives:
    """Derivatives of a log density in its parameters.

    Raises
    ------
    TraceError
        Where a derivative has no closed form.
    """
    score = tuple(_derivative(value, parameter) for parameter in parameters)
    hessian = tuple(_derivative(score[i], parameters[j]) for i in range(len(parameters)) for j in range(i + 1))
    return Derivatives(value, score, hessian)


def higher(derivatives: Derivatives, parameters: Sequence[sympy.Symbol], order: int) -> list[sympy.Expr]:
    """Derivatives of all orders up to one, in the order of `multi_indices`.

    Raises
    ------
    TraceError
        Where one has no closed form.
    """
    p = len(parameters)
    known = {plus((0,) * p, i): entry for i, entry in enumerate(derivatives.score)}
    pairs = ((i, j) for i in range(p) for j in range(i + 1))
    known |= {plus(plus((0,) * p, i), j): e for (i, j), e in zip(pairs, derivatives.hessian, strict=True)}
    for index in multi_indices(p, order):
        if index not in known:
            last = last_variable(index)
            lower = minus(index, plus((0,) * p, last))
            known[index] = _derivative(known[lower], parameters[last])
    return [known[index] for index in multi_indices(p, order)]


def _derivative(expression: sympy.Expr, parameter: sympy.Symbol) -> sympy.Expr:
    try:
        result = sympy.diff(expression, parameter)
    except sympy.core.function.ArgumentIndexError as error:
        raise TraceError(f"the derivative in {parameter} has no closed form: {error}") from error
    if result.has(sympy.Derivative, sympy.Subs, sympy.DiracDelta, sympy.zoo):
        raise TraceError(f"the derivative in {parameter} has no closed form")
    return result
