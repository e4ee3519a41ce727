"""What statsmodels' own models give on the same data, and what their users expect to work."""

import numpy as np
import pytest
import statsmodels.api as sm
from numpy.testing import assert_allclose
from scipy import stats
from statsmodels.base.model import GenericLikelihoodModel, GenericLikelihoodModelResults
from statsmodels.iolib.summary2 import summary_col

import likelihood_kit as lk

RTOL = 1e-8


@pytest.fixture(scope="module")
def spector():
    data = sm.datasets.spector.load_pandas()
    return data.endog, sm.add_constant(data.exog, prepend=False)


@pytest.fixture(scope="module")
def logit(spector):
    return lk.LikelihoodModel(*spector, family=lk.Bernoulli()).fit(), sm.Logit(*spector).fit(disp=0)


@pytest.fixture(scope="module")
def poisson():
    data = sm.datasets.randhie.load_pandas().data.iloc[::40]
    exog = sm.add_constant(data[["lncoins", "idp", "fmde", "physlm"]])
    return lk.LikelihoodModel(data["mdvis"], exog, family=lk.Poisson()).fit(), sm.Poisson(data["mdvis"], exog).fit(
        disp=0
    )


@pytest.mark.parametrize("which", ["logit", "poisson"])
def test_estimates_and_tests(which, request):
    ours, theirs = request.getfixturevalue(which)
    for name in ("params", "bse", "tvalues", "pvalues", "llf", "aic", "bic", "df_model", "df_resid", "nobs"):
        assert_allclose(getattr(ours, name), getattr(theirs, name), rtol=1e-6, err_msg=name)
    assert list(ours.params.index) == list(theirs.params.index)
    assert_allclose(ours.cov_params(), theirs.cov_params(), rtol=1e-6)
    for alpha in (0.05, 0.2):
        assert_allclose(ours.conf_int(alpha), theirs.conf_int(alpha), rtol=1e-6)
    first, second = ours.params.index[:2]
    hypothesis = f"{first} = 0, {second} = 0"
    assert_allclose(ours.t_test(f"{first} = 0.1").tvalue, theirs.t_test(f"{first} = 0.1").tvalue, rtol=1e-6)
    assert_allclose(
        ours.wald_test(hypothesis, scalar=True).statistic,
        theirs.wald_test(hypothesis, scalar=True).statistic,
        rtol=1e-6,
    )
    assert_allclose(ours.f_test(hypothesis).fvalue, theirs.f_test(hypothesis).fvalue, rtol=1e-6)


@pytest.mark.parametrize("which", ["logit", "poisson"])
def test_glm(which, request):
    ours, _ = request.getfixturevalue(which)
    family = sm.families.Binomial() if which == "logit" else sm.families.Poisson()
    theirs = sm.GLM(ours.model.data.orig_endog, ours.model.data.orig_exog, family=family).fit(tol=1e-12)
    for name in ("params", "bse", "pvalues", "llf", "aic", "df_model", "df_resid"):
        assert_allclose(getattr(ours, name), getattr(theirs, name), rtol=1e-6, err_msg=name)
    expected = theirs.get_prediction().summary_frame()
    assert_allclose(ours.get_prediction().summary_frame().iloc[:, :4], expected, rtol=1e-6)


@pytest.mark.parametrize("which", ["logit", "poisson"])
def test_predictions(which, request):
    ours, theirs = request.getfixturevalue(which)
    assert_allclose(ours.predict(), theirs.predict(), rtol=1e-6)
    exog = ours.model.exog[:5] + 0.1
    assert_allclose(ours.predict(exog), theirs.predict(exog), rtol=1e-6)
    frame, expected = ours.get_prediction().summary_frame(), theirs.get_prediction().summary_frame()
    assert_allclose(frame.iloc[:, :4], expected, rtol=1e-6)
    assert_allclose(ours.resid, ours.model.endog - theirs.predict(), atol=1e-6)


