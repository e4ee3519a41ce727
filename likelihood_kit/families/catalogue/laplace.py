r"""Laplace law, or double exponential law.

Density :math:`(2 s)^{-1} e^{-|y - m| / s}` on the real line.
Parameters, in order: `loc` :math:`m`, real, mean and median, in the units of y; `scale` :math:`s > 0`, the mean
absolute deviation from it, in the units of y.
Regular; not smooth: the log density has a kink at y = loc, so that the expected Hessian is not minus the information.
Johnson, Kotz and Balakrishnan (1995), *Continuous Univariate Distributions*, vol. 2, ch. 24.
"""

from __future__ import annotations

import numpy as np

from likelihood_kit.families.family import Family
from likelihood_kit.parameters import Positive, Real


class Laplace(Family):
    """Laplace law with parameters loc and scale."""

    loc = Real()
    scale = Positive()
    support = Real()
    typical = {"loc": (-3.0, 3.0), "scale": (0.4, 4.0)}

    @staticmethod
    def log_density(y, loc, scale):
        return -np.log(2 * scale) - np.abs(y - loc) / scale

    @staticmethod
    def expected_information(loc, scale):
        return 1 / scale**2, 0.0, 1 / scale**2

    @staticmethod
    def sample(rng, size, loc, scale):
        return loc + scale * rng.laplace(size=size)

    @staticmethod
    def cdf(y, loc, scale):
        return _lower(y - loc, scale)

    @staticmethod
    def survival(y, loc, scale):
        return _lower(loc - y, scale)

    @staticmethod
    def log_cdf(y, loc, scale):
        return _log_lower(y - loc, scale)

    @staticmethod
    def log_survival(y, loc, scale):
        return _log_lower(loc - y, scale)

    @staticmethod
    def ppf(q, loc, scale):
        with np.errstate(divide="ignore"):
            lower, upper = np.log(2 * q), -np.log(2 * (1 - q))
        return loc + scale * np.where(q < 0.5, lower, upper)

    @staticmethod
    def moments(loc, scale):
        return loc, 2 * scale**2

    @staticmethod
    def method_of_moments(y):
        return {"loc": y.mean(axis=-1), "scale": y.std(axis=-1) / np.sqrt(2.0)}

    @staticmethod
    def maximum_likelihood(y):
        """Median, and mean absolute deviation from it; of an even number of observations the middle of all medians."""
        median = np.median(y, axis=-1)
        return {"loc": median, "scale": np.abs(y - median[..., None]).mean(axis=-1)}


def _lower(distance, scale):
    """Mass below a point at a distance from loc."""
    half = np.exp(-np.abs(distance) / scale) / 2
    return np.where(distance < 0, half, 1 - half)


def _log_lower(distance, scale):
    """Logarithm of that mass."""
    z = np.abs(distance) / scale
    return np.where(distance < 0, -np.log(2) - z, np.log1p(-np.exp(-z) / 2))
