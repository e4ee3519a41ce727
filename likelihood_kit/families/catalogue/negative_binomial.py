r"""Negative binomial law.

Probability :math:`\frac{\Gamma(y + 1/a)}{\Gamma(1/a)\, y!} \frac{(a \mu)^y}{(1 + a \mu)^{y + 1/a}}` on
:math:`y = 0, 1, 2, \ldots`
Parameters, in order: `mean` :math:`\mu > 0`, in counts; `dispersion` :math:`a > 0`, the excess of the variance
:math:`\mu + a \mu^2` over that of a Poisson law, relative to the square of the mean; 1 / a is R's `size`.
Regular. As the dispersion falls to 0 the law becomes that of Poisson. Lawless (1987), *Canadian Journal of Statistics*
15, 209-225. Information on the dispersion by the series of Fisher (1941), *Annals of Eugenics* 11, 182-187.
"""

from __future__ import annotations

import numpy as np
from scipy import special

from likelihood_kit.calculus.log1p_ratio import log1p_ratio, scaled_log1p
from likelihood_kit.calculus.log_rising import log_rising
from likelihood_kit.families.family import Family
from likelihood_kit.families.maximum import UniqueMaximum
from likelihood_kit.parameters import Integers, Positive


def varies_more_than_poisson(y, weights):
    """Whether the variance of each sample `(r, n)`, with divisor n, exceeds its mean."""
    mean = np.average(y, axis=1, weights=weights)
    variance = np.average((y - mean[:, None]) ** 2, axis=1, weights=weights)
    return bool(np.all(variance > mean))


class NegativeBinomial(Family):
    """Negative binomial law with parameters mean and dispersion."""

    mean = Positive()
    dispersion = Positive()
    support = Integers(0, np.inf)
    typical = {"mean": (0.5, 12.0), "dispersion": (0.05, 1.5)}
    theorems = (
        UniqueMaximum(
            "the mean of the sample whatever the dispersion, and one stationary point of the dispersion if the "
            "variance of the sample exceeds its mean",
            "Levin and Reeds 1977, Annals of Statistics 5, 79-87",
            free=("mean", "dispersion"),
            where=lambda fixed: not fixed,
            of_samples=lambda fixed, y, weights: varies_more_than_poisson(y, weights),
        ),
        UniqueMaximum(
            "concave in the coefficients whatever the dispersion of each row",
            "Lawless 1987, Canadian Journal of Statistics 15, 209-225",
            free=("mean",),
            driven="mean",
            links=("log",),
        ),
    )

    @staticmethod
    def log_density(y, mean, dispersion):
        # A Poisson law and what vanishes with the dispersion: the textbook's gammaln(1 / dispersion) cancel.
        counting = log_rising(y, dispersion) - special.gammaln(y + 1)
        return counting - y * np.log(dispersion + 1 / mean) - scaled_log1p(mean, dispersion)

    @staticmethod
    def expected_information(mean, dispersion):
        return 1 / (mean * (1 + dispersion * mean)), 0.0, _information_on_the_dispersion(mean, dispersion)

    @staticmethod
    def sample(rng, size, mean, dispersion):
        return rng.poisson(mean * dispersion * rng.standard_gamma(1 / dispersion, size))

    @staticmethod
    def cdf(y, mean, dispersion):
        excess = dispersion * mean
        return special.betaincc(y + 1, 1 / dispersion, excess / (1 + excess))

    @staticmethod
    def survival(y, mean, dispersion):
        excess = dispersion * mean
        return special.betainc(y + 1, 1 / dispersion, excess / (1 + excess))

    @staticmethod
    def moments(mean, dispersion):
        return mean, mean + dispersion * mean**2

    @staticmethod
    def start(y):
        """Moments, with a dispersion of one standard error of a Poisson sample's where they give less."""
        mean = y.mean(axis=-1)
        error = np.sqrt(2 / y.shape[-1]) / mean
        return {"mean": mean, "dispersion": np.maximum(_excess(y, mean), error)}

    @staticmethod
    def method_of_moments(y):
        """Mean and variance; not a number where the variance is no larger than the mean."""
        mean = y.mean(axis=-1)
        excess = _excess(y, mean)
        return {"mean": mean, "dispersion": np.where(excess > 0, excess, np.nan)}


def _excess(y, mean):
    return (y.var(axis=-1) - mean) / mean**2


#: Logarithms of nodes w of a trapezium rule for an integral of w^2 exp(-w): what lies outside is 1e-17 of it. With this
#: step the error is exp(-2 pi d / step) where the integrand has no singularity within d of the real line, and its
#: nearest is at d = arctan(pi / log(dispersion mean)): 1e-14 up to dispersion * mean = 1e4, 1e-9 at 1e7.
_STEP = 1 / 16
_LOG_NODES = np.arange(-20.0, 4.0, _STEP)


def _information_on_the_dispersion(mean, dispersion):
    """The sum over i > 0 of i! x^(i+1) a^-4 / {(i + 1) s (s + 1) ... (s + i)}, x = a mean / (1 + a mean), s = 1 / a.

    With i! Gamma(s) / Gamma(s + i + 1) as a beta integral over v = 1 - exp(-a w) it is that of a logarithm, in which
    nothing cancels; half the square of the mean at a = 0.
    """
    mean, dispersion = np.asarray(mean)[..., None], np.asarray(dispersion)[..., None]
    w = np.exp(_LOG_NODES)
    v = -np.expm1(-dispersion * w)
    relative = mean / (1 + dispersion * mean)
    q = dispersion * relative * v
    rest = (1 + dispersion * mean * np.exp(-dispersion * w)) / (1 + dispersion * mean)  # 1 - q
    # {-log(1 - q) - q} / q^2 in terms of g(u) = log(1 + u) / u at u = -q, whose two terms do not cancel.
    logarithm = rest * log1p_ratio(-q, 1) + log1p_ratio(-q)
    integrand = w * np.exp(-w) * v / dispersion * logarithm
    return relative[..., 0] ** 2 * _STEP * integrand.sum(axis=-1)
