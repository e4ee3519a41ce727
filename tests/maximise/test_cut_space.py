"""Generalized extreme value laws of few observations, whose space is cut at shape -1."""

import warnings

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats

import likelihood_kit as lk
from likelihood_kit.simulation.estimators import maximum_likelihood

UNITS = (1.0, 1e-9, 1e9, 2.0**-30)


def sample(seed):
    rng = np.random.default_rng(100 * seed + 3)
    n = int(rng.choice([3, 5, 8, 20, 60]))
    return stats.genextreme.rvs(-rng.uniform(-0.3, 0.5), size=n, random_state=rng)


def quiet_fit(y):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return lk.LikelihoodModel(y, family=lk.GeneralizedExtremeValue()).fit()


@pytest.mark.parametrize("seed", [2, 3, 36])
def test_maximum_inside_is_found_in_all_units(seed):
    """In some units it was refused, "keeps rising as loc runs to minus infinity"."""
    y = sample(seed)
    results = [quiet_fit(unit * y) for unit in UNITS]
    assert [r.certificate.grade for r in results] == ["local"] * len(UNITS)
    found = [r.params / [unit, unit, 1.0] for r, unit in zip(results, UNITS, strict=True)]
    assert_allclose(found, np.broadcast_to(found[0], (len(UNITS), 3)), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("seed", [13, 15, 19])
def test_shape_that_runs_to_the_end_of_the_space_is_named_in_all_units(seed):
    """It was loc or scale that ran to infinity, or "the log density is NaN at row 2"."""
    for unit in UNITS:
        assert quiet_fit(unit * sample(seed)).certificate.rising == ("shape runs to -1",)


def test_no_error_of_the_formula_at_the_end_of_the_space():
    results = quiet_fit([0.926, -1.473, 0.958, -0.441, -0.713, 0.701])
    assert results.certificate.rising == ("shape runs to -1",)
    assert np.isnan(results.bse).all()


def test_maximum_inside_beside_a_higher_end_of_the_space():
    results = quiet_fit([0.161, 0.285, -0.366, -0.513, 0.337, -0.413])
    assert results.certificate.grade == "local"
    # A maximum by another road: no point around it is higher.
    moves = np.random.default_rng(1).normal(size=(200, 3)) * 1e-3
    around = [results.model.loglike(results.params + move) for move in moves]
    assert max(around) < results.llf


def test_study_and_fit_agree():
    """Of six observations some studies kept an estimate at shape -1 where the fit says that there is no maximum."""
    samples = stats.genextreme.rvs(-0.1, size=(12, 6), random_state=4)
    studied = maximum_likelihood(lk.GeneralizedExtremeValue(), {"y": samples}).values
    fits = [quiet_fit(y) for y in samples]
    inside = np.array([fit.certificate.ok for fit in fits])
    assert 0 < inside.sum() < len(samples)
    assert np.array_equal(~np.isnan(studied).any(axis=1), inside)
    assert_allclose(studied[inside], [fit.params for fit in fits if fit.certificate.ok], rtol=1e-4, atol=1e-4)
