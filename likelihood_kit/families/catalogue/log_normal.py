r"""Log-normal law.

Density :math:`(2\pi)^{-1/2} (\sigma y)^{-1} \exp\{-(\log y - \mu)^2 / (2\sigma^2)\}` on :math:`y > 0`.
Parameters, in order: `meanlog` :math:`\mu`, real, and `sdlog` :math:`\sigma > 0`: mean and standard deviation of log y.
Regular. Johnson, Kotz and Balakrishnan (1994), *Continuous Univariate Distributions*, vol. 1, ch. 14.
"""

from __future__ import annotations

import numpy as np
from scipy import special

from likelihood_kit.families.family import Family
from likelihood_kit.families.maximum import UniqueMaximum
from likelihood_kit.parameters import Interval, Positive, Real


class LogNormal(Family):
    """Log-normal law with parameters meanlog and sdlog."""

    meanlog = Real()
    sdlog = Positive()
    support = Interval(0, np.inf)
    typical = {"meanlog": (-1.5, 2.0), "sdlog": (0.2, 1.2)}
    theorems = (
        UniqueMaximum(
            "a log-concave law of log y, strictly concave in the coefficients / sdlog and 1 / sdlog",
            "Burridge 1981, Journal of the Royal Statistical Society B 43, 41-45",
            free=("meanlog", "sdlog"),
            driven="meanlog",
            links=("identity",),
            censored=True,
        ),
        UniqueMaximum(
            "a log-concave law of log y, concave in the coefficients whatever the sdlog of each row",
            "Burridge 1981, Journal of the Royal Statistical Society B 43, 41-45",
            free=("meanlog",),
            driven="meanlog",
            links=("identity",),
            censored=True,
        ),
    )

    @staticmethod
    def log_density(y, meanlog, sdlog):
        z = (np.log(y) - meanlog) / sdlog
        return -0.5 * np.log(2 * np.pi) - np.log(sdlog) - np.log(y) - 0.5 * z**2

    @staticmethod
    def expected_information(sdlog):
        return 1 / sdlog**2, 0.0, 2 / sdlog**2

    @staticmethod
    def sample(rng, size, meanlog, sdlog):
        return np.exp(meanlog + sdlog * rng.standard_normal(size))

    @staticmethod
    def cdf(y, meanlog, sdlog):
        return special.ndtr((np.log(y) - meanlog) / sdlog)

    @staticmethod
    def log_cdf(y, meanlog, sdlog):
        return special.log_ndtr((np.log(y) - meanlog) / sdlog)

    @staticmethod
    def log_survival(y, meanlog, sdlog):
        return special.log_ndtr((meanlog - np.log(y)) / sdlog)

    @staticmethod
    def ppf(q, meanlog, sdlog):
        return np.exp(meanlog + sdlog * special.ndtri(q))

    @staticmethod
    def moments(meanlog, sdlog):
        mean = np.exp(meanlog + sdlog**2 / 2)
        return mean, mean**2 * np.expm1(sdlog**2)

    @staticmethod
    def start(y):
        """The maximum itself: mean and standard deviation of log y."""
        logarithm = np.log(y)
        return {"meanlog": logarithm.mean(axis=-1), "sdlog": logarithm.std(axis=-1)}

    @staticmethod
    def method_of_moments(y):
        mean = y.mean(axis=-1)
        variance = np.log1p(y.var(axis=-1) / mean**2)
        return {"meanlog": np.log(mean) - variance / 2, "sdlog": np.sqrt(variance)}
