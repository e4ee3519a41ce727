"""A subclass's own `loglikeobs` is held to what a family's formula is held to."""

from typing import ClassVar

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

import likelihood_kit as lk
from likelihood_kit.errors import FormulaError

Y = np.random.default_rng(1).gamma(2, 3, 60)
RANDOM = np.random.default_rng(3)


class Exponential(lk.LikelihoodModel):
    parameters: ClassVar = {"scale": lk.Positive()}

    def loglikeobs(self, params):
        return -self.endog / params[0] - np.log(params[0])


def right(self, params):
    return Exponential.loglikeobs(self, params)


def writes(self, params):
    params[0] = 2.0
    return right(self, params)


def writes_to_the_data(self, params):
    self.endog[0] = 2.0
    return right(self, params)


def fails(self, params):
    return {}["nothing"]


def reversed_series(self, params):
    return pd.Series(right(self, params), index=range(len(self.endog))[::-1])


FAULTS = {
    "complex numbers": (lambda self, params: right(self, params) + 1e-3j, "returns complex numbers"),
    "too few digits": (lambda self, params: right(self, params).astype(np.float32), "returns float32 numbers"),
    "a Series in another order": (reversed_series, "a Series whose index is not that of the observations"),
    "a masked array": (lambda self, params: np.ma.masked_less(right(self, params), -5), "returns a masked array"),
    "text": (lambda self, params: "low", "returns 'low'; it must return one value per observation"),
    "an array of text": (lambda self, params: right(self, params).astype(str).astype(object) + "?", "array of numbers"),
    "nothing": (lambda self, params: None, "returns None"),
    "random numbers": (lambda self, params: right(self, params) + RANDOM.normal(), "other values for the same params"),
    "writing into params": (writes, "in place"),
    "writing into the data": (writes_to_the_data, "in place"),
    "a failure": (fails, "fails: KeyError: 'nothing'"),
    "another signature": (lambda self: 0.0, "fails: TypeError"),
}


@pytest.mark.parametrize(("loglikeobs", "message"), FAULTS.values(), ids=FAULTS)
def test_what_loglikeobs_returns_was_taken_unseen(loglikeobs, message):
    """Complex, masked and relabelled rows were certified, random ones stopped, and the others failed inside the kit."""
    y = Y.copy()
    with pytest.raises(FormulaError, match=f"Faulty.loglikeobs.*{message}") as raised:
        type("Faulty", (Exponential,), {"loglikeobs": loglikeobs})(y).fit()
    if loglikeobs is fails:
        assert isinstance(raised.value.__cause__, KeyError)
    np.testing.assert_array_equal(y, Y)


def test_one_that_ignores_its_parameters_identifies_nothing():
    idle = type("Idle", (Exponential,), {"loglikeobs": lambda self, params: -self.endog})
    with pytest.warns(lk.errors.MaximumWarning, match="not identified"):
        assert not idle(Y).fit().certificate.ok


def test_a_series_in_the_order_of_the_data_is_right():
    index = pd.Index(range(100, 160))
    labelled = type("Own", (Exponential,), {"loglikeobs": lambda self, params: pd.Series(right(self, params), index)})
    assert_allclose(labelled(pd.Series(Y, index)).fit().params, Y.mean(), rtol=1e-7)


PARAMETERS = {
    "whole numbers": ({"scale": lk.Integers(1, 9)}, "what is estimated is no whole number"),
    "a number for a name": ({3: lk.Positive()}, "3 cannot be the name of a parameter"),
    "two words": ({"a b": lk.Positive()}, "'a b' cannot be the name"),
    "a word of Python": ({"lambda": lk.Positive()}, "'lambda' cannot be the name"),
    "a space that moves": ({"scale": lk.Interval("low", np.inf)}, "must be numbers"),
}


@pytest.mark.parametrize(("parameters", "message"), PARAMETERS.values(), ids=PARAMETERS)
def test_parameters_that_are_none(parameters, message):
    """Of whole numbers from 1 to 9 the estimate was 4.35."""
    with pytest.raises(FormulaError, match=f"Faulty.parameters.*{message}"):
        type("Faulty", (Exponential,), {"parameters": parameters})(Y)


@pytest.mark.parametrize("name", ["score", "score_obs", "hessian"])
def test_derivatives_of_its_own_were_ignored_in_silence(name):
    with pytest.raises(FormulaError, match=f"Faulty defines {name}, which is not used"):
        type("Faulty", (Exponential,), {name: lambda self, params: np.zeros(1)})(Y)
