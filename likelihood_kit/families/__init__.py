"""Families: the contract, one file per law, and compositions of laws."""

from typing import TYPE_CHECKING

from likelihood_kit.errors import ArgumentError, near_names, shown
from likelihood_kit.families.catalogue import CATALOGUE
from likelihood_kit.families.compositions import censored, truncated
from likelihood_kit.families.coordinates import Coordinates
from likelihood_kit.families.estimates import derived_start
from likelihood_kit.families.family import Family
from likelihood_kit.families.handle import kept_answer
from likelihood_kit.families.law import Law
from likelihood_kit.families.maximum import Unbounded, UniqueMaximum
from likelihood_kit.families.named import advice, checked_family, to_come
from likelihood_kit.families.other_names import OTHER_NAMES
from likelihood_kit.families.roles import roles_of
from likelihood_kit.families.starts import suggestions

# Families are found by looking; type checkers read the generated list.
globals().update(CATALOGUE)
if TYPE_CHECKING:
    from likelihood_kit.families._generated.catalogue_names import *  # noqa: F403


def find_family(name: str) -> type[Family]:
    """Family of a name, whatever its case, hyphens and underscores.

    Raises
    ------
    ArgumentError
        For an unknown name; lists the near ones.
    """
    if not isinstance(name, str):
        raise ArgumentError(f"a family is found by its name, not by {shown(name)}: {near_names(name, CATALOGUE)}")
    plain = {known.lower(): family for known, family in CATALOGUE.items()}
    family = plain.get(name.lower().replace("_", "").replace("-", ""))
    if family is None:
        says = to_come(name) or near_names(name, CATALOGUE, OTHER_NAMES)
        raise ArgumentError(f"unknown family {name!r}: {says}")
    return family


__all__ = [
    "CATALOGUE",
    "OTHER_NAMES",
    "Coordinates",
    "Family",
    "Law",
    "Unbounded",
    "UniqueMaximum",
    "advice",
    "censored",
    "checked_family",
    "derived_start",
    "find_family",
    "kept_answer",
    "roles_of",
    "suggestions",
    "to_come",
    "truncated",
    *CATALOGUE,
]
