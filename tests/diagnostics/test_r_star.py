"""The statistic u on a curved surface, and what is known of r* near the estimate and between points of a search."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats

import likelihood_kit as lk
from likelihood_kit.diagnostics.r_star import between, u_statistic
from likelihood_kit.errors import NotAvailableError
from likelihood_kit.models import modified_roots
from likelihood_kit.models.interests import Standard, asked_of

Y = np.array([1.2, 3.1, 4.4, 2.0, 5.9, 2.7])


def of_the_signal(y, psi):
    """r and u of psi = mean / sd of a normal law, in coordinates psi, sd, written out.

    The log likelihood is -n log(sd) - S2 / (2 sd^2) + psi S1 / sd - n psi^2 / 2, and canonical parameters are psi / sd
    and -1 / (2 sd^2): Barndorff-Nielsen (1986), Brazzale, Davison and Reid (2007), chapter 8.
    """
    n, first, second = len(y), y.sum(), y @ y

    def log_likelihood(psi, sd):
        return -n * np.log(sd) - second / (2 * sd**2) + psi * first / sd - n * psi**2 / 2

    def across(psi, sd):  # the information of sd
        return -n / sd**2 + 3 * second / sd**4 - 2 * psi * first / sd**3

    highest, sd_hat = y.mean() / y.std(), y.std()
    sd = (-psi * first + np.sqrt((psi * first) ** 2 + 4 * n * second)) / (2 * n)
    r = np.sign(highest - psi) * np.sqrt(2 * (log_likelihood(highest, sd_hat) - log_likelihood(psi, sd)))
    moved = [highest / sd_hat - psi / sd, 1 / (2 * sd**2) - 1 / (2 * sd_hat**2)]
    numerator = np.linalg.det(np.column_stack([moved, [-psi / sd**2, sd**-3]]))
    information = [[n, first / sd_hat**2], [first / sd_hat**2, across(highest, sd_hat)]]
    return r, numerator * sd_hat**4 * np.sqrt(np.linalg.det(information) / across(psi, sd))


@pytest.mark.parametrize("psi", [0.3, 1.0, 3.0, 4.0])
def test_an_interest_whose_surfaces_are_curved(psi):
    """The mean over the deviation: by hand, and by Student's noncentral law, which is exact.

    In working coordinates, the mean and the logarithm of the deviation, points of one value lie on a curve.
    """
    found = lk.LikelihoodModel(Y, family=lk.Normal()).fit().r_star(lambda mean, sd: mean / sd, psi)
    assert_allclose([found.r, found.u], of_the_signal(Y, psi), rtol=1e-6)
    law = stats.nct(len(Y) - 1, np.sqrt(len(Y)) * psi)
    exact = law.sf(np.sqrt(len(Y)) * Y.mean() / Y.std(ddof=1))
    assert abs(np.log(found.pvalue_greater / exact)) < 0.25 * abs(np.log(stats.norm.sf(found.r) / exact))


def test_a_curved_interest_is_the_same_where_it_is_none():
    """mean + 3 shape of a Gamma law, flat under links that are identities and curved under logarithms."""
    y = np.random.default_rng(3).gamma(2, 3, 12)
    laws = [lk.Gamma(parameters=("mean", "shape"), links={"mean": link, "shape": link}) for link in ("identity", "log")]
    flat, curved = (lk.LikelihoodModel(y, family=law).fit() for law in laws)
    for value in (9.0, 12.0, 18.0):
        found = [results.r_star(lambda mean, shape: mean + 3 * shape, value) for results in (flat, curved)]
        assert_allclose([found[1].r, found[1].u], [found[0].r, found[0].u], rtol=1e-6)


def test_what_is_no_maximum_over_the_others_has_no_u():
    """A log likelihood that is convex across the interest: its determinant is below 0, and no logarithm of it is."""
    moved, gradient = np.array([1.0, 0.0]), np.array([1.0, 0.0])
    flat = np.zeros(())
    assert_allclose(u_statistic(moved, 0.0, gradient, np.diag([-1.0, -4.0]), flat, 0.0), 0.5)
    assert np.isnan(u_statistic(moved, 0.0, gradient, np.diag([-1.0, 4.0]), flat, 0.0))
    # A surface that bends away makes a maximum of it, by the slope times its curvature.
    assert_allclose(u_statistic(moved, 0.0, gradient, np.diag([-1.0, 4.0]), np.diag([0.0, 2.0]), 4.0), 0.5)


def test_between_needs_neighbours_on_both_sides_and_four_of_them():
    levels = np.array([-0.45, -0.3, -0.15, 0.15, 0.3, 0.45])
    quintic = np.polynomial.Polynomial([0.3, -1.0, 2.0, 0.5, -3.0, 4.0])
    assert_allclose(between(levels, quintic(levels), 0.02), quintic(0.02), rtol=1e-12)
    cubic = quintic.cutdeg(3)
    four = np.where(np.isin(levels, (-0.45, 0.45)), np.nan, cubic(levels))
    assert_allclose(between(levels, four, 0.02), cubic(0.02), rtol=1e-12)
    three = np.where(levels == 0.3, np.nan, four)
    assert np.isnan(between(levels, three, 0.02))
    assert np.isnan(between(np.abs(levels), quintic(levels), 0.02))


class Told:
    """r* as a function of the level of an interest, in place of that of a fit."""

    def __init__(self, of):
        self.of = of

    def roots(self, asked, level, *, elsewhere=True):
        return -level, -level, self.of(level, elsewhere)


def test_an_end_at_which_r_star_jumps_is_no_end():
    """Root finding ends at a jump over the quantile as it does at a root; and at a root of a lower maximum."""
    standard = Standard.of(lk.LikelihoodModel(Y, family=lk.Normal()).fit())
    asked = asked_of(standard, "mean")
    smooth = modified_roots.interval(Told(lambda level, elsewhere: -level), asked, 0.05)
    assert_allclose(asked.standard(smooth), [-stats.norm.isf(0.025), stats.norm.isf(0.025)], rtol=1e-7)
    jumps = Told(lambda level, elsewhere: -level * (1 if abs(level) < 1.5 else 2))
    lower = Told(lambda level, elsewhere: -level * (1.2 if elsewhere else 1.0))
    for told in (jumps, lower):
        with pytest.raises(NotAvailableError, match="end was not found"):
            modified_roots.interval(told, asked, 0.05)
