r"""Exponential law from a threshold on, or two-parameter exponential law.

Density :math:`\theta^{-1} e^{-(y - m) / \theta}` on :math:`y \ge m`.
Parameters, in order: `loc` :math:`m`, real, the least value, in the units of y; `scale` :math:`\theta > 0`, the mean
excess over it, in the units of y.
Not regular: the support moves with loc, whose estimate, the least observation, converges at rate n. Regular where loc
is held fixed. Johnson, Kotz and Balakrishnan (1994), *Continuous Univariate Distributions*, vol. 1, ch. 19.
"""

from __future__ import annotations

import numpy as np

from likelihood_kit.families.family import Family
from likelihood_kit.families.maximum import UniqueMaximum
from likelihood_kit.parameters import Interval, Positive, Real


class ShiftedExponential(Family):
    """Exponential law from loc on, with parameters loc and scale."""

    loc = Real()
    scale = Positive()
    support = Interval("loc", np.inf)
    typical = {"loc": (-3.0, 3.0), "scale": (0.3, 5.0)}
    theorems = UniqueMaximum(
        "concave in the coefficients of the scale for a given loc",
        "McCullagh and Nelder 1989, Generalized Linear Models, 2nd ed., section 8.3",
        free=("scale",),
        driven="scale",
        links=("log",),
        censored=True,
    )

    @staticmethod
    def log_density(y, loc, scale):
        return -np.log(scale) - (y - loc) / scale

    @staticmethod
    def sample(rng, size, loc, scale):
        return loc + scale * rng.standard_exponential(size)

    @staticmethod
    def cdf(y, loc, scale):
        return -np.expm1(-_excess(y, loc) / scale)

    @staticmethod
    def log_survival(y, loc, scale):
        return -_excess(y, loc) / scale

    @staticmethod
    def ppf(q, loc, scale):
        return loc - scale * np.log1p(-q)

    @staticmethod
    def moments(loc, scale):
        return loc + scale, scale**2

    @staticmethod
    def method_of_moments(y):
        spread = y.std(axis=-1)
        return {"loc": y.mean(axis=-1) - spread, "scale": spread}

    @staticmethod
    def maximum_likelihood(y):
        """The least observation, and the mean excess over it."""
        least = y.min(axis=-1)
        return {"loc": least, "scale": (y - least[..., None]).mean(axis=-1)}


def _excess(y, loc):
    return np.maximum(y - loc, 0.0)
