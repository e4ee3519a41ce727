"""Gamma law: Johnson, Kotz and Balakrishnan (1994), vol. 1, ch. 17."""

from mpmath import mp
from scipy import stats

PREDICTED = "scale"
DATA = (1e-6, 0.03125, 0.75, 1.5, 4.0, 25.0)


class Canonical:
    THETA = ((0.75, 2.5), (1.0, 1.0), (6.25, 0.125), (150.0, 3.0))

    def density(y, shape, scale):
        return y ** (shape - 1) * mp.exp(-y / scale) / (mp.gamma(shape) * scale**shape)

    def information(shape, scale):
        return [[mp.polygamma(1, shape), 1 / scale], [1 / scale, shape / scale**2]]

    def scipy(shape, scale):
        return stats.gamma(shape, scale=scale)


class InMean:
    THETA = ((2.5, 0.75), (10.0, 6.25))

    def density(y, mean, shape):
        return (shape / mean) ** shape * y ** (shape - 1) * mp.exp(-shape * y / mean) / mp.gamma(shape)

    def information(mean, shape):
        return [[shape / mean**2, 0], [0, mp.polygamma(1, shape) - 1 / shape]]

    def scipy(mean, shape):
        return stats.gamma(shape, scale=mean / shape)


class InRate:
    THETA = ((0.75, 2.5), (6.25, 0.125))

    def density(y, shape, rate):
        return rate**shape * y ** (shape - 1) * mp.exp(-rate * y) / mp.gamma(shape)

    def information(shape, rate):
        return [[mp.polygamma(1, shape), -1 / rate], [-1 / rate, shape / rate**2]]

    def scipy(shape, rate):
        return stats.gamma(shape, scale=1 / rate)
