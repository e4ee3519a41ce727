r"""Exponential law.

Density :math:`\theta^{-1} e^{-y/\theta}` on :math:`y \ge 0`.
Parameter: `scale` :math:`\theta > 0`, the mean, in the units of y. Other coordinates: (rate).
Regular. Johnson, Kotz and Balakrishnan (1994), *Continuous Univariate Distributions*, vol. 1, ch. 19.
"""

from __future__ import annotations

import numpy as np

from likelihood_kit.families.coordinates import Coordinates
from likelihood_kit.families.family import Family
from likelihood_kit.families.maximum import UniqueMaximum
from likelihood_kit.parameters import Interval, Positive


class Exponential(Family):
    """Exponential law with parameter scale (or rate)."""

    scale = Positive()
    support = Interval(0, np.inf, closed=(True, False))
    typical = {"scale": (0.3, 5.0)}
    theorems = UniqueMaximum(
        "concave in the coefficients",
        "McCullagh and Nelder 1989, Generalized Linear Models, 2nd ed., section 8.3",
        free=("scale",),
        driven="scale",
        links=("log",),
        censored=True,
    )

    in_rate = Coordinates(
        {"rate": Positive()},
        to_canonical=lambda rate: {"scale": 1 / rate},
        from_canonical=lambda scale: {"rate": 1 / scale},
    )

    @staticmethod
    def log_density(y, scale):
        return -np.log(scale) - y / scale

    @staticmethod
    def expected_information(scale):
        return (1 / scale**2,)

    @staticmethod
    def sample(rng, size, scale):
        return scale * rng.standard_exponential(size)

    @staticmethod
    def cdf(y, scale):
        return -np.expm1(-y / scale)

    @staticmethod
    def log_survival(y, scale):
        return -y / scale

    @staticmethod
    def ppf(q, scale):
        return -scale * np.log1p(-q)

    @staticmethod
    def moments(scale):
        return scale, scale**2

    @staticmethod
    def method_of_moments(y):
        return {"scale": y.mean(axis=-1)}
