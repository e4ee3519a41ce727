"""A fit, its bootstrap and a study of the same law take the same road to the maximum."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

import likelihood_kit as lk
from likelihood_kit.calculus import DATUM
from likelihood_kit.likelihood import Likelihood
from likelihood_kit.maximise import Road, estimate, road_of
from likelihood_kit.predictor import held_parameters, iid_predictors
from likelihood_kit.sample import Sample
from likelihood_kit.simulation.estimators import maximum_likelihood

Y = np.random.default_rng(4).laplace(1.0, 2.0, (3, 21))


class Kinked(lk.Family):
    loc, scale = lk.Real(), lk.Positive()

    @staticmethod
    def log_density(y, loc, scale):
        return -np.log(2 * scale) - np.abs(y - loc) / scale


class Declared(Kinked):
    @staticmethod
    def maximum_likelihood(y):
        loc = np.median(y, axis=-1)
        return {"loc": loc, "scale": np.abs(y - loc[..., None]).mean(axis=-1)}


class Informed(Kinked):
    @staticmethod
    def expected_information(loc, scale):
        return 1 / scale**2, 0 * scale, 1 / scale**2


def likelihood(family, y=Y, **weights):
    return Likelihood(family.kernels, Sample.of({DATUM: y}, **weights), iid_predictors(family), held_parameters(family))


ROADS = {
    "smooth": (lk.Normal(), {}, Road.SMOOTH),
    "smooth, weighted": (lk.Normal(), {"frequencies": np.ones(21)}, Road.SMOOTH),
    "a moving support": (lk.Uniform(), {}, Road.CLOSED),
    "a moving support, weighted": (lk.Uniform(), {"frequencies": np.ones(21)}, Road.CLOSED),
    "kinks": (Kinked(), {}, Road.KINKED),
    "kinks with a formula": (Declared(), {}, Road.CLOSED),
    "kinks with a formula, one held": (Declared(scale=2.0), {}, Road.KINKED),
    "kinks with a formula, weighted": (Declared(), {"frequencies": np.ones(21)}, Road.KINKED),
    "no kink left": (Kinked(loc=0.0), {}, Road.SMOOTH),
}


@pytest.mark.parametrize(("family", "weights", "road"), ROADS.values(), ids=ROADS)
def test_the_road(family, weights, road):
    assert road_of(family, likelihood(family, Y[0], **weights)) is road


def test_a_design_leaves_the_formula(batch_of):
    exog = np.column_stack([np.ones(21), np.arange(21)])
    assert road_of(Declared(), batch_of(Declared(), Y[0], exog)) is Road.KINKED


def test_a_batch_of_kinked_likelihoods_went_the_smooth_road():
    """Where derivatives do not lead: more than one sample was searched by them."""
    found = estimate(Kinked(), likelihood(Kinked())).findings
    assert found.kinked
    assert found.exists.all()
    assert_allclose(found.working[:, 0], np.median(Y, axis=1), rtol=1e-6)
    alone = [estimate(Kinked(), likelihood(Kinked(), y)).findings for y in Y]
    assert_allclose(found.working, np.concatenate([one.working for one in alone]), rtol=1e-9)
    assert_allclose(found.starts, [one.starts[0] for one in alone])


def test_a_study_of_a_law_with_kinks_was_refused():
    """The same law was fitted."""
    fitted = [lk.LikelihoodModel(y, family=Informed()).fit() for y in Y]
    found = maximum_likelihood(Informed(), {DATUM: Y})
    assert_allclose(found.values, [results.params for results in fitted], rtol=1e-7)
    assert_allclose(found.standard_errors, [results.bse for results in fitted], rtol=1e-7)
    assert found.converged.all()
    assert maximum_likelihood(Kinked(), {DATUM: Y}).standard_errors is None
    formula = maximum_likelihood(Declared(), {DATUM: Y})
    assert_allclose(found.values, formula.values, rtol=1e-6)


class Needle(lk.Family):
    """A hill with a kink of width 1 / 4000 in log t, beside the data, and level everywhere else."""

    t = lk.Positive()
    support = lk.Interval(0, np.inf)
    regular, smooth = True, False

    @staticmethod
    def log_density(y, t):
        return np.maximum(0.0, 1 - 4000 * np.abs(np.log(t) - np.log(y) - 2.05))

    @staticmethod
    def start(y):
        return {"t": 70 * y.mean(axis=-1)}


def test_a_given_start_is_climbed_from(fit):
    y, top = np.full(6, 3.0), 3 * np.exp(2.05)
    assert_allclose(fit(y, family=Needle(), start=[top * 1.0001]).params, top, rtol=1e-6)
    # Nothing in the data leads there.
    assert abs(fit(y, family=Needle()).params[0] - top) > 0.01
