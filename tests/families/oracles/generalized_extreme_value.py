"""Generalized extreme value law: Coles (2001), equation 3.2; information Prescott and Walden (1980).

Tables to more digits, with their own checks, are in `references`.
"""

from mpmath import mp
from scipy import stats

PREDICTED = "loc"
STATISTICS = False
DATA = (-0.5, 0.5, 0.75, 2.5)


class Canonical:
    THETA = ((0.5, 1.25, 0.25), (0.5, 1.25, -0.25), (0.25, 2.0, 0.125))

    def density(y, loc, scale, shape):
        t = (1 + shape * (y - loc) / scale) ** (-1 / shape)
        return t ** (1 + shape) * mp.exp(-t) / scale

    def information(loc, scale, shape):
        gamma = mp.gamma(2 + shape)
        p = (1 + shape) ** 2 * mp.gamma(1 + 2 * shape)
        q = gamma * (mp.digamma(1 + shape) + (1 + shape) / shape)
        drift = (mp.pi**2 / 6 + (1 - mp.euler + 1 / shape) ** 2 - 2 * q / shape + p / shape**2) / shape**2
        first, second = (gamma - p) / (scale**2 * shape), (p / shape - q) / (scale * shape)
        third = (q - p / shape - (1 - gamma) / shape - 1 + mp.euler) / (scale * shape**2)
        return [
            [p / scale**2, first, second],
            [first, (1 - 2 * gamma + p) / (scale * shape) ** 2, third],
            [second, third, drift],
        ]

    def scipy(loc, scale, shape):
        return stats.genextreme(-shape, loc, scale)
