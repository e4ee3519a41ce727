r"""Uniform law.

Density :math:`1 / (b - a)` on :math:`a \le y \le b`.
Parameters, in order: `low` :math:`a` and `high` :math:`b > a`, real, in the units of y.
Not regular: the support moves with both parameters. The estimates are the extremes of the sample and converge at rate
n, not the square root of n; no Cramer-Rao bound exists. Johnson, Kotz and Balakrishnan (1995), vol. 2, ch. 26.
"""

from __future__ import annotations

import numpy as np

from likelihood_kit.families.family import Family
from likelihood_kit.parameters import Interval, Real


class Uniform(Family):
    """Uniform law with parameters low and high."""

    low = Real()
    high = Real()
    support = Interval("low", "high")
    typical = {"low": (-3.0, -0.5), "high": (0.5, 4.0)}

    @staticmethod
    def log_density(y, low, high):
        return -np.log(high - low)

    @staticmethod
    def sample(rng, size, low, high):
        return low + (high - low) * rng.random(size)

    @staticmethod
    def cdf(y, low, high):
        return np.clip((y - low) / (high - low), 0.0, 1.0)

    @staticmethod
    def survival(y, low, high):
        return np.clip((high - y) / (high - low), 0.0, 1.0)

    @staticmethod
    def ppf(q, low, high):
        return low + (high - low) * q

    @staticmethod
    def moments(low, high):
        return (low + high) / 2, (high - low) ** 2 / 12

    @staticmethod
    def method_of_moments(y):
        mean, half = y.mean(axis=-1), np.sqrt(3.0) * y.std(axis=-1)
        return {"low": mean - half, "high": mean + half}

    @staticmethod
    def maximum_likelihood(y):
        return {"low": y.min(axis=-1), "high": y.max(axis=-1)}
