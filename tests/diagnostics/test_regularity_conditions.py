"""The conditions of the Cramer-Rao bound, over the catalogue, where they fail, and where only the Hessian does."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

import likelihood_kit as lk
from likelihood_kit.diagnostics.regularity_conditions import (
    BARTLETT,
    INFORMATION,
    INTERIOR,
    NEEDED,
    SCORE,
    SUPPORT,
    Condition,
    RegularityConditions,
)
from likelihood_kit.errors import ArgumentError, ParameterError

KNOWN = {"Binomial": {"trials": 10}}


def truth_of(family):
    """The middle of its typical box, ends of a support apart."""
    found = {name: float(np.mean(family.law.typical[name])) for name in family.parameter_names}
    return {"low": 0.0, "high": 2.0} if set(found) == {"low", "high"} else found


@pytest.mark.parametrize("name", lk.CATALOGUE)
def test_over_the_catalogue(name):
    """What the family says of itself is what is found of its density."""
    family = lk.CATALOGUE[name]()
    found = lk.check_regularity(family, truth_of(family), **KNOWN.get(name, {}))
    assert found.ok == family.regular
    assert found.smooth == family.smooth
    assert list(found.table.index) == [SUPPORT, SCORE, INFORMATION, INTERIOR, BARTLETT]
    assert found.verdict in " ".join(str(found).split())


def test_the_mean_of_a_score_where_the_support_moves():
    """Of a uniform law on (0, high) the score is -1 / high whatever y: minus one of its own sizes."""
    found = lk.check_regularity(lk.Uniform(low=0.0), {"high": 2.0})
    assert not found.ok
    assert_allclose(found.table.loc[SCORE, "value"], 1.0)
    assert "support and score mean zero and information" in found.verdict.replace(", ", " and ")


def test_the_shape_of_an_extreme_value_law_decides():
    truth = {"loc": 0.0, "scale": 1.0}
    inside, outside = (lk.check_regularity(lk.GeneralizedExtremeValue(), {**truth, "shape": s}) for s in (-0.4, -0.6))
    assert inside.ok
    assert inside.table.loc[BARTLETT, "holds"] is None  # E[s s'] has no quadrature as near to its pole
    assert "not known here" in inside.verdict
    assert not outside.ok
    assert outside.verdict.startswith("NOT regular")
    assert "shape > -1/2" in outside.table.loc[SUPPORT, "finding"]


def test_a_laplace_law_has_a_bound_and_no_second_identity():
    """-E[Hessian] in loc is 0 where the density has one, E[score^2] is 1 / scale^2."""
    found = lk.check_regularity(lk.Laplace(), {"loc": 0.0, "scale": 2.0})
    assert found.ok
    assert not found.smooth
    assert_allclose(found.table.loc[BARTLETT, "value"], 1.0)
    assert "standard errors need the expected information" in found.verdict


class Unidentified(lk.Family):
    a, b = lk.Real(), lk.Real()

    @staticmethod
    def log_density(y, a, b):
        return -((y - a - b) ** 2) / 2 - np.log(2 * np.pi) / 2


class Untraced(lk.Family):
    """A normal law whose arguments are made numbers, which cannot be traced."""

    loc = lk.Real()

    @staticmethod
    def log_density(y, loc):
        return -((np.array(y, dtype=float) - np.array(loc, dtype=float)) ** 2) / 2 - np.log(2 * np.pi) / 2


def test_a_singular_information():
    found = lk.check_regularity(Unidentified(), {"a": 0.0, "b": 1.0})
    assert not found.ok
    assert [one.name for one in found.conditions if one.name in NEEDED and not one.holds] == [INFORMATION]
    assert_allclose(found.table.loc[INFORMATION, "value"], 0.0, atol=1e-9)


@pytest.mark.parametrize("df", [1e5, 1e6, 1e10])
def test_rounding_of_a_score_was_taken_for_irregularity(df):
    """Digamma functions cancel in the score of df, to 1e-5 of its size at 1e5; a mean of 3e-6 was held against it."""
    found = lk.check_regularity(lk.StudentT(), {"loc": 0.0, "scale": 1.0, "df": df})
    assert "NO" not in str(found)
    assert "Cannot tell" in found.verdict


def test_numeric_derivatives():
    found = lk.check_regularity(Untraced(), {"loc": 0.3})
    assert found.ok
    assert found.smooth
    assert "numeric" in found.table.loc[BARTLETT, "finding"]


@pytest.mark.parametrize("part", [lk.Exponential(), lk.Weibull(), lk.Logistic()])
def test_of_a_censored_law_by_draws(part):
    """One seed: 6 in 100,000 right means are rejected; a limit that is not that of the draws is found by the same."""
    family = lk.censored(part)
    truth = {name: 1.5 for name in part.parameter_names}
    found = lk.check_regularity(family, truth, limit=2.5)
    assert found.ok
    assert found.smooth
    assert "Monte Carlo standard errors" in found.table.loc[SCORE, "finding"]
    assert lk.check_regularity(lk.truncated(part, low=0.5), truth).smooth


class WrongTail(lk.Family):
    """Its mass is 1 at rate 1 alone: the score has no mean of 0 elsewhere, nor is it a law."""

    rate = lk.Positive()
    support = lk.Interval(0, np.inf)

    @staticmethod
    def log_density(y, rate):
        return -rate * y

    @staticmethod
    def log_survival(y, rate):
        return -rate * y

    @staticmethod
    def sample(rng, size, rate):
        return rng.exponential(1 / rate, size)


def test_a_density_whose_mass_depends_on_the_parameter_is_found():
    found = lk.check_regularity(WrongTail(), {"rate": 1.0})
    assert not found.ok
    assert_allclose(found.table.loc[SCORE, "value"], 1 / np.sqrt(2), rtol=1e-6)  # E[y] = 1, E[y^2] = 2


def test_of_a_censored_law_it_is_found_by_draws():
    """The score is minus the time that was observed, of mean 1 - exp(-2.5): 170 Monte Carlo standard errors."""
    found = lk.check_regularity(lk.censored(WrongTail()), {"rate": 1.0}, limit=2.5)
    assert not found.ok
    broken = {one.name: one.value for one in found.conditions if one.holds is False}
    assert set(broken) == {SCORE, BARTLETT}
    assert min(broken.values()) > 50


@pytest.mark.parametrize(
    ("arguments", "keywords", "error", "words"),
    [
        (["gamma", {}], {}, ArgumentError, "family must be a family"),
        ([lk.Gamma(), {"shape": 1.0}], {}, ParameterError, "no value for 'scale'"),
        ([lk.Poisson(), {"rate": 1.0}], {"trials": 3}, ArgumentError, "takes no argument 'trials'"),
        ([lk.censored(lk.Exponential()), {"scale": 1.0}], {}, ParameterError, "limit"),
        ([lk.Binomial(), {"probability": 0.5}], {}, ParameterError, "needs trials"),
        ([lk.Normal(mean=0.0, sd=1.0), {}], {}, ArgumentError, "no free parameter"),
    ],
)
def test_refusals(arguments, keywords, error, words):
    with pytest.raises(error, match=words):
        lk.check_regularity(*arguments, **keywords)


def test_where_it_cannot_tell_printing_was_an_index_error():
    unknown = tuple(Condition(name, None, np.nan, np.nan, "not known") for name in (SUPPORT, SCORE))
    found = RegularityConditions("Poisson()", {"rate": 1e8}, unknown)
    words = "Cannot tell whether there is a Cramer-Rao bound; not known: support and score mean zero."
    assert words in " ".join(str(found).split())
