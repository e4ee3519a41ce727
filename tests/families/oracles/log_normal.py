"""Log-normal law: Johnson, Kotz and Balakrishnan (1994), vol. 1, ch. 14."""

from mpmath import mp
from scipy import stats

PREDICTED = "meanlog"
DATA = (1e-6, 0.03125, 0.75, 1.5, 4.0, 25.0)


class Canonical:
    THETA = ((0.5, 1.25), (-3.0, 0.0625), (2.0, 0.5))

    def density(y, meanlog, sdlog):
        return mp.npdf(mp.log(y), meanlog, sdlog) / y

    def information(meanlog, sdlog):
        return [[1 / sdlog**2, 0], [0, 2 / sdlog**2]]

    def scipy(meanlog, sdlog):
        return stats.lognorm(sdlog, scale=float(mp.exp(meanlog)))
