"""Tails by quadrature and in closed form, with their derivatives, up to the ends of the support."""

import mpmath
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import special, stats

import likelihood_kit as lk
from likelihood_kit.errors import NotAvailableError
from likelihood_kit.families.tails import tail_of


class Rayleigh(lk.Family):
    """Without a tail of its own."""

    scale = lk.Positive()
    support = lk.Interval(0, np.inf)

    @staticmethod
    def log_density(y, scale):
        return np.log(y) - 2 * np.log(scale) - y**2 / (2 * scale**2)


class Ramp(lk.Family):
    """Distribution function y^power on the unit interval."""

    power = lk.Positive()
    support = lk.Interval(0, 1)

    @staticmethod
    def log_density(y, power):
        return np.log(power) + (power - 1) * np.log(y)


def derivatives(law, kind, y, theta):
    tail = tail_of(law, kind)
    kernel = tail.kernels.rows
    value, (score,), (hessian,) = kernel.derivatives(kernel.hoist(y), theta)
    assert_array_equal(value, tail(y, {name: theta for name in law.parameters}))
    assert not tail.exact
    return np.array([part + 0 * y for part in (value, score, hessian)])


def test_a_survival_function_from_its_lower_end_on():
    """-y^2 / (2 scale^2); at the end itself all of the mass lies above, whatever the scale."""
    y = np.array([0.0, 0.1, 1.0, 4.0])
    found = derivatives(Rayleigh.law, "log_survival", y, 2.0)
    assert_allclose(found, [-(y**2) / 8, y**2 / 8, -3 * y**2 / 16], rtol=1e-7, atol=1e-12)


@pytest.mark.parametrize("power", [0.4, 1.0, 3.5])
def test_a_distribution_function_up_to_its_upper_end(power):
    y = np.array([0.02, 0.5, 0.97, 1.0])
    found = derivatives(Ramp.law, "log_cdf", y, power)
    assert_allclose(found, [power * np.log(y), np.log(y), 0 * y], rtol=1e-7, atol=1e-7)


def test_rows_at_the_end_do_not_change_the_others():
    y = np.array([0.0, 0.3, 2.0])
    together = derivatives(Rayleigh.law, "log_survival", y, 1.3)
    assert_allclose(together[:, 1:], derivatives(Rayleigh.law, "log_survival", y[1:], 1.3), rtol=1e-12)


class Beta(lk.Family):
    """A pole at either end for shapes below 1, and no tail of its own."""

    a, b = lk.Positive(), lk.Positive()
    support = lk.Interval(0, 1)

    @staticmethod
    def log_density(y, a, b):
        return (a - 1) * np.log(y) + (b - 1) * np.log1p(-y) - special.betaln(a, b)


class OpaqueBeta(Beta):
    """The same, in a form that cannot be traced: y is all there is."""

    @staticmethod
    def log_density(y, a, b):
        return stats.beta.logpdf(y, a, b)


def incomplete_beta(kind, y, a, b):
    """Logarithm of a tail and its derivatives to the second order, by mpmath."""
    ends = (y, 1) if kind == "log_survival" else (0, y)

    def logarithm(a, b):
        return mpmath.log(mpmath.betainc(a, b, *ends, regularized=True))

    orders = ((0, 0), (1, 0), (0, 1), (2, 0), (1, 1), (0, 2))
    with mpmath.workdps(30):
        return [float(mpmath.diff(logarithm, (a, b), order)) for order in orders]


@pytest.mark.parametrize("kind", ["log_survival", "log_cdf"])
def test_a_tail_up_to_a_pole_was_refused(kind):
    """Next to 1 numbers lie 1e-16 apart, 3e-7 of the mass nearer than that. Rows on both sides of the median."""
    y, b = np.array([0.2, 0.7, 0.999, 0.7]), np.array([0.4, 0.6, 0.3, 3.0])
    kernel = tail_of(Beta.law, kind).kernels.rows
    value, score, hessian = kernel.derivatives(kernel.hoist(y), 2.0, b)
    wanted = np.transpose([incomplete_beta(kind, at, 2.0, shape) for at, shape in zip(y, b, strict=True)])
    assert_allclose([value, *score, *hessian], wanted, rtol=1e-9)


def test_a_tail_up_to_a_pole_that_cannot_be_traced_is_refused():
    with pytest.raises(NotAvailableError, match="cannot be had by quadrature: the density has a pole at 1"):
        lk.censored(OpaqueBeta()).log_density(0.7, event=0, a=2.0, b=0.4)


def test_a_sample_censored_below_a_pole_has_a_log_density():
    family = lk.censored(Beta())
    found = family.log_density([0.2, 0.999], event=[1, 0], a=2.0, b=0.4)
    wanted = [stats.beta.logpdf(0.2, 2.0, 0.4), np.log(special.betaincc(2.0, 0.4, 0.999))]
    assert_allclose(found, wanted, rtol=1e-9)


def test_a_tail_below_the_smallest_normal_number_was_refused_for_a_pole():
    """Mass of 7e-314 beyond the datum has two digits; their quotients told of a pole there, in 6 of 100 such tails."""
    depth = np.linspace(600.0, 740.0, 281)
    found = lk.censored(Rayleigh()).log_density(np.sqrt(2 * depth), event=0, scale=1.0)
    normal = depth < -np.log(np.finfo(float).tiny)
    assert_allclose(found[normal], -depth[normal], rtol=1e-9)
    # What has fewer digits is as large as it can be told.
    assert_allclose(found[~normal], -depth[~normal], rtol=1e-3)


def test_derivatives_of_a_tail_below_the_smallest_normal_number_were_refused():
    """An error of 6e-320 is none that a float could better."""
    kernel = tail_of(Rayleigh.law, "log_survival").kernels.rows
    y = np.array([0.0506])
    for depth in np.linspace(690.0, 741.0, 103):
        value, _, _ = kernel.derivatives(kernel.hoist(y), y / np.sqrt(2 * depth))
        assert value < -680.0


def test_a_sample_with_a_limit_of_its_own_for_each_row_was_refused():
    """The maximum is in closed form: scale^2 is the total of y^2 over twice the number that was seen."""
    rng = np.random.default_rng(0)
    time, limit = rng.rayleigh(2.0, 200), rng.uniform(0.5, 6.0, 200)
    y, event = np.minimum(time, limit), (time < limit).astype(int)
    results = lk.LikelihoodModel(y, event=event, family=lk.censored(Rayleigh())).fit()
    assert_allclose(results.params, np.sqrt((y**2).sum() / (2 * event.sum())), rtol=1e-6)


class Counts(lk.Family):
    """A Poisson law without a tail of its own."""

    rate = lk.Positive()
    support = lk.Integers(0, np.inf)

    @staticmethod
    def log_density(y, rate):
        return special.xlogy(y, rate) - rate - special.gammaln(y + 1)


def test_the_upper_tail_of_counts_ends_where_its_terms_vanish():
    """It holds a small part of the mass, so that no sum over it could wait for the whole."""
    y = np.array([0.0, 3.0, 20.0, 40.0])
    found = derivatives(Counts.law, "log_survival", y, 3.0)
    density = np.exp(-3.0 + y * np.log(3.0) - special.gammaln(y + 1))
    survival = special.gammainc(y + 1, 3.0)
    score = density / survival
    assert_allclose(found, [np.log(survival), score, score * (y / 3.0 - 1 - score)], rtol=1e-9)
