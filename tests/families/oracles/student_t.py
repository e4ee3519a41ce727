"""Student's t law: density Johnson et al. (1995), vol. 2, ch. 28; information Lange et al. (1989), appendix B."""

from mpmath import mp
from scipy import stats

PREDICTED = "loc"
STATISTICS = False
DATA = (-30.0, -2.5, -0.25, 0.0, 0.75, 3.5, 40.0, 1e6)


class Canonical:
    THETA = ((0.5, 1.25, 2.5), (-2.0, 0.375, 1.0), (0.0, 3.0, 30.0))

    def density(y, loc, scale, df):
        constant = mp.gamma((df + 1) / 2) / (mp.gamma(df / 2) * mp.sqrt(df * mp.pi) * scale)
        return constant * (1 + ((y - loc) / scale) ** 2 / df) ** (-(df + 1) / 2)

    def information(loc, scale, df):
        trigammas = mp.polygamma(1, df / 2) - mp.polygamma(1, (df + 1) / 2)
        corner = trigammas / 4 - (df + 5) / (2 * df * (df + 1) * (df + 3))
        cross = -2 / (scale * (df + 1) * (df + 3))
        return [
            [(df + 1) / ((df + 3) * scale**2), 0, 0],
            [0, 2 * df / ((df + 3) * scale**2), cross],
            [0, cross, corner],
        ]

    def scipy(loc, scale, df):
        return stats.t(df, loc, scale)
