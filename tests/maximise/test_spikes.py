"""A likelihood without a bound has a local maximum at best, and the kit finds that out itself."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import special

import likelihood_kit as lk
from likelihood_kit.calculus import DATUM
from likelihood_kit.likelihood import Likelihood
from likelihood_kit.maximise.spikes import ways_to_the_ends, without_bound
from likelihood_kit.predictor import Predictor
from likelihood_kit.sample import Sample

RNG = np.random.default_rng(3)
Y = np.r_[RNG.normal(size=25), RNG.normal(5, 0.5, 15)]
EIGHT = np.array([1.2, -0.3, 2, 0.5, 9, -4, 0.7, 1.1])


class TwoNormals(lk.Family):
    weight = lk.UnitInterval()
    mean_1, sd_1, mean_2, sd_2 = lk.Real(), lk.Positive(), lk.Real(), lk.Positive()

    @staticmethod
    def log_density(y, weight, mean_1, sd_1, mean_2, sd_2):
        first = np.log(weight) - np.log(sd_1) - ((y - mean_1) / sd_1) ** 2 / 2
        second = np.log1p(-weight) - np.log(sd_2) - ((y - mean_2) / sd_2) ** 2 / 2
        return np.logaddexp(first, second) - 0.5 * np.log(2 * np.pi)


class TwoNormalsOfOneWidth(lk.Family):
    weight = lk.UnitInterval()
    mean_1, mean_2, sd = lk.Real(), lk.Real(), lk.Positive()

    @staticmethod
    def log_density(y, weight, mean_1, mean_2, sd):
        first = np.log(weight) - ((y - mean_1) / sd) ** 2 / 2
        second = np.log1p(-weight) - ((y - mean_2) / sd) ** 2 / 2
        return np.logaddexp(first, second) - np.log(sd) - 0.5 * np.log(2 * np.pi)


class TwoGammas(lk.Family):
    weight = lk.UnitInterval()
    shape_1, scale_1, shape_2, scale_2 = lk.Positive(), lk.Positive(), lk.Positive(), lk.Positive()
    support = lk.Interval(0, np.inf)

    @staticmethod
    def log_density(y, weight, shape_1, scale_1, shape_2, scale_2):
        first = (shape_1 - 1) * np.log(y) - y / scale_1 - special.gammaln(shape_1) - shape_1 * np.log(scale_1)
        second = (shape_2 - 1) * np.log(y) - y / scale_2 - special.gammaln(shape_2) - shape_2 * np.log(scale_2)
        return np.logaddexp(np.log(weight) + first, np.log1p(-weight) + second)


class OwnStudentT(lk.Family):
    """A user's own formula, of which nothing is declared."""

    loc, scale, df = lk.Real(), lk.Positive(), lk.Positive()

    @staticmethod
    def log_density(y, loc, scale, df):
        z = (y - loc) / scale
        return -special.betaln(0.5, df / 2) - np.log(df) / 2 - np.log(scale) - (df + 1) / 2 * np.log1p(z**2 / df)


GAMMAS = np.r_[RNG.gamma(2, 1, 30), RNG.gamma(50, 0.3, 20)]
UNBOUNDED = {
    "t of free df": (lk.StudentT(), EIGHT, "df and scale run to 0"),
    "a user's t of free df": (OwnStudentT(), EIGHT, "run to 0 with loc at an observation"),
    "two normals": (TwoNormals(), Y, "sd_1 runs to 0 with mean_1 at an observation"),
    "two gammas": (TwoGammas(), GAMMAS, "with their product at an observation"),
}


@pytest.mark.parametrize(("family", "y", "words"), UNBOUNDED.values(), ids=UNBOUNDED)
def test_no_bound_is_graded_local(family, y, words, fit):
    """They were certified as if there were nothing higher: -18.29 beside a spike of +59.6."""
    certificate = fit(y, family=family).certificate
    assert certificate.ok
    assert certificate.grade == "local"
    assert "has no bound" in certificate.unbounded
    assert words in str(certificate)


BOUNDED = {
    "t of known df": (lk.StudentT(df=0.5), Y),
    "t of known scale": (lk.StudentT(scale=1.0), EIGHT),
    "t of known df and scale": (lk.StudentT(df=2.0, scale=1.0), EIGHT),
    "two normals of one width": (TwoNormalsOfOneWidth(), Y),
    "extreme values of known shape": (lk.GeneralizedExtremeValue(shape=0.1), np.random.default_rng(1).gumbel(size=50)),
}


@pytest.mark.parametrize(("family", "y"), BOUNDED.values(), ids=BOUNDED)
def test_a_bound_is_left_alone(family, y, fit):
    """The negative control; of a t law with df or scale held fixed it was said that both run to 0."""
    certificate = fit(y, family=family).certificate
    assert certificate.ok
    assert certificate.grade == "highest found"
    assert certificate.unbounded == ""


@pytest.mark.parametrize("far", [1e5, 1e7, 1e9])
@pytest.mark.parametrize(
    "family", [lk.StudentT(df=0.9), lk.GeneralizedExtremeValue(shape=0.1)], ids=["t", "extreme values"]
)
def test_a_scale_was_said_to_have_no_bound_where_data_are_far_from_zero(family, far, fit):
    """Held at the logarithm of an observation, a law gains until its scale is as large as the data."""
    y = far + np.random.default_rng(0).standard_t(3, 30)
    certificate = fit(y, family=family).certificate
    assert (certificate.grade, certificate.unbounded) == ("highest found", "")


