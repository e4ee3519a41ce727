"""A law out of a class body.

The class body declares the law; the methods of `Family` are what a user calls, in any coordinates, with some parameters
fixed. Both use the same names (`log_density`, `sample`, ...), so the author's functions are moved from the class into a
`Law` when the class is made.
"""

from __future__ import annotations

import inspect
import keyword
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from likelihood_kit.calculus import DATUM
from likelihood_kit.errors import FormulaError, near_names
from likelihood_kit.families.law import CLOSED_FORMS, ESTIMATES, LEADING, Coordinates, Law, UniqueMaximum
from likelihood_kit.parameters import Known, Observed, Space

#: What a class body may say besides quantities and functions.
_PLAIN = ("support", "predicted", "typical", "regular", "smooth", "unbounded", "remark", "theorems")
#: Names that a quantity cannot have: the response's, those of the arguments of `Family`, and what a body says.
TAKEN = (DATUM, "parameters", "links", "given", "law", *_PLAIN)


def declare(cls: type, inherited: Law | None) -> Law | None:
    """Law of a family class: its parent's, with what its own body adds; None where it declares none.

    The author's attributes are taken out of the class, so that the user's methods of the same names show.

    Raises
    ------
    FormulaError
        Where the body contradicts itself; the message names the class and the attribute.
    """
    body = {name: _plain(value) for name, value in vars(cls).items()}
    spaces = {name: value for name, value in body.items() if isinstance(value, Space) and name != "support"}
    known = {name: value.space for name, value in body.items() if isinstance(value, Known)}
    observed = {name: value.space for name, value in body.items() if isinstance(value, Observed)}
    declared = {*spaces, *known, *observed}
    # A quantity may be called `start`.
    names = [name for name in ("log_density", *CLOSED_FORMS, *ESTIMATES) if name in body and name not in declared]
    functions = {name: body[name] for name in names}
    coordinates = {tuple(value.spaces): value for value in body.values() if isinstance(value, Coordinates)}
    plain = {name: body[name] for name in _PLAIN if name in body}
    if not (spaces or known or observed or functions or coordinates or plain):
        return inherited
    # New parameters make a new law: nothing that spoke of the old ones is kept.
    if spaces or inherited is None:
        _check_body(cls.__name__, spaces, functions)
        inherited = Law(cls.__name__, functions["log_density"], spaces, Space())
    # Another formula is another law: closed forms, estimates and theorems of the old one do not hold for it.
    if "log_density" in functions:
        inherited = replace(
            inherited,
            log_density=functions.pop("log_density"),
            functions={},
            theorems=(),
            regular=None,
            smooth=None,
            unbounded="",
            remark="",
            origin=f"{cls.__module__}:{cls.__qualname__}",
        )
    if isinstance(plain.get("theorems"), UniqueMaximum):
        plain["theorems"] = (plain["theorems"],)
    law = replace(
        inherited,
        name=cls.__name__,
        known={**inherited.known, **known},
        observed={**inherited.observed, **observed},
        functions={**inherited.functions, **functions},
        coordinates={**inherited.coordinates, **coordinates},
        **plain,
    )
    law = law if law.predicted else replace(law, predicted=next(iter(law.parameters)))
    for name, value in body.items():
        if name in (*functions, *plain, "log_density") or isinstance(value, (Space, Known, Observed, Coordinates)):
            delattr(cls, name)
    check(law)
    return law


def _plain(value: Any) -> Any:
    return inspect.unwrap(value.__func__) if isinstance(value, staticmethod) else value


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
    for quantity in (*law.observed, *law.quantities):
        if quantity in TAKEN or keyword.iskeyword(quantity):
            raise FormulaError(f"family {name}: {quantity!r} cannot be the name of a quantity; choose another")
    for column in law.observed:
        if column.startswith("_"):
            raise FormulaError(f"family {name}: a column of the response cannot begin with an underscore: {column!r}")
    signature = law.arguments
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


def _variadic(function: Any) -> bool:
    kinds = {parameter.kind for parameter in inspect.signature(function).parameters.values()}
    return bool(kinds & {inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD})
