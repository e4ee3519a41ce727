"""The part of a log density that depends on one parameter, as the loss of a prediction.

Minus a log density is split into terms with the parameter and terms without it; what is left is told by its form in the
parameter alone: a square, a distance, logarithms. No law is known here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

import numpy as np

from likelihood_kit.calculus.formula import Formula, by_sympy
from likelihood_kit.calculus.typeset import as_notation, log_density_in_plain
from likelihood_kit.calculus.written import Notation


class Form(Enum):
    """Forms of a loss in a prediction."""

    SQUARE = "squared error"
    DISTANCE = "absolute error"
    CROSS_ENTROPY = "binary cross-entropy"
    POISSON = "Poisson deviance"
    GAMMA = "gamma deviance"
    OTHER = "minus the log density"


@dataclass(frozen=True)
class Term:
    """One expression, written, and as a function of quantities by name."""

    notation: Notation
    names: tuple[str, ...]
    value: Callable[[Mapping[str, Any]], Any]


@dataclass(frozen=True)
class LossForm:
    """Minus a log density as `factor * loss(target, prediction) + constant`, half a deviance in place of a loss.

    Attributes
    ----------
    form : Form
    target, prediction : Term
        Of the data; of the parameter. Of a cross-entropy successes, and the probability; of other forms the terms with
        the parameter themselves, and the parameter.
    failures : Term or None
        Of a cross-entropy.
    factor : Term
        Without data and the parameter.
    constant : Term
        Terms without the parameter; of a deviance without `perfect`.
    perfect : Notation
        The constant of a deviance with minus the log density of a perfect prediction; elsewhere the constant.
    """

    form: Form
    target: Term
    prediction: Term
    factor: Term
    constant: Term
    perfect: Notation
    failures: Term | None = None


@by_sympy
def loss_form(formula: Formula, parameter: str, fixed: Mapping[str, float]) -> LossForm:
    """The loss of a parameter in a log density, other quantities held fixed put in.

    Raises
    ------
    TraceError
        Where the formula has no symbolic form; the message names the operation.
    """
    import sympy

    from likelihood_kit.calculus.trace import symbol

    theta = symbol(parameter)
    data = {symbol(name) for name in formula.data}
    value = -log_density_in_plain(formula, fixed)
    positive = {symbol(name): sympy.Symbol(name, positive=True) for name in formula.positive}
    back = {replacement: original for original, replacement in positive.items()}
    split = sympy.expand_log(value.xreplace(positive)).xreplace(back)
    for written in (value, split):
        terms = sympy.Add.make_args(written)
        driven = sympy.Add(*(term for term in terms if term.has(theta)))
        rest = sympy.Add(*(term for term in terms if not term.has(theta)))
        found = _square(driven, theta, data) or _distance(driven, theta, data) or _logarithms(driven, theta, data)
        if found is not None:
            break
    else:
        found = Form.OTHER, driven, theta, sympy.Integer(1), sympy.Integer(0), None
    form, target, prediction, factor, constant, failures = found
    names = (*formula.data, *formula.names)
    return LossForm(
        form,
        _term(target, names),
        _term(prediction, names),
        _term(factor, names),
        _term(rest + constant, names),
        as_notation(_with_perfect(form, target, factor, rest + constant)),
        None if failures is None else _term(failures, names),
    )


def _with_perfect(form: Form, target: Any, factor: Any, constant: Any) -> Any:
    """A constant with what half a deviance leaves out: the least of m - y log m, or of log m + y / m, at m = y."""
    import sympy

    if form is Form.POISSON:
        return constant + factor * (target - target * sympy.log(target))
    return sympy.expand(constant + factor * (1 + sympy.log(target))) if form is Form.GAMMA else constant


def _square(driven: Any, theta: Any, data: set[Any]) -> Any:
    """The form a (T - theta)^2, the polynomial of the second degree with a T free of it."""
    import sympy

    expanded = sympy.expand(driven)
    if not expanded.is_polynomial(theta) or sympy.degree(expanded, theta) != 2:
        return None
    second, first, none = sympy.Poly(expanded, theta).all_coeffs()
    target = sympy.simplify(-first / (2 * second))
    if second.free_symbols & data or not target.free_symbols & data:
        return None
    return Form.SQUARE, target, theta, second, sympy.simplify(none - second * target**2), None


def _distance(driven: Any, theta: Any, data: set[Any]) -> Any:
    """The form a |T - theta|."""
    import sympy

    from likelihood_kit.calculus import functions as stable

    found = driven.atoms(stable.absolute)
    if len(found) != 1:
        return None
    distance = found.pop()
    factor, inside = driven / distance, distance.args[0]
    if factor.has(theta) or factor.free_symbols & data or abs(sympy.diff(inside, theta)) != 1:
        return None
    target = inside.subs(theta, 0) * -sympy.diff(inside, theta)
    return Form.DISTANCE, target, theta, factor, sympy.Integer(0), None


def _logarithms(driven: Any, theta: Any, data: set[Any]) -> Any:
    """Combinations of log theta with log(1 - theta), theta, or 1 / theta."""
    import sympy

    shapes = {"log": sympy.log(theta), "log1m": sympy.log(1 - theta), "linear": theta, "inverse": 1 / theta}
    parts = dict.fromkeys(shapes, sympy.Integer(0))
    for term in sympy.Add.make_args(sympy.expand(driven)):
        name = next((name for name, shape in shapes.items() if not (term / shape).has(theta)), None)
        if name is None:
            return None
        parts[name] += term / shapes[name]
    there = {name for name, part in parts.items() if part != 0}
    log, none = parts["log"], sympy.Integer(0)
    if there == {"log", "log1m"}:
        return Form.CROSS_ENTROPY, -log, theta, sympy.Integer(1), none, sympy.factor(-parts["log1m"])
    if there == {"log", "linear"} and log.free_symbols & data and not parts["linear"].free_symbols & data:
        mean = parts["linear"] * theta
        return Form.POISSON, -log, mean, sympy.Integer(1), -log * sympy.log(parts["linear"]), None
    other = parts["linear"] if there == {"log", "linear"} else parts["inverse"]
    if there not in ({"log", "linear"}, {"log", "inverse"}) or log.free_symbols & data:
        return None
    factor = log if there == {"log", "inverse"} else -log
    own, target = other.as_independent(*data, as_Add=False)
    inverse = theta if there == {"log", "inverse"} else 1 / theta
    if not target.free_symbols & data:
        return None
    return Form.GAMMA, target, inverse * factor / own, factor, -factor * sympy.log(factor / own), None


def _term(expression: Any, names: tuple[str, ...]) -> Term:
    import sympy
    from scipy import special

    from likelihood_kit.calculus.trace import symbol

    used = tuple(name for name in names if symbol(name) in expression.free_symbols)
    functions = {"absolute": np.abs, "loggamma": special.gammaln, "special": special, "np": np}
    function = sympy.lambdify([symbol(name) for name in used], expression, modules=[functions, "scipy", "numpy"])
    return Term(as_notation(expression), used, lambda values: function(*(values[name] for name in used)))
