import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import special

from likelihood_kit.families import Exponential, Normal, StudentT, censored
from likelihood_kit.likelihood import Likelihood
from likelihood_kit.maximise import estimate, maximise
from likelihood_kit.maximise.moved_coordinates import with_held
from likelihood_kit.predictor import data_columns, held_parameters, iid_predictors
from likelihood_kit.sample import Sample
from likelihood_kit.simulation.ends import at_an_end


def likelihood_of(family, columns):
    sample = Sample.of(data_columns(family, {name: np.asarray(part, dtype=float) for name, part in columns.items()}))
    return Likelihood(family.kernels, sample, iid_predictors(family), held_parameters(family))


def test_a_face_is_the_likelihood_with_one_entry_held(rng):
    family, samples = StudentT(), rng.standard_t(5, (3, 40))
    whole = likelihood_of(family, {"y": samples})
    df = np.log([3.0, 5.0, 9.0])
    face = with_held(whole, 2, df, 3)
    working = rng.normal(0, 0.2, (3, 2))
    full = np.column_stack([working, df])
    assert_allclose(face.working(working), full)
    value, score, hessian = whole.derivatives(full)
    for found, wanted in zip(face.derivatives(working), (value, score[:, :2], hessian[:, :2, :2]), strict=True):
        assert_allclose(found, wanted)
    assert_allclose(face.take(np.array([2])).value(working[2:]), value[2:])
    peak = maximise(face, working)
    fixed = likelihood_of(StudentT(df=5.0), {"y": samples})
    assert_allclose(peak.working[1], maximise(fixed, working).working[1], rtol=1e-6)


def ends(family, columns):
    likelihood = likelihood_of(family, columns)
    found = estimate(family, likelihood).findings
    assert not found.exists.any()
    return at_an_end(family, likelihood, found.working, found.log_likelihood)


def test_a_likelihood_without_bound_has_no_estimate_at_its_end():
    """A constant sample: the normal density shrinks onto it, and rises by as much in each unit of the log of sd."""
    assert np.isnan(ends(Normal(), {"y": np.full((2, 12), 3.0)})).all()


def test_all_censored_times_have_an_infinite_mean():
    time = np.random.default_rng(1).uniform(1, 2, (2, 20))
    found = ends(censored(Exponential()), {"y": time, "event": np.zeros((2, 20))})
    assert_allclose(found, np.inf)


def test_an_end_that_is_lower_than_what_was_found_is_none():
    """A maximum inside, which a certificate refused: the end is not put in its place."""
    family, samples = StudentT(), np.random.default_rng(2).standard_t(2, (1, 200))
    likelihood = likelihood_of(family, {"y": samples})
    inside = maximise(likelihood, np.array([[0.0, 0.0, 1.0]]))
    assert inside.converged.all()
    assert np.isnan(at_an_end(family, likelihood, inside.working, inside.log_likelihood)).all()


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
def test_the_normal_limit_in_any_units(scale):
    samples = scale * special.ndtri(np.linspace(0.05, 0.95, 19))[None] * [[1], [3]]
    found = ends(StudentT(), {"y": samples})
    assert_allclose(found[:, 1], samples.std(axis=1), rtol=1e-6)
    assert (found[:, 2] == np.inf).all()


def test_an_end_to_which_the_likelihood_falls_is_no_estimate():
    """Bounded as it is there, and higher than where a search was lost: the maximum is at df of about 2."""
    family, samples = StudentT(), np.random.default_rng(2).standard_t(2, (1, 200))
    likelihood = likelihood_of(family, {"y": samples})
    lost = np.array([[0.0, 5.0, 20.0]])
    height = likelihood.value(lost)
    assert height < likelihood.value(np.array([[samples.mean(), np.log(samples.std()), 20.0]])) - 100
    assert np.isnan(at_an_end(family, likelihood, lost, height)).all()
