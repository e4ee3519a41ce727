"""Families: the contract, and one file per law."""

from likelihood_kit.families.bernoulli import Bernoulli
from likelihood_kit.families.catalogue import CATALOGUE, find_family
from likelihood_kit.families.declaration import Coordinates
from likelihood_kit.families.derived import suggestions
from likelihood_kit.families.exponential import Exponential
from likelihood_kit.families.family import Family
from likelihood_kit.families.gamma import Gamma
from likelihood_kit.families.normal import Normal
from likelihood_kit.families.poisson import Poisson
from likelihood_kit.families.student_t import StudentT
from likelihood_kit.families.uniform import Uniform
from likelihood_kit.families.weibull import Weibull

__all__ = [
    "CATALOGUE",
    "Bernoulli",
    "Coordinates",
    "Exponential",
    "Family",
    "Gamma",
    "Normal",
    "Poisson",
    "StudentT",
    "Uniform",
    "Weibull",
    "find_family",
    "suggestions",
]
