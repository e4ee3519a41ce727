"""A law of several formulas: what the parts of the rows add up to is what each row gives by the whole formula."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import likelihood_kit as lk
from likelihood_kit.maximise import plain_derivatives
from likelihood_kit.sample import Sample

RNG = np.random.default_rng(20)
N = 60
TIMES, EVENT = RNG.gamma(1.5, 2.0, N).round(1) + 0.1, (RNG.random(N) < 0.6).astype(int)
#: As many rows end at one limit as in a trial that is stopped.
STOPPED = np.where(EVENT == 1, TIMES, 4.0)
X = np.column_stack([np.ones(N), RNG.normal(size=N)])
WEIGHTS = RNG.integers(1, 4, N)

FAMILIES = {
    "gamma": lk.censored(lk.Gamma()),
    "gamma, mean": lk.censored(lk.Gamma(parameters=("mean", "shape"))),
    "weibull, shape held": lk.censored(lk.Weibull(shape=1.3)),
    "truncated normal": lk.censored(lk.truncated(lk.Normal(), low=0.0)),
    "log-normal": lk.censored(lk.LogNormal()),
}
MODELS = {
    "iid": {},
    "one limit": {"stopped": True},
    "design": {"exog": X},
    "weights": {"freq_weights": WEIGHTS},
    "design and weights": {"exog": X, "freq_weights": WEIGHTS},
    "sampling weights": {"prob_weights": WEIGHTS / 2},
}


def on_one_formula(likelihood):
    """The same likelihood, its rows not told apart."""
    return replace(likelihood, kernels=replace(likelihood.kernels, cases=()))


def likelihoods(family, stopped=False, **arguments):
    """The likelihood in parts, and on the one formula."""
    times = STOPPED if stopped else TIMES
    model = lk.LikelihoodModel(times, arguments.pop("exog", None), family=family, event=EVENT, **arguments)
    return model.likelihood, on_one_formula(model.likelihood)


@pytest.mark.parametrize("arguments", MODELS.values(), ids=MODELS)
@pytest.mark.parametrize("family", FAMILIES.values(), ids=FAMILIES)
def test_the_parts_add_up(family, arguments):
    in_parts, whole = likelihoods(family, **arguments)
    assert len(in_parts.parts) == 2
    assert not whole.parts
    working = RNG.normal(0.3, 0.2, (4, in_parts.places[-1].stop))
    assert_allclose(in_parts.value(working), whole.value(working), rtol=1e-12)
    for natural in (False, True):
        for one, other in zip(
            in_parts.derivatives(working, natural=natural), whole.derivatives(working, natural=natural), strict=True
        ):
            assert_allclose(one, other, rtol=1e-10, atol=1e-10 * np.abs(other).max())


@pytest.mark.parametrize("family", FAMILIES.values(), ids=FAMILIES)
@pytest.mark.parametrize("arguments", [MODELS["iid"], MODELS["one limit"], MODELS["weights"]])
def test_plain_numbers_are_the_batch_of_one(family, arguments):
    in_parts, whole = likelihoods(family, **arguments)
    assert in_parts.is_single
    assert whole.is_single
    point = RNG.normal(0.3, 0.2, in_parts.places[-1].stop)
    batch = [part[0] for part in whole.derivatives(point[None])]
    for likelihood in (in_parts, whole):
        for one, other in zip(plain_derivatives(likelihood, point.tolist()), batch, strict=True):
            assert_allclose(one, other, rtol=1e-10, atol=1e-10 * np.abs(other).max())


def test_rows_that_end_at_one_limit_are_one_row():
    in_parts, _ = likelihoods(FAMILIES["gamma"], stopped=True)
    seen, ended = in_parts.parts
    assert (seen.sample.rows, ended.sample.rows) == (EVENT.sum(), 1)
    assert_array_equal(ended.sample.frequencies, [[N - EVENT.sum()]])


@pytest.mark.parametrize("event", [0, 1])
def test_a_case_without_rows_is_no_part(event):
    model = lk.LikelihoodModel(TIMES, family=FAMILIES["gamma"], event=np.full(N, event))
    (part,) = model.likelihood.parts
    assert part.sample.weight == N
    point = np.array([[0.2, 0.4]])
    assert_allclose(model.likelihood.value(point), on_one_formula(model.likelihood).value(point), rtol=1e-12)


def test_a_batch_of_samples_is_not_taken_apart():
    family = FAMILIES["gamma"]
    from likelihood_kit.likelihood import Likelihood
    from likelihood_kit.predictor import iid_predictors

    sample = Sample.of({"y": np.stack([TIMES, TIMES]), "event": np.stack([EVENT, 1 - EVENT])})
    batch = Likelihood(family.kernels, sample, iid_predictors(family))
    assert not batch.parts
    assert not batch.is_single


def test_a_likelihood_of_some_rows_is_taken_apart_anew():
    in_parts, whole = likelihoods(FAMILIES["gamma"])
    chosen = np.arange(0, N, 3)
    point = np.array([[0.2, 0.4]])
    assert_allclose(in_parts.row_subset(chosen).value(point), whole.row_subset(chosen).value(point), rtol=1e-12)


def test_statistics_that_lose_digits_are_not_trusted_in_a_part():
    """A mean of 1e8 and a spread of 1: the rows that were seen have sufficient statistics, the others have none."""
    times = 1e8 + RNG.normal(size=N)
    model = lk.LikelihoodModel(times, family=lk.censored(lk.Normal()), event=EVENT)
    point = np.array([[1e8, 0.0]])
    trusted = model.likelihood.trusted(point)
    assert trusted.parts[0].statistics is None
    assert model.likelihood.parts[0].statistics is not None
    whole = on_one_formula(model.likelihood)
    assert_allclose(trusted.derivatives(point)[2], whole.derivatives(point)[2], rtol=1e-9)


def test_a_composition_is_made_once():
    """Each `censored(Gamma())` derived its kernels anew, for longer than the fit took."""
    assert lk.censored(lk.Gamma()).law is lk.censored(lk.Gamma(shape=2.0)).law
    assert lk.truncated(lk.Gamma(), low=1).law is not lk.truncated(lk.Gamma(), low=2).law
    assert lk.truncated(lk.Gamma(), low=1).law is not lk.truncated(lk.Gamma(), high=1).law
