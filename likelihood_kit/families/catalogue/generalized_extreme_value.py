r"""Generalized extreme value law.

Distribution function :math:`\exp\{-e^{-w}\}`, with :math:`w = \log(1 + \xi z) / \xi` and :math:`z = (y - m) / s`, on
:math:`1 + \xi z > 0`; log density :math:`-\log s - (1 + \xi) w - e^{-w}`. At :math:`\xi = 0` it is the Gumbel law,
:math:`w = z`.
Parameters, in order: `loc` :math:`m`, real, in the units of y; `scale` :math:`s > 0`, in the units of y; `shape`
:math:`\xi > -1`, positive for a heavy upper tail (Coles 2001, *An Introduction to Statistical Modeling of Extreme
Values*, equation 3.2), minus the shape of Hosking, Wallis and Wood (1985) and of SciPy.
Regular and smooth where shape > -1/2 (Smith 1985, *Biometrika* 72, 67-90); its likelihood is unbounded below -1.
Expected information: Prescott and Walden (1980), *Biometrika* 67, 723-724. Start values by probability weighted
moments: Hosking, Wallis and Wood (1985), *Technometrics* 27, 251-261, equations 14 and 15.
"""

from __future__ import annotations

import numpy as np
from numpy.polynomial import polynomial
from scipy import special

from likelihood_kit.calculus.log1p_ratio import log1p_ratio, scaled_log1p
from likelihood_kit.families.family import Family
from likelihood_kit.families.maximum import Unbounded
from likelihood_kit.parameters import Interval, Positive, Real


def lower_end(loc, scale, shape):
    """Lower end of the support, in the units of y; -inf unless shape > 0."""
    return np.where(shape > 0, _end(loc, scale, shape), -np.inf)


def upper_end(loc, scale, shape):
    """Upper end of the support, in the units of y; inf unless shape < 0."""
    return np.where(shape < 0, _end(loc, scale, shape), np.inf)


def _end(loc, scale, shape):
    with np.errstate(all="ignore"):
        return loc - np.divide(scale, shape)


#: Reduced value from which on exp(-w) is beside 1 no more than rounding, so that log(1 - exp(-exp(-w))) is -w.
FAR = float(-np.log(np.finfo(float).eps))


class GeneralizedExtremeValue(Family):
    """Generalized extreme value law with parameters loc, scale and shape."""

    loc = Real()
    scale = Positive()
    shape = Interval(-1, np.inf)
    support = Interval(lower_end, upper_end, closed=(False, False))
    predicted = "loc"
    unbounded = Unbounded("has no bound below shape -1, where its space ends", free=("shape",), cut="shape")
    remark = "Shape is kept above -1: below, the likelihood has no bound as the upper end nears the largest observation"
    typical = {"loc": (-3.0, 3.0), "scale": (0.4, 4.0), "shape": (-0.3, 0.4)}

    @staticmethod
    def regular(shape):
        """Fisher information exists where shape > -1/2 only."""
        return shape > -0.5

    smooth = regular

    @staticmethod
    def log_density(y, loc, scale, shape):
        w = _reduced(y, loc, scale, shape)
        return -np.log(scale) - (1 + shape) * w - np.exp(-w)

    @staticmethod
    def expected_information(loc, scale, shape):
        entries = _standard_information(shape)
        by_scale = (2, 2, 2, 1, 1, 0)  # each derivative in loc or scale divides by the scale
        return tuple(entry / scale**power for entry, power in zip(entries, by_scale, strict=True))

    @staticmethod
    def sample(rng, size, loc, scale, shape):
        return loc + scale * _standard_quantile(-np.log(rng.standard_exponential(size)), shape)

    @staticmethod
    def cdf(y, loc, scale, shape):
        return np.exp(-np.exp(-_reduced(y, loc, scale, shape)))

    @staticmethod
    def log_cdf(y, loc, scale, shape):
        return -np.exp(-_reduced(y, loc, scale, shape))

    @staticmethod
    def log_survival(y, loc, scale, shape):
        w = _reduced(y, loc, scale, shape)
        return np.where(w > FAR, -w, np.log(-np.expm1(-np.exp(-w))))

    @staticmethod
    def ppf(q, loc, scale, shape):
        return loc + scale * _standard_quantile(-np.log(-np.log(q)), shape)

    @staticmethod
    def moments(loc, scale, shape):
        """Mean, infinite where shape >= 1; variance, infinite where shape >= 1/2 and none without a mean."""
        with np.errstate(all="ignore"):
            mean = np.where(shape < 1, _standard_mean(shape), np.inf)
            variance = np.where(shape < 0.5, _standard_variance(shape), np.where(shape < 1, np.inf, np.nan))
        return loc + scale * mean, scale**2 * variance

    @staticmethod
    def start(y):
        """Probability weighted moments, with the shape drawn in where a part of the sample lies outside the support."""
        centre = y.mean(axis=-1)
        first, second, third = _probability_weighted_moments(y - centre[..., None])
        spread = 2 * second - first
        c = spread / (3 * third - first) - np.log(2) / np.log(3)
        shape = np.maximum(-(7.8590 * c + 2.9554 * c**2), _LEAST_START)
        scale = spread / (np.log(2) * _expm1_ratio(np.log(2) * shape) * np.exp(special.gammaln(1 - shape)))
        loc = centre + first - scale * _standard_mean(shape)
        below, above = ((extreme - loc) / scale for extreme in (y.min(axis=-1), y.max(axis=-1)))
        shape = np.where(shape * below > -1, shape, -_MARGIN / below)
        shape = np.where(shape * above > -1, shape, -_MARGIN / above)
        return {"loc": loc, "scale": scale, "shape": shape}


