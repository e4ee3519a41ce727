r"""Poisson law.

Probability :math:`\lambda^y e^{-\lambda} / y!` on :math:`y = 0, 1, 2, \ldots`
Parameter: `rate` :math:`\lambda > 0`, the mean, in counts.
Regular. Johnson, Kemp and Kotz (2005), *Univariate Discrete Distributions*, 3rd ed., ch. 4.
"""

from __future__ import annotations

import numpy as np
from scipy import special

from likelihood_kit.calculus.incomplete_gamma import log_gammainc, log_gammaincc
from likelihood_kit.families.family import Family
from likelihood_kit.parameters import Integers, Positive


class Poisson(Family):
    """Poisson law with parameter rate."""

    rate = Positive()
    support = Integers(0, np.inf)
    typical = {"rate": (0.4, 12.0)}

    @staticmethod
    def log_density(y, rate):
        return special.xlogy(y, rate) - rate - special.gammaln(y + 1)

    @staticmethod
    def expected_information(rate):
        return (1 / rate,)

    @staticmethod
    def sample(rng, size, rate):
        return rng.poisson(rate, size)

    @staticmethod
    def cdf(y, rate):
        return special.pdtr(y, rate)

    @staticmethod
    def log_cdf(y, rate):
        return log_gammaincc(y + 1, rate)

    @staticmethod
    def log_survival(y, rate):
        return log_gammainc(y + 1, rate)

    @staticmethod
    def ppf(q, rate):
        above = np.ceil(special.pdtrik(q, rate))
        below = np.maximum(above - 1, 0.0)
        return np.where(special.pdtr(below, rate) >= q, below, above)

    @staticmethod
    def moments(rate):
        return rate, rate

    @staticmethod
    def method_of_moments(y):
        return {"rate": y.mean(axis=-1)}
