"""What the derived quantities of a family need to know of it: less than the whole contract, and below it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Protocol

from likelihood_kit.calculus import Formula, Kernels
from likelihood_kit.families.declaration import Declaration
from likelihood_kit.parameters import Space


class Law(Protocol):
    """A declared law in the coordinates in use, some of its parameters held fixed."""

    declaration: ClassVar[Declaration]
    spaces: dict[str, Space]
    fixed: dict[str, float]
    parameter_names: tuple[str, ...]

    @property
    def name(self) -> str:
        """Name of the law."""

    @property
    def coordinate_names(self) -> tuple[str, ...]:
        """All parameters, the fixed ones included."""

    @property
    def support(self) -> Space:
        """Where the density is positive."""

    @property
    def discrete(self) -> bool:
        """Whether the law lives on whole numbers."""

    @property
    def regular(self) -> bool:
        """Whether Fisher information exists."""

    @property
    def formula(self) -> Formula:
        """The author's log density."""

    @property
    def kernels(self) -> Kernels:
        """Kernels for all parameters."""

    def canonical(self, theta: Mapping[str, Any]) -> dict[str, Any]:
        """Canonical parameters from the free ones."""

    def require_regular(self, what: str) -> None:
        """Refuse what exists only for regular families."""
