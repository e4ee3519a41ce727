"""A law in chosen coordinates, with links and some of its quantities held fixed: what it is, before any computation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from types import MappingProxyType
from typing import Any, Self

from likelihood_kit.calculus import Formula, Kernels
from likelihood_kit.errors import ParameterError
from likelihood_kit.families import compiled, moments, operands, regularity, transport
from likelihood_kit.families.coordinates import Coordinates
from likelihood_kit.families.law import Law
from likelihood_kit.families.scipy_names import SCIPY_NAMES
from likelihood_kit.links import Link
from likelihood_kit.parameters import Space


class Chosen:
    """A law, the coordinates in use, their links, and the quantities that are held fixed."""

    law: Law = None
    spaces: Mapping[str, Space]
    fixed: Mapping[str, float]
    parameter_names: tuple[str, ...]
    links: Mapping[str, Link]
    _coordinates: tuple[str, ...]
    _links: Mapping[str, str]

    def __init__(
        self, /, parameters: Sequence[str] | None = None, links: Mapping[str, str] | None = None, **fixed: float
    ) -> None:
        if self.law is None:
            raise ParameterError("Family is the base class: use a family of the catalogue, or declare one of your own")
        # Read only, and past `__setattr__`: a family is a value, which others share.
        mine = self.__dict__
        mine["_coordinates"] = operands.checked_coordinates(self.law, parameters)
        mine["spaces"] = MappingProxyType(dict(self.law.spaces_in(self._coordinates)))
        mine["_links"] = operands.checked_links(self.law, links, self.spaces, fixed)
        mine["fixed"] = operands.checked_fixed(self.law, fixed, self.spaces)
        mine["parameter_names"] = tuple(name for name in self._coordinates if name not in fixed)
        mine["links"] = MappingProxyType(
            {name: self.spaces[name].link(self._links.get(name)) for name in self.parameter_names}
        )

    @classmethod
    def of(
        cls, law: Law, parameters: Sequence[str] | None, links: Mapping[str, str], fixed: Mapping[str, float]
    ) -> Self:
        """Handle on a law that no class body wrote."""
        family = object.__new__(cls)
        family.__dict__["law"] = law
        family.__init__(parameters, links, **fixed)  # type: ignore[misc]
        return family

    @property
    def name(self) -> str:
        """Name of the law."""
        return self.law.title

    @property
    def available_parameters(self) -> tuple[tuple[str, ...], ...]:
        """All coordinates of this law, the canonical ones first."""
        return (tuple(self.law.parameters), *self.law.coordinates)

    @property
    def coordinate_names(self) -> tuple[str, ...]:
        """All parameters of the coordinates in use, the fixed ones included."""
        return self._coordinates

    @property
    def chosen_links(self) -> Mapping[str, str]:
        """Links that were asked for, by parameter."""
        return self._links

    @property
    def support(self) -> Space:
        """Where the density is positive."""
        return self.law.support

    @property
    def discrete(self) -> bool:
        """Whether the law lives on whole numbers."""
        return self.law.whole

    @cached_property
    def moving(self) -> tuple[str, ...]:
        """Free parameters with which the support moves: the one that is declared, and the formula's own."""
        names = [name for name in self.support.depends_on if name in self.law.parameters]
        if self._in_use is None:
            names = [name for name in names if name not in self.fixed]
        return (*names, *(name for name in self.kernels.moving if name not in (*names, *self.fixed)))

    @cached_property
    def regular(self) -> bool:
        """Whether a Cramer-Rao bound holds: the score has mean zero and a finite variance."""
        return regularity.is_regular(self)

    @cached_property
    def smooth(self) -> bool:
        """Whether the family is regular and its Hessian carries the information: E[s s'] = -E[Hessian]."""
        return regularity.is_smooth(self)

    @property
    def predicted(self) -> str | None:
        """Parameter that predictors drive; None where it is held fixed."""
        name = self.law.predicted if self._in_use is None else next(iter(self._in_use.spaces))
        return name if name in self.parameter_names else None

    def predicts_mean(self) -> bool:
        """Whether the predicted parameter is the expectation of Y."""
        return moments.predicts_mean(self)

    @property
    def derivatives(self) -> str:
        """Where score and Hessian come from: "symbolic" or "numeric"."""
        return self.kernels.derivatives

    @property
    def kernels(self) -> Kernels:
        """Kernels in the coordinates in use, for all of `coordinate_names`, fixed ones included."""
        return compiled.kernels(self.law, self._coordinates)

    @cached_property
    def formula(self) -> Formula:
        """The author's log density, in the coordinates in use."""
        return self.law.formula(self._coordinates)

    @cached_property
    def free(self) -> tuple[int, ...]:
        """Positions of the free parameters among `coordinate_names`."""
        return tuple(i for i, name in enumerate(self._coordinates) if name not in self.fixed)

    def __repr__(self) -> str:
        arguments = [] if self._in_use is None else [f"parameters={self._coordinates}"]
        arguments += [f"links={dict(self._links)}"] if self._links else []
        added = [f", {name}={value:g}" for name, value in self.fixed.items() if name in self.law.added]
        arguments += [f"{name}={value:g}" for name, value in self.fixed.items() if name not in self.law.added]
        text = self.law.pattern.format(f"{self.law.name}({', '.join(arguments)})")
        return f"{text.removesuffix(')')}{''.join(added)})" if added else text

    def __getattr__(self, name: str) -> Any:
        if name in SCIPY_NAMES:
            raise AttributeError(f"a family has no {name}: it is called {SCIPY_NAMES[name]}")
        # Where a property fails for want of an attribute inside it, its own error, not that there is no such property.
        return object.__getattribute__(self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"{name} of {self!r} cannot be set: a family is a value; make another, or a class of it")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{name} of {self!r} cannot be deleted: a family is a value")

    def __reduce__(self) -> tuple[Any, ...]:
        return transport.restore, (transport.packed(self),)

    def __deepcopy__(self, memo: Any) -> Self:
        return self  # nothing in it changes

    @property
    def _in_use(self) -> Coordinates | None:
        return self.law.coordinates.get(self._coordinates)

    def require_regular(self, what: str) -> None:
        """Refuse a quantity that exists only for regular families.

        Raises
        ------
        NotAvailableError
            Where the family is not regular; says why.
        """
        regularity.require(self, what)
