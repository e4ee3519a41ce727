r"""Logistic law.

Density :math:`s^{-1} e^{-z} (1 + e^{-z})^{-2}`, :math:`z = (y - m) / s`, on the real line.
Parameters, in order: `loc` :math:`m`, real, the mean, in the units of y; `scale` :math:`s > 0`, in the units of y.
Regular. Johnson, Kotz and Balakrishnan (1995), *Continuous Univariate Distributions*, vol. 2, ch. 23.
"""

from __future__ import annotations

import numpy as np
from scipy import special

from likelihood_kit.families.family import Family
from likelihood_kit.families.maximum import UniqueMaximum
from likelihood_kit.parameters import Positive, Real


class Logistic(Family):
    """Logistic law with parameters loc and scale."""

    loc = Real()
    scale = Positive()
    support = Real()
    typical = {"loc": (-3.0, 3.0), "scale": (0.4, 4.0)}
    theorems = (
        UniqueMaximum(
            "a log-concave law, strictly concave in the coefficients / scale and 1 / scale",
            "Burridge 1981, Journal of the Royal Statistical Society B 43, 41-45",
            free=("loc", "scale"),
            driven="loc",
            links=("identity",),
            censored=True,
        ),
        UniqueMaximum(
            "a log-concave law, concave in the coefficients whatever the scale of each row",
            "Burridge 1981, Journal of the Royal Statistical Society B 43, 41-45",
            free=("loc",),
            driven="loc",
            links=("identity",),
            censored=True,
        ),
    )

    @staticmethod
    def log_density(y, loc, scale):
        # In this form neither tail overflows.
        z = (y - loc) / scale
        return z + 2 * special.log_expit(-z) - np.log(scale)

    @staticmethod
    def expected_information(loc, scale):
        return 1 / (3 * scale**2), 0.0, (3 + np.pi**2) / (9 * scale**2)

    @staticmethod
    def sample(rng, size, loc, scale):
        return loc + scale * rng.logistic(size=size)

    @staticmethod
    def cdf(y, loc, scale):
        return special.expit((y - loc) / scale)

    @staticmethod
    def survival(y, loc, scale):
        return special.expit((loc - y) / scale)

    @staticmethod
    def log_cdf(y, loc, scale):
        return special.log_expit((y - loc) / scale)

    @staticmethod
    def log_survival(y, loc, scale):
        return special.log_expit((loc - y) / scale)

    @staticmethod
    def ppf(q, loc, scale):
        return loc + scale * special.logit(q)

    @staticmethod
    def moments(loc, scale):
        return loc, (np.pi * scale) ** 2 / 3

    @staticmethod
    def method_of_moments(y):
        return {"loc": y.mean(axis=-1), "scale": np.sqrt(3.0) / np.pi * y.std(axis=-1)}
