"""Families: the contract, one file per law, and compositions of laws."""

from typing import TYPE_CHECKING, Any

from likelihood_kit.errors import ArgumentError, near_names
from likelihood_kit.families.catalogue import CATALOGUE
from likelihood_kit.families.compositions import censored, truncated
from likelihood_kit.families.family import Family
from likelihood_kit.families.law import Coordinates, Law, Unbounded, UniqueMaximum
from likelihood_kit.families.roles import Roles, roles_of
from likelihood_kit.families.starts import suggestions

globals().update(CATALOGUE)

if TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        """A family that a type checker cannot know: it is found by looking."""


def find_family(name: str) -> type[Family]:
    """Family of a name, whatever its case, hyphens and underscores.

    Raises
    ------
    ArgumentError
        For an unknown name; lists the near ones.
    """
    plain = {known.lower(): family for known, family in CATALOGUE.items()}
    family = plain.get(name.lower().replace("_", "").replace("-", ""))
    if family is None:
        raise ArgumentError(f"unknown family {name!r}: {near_names(name, CATALOGUE)}")
    return family


__all__ = [
    "CATALOGUE",
    "Coordinates",
    "Family",
    "Law",
    "Roles",
    "Unbounded",
    "UniqueMaximum",
    "censored",
    "find_family",
    "roles_of",
    "suggestions",
    "truncated",
    *CATALOGUE,
]
