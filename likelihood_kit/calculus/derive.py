"""From the expression of a log density to its derivatives and its sufficient statistics."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sympy

from likelihood_kit.calculus import functions as stable
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


@dataclass(frozen=True)
class Separation:
    """Log density written as `sum_j coefficients[j](theta) * statistics[j](y) + normaliser(theta) + base(y)`."""

    coefficients: tuple[sympy.Expr, ...]
    statistics: tuple[sympy.Expr, ...]
    normaliser: sympy.Expr
    base: sympy.Expr


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


def _derivative(expression: sympy.Expr, parameter: sympy.Symbol) -> sympy.Expr:
    try:
        result = sympy.diff(expression, parameter)
    except sympy.core.function.ArgumentIndexError as error:
        raise TraceError(f"the derivative in {parameter} has no closed form: {error}") from error
    if result.has(sympy.Derivative, sympy.Subs, sympy.DiracDelta, sympy.zoo):
        raise TraceError(f"the derivative in {parameter} has no closed form")
    return result


def separate(
    value: sympy.Expr, datum: sympy.Symbol, parameters: Sequence[sympy.Symbol], *, positive: Sequence[sympy.Symbol]
) -> Separation | None:
    """Sufficient statistics, by splitting the expanded log density into terms `c(theta) * T(y)`.

    Parameters
    ----------
    value, datum, parameters
        The log density and its symbols.
    positive : sequence of symbols
        Those known to be positive, so that logarithms of their products may be split.

    Returns
    -------
    Separation or None
        None where some term does not separate: the family is then no exponential family in these terms.
    """
    if value.has(sympy.Piecewise, stable.absolute, stable.sign):
        return None
    plain = {name: sympy.Symbol(name.name, positive=True) for name in positive}
    expanded = value.replace(
        lambda node: isinstance(node, (stable.xlogy, stable.xlog1py)), lambda node: node._eval_rewrite_as_separable()
    ).xreplace(plain)
    expanded = sympy.expand(sympy.expand_log(expanded, force=False), power_exp=False, power_base=False)
    if expanded.has(sympy.I):  # the logarithm of something negative: not a number, which the rows will show
        return None
    datum = plain.get(datum, datum)
    names = {plain.get(name, name) for name in parameters}
    coefficients: dict[sympy.Expr, sympy.Expr] = {}
    for term in sympy.Add.make_args(expanded):
        statistic, coefficient = term.as_independent(*names, as_Add=False)
        if datum in coefficient.free_symbols:
            return None
        number, statistic = statistic.as_coeff_Mul()
        coefficients[statistic] = coefficients.get(statistic, sympy.Integer(0)) + number * coefficient
    back = {replacement: original for original, replacement in plain.items()}
    normaliser = coefficients.pop(sympy.Integer(1), sympy.Integer(0))
    base = sympy.Add(*(c * t for t, c in coefficients.items() if not c.free_symbols))
    kept = [(c.xreplace(back), t.xreplace(back)) for t, c in coefficients.items() if c.free_symbols]
    kept.sort(key=lambda pair: sympy.default_sort_key(pair[1]))
    return Separation(
        tuple(sympy.factor_terms(c) for c, _ in kept),
        tuple(t for _, t in kept),
        normaliser.xreplace(back),
        base.xreplace(back),
    )
