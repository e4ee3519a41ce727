"""Informations and covariances against their formulas and statsmodels, on arrays and on fits."""

import numpy as np
import pytest
import statsmodels.api as sm
from numpy.testing import assert_allclose, assert_array_equal
from statsmodels.stats.sandwich_covariance import cov_cluster

import likelihood_kit as lk
from likelihood_kit import diagnostics
from likelihood_kit.sample import Sample


@pytest.fixture(scope="module")
def arrays():
    """Scores `(60, 3)` in units of 1, 1e4 and 1e-4, and a Hessian."""
    rng = np.random.default_rng(3)
    scores = rng.normal(size=(60, 3)) @ np.diag([1.0, 1e4, 1e-4])
    return scores, -(scores.T @ scores) * 1.1 - np.diag([5.0, 5e8, 5e-8])


@pytest.fixture(scope="module")
def counts():
    """Counts, predictors and clusters of a regression, `(200,)`, `(200, 3)`, `(200,)`."""
    rng = np.random.default_rng(5)
    exog = sm.add_constant(rng.normal(size=(200, 2)))
    return rng.poisson(np.exp(exog @ [0.5, 0.3, -0.2])), exog, rng.integers(0, 17, size=200)


def test_covariances_are_their_formulas(arrays):
    scores, hessian = arrays
    bread, meat = np.linalg.inv(-hessian), scores.T @ scores
    assert_allclose(diagnostics.observed_information(hessian), -hessian, rtol=1e-12)
    assert_allclose(diagnostics.covariance(-hessian), bread, rtol=1e-9)
    assert_allclose(Sample.of({"y": np.zeros(60)}).outer_product(scores), meat, rtol=1e-12)
    assert_allclose(diagnostics.outer_product_covariance(-hessian, meat), np.linalg.inv(meat), rtol=1e-9)
    sandwich = diagnostics.sandwich_covariance(-hessian, meat)
    assert_allclose(sandwich, bread @ meat @ bread, rtol=1e-8)
    # The sandwich is neither the inverse outer product nor the inverse Hessian.
    for other in (np.linalg.inv(meat), bread):
        assert np.abs(np.diag(sandwich) / np.diag(other) - 1).min() > 0.1


def test_the_observed_information_is_symmetric():
    """As an asymmetry of rounding in the Hessian is not."""
    hessian = -np.array([[2.0, 0.5], [0.5 + 1e-13, 1.0]])
    found = diagnostics.observed_information(hessian)
    assert_array_equal(found, found.T)


@pytest.mark.parametrize(
    "information",
    [
        [[1.0, 1.0], [1.0, 1.0]],
        [[1.0, 2.0], [2.0, 1.0]],
        [[-1.0, 0.0], [0.0, 1.0]],
        [[0.0, 0.0], [0.0, 1.0]],
        [[np.nan]],
    ],
    ids=["singular", "indefinite", "negative", "zero", "not a number"],
)
def test_without_an_inverse_all_is_nan(information):
    assert np.isnan(diagnostics.covariance(np.array(information))).all()


@pytest.mark.parametrize(("size", "vanish"), [(1e-12, True), (1e-6, False)])
def test_scores_that_vanish_to_rounding_have_no_covariance(size, vanish):
    """Their squares, of a regular matrix, gave standard errors of 1e12."""
    found = diagnostics.outer_product_covariance(np.eye(2), size**2 * np.eye(2))
    assert np.isnan(found).all() == vanish


def test_a_badly_scaled_information_has_an_inverse():
    units = np.array([1e-12, 1.0, 1e12])
    plain = np.array([[2.0, 0.3, 0.1], [0.3, 1.0, 0.2], [0.1, 0.2, 3.0]])
    found = diagnostics.covariance(plain * np.outer(units, units))
    assert_allclose(found * np.outer(units, units), np.linalg.inv(plain), rtol=1e-12)


# Clusters


def test_clusters_of_one_row_are_the_rows(arrays):
    scores, _ = arrays
    n, k = scores.shape
    bare = Sample.of({"y": np.zeros(n)}).outer_product(scores, np.arange(n))
    assert_allclose(bare, scores.T @ scores, rtol=1e-12)
    assert_allclose(diagnostics.cluster_correction(n, n, k), n / (n - k), rtol=1e-12)


def test_clusters_are_summed(arrays):
    scores, _ = arrays
    groups = np.random.default_rng(1).integers(0, 7, size=60)
    sums = np.array([scores[groups == g].sum(axis=0) for g in range(7)])
    found = Sample.of({"y": np.zeros(60)}).outer_product(scores, groups)
    assert_allclose(found, sums.T @ sums, rtol=1e-12)


