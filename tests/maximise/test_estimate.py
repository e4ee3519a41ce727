"""What a search does when its first way ends badly: on the rows, from elsewhere, from what was given."""

import importlib
import warnings
from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import optimize

import likelihood_kit as lk
from likelihood_kit.maximise import estimate
from likelihood_kit.maximise.estimate import declared_unbounded
from likelihood_kit.maximise.findings import Flaw
from likelihood_kit.predictor import iid_predictors

#: The module, whose name the function of the same name hides.
SEARCHES = importlib.import_module("likelihood_kit.maximise.estimate")
Y = 3 * np.exp([-0.008, 0.0, 0.004, 0.009, 0.001])


def bump(side):
    """A hill of width 0.025 in log t, level everywhere else, and a start `side` away from it."""

    class Bump(lk.Family):
        t = lk.Positive()
        support = lk.Interval(0, np.inf)

        @staticmethod
        def log_density(y, t):
            return np.exp(-800 * (np.log(t) - np.log(y)) ** 2)

        @staticmethod
        def start(y):
            return {"t": np.exp(np.log(y).mean(axis=-1) + side)}

    return Bump()


@pytest.mark.parametrize("side", [-1.4, 1.4])
def test_from_a_plateau_a_search_begins_again_on_either_side(side, fit):
    """A factor of four aside, which is where the hill stands."""
    found = fit(Y, family=bump(side))
    top = optimize.minimize_scalar(
        lambda s: -np.exp(-800 * (s - np.log(Y)) ** 2).sum(), bounds=(1.08, 1.12), options={"xatol": 1e-10}
    )
    assert found.certificate.ok
    assert_allclose(np.log(found.params[0]), top.x, atol=1e-7)
    # Further away than that it either finds the hill by a start elsewhere in the space, or says that it did not.
    further = fit(Y, family=bump(3 * side))
    assert further.certificate.ok or "not identified" in str(further.certificate)
    if further.certificate.ok:
        assert_allclose(np.log(further.params[0]), top.x, atol=1e-7)


def test_a_batch_is_searched_again_where_it_failed_alone(batch_of):
    """The first sample starts on its hill, the second a factor of four below it."""

    class Half(lk.Family):
        t = lk.Positive()
        support = lk.Interval(0, np.inf)

        @staticmethod
        def log_density(y, t):
            return np.exp(-800 * (np.log(t) - np.log(y)) ** 2)

        @staticmethod
        def start(y):
            return {"t": np.full(len(y), 3.0)}

    samples = np.stack([Y, Y * np.exp(1.4)])
    found = estimate(Half(), batch_of(Half(), samples)).findings
    assert found.exists.all()
    assert_allclose(found.working[1] - found.working[0], 1.4, rtol=1e-9)


def test_a_failure_on_statistics_is_looked_at_on_the_rows(batch_of, monkeypatch):
    """Of three samples the second one fails on its statistics, and alone is searched again."""
    samples = np.random.default_rng(3).gamma(2.0, 3.0, (3, 40))
    plain = estimate(lk.Gamma(), batch_of(lk.Gamma(), samples)).findings
    kept, searched = SEARCHES.find, []

    def find(likelihood, starts, setting):
        found = kept(likelihood, starts, setting)
        searched.append((likelihood.on_statistics, likelihood.sample.size))
        if not likelihood.on_statistics:
            return found
        wrong = replace(found, flaws=found.flaws.copy(), working=found.working.copy())
        wrong.flaws[1], wrong.working[1] = Flaw.SINGULAR, 99.0
        return wrong

    monkeypatch.setattr(SEARCHES, "find", find)
    found = estimate(lk.Gamma(), batch_of(lk.Gamma(), samples)).findings
    assert searched == [(True, 3), (False, 1)]
    assert_array_equal(found.exists, [True] * 3)
    assert_allclose(found.working, plain.working, rtol=1e-9)


