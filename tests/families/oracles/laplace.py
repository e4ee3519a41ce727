"""Laplace law: Johnson, Kotz and Balakrishnan (1995), vol. 2, ch. 24."""

from mpmath import mp
from scipy import stats

PREDICTED = "loc"
STATISTICS = False
KINK = "loc"
DATA = (-30.0, -2.5, -0.25, 0.0, 0.75, 3.5, 40.0)


class Canonical:
    THETA = ((0.5, 1.25), (-2.0, 0.375), (8.0, 30.0))

    def density(y, loc, scale):
        return mp.exp(-abs(y - loc) / scale) / (2 * scale)

    def information(loc, scale):
        return [[1 / scale**2, 0], [0, 1 / scale**2]]

    def scipy(loc, scale):
        return stats.laplace(loc, scale)
