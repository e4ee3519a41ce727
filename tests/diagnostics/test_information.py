import numpy as np
import pytest
from numpy.testing import assert_allclose

import likelihood_kit as lk
from likelihood_kit import diagnostics
from likelihood_kit.errors import ArgumentError, NotAvailableError, ParameterError


@pytest.fixture(scope="module")
def arrays():
    rng = np.random.default_rng(3)
    scores = rng.normal(size=(60, 3)) @ np.diag([1.0, 1e4, 1e-4])
    return scores, -(scores.T @ scores) * 1.1


def test_covariances_are_their_formulas(arrays):
    scores, hessian = arrays
    bread, meat = np.linalg.inv(-hessian), scores.T @ scores
    assert_allclose(diagnostics.covariance(diagnostics.observed_information(hessian)), bread, rtol=1e-9)
    assert_allclose(diagnostics.outer_product_information(scores), meat, rtol=1e-12)
    sandwich = diagnostics.sandwich_covariance(-hessian, meat)
    assert_allclose(sandwich, bread @ meat @ bread, rtol=1e-8)
    # The sandwich is neither the inverse outer product nor the inverse Hessian.
    assert np.abs(np.diag(sandwich) / np.diag(np.linalg.inv(meat)) - 1).min() > 0.1


def test_clusters_of_one_row_are_the_rows(arrays):
    scores, _ = arrays
    n, k = scores.shape
    clustered = diagnostics.clustered_outer_product(scores, np.arange(n))
    assert_allclose(clustered, scores.T @ scores * n / (n - k), rtol=1e-12)


def test_a_singular_information_has_no_inverse():
    assert np.isnan(diagnostics.covariance(np.array([[1.0, 1.0], [1.0, 1.0]]))).all()


def test_the_audit_speaks_against_a_wrong_model_and_not_against_a_right_one():
    # With the noise band at three standard errors a right model is accused in about 1 of 200 samples: here in at most
    # 2 of 40, by chance about 1 time in 1000, and the seed is fixed.
    rng = np.random.default_rng(17)

    def accused(y):
        return (
            "evidence against the model;"
            in lk.LikelihoodModel(y, family=lk.Poisson()).fit().information_audit().verdict
        )

    assert sum(accused(rng.poisson(4.0, 300)) for _ in range(40)) <= 2
    assert sum(accused(rng.negative_binomial(2, 1 / 3, 300)) for _ in range(40)) >= 38


@pytest.mark.parametrize(
    ("family", "theta", "bounds"),
    [
        (lk.Normal(), {"mean": 1.0, "sd": 2.0}, (4.0, 2.0)),
        (lk.Normal(parameters=("mean", "variance")), {"mean": 1.0, "variance": 4.0}, (4.0, 32.0)),
        (lk.Poisson(), {"rate": 3.0}, (3.0,)),
        (lk.Exponential(), {"scale": 3.0}, (9.0,)),
        (lk.Bernoulli(), {"probability": 0.2}, (0.16,)),
        (lk.Normal(sd=2.0), {"mean": 1.0}, (4.0,)),
    ],
)
def test_cramer_rao_bounds_in_closed_form(family, theta, bounds):
    table = lk.cramer_rao_bound(family, theta, n=50)
    assert_allclose(table["variance_bound"], np.array(bounds) / 50, rtol=1e-12)
    assert list(table.index) == list(theta)


def test_bound_of_a_function_is_the_bound_in_other_coordinates():
    truth = {"shape": 2.0, "scale": 3.0}
    mean = lk.cramer_rao_bound(lk.Gamma(), truth, n=10, of=lambda shape, scale: shape * scale)
    other = lk.cramer_rao_bound(lk.Gamma(parameters=("mean", "shape")), {"mean": 6.0, "shape": 2.0}, n=10)
    assert_allclose(mean["variance_bound"].iloc[0], other.loc["mean", "variance_bound"], rtol=1e-9)
    assert_allclose(mean["value"].iloc[0], 6.0)


def test_bounds_refused():
    with pytest.raises(NotAvailableError, match="its support moves with low and high"):
        lk.cramer_rao_bound(lk.Uniform(), {"low": 0.0, "high": 1.0})
    with pytest.raises(ParameterError, match="scale"):
        lk.cramer_rao_bound(lk.Gamma(), {"shape": 2.0, "scale": -1.0})
    with pytest.raises(ArgumentError, match="n must be a positive whole number"):
        lk.cramer_rao_bound(lk.Poisson(), {"rate": 1.0}, n=0)
    with pytest.raises(ArgumentError, match="by keyword"):
        lk.cramer_rao_bound(lk.Poisson(), {"rate": 1.0}, of=lambda x: x)
