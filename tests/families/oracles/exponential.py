"""Exponential law: Johnson, Kotz and Balakrishnan (1994), vol. 1, ch. 19."""

from mpmath import mp
from scipy import stats

PREDICTED = "scale"
DATA = (1e-6, 0.03125, 0.75, 1.5, 4.0, 25.0)


class Canonical:
    THETA = ((0.375,), (40.0,))

    def density(y, scale):
        return mp.exp(-y / scale) / scale

    def information(scale):
        return [[1 / scale**2]]

    def scipy(scale):
        return stats.expon(scale=scale)


class InRate:
    THETA = ((0.375,), (40.0,))

    def density(y, rate):
        return rate * mp.exp(-rate * y)

    def information(rate):
        return [[1 / rate**2]]

    def scipy(rate):
        return stats.expon(scale=1 / rate)
