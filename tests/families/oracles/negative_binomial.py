"""Negative binomial law: Lawless (1987); Johnson, Kemp and Kotz (2005), ch. 5."""

from mpmath import mp
from scipy import stats

PREDICTED = "mean"
STATISTICS = False
DATA = (0, 1, 2, 7, 31, 160)


class Canonical:
    THETA = ((0.375, 0.5), (4.5, 1.25), (60.0, 0.0625), (8.0, 2.0**-7))

    def density(y, mean, dispersion):
        size = 1 / dispersion
        binomial = mp.gamma(y + size) / (mp.gamma(size) * mp.factorial(y))
        return binomial * (size / (size + mean)) ** size * (mean / (size + mean)) ** y

    def scipy(mean, dispersion):
        return stats.nbinom(float(1 / dispersion), float(1 / (1 + dispersion * mean)))
