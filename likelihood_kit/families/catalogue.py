"""The families that ship with the kit, by name. To add one: write its file, add one line to each list."""

from __future__ import annotations

from collections.abc import Mapping

from likelihood_kit.errors import ArgumentError, near_names
from likelihood_kit.families.bernoulli import Bernoulli
from likelihood_kit.families.exponential import Exponential
from likelihood_kit.families.family import Family
from likelihood_kit.families.gamma import Gamma
from likelihood_kit.families.normal import Normal
from likelihood_kit.families.poisson import Poisson
from likelihood_kit.families.student_t import StudentT
from likelihood_kit.families.uniform import Uniform
from likelihood_kit.families.weibull import Weibull

CATALOGUE: Mapping[str, type[Family]] = {
    family.__name__: family for family in (Normal, Exponential, Gamma, Weibull, StudentT, Uniform, Bernoulli, Poisson)
}


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
