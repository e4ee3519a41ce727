"""A log density as its author wrote it, and what its symbolic form says: statistics, kinks, ends, derivatives."""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from likelihood_kit.calculus.author import as_array, called, real
from likelihood_kit.errors import FormulaError, TraceError

#: Name of the first column of the response in every formula.
DATUM = "y"


@dataclass(frozen=True)
class Formula:
    """A log density as its author wrote it, perhaps in other coordinates.

    Attributes
    ----------
    log_density : callable
        Elementwise, of `arguments` in order.
    arguments : tuple of str
        Names in the signature: data and canonical parameters, in any order, the response first.
    data : tuple of str
        Columns of the response, and quantities known of each row.
    canonical : tuple of str
        Names of the canonical parameters.
    names : tuple of str
        Names of the coordinates in use.
    to_canonical : callable or None
        `to_canonical(*coordinates)` -> dict of canonical values; None where the coordinates are the canonical ones.
    positive : tuple of str
        Those of the data and the coordinates that are known to be positive.
    opaque : dict of str to callable
        Functions without a symbolic form that know their derivatives, by the name under which the trace holds them.
    known : tuple of str
        Those of the data that are not random.
    bounds : tuple of pairs
        Open interval of each coordinate; empty where they are not known.
    label : str
        What it is called in messages.
    position : callable or None
        Where the datum is the distance from an end of a support: the value at it, of the datum and the other arguments
        in their order. Derivatives are those at a fixed value, whichever way the end moves; terms that vanish at the
        end keep their digits.
    """

    log_density: Callable[..., Any]
    arguments: tuple[str, ...]
    data: tuple[str, ...]
    canonical: tuple[str, ...]
    names: tuple[str, ...]
    to_canonical: Callable[..., Mapping[str, Any]] | None = None
    positive: tuple[str, ...] = ()
    opaque: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    known: tuple[str, ...] = ()
    bounds: tuple[tuple[float, float], ...] = ()
    label: str = "the log density"
    position: Callable[..., Any] | None = None

    def __call__(self, *operands: Any) -> Any:
        """Log density by the author's own code, at the data, then theta in the order of `names`.

        Raises
        ------
        FormulaError
            Where the code fails on arrays.
        """
        values = dict(zip((*self.data, *self.names), map(as_array, operands), strict=True))
        if self.to_canonical is not None:
            values |= called(self.to_canonical, (values[name] for name in self.names), f"{self.label}: to_canonical")
        if self.position is not None:
            values[DATUM] = self.position(*(values[name] for name in self.arguments))
        return called(self.log_density, (values[name] for name in self.arguments), self.label)


def by_sympy(function: Callable) -> Callable:
    """The function, whose failures within SymPy say that there is no symbolic form."""

    @functools.wraps(function)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except (TraceError, FormulaError):
            raise
        except RecursionError:
            raise TraceError("its expression is nested too deeply for SymPy") from None
        except Exception as error:
            raise TraceError(f"SymPy fails on its expression: {type(error).__name__}: {error}") from error

    return guarded


@by_sympy
def expression_of(formula: Formula) -> Any:
    """SymPy expression of a formula, composed with its coordinates.

    Raises
    ------
    TraceError
        Where the formula has no symbolic form; the message names the operation.
    FormulaError
        Where it writes to its arguments.
    """
    from likelihood_kit.calculus.trace import trace

    try:
        return _in_coordinates(formula, trace(formula.log_density, formula.arguments))
    except FormulaError as error:
        raise FormulaError(f"{formula.label} {error}") from None


def _in_coordinates(formula: Formula, expression: Any) -> Any:
    """An expression in canonical parameters, in the coordinates of a formula."""
    from likelihood_kit.calculus.trace import symbol, trace

    if isinstance(expression, (dict, tuple)):
        real(expression, formula.label)  # which refuses them
    if formula.to_canonical is None:
        return expression
    composed = trace(formula.to_canonical, formula.names)
    return expression.xreplace({symbol(name): value for name, value in composed.items()})


@by_sympy
def separation_of(formula: Formula) -> Any:
    """Sufficient statistics of a formula (`separate.Separation`), or None where it has none."""
    from likelihood_kit.calculus.separate import separate
    from likelihood_kit.calculus.trace import symbol

    data, names, positive = (
        [symbol(name) for name in group] for group in (formula.data, formula.names, formula.positive)
    )
    return separate(expression_of(formula), data, names, positive=positive)


