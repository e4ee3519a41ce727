r"""Normal law.

Density :math:`(2\pi)^{-1/2} \sigma^{-1} \exp\{-(y - \mu)^2 / (2\sigma^2)\}` on the real line.
Parameters, in order: `mean` :math:`\mu`, real, in the units of y; `sd` :math:`\sigma > 0`, in the units of y.
Other coordinates: (mean, variance).
Regular. Johnson, Kotz and Balakrishnan (1994), *Continuous Univariate Distributions*, vol. 1, ch. 13.
"""

from __future__ import annotations

import numpy as np
from scipy import special

from likelihood_kit.families.coordinates import Coordinates
from likelihood_kit.families.family import Family
from likelihood_kit.families.maximum import UniqueMaximum
from likelihood_kit.parameters import Positive, Real


class Normal(Family):
    """Normal law with parameters mean and sd (or mean and variance)."""

    mean = Real()
    sd = Positive()
    support = Real()
    typical = {"mean": (-3.0, 3.0), "sd": (0.4, 4.0)}
    theorems = (
        UniqueMaximum(
            "a log-concave law, strictly concave in the coefficients / sd and 1 / sd",
            "Burridge 1981, Journal of the Royal Statistical Society B 43, 41-45",
            free=("mean", "sd"),
            driven="mean",
            links=("identity",),
            censored=True,
        ),
        UniqueMaximum(
            "a log-concave law, concave in the coefficients whatever the sd of each row",
            "Burridge 1981, Journal of the Royal Statistical Society B 43, 41-45",
            free=("mean",),
            driven="mean",
            links=("identity",),
            censored=True,
        ),
    )

    in_variance = Coordinates(
        {"mean": Real(), "variance": Positive()},
        to_canonical=lambda mean, variance: {"mean": mean, "sd": np.sqrt(variance)},
        from_canonical=lambda mean, sd: {"mean": mean, "variance": sd**2},
    )

    @staticmethod
    def log_density(y, mean, sd):
        return -0.5 * np.log(2 * np.pi) - np.log(sd) - 0.5 * ((y - mean) / sd) ** 2

    @staticmethod
    def expected_information(mean, sd):
        return 1 / sd**2, 0.0, 2 / sd**2

    @staticmethod
    def sample(rng, size, mean, sd):
        return mean + sd * rng.standard_normal(size)

    @staticmethod
    def cdf(y, mean, sd):
        return special.ndtr((y - mean) / sd)

    @staticmethod
    def log_cdf(y, mean, sd):
        return special.log_ndtr((y - mean) / sd)

    @staticmethod
    def log_survival(y, mean, sd):
        return special.log_ndtr((mean - y) / sd)

    @staticmethod
    def ppf(q, mean, sd):
        return mean + sd * special.ndtri(q)

    @staticmethod
    def moments(mean, sd):
        return mean, sd**2

    @staticmethod
    def method_of_moments(y):
        return {"mean": y.mean(axis=-1), "sd": y.std(axis=-1)}
