"""Cauchy law: Johnson, Kotz and Balakrishnan (1994), vol. 1, ch. 16."""

from mpmath import mp
from scipy import stats

PREDICTED = "loc"
STATISTICS = False
DATA = (-1e12, -30.0, -2.5, -0.25, 0.0, 0.75, 3.5, 40.0, 1e6)


class Canonical:
    THETA = ((0.5, 1.25), (-2.0, 0.375), (8.0, 30.0))

    def density(y, loc, scale):
        return scale / (mp.pi * (scale**2 + (y - loc) ** 2))

    def information(loc, scale):
        return [[1 / (2 * scale**2), 0], [0, 1 / (2 * scale**2)]]

    def scipy(loc, scale):
        return stats.cauchy(loc, scale)
