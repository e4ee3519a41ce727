"""Weibull law: Johnson, Kotz and Balakrishnan (1994), vol. 1, ch. 21."""

from mpmath import mp
from scipy import stats

PREDICTED = "scale"
STATISTICS = False
DATA = (1e-6, 0.03125, 0.75, 1.5, 4.0, 25.0)


class Canonical:
    THETA = ((0.625, 2.5), (1.0, 1.0), (4.5, 0.375))

    def density(y, shape, scale):
        return shape / scale * (y / scale) ** (shape - 1) * mp.exp(-((y / scale) ** shape))

    def information(shape, scale):
        drift = 1 - mp.euler
        return [[(mp.pi**2 / 6 + drift**2) / shape**2, -drift / scale], [-drift / scale, (shape / scale) ** 2]]

    def scipy(shape, scale):
        return stats.weibull_min(shape, scale=scale)