def test_gaussian_regression_and_glm():
    rng = np.random.default_rng(5)
    exog = sm.add_constant(rng.normal(size=(80, 2)))
    y = exog @ [1.0, 2.0, -1.0] + rng.normal(size=80)
    ours, theirs = lk.LikelihoodModel(y, exog, family=lk.Normal()).fit(), sm.OLS(y, exog).fit()
    assert_allclose(ours.params[:3], theirs.params, rtol=RTOL)
    assert_allclose(ours.params[3] ** 2, theirs.ssr / 80, rtol=RTOL)
    assert_allclose(ours.bse[:3], theirs.bse * np.sqrt(77 / 80), rtol=1e-7)
    assert_allclose(ours.llf, theirs.llf, rtol=RTOL)
    assert isinstance(ours.params, np.ndarray)


def test_gamma_regression_with_log_link_is_the_glm():
    rng = np.random.default_rng(6)
    exog = sm.add_constant(rng.normal(size=(300, 1)))
    y = rng.gamma(2.0, np.exp(exog @ [0.5, 0.3]))
    ours = lk.LikelihoodModel(y, exog, family=lk.Gamma(parameters=("mean", "shape"))).fit()
    theirs = sm.GLM(y, exog, family=sm.families.Gamma(sm.families.links.Log())).fit()
    assert_allclose(ours.params[:2], theirs.params, rtol=1e-6)
    assert_allclose(ours.get_prediction().predicted, theirs.predict(), rtol=1e-6)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ({"cov_type": "sandwich"}, {"cov_type": "HC0"}),
        (
            {"cov_type": "cluster", "cov_kwds": {"groups": np.arange(32) % 5}},
            {"cov_type": "cluster", "cov_kwds": {"groups": np.arange(32) % 5}},
        ),
    ],
)
def test_robust_covariances(spector, ours, theirs):
    fitted = lk.LikelihoodModel(*spector, family=lk.Bernoulli()).fit(**ours)
    assert_allclose(fitted.bse, sm.Logit(*spector).fit(disp=0, **theirs).bse, rtol=1e-6)


def test_outer_product_covariance_is_the_inverse_of_the_summed_squares(logit):
    ours, theirs = logit
    scores = theirs.model.score_obs(theirs.params)
    expected = np.sqrt(np.diag(np.linalg.inv(scores.T @ scores)))
    assert_allclose(ours.model.fit(cov_type="outer_product").bse, expected, rtol=1e-6)
    assert_allclose(ours.bsejac, expected, rtol=1e-6)


def test_summaries_name_what_was_used(logit):
    ours, theirs = logit
    text = str(ours.summary())
    for word in ("GPA", "Bernoulli()", "observed", "symbolic", "Certified:", "Maximum certified", "logit link"):
        assert word in text
    assert "GPA" in str(ours.summary2())
    table = str(summary_col([ours, theirs]))
    assert table.count("2.8261") == 2


def test_results_are_of_the_promised_classes(logit):
    ours, _ = logit
    assert isinstance(ours, lk.LikelihoodResults)
    assert isinstance(ours, GenericLikelihoodModelResults)
    assert isinstance(ours.model, GenericLikelihoodModel)


def test_score_and_hessian_are_derivatives_of_the_log_likelihood(poisson):
    ours, theirs = poisson
    params = ours.params * 1.01
    assert_allclose(ours.model.score(params), theirs.model.score(params), rtol=1e-8)
    assert_allclose(ours.model.hessian(params), theirs.model.hessian(params), rtol=1e-8)
    assert_allclose(ours.model.information(params), -theirs.model.hessian(params), rtol=1e-8)
    assert_allclose(ours.model.score_obs(params), theirs.model.score_obs(params), atol=1e-8)


def test_student_t_tests_show_in_the_summary(spector):
    """`use_t` set on the results stayed on statsmodels' wrapper, and the summary went on with z."""
    results = lk.LikelihoodModel(*spector, family=lk.Bernoulli()).fit()
    assert "P>|z|" in str(results.summary())
    by_normal = results.pvalues["GPA"]
    results.use_t = True
    assert "P>|t|" in str(results.summary())
    assert "P>|z|" not in str(results.summary())
    tail = stats.t(results.df_resid).sf(results.tvalues["GPA"])
    assert_allclose(results.pvalues["GPA"], 2 * tail, rtol=1e-10)
    assert results.pvalues["GPA"] > 1.2 * by_normal
