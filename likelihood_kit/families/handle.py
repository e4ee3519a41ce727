"""What is computed for a family needs to know of it: less than the whole contract, and below it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeVar

from likelihood_kit.calculus import Formula, Kernels
from likelihood_kit.families.law import Law
from likelihood_kit.links import Link
from likelihood_kit.parameters import Space

Answer = TypeVar("Answer")


class Handle(Protocol):
    """A law in the coordinates in use, some of its quantities held fixed."""

    law: Law
    spaces: Mapping[str, Space]
    fixed: Mapping[str, float]
    parameter_names: tuple[str, ...]
    links: Mapping[str, Link]

    @property
    def name(self) -> str:
        """Name of the law."""

    @property
    def coordinate_names(self) -> tuple[str, ...]:
        """All parameters, the fixed ones included."""

    @property
    def chosen_links(self) -> Mapping[str, str]:
        """Links that were asked for, by parameter."""

    @property
    def support(self) -> Space:
        """Where the density is positive."""

    @property
    def discrete(self) -> bool:
        """Whether the law lives on whole numbers."""

    @property
    def moving(self) -> Any:
        """Free parameters with which the support moves."""

    @property
    def regular(self) -> Any:
        """Whether a Cramer-Rao bound holds."""

    @property
    def smooth(self) -> Any:
        """Whether the Hessian carries the information."""

    @property
    def predicted(self) -> str | None:
        """Parameter that predictors drive."""

    @property
    def formula(self) -> Formula:
        """The author's log density."""

    @property
    def free(self) -> tuple[int, ...]:
        """Positions of the free parameters."""

    @property
    def kernels(self) -> Kernels:
        """Kernels for all parameters."""

    def require_regular(self, what: str) -> None:
        """Refuse what exists only for regular families."""


def kept_answer(family: Handle, question: Callable[[Any], Answer]) -> Answer:
    """Answer of a question to a family, which takes long to find; kept with its law for all handles that are the same.

    Coordinates, links and the values that are held fixed may change it.
    """
    fixed, links = sorted(family.fixed.items()), sorted(family.chosen_links.items())
    key = question.__module__, question.__qualname__, family.coordinate_names, tuple(fixed), tuple(links)
    answers = family.law.kept_answers
    if key not in answers:
        answers[key] = question(family)
    found: Answer = answers[key]
    return found
