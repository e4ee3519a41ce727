"""Uniform law: Johnson, Kotz and Balakrishnan (1995), vol. 2, ch. 26."""

from scipy import stats

PREDICTED = "low"
REGULAR = False
DATA = (-1.5, 0.0, 2.0, 2.25)


class Canonical:
    THETA = ((-1.5, 2.25),)

    def density(y, low, high):
        return 1 / (high - low)

    def scipy(low, high):
        return stats.uniform(low, high - low)
