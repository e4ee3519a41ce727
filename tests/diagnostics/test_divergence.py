"""Divergences where they are known in closed form, and cross-entropies where they are least."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import special, stats

import likelihood_kit as lk
from likelihood_kit.diagnostics.divergence import cross_entropy, takeuchi_penalty
from likelihood_kit.errors import ArgumentError, NotAvailableError, ParameterError


def gammas(a, s, b, t):
    """Penny (2001), *KL-Divergences of Normal, Gamma, Dirichlet and Wishart densities*, in scales."""
    return (a - b) * special.digamma(a) - special.gammaln(a) + special.gammaln(b) + b * np.log(t / s) + a * (s - t) / t


def normals(m, s, o, t):
    return np.log(t / s) + (s**2 + (m - o) ** 2) / (2 * t**2) - 0.5


def binomials(n, p, q):
    return n * (p * np.log(p / q) + (1 - p) * np.log((1 - p) / (1 - q)))


def weibulls(k, s, j, t):
    """Bauckhage (2013), arXiv:1310.3713, eq. (15)."""
    e = np.euler_gamma
    return (
        np.log(k / s**k)
        - np.log(j / t**j)
        + (k - j) * (np.log(s) - e / k)
        + (s / t) ** j * special.gamma(1 + j / k)
        - 1
    )


KNOWN = {
    "normal": (lk.Normal(), (1.0, 2.0), lk.Normal(), (-3.0, 5.0), normals(1, 2, -3, 5)),
    "normal, near": (lk.Normal(), (1.0, 2.0), lk.Normal(), (1.0, 2.001), normals(1, 2, 1, 2.001)),
    "normal, far": (lk.Normal(), (0.0, 1.0), lk.Normal(), (1000.0, 1.0), 5e5),
    "the same": (lk.Normal(), (1.0, 2.0), lk.Normal(), (1.0, 2.0), 0.0),
    "gamma": (lk.Gamma(), (2.0, 3.0), lk.Gamma(), (0.7, 1.5), gammas(2, 3, 0.7, 1.5)),
    "gamma, pole": (lk.Gamma(), (0.3, 1e9), lk.Gamma(), (2.0, 3e9), gammas(0.3, 1e9, 2, 3e9)),
    "exponential from gamma": (lk.Gamma(), (2.0, 3.0), lk.Exponential(), (4.0,), gammas(2, 3, 1, 4)),
    "weibull": (lk.Weibull(), (1.5, 2.0), lk.Weibull(), (0.8, 3.0), weibulls(1.5, 2, 0.8, 3)),
    "poisson": (lk.Poisson(), (3.0,), lk.Poisson(), (5.0,), 3 * np.log(3 / 5) + 2),
    "bernoulli": (lk.Bernoulli(), (0.3,), lk.Bernoulli(), (0.6,), binomials(1, 0.3, 0.6)),
    "binomial": (lk.Binomial(trials=9), (0.3,), lk.Binomial(trials=9), (0.6,), binomials(9, 0.3, 0.6)),
    "uniform within": (lk.Uniform(), (1.0, 2.0), lk.Uniform(), (0.0, 5.0), np.log(5)),
    "uniform beyond": (lk.Uniform(), (1.0, 6.0), lk.Uniform(), (0.0, 5.0), np.inf),
    "normal beyond gamma": (lk.Normal(), (9.0, 1.0), lk.Gamma(), (2.0, 3.0), np.inf),
    "poisson beyond binomial": (lk.Poisson(), (1.0,), lk.Binomial(trials=9), (0.6,), np.inf),
    "gamma within normal": (
        lk.Exponential(), (1.0,), lk.Normal(), (1.0, 1.0), -1 + np.log(2 * np.pi) / 2 + 0.5,
    ),
    "truncated": (lk.truncated(lk.Exponential(), low=2.0), (3.0,), lk.Exponential(), (3.0,), 2 / 3),
    "out of the truncated": (lk.Exponential(), (3.0,), lk.truncated(lk.Exponential(), low=2.0), (3.0,), np.inf),
}  # fmt: skip


@pytest.mark.parametrize(("family", "theta", "other", "values", "wanted"), KNOWN.values(), ids=KNOWN)
def test_divergences_that_are_known(family, theta, other, values, wanted):
    first, second = (dict(zip(f.parameter_names, v, strict=True)) for f, v in ((family, theta), (other, values)))
    found = lk.kl_divergence(family, first, other, second)
    assert_allclose(found, wanted, rtol=1e-8, atol=1e-9)
    assert isinstance(found, float)


def test_it_is_no_distance():
    one, other = {"mean": 0.0, "sd": 1.0}, {"mean": 0.0, "sd": 3.0}
    there, back = (lk.kl_divergence(lk.Normal(), a, lk.Normal(), b) for a, b in ((one, other), (other, one)))
    assert there != pytest.approx(back, rel=0.1)


def test_it_is_the_same_in_other_coordinates():
    usual = lk.kl_divergence(lk.Gamma(), {"shape": 2.0, "scale": 3.0}, lk.Exponential(), {"scale": 4.0})
    mean = lk.kl_divergence(
        lk.Gamma(parameters=("mean", "shape")), {"mean": 6.0, "shape": 2.0}, lk.Gamma(shape=1.0), {"scale": 4.0}
    )
    assert_allclose(mean, usual, rtol=1e-9)


def test_known_quantities():
    theta, other = {"probability": 0.3}, {"probability": 0.6}
    assert_allclose(lk.kl_divergence(lk.Binomial(), theta, lk.Binomial(), other, trials=9), binomials(9, 0.3, 0.6))
    poisson = lk.kl_divergence(lk.Binomial(), theta, lk.Poisson(), {"rate": 2.7}, trials=9)
    y = np.arange(10)
    p = stats.binom.pmf(y, 9, 0.3)
    assert_allclose(poisson, p @ np.log(p / stats.poisson.pmf(y, 2.7)), rtol=1e-9)


def test_a_divergence_that_is_infinite_within_the_support():
    """The second moment of a Cauchy law."""
    with pytest.raises(NotAvailableError, match="infinite, or not known"):
        lk.kl_divergence(lk.StudentT(), {"loc": 0.0, "scale": 1.0, "df": 1.0}, lk.Normal(), {"mean": 0.0, "sd": 1.0})


class Halved(lk.Family):
    """Its density has a total mass of 1/2."""

    scale = lk.Positive()
    support = lk.Interval(0, np.inf)

    @staticmethod
    def log_density(y, scale):
        return -np.log(2 * scale) - y / scale


class Doubled(lk.Family):
    scale = lk.Positive()
    support = lk.Interval(0, np.inf)

    @staticmethod
    def log_density(y, scale):
        return np.log(2 / scale) - y / scale


def test_what_is_no_law_is_refused():
    theta = {"scale": 1.0}
    with pytest.raises(NotAvailableError, match="total mass"):
        lk.kl_divergence(Halved(), theta, lk.Exponential(), theta)
    with pytest.raises(NotAvailableError, match="below 0"):
        lk.kl_divergence(lk.Exponential(), theta, Doubled(), theta)


def test_refused_by_name():
    theta = {"scale": 1.0}
    with pytest.raises(ArgumentError, match="whole numbers"):
        lk.kl_divergence(lk.Poisson(), {"rate": 1.0}, lk.Exponential(), theta)
    with pytest.raises(ParameterError, match="other_theta"):
        lk.kl_divergence(lk.Exponential(), theta, lk.Exponential(), {"scale": -1.0})
    with pytest.raises(ArgumentError, match="trails"):
        lk.kl_divergence(lk.Exponential(), theta, lk.Exponential(), theta, trails=5)
    with pytest.raises(ArgumentError, match="family"):
        lk.kl_divergence("gamma", theta, lk.Exponential(), theta)
    with pytest.raises(NotAvailableError, match="event"):
        lk.kl_divergence(lk.censored(lk.Exponential()), theta, lk.Exponential(), theta, limit=2.0)


def test_cross_entropy_by_frequencies_is_that_of_the_rows():
    values = np.array([-1.0, -2.0, -4.0])
    rows = np.repeat(values, [2, 0, 3])
    found = cross_entropy(values, np.array([2.0, 0.0, 3.0]), 1.5)
    assert_allclose([found.value, found.standard_error], [-rows.mean(), rows.std(ddof=1) / np.sqrt(5)])
    assert_allclose([found.n, found.penalty], [5, 0.3])
    assert str(found) == "cross-entropy 2.800 (standard error 0.735), 5 observations"


def test_takeuchi_penalty():
    observed, outer = np.array([[4.0, 1.0], [1.0, 3.0]]), np.array([[5.0, 0.5], [0.5, 2.0]])
    assert_allclose(takeuchi_penalty(observed, outer), np.trace(np.linalg.inv(observed) @ outer))
    units = np.diag([1e8, 1e-7])
    assert_allclose(
        takeuchi_penalty(units @ observed @ units, units @ outer @ units), takeuchi_penalty(observed, outer)
    )
    assert np.isnan(takeuchi_penalty(np.ones((2, 2)), outer))


def test_trials_that_were_forgotten_were_a_key_error():
    counts, truth, binomial, values = lk.Poisson(), {"rate": 1.0}, lk.Binomial(), {"probability": 0.3}
    pairs = (((binomial, values), (binomial, values)), ((counts, truth), (binomial, values)))
    for first, second in (*pairs, pairs[1][::-1]):
        with pytest.raises(ParameterError, match="kl_divergence needs trials; pass it by keyword"):
            lk.kl_divergence(*first, *second)
    for first, model in (((binomial, values), counts), ((counts, truth), binomial)):
        with pytest.raises(ParameterError, match="pseudo_true needs trials; pass it by keyword"):
            lk.pseudo_true(*first, model)
