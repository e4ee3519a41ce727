"""What the functions beneath a family may ask of it: they know this and not the class, which calls them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from likelihood_kit.calculus import Formula, Kernels
from likelihood_kit.families.law import Law
from likelihood_kit.parameters import Space


class Handle(Protocol):
    """A law in chosen coordinates, with some quantities held fixed; each attribute is documented in `Family`."""

    law: Law
    spaces: dict[str, Space]
    fixed: dict[str, float]
    parameter_names: tuple[str, ...]

    @property
    def name(self) -> str: ...

    @property
    def coordinate_names(self) -> tuple[str, ...]: ...

    @property
    def chosen_links(self) -> Mapping[str, str]: ...

    @property
    def support(self) -> Space: ...

    @property
    def discrete(self) -> bool: ...

    @property
    def moving(self) -> tuple[str, ...]: ...

    @property
    def regular(self) -> bool: ...

    @property
    def smooth(self) -> bool: ...

    @property
    def kernels(self) -> Kernels: ...

    @property
    def formula(self) -> Formula: ...

    @property
    def free(self) -> tuple[int, ...]: ...

    def require_regular(self, what: str) -> None: ...
