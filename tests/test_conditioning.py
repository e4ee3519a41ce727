"""Designs in well-conditioned coordinates say the same, and lose no digits."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

import likelihood_kit as lk
from likelihood_kit.conditioning import LOOKED_AT, centred, well_conditioned
from likelihood_kit.parameters import Positive, Real
from likelihood_kit.predictor import Predictor

X = np.random.default_rng(1).integers(-300, 300, size=200) / 64
GROUP = np.repeat([0.0, 1.0], 100)
DESIGNS = {
    "far from zero": lambda x: np.column_stack([np.ones(200), x]),
    "indicators": lambda x: np.column_stack([GROUP, 1 - GROUP, x]),
    "two far ones": lambda x: np.column_stack([np.ones(200), x, np.roll(x, 7)]),
}


def predictors(columns):
    driven = Predictor("mean", Real(), Real().link(), columns, tuple(f"x{j}" for j in range(columns.shape[1])))
    return driven, Predictor("sd", Positive(), Positive().link(), None, ("sd",))


@pytest.mark.parametrize("design", DESIGNS.values(), ids=DESIGNS)
def test_there_and_back(design):
    columns = design(X + 1e6)
    basis = well_conditioned(predictors(columns))
    inner = np.random.default_rng(2).normal(size=(5, columns.shape[1] + 1))
    assert_allclose(basis.inner(basis.outer(inner)), inner, rtol=1e-6, atol=1e-6)
    q = columns.shape[1]
    here, there = basis.predictors[0], predictors(columns)[0]
    assert_allclose(here.linear(inner[:, :q]), there.linear(basis.outer(inner)[:, :q]), atol=1e-7)
    correlated = basis.predictors[0].columns.T @ basis.predictors[0].columns / 200
    assert np.linalg.cond(correlated) < 100


def test_what_is_well_conditioned_stays():
    assert well_conditioned(predictors(DESIGNS["far from zero"](X))) is None
    assert well_conditioned(predictors(np.column_stack([np.ones(200), 1e9 * X]))) is None


DEFICIENT = {
    "a constant twice": np.column_stack([np.ones(6), np.full(6, 1e9), np.arange(6.0)]),
    "fewer rows than columns": np.array([[1.0, 2.0, 3.0], [1.0, 5.0, 4.0]]),
}


@pytest.mark.parametrize("columns", DEFICIENT.values(), ids=DEFICIENT)
def test_a_design_of_lower_rank_has_coordinates_too(columns):
    """What it does not tell apart is for the likelihood to say: no column is divided by a length of 0."""
    basis = well_conditioned(predictors(columns))
    assert np.isfinite(basis.transform).all()
    assert_allclose(basis.predictors[0].columns, columns @ basis.transform[:3, :3], atol=1e-6)


def test_no_column_is_centred_without_a_constant():
    columns = np.column_stack([X + 1e6, np.roll(X, 3) + 1e6])
    assert_allclose(centred(columns)[0], columns)


@pytest.mark.parametrize(("mean", "moved"), [(0.0, False), (4.0, False), (6.0, True), (-6.0, True), (-4.0, False)])
def test_only_what_is_further_from_zero_than_it_is_wide_is_centred(mean, moved):
    """Elsewhere a mean would be subtracted to no gain: of a spread of 5."""
    x = X / np.abs(X - X.mean()).max() * 5
    columns = np.column_stack([np.ones(200), x - x.mean() + mean])
    result, transform = centred(columns)
    assert (abs(result[:, 1].mean()) < 1e-9) == (moved or mean == 0)
    assert_allclose(transform[0, 1], -mean if moved else 0.0, atol=1e-12)
    assert_allclose(result, columns @ transform, atol=1e-12)


@pytest.mark.parametrize("cov_type", ["observed", "expected", "outer_product", "sandwich", "cluster"])
@pytest.mark.parametrize("design", DESIGNS.values(), ids=DESIGNS)
def test_every_covariance_is_that_of_the_centred_design(design, cov_type):
    """An offset of 1e6 and a spread of 1 had no maximum, by the normal equations."""
    y = np.random.default_rng(3).poisson(np.exp(0.5 + 0.2 * X)).astype(float)
    kwds = {"cov_kwds": {"groups": np.arange(200) // 5}} if cov_type == "cluster" else {}
    near, far = (
        lk.LikelihoodModel(y, design(X + c), family=lk.Poisson()).fit(cov_type=cov_type, **kwds) for c in (0, 1e6)
    )
    assert far.certificate.ok
    assert_allclose(far.params[-1], near.params[-1], rtol=1e-7)
    assert_allclose(far.bse[-1], near.bse[-1], rtol=1e-6)


def test_powers_of_a_far_predictor():
    z = X + 1e6
    y = X + np.random.default_rng(4).standard_t(5, 200)
    near, far = (
        lk.LikelihoodModel(y, np.column_stack([np.ones(200), x, x**2]), family=lk.StudentT(df=5.0)).fit()
        for x in (X, z)
    )
    assert far.certificate.ok
    assert_allclose(far.params[2], near.params[2], rtol=1e-4, atol=1e-6)
    assert_allclose(far.bse[2], near.bse[2], rtol=1e-5)


def test_a_column_far_from_zero_was_called_a_combination_of_the_constant():
    """With an offset of 1e10 a spread of 1 is a ten-thousandth of a millionth of its length, and no rounding error."""
    y = np.random.default_rng(3).poisson(np.exp(0.5 + 0.2 * X)).astype(float)
    far = lk.LikelihoodModel(y, np.column_stack([np.ones(200), X + 1e10]), family=lk.Poisson()).fit()
    near = lk.LikelihoodModel(y, np.column_stack([np.ones(200), X]), family=lk.Poisson()).fit()
    assert far.certificate.ok
    assert_allclose(far.params[1], near.params[1], rtol=1e-5)
    with pytest.raises(lk.errors.DataError, match="linear combination"):
        lk.LikelihoodModel(y, np.column_stack([np.ones(200), X + 1e10, 2 * X + 3]), family=lk.Poisson())


def test_a_sorted_column_that_begins_as_a_constant_is_well_conditioned():
    """Of its rows some are looked at: the first ones would say that it is the constant twice."""
    group = (np.arange(3 * LOOKED_AT) >= LOOKED_AT).astype(float)
    assert well_conditioned(predictors(np.column_stack([np.ones(len(group)), 1 + group]))) is None
