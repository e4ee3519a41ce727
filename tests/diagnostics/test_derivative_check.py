"""A check of derivatives passes right ones, and catches each that is wrong."""

import warnings
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

import likelihood_kit as lk
from likelihood_kit.diagnostics.derivative_check import derivative_check
from likelihood_kit.errors import NotAvailableError

RNG = np.random.default_rng(3)


def test_derivatives_of_the_catalogue_are_right(typical):
    y = typical.family.sample(300, 1, **typical.theta, **typical.known)
    known = {name: np.full(300, value) for name, value in typical.known.items()}
    results = lk.LikelihoodModel(y, family=typical.family, **known).fit()
    if not typical.family.smooth:
        with pytest.raises(NotAvailableError):
            results.check_derivatives()
        return
    found = results.check_derivatives()
    assert found.ok
    assert found.worst < 1e-7
    assert list(found.table.index) == list(typical.family.parameter_names)
    assert found.verdict.startswith("Score and Hessian are the derivatives")


def censored():
    time = RNG.gamma(2, 3, 100)
    return lk.LikelihoodModel(np.minimum(time, 8), family=lk.censored(lk.Gamma()), event=(time < 8).astype(int))


def regression():
    x = np.column_stack([np.ones(200), RNG.normal(size=(200, 2)) * [1000, 1e-3]])
    return lk.LikelihoodModel(RNG.gamma(2, 1, 200), x, family=lk.Gamma(parameters=("mean", "shape")))


def weighted():
    y = np.maximum(RNG.poisson(3, 50), 1)
    return lk.LikelihoodModel(y, family=lk.truncated(lk.Poisson(), low=1), freq_weights=np.arange(50) % 3)


class Own(lk.LikelihoodModel):
    parameters = {"mean": lk.Real(), "sd": lk.Positive()}

    def loglikeobs(self, params):
        return stats.norm.logpdf(self.endog, *params)


MODELS = {
    "censored": censored,
    "regression": regression,
    "weighted": weighted,
    "own loglikeobs": lambda: Own(RNG.normal(size=50)),
}


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_derivatives_of_models_are_right(model):
    found = model().fit().check_derivatives()
    assert found.ok
    assert found.worst < 1e-8


def tampered(score=1.0, hessian=1.0):
    """A Gamma family with a factor on an entry of its score, and on one of its Hessian."""

    def bent(function):
        def derivatives(*operands):
            value, (first, second), (a, b, c) = function(*operands)
            return value, (first * score, second), (a, b * hessian, c)

        return None if function is None else derivatives

    def of(kernel):
        return replace(kernel, derivatives=bent(kernel.derivatives), combine=bent(kernel.combine))

    kernels = lk.Gamma().kernels
    altered = type("Tampered", (lk.Gamma,), {})
    altered.kernels = property(lambda self: replace(kernels, rows=of(kernels.rows), statistics=of(kernels.statistics)))
    return altered()


WRONG = {
    "score": ({"score": 1 + 1e-3}, "shape", "score_error"),
    "sign of a Hessian entry": ({"hessian": -1.0}, "scale", "hessian_error"),
    "Hessian, a little": ({"hessian": 1 + 1e-5}, "scale", "hessian_error"),
}


@pytest.mark.parametrize(("factors", "name", "column"), WRONG.values(), ids=WRONG)
def test_a_wrong_derivative_is_caught(factors, name, column):
    y = np.random.default_rng(1).gamma(2, 3, 100)
    assert lk.LikelihoodModel(y, family=tampered()).fit().check_derivatives().ok
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = lk.LikelihoodModel(y, family=tampered(**factors)).fit().check_derivatives()
    assert not found.ok
    assert found.table.loc[name, column] > found.tolerance
    assert "NOT the derivatives" in found.verdict
    assert name in found.verdict


def test_a_score_that_is_right_where_it_is_zero_alone_is_caught_beside():
    """At the maximum any multiple of the score is right: only the point beside tells."""

    def derivatives(point):
        return -2 * 5 * point, np.array([[-5.0]])

    found = derivative_check(lambda point: -2.5 * float(point[0]) ** 2, derivatives, np.zeros(1), [(-9, 9)], ["a"])
    assert not found.ok
    assert found.table.loc["a", "hessian_error"] < 1e-9 < 0.4 < found.table.loc["a", "score_error"]


def test_a_function_that_jumps_cannot_be_told():
    def total(point):
        return -2.5 * float(point[0]) ** 2 + 0.1 * np.sign(np.sin(1e5 * float(point[0])))

    found = derivative_check(total, lambda point: (-5 * point, np.array([[-5.0]])), np.zeros(1), [(-9, 9)], ["a"])
    assert not found.ok
    assert found.verdict.startswith("Cannot tell")


class Kinked(lk.Family):
    loc = lk.Real()

    @staticmethod
    def log_density(y, loc):
        return -np.log(2) - np.abs(y - loc)


def test_refused_where_there_are_no_derivatives():
    with pytest.raises(NotAvailableError, match="kink"):
        lk.LikelihoodModel([1.0, 2.0, 4.0], family=Kinked()).fit().check_derivatives()
    with pytest.raises(NotAvailableError, match="support moves"):
        lk.LikelihoodModel([1.0, 2.0, 4.0], family=lk.Uniform()).fit().check_derivatives()
