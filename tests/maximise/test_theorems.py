"""Theorems are claimed where they hold, and not where the parameter leaves every statistic as it is."""

import numpy as np
import pytest

import likelihood_kit as lk
from likelihood_kit.maximise.theorems import theorem_of
from likelihood_kit.predictor import iid_predictors


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
}


@pytest.mark.parametrize(("family", "holds"), CASES.values(), ids=CASES)
def test_of_identical_rows(family, holds):
    assert bool(theorem_of(family, iid_predictors(family), {})) == holds