#: Start values keep away from shape = -1, where the likelihood ceases to have a maximum.
_LEAST_START = -0.9
#: What -shape z, 1 at the end of the support, becomes for an observation that lay beyond it.
_MARGIN = 0.9
#: Where |shape| is smaller, quotients with shape in the denominator are power series. Beyond, the fourth power of
#: shape, the highest, costs three digits; within, with the nearest pole at 1/2, 48 terms leave 0.4^48 = 1e-19.
_NEAR = 0.2
_TERMS = 48


def _reduced(y, loc, scale, shape):
    """Variate w, log(1 + shape z) / shape: a Gumbel variate if y follows the law."""
    return scaled_log1p((y - loc) / scale, shape)


def _standard_quantile(w, shape):
    """Value z at the reduced variate w: the inverse of log(1 + shape z) / shape."""
    with np.errstate(all="ignore"):
        return np.where(shape == 0, w, np.expm1(shape * w) / np.where(shape == 0, 1.0, shape))[()]


def _expm1_ratio(u):
    return np.where(u == 0, 1.0, np.expm1(u) / np.where(u == 0, 1.0, u))


def _standard_mean(shape):
    """Mean at loc 0 and scale 1, {Gamma(1 - shape) - 1} / shape, for shape < 1."""
    logarithm = _log_gamma_ratio(shape)
    return logarithm * _expm1_ratio(shape * logarithm)


def _standard_variance(shape):
    """Variance at scale 1, {Gamma(1 - 2 shape) - Gamma(1 - shape)^2} / shape^2, for shape < 1/2."""
    excess = _log_gamma_excess(shape)
    return np.exp(2 * special.gammaln(1 - shape)) * excess * _expm1_ratio(shape**2 * excess)


def _log_gamma_ratio(shape):
    """Quotient log Gamma(1 - shape) / shape; near 0 by the series of Abramowitz and Stegun (1972), 6.1.33."""
    near, away = _near_and_away(shape)
    k = np.arange(2, _TERMS)
    series = polynomial.polyval(near, [np.euler_gamma - 1, *special.zetac(k) / k])
    return np.where(near == shape, log1p_ratio(-near) + series, special.gammaln(1 - away) / away)


