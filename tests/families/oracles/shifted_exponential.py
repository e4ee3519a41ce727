"""Exponential law from a threshold on: Johnson, Kotz and Balakrishnan (1994), vol. 1, ch. 19."""

from mpmath import mp
from scipy import stats

PREDICTED = "loc"
REGULAR = False
DATA = (-1.5, 0.03125, 0.75, 4.0, 25.0)


class Canonical:
    THETA = ((-1.5, 2.25), (-40.0, 8.0))

    def density(y, loc, scale):
        return mp.exp(-(y - loc) / scale) / scale

    def scipy(loc, scale):
        return stats.expon(loc, scale)
