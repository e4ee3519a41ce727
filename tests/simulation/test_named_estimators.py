"""Estimators by name, function or both, and what a function of the user's may return."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from likelihood_kit.errors import ArgumentError
from likelihood_kit.families import (
    Bernoulli,
    Exponential,
    Gamma,
)
from likelihood_kit.simulation import Study, own_functions
from likelihood_kit.simulation import estimators as kit


def by_function(name, function, family, samples):
    return own_functions.by_function(name, function, family, {"y": samples})


def resolve(estimators, family):
    found = kit.resolve(estimators, family)
    return {name: lambda samples, one=one: one({"y": samples}) for name, one in found.items()}


def test_estimates_of_ones_own_at_an_end_of_the_space_are_kept():
    samples = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]])
    found = by_function("mean", lambda y: y.mean(axis=1), Bernoulli(), samples)
    assert_allclose(found.values[:, 0], [0, 0.5, 1])
    assert list(found.converged) == [False, True, False]
    assert_allclose(kit.method_of_moments(Bernoulli(), {"y": samples}).values[:, 0], [0, 0.5, 1])
    beyond = by_function("beyond", lambda y: np.array([-1e-9, 1 + 1e-9, np.inf]), Bernoulli(), samples)
    assert np.isnan(beyond.values).all()
    endless = by_function("endless", lambda y: np.array([np.inf, -np.inf, 0.0]), Exponential(), samples)
    assert_allclose(endless.values[:, 0], [np.inf, np.nan, 0.0])


def test_a_users_function_gets_samples_that_it_cannot_change(rng):
    samples = rng.standard_exponential((4, 9))
    found = by_function("median", lambda y: np.median(y, axis=1, keepdims=True) / np.log(2), Exponential(), samples)
    assert_allclose(found.values[:, 0], np.median(samples, axis=1) / np.log(2))
    assert found.standard_errors is None
    flat = by_function("mean", lambda y: y.mean(axis=1), Exponential(), samples)
    assert flat.values.shape == (4, 1)
    outside = by_function("negative", lambda y: y.mean(axis=1) - [0, 99, 0, np.nan], Exponential(), samples)
    assert list(outside.converged) == [True, False, True, False]
    with pytest.raises(ArgumentError, match=r"'sorter' raised ValueError at size n = 9: .*read-only") as error:
        by_function("sorter", lambda y: y.sort(axis=1), Exponential(), samples)
    assert isinstance(error.value.__cause__, ValueError)


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (lambda y: y.mean(), r"'mine' returns shape \(\) for samples of shape \(4, 9\); it must return \(4, 2\)"),
        (lambda y: y.mean(axis=1), r"it must return \(4, 2\), one column for each of shape, scale"),
        (lambda y: [["a", "b"]] * 4, "'mine' does not return numbers"),
        (lambda y: None, "'mine' does not return numbers: not None"),
    ],
)
def test_a_users_function_that_returns_something_else(function, message, rng):
    with pytest.raises(ArgumentError, match=message):
        by_function("mine", function, Gamma(), rng.standard_exponential((4, 9)))


def test_estimators_by_name_function_or_both():
    def own(y):
        return y

    assert list(resolve("mle", Gamma())) == ["mle"]
    assert list(resolve(("mle", "moments"), Gamma())) == ["mle", "moments"]
    assert list(resolve({"own": own}, Gamma())) == ["own"]
    assert list(resolve(["moments", {"own": own, "other": own}], Gamma())) == ["moments", "own", "other"]


def test_a_function_that_fails_was_a_bare_error_without_its_name_and_the_size():
    study = Study(
        Exponential(), {"scale": 2.0}, sizes=(5, 8), replications=4, estimators={"mine": lambda y: 1 / 0}, seed=1
    )
    with pytest.raises(ArgumentError, match=r"estimators: 'mine' raised ZeroDivisionError at size n = 5: div") as error:
        study.run(progress=False)
    assert isinstance(error.value.__cause__, ZeroDivisionError)


def test_one_of_the_kits_own_as_the_value_of_a_dict_was_refused(rng):
    samples = rng.gamma(2.0, 3.0, (4, 9))
    found = resolve({"mle": "mle", "by moments": "moments", "mine": lambda y: y[:, :2]}, Gamma())
    assert list(found) == ["mle", "by moments", "mine"]
    assert_allclose(found["mle"](samples).values, kit.maximum_likelihood(Gamma(), {"y": samples}).values)
    assert_allclose(found["by moments"](samples).values, kit.method_of_moments(Gamma(), {"y": samples}).values)
    assert found["mle"](samples).standard_errors is not None


@pytest.mark.parametrize(
    ("estimators", "message"),
    [
        ({"mine": "mel"}, "'mine': 'mel' is unknown: did you mean 'mle'"),
        ({"mle": "moments"}, "the name 'mle' is taken"),
        (["mle", {"mle": "mle"}], "the name 'mle' is taken"),
        ("mel", "'mel' is unknown: did you mean 'mle'"),
        (["mle", "moment"], "'moment' is unknown: did you mean 'moments'"),
        (["mle", "mle"], "'mle' is given twice"),
        ({"mle": np.mean}, "the name 'mle' is taken"),
        ({"mine": 3}, "'mine': 3 is not a name with a function"),
        ({3: np.mean}, "is not a name with a function"),
        ([np.mean], "is unknown"),
        ([], "must be names, or a dict of functions"),
        (np.mean, "must be names, or a dict of functions"),
        (None, "must be names, or a dict of functions"),
    ],
)
def test_estimators_that_are_none(estimators, message):
    with pytest.raises(ArgumentError, match=message):
        resolve(estimators, Gamma())
