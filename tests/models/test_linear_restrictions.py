"""Wald tests of restrictions that cannot be tested together are refused: no pseudo-inverse stands for an inverse."""

import warnings

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

import likelihood_kit as lk
from likelihood_kit.diagnostics.linear_restrictions import first_dependent, follows, is_singular
from likelihood_kit.errors import ArgumentError, InformationWarning, NotAvailableError

GAMMA = lk.LikelihoodModel(np.random.default_rng(3).gamma(2.0, 1.5, 30), family=lk.Gamma()).fit()
FRAME = pd.DataFrame(
    {
        "y": np.random.default_rng(1).poisson(2.0, 24),
        "g": np.arange(24) % 4,
        "x": np.random.default_rng(2).normal(size=24),
        "own": (np.arange(24) < 4) * 1.0,
    }
)


def clustered(formula, clusters, correction=False):
    kwds = {"groups": np.arange(24) // (24 // clusters), "use_correction": correction}
    model = lk.LikelihoodModel.from_formula(formula, FRAME, family=lk.Poisson())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", InformationWarning)
        return model.fit(cov_type="cluster", cov_kwds=kwds)


@pytest.mark.parametrize("test", ["wald_test", "f_test"])
@pytest.mark.parametrize(
    ("restrictions", "said"),
    [
        ("shape = 1, shape = 2", "restriction 2 contradicts"),
        ("shape = 1, shape = 1", "restriction 2 follows"),
        ("shape = 1, scale = 2, shape + scale = 3", "restriction 3 follows"),
        ("shape = 1, scale = 2, shape + scale = 4", "restriction 3 contradicts"),
        (["shape = 1", "2 * shape = 2"], "restriction 2 follows"),
        (np.zeros(2), "restriction 1 has the coefficient 0"),
        (np.array([[1.0, 0.0], [0.0, 0.0]]), "restriction 2 has the coefficient 0"),
        ((np.ones((2, 2)), np.array([1.0, 2.0])), "restriction 2 contradicts"),
        (np.ones((3, 2)), "restriction 2 follows"),
        (10**400, "cannot be read"),
    ],
    ids=str,
)
def test_restrictions_that_are_not_different_are_refused(restrictions, said, test):
    with pytest.raises(ArgumentError, match=said):
        getattr(GAMMA, test)(restrictions)


def test_combinations_too_large_for_a_float_are_refused():
    with pytest.raises(ArgumentError, match="cannot be read"):
        GAMMA.t_test(10**400)


@pytest.mark.parametrize("test", ["wald_test", "f_test", "t_test"])
def test_values_beyond_floats_are_refused(test):
    """`1e400` was infinite, and rejected with p = 0."""
    with pytest.raises(ArgumentError, match="write finite numbers"):
        getattr(GAMMA, test)("shape = 1e400")


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        *(("cov_p", value) for value in (10**400, "x", np.full((2, 2), np.nan), np.eye(3))),
        *(("invcov", value) for value in (10**400, "x", np.eye(2))),
        *(("df_constraints", value) for value in ("x", 0, 1.5)),
        *(("use_f", value) for value in ("x", 3)),
        ("scalar", "x"),
    ],
    ids=str,
)
def test_other_arguments_are_named(argument, value):
    """Errors of NumPy in them were said of r_matrix."""
    with pytest.raises(ArgumentError, match=f"^{argument}"):
        GAMMA.wald_test("shape = 1", **{argument: value})


def test_covariances_that_are_given_are_used():
    covariance = 4 * np.asarray(GAMMA.cov_params())
    found = GAMMA.wald_test("shape = 1, scale = 2")
    assert_allclose(GAMMA.wald_test("shape = 1, scale = 2", cov_p=covariance).statistic, found.statistic / 4)
    inverse = np.linalg.inv(covariance)
    assert_allclose(GAMMA.wald_test("shape = 1, scale = 2", invcov=inverse).statistic, found.statistic / 4)


