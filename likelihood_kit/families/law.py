"""A law as a value: its formula, the quantities in it with their spaces, its support, its closed forms.

A class body is one way to write a law down (`declare`), composition of laws another (`compositions`); a `Family` is the
user's handle on it. Each name in a formula is a column of the response, which is random, or a quantity, which is not:
free (estimated), fixed (one number) or given (known for each row).
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np

from likelihood_kit.calculus import DATUM, Formula, as_array, called, real
from likelihood_kit.families import returned
from likelihood_kit.families.coordinates import Coordinates
from likelihood_kit.families.maximum import Unbounded, UniqueMaximum
from likelihood_kit.parameters import Space

#: Where the kit's own laws are written: what they declare, the tests hold to the formula. What compositions make of a
#: law's own functions is tried with that law.
OF_THE_KIT = "likelihood_kit.families."
CATALOGUE = "likelihood_kit.families.catalogue."


@dataclass(frozen=True)
class Case:
    """Rows whose log density is a formula of their own: where a column of the response has a value.

    Attributes
    ----------
    column : str
    value : float
    law : Law
        Its log density is that of these rows, without the column; no law of a response of its own where what is known
        of a row is that it lies beyond a limit.
    """

    column: str
    value: float
    law: Law


@dataclass(frozen=True, eq=False)
class Law:
    """A law in its canonical parameters.

    Attributes
    ----------
    name : str
        Of the class that wrote the log density.
    log_density : callable
        Elementwise: the response, then further columns of it and quantities by name.
    parameters : dict of name to space, in order
        What may be estimated.
    support : Space
        Of the first column of the response; its ends may move with quantities.
    observed : dict of name to space
        Further columns of the response.
    known : dict of name to space
        Quantities that are never estimated.
    functions : dict of the author's functions, by the names in `returned.CLOSED_FORMS` and `ESTIMATES`
    coordinates : dict of tuple of names to `Coordinates`
    predicted : str
        Parameter that predictors drive.
    typical : dict of name to (low, high)
        Box of ordinary parameter values, from which the laws are tested.
    regular, smooth : bool, or callable of some parameters by name, or None
        Where a Cramer-Rao bound holds, and where the Hessian carries it too; None to find out.
    theorems : tuple of UniqueMaximum
    unbounded : Unbounded or str
        Where the likelihood of continuous data has no bound, in words; empty where it has one, or nothing is known.
    remark : str
        What a summary must say of the spaces of the parameters, as a sentence without its full stop; empty for nothing.
    origin : str
        Module and name of the class that wrote the log density; empty for a composition.
    opaque : dict of str to callable
        Functions in the formula that have no symbolic form but know their derivatives.
    pattern : str
        How a composition is written around its part, such as "censored({})".
    added : tuple of str
        Known quantities that a composition added to those of its part.
    cases : tuple of Case
        Formulas of parts of the rows that together are the log density; none where it is one formula.
    position : callable or None
        Where the datum is the distance from an end of the support: the value at it, of the arguments in their order.
    """

    name: str
    log_density: Callable[..., Any]
    parameters: Mapping[str, Space]
    support: Space
    observed: Mapping[str, Space] = field(default_factory=dict)
    known: Mapping[str, Space] = field(default_factory=dict)
    functions: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    coordinates: Mapping[tuple[str, ...], Coordinates] = field(default_factory=dict)
    predicted: str = ""
    typical: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    regular: bool | Callable[..., Any] | None = None
    smooth: bool | Callable[..., Any] | None = None
    theorems: tuple[UniqueMaximum, ...] = ()
    unbounded: Unbounded | str = ""
    remark: str = ""
    origin: str = ""
    opaque: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    pattern: str = "{}"
    added: tuple[str, ...] = ()
    cases: tuple[Case, ...] = ()
    position: Callable[..., Any] | None = None

    @property
    def title(self) -> str:
        """Name of the law with what it is composed with, such as `censored(Gamma)`."""
        return self.pattern.format(self.name)

    def __post_init__(self) -> None:
        # Families of a class share its law.
        for name in self.__dataclass_fields__:
            if isinstance(getattr(self, name), Mapping):
                object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))

    def __getstate__(self) -> dict[str, Any]:
        kept = {**self.__dataclass_fields__, "kept_sources": None}
        state = {name: value for name, value in vars(self).items() if name in kept}
        return {name: dict(value) if isinstance(value, Mapping) else value for name, value in state.items()}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self.__post_init__()

    @cached_property
    def kept_kernels(self) -> dict[tuple[str, ...], Any]:
        """Kernels compiled so far, by coordinates."""
        return {}

    @cached_property
    def kept_slopes(self) -> dict[tuple[str, ...], Any]:
        """Derivatives of the maps to canonical parameters compiled so far, by coordinates."""
        return {}

    @cached_property
    def kept_answers(self) -> dict[tuple[Any, ...], Any]:
        """Answers to questions about the law that take long to find."""
        return {}

    @cached_property
    def kept_compositions(self) -> dict[tuple[Any, ...], Law]:
        """Laws composed of this one so far, with the kernels that were derived for them."""
        return {}

    @cached_property
    def kept_sources(self) -> dict[tuple[str, ...], str]:
        """Source of kernels derived so far, by coordinates; it travels with the law."""
        return {}

    @cached_property
    def arguments(self) -> tuple[str, ...]:
        """Names in the log density, in the order of its signature; the response goes by `DATUM`."""
        return (DATUM, *tuple(inspect.signature(self.log_density).parameters)[1:])

    @cached_property
    def data(self) -> tuple[str, ...]:
        """Names in the log density that are no parameters."""
        return tuple(name for name in self.arguments if name not in self.parameters)

    @property
    def response(self) -> tuple[str, ...]:
        """Columns of the response."""
        return (DATUM, *self.observed)

    @cached_property
    def quantities(self) -> Mapping[str, Space]:
        """Known quantities and parameters, with their spaces."""
        return MappingProxyType({**self.known, **self.parameters})

    @property
    def whole(self) -> bool:
        """Whether the law lives on whole numbers."""
        return self.support.whole

    @cached_property
    def is_of_the_kit(self) -> bool:
        """Whether it is written in the kit's own catalogue, and not composed."""
        return self.origin.startswith(CATALOGUE)

    def is_function_of_the_kit(self, name: str) -> bool:
        """Whether a function of the law is written in the kit: one of the catalogue's, or of a composition."""
        return f"{getattr(self.functions[name], '__module__', '')}.".startswith(OF_THE_KIT)

    def call(self, name: str, leading: tuple[Any, ...], values: Mapping[str, Any]) -> Any:
        """An author's function at its leading arguments and the values, by name, of what else it takes.

        Raises
        ------
        FormulaError
            Where it fails, or returns what it must not; names the family and the function.
        """
        if name != "sample":
            leading = tuple(as_array(argument) for argument in leading)
        operands = (*leading, *(as_array(values[argument]) for argument in self.takes(name)))
        function = self.functions[name]
        if f"{function.__module__}.".startswith(CATALOGUE):  # the tests check what these return
            return function(*operands)
        found = called(function, operands, f"family {self.title}: {name}")
        return returned.checked(self.title, name, found, operands, tuple(self.parameters), self.response)

    def takes(self, name: str) -> tuple[str, ...]:
        """Names of the quantities that an author's function takes."""
        if name not in self._taken:
            self._taken[name] = tuple(inspect.signature(self.functions[name]).parameters)[
                len(returned.LEADING.get(name, (DATUM,))) :
            ]
        return self._taken[name]

    @cached_property
    def _taken(self) -> dict[str, tuple[str, ...]]:
        return {}

    def density_at(self, data: Mapping[str, Any], values: Mapping[str, Any]) -> np.ndarray:
        """Log density by the author's own code, at the data and the canonical values by name."""
        operands = {**values, **data}
        with np.errstate(all="ignore"):
            found = called(self.log_density, (as_array(operands[name]) for name in self.arguments), self.label)
            return real(found, self.label)

    @property
    def label(self) -> str:
        """What its log density is called in messages."""
        return f"family {self.name}: log_density"

    def spaces_in(self, names: tuple[str, ...]) -> Mapping[str, Space]:
        """Spaces of the parameters in the coordinates of these names."""
        return self.coordinates[names].spaces if names in self.coordinates else self.parameters

    def canonical(self, names: tuple[str, ...], values: Mapping[str, Any]) -> Mapping[str, Any]:
        """Canonical parameters by name, from values by name of the coordinates of these names."""
        if names not in self.coordinates:
            return {name: values[name] for name in self.parameters}
        with np.errstate(all="ignore"):
            at = (values[name] for name in names)
            return called(self.coordinates[names].to_canonical, at, f"family {self.name}: to_canonical")

    def in_coordinates(self, names: tuple[str, ...], values: Mapping[str, Any]) -> Mapping[str, Any]:
        """Coordinates of these names, by name, from values by name of the canonical parameters."""
        if names not in self.coordinates:
            return {name: values[name] for name in self.parameters}
        with np.errstate(all="ignore"):
            at = (values[name] for name in self.parameters)
            return called(self.coordinates[names].from_canonical, at, f"family {self.name}: from_canonical")

    def formula(self, names: tuple[str, ...]) -> Formula:
        """The log density in the coordinates of these names."""
        coordinates = self.coordinates.get(names)
        bounded = {DATUM: self.support, **self.observed, **self.known, **self.spaces_in(names)}
        return Formula(
            self.log_density,
            self.arguments,
            self.data,
            tuple(self.parameters),
            names,
            None if coordinates is None else coordinates.to_canonical,
            tuple(name for name, space in bounded.items() if space.numbers[0] >= 0),
            self.opaque,
            tuple(self.known),
            tuple(space.numbers for space in self.spaces_in(names).values()),
            self.label,
            self.position,
        )


def with_signature(function: Callable[..., Any], names: Sequence[str]) -> Callable[..., Any]:
    """A function of positional operands that says what they are called.

    A quantity keeps its name; a leading argument of the same name (`size` of a sampler) gets another.
    """

    def named(*operands: Any) -> Any:
        return function(*operands)

    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    distinct = [f"{name}_{i}" if name in names[i + 1 :] else name for i, name in enumerate(names)]
    named.__signature__ = inspect.Signature([inspect.Parameter(name, kind) for name in distinct])  # type: ignore[attr-defined]
    named.__qualname__ = named.__name__ = function.__name__
    return named
