"""Bernoulli law: Johnson, Kemp and Kotz (2005), ch. 3."""

from scipy import stats

PREDICTED = "probability"
DATA = (0, 1)


class Canonical:
    THETA = ((0.125,), (0.875,))

    def density(y, probability):
        return probability if y == 1 else 1 - probability

    def information(probability):
        return [[1 / (probability * (1 - probability))]]

    def scipy(probability):
        return stats.bernoulli(probability)
