"""Theorems are claimed where they hold, and not where the parameter leaves every statistic as it is."""

import numpy as np
import pytest

import likelihood_kit as lk
from likelihood_kit.maximise.theorems import theorem_of
from likelihood_kit.predictor import Predictor, iid_predictors


class Idle(lk.Family):
    """The second parameter is none: the first, the rate, alone makes an exponential family."""

    rate, idle = lk.Positive(), lk.Real()
    support = lk.Interval(0, np.inf)

    @staticmethod
    def log_density(y, rate, idle):
        return np.log(rate) - y * rate + 0 * idle


class Constant(lk.Family):
    """A parameter that no statistic of the response meets."""

    a = lk.Real()

    @staticmethod
    def log_density(y, a):
        return -(y**2) / 2 - a**2


CASES = {
    "one statistic": (Idle(idle=0.0), True),
    "one statistic for two parameters": (Idle(), False),
    "a statistic that does not move": (Idle(rate=1.0), False),
    "none of the response": (Constant(), False),
    "two for two": (lk.Normal(), True),
    "two for one": (lk.Normal(parameters=("mean", "variance"), variance=2.0), True),
    "no statistics": (lk.StudentT(), False),
    "a support that moves": (lk.Uniform(), False),
    "censored, by Burridge": (lk.censored(lk.LogNormal()), True),
    "censored, by Farnum and Booth": (lk.censored(lk.Weibull()), True),
    "censored, by none": (lk.censored(lk.Gamma()), False),
}


@pytest.mark.parametrize(("family", "holds"), CASES.values(), ids=CASES)
def test_of_identical_rows(family, holds):
    assert bool(theorem_of(family, iid_predictors(family), {})) == holds


def of_a_gamma_regression(columns):
    family = lk.Gamma()
    predictors = [
        Predictor(name, family.spaces[name], family.links[name], columns if name == "scale" else None, ("a", "b"))
        for name in family.parameter_names
    ]
    return theorem_of(family, predictors, {})


def test_a_theorem_that_needs_a_constant_has_one():
    """As a column, or as a combination of them."""
    x = np.random.default_rng(1).normal(size=1000)
    half = (np.arange(1000) % 2).astype(float)
    assert of_a_gamma_regression(np.column_stack([np.ones(1000), x]))
    assert of_a_gamma_regression(np.column_stack([half, 1 - half]))
    assert not of_a_gamma_regression(np.column_stack([half, x]))


@pytest.mark.xfail(strict=True, reason="a column is taken for a constant by its first rows")
def test_a_column_that_begins_as_a_constant_is_none():
    x = np.random.default_rng(1).normal(size=1000)
    first = (np.arange(1000) < 600).astype(float)
    assert not of_a_gamma_regression(np.column_stack([first, x]))
