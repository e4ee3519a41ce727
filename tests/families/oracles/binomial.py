"""Binomial law: Johnson, Kemp and Kotz (2005), ch. 3."""

from mpmath import mp
from scipy import stats

PREDICTED = "probability"
KNOWN = ("trials",)
DATA = (0, 1, 2, 7)


class Canonical:
    THETA = ((7, 0.125), (20, 0.875), (1000, 0.0625))

    def density(y, trials, probability):
        return mp.binomial(trials, y) * probability**y * (1 - probability) ** (trials - y)

    def information(trials, probability):
        return [[trials / (probability * (1 - probability))]]

    def scipy(trials, probability):
        return stats.binom(trials, probability)