def test_statistics_that_lose_digits_are_not_used(batch_of):
    """A mean of 3e7 and a spread of 1 have no variance left in the sum of squares."""
    y = 3e7 + np.random.default_rng(1).normal(size=200)
    near, far = (estimate(lk.Normal(), batch_of(lk.Normal(), values)) for values in (y - 3e7, y))
    assert near.likelihood.on_statistics
    assert not far.likelihood.on_statistics
    assert_allclose(far.findings.working[0], [y.mean(), np.log(y.std())], rtol=1e-12)


def test_a_given_start_is_searched_from_too(fit):
    """On the hill, where the family's own start, far out on the plateau, is no place to begin."""
    found = fit(Y, family=bump(4.2), start=[3.0])
    assert found.certificate.ok
    assert_allclose(found.params, fit(Y, family=bump(1.4)).params, rtol=1e-8)


def test_many_rows_begin_on_some_of_them(batch_of, monkeypatch):
    """And where those end lower than the family's start, that is kept."""
    y = np.random.default_rng(5).weibull(1.5, SEARCHES.MANY_ROWS + 7)
    family = lk.Weibull()
    found = estimate(family, batch_of(family, y)).findings
    few = SEARCHES.maximise

    def lower(*arguments, **settings):
        ends = few(*arguments, **settings)
        ends.working[:] += 5.0
        return ends

    monkeypatch.setattr(SEARCHES, "maximise", lower)
    begun = []
    kept = SEARCHES.find
    monkeypatch.setattr(
        SEARCHES, "find", lambda like, starts, setting: (begun.append(starts), kept(like, starts, setting))[1]
    )
    again = estimate(family, batch_of(family, y)).findings
    assert_allclose(again.working, found.working, rtol=1e-9)
    assert_allclose(begun[0][0, 0], found.working[0], atol=1.0)


class Inverse(lk.Family):
    """Normal of known spread about the inverse of its parameter, whose start is where that is not defined."""

    mu = lk.Real()

    def log_density(y, mu):
        return -0.5 * np.log(2 * np.pi) - 0.5 * (y - 1 / mu) ** 2

    def start(y):
        return {"mu": np.zeros(np.shape(y)[:-1])}


class EighthPower(lk.Family):
    """Normal of known spread about a power of its parameter, from a start whose power is beyond floats."""

    a = lk.Positive()

    def log_density(y, a):
        return -0.5 * np.log(2 * np.pi) - 0.5 * (y - a**8) ** 2

    def start(y):
        return {"a": np.full(np.shape(y)[:-1], 1e60)}


@pytest.mark.parametrize("family", [Inverse(), EighthPower()], ids=lambda family: family.name)
def test_arithmetic_that_fails_in_plain_numbers_is_left_to_arrays(family):
    """Python divides no number by zero and raises an error beyond its range, where arrays go on with infinities."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        results = lk.LikelihoodModel(np.array([1.0, 3.0, 2.0]), family=family).fit()
    assert results.certificate.ok or results.certificate.reasons


class InPrecision(lk.StudentT):
    in_precision = lk.Coordinates(
        {"loc": lk.Real(), "precision": lk.Positive(), "df": lk.Positive()},
        to_canonical=lambda loc, precision, df: {"loc": loc, "scale": 1 / precision, "df": df},
        from_canonical=lambda loc, scale, df: {"loc": loc, "precision": 1 / scale, "df": df},
    )


@pytest.mark.parametrize(("fixed", "unbounded"), [({}, True), ({"df": 0.5}, False), ({"precision": 1.0}, False)])
def test_a_likelihood_that_a_held_value_bounds_is_not_said_to_have_no_bound(fixed, unbounded):
    """In coordinates other than those of which it is declared, by any value that is held."""
    family = InPrecision(parameters=("loc", "precision", "df"), **fixed)
    assert bool(declared_unbounded(family, iid_predictors(family))) == unbounded
