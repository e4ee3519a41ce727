"""What is published of families of the catalogue, and what a user sees of each."""

import mpmath
import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats

import likelihood_kit as lk
from likelihood_kit.errors import ArgumentError, NotAvailableError


def test_information_on_a_cauchy_location():
    """1 / (2 scale^2): Johnson, Kotz and Balakrishnan (1994), vol. 1, ch. 16."""
    bound = lk.cramer_rao_bound(lk.Cauchy(), {"loc": 3.0, "scale": 1.5}, n=50)
    assert_allclose(bound.loc["loc", "variance_bound"], 2 * 1.5**2 / 50, rtol=1e-14)


def test_information_of_a_logistic_law():
    found = lk.Logistic().expected_information(loc=3.0, scale=1.5)
    assert_allclose(found, np.diag([1 / 3, (3 + np.pi**2) / 9]) / 1.5**2, rtol=1e-14)


def test_the_bound_of_a_laplace_location():
    bound = lk.cramer_rao_bound(lk.Laplace(), {"loc": 3.0, "scale": 1.5}, n=50)
    assert_allclose(bound["variance_bound"], 1.5**2 / 50, rtol=1e-14)


def test_a_beta_law_with_a_pole_at_its_upper_end():
    """Where floating-point numbers near 1 are further apart than much of the mass."""
    found = lk.Beta().expected_information(alpha=3.0, beta=0.4)
    trigammas = [float(mpmath.psi(1, 3)), float(mpmath.psi(1, mpmath.mpf("0.4")))]
    total = stats.beta(3, 0.4).expect(lambda y: np.log(y) ** 2) - stats.beta(3, 0.4).expect(np.log) ** 2
    assert_allclose(found[0, 0], total, rtol=1e-8)
    assert_allclose(np.diag(found) - found[0, 1], trigammas, rtol=1e-12)


def test_a_beta_maximum_is_the_only_one_in_both_coordinates():
    """In (mean, precision) the coefficients of the statistics determine the precision by their sum."""
    y = np.random.default_rng(1).beta(2, 3, 40)
    first, second = (
        lk.LikelihoodModel(y, family=lk.Beta(parameters=names)).fit()
        for names in (("alpha", "beta"), ("mean", "precision"))
    )
    assert (first.certificate.grade, second.certificate.grade) == ("global", "global")
    alpha, beta = first.params
    assert_allclose(second.params, [alpha / (alpha + beta), alpha + beta], rtol=1e-9)


def test_a_threshold_is_not_regular_and_a_known_one_is():
    with pytest.raises(NotAvailableError, match="its support moves with loc"):
        lk.cramer_rao_bound(lk.ShiftedExponential(), {"loc": 1.0, "scale": 2.0}, n=50)
    with pytest.raises(ArgumentError, match="exog cannot drive its parameters"):
        lk.LikelihoodModel([1.0, 2.0, 4.0], np.ones((3, 1)), family=lk.ShiftedExponential())
    known = lk.ShiftedExponential(loc=1.0)
    assert (known.regular, known.smooth) == (True, True)
    results = lk.LikelihoodModel([1.5, 2.0, 4.0], family=known).fit()
    assert results.certificate.grade == "global"
    assert_allclose(results.params, [1.5], rtol=1e-9)
    censored = lk.LikelihoodModel([1.5, 2.0, 4.0], family=lk.censored(known), event=[1, 1, 0]).fit()
    assert censored.certificate.grade == "global"
    assert_allclose(censored.params, [2.25], rtol=1e-9)  # time at risk over events


def test_a_cauchy_maximum_is_the_only_one_where_ties_are_fewer_than_half():
    """Copas (1975); with the scale held fixed there may be many."""
    y = np.array([0.0, 0.0, 1.0, 2.5, 7.0])
    free = lk.LikelihoodModel(y, family=lk.Cauchy()).fit()
    assert free.certificate.grade == "global"
    assert "Copas 1975" in free.certificate.theorem
    assert lk.LikelihoodModel(y, family=lk.Cauchy(scale=0.1)).fit().certificate.grade != "global"


ELSEWHERE = {
    "nbinom": "NegativeBinomial",
    "negbin": "NegativeBinomial",
    "double exponential": "Laplace",
    "two-parameter exponential": "ShiftedExponential",
    "sexp": "ShiftedExponential",
    "logis": "Logistic",
}


@pytest.mark.parametrize(("name", "family"), ELSEWHERE.items(), ids=ELSEWHERE)
def test_what_a_family_is_called_elsewhere(name, family):
    with pytest.raises(ArgumentError, match=family):
        lk.families.find_family(name)
