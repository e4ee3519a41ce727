"""Sufficient statistics, found by splitting a log density into terms that separate the data from the parameters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sympy

from likelihood_kit.calculus import functions as stable


@dataclass(frozen=True)
class Separation:
    """Log density written as `sum_j coefficients[j](theta) * statistics[j](data) + normaliser(theta) + base(data)`."""

    coefficients: tuple[sympy.Expr, ...]
    statistics: tuple[sympy.Expr, ...]
    normaliser: sympy.Expr
    base: sympy.Expr


def separate(
    value: sympy.Expr,
    data: Sequence[sympy.Symbol],
    parameters: Sequence[sympy.Symbol],
    *,
    positive: Sequence[sympy.Symbol],
) -> Separation | None:
    """Sufficient statistics, by splitting the expanded log density into terms `c(theta) * T(y)`.

    Parameters
    ----------
    value, data, parameters
        The log density and its symbols; what is known of each row is data too.
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
        lambda node: hasattr(node, "_eval_rewrite_as_separable"), lambda node: node._eval_rewrite_as_separable()
    ).xreplace(plain)
    expanded = sympy.expand(sympy.expand_log(expanded, force=False), power_exp=False, power_base=False)
    if expanded.has(sympy.I):  # the logarithm of something negative: not a number, which the rows will show
        return None
    columns = {plain.get(name, name) for name in data}
    names = {plain.get(name, name) for name in parameters}
    coefficients: dict[sympy.Expr, sympy.Expr] = {}
    for term in sympy.Add.make_args(expanded):
        statistic, coefficient = term.as_independent(*names, as_Add=False)
        if columns & coefficient.free_symbols:
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
