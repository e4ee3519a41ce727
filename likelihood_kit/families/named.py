"""What is meant by the name of a family: one of the catalogue in other letters, one to come, or what is no family."""

from __future__ import annotations

from typing import Any

from likelihood_kit.errors import ArgumentError, near_names, shown
from likelihood_kit.families.catalogue import CATALOGUE
from likelihood_kit.families.family import Family
from likelihood_kit.families.other_names import OTHER_NAMES, TO_COME


def advice(name: str) -> str:
    """What to write instead of a name that is none here; empty where nothing is known of it.

    >>> advice("lognormal"), advice("GEV"), advice("GeneralisedExtremeValue")
    ('write lk.LogNormal()', 'write lk.GeneralizedExtremeValue()', 'write lk.GeneralizedExtremeValue()')
    """
    plain = _plain(name)
    meant = {_plain(family): family for family in CATALOGUE}.get(plain) or OTHER_NAMES.get(plain)
    return f"write lk.{meant}()" if meant in CATALOGUE else to_come(name)


def to_come(name: str) -> str:
    """That what is meant by a name is announced and not there yet, and what to do until then; empty for all else.

    >>> to_come("grid"), to_come("gamma")
    ('grid is not there yet', '')
    """
    plain = _plain(OTHER_NAMES.get(_plain(name), name))
    announced = next((each for each in TO_COME if _plain(each) == plain and each not in CATALOGUE), None)
    if announced is None:
        return ""
    return f"{announced} is not there yet{': ' if TO_COME[announced] else ''}{TO_COME[announced]}"


def checked_family(family: Any, argument: str = "family") -> Family:
    """The value of an argument that must be a family.

    Raises
    ------
    ArgumentError
        For a class, a name or anything else; says what to write.
    """
    if isinstance(family, Family):
        return family
    says = f"{argument} must be a family such as lk.Gamma(), not "
    if isinstance(family, type) and issubclass(family, Family):
        raise ArgumentError(f"{says}the class: write {family.__name__}(), with parentheses")
    hint = ""
    if isinstance(family, str):
        hint = f": {advice(family) or near_names(family, CATALOGUE, OTHER_NAMES)}"
    raise ArgumentError(f"{says}{shown(family)}{hint}")


def _plain(name: str) -> str:
    """Small letters and digits alone, and what is spelt in two ways in one."""
    return "".join(letter for letter in name.lower() if letter.isalnum()).replace("ised", "ized")
