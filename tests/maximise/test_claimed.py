"""A theorem that a user's own law declares is held to what searches from all over the space find."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

import likelihood_kit as lk
from likelihood_kit.errors import ArgumentError, FormulaError, MaximumWarning
from likelihood_kit.families import CATALOGUE
from likelihood_kit.maximise.claimed import is_proved

TWO_CLUSTERS = np.r_[[0] * 3, [30] * 8] + np.linspace(0, 0.3, 11)
CONCAVE = lk.UniqueMaximum("concave", "me", ("loc",))


def cauchy(y, loc):
    return -np.log1p((y - loc) ** 2) - np.log(np.pi)


def logistic(y, loc):
    return -(y - loc) - 2 * np.log1p(np.exp(-(y - loc)))


def family_of(log_density, **attributes):
    body = {
        "loc": lk.Real(),
        "log_density": staticmethod(log_density),
        "start": staticmethod(lambda y: {"loc": y.min(axis=-1)}),
    }
    return type("Own", (lk.Family,), {**body, **attributes})()


def test_a_theorem_of_a_users_law_was_believed_unseen():
    """The maximum of the nearer cluster was global, 34 log-likelihood units too low."""
    with pytest.warns(MaximumWarning, match=r"declared theorem does not hold: concave \(me\), but \d+ of \d+ searches"):
        results = lk.LikelihoodModel(TWO_CLUSTERS, family=family_of(cauchy, theorems=CONCAVE)).fit()
    assert_allclose(results.params, [30.18], atol=0.01)
    assert_allclose(results.llf, -33.07, atol=0.01)
    assert results.certificate.grade == "highest found"
    assert results.certificate.theorem == ""
    assert "does not hold" in str(results.certificate)


def test_one_that_holds_is_global():
    results = lk.LikelihoodModel(TWO_CLUSTERS, family=family_of(logistic, theorems=CONCAVE)).fit()
    assert results.certificate.ok
    assert results.certificate.grade == "global"
    assert results.certificate.theorem == "concave (me)"
    assert results.certificate.contradicted == ""
    assert results.certificate.starts > 0


def test_one_of_the_catalogue_is_not_tried():
    """Searches that it spares would make each fit longer."""
    results = lk.LikelihoodModel(np.random.default_rng(0).weibull(2.0, 50), family=lk.Weibull()).fit()
    assert results.certificate.grade == "global"
    assert results.certificate.starts == 0
    assert all(is_proved(theorem) for family in CATALOGUE.values() for theorem in family.law.theorems)
    assert not is_proved(CONCAVE)


def raising(*operands):
    return {}["nothing"]


CONDITIONS = {
    "where that fails": ({"where": raising}, "where fails: KeyError"),
    "where that returns an array": ({"where": lambda fixed: np.ones(3)}, "where returns .*; it must return True or"),
    "of_samples that fails": ({"of_samples": raising}, "of_samples fails: KeyError"),
    "of_samples for each row": ({"of_samples": lambda fixed, y, weights: y > 0}, "of_samples returns .*; it must"),
}


@pytest.mark.parametrize(("condition", "message"), CONDITIONS.values(), ids=CONDITIONS)
def test_a_condition_of_a_theorem_that_is_none(condition, message):
    """Its own error came out of the middle of the kit."""
    theorem = lk.UniqueMaximum("concave", "me", ("loc",), **condition)
    with pytest.raises(FormulaError, match=f"UniqueMaximum: {message}"):
        lk.LikelihoodModel(TWO_CLUSTERS, family=family_of(logistic, theorems=theorem)).fit()


@pytest.mark.parametrize("condition", [{"where": lambda: True}, {"of_samples": lambda fixed: True}, {"of_samples": 3}])
def test_a_condition_of_other_arguments(condition):
    with pytest.raises(ArgumentError, match=f"UniqueMaximum: {next(iter(condition))} .*must"):
        lk.UniqueMaximum("concave", "me", ("loc",), **condition)


def test_what_is_declared_without_a_bound():
    with pytest.raises(ArgumentError, match="Unbounded: words = 3 must be text"):
        lk.Unbounded(3, 3)
    with pytest.raises(ArgumentError, match="Unbounded: free = 3 must be a tuple of names"):
        lk.Unbounded("has none", 3)
    with pytest.raises(FormulaError, match="family Own: unbounded speaks of 'zz'"):
        family_of(cauchy, unbounded=lk.Unbounded("has none", ("zz",)))
