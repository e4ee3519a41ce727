r"""Student's t law with location and scale.

Density :math:`\{s \sqrt\nu\, B(1/2, \nu/2)\}^{-1} (1 + z^2/\nu)^{-(\nu+1)/2}`, :math:`z = (y - m)/s`, on the real line.
Parameters, in order: `loc` :math:`m`, real, in the units of y; `scale` :math:`s > 0`, in the units of y;
`df` :math:`\nu > 0`, degrees of freedom.
Regular. Expected information: Lange, Little and Taylor (1989), *JASA* 84, 881-896, appendix B.
"""

from __future__ import annotations

import numpy as np
from scipy import special

from likelihood_kit.families.family import Family
from likelihood_kit.families.maximum import Unbounded, UniqueMaximum
from likelihood_kit.parameters import Positive, Real


def largest_tie(y, weights):
    """Part of each sample `(r, n)` that is at one value, `(r,)`, where that is half of it or more; less elsewhere.

    Such a value is a median: the lower, or the upper one.
    """
    if weights is not None:
        totals = np.bincount(np.unique(y[0], return_inverse=True)[1], weights=weights[0])
        return np.array([totals.max() / totals.sum()])
    n = y.shape[1]
    middle = np.partition(y, ((n - 1) // 2, n // 2), axis=1)
    return np.maximum(*((y == middle[:, [at]]).mean(axis=1) for at in ((n - 1) // 2, n // 2)))


class StudentT(Family):
    """Student's t law with parameters loc, scale and df."""

    loc = Real()
    scale = Positive()
    df = Positive()
    support = Real()
    typical = {"loc": (-3.0, 3.0), "scale": (0.4, 4.0), "df": (2.5, 12.0)}
    theorems = UniqueMaximum(
        "one stationary point of loc and scale at most, for given degrees of freedom of 1 or more",
        "Kent and Tyler 1991, Annals of Statistics 19, 2102-2119; Copas 1975, Biometrika 62, 701-704, for df = 1",
        free=("loc", "scale"),
        where=lambda fixed: fixed.keys() == {"df"} and fixed["df"] >= 1,
        of_samples=lambda fixed, y, weights: bool(np.all(largest_tie(y, weights) < fixed["df"] / (fixed["df"] + 1))),
    )
    unbounded = Unbounded(
        "has no bound as df and scale run to 0 with loc at an observation", free=("loc", "scale", "df")
    )

    @staticmethod
    def log_density(y, loc, scale, df):
        # betaln, since the two gammaln of the textbook form cancel for large df.
        z = (y - loc) / scale
        return -special.betaln(0.5, df / 2) - np.log(df) / 2 - np.log(scale) - (df + 1) / 2 * np.log1p(z**2 / df)

    @staticmethod
    def expected_information(loc, scale, df):
        return (
            (df + 1) / (df + 3) / scale**2,
            0.0,
            2 * df / (df + 3) / scale**2,
            0.0,
            -2 / (scale * (df + 1) * (df + 3)),
            _information_of_df(df),
        )

    @staticmethod
    def sample(rng, size, loc, scale, df):
        return loc + scale * rng.standard_t(df, size)

    @staticmethod
    def cdf(y, loc, scale, df):
        return special.stdtr(df, (y - loc) / scale)

    @staticmethod
    def survival(y, loc, scale, df):
        return special.stdtr(df, (loc - y) / scale)

    @staticmethod
    def ppf(q, loc, scale, df):
        return loc + scale * special.stdtrit(df, q)

    @staticmethod
    def moments(loc, scale, df):
        mean = np.where(df > 1, loc, np.nan)
        with np.errstate(divide="ignore", invalid="ignore"):
            spread = np.where(df > 2, df / (df - 2), np.inf)
        return mean, np.where(df > 1, scale**2 * spread, np.nan)

    @staticmethod
    def start(y):
        """Quartiles give loc and scale; the ratio of the middle 90 % to the middle half gives df."""
        q05, q25, q50, q75, q95 = np.quantile(y, (0.05, 0.25, 0.5, 0.75, 0.95), axis=-1)
        inner = np.maximum(q75 - q25, np.finfo(float).eps * (q95 - q05))
        tail = (q95 - q05) / inner
        df = np.interp(-tail, -_TAIL_RATIOS, _TAIL_DF)
        scale = inner / (2 * special.stdtrit(df, 0.75))
        return {"loc": q50, "scale": scale, "df": df}

    @staticmethod
    def method_of_moments(y):
        """Mean, variance and kurtosis; not a number where the sample's excess kurtosis is not positive."""
        mean = y.mean(axis=-1)
        centred = y - mean[..., None]
        squares = centred**2
        variance = squares.mean(axis=-1)
        excess = (squares**2).mean(axis=-1) / variance**2 - 3
        with np.errstate(divide="ignore", invalid="ignore"):
            df = np.where(excess > 0, 4 + 6 / excess, np.nan)
        return {"loc": mean, "scale": np.sqrt(variance * (df - 2) / df), "df": df}


def _information_of_df(df):
    """Expected information of the degrees of freedom: a difference of trigamma functions, or its series of large df.

    The terms cancel to 7 / df^2 of themselves: at 1e6 no digit is left of them.
    """
    with np.errstate(all="ignore"):
        trigammas = special.polygamma(1, df / 2) - special.polygamma(1, (df + 1) / 2)
        closed = trigammas / 4 - (df + 5) / (2 * df * (df + 1) * (df + 3))
        return np.where(df < _LARGE_DF, closed, np.polynomial.polynomial.polyval(1 / df, _SERIES) / df**4)


#: Coefficients in 1 / df, from df^-4 on: the trigamma functions by Abramowitz and Stegun (1964), eq. 6.4.12, less the
#: geometric series of the rest. From 50 on what is left out is below 3e-15; the closed form is off by 4e-12 there.
_SERIES = [7 / 2, -13, 79 / 2, -119, 727 / 2, -1101, 6559 / 2, -9763, 59047 / 2, -89609, 531439 / 2, -778047]
_LARGE_DF = 50.0

#: Degrees of freedom among which a start is interpolated, and (q95 - q05) / (q75 - q25) of each.
_TAIL_DF = np.array([0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 10.0, 20.0, 50.0])
_TAIL_RATIOS = special.stdtrit(_TAIL_DF, 0.95) / special.stdtrit(_TAIL_DF, 0.75)
