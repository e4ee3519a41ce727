"""Where no maximum exists, a fit says so: in its summary, in its standard errors, and by a warning."""

import warnings
from typing import ClassVar

import numpy as np
import pytest

import likelihood_kit as lk
from likelihood_kit.errors import InformationWarning, MaximumWarning

X5 = np.arange(1.0, 6)
RATE = np.random.default_rng(3).exponential(2, 50)


class RatioModel(lk.LikelihoodModel):
    parameters: ClassVar = {"a": lk.Positive(), "b": lk.Positive()}

    def loglikeobs(self, params):
        a, b = params
        return np.log(a / b) - self.endog * a / b


def constant_and(column):
    return np.column_stack([np.ones(len(column)), column])


def fit(model):
    """Results; every warning is one of the kit's, and one says that there is no maximum where there is none."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        results = model.fit()
    for warning in caught:
        assert issubclass(warning.category, (MaximumWarning, InformationWarning)), warning.message
    said = any(issubclass(warning.category, MaximumWarning) for warning in caught)
    assert said != results.certificate.ok
    return results


RISING = {
    "all zero": (np.zeros(6), None, lk.Bernoulli()),
    "no counts": (np.zeros(6), None, lk.Poisson()),
    "complete separation": (np.array([0.0, 0, 0, 1, 1]), constant_and(X5), lk.Bernoulli()),
    "t on a normal sample": (np.random.default_rng(2).normal(size=200), None, lk.StudentT()),
}


@pytest.mark.parametrize(("y", "exog", "family"), RISING.values(), ids=RISING)
def test_no_maximum(y, exog, family):
    results = fit(lk.LikelihoodModel(y, exog, family=family))
    assert not results.converged
    assert np.isnan(results.bse).all()
    assert "NO" in results.summary().tables[0].as_text()
    assert "maximum of the likelihood does not exist" in " ".join(results.summary().as_text().split())


def test_a_perfect_fit_has_no_standard_errors():
    assert np.isnan(fit(lk.LikelihoodModel(3 + 2 * X5, constant_and(X5), family=lk.Normal())).bse).all()


@pytest.mark.parametrize("y", [[0.0, 0, 0, 0, 1, -1, 2], [3.0] * 9 + [1.0, 4.0]])
def test_a_collapse_onto_ties(y):
    results = fit(lk.LikelihoodModel(np.array(y), family=lk.StudentT()))
    assert not results.certificate.ok
    assert np.isnan(results.bse).all() or "not finite" in str(results.certificate)


def test_parameters_of_an_own_likelihood_that_are_not_identified():
    certificate = fit(RatioModel(RATE)).certificate
    assert not certificate.ok
    assert "not positive definite: some parameters are not identified" in str(certificate)
    assert "level as" in str(certificate)


def test_under_an_identity_link_there_is_no_likelihood_outside_the_space():
    model = lk.LikelihoodModel([1.0, 2.0], family=lk.Exponential(links={"scale": "identity"}))
    assert model.loglike([-1.0]) == -np.inf
    np.testing.assert_allclose(model.fit().params, [1.5])


def test_a_row_outside_the_space_leaves_the_sample_without_likelihood():
    """Rows of a regression of an exponential scale under an identity link, the scale of one of them negative."""
    exog = constant_and(X5)
    model = lk.LikelihoodModel([1.0, 2.0, 2.5, 4.0, 6.0], exog, family=lk.Exponential(links={"scale": "identity"}))
    assert np.isfinite(model.loglikeobs([0.5, 1.0])).all()
    assert (model.loglikeobs([-1.5, 1.0]) == -np.inf).all()
    assert model.loglike([-1.5, 1.0]) == -np.inf
    with_shape = lk.LikelihoodModel([1.0, 2.0, 2.5, 4.0, 6.0], exog, family=lk.Weibull())
    for params in ([-1.0, 0.5, 0.1], [0.0, 0.5, 0.1]):
        assert (with_shape.loglikeobs(params) == -np.inf).all()
        assert with_shape.loglike(params) == -np.inf


def test_observations_outside_a_support_that_moves_have_no_likelihood():
    """A Uniform law that ends below one of them, and a bounded extreme value law."""
    uniform = lk.LikelihoodModel([1.0, 2.0, 3.0], family=lk.Uniform())
    np.testing.assert_allclose(uniform.loglikeobs([0.5, 2.5]), [-np.log(2), -np.log(2), -np.inf])
    assert uniform.loglike([0.5, 2.5]) == -np.inf
    np.testing.assert_allclose(uniform.loglike([1.0, 3.0]), -3 * np.log(2))
    maxima = lk.LikelihoodModel([1.0, 2.0, 3.0, 5.1], family=lk.GeneralizedExtremeValue())
    found = maxima.loglikeobs([2.0, 1.0, -1 / 3])  # which ends at 5
    assert np.isfinite(found[:3]).all()
    assert found[3] == maxima.loglike([2.0, 1.0, -1 / 3]) == -np.inf
