"""A formula and what follows from it, written for a reader: LaTeX and plain text, no expressions.

Nothing here needs SymPy until it is called.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from likelihood_kit.calculus.formula import DATUM, Formula, by_sympy, expression_of, separation_of
from likelihood_kit.calculus.written import Notation


@dataclass(frozen=True)
class Typeset:
    """What follows from a log density of p free parameters, for one observation.

    Attributes
    ----------
    log_density : Notation
    score : tuple of p
        First derivatives, in the order of the free parameters.
    observed_information : tuple of p (p + 1) / 2
        Minus the second derivatives, lower triangle by rows: (0, 0), (1, 0), (1, 1), (2, 0), ...
    expected_information : tuple of p (p + 1) / 2, or None
        In the same order; None where no closed form was given.
    statistics, coefficients : tuples of Notation, or None
        Sufficient statistics `T_j(y)` and what each is multiplied by in the log density; None where some term of it
        does not separate the datum from the parameters.
    """

    log_density: Notation
    score: tuple[Notation, ...]
    observed_information: tuple[Notation, ...]
    expected_information: tuple[Notation, ...] | None
    statistics: tuple[Notation, ...] | None
    coefficients: tuple[Notation, ...] | None


@by_sympy
def typeset_log_density(formula: Formula, fixed: Mapping[str, float]) -> Notation:
    """The log density alone, with parameters held fixed at a value put in.

    Raises
    ------
    TraceError
        Where the formula has no symbolic form; the message names the operation.
    """
    return as_notation(log_density_in_plain(formula, fixed))


@by_sympy
def typeset_function(function: Callable[..., Any], fixed: Mapping[str, float]) -> Notation:
    """A function of quantities by the names of its arguments, with those held fixed put in.

    Raises
    ------
    TraceError
        Where it has no symbolic form; the message names the operation.
    """
    from likelihood_kit.calculus.trace import trace

    return as_notation(trace(function, tuple(inspect.signature(function).parameters)).subs(_numbers(fixed)))


@by_sympy
def typeset(
    formula: Formula,
    fixed: Mapping[str, float],
    expected_information: Callable[..., Any] | None,
    known: Collection[str] = (),
) -> Typeset:
    """The log density, its derivatives and its sufficient statistics.

    Parameters
    ----------
    formula : Formula
    fixed : dict of str to float
        Values of the quantities held fixed.
    expected_information : callable or None
        Closed form in canonical parameters and known quantities, by the names of its arguments: lower triangle by
        rows, one observation.
    known : collection of str
        Data that are not random: no statistic is a function of them alone.

    Raises
    ------
    TraceError
        Where the formula has no symbolic form; the message names the operation.
    """
    from likelihood_kit.calculus.differentiate import differentiate
    from likelihood_kit.calculus.latex import shortest
    from likelihood_kit.calculus.trace import symbol

    log_density = log_density_in_plain(formula, fixed)
    free = [symbol(name) for name in formula.names if name not in fixed]
    derivatives = differentiate(log_density, free)

    def written(expression: Any) -> Notation:
        return as_notation(shortest(expression, symbol(DATUM)))

    information = None
    if expected_information is not None:
        entries = _composed_information(formula, expected_information)
        places = [i for i, name in enumerate(formula.names) if name not in fixed]
        values = _numbers(fixed)
        information = tuple(
            written(entries[i, j].xreplace(values)) for a, i in enumerate(places) for j in places[: a + 1]
        )
    statistics, coefficients = _separated(formula, fixed, known)
    return Typeset(
        as_notation(log_density),
        tuple(written(entry) for entry in derivatives.score),
        tuple(written(-entry) for entry in derivatives.hessian),
        information,
        statistics,
        coefficients,
    )


def as_notation(expression: Any) -> Notation:
    """A SymPy expression as it is printed."""
    from likelihood_kit.calculus.latex import Latex, Plain, tidy

    expression = tidy(expression)
    return Notation(Latex().doprint(expression), Plain().doprint(expression))


def _numbers(fixed: Mapping[str, float]) -> dict[Any, Any]:
    from likelihood_kit.calculus.trace import symbol, to_expression

    return {symbol(name): to_expression(value) for name, value in fixed.items()}


def log_density_in_plain(formula: Formula, fixed: Mapping[str, float]) -> Any:
    """SymPy expression of a log density in functions of textbooks, with quantities held fixed put in."""
    from likelihood_kit.calculus.latex import textbook
    from likelihood_kit.calculus.trace import symbol

    plain = textbook(expression_of(formula), [symbol(name) for name in formula.positive])
    return plain.subs(_numbers(fixed))


def _composed_information(formula: Formula, closed: Callable[..., Any]) -> Any:
    """`J' I J`, with J the derivative of the canonical parameters in the coordinates in use."""
    import sympy

    from likelihood_kit.calculus.latex import with_exact_constants
    from likelihood_kit.calculus.trace import symbol, trace

    entries = trace(with_exact_constants(closed), tuple(inspect.signature(closed).parameters))
    p = len(formula.canonical)
    information = sympy.Matrix(p, p, lambda i, j: entries[max(i, j) * (max(i, j) + 1) // 2 + min(i, j)])
    if formula.to_canonical is None:
        return information
    canonical = trace(formula.to_canonical, formula.names)
    image = sympy.Matrix([canonical[name] for name in formula.canonical])
    jacobian = image.jacobian([symbol(name) for name in formula.names])
    information = information.xreplace({symbol(name): canonical[name] for name in formula.canonical})
    return jacobian.T * information * jacobian


def _separated(
    formula: Formula, fixed: Mapping[str, float], known: Collection[str]
) -> tuple[tuple[Notation, ...] | None, tuple[Notation, ...] | None]:
    from likelihood_kit.calculus.latex import shortest
    from likelihood_kit.calculus.trace import symbol

    separation = separation_of(formula)
    if separation is None:
        return None, None
    values = _numbers(fixed)
    pairs = [
        (statistic.subs(values), coefficient.subs(values))
        for statistic, coefficient in zip(separation.statistics, separation.coefficients, strict=True)
    ]
    response = {symbol(name) for name in formula.data if name not in known}
    # A coefficient without parameters makes its statistic a part of the base measure; one without the response is a
    # part of the normaliser.
    pairs = [(t, coefficient) for t, coefficient in pairs if coefficient.free_symbols and t.free_symbols & response]
    return tuple(as_notation(t) for t, _ in pairs), tuple(as_notation(shortest(c, symbol(DATUM))) for _, c in pairs)