def _log_gamma_excess(shape):
    """Quotient {log Gamma(1 - 2 shape) - 2 log Gamma(1 - shape)} / shape^2; near 0 by the same series."""
    near, away = _near_and_away(shape)
    k = np.arange(2, _TERMS)
    series = polynomial.polyval(near, special.zetac(k) * (2.0**k - 2) / k)
    series = series + log1p_ratio(near**2 / (1 - 2 * near)) / (1 - 2 * near)
    return np.where(near == shape, series, (special.gammaln(1 - 2 * away) - 2 * special.gammaln(1 - away)) / away**2)


def _near_and_away(shape):
    """The shape where series hold, and where closed forms do; elsewhere a value at which each is finite."""
    return np.clip(shape, -_NEAR, _NEAR), np.where(np.abs(shape) < _NEAR, _NEAR, shape)


def _standard_information(shape):
    """Expected information at scale 1, in natural coordinates: lower triangle by rows; NaN where it does not exist."""
    if hasattr(shape, "__traced__"):  # a derivation shows the closed forms, not their series
        return _information_away_from_zero(shape)
    shape = np.where(np.asarray(shape) > -0.5, shape, np.nan)
    near, away = _near_and_away(shape)
    pairs = zip(_INFORMATION_SERIES, _information_away_from_zero(away), strict=True)
    return tuple(np.where(near == shape, polynomial.polyval(near, series), closed) for series, closed in pairs)


def _information_away_from_zero(shape):
    """Entries by Prescott and Walden (1980); their q times the shape is `q` here."""
    gamma = special.gamma(2 + shape)
    p = (1 + shape) ** 2 * special.gamma(1 + 2 * shape)
    q = gamma * (1 + shape + shape * special.digamma(1 + shape))
    numerators = _information_numerators(shape, gamma, p, q)
    return tuple(n / shape**power for n, power in zip(numerators, _INFORMATION_POWERS, strict=True))


#: Powers of the shape that divide the numerators of the entries.
_INFORMATION_POWERS = (0, 1, 2, 2, 3, 4)


def _information_numerators(shape, gamma, p, q):
    drift = shape - np.euler_gamma * shape
    return (
        p,
        gamma - p,
        1 - 2 * gamma + p,
        p - q,
        q - p + gamma - 1 - drift,
        (np.pi * shape) ** 2 / 6 + (1 + drift) ** 2 - 2 * q + p,
    )


def _information_series():
    """Power series in the shape of the entries: those of the numerators, whose first coefficients vanish.

    Gamma(1 + x) by the recurrence that its logarithmic derivative gives: Abramowitz and Stegun (1972), 6.3.14.
    """
    length = _TERMS + max(_INFORMATION_POWERS)
    k = np.arange(1, length)
    digamma = np.array([-np.euler_gamma, *(-1.0) ** (k + 1) * (1 + special.zetac(k + 1))])
    gamma = np.ones(length)
    for n in k:
        gamma[n] = digamma[:n] @ gamma[n - 1 :: -1] / n
    shape = polynomial.Polynomial([0.0, 1.0])
    first = (1 + shape) * polynomial.Polynomial(gamma)
    p = (1 + shape) ** 2 * polynomial.Polynomial(gamma * 2.0 ** np.arange(length))
    q = first * (1 + shape + shape * polynomial.Polynomial(digamma))
    numerators = _information_numerators(shape, first, p, q)
    return [n.coef[power:length] for n, power in zip(numerators, _INFORMATION_POWERS, strict=True)]


_INFORMATION_SERIES = _information_series()


def _probability_weighted_moments(y):
    """Unbiased estimates of E[Y F(Y)^r], r = 0, 1, 2, from samples `(..., n)`: three arrays `(...)`."""
    n = y.shape[-1]
    below = np.arange(n)  # observations below each, in ascending order
    y = np.sort(y, axis=-1)
    once = below / (n - 1)
    return y.mean(axis=-1), (y * once).mean(axis=-1), (y * once * (below - 1) / (n - 2)).mean(axis=-1)
