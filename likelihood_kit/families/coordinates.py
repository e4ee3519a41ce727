"""Other coordinates of a law: their spaces, and the maps to and from its canonical parameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from likelihood_kit.errors import ArgumentError, shown
from likelihood_kit.parameters import Space, require_space


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

    def __post_init__(self) -> None:
        if not isinstance(self.spaces, Mapping) or not self.spaces:
            raise ArgumentError(f"Coordinates: spaces must be a dict of name to space, not {shown(self.spaces)}")
        for name, space in self.spaces.items():
            if not isinstance(name, str) or not name.isidentifier():
                raise ArgumentError(f"Coordinates: {shown(name)} is no name of a parameter")
            require_space(f"Coordinates: {name}", space)
            if space.whole:
                raise ArgumentError(f"Coordinates: {name}: a parameter that is estimated is no whole number")
        for what in ("to_canonical", "from_canonical"):
            if not callable(getattr(self, what)):
                raise ArgumentError(f"Coordinates: {what} = {shown(getattr(self, what))} must be a function")
        object.__setattr__(self, "spaces", MappingProxyType(dict(self.spaces)))

    def __reduce__(self) -> tuple[Any, ...]:
        # A read-only view does not pickle.
        return Coordinates, (dict(self.spaces), self.to_canonical, self.from_canonical)
