"""A law out of a class body.

The class body declares the law; the methods of `Family` are what a user calls, in any coordinates, with some parameters
fixed. Both use the same names (`log_density`, `sample`, ...), so the author's functions are moved from the class into a
`Law` when the class is made.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from likelihood_kit.calculus import DATUM
from likelihood_kit.errors import FormulaError, near_names
from likelihood_kit.families.class_body import FUNCTIONS, PLAIN, check_body, check_name, unwrapped
from likelihood_kit.families.coordinates import Coordinates
from likelihood_kit.families.law import Law
from likelihood_kit.families.maximum import Unbounded, UniqueMaximum
from likelihood_kit.families.returned import CLOSED_FORMS, LEADING
from likelihood_kit.links import known_links
from likelihood_kit.parameters import Known, Observed, Space


def declare(cls: type, inherited: Law | None, methods: Iterable[str]) -> Law | None:
    """Law of a family class: its parent's, with what its own body adds; None where it declares none.

    The author's attributes are taken out of the class, so that the user's `methods` of the same names show.

    Raises
    ------
    FormulaError
        Where the body contradicts itself; the message names the class and the attribute.
    """
    laws = {id(law): base.__name__ for base in cls.__bases__ if (law := getattr(base, "law", None)) is not None}
    if len(laws) > 1:
        raise FormulaError(
            f"family {cls.__name__} has the parents {' and '.join(laws.values())}, which are different laws: it can "
            "only be one; write a family of one of them, or a log density of its own"
        )
    check_body(cls, methods)
    body = {name: unwrapped(value) for name, value in vars(cls).items()}
    spaces = {name: value for name, value in body.items() if isinstance(value, Space) and name != "support"}
    known = {name: value.space for name, value in body.items() if isinstance(value, Known)}
    observed = {name: value.space for name, value in body.items() if isinstance(value, Observed)}
    declared = {*spaces, *known, *observed}
    # A quantity may be called `start`.
    names = [name for name in FUNCTIONS if name in body and name not in declared]
    functions = {name: body[name] for name in names}
    declared_coordinates = [value for value in body.values() if isinstance(value, Coordinates)]
    coordinates = {tuple(value.spaces): value for value in declared_coordinates}
    if len(coordinates) < len(declared_coordinates):
        raise FormulaError(f"family {cls.__name__} declares coordinates of the same names twice")
    plain = {name: body[name] for name in PLAIN if name in body}
    if not (spaces or known or observed or functions or coordinates or plain):
        return inherited
    base = _law_of_formula(cls, inherited, spaces, functions, plain.get("support"))
    functions.pop("log_density", None)
    if isinstance(plain.get("theorems"), UniqueMaximum):
        plain["theorems"] = (plain["theorems"],)
    law = replace(
        base,
        name=cls.__name__,
        known={**base.known, **known},
        observed={**base.observed, **observed},
        functions={**base.functions, **functions},
        coordinates={**base.coordinates, **coordinates},
        **plain,
    )
    law = law if law.predicted else replace(law, predicted=next(iter(law.parameters)))
    for name, value in body.items():
        if name in (*functions, *plain, "log_density") or isinstance(value, (Space, Known, Observed, Coordinates)):
            delattr(cls, name)
    check(law)
    return law


def _law_of_formula(
    cls: type,
    inherited: Law | None,
    spaces: Mapping[str, Space],
    functions: Mapping[str, Any],
    support: Space | None,
) -> Law:
    """The law that a body adds to: its parent's, or a new one of its own parameters, formula or support."""
    # New parameters make a new law: nothing that spoke of the old ones is kept.
    if spaces or inherited is None:
        _check_body(cls.__name__, spaces, functions)
        inherited = Law(cls.__name__, functions["log_density"], spaces, Space())
    if "log_density" not in functions and support in (None, inherited.support):
        return inherited
    # Another formula or support is another law: closed forms, estimates and theorems of the old one do not hold for it.
    return replace(
        inherited,
        log_density=functions.get("log_density", inherited.log_density),
        functions={},
        theorems=(),
        regular=None,
        smooth=None,
        unbounded="",
        remark="",
        origin=f"{cls.__module__}:{cls.__qualname__}",
    )


def _check_body(name: str, spaces: Mapping[str, Space], functions: Mapping[str, Any]) -> None:
    if not spaces:
        raise FormulaError(f"family {name} declares no parameter; write for instance `scale = lk.Positive()`")
    if "log_density" not in functions:
        raise FormulaError(f"family {name} has no log_density(y, {', '.join(spaces)})")


