"""Information of a fit in the coordinates of params and of the links."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

import likelihood_kit as lk
from likelihood_kit.errors import ArgumentError, NotAvailableError


def test_of_a_normal_sample_on_the_scale_of_the_links():
    """n / sd^2 and, of log sd, 2 n, observed as expected at the maximum."""
    results = lk.LikelihoodModel(np.random.default_rng(1).normal(3.0, 2.0, 40), family=lk.Normal()).fit()
    variance = results.params[1] ** 2
    for kind in ("observed", "expected"):
        table = results.information(kind, coordinates="link")
        assert_allclose(table, np.diag([40 / variance, 80]), atol=1e-5)
        assert table.attrs == {
            "information": kind,
            "coordinates": "images of natural values under the links, and coefficients",
            "observations": 40.0,
        }
    assert results.information().attrs["coordinates"].startswith("natural values")


def test_of_a_regression_its_coefficients_stay_as_they_are():
    rng = np.random.default_rng(2)
    X = np.column_stack([np.ones(50), rng.normal(size=50)])
    results = lk.LikelihoodModel(rng.weibull(1.5, 50), X, family=lk.Weibull()).fit()
    natural, link = (results.information("expected", coordinates=c).to_numpy() for c in ("params", "link"))
    slopes = np.array([results.params[0], 1.0, 1.0])
    assert_allclose(link, natural * np.outer(slopes, slopes), rtol=1e-12)
    theta = {"shape": results.params[0], "scale": results.params[1:]}
    assert_allclose(link, lk.expected_information(lk.Weibull(), theta, design=X, coordinates="link").matrix, rtol=1e-9)


def test_what_is_refused():
    y = np.random.default_rng(3).gamma(2.0, size=30)
    results = lk.LikelihoodModel(y, family=lk.Gamma()).fit()
    with pytest.raises(ArgumentError, match="coordinates"):
        results.information(coordinates="working")
    with pytest.raises(NotAvailableError, match="prob_weights"):
        lk.LikelihoodModel(y, family=lk.Gamma(), prob_weights=np.ones(30)).fit().information(coordinates="link")
    with pytest.raises(NotAvailableError, match="kink"):
        lk.LikelihoodModel(y, family=lk.Laplace()).fit().information(coordinates="link")


def test_of_rows_with_their_own_loglikeobs():
    class Own(lk.LikelihoodModel):
        parameters = {"rate": lk.Positive()}

        def loglikeobs(self, params):
            return np.log(params[0]) - params[0] * self.endog

    results = Own(np.random.default_rng(4).exponential(size=50)).fit()
    assert_allclose(results.information(coordinates="link"), [[50.0]], rtol=1e-5)
