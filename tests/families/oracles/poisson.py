"""Poisson law: Johnson, Kemp and Kotz (2005), ch. 4."""

from mpmath import mp
from scipy import stats

PREDICTED = "rate"
DATA = (0, 1, 2, 7, 31)


class Canonical:
    THETA = ((0.375,), (4.5,), (60.0,))

    def density(y, rate):
        return rate**y * mp.exp(-rate) / mp.factorial(y)

    def information(rate):
        return [[1 / rate]]

    def scipy(rate):
        return stats.poisson(rate)