def test_clusters_may_have_any_names(counts):
    y, exog, groups = counts
    model = lk.LikelihoodModel(y, exog, family=lk.Poisson())
    wanted = model.fit(cov_type="cluster", cov_kwds={"groups": groups}).cov_params()
    for labels in (np.array([*"gfedcbahijklmnopq"])[groups], groups - 100.5):
        assert_allclose(model.fit(cov_type="cluster", cov_kwds={"groups": labels}).cov_params(), wanted, rtol=1e-12)


@pytest.mark.parametrize("corrected", [True, False])
def test_clustered_covariance_is_that_of_statsmodels(counts, corrected):
    y, exog, groups = counts
    kwds = {"groups": groups, "use_correction": corrected}
    ours = lk.LikelihoodModel(y, exog, family=lk.Poisson()).fit(cov_type="cluster", cov_kwds=kwds)
    theirs = sm.Poisson(y, exog).fit(disp=0, tol=1e-12, cov_type="cluster", cov_kwds=kwds)
    assert_allclose(ours.cov_params(), theirs.cov_params(), rtol=1e-6)
    by_function = cov_cluster(sm.Poisson(y, exog).fit(disp=0, tol=1e-12), groups, use_correction=corrected)
    assert_allclose(ours.cov_params(), by_function, rtol=1e-6)
    factor = 17 / 16 * 199 / 197
    words = f"times the small-sample factor {factor:.4g}" if corrected else "without a small-sample factor"
    assert ours.covariance_used.endswith(f"within 17 clusters, {words}")


# Of a fit


COVARIANCES = {
    "observed": lambda h, s: np.linalg.inv(-h),
    "outer_product": lambda h, s: np.linalg.inv(s.T @ s),
    "sandwich": lambda h, s: np.linalg.inv(h) @ (s.T @ s) @ np.linalg.inv(h),
}


@pytest.mark.parametrize("kind", COVARIANCES)
def test_covariance_types_against_direct_formulas(counts, kind):
    """With the Hessian `-X' diag(mu) X` and the scores `(y - mu) X` of a Poisson regression typed out."""
    y, exog, _ = counts
    results = lk.LikelihoodModel(y, exog, family=lk.Poisson()).fit(cov_type=kind)
    mean = np.exp(exog @ results.params)
    hessian, scores = -(exog.T * mean) @ exog, (y - mean)[:, None] * exog
    assert_allclose(results.cov_params(), COVARIANCES[kind](hessian, scores), rtol=1e-9)
    assert_allclose(results.bse, np.sqrt(np.diag(results.cov_params())), rtol=1e-12)
    assert_allclose(results.score_obsv, scores, rtol=1e-7, atol=1e-9)


def test_expected_is_observed_under_a_canonical_link_and_only_there(counts):
    y, exog, _ = counts
    canonical = lk.LikelihoodModel(y, exog, family=lk.Poisson()).fit()
    assert_allclose(canonical.information("expected"), canonical.information("observed"), rtol=1e-9)
    success = (y > 1).astype(float)
    probit = lk.LikelihoodModel(success, exog, family=lk.Bernoulli(links={"probability": "probit"})).fit()
    gap = probit.information("expected") / probit.information("observed") - 1
    assert np.abs(gap.to_numpy()).max() > 1e-3
    theirs = sm.GLM(success, exog, family=sm.families.Binomial(sm.families.links.Probit())).fit(tol=1e-14)
    assert_allclose(np.linalg.inv(probit.information("expected")), theirs.cov_params(), rtol=1e-7)


@pytest.mark.parametrize("kind", ["observed", "expected", "outer_product"])
def test_information_changes_coordinates_as_a_tensor(kind):
    """J' I J, with J = d (shape, scale) / d (mean, shape)."""
    y = np.random.default_rng(2).gamma(2.0, 3.0, 80)
    plain = lk.LikelihoodModel(y, family=lk.Gamma()).fit()
    other = lk.LikelihoodModel(y, family=lk.Gamma(parameters=("mean", "shape"))).fit()
    mean, shape = other.params
    jacobian = np.array([[0.0, 1.0], [1 / shape, -mean / shape**2]])
    moved = jacobian.T @ plain.information(kind) @ jacobian
    # At the maximum the second derivatives of the change do not enter; off-diagonal entries may vanish.
    scale = np.sqrt(np.diag(moved))
    assert_allclose(other.information(kind) / np.outer(scale, scale), moved / np.outer(scale, scale), atol=1e-7)
    assert list(other.information(kind).columns) == ["mean", "shape"]
