r"""Beta law.

Density :math:`y^{\alpha-1} (1 - y)^{\beta-1} / \mathrm{B}(\alpha, \beta)` on :math:`0 < y < 1`.
Parameters, in order: `alpha` :math:`\alpha > 0`; `beta` :math:`\beta > 0`.
Other coordinates: (mean, precision), :math:`\alpha / (\alpha + \beta)` and :math:`\alpha + \beta` (Ferrari and
Cribari-Neto 2004, *Journal of Applied Statistics* 31, 799-815, equation 3).
Regular. Johnson, Kotz and Balakrishnan (1995), *Continuous Univariate Distributions*, vol. 2, ch. 25.
"""

from __future__ import annotations

import numpy as np
from scipy import special

from likelihood_kit.families.coordinates import Coordinates
from likelihood_kit.families.family import Family
from likelihood_kit.parameters import Interval, Positive, UnitInterval


class Beta(Family):
    """Beta law with parameters alpha and beta (or mean and precision)."""

    alpha = Positive()
    beta = Positive()
    support = Interval(0, 1, closed=(False, False))
    # From 1 on below: with beta < 1 much of the mass is nearer to 1 than floating point numbers are to each other.
    typical = {"alpha": (0.7, 6.0), "beta": (1.0, 6.0)}

    in_mean = Coordinates(
        {"mean": UnitInterval(), "precision": Positive()},
        to_canonical=lambda mean, precision: {"alpha": mean * precision, "beta": (1 - mean) * precision},
        from_canonical=lambda alpha, beta: {"mean": alpha / (alpha + beta), "precision": alpha + beta},
    )

    @staticmethod
    def log_density(y, alpha, beta):
        return (alpha - 1) * np.log(y) + (beta - 1) * np.log1p(-y) - special.betaln(alpha, beta)

    @staticmethod
    def expected_information(alpha, beta):
        both = special.polygamma(1, alpha + beta)
        return special.polygamma(1, alpha) - both, -both, special.polygamma(1, beta) - both

    @staticmethod
    def sample(rng, size, alpha, beta):
        return rng.beta(alpha, beta, size)

    @staticmethod
    def cdf(y, alpha, beta):
        return special.betainc(alpha, beta, y)

    @staticmethod
    def survival(y, alpha, beta):
        return special.betaincc(alpha, beta, y)

    @staticmethod
    def ppf(q, alpha, beta):
        return special.betaincinv(alpha, beta, q)

    @staticmethod
    def moments(alpha, beta):
        total = alpha + beta
        return alpha / total, alpha / total * (beta / total) / (total + 1)

    @staticmethod
    def method_of_moments(y):
        mean = y.mean(axis=-1)
        precision = mean * (1 - mean) / y.var(axis=-1) - 1
        return {"alpha": mean * precision, "beta": (1 - mean) * precision}
