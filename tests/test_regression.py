import numpy as np
import pytest
from numpy.testing import assert_allclose

import likelihood_kit as lk
from likelihood_kit._numerics import lower_pairs
from likelihood_kit.calculus import numeric_derivatives
from likelihood_kit.families import CATALOGUE
from likelihood_kit.regression import (
    FamilyLikelihood,
    Predictor,
    params_from_working,
    params_jacobian,
    working_from_params,
)

REGULAR = [name for name, family in CATALOGUE.items() if family().regular]


def likelihood_of(name, *, columns, batch=None):
    family = CATALOGUE[name]()
    truth = {key: (low + high) / 2 for key, (low, high) in family.declaration.typical.items()}
    rng = np.random.default_rng(5)
    n = 12
    y = family.sample((batch or 1, n), rng, **truth).astype(float)
    exog = np.column_stack([np.ones(n), rng.normal(size=n)]) if columns else None
    predictors = tuple(
        Predictor(
            key,
            family.spaces[key],
            family.links[key],
            exog if key == family.predicted else None,
            ("const", "x") if columns and key == family.predicted else (key,),
        )
        for key in family.parameter_names
    )
    kernel = family.kernels.rows
    working = np.concatenate(
        [
            [float(p.link.forward(truth[p.name]))] + ([0.1] if p.columns is not None else [])
            for p in predictors
        ]
    )  # fmt: skip
    return FamilyLikelihood(kernel, kernel.hoist(y), n, predictors), working


def numeric(function, point):
    found = numeric_derivatives(
        lambda *x: function(np.array([float(v) for v in x])), list(point), [(-np.inf, np.inf)] * len(point)
    )
    hessian = np.empty((len(point),) * 2)
    for (i, j), entry in zip(lower_pairs(len(point)), found.hessian, strict=True):
        hessian[i, j] = hessian[j, i] = entry
    return np.array(found.score, dtype=float), hessian


@pytest.mark.parametrize("columns", [False, True])
@pytest.mark.parametrize("name", REGULAR)
def test_chain_rule(name, columns):
    likelihood, working = likelihood_of(name, columns=columns)
    _, score, hessian = likelihood.derivatives(working[None])
    wanted_score, wanted_hessian = numeric(lambda w: likelihood.value(w[None])[0], working)
    assert_allclose(score[0], wanted_score, rtol=1e-7, atol=1e-7)
    assert_allclose(hessian[0], wanted_hessian, rtol=1e-5, atol=1e-5)
    assert_allclose(likelihood.row_scores(working).sum(axis=0), score[0], rtol=1e-10, atol=1e-10)
    assert_allclose(likelihood.row_values(working).sum(), likelihood.value(working[None])[0], rtol=1e-12)


@pytest.mark.parametrize("columns", [False, True])
@pytest.mark.parametrize("name", REGULAR)
def test_chain_rule_in_the_coordinates_of_params(name, columns):
    likelihood, working = likelihood_of(name, columns=columns)
    params = params_from_working(likelihood.predictors, working)
    assert_allclose(working_from_params(likelihood.predictors, params), working, rtol=1e-12, atol=1e-12)
    _, score, hessian = likelihood.derivatives(working[None], natural=True)

    def value(vector):
        return likelihood.value(working_from_params(likelihood.predictors, vector)[None])[0]

    wanted_score, wanted_hessian = numeric(value, params)
    assert_allclose(score[0], wanted_score, rtol=1e-7, atol=1e-7)
    assert_allclose(hessian[0], wanted_hessian, rtol=1e-5, atol=1e-5)
    working_score = likelihood.derivatives(working[None])[1][0]
    assert_allclose(score[0] * params_jacobian(likelihood.predictors, working), working_score, rtol=1e-10)


@pytest.mark.parametrize("name", REGULAR)
def test_a_batch_is_its_members(name):
    likelihood, working = likelihood_of(name, columns=False, batch=4)
    many = working + np.linspace(-0.1, 0.1, 4)[:, None]
    together = likelihood.derivatives(many)
    for i in range(4):
        alone = likelihood.take(np.array([i])).derivatives(many[[i]])
        for part, whole in zip(alone, together, strict=True):
            assert_allclose(part[0], whole[i], rtol=1e-12)


def test_a_wrong_slope_would_be_seen():
    likelihood, working = likelihood_of("Gamma", columns=True)
    _, score, _ = likelihood.derivatives(working[None])
    wanted, _ = numeric(lambda w: likelihood.value(w[None])[0], working)
    with pytest.raises(AssertionError):
        assert_allclose(score[0] * [1, 1, 1.001], wanted, rtol=1e-7, atol=1e-7)


def test_outside_the_space_the_log_likelihood_is_minus_infinity():
    model = lk.LikelihoodModel([1.0, 2.0], family=lk.Exponential(links={"scale": "identity"}))
    assert model.loglike([-1.0]) == -np.inf
    assert_allclose(model.fit().params, [1.5])
