from types import MappingProxyType

import numpy as np
import pandas as pd
import pytest

from likelihood_kit.errors import ArgumentError, FormulaError, NotAvailableError, ParameterError
from likelihood_kit.families import Exponential, Family, Gamma, Uniform
from likelihood_kit.models import LikelihoodModel
from likelihood_kit.parameters import Interval, Positive, Real
from likelihood_kit.simulation import Study

TRUTH = {"shape": 2.0, "scale": 3.0}


def small(**changes):
    settings = {"family": Gamma(), "truth": TRUTH, "sizes": (10, 40), "replications": 200, "seed": 1}
    return Study(**{**settings, **changes})


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"family": Gamma}, ArgumentError, "family must be a family such as lk.Gamma.*write Gamma.., with parentheses"),
        ({"family": "gamma"}, ArgumentError, r"family must be a family such as lk.Gamma.*write lk.Gamma\(\)"),
        ({"family": Gamma(shape=1.0, scale=1.0)}, ArgumentError, "has no free parameter to estimate"),
        ({"truth": {"shape": -1.0, "scale": 3.0}}, ParameterError, "truth: shape = -1.0 is not in its space"),
        ({"truth": {"shape": 1.0}}, ParameterError, "truth has no value for 'scale'"),
        ({"truth": {"shape": 1.0, "scael": 1.0}}, ParameterError, "truth: no free parameter 'scael': did you mean"),
        ({"truth": (1.0, 2.0)}, ParameterError, "truth must be a dict of parameter values: shape, scale"),
        ({"sizes": (10, 0)}, ArgumentError, "sizes: 0 is not a positive integer"),
        ({"sizes": (10, 20.5)}, ArgumentError, "sizes: 20.5 is not a positive integer"),
        ({"sizes": True}, ArgumentError, "sizes: True is not a positive integer"),
        ({"sizes": "10"}, ArgumentError, "sizes: '10' is not a positive integer"),
        ({"sizes": ()}, ArgumentError, "sizes is empty"),
        ({"sizes": (10, 10)}, ArgumentError, "holds a size twice"),
        ({"replications": 0}, ArgumentError, "replications: 0 is not a positive integer"),
        ({"replications": -3}, ArgumentError, "replications: -3 is not a positive integer"),
        ({"replications": 1e4}, ArgumentError, "replications: 10000.0 is not a positive integer"),
        ({"seed": -1}, ArgumentError, "seed: -1 is not a whole number"),
        ({"seed": "one"}, ArgumentError, "seed: 'one' is not a whole number"),
        ({"mcse": "jackknife"}, ArgumentError, "mcse: 'jackknife' is unknown"),
        ({"infinite": True}, ArgumentError, "infinite: True is unknown"),
        ({"estimators": ("mel",)}, ArgumentError, "estimators: 'mel' is unknown: did you mean 'mle'"),
        ({"family": Gamma(shape=2.0), "truth": {"scale": 1.0}, "estimators": "moments"}, NotAvailableError, "fixed"),
    ],
)
def test_bad_input_is_refused_before_any_work(change, error, message):
    with pytest.raises(error, match=message):
        small(**change)


@pytest.mark.parametrize("n_jobs", [0, 1.5, "two", True, -2, -100])
def test_a_number_of_processes_that_is_none(n_jobs):
    with pytest.raises(ArgumentError, match="n_jobs = "):
        small().run(n_jobs=n_jobs)


def test_a_study_cannot_be_changed():
    with pytest.raises(AttributeError):
        small().replications = 3


def test_families_that_cannot_be_studied_are_refused_before_any_work():
    class Shifted(Family):
        loc = Real()
        scale = Positive()
        support = Interval("loc", np.inf)

        @staticmethod
        def log_density(y, loc, scale):
            return -np.log(scale) - (y - loc) / scale

        @staticmethod
        def sample(rng, size, loc, scale):
            return loc + scale * rng.standard_exponential(size)

    with pytest.raises(NotAvailableError, match="add a static method maximum_likelihood"):
        Study(Shifted(), {"loc": 0.0, "scale": 1.0}, 10, 10)
    with pytest.raises(NotAvailableError, match="has no method of moments declared"):
        Study(Shifted(), {"loc": 0.0, "scale": 1.0}, 10, 10, estimators="moments")

    class Wrong(Exponential):
        @staticmethod
        def sample(rng, size, scale):
            return rng.standard_exponential(3)

    with pytest.raises(
        FormulaError, match=r"Wrong: sample\(rng, size=\(1, 4\), ...\) returns an array of shape \(3,\)"
    ):
        Study(Wrong(), {"scale": 1.0}, 10, 10)


def test_a_function_of_ones_own_may_study_what_the_kit_cannot():
    class Jump(Uniform):
        pass

    extremes = {"extremes": lambda y: np.stack([y.min(axis=1), y.max(axis=1)], axis=1)}
    result = Study(Jump(), {"low": 0.0, "high": 1.0}, (20, 100, 500), 20_000, extremes, seed=1).run(progress=False)
    assert np.isnan(result.expected_rates["extremes"]).all()
    assert result.consistency().verdicts["extremes", "low"].startswith("converges at the rate n^-1: slope -")


def test_the_largest_count_is_the_last_that_a_float_holds():
    assert small(seed=None, replications=2**53).replications == 2**53
    with pytest.raises(ArgumentError, match="replications: 9007199254740993 is beyond"):
        small(replications=2**53 + 1)


def test_a_truth_in_a_series_was_refused():
    """What one types most: the estimates of a fit."""
    params = LikelihoodModel(Gamma().sample(50, 1, **TRUTH), family=Gamma()).fit().params
    for truth in (pd.Series(TRUTH), pd.Series(TRUTH)[::-1], MappingProxyType(TRUTH)):
        assert small(truth=truth).truth == TRUTH
    with pytest.raises(ParameterError, match="no free parameter 0"):
        small(truth=pd.Series([2.0, 3.0]))
    with pytest.raises(ParameterError, match=r"must be a dict of parameter values: .* or a Series with these labels"):
        small(truth=pd.Series([2.0, 3.0, 3.0], ["shape", "scale", "scale"]))
    with pytest.raises(ParameterError, match="must be a dict"):
        small(truth=params)  # an array: without labels
    labelled = LikelihoodModel(pd.Series([1.0, 2.5, 3.0, 0.5]), family=Gamma()).fit().params
    assert small(truth=labelled).truth == dict(labelled)