def test_a_space_that_ends_before_the_likelihood_does(fit):
    """A short tail is likelier next to shape -1, where the space ends, than at a maximum that was called highest."""
    y = np.array([0.18, 0.53, 0.71, 0.4, 0.54, 0.57, 0.15, 0.8, 0.83, 0.36])
    certificate = fit(y, family=lk.GeneralizedExtremeValue()).certificate
    assert (certificate.ok, certificate.grade) == (True, "local")
    assert "has no bound below shape -1" in certificate.unbounded


def test_a_spike_without_any_maximum(fit):
    """One observation in four pays for the others when df = 0.2 is known: no interior maximum is left."""
    certificate = fit(np.array([1.0, 2.3, 2.9, 7.0]), family=lk.StudentT(df=0.2)).certificate
    assert not certificate.ok
    assert "scale runs to 0" in str(certificate)


class TwoVonMises(lk.Family):
    weight = lk.UnitInterval()
    loc_1, concentration_1, loc_2, concentration_2 = lk.Real(), lk.Positive(), lk.Real(), lk.Positive()
    support = lk.Interval(-np.pi, np.pi)

    @staticmethod
    def log_density(y, weight, loc_1, concentration_1, loc_2, concentration_2):
        first = concentration_1 * (np.cos(y - loc_1) - 1) - np.log(2 * np.pi * special.ive(0, concentration_1))
        second = concentration_2 * (np.cos(y - loc_2) - 1) - np.log(2 * np.pi * special.ive(0, concentration_2))
        return np.logaddexp(np.log(weight) + first, np.log1p(-weight) + second)


def test_a_concentration_that_runs_to_infinity(fit):
    rng = np.random.default_rng(0)
    y = np.r_[rng.vonmises(-1, 4, 30), rng.vonmises(1.5, 2, 20)]
    certificate = fit(y, family=TwoVonMises()).certificate
    assert certificate.grade == "local"
    assert "runs to infinity" in certificate.unbounded


def three_ties(at):
    """64 observations, of which 16 are looked at: every fourth or so from the lowest, and the closest three."""
    y = np.arange(64.0)
    y[at : at + 3] = y[at]
    return y


def predictors_of(family, columns=None, offset=None):
    labels = ("const", "x1")[: columns.shape[1]] if columns is not None else None
    return [
        Predictor(
            name, family.spaces[name], family.links[name], columns if name == "loc" else None,
            labels if name == "loc" and labels else (name,), offset if name == "loc" else None,
        )
        for name in family.parameter_names
    ]  # fmt: skip


@pytest.mark.parametrize("at", [5, 9, 13, 30, 55])
def test_the_closest_observations_are_looked_at(at):
    """With df = 0.02 three at one value pay for the 61 others, and no single one does for 63."""
    family = lk.StudentT(df=0.02)
    for y, unbounded in ((three_ties(at), True), (np.arange(64.0), False)):
        predictors = predictors_of(family)
        likelihood = Likelihood(family.kernels, Sample.of({DATUM: y}), tuple(predictors), {2: 0.02})
        words = without_bound(likelihood, predictors, np.array([32.0, 2.0]), y)
        assert bool(words) == unbounded


@pytest.mark.parametrize("offset", [None, 1e3 * np.random.default_rng(1).normal(size=(1, 12))])
def test_a_design_holds_the_law_at_an_observation_whatever_its_offset(offset):
    rng = np.random.default_rng(2)
    family = lk.StudentT(df=0.02)
    y = rng.normal(size=12) + (0 if offset is None else offset[0])
    predictors = predictors_of(family, np.ones((12, 1)), offset)
    likelihood = Likelihood(family.kernels, Sample.of({DATUM: y}), tuple(predictors), {2: 0.02})
    words = without_bound(likelihood, predictors, np.array([0.1, 0.2]), y)
    assert words == "has no bound as scale runs to 0 with loc at an observation"


def test_what_is_held_does_not_run_and_nothing_runs_twice():
    family = OwnStudentT()
    rows = np.arange(3)
    ways = list(ways_to_the_ends(predictors_of(family), np.array([0.5, 0.1, 1.0]), EIGHT, rows))
    # loc, or scale, or df at an observation; one of the others runs either way, alone or with a third.
    names = [words.removeprefix("has no bound as ") for words, *_ in ways]
    assert len(ways) == 2 * 4 + 2 * 2 * 1
    for words, near, far, length in ways:
        running, _, held = words.removeprefix("has no bound as ").partition(" with ")
        assert held.removesuffix(" at an observation") not in running.replace(" and ", " ").split()
        assert running.count("scale") <= 1
        moved = np.any(np.isfinite(far) & (near != far), axis=0)
        assert moved.sum() == 1
        assert_allclose(np.nanmax(np.abs(far - near)), length)
    assert "df and scale run to 0 with loc at an observation" in names


def test_rows_without_entries_in_a_design_are_passed_in_silence():
    rng = np.random.default_rng(4)
    exog = np.vstack([np.zeros((3, 2)), np.column_stack([np.ones(17), rng.normal(size=17)])])
    family = lk.StudentT(df=2.0)
    predictors = predictors_of(family, exog)
    y = rng.standard_t(2, size=20)
    with np.errstate(all="raise"):
        ways = list(ways_to_the_ends(predictors, np.array([0.1, 0.2, 0.3]), y, np.arange(4)))
    assert all(np.isfinite(near).all() for _, near, _, _ in ways)
