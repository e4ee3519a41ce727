"""A family is one formula; its likelihood, informations and bounds are derived from it."""

from likelihood_kit.families import (
    CATALOGUE,
    Bernoulli,
    Coordinates,
    Exponential,
    Family,
    Gamma,
    Normal,
    Poisson,
    StudentT,
    Uniform,
    Weibull,
)
from likelihood_kit.parameters import Integers, Interval, Known, Observed, Positive, Real, UnitInterval
from likelihood_kit.simulation import Study, StudyResult, performance

__version__ = "0.1.0"
