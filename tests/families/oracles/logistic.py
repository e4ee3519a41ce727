"""Logistic law: Johnson, Kotz and Balakrishnan (1995), vol. 2, ch. 23."""

from mpmath import mp
from scipy import stats

PREDICTED = "loc"
STATISTICS = False
DATA = (-300.0, -2.5, -0.25, 0.0, 0.75, 3.5, 40.0)


class Canonical:
    THETA = ((0.5, 1.25), (-2.0, 0.375), (8.0, 30.0))

    def density(y, loc, scale):
        power = mp.exp(-(y - loc) / scale)
        return power / (scale * (1 + power) ** 2)

    def information(loc, scale):
        return [[1 / (3 * scale**2), 0], [0, (3 + mp.pi**2) / (9 * scale**2)]]

    def scipy(loc, scale):
        return stats.logistic(loc, scale)
