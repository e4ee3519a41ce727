r"""Binomial law.

Probability :math:`\binom{m}{y} \pi^y (1 - \pi)^{m-y}` on :math:`y = 0, 1, \ldots, m`.
Parameter: `probability` :math:`\pi`, between 0 and 1, of success in one trial. Known: `trials` :math:`m`, a count.
Regular. Johnson, Kemp and Kotz (2005), *Univariate Discrete Distributions*, 3rd ed., ch. 3.
"""

from __future__ import annotations

import numpy as np
from scipy import special

from likelihood_kit.errors import NotAvailableError
from likelihood_kit.families.family import Family
from likelihood_kit.families.maximum import UniqueMaximum
from likelihood_kit.parameters import Integers, Known, UnitInterval


class Binomial(Family):
    """Binomial law with parameter probability and known trials."""

    probability = UnitInterval()
    trials = Known(Integers(1, np.inf))
    support = Integers(0, "trials")
    typical = {"probability": (0.1, 0.9), "trials": (5, 30)}
    theorems = UniqueMaximum(
        "a log-concave latent law, concave in the coefficients",
        "Pratt 1981, Journal of the American Statistical Association 76, 103-106",
        free=("probability",),
        driven="probability",
        links=("logit", "probit", "cloglog"),
    )

    @staticmethod
    def log_density(y, trials, probability):
        # betaln, since the three gammaln of the textbook form cancel for many trials.
        choices = -np.log1p(trials) - special.betaln(y + 1, trials - y + 1)
        return choices + special.xlogy(y, probability) + special.xlog1py(trials - y, -probability)

    @staticmethod
    def expected_information(trials, probability):
        return (trials / (probability * (1 - probability)),)

    @staticmethod
    def sample(rng, size, trials, probability):
        if np.any(np.asarray(trials) > np.iinfo(np.int64).max):
            raise NotAvailableError(f"a sample of a binomial law needs at most {np.iinfo(np.int64).max} trials")
        return rng.binomial(np.asarray(trials, dtype=np.int64), probability, size)

    @staticmethod
    def cdf(y, trials, probability):
        return np.where(y >= trials, 1.0, special.betaincc(y + 1, trials - y, probability))

    @staticmethod
    def survival(y, trials, probability):
        return np.where(y >= trials, 0.0, special.betainc(y + 1, trials - y, probability))

    @staticmethod
    def moments(trials, probability):
        return trials * probability, trials * probability * (1 - probability)

    @staticmethod
    def method_of_moments(y, trials):
        return {"probability": y.mean(axis=-1) / np.mean(trials + np.zeros_like(y), axis=-1)}
