"""What compositions have in common: the part that they are made of, and how its formula is taken over."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import numpy as np

from likelihood_kit.calculus import DATUM
from likelihood_kit.errors import ArgumentError, NotAvailableError, near_names
from likelihood_kit.families.family import Family
from likelihood_kit.families.law import Law
from likelihood_kit.families.named import checked_family
from likelihood_kit.parameters import Space


def checked_part(family: Any, what: str) -> Law:
    """Law of a family that may be composed.

    Raises
    ------
    ArgumentError, NotAvailableError
        For what is no family, or a response of several columns.
    """
    checked_family(family, f"{what}: its part")
    if family.law.observed:
        raise NotAvailableError(
            f"{what}: the response of {family!r} has further columns ({', '.join(family.law.observed)}); compose the "
            "other way round: truncate first, then censor"
        )
    return family.law


def refuse_others(what: str, others: Mapping[str, Any], elsewhere: Mapping[str, tuple[str, ...]]) -> None:
    """Refuse arguments that a composition does not know; `elsewhere` is what its own are called in other programs."""
    for name in others:
        meant = next((own for own, words in elsewhere.items() if name in words), None)
        says = f"did you mean {meant!r}?" if meant else near_names(name, elsewhere)
        raise ArgumentError(f"{what} takes no argument {name!r}: {says}")


def kept(law: Law, key: tuple[Any, ...], compose: Callable[[], Law]) -> Law:
    """A composition of a law, made once: its kernels are derived once however often it is asked for."""
    if key not in law.kept_compositions:
        law.kept_compositions[key] = compose()
    return law.kept_compositions[key]


def with_support(law: Law, support: Space) -> Law:
    """The law on a support whose ends are numbers, where quantities that are held fixed determine them."""
    if support.depends_on == law.support.depends_on:
        return law
    return kept(law, ("support", support), lambda: replace(law, support=support))


def over(family: Family, law: Law, fixed: Mapping[str, float] = MappingProxyType({})) -> Family:
    """Handle on a composed law, with what was chosen for its part, and values of what the composition added."""
    coordinates = None if family.coordinate_names == tuple(family.law.parameters) else family.coordinate_names
    return Family.of(law, coordinates, family.chosen_links, {**family.fixed, **fixed})


def density_of(law: Law) -> Callable[..., Any]:
    """Log density `(y, values)` of a law, of quantities by name."""

    def density(y: Any, values: Any) -> Any:
        return law.log_density(*({**values, DATUM: y}[name] for name in law.arguments))

    return density


def log_difference(larger: Any, smaller: Any) -> Any:
    """Logarithm of `exp(larger) - exp(smaller)`."""
    return larger + np.log(-np.expm1(smaller - larger))
