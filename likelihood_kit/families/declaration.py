"""What the author of a family writes, collected and checked.

The author's class body declares the law in its canonical parameters; the methods of `Family` are what a user calls, in
any coordinates, with some parameters fixed. Both use the same names (`log_density`, `sample`, ...), so the author's
functions are moved from the class into a `Declaration` when the class is made.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from likelihood_kit.errors import FormulaError, near_names
from likelihood_kit.parameters import Space

#: Functions an author may write, each a static method, with what its leading arguments are called here.
#: All but `log_density` are optional; all take and return arrays that broadcast.
CLOSED_FORMS: Mapping[str, tuple[str, ...]] = {
    "log_density": ("y",),  # -> log f(y)
    "expected_information": (),  # -> p (p + 1) / 2 entries, lower triangle by rows, of one observation
    "sample": ("rng", "size"),  # -> array of shape size
    "cdf": ("y",),
    "ppf": ("q",),
    "moments": (),  # -> (mean, variance)
}
#: Estimates from samples `y` of shape (..., n), as a dict of arrays (...).
ESTIMATES: tuple[str, ...] = (
    "start",  # near the maximum of the likelihood; a moment or quantile estimate
    "method_of_moments",  # the estimator of that name
    "maximum_likelihood",  # in closed form; only where Newton's method cannot go (a support that moves)
)


@dataclass(frozen=True)
class Coordinates:
    """Other parameters of the same law, related to the canonical ones by two maps.

    Attributes
    ----------
    spaces : dict of name to space, in order; the first is the one that predictors drive
    to_canonical : callable
        `to_canonical(*coordinates)` -> dict of canonical values; plain NumPy, elementwise.
    from_canonical : callable
        `from_canonical(*canonical)` -> dict of coordinate values.
    """

    spaces: Mapping[str, Space]
    to_canonical: Callable[..., Mapping[str, Any]]
    from_canonical: Callable[..., Mapping[str, Any]]


@dataclass(frozen=True)
class Declaration:
    """The law as its author declared it, in canonical parameters.

    Attributes
    ----------
    spaces : dict of parameter name to space, in order
    support : Space
    functions : dict of the author's functions, by the names in `CLOSED_FORMS` and `ESTIMATES`
    coordinates : dict of tuple of names to `Coordinates`
    predicted : str
        Parameter that predictors drive.
    typical : dict of name to (low, high)
        Box of ordinary parameter values, from which the laws are tested.
    origin : str
        Module of the class that wrote the log density.
    """

    spaces: Mapping[str, Space] = field(default_factory=dict)
    support: Space = field(default_factory=Space)
    functions: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    coordinates: Mapping[tuple[str, ...], Coordinates] = field(default_factory=dict)
    predicted: str = ""
    typical: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    origin: str = ""


def declare(cls: type, inherited: Declaration) -> Declaration:
    """Declaration of a family class: its parent's, with what its own body adds.

    The author's attributes are taken out of the class, so that the user's methods of the same names show.

    Raises
    ------
    FormulaError
        Where the body contradicts itself; the message names the class and the attribute.
    """
    body = dict(vars(cls))
    changes: dict[str, Any] = {}
    spaces = {name: value for name, value in body.items() if isinstance(value, Space) and name != "support"}
    if spaces:
        # New parameters make a new law: nothing that spoke of the old ones is kept.
        inherited = Declaration()
        changes["spaces"] = spaces
    coordinates = {tuple(v.spaces): v for v in body.values() if isinstance(v, Coordinates)}
    functions = {
        name: inspect.unwrap(body[name].__func__ if isinstance(body[name], staticmethod) else body[name])
        for name in (*CLOSED_FORMS, *ESTIMATES)
        if name in body
    }
    if "log_density" in functions:
        changes["origin"] = cls.__module__
        # Another formula is another law: closed forms and estimates of the old one do not hold for it.
        inherited = replace(inherited, functions={})
    for name in ("support", "predicted", "typical"):
        if name in body:
            changes[name] = body[name]
    declaration = replace(
        inherited,
        **changes,
        functions={**inherited.functions, **functions},
        coordinates={**inherited.coordinates, **coordinates},
    )
    if not declaration.predicted and declaration.spaces:
        declaration = replace(declaration, predicted=next(iter(declaration.spaces)))
    taken = [name for name, value in body.items() if isinstance(value, (Space, Coordinates))]
    for name in {*taken, *functions, *(set(changes) & {"predicted", "typical"})} & set(body):
        delattr(cls, name)
    if declaration != Declaration():
        # One that declares nothing is refused when it is used: as such an empty shell, filled afterwards, a class of
        # the main script is rebuilt in another process.
        _check(cls.__name__, declaration)
    return declaration


def _check(name: str, declaration: Declaration) -> None:
    if not declaration.spaces:
        raise FormulaError(f"family {name} declares no parameter; write for instance `scale = lk.Positive()`")
    if "log_density" not in declaration.functions:
        raise FormulaError(f"family {name} has no log_density(y, {', '.join(declaration.spaces)})")
    parameters = tuple(declaration.spaces)
    for function, leading in CLOSED_FORMS.items():
        if function not in declaration.functions:
            continue
        signature = tuple(inspect.signature(declaration.functions[function]).parameters)
        if signature[len(leading) :] != parameters:
            wanted = ", ".join((*leading, *parameters))
            raise FormulaError(
                f"family {name}: {function}({', '.join(signature)}) does not take the declared parameters in their "
                f"order; write {function}({wanted})"
            )
    for end in declaration.support.moving:
        if end not in parameters:
            raise FormulaError(
                f"family {name}: the support ends at {end!r}, which is no parameter: {near_names(end, parameters)}"
            )
    if declaration.predicted not in parameters:
        raise FormulaError(
            f"family {name}: predicted = {declaration.predicted!r} is no parameter: "
            f"{near_names(declaration.predicted, parameters)}"
        )
