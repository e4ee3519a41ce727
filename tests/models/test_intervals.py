"""Intervals stay inside the space of their parameter, and what cannot be 0 is not tested against it."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from numpy.testing import assert_allclose, assert_array_equal
from scipy import special, stats
from statsmodels.iolib.summary2 import summary_col

import likelihood_kit as lk
from likelihood_kit.diagnostics.intervals import HALF_WIDTH, wald_intervals
from likelihood_kit.errors import ArgumentError
from likelihood_kit.parameters import Real

RNG = np.random.default_rng(20)
FEW = {
    "gamma": (lk.Gamma(), [0.1, 2.0, 3.0, 0.4]),
    "identity link": (lk.Gamma(links={"scale": "identity"}), [0.1, 2.0, 3.0, 0.4]),
    "bernoulli": (lk.Bernoulli(), [1, 1, 1, 1, 1, 1, 0]),
    "probit": (lk.Bernoulli(links={"probability": "probit"}), [1, 1, 1, 1, 1, 1, 0]),
    "normal": (lk.Normal(), [1.0, 2.0, 5.0]),
    "extremes": (lk.GeneralizedExtremeValue(), stats.genextreme(0.2).rvs(20, random_state=1)),
}


@pytest.mark.parametrize(("family", "y"), FEW.values(), ids=FEW)
def test_no_interval_leaves_its_space(family, y):
    """Of four observations the shape of a gamma law was between -0.13 and 1.59."""
    results = lk.LikelihoodModel(y, family=family).fit()
    for alpha in (0.5, 0.05, 1e-6):
        for space, value, (low, high) in zip(results.spaces, results.params, results.conf_int(alpha), strict=True):
            assert space.contains(low)
            assert space.contains(high)
            assert low < value < high
    assert_array_equal(results.estimates[["lower", "upper"]], results.conf_int(0.05))


def test_the_interval_is_symmetric_on_the_link_scale():
    y = [1, 1, 1, 0, 1, 0, 1]
    for link, forward in (("logit", special.logit), ("probit", special.ndtri)):
        results = lk.LikelihoodModel(y, family=lk.Bernoulli(links={"probability": link})).fit()
        theirs = (sm.Logit if link == "logit" else sm.Probit)(y, np.ones(7)).fit(disp=0)
        assert_allclose(forward(results.conf_int(0.1)), theirs.conf_int(0.1), rtol=1e-5)


def test_coverage_of_the_scale_of_a_gamma_law():
    """Of 20 observations: 86 % of symmetric intervals hold it, 91 % of those on the log; a standard error is 0.8 %."""
    family, truth = lk.Gamma(), np.array([2.0, 3.0])
    y = family.sample((1500, 20), 1, shape=2.0, scale=3.0)
    from likelihood_kit.simulation.estimators import maximum_likelihood

    found = maximum_likelihood(family, {"y": y})
    covered = {}
    for name, links in {"natural": [Real().link()] * 2, "log": list(family.links.values())}.items():
        ends = wald_intervals(found.values, found.standard_errors, links, HALF_WIDTH)
        covered[name] = ((ends[..., 0] <= truth) & (truth <= ends[..., 1])).mean(axis=0)[1]
    assert covered["log"] > 0.89
    assert covered["natural"] < 0.88


def test_what_cannot_be_zero_is_not_tested():
    """A scale had z = 4.8 and P>|z| = 0.000 against 0."""
    y = pd.Series(RNG.normal(3.0, 2.0, 40), name="y")
    results = lk.LikelihoodModel(y, family=lk.Normal()).fit()
    assert_allclose(results.tvalues, [results.params["mean"] / results.bse["mean"], np.nan])
    assert_array_equal(np.isnan(results.pvalues), [False, True])
    lines = {line.split()[0]: line.split() for line in str(results.summary()).splitlines() if line.strip()}
    assert len(lines["mean"]) == 7
    assert len(lines["sd"]) == 5
    assert "nan" not in str(results.summary2())
    assert "Intervals of sd on the log scale; no z where a parameter cannot be 0." in str(results.summary())
    table = str(summary_col([results], stars=True))
    assert "***" in next(line for line in table.splitlines() if line.startswith("mean"))
    assert "*" not in next(line for line in table.splitlines() if line.startswith("sd"))


def test_zero_inside_a_bounded_space_is_a_hypothesis():
    results = lk.LikelihoodModel(FEW["extremes"][1], family=lk.GeneralizedExtremeValue()).fit()
    assert_array_equal(np.isnan(results.tvalues), [False, True, False])


@pytest.mark.parametrize("clusters", [8, 25])
def test_clusters_have_one_degree_of_freedom_less_than_their_number(clusters):
    """Those of Student's t were n - k, whatever the number of clusters."""
    n = 100
    exog = sm.add_constant(RNG.normal(size=(n, 1)))
    y, groups = exog @ [1.0, 0.5] + RNG.normal(size=n), np.arange(n) % clusters
    ours = lk.LikelihoodModel(y, exog, family=lk.Normal()).fit(
        cov_type="cluster", cov_kwds={"groups": groups}, use_t=True
    )
    theirs = sm.OLS(y, exog).fit(cov_type="cluster", cov_kwds={"groups": groups}, use_t=True)
    half = np.diff(ours.conf_int(), axis=1)[:2, 0] / ours.bse[:2]
    assert_allclose(half, np.diff(theirs.conf_int(), axis=1)[:, 0] / theirs.bse, rtol=1e-10)
    assert_allclose(half / 2, stats.t(clusters - 1).ppf(0.975))
    assert_allclose(ours.pvalues[:2], 2 * stats.t(clusters - 1).sf(np.abs(ours.tvalues[:2])))
    assert_allclose(ours.t_test(np.eye(3)[:2]).pvalue, ours.pvalues[:2])
    prediction = ours.get_prediction()
    assert_allclose(prediction.conf_int()[:, 1] - prediction.predicted, half[0] / 2 * prediction.se)


def test_as_many_observations_as_parameters_leave_no_degrees_of_freedom():
    """A normal law has its maximum on two values; intervals by Student's t would all be NaN."""
    model = lk.LikelihoodModel([1.0, 2.5], family=lk.Normal())
    results = model.fit()
    assert results.certificate.ok
    assert results.df_resid == 0
    assert np.isfinite(results.conf_int()).all()
    assert "Df Residuals:                       0" in str(results.summary())
    with pytest.raises(lk.errors.ArgumentError, match="use_t=True needs more observations than parameters"):
        model.fit(use_t=True)


def test_intervals_are_there_by_name_and_others_refused():
    results = lk.LikelihoodModel([1.0, 2.0, 5.0], family=lk.Exponential()).fit()
    assert_array_equal(results.conf_int(method="wald"), results.conf_int())
    for method in ("wald", "profile", "score", "r_star", "bootstrap"):
        low, high = results.conf_int(method=method)[0]
        assert 0 < low < results.params[0] < high
    for method in ("wlad", None, 3, ["wald"], np.array(["wald", "wald"])):
        with pytest.raises(ArgumentError, match="method"):
            results.conf_int(method=method)
    for alpha in (0, 1, 2, -0.1, np.nan, True, "0.05", None):
        with pytest.raises(ArgumentError, match="alpha"):
            results.conf_int(alpha)


def test_without_standard_errors_there_is_no_interval():
    results = lk.LikelihoodModel([1.0, 2.0, 5.0], family=lk.Uniform()).fit()
    assert np.isnan(results.conf_int()).all()
    assert "scale;" not in str(results.summary())
