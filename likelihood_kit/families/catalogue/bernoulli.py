r"""Bernoulli law.

Probability :math:`\pi^y (1 - \pi)^{1-y}` on :math:`y = 0, 1`.
Parameter: `probability` :math:`\pi`, between 0 and 1, of the value 1.
Regular. Johnson, Kemp and Kotz (2005), *Univariate Discrete Distributions*, 3rd ed., ch. 3.
"""

from __future__ import annotations

import numpy as np
from scipy import special

from likelihood_kit.families.family import Family
from likelihood_kit.families.maximum import UniqueMaximum
from likelihood_kit.parameters import Integers, UnitInterval


class Bernoulli(Family):
    """Bernoulli law with parameter probability."""

    probability = UnitInterval()
    support = Integers(0, 1)
    typical = {"probability": (0.1, 0.9)}
    theorems = UniqueMaximum(
        "a log-concave latent law, concave in the coefficients",
        "Pratt 1981, Journal of the American Statistical Association 76, 103-106",
        free=("probability",),
        driven="probability",
        links=("logit", "probit", "cloglog"),
    )

    @staticmethod
    def log_density(y, probability):
        return special.xlogy(y, probability) + special.xlog1py(1 - y, -probability)

    @staticmethod
    def expected_information(probability):
        return (1 / (probability * (1 - probability)),)

    @staticmethod
    def sample(rng, size, probability):
        return (rng.random(size) < probability).astype(np.int64)

    @staticmethod
    def cdf(y, probability):
        return np.where(y >= 1, 1.0, 1 - probability)

    @staticmethod
    def survival(y, probability):
        return np.where(y >= 1, 0.0, probability)

    @staticmethod
    def ppf(q, probability):
        return np.where(q > 1 - probability, 1.0, 0.0)

    @staticmethod
    def moments(probability):
        return probability, probability * (1 - probability)

    @staticmethod
    def method_of_moments(y):
        return {"probability": y.mean(axis=-1)}
