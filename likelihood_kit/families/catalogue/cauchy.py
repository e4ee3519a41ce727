r"""Cauchy law.

Density :math:`\{\pi s (1 + z^2)\}^{-1}`, :math:`z = (y - m) / s`, on the real line.
Parameters, in order: `loc` :math:`m`, real, the median, in the units of y; `scale` :math:`s > 0`, half the distance of
the quartiles, in the units of y.
Regular, without moments. Johnson, Kotz and Balakrishnan (1994), *Continuous Univariate Distributions*, vol. 1, ch. 16.
"""

from __future__ import annotations

import numpy as np

from likelihood_kit.families.catalogue.student_t import largest_tie
from likelihood_kit.families.family import Family
from likelihood_kit.families.maximum import UniqueMaximum
from likelihood_kit.parameters import Positive, Real


class Cauchy(Family):
    """Cauchy law with parameters loc and scale."""

    loc = Real()
    scale = Positive()
    support = Real()
    typical = {"loc": (-3.0, 3.0), "scale": (0.4, 4.0)}
    # With the scale held fixed loc may have as many maxima as there are observations; with half of these at one value
    # there is no maximum, or a half circle of them.
    theorems = UniqueMaximum(
        "one stationary point of loc and scale, where fewer than half the observations are at one value",
        "Copas 1975, Biometrika 62, 701-704",
        free=("loc", "scale"),
        where=lambda fixed: not fixed,
        of_samples=lambda fixed, y, weights: bool(np.all(largest_tie(y, weights) < 0.5)),
    )

    @staticmethod
    def log_density(y, loc, scale):
        return -np.log(np.pi) - np.log(scale) - np.log1p(((y - loc) / scale) ** 2)

    @staticmethod
    def expected_information(loc, scale):
        return 1 / (2 * scale**2), 0.0, 1 / (2 * scale**2)

    @staticmethod
    def sample(rng, size, loc, scale):
        return loc + scale * rng.standard_cauchy(size)

    @staticmethod
    def cdf(y, loc, scale):
        # An angle, since 1/2 + arctan(z) / pi loses the lower tail.
        return np.arctan2(scale, loc - y) / np.pi

    @staticmethod
    def survival(y, loc, scale):
        return np.arctan2(scale, y - loc) / np.pi

    @staticmethod
    def ppf(q, loc, scale):
        # The tangent in the middle; towards the ends its reciprocal, at the distance from the end.
        with np.errstate(divide="ignore"):
            lower, upper = -1 / np.tan(np.pi * q), 1 / np.tan(np.pi * (1 - q))
        middle = np.tan(np.pi * (q - 0.5))
        return loc + scale * np.where(q < 0.25, lower, np.where(q > 0.75, upper, middle))

    @staticmethod
    def moments(loc, scale):
        """None exist."""
        return np.nan * loc, np.nan * scale

    @staticmethod
    def start(y):
        """Median, and half the distance of the quartiles."""
        lower, middle, upper = np.quantile(y, (0.25, 0.5, 0.75), axis=-1)
        least = np.finfo(float).eps * np.ptp(y, axis=-1)
        return {"loc": middle, "scale": np.maximum((upper - lower) / 2, least)}
