"""Which parameters the coefficients of sufficient statistics determine, proved by the signs of derivatives."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence

import sympy


def determined(
    coefficients: Sequence[sympy.Expr], spaces: Mapping[sympy.Symbol, tuple[float, float]]
) -> list[sympy.Symbol]:
    """Parameters that are proved to be determined by coefficients, one after the other.

    Each is the only new one in some coefficient, or in the sum or difference of two polynomials among them, and moves
    it strictly: the map from these parameters to those is triangular with a diagonal that never vanishes, so one to one
    with a Jacobian of full rank, and so is that to the coefficients.

    Parameters
    ----------
    coefficients : sequence of expressions in the parameters
    spaces : dict of symbol to (low, high)
        The parameters, with their open intervals.
    """
    inside = {name: _inside(name, *ends) for name, ends in spaces.items()}
    known: list[sympy.Symbol] = []
    while len(known) < len(spaces):
        looked_at = itertools.chain(coefficients, _combined(coefficients, spaces))
        new = next((name for c in looked_at for name in [_new(c, known, spaces)] if _moves(c, name, inside)), None)
        if new is None:
            break
        known.append(new)
    return known


def _combined(coefficients: Sequence[sympy.Expr], spaces: Mapping[sympy.Symbol, object]) -> Iterator[sympy.Expr]:
    """Sums and differences of two polynomials in the parameters: of other functions they take long."""
    polynomials = [c for c in coefficients if c.free_symbols & set(spaces) and c.is_polynomial(*spaces)]
    for first, second in itertools.combinations(polynomials, 2):
        yield from (sympy.expand(first + second), sympy.expand(first - second))


def _new(coefficient: sympy.Expr, known: Sequence[sympy.Symbol], spaces: Mapping[sympy.Symbol, object]) -> sympy.Symbol:
    """The one parameter of a coefficient that is not known yet; None where there is none, or more than one."""
    new = (coefficient.free_symbols & set(spaces)) - set(known)
    return next(iter(new)) if len(new) == 1 else None


def _moves(coefficient: sympy.Expr, name: sympy.Symbol | None, inside: Mapping[sympy.Symbol, sympy.Expr]) -> bool:
    """Whether a coefficient is strictly monotone in a parameter, whatever the others."""
    if name is None:
        return False
    slope = sympy.factor(sympy.together(sympy.diff(coefficient, name).xreplace(dict(inside))))
    return bool(slope.is_positive or slope.is_negative)


def _inside(name: sympy.Symbol, low: float, high: float) -> sympy.Expr:
    """A parameter as a function of a positive or a real number, which takes just the values in its interval."""
    if low == -sympy.oo and high == sympy.oo:
        return sympy.Symbol(name.name, real=True)
    positive = sympy.Symbol(name.name, positive=True)
    low, high = (sympy.nsimplify(end) if abs(end) != sympy.oo else end for end in (low, high))
    if high == sympy.oo:
        return low + positive
    if low == -sympy.oo:
        return high - positive
    return low + (high - low) * positive / (1 + positive)
