"""Beta law: Johnson, Kotz and Balakrishnan (1995), vol. 2, ch. 25; (mean, precision): Ferrari, Cribari-Neto (2004)."""

from mpmath import mp
from scipy import stats

PREDICTED = "alpha"
DATA = (1e-6, 0.03125, 0.5, 0.75, 0.96875, 1 - 2.0**-40)


class Canonical:
    THETA = ((1.5, 2.5), (0.75, 1.0), (3.0, 0.4), (150.0, 8.5))

    def density(y, alpha, beta):
        return y ** (alpha - 1) * (1 - y) ** (beta - 1) / mp.beta(alpha, beta)

    def information(alpha, beta):
        both = mp.polygamma(1, alpha + beta)
        return [[mp.polygamma(1, alpha) - both, -both], [-both, mp.polygamma(1, beta) - both]]

    def scipy(alpha, beta):
        return stats.beta(alpha, beta)


class InMean:
    THETA = ((0.375, 4.0), (0.75, 20.0), (0.875, 3.5))

    def density(y, mean, precision):
        alpha, beta = mean * precision, (1 - mean) * precision
        return y ** (alpha - 1) * (1 - y) ** (beta - 1) / mp.beta(alpha, beta)

    def information(mean, precision):
        # Ferrari and Cribari-Neto (2004), section 2: their w, c and d for one observation.
        at_mean, at_rest = mp.polygamma(1, mean * precision), mp.polygamma(1, (1 - mean) * precision)
        cross = precision * (at_mean * mean - at_rest * (1 - mean))
        corner = at_mean * mean**2 + at_rest * (1 - mean) ** 2 - mp.polygamma(1, precision)
        return [[precision**2 * (at_mean + at_rest), cross], [cross, corner]]

    def scipy(mean, precision):
        return stats.beta(mean * precision, (1 - mean) * precision)
