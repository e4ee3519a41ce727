"""A rise that is lost digits of a formula is no unbounded likelihood, and a local grade says why."""

from importlib import import_module

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from scipy import special, stats

import likelihood_kit as lk
from likelihood_kit.calculus import InMoreDigits
from likelihood_kit.errors import MaximumWarning
from likelihood_kit.likelihood import Likelihood
from likelihood_kit.maximise.lost_digits import lost_digits
from likelihood_kit.predictor import iid_predictors
from likelihood_kit.sample import Sample

ESTIMATE = import_module("likelihood_kit.maximise.estimate")


class Counts(lk.Family):
    """A negative binomial law as a user writes it, whose digits are lost on the way to the Poisson law."""

    mean, dispersion = lk.Positive(), lk.Positive()
    support = lk.Integers(0, np.inf)
    predicted = "mean"

    @staticmethod
    def log_density(y, mean, dispersion):
        k = 1 / dispersion
        combinations = special.gammaln(y + k) - special.gammaln(k) - special.gammaln(y + 1)
        return combinations + k * np.log(k / (k + mean)) + y * np.log(mean / (k + mean))


class TwoNormals(lk.Family):
    weight = lk.UnitInterval()
    mean_1, sd_1, mean_2, sd_2 = lk.Real(), lk.Positive(), lk.Real(), lk.Positive()

    @staticmethod
    def log_density(y, weight, mean_1, sd_1, mean_2, sd_2):
        first = np.log(weight) - np.log(sd_1) - ((y - mean_1) / sd_1) ** 2 / 2
        second = np.log1p(-weight) - np.log(sd_2) - ((y - mean_2) / sd_2) ** 2 / 2
        return np.logaddexp(first, second) - 0.5 * np.log(2 * np.pi)


def poisson_counts(seed):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=300)
    return pd.DataFrame({"x": x, "c": rng.poisson(np.exp(0.5 + 0.3 * x))})


def model(seed, family):
    return lk.LikelihoodModel.from_formula("c ~ x", poisson_counts(seed), family=family)


@pytest.mark.parametrize("seed", [1, 3])
def test_lost_digits_of_a_formula_are_no_higher_likelihood_elsewhere(seed):
    """Counts a little more spread than Poisson ones were "local", without a reason: 0.0 at dispersion 1e-18."""
    results = model(seed, Counts()).fit()
    assert results.certificate.grade == "highest found"
    assert results.llf > model(seed, lk.Poisson()).fit().llf
    assert "rises" not in str(results.certificate)


@pytest.mark.filterwarnings("ignore::likelihood_kit.errors.DensityWarning")  # of the sum over so long a support
@pytest.mark.parametrize("seed", [4, 5])
def test_a_fit_does_not_end_where_a_formula_has_lost_its_digits(seed):
    """With no maximum before the Poisson limit the log likelihood was "0.0", and the coefficients not identified."""
    with pytest.warns(MaximumWarning, match="keeps rising as dispersion runs to 0"):
        results = model(seed, Counts()).fit()
    assert_allclose(results.llf, model(seed, lk.Poisson()).fit().llf, atol=0.02)


def test_a_local_grade_of_counts_says_why(monkeypatch):
    """Of continuous laws alone it was said."""
    monkeypatch.setattr(ESTIMATE, "lost_digits", lambda *_: 0.0)
    certificate = model(1, Counts()).fit().certificate
    assert certificate.grade == "local"
    assert "the likelihood rises without an end that was found where some searches ran away" in str(certificate)


def test_the_digits_of_a_spike_are_there():
    """A part of a mixture on an observation is as high as it looks, and its likelihood still has no bound."""
    y = np.r_[np.random.default_rng(3).normal(size=25), np.random.default_rng(4).normal(5, 0.5, 15)]
    family = TwoNormals()
    likelihood = Likelihood(family.kernels, Sample.of({"y": y[None]}), iid_predictors(family))
    spike = np.array([0.0, y[7], -60.0, 1.0, 1.0])
    assert lost_digits(InMoreDigits(family.formula), likelihood, spike) < 1e-9
    assert lk.LikelihoodModel(y, family=family).fit().certificate.grade == "local"


@pytest.mark.parametrize(("dispersion", "digits"), [(0.1, True), (1e-15, False), (1e-18, False), (1e-70, False)])
def test_lost_digits_are_counted(dispersion, digits):
    family, y = Counts(), np.array([0.0, 1.0, 3.0, 2.0, 7.0])
    likelihood = Likelihood(family.kernels, Sample.of({"y": y[None]}), iid_predictors(family))
    working = np.log([2.0, dispersion])
    lost = lost_digits(InMoreDigits(family.formula), likelihood, working)
    assert lost < 1e-11 if digits else lost > 0.1
    exact = InMoreDigits(family.formula)({"y": y}, [np.full(5, 2.0), np.full(5, dispersion)])
    law = stats.nbinom(1 / dispersion, 1 / (1 + 2 * dispersion)) if digits else stats.poisson(2.0)
    assert_allclose(exact, law.logpmf(y), rtol=1e-9)


def test_nothing_is_known_of_other_columns_or_of_what_fails_in_more_digits():
    one = np.ones(1)
    assert InMoreDigits(Counts().formula)({"z": one}, [one, one]) is None
    assert InMoreDigits(Counts().formula)({"y": one}, [one, np.zeros(1)]) is None
