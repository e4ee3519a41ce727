import numpy as np
import pytest
from numpy.testing import assert_allclose

from likelihood_kit.simulation.exponents import exponent

SIZES = np.array([20.0, 50.0, 100.0, 200.0, 500.0, 1000.0])
MCSE = np.array([0.01, 0.02, 0.01, 0.03, 0.01, 0.01])


def test_exponent_beside_a_term_in_the_inverse_size():
    found = exponent(SIZES, 3 - 0.4 * np.log(SIZES) + 7 / SIZES, MCSE)
    assert_allclose([found.value, found.term], [-0.4, 7.0])
    assert found.first == 20
    # Against the normal equations.
    design = np.stack([np.ones(6), np.log(SIZES), 1 / SIZES], axis=1) / MCSE[:, None]
    assert_allclose([found.se, found.term_se], np.sqrt(np.diag(np.linalg.inv(design.T @ design)))[1:])


def test_three_sizes_determine_it():
    found = exponent(SIZES[:3], -0.5 * np.log(SIZES[:3]) - 2 / SIZES[:3], MCSE[:3])
    assert_allclose([found.value, found.term], [-0.5, -2.0])
    assert found.beside_term


def test_two_sizes_show_no_term():
    found = exponent(SIZES[:2], -0.5 * np.log(SIZES[:2]), MCSE[:2])
    assert_allclose([found.value, found.se], [-0.5, np.hypot(0.01, 0.02) / np.log(2.5)])
    assert not found.beside_term


@pytest.mark.parametrize("sizes", [SIZES[:1], SIZES[:2]])
def test_exponent_of_nothing(sizes):
    assert np.isnan(exponent(sizes, np.full(len(sizes), np.nan), np.full(len(sizes), 0.1)).value)


def test_small_sizes_with_terms_of_still_higher_order_are_left_out():
    """A term 200 / n^2, 0.5 at n = 20, moves the exponent at all sizes by 0.06; at four of them nothing is left out."""
    curved = -0.5 * np.log(SIZES) + 2 / SIZES + 200 / SIZES**2
    found = exponent(SIZES, curved, np.full(6, 0.005))
    assert found.first == 50
    assert_allclose(found.value, -0.5, atol=0.02)
    four = exponent(SIZES[:4], curved[:4], np.full(4, 0.005))
    straight = exponent(SIZES[:4], -0.5 * np.log(SIZES[:4]), np.full(4, 0.005))
    assert four.first == 20
    assert four.se > 3 * straight.se


def test_a_size_that_does_not_fit_is_no_reason_to_leave_out_smaller_ones():
    """The error of the exponent was 0.05 where one of six sizes was off by 5 of its errors, ten times the usual."""
    off = -0.5 * np.log(SIZES) + np.array([0, 0, 0, 0.05, 0, 0])
    straight = exponent(SIZES, -0.5 * np.log(SIZES), np.full(6, 0.01))
    found = exponent(SIZES, off, np.full(6, 0.01))
    assert found.first == 20
    assert 1 < found.se / straight.se < 4


def test_exponents_have_the_error_they_claim():
    """2,000 studies of n^-1/2 (1 + 7 / n); the spread of an exponent has 1.6 % error, 6.4 % is four times that."""
    rng = np.random.default_rng(3)
    exact = -0.5 * np.log(SIZES) + 7 / SIZES
    found = [exponent(SIZES, exact + MCSE * rng.standard_normal(6), MCSE) for _ in range(2000)]
    kept = [f for f in found if f.first == 20]
    assert len(kept) > 1950
    assert_allclose(np.std([f.value for f in kept]), kept[0].se, rtol=0.064)
    assert_allclose(np.mean([f.value for f in kept]), -0.5, atol=4 * kept[0].se / np.sqrt(len(kept)))
