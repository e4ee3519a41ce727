"""Normal law: Johnson, Kotz and Balakrishnan (1994), vol. 1, ch. 13."""

from mpmath import mp
from scipy import stats

PREDICTED = "mean"
DATA = (-30.0, -2.5, -0.25, 0.0, 0.75, 3.5, 40.0)


class Canonical:
    THETA = ((0.5, 1.25), (-3.0, 0.0625), (1000.0, 7.5))

    def density(y, mean, sd):
        return mp.npdf(y, mean, sd)

    def information(mean, sd):
        return [[1 / sd**2, 0], [0, 2 / sd**2]]

    def scipy(mean, sd):
        return stats.norm(mean, sd)


class InVariance:
    THETA = ((0.5, 1.5), (-3.0, 0.015625))

    def density(y, mean, variance):
        return mp.npdf(y, mean, mp.sqrt(variance))

    def information(mean, variance):
        return [[1 / variance, 0], [0, 1 / (2 * variance**2)]]

    def scipy(mean, variance):
        return stats.norm(mean, variance**0.5)