def test_different_restrictions_are_tested():
    """The statistic is (theta - q)' V^-1 (theta - q), however the restrictions are combined."""
    covariance, away = np.asarray(GAMMA.cov_params()), np.asarray(GAMMA.params) - [1.0, 2.0]
    expected = away @ np.linalg.inv(covariance) @ away
    for restrictions in ("shape = 1, scale = 2", "shape = 1, 1e3 * shape + scale = 1002"):
        found = GAMMA.wald_test(restrictions)
        assert_allclose(found.statistic, expected, rtol=1e-6)
        assert found.df_denom == 2
    assert_allclose(GAMMA.f_test("shape = 1, scale = 2").fvalue, expected / 2, rtol=1e-8)


def test_units_of_a_column_do_not_matter():
    """In units of 1e-10 a coefficient had a variance that a pseudo-inverse took for 0: one of two restrictions fell."""
    x = np.column_stack([np.ones(24), FRAME["x"]])
    found = [
        lk.LikelihoodModel(FRAME["y"], x * [1.0, unit], family=lk.Poisson()).fit().wald_test(np.eye(2))
        for unit in (1.0, 1e10, 1e-10)
    ]
    assert [test.df_denom for test in found] == [2, 2, 2]
    assert_allclose([test.statistic for test in found], found[0].statistic, rtol=1e-6)


@pytest.mark.parametrize("correction", [False, True, "CR2"])
def test_as_many_restrictions_as_clusters_have_no_degrees_of_freedom(correction):
    results = clustered("y ~ C(g)", 3, correction)
    with pytest.raises(NotAvailableError, match=r"C\(g\): .*3 clusters leave it no degrees of freedom; test at most 2"):
        results.wald_test_terms()
    assert 0 < results.wald_test(np.eye(4)[1:3]).pvalue < 1  # the control
    with pytest.raises(NotAvailableError, match="3 clusters"):
        results.wald_test({"C(g)[T.1]": 0.0, "C(g)[T.2]": 0.0, "C(g)[T.3]": 0.0})
    assert results.wald_test({"C(g)[T.1]": 0.0, "C(g)[T.2]": 0.0}).df == 2


def test_warning_and_test_agree_on_two_clusters():
    """The bias-reduced covariance has full rank of two clusters; its scores vary in one direction all the same."""
    model = lk.LikelihoodModel.from_formula("y ~ x", FRAME, family=lk.Poisson())
    kwds = {"groups": np.arange(24) // 12, "use_correction": "CR2"}
    with pytest.warns(InformationWarning, match="2 clusters and 2 parameters: at most 1 of them can be tested"):
        results = model.fit(cov_type="cluster", cov_kwds=kwds)
    assert np.linalg.eigvalsh(results.cov_params())[0] > 1e-6
    with pytest.raises(NotAvailableError, match="2 clusters leave it no degrees of freedom; test at most 1"):
        results.wald_test(np.eye(2))
    assert np.isfinite(results.wald_test("x = 0").pvalue)
    with pytest.warns(InformationWarning, match="the covariance is singular, at most 1"):
        model.fit(cov_type="cluster", cov_kwds={**kwds, "use_correction": True})


def test_a_cluster_with_a_coefficient_of_its_own():
    results = clustered("y ~ own + x", 6, "CR2")
    with pytest.raises(NotAvailableError, match="3 restrictions together: their covariance is singular"):
        results.wald_test(np.eye(3))
    assert 0 < results.wald_test(np.eye(3)[[0, 2]]).pvalue < 1


def test_rank_by_hand():
    sizes = np.array([1e-8, 1e6])
    assert first_dependent(np.eye(2), sizes) is None
    assert first_dependent(np.array([[1.0, 0.0], [1.0, 1e-14]]), sizes) is None
    assert first_dependent(np.array([[1.0, 1e-14], [1.0, 1e-14]]), sizes) == 1
    assert first_dependent(np.array([[0.0, 0.0], [1.0, 0.0]]), sizes) == 0
    assert follows(np.array([[1.0, 0.0], [0.1, 0.0]]), np.array([3.0, 0.3]))
    assert not follows(np.array([[1.0, 0.0], [0.1, 0.0]]), np.array([3.0, 0.31]))
    flat = np.outer([1.0, 2.0], [1.0, 2.0])
    assert is_singular(flat)
    assert is_singular(flat, np.eye(2))
    assert not is_singular(flat + 1e-6 * np.eye(2), np.eye(2))