def may_kink(formula: Formula, fixed: Collection[str] = ()) -> bool:
    """Whether a formula has absolute values, signs or case distinctions that mix data and free parameters.

    Without them it is smooth in its parameters; with them it may be. False where it cannot be traced.
    """
    from likelihood_kit.calculus.cases import breaking_parts
    from likelihood_kit.calculus.trace import symbol

    try:
        expression = expression_of(formula)
    except TraceError:
        return False
    data, names = {symbol(name) for name in formula.data}, {symbol(n) for n in formula.names if n not in fixed}
    return any(part.free_symbols & data and part.free_symbols & names for part in breaking_parts(expression))


def moving_ends(formula: Formula) -> tuple[str, ...]:
    """Parameters with which a formula's own support moves: those of a condition on the data beyond which it is -inf.

    Empty where it cannot be traced.
    """
    import sympy

    from likelihood_kit.calculus.trace import symbol

    try:
        expression = expression_of(formula)
    except TraceError:
        return ()
    data = {symbol(name) for name in formula.data}
    found: set[Any] = set()
    for case in expression.atoms(sympy.Piecewise):
        if any(value is sympy.S.NegativeInfinity for value, _ in case.args):
            conditions = [condition.free_symbols for _, condition in case.args]
            found |= set().union(*(symbols for symbols in conditions if symbols & data)) - data
    return tuple(name for name in formula.names if symbol(name) in found)


def is_differentiable(formula: Formula) -> bool:
    """Whether a formula can be traced, and its second derivatives have a symbolic form."""
    try:
        _differentiated(formula)
    except TraceError:
        return False
    return True


@by_sympy
def source_of(formula: Formula, suffix: str = "") -> str:
    """Source of the kernels of a formula: `rows{suffix}_*`, and `statistics{suffix}_*` where those are other ones."""
    from likelihood_kit.calculus.emit import Emission, rows_source, statistics_source

    derivatives, data, parameters = _differentiated(formula)
    source = rows_source(derivatives, Emission(data, parameters, f"rows{suffix}"))
    if may_kink(formula):
        source += f"\n\nrows{suffix}_kinks = True\n"
    if ends := moving_ends(formula):
        source += f"\n\nrows{suffix}_moving = {ends}\n"
    separation = separation_of(formula) if formula.position is None else None
    if separation is not None and (names := _determined(separation, formula)):
        source += f"\n\nrows{suffix}_determined = {names}\n"
    if separation is not None and f"rows{suffix}_reduces" not in source:
        source += "\n\n" + statistics_source(separation, Emission(data, parameters, f"statistics{suffix}"))
    return source


def _determined(separation: Any, formula: Formula) -> tuple[str, ...]:
    """Coordinates that the coefficients of the statistics of the response determine."""
    from likelihood_kit.calculus.determined import determined
    from likelihood_kit.calculus.trace import symbol

    if not formula.bounds:
        return ()
    fixed = {symbol(name) for name in formula.known}
    pairs = zip(separation.coefficients, separation.statistics, strict=True)
    coefficients = [coefficient for coefficient, statistic in pairs if statistic.free_symbols - fixed]
    spaces = dict(zip(map(symbol, formula.names), formula.bounds, strict=True))
    return tuple(name.name for name in determined(coefficients, spaces))


@by_sympy
def higher_source_of(formula: Formula, order: int) -> str:
    """Source of `higher_hoist(*data)` and `higher_rows(hoisted, *theta)`: derivatives of orders up to this one."""
    from likelihood_kit.calculus.emit import Emission, higher_source

    derivatives, data, parameters = _differentiated(formula)
    return higher_source(derivatives, order, Emission(data, parameters, "higher"))


@by_sympy
def _differentiated(formula: Formula) -> tuple[Any, list[Any], list[Any]]:
    from likelihood_kit.calculus.differentiate import differentiate
    from likelihood_kit.calculus.trace import symbol

    data, parameters = ([symbol(name) for name in group] for group in (formula.data, formula.names))
    derivatives = differentiate(expression_of(formula), parameters)
    if formula.position is not None:
        from likelihood_kit.calculus.cancellation import at_position
        from likelihood_kit.calculus.trace import trace

        position = _in_coordinates(formula, trace(formula.position, formula.arguments))
        derivatives = at_position(derivatives, symbol(DATUM), position)
    return derivatives, data, parameters
