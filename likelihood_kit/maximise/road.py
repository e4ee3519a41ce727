"""By which road a likelihood is brought to its maximum: the same for a fit, for its bootstrap and for a study."""

from __future__ import annotations

from enum import Enum

from likelihood_kit.families import Family
from likelihood_kit.likelihood import Likelihood


class Road(Enum):
    """How the maximum is found."""

    #: By the formula that the family declares.
    CLOSED = "closed"
    #: By the values of the log likelihood alone, since its slopes jump.
    KINKED = "kinked"
    #: By its derivatives.
    SMOOTH = "smooth"


def road_of(family: Family, likelihood: Likelihood) -> Road:
    """The road for a family's likelihood of some samples.

    A support that moves leaves a formula alone, there or not. A law with kinks has its formula where all its parameters
    are free and the same for all rows, and each row counts once; elsewhere it is climbed.
    """
    if family.smooth:
        return Road.SMOOTH
    if not family.regular:
        return Road.CLOSED
    plain = likelihood.identical and not likelihood.held and likelihood.sample.frequencies is None
    return Road.CLOSED if plain and "maximum_likelihood" in family.law.functions else Road.KINKED