def check(law: Law) -> None:
    """Refuse a law that contradicts itself.

    Raises
    ------
    FormulaError
        Names the law and what is wrong in it.
    """
    name = law.name
    signature = law.arguments
    if len(set(signature)) < len(signature):
        written = tuple(inspect.signature(law.log_density).parameters)
        if written[0] in law.quantities:
            raise FormulaError(
                f"family {name}: log_density({', '.join(written)}): the response comes first, whatever it is called: "
                f"write log_density({', '.join((DATUM, *law.observed, *law.quantities))})"
            )
        raise FormulaError(
            f"family {name}: log_density({', '.join(written)}) has one argument "
            f"too many before its quantities; write it as a static method, log_density({', '.join(signature[1:])})"
        )
    declared = (DATUM, *law.observed, *law.quantities)
    needed = (DATUM, *law.parameters)
    unknown = [argument for argument in signature if argument not in declared]
    missing = [argument for argument in needed if argument not in signature]
    if unknown or missing or _variadic(law.log_density):
        raise FormulaError(
            f"family {name}: log_density({', '.join(signature)}) does not take what is declared: write "
            f"log_density({', '.join((DATUM, *law.observed, *law.quantities))})"
            + (f"; {unknown[0]!r} is unknown: {near_names(unknown[0], declared[1:])}" if unknown else "")
        )
    for function in law.functions:
        _check_function(law, function)
    _check_use(law)
    _check_conditions(law)
    for names, coordinates in law.coordinates.items():
        _check_coordinates(law, coordinates)
        if any(set(other) == set(names) for other in law.coordinates if other != names):
            raise FormulaError(f"family {name}: there are two coordinates of the names {', '.join(names)}")
    for end in law.support.depends_on:
        if end not in law.quantities:
            raise FormulaError(
                f"family {name}: the support ends at {end!r}, which is no parameter or known quantity: "
                f"{near_names(end, law.quantities)}"
            )
    if law.predicted not in law.parameters:
        raise FormulaError(
            f"family {name}: predicted = {law.predicted!r} is no parameter: {near_names(law.predicted, law.parameters)}"
        )


def _check_function(law: Law, function: str) -> None:
    """Refuse a closed form or an estimate whose arguments are not what it will be given."""
    signature = tuple(inspect.signature(law.functions[function]).parameters)
    leading = LEADING.get(function, ("y",))
    allowed = law.quantities if function in CLOSED_FORMS else {**law.observed, **law.known}
    # The datum may have any name, but a generator and a size must not change places.
    if len(signature) < len(leading) or (len(leading) > 1 and signature[: len(leading)] != leading):
        raise FormulaError(
            f"family {law.name}: {function}({', '.join(signature)}) begins otherwise than it is called; write "
            f"{function}({', '.join((*leading, *(n for n in allowed if n not in leading)))})"
        )
    for argument in law.takes(function):
        if argument not in allowed:
            raise FormulaError(
                f"family {law.name}: {function} takes {argument!r}, which is no "
                f"{'quantity' if function in CLOSED_FORMS else 'known quantity'} of the law: "
                f"{near_names(argument, allowed)}"
            )


def _check_use(law: Law) -> None:
    """Refuse a known quantity, or a column of the response, that nothing in the law takes."""
    used = {
        *law.arguments,
        *law.support.depends_on,
        *(name for function in law.functions for name in law.takes(function)),
    }
    for declared in (law.regular, law.smooth):
        used |= set(inspect.signature(declared).parameters) if callable(declared) else set()
    for name in (*law.observed, *law.known):
        if name not in used:
            raise FormulaError(f"family {law.name}: {name!r} is declared, but no function of the family takes it")


def _check_conditions(law: Law) -> None:
    """Refuse names in typical values, in conditions and in theorems that are no quantities of the law."""
    _check_names(law, "typical", law.typical, law.quantities)
    for name, (low, high) in law.typical.items():
        first, last = law.quantities[name].numbers
        if not first <= low <= high <= last:
            raise FormulaError(f"family {law.name}: typical: {name} from {low:g} to {high:g} leaves its space")
    for what, condition in (("regular", law.regular), ("smooth", law.smooth)):
        if callable(condition):
            _check_names(law, what, inspect.signature(condition).parameters, law.quantities)
    if isinstance(law.unbounded, Unbounded):
        _check_names(law, "unbounded", law.unbounded.free, law.parameters)
    for theorem in law.theorems:
        _check_names(law, "theorems", theorem.free, law.parameters)
        if theorem.driven:
            _check_names(law, "theorems", (theorem.driven,), theorem.free)
            links = known_links(*law.parameters[theorem.driven].numbers)
            _check_names(law, "theorems", theorem.links, links, "no link of the driven parameter")


def _check_names(
    law: Law, what: str, names: Iterable[str], allowed: Iterable[str], kind: str = "no quantity of the law"
) -> None:
    for name in names:
        if name not in allowed:
            raise FormulaError(
                f"family {law.name}: {what} speaks of {name!r}, which is {kind}: {near_names(name, allowed)}"
            )


def _check_coordinates(law: Law, coordinates: Coordinates) -> None:
    """Refuse coordinates that are the canonical parameters, not as many, or named as a quantity cannot be."""
    names = ", ".join(coordinates.spaces)
    for name in coordinates.spaces:
        check_name(law.name, name, keyword_too=False)
        if name in law.known or name in law.observed:
            raise FormulaError(f"family {law.name}: coordinates ({names}): {name!r} is a known quantity, or observed")
    if set(coordinates.spaces) == set(law.parameters):
        raise FormulaError(f"family {law.name}: coordinates ({names}) have the names of the parameters themselves")
    if len(coordinates.spaces) != len(law.parameters):
        raise FormulaError(
            f"family {law.name}: coordinates ({names}) are not as many as the parameters ({', '.join(law.parameters)})"
        )
    for function, operands in (
        ("to_canonical", tuple(coordinates.spaces)),
        ("from_canonical", tuple(law.parameters)),
    ):
        try:
            inspect.signature(getattr(coordinates, function)).bind(*operands)
        except (TypeError, ValueError):
            raise FormulaError(
                f"family {law.name}: coordinates ({names}): {function} must take {', '.join(operands)}, in this order"
            ) from None


def _variadic(function: Any) -> bool:
    kinds = {parameter.kind for parameter in inspect.signature(function).parameters.values()}
    return bool(kinds & {inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD})
