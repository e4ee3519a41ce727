"""Results in and out of files, with and without data, from arrays, pandas and formulas, as statsmodels' users do."""

import copy
import pickle

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import statsmodels.formula
from numpy.testing import assert_allclose, assert_array_equal
from scipy.differentiate import jacobian

import likelihood_kit as lk
from likelihood_kit.errors import DataError


def frame() -> pd.DataFrame:
    rng = np.random.default_rng(3)
    data = pd.DataFrame({"x": rng.normal(size=60), "g": [*"abc"] * 20}, index=[f"row {i}" for i in range(60)])
    data["y"] = rng.weibull(1.5, 60) * np.exp(0.5 * data["x"])
    return data


FORMULA = "y ~ np.exp(x) + C(g)"
SOURCES = {
    "array": lambda data: lk.LikelihoodModel(data["y"].values, sm.add_constant(data["x"].values), family=lk.Weibull()),
    "pandas": lambda data: lk.LikelihoodModel(data["y"], sm.add_constant(data[["x"]]), family=lk.Weibull()),
    "formula": lambda data: lk.LikelihoodModel.from_formula(FORMULA, data, family=lk.Weibull()),
    "iid": lambda data: lk.LikelihoodModel(data["y"].to_numpy(), family=lk.Weibull()),
    "iid pandas": lambda data: lk.LikelihoodModel(data["y"], family=lk.Weibull()),
    "coordinates": lambda data: lk.LikelihoodModel(data["y"], family=lk.Gamma(parameters=("mean", "shape"))),
}


@pytest.fixture(params=SOURCES.values(), ids=SOURCES)
def results(request):
    return request.param(frame()).fit(cov_type="sandwich")


@pytest.fixture(params=["patsy", "formulaic"])
def engine(request, monkeypatch):
    monkeypatch.setenv("SM_FORMULA_ENGINE", request.param)
    monkeypatch.setattr(statsmodels.formula.options, "formula_engine", request.param)


def in_a_file(results, path):
    results.save(path)
    return sm.load(path)


COPIES = {
    "pickle": lambda results, path: pickle.loads(pickle.dumps(results)),
    "file": in_a_file,
    "deep copy": lambda results, path: copy.deepcopy(results),
}


@pytest.mark.parametrize("way", COPIES.values(), ids=COPIES)
def test_a_copy_is_whole(way, results, tmp_path):
    twin = way(results, tmp_path / "results.pickle")
    assert isinstance(twin, lk.LikelihoodResults)
    assert type(twin.params) is type(results.params)
    assert twin.certificate == results.certificate
    assert twin.summary().as_text() == results.summary().as_text()
    assert_array_equal(twin.predict(), results.predict())
    assert_array_equal(twin.information("expected"), results.information("expected"))
    assert twin.information_audit().verdict == results.information_audit().verdict
    assert_array_equal(twin.model.fit().params, results.params)


def test_labels_in_labels_out(results):
    data = results.model.data
    labelled = not isinstance(data.orig_endog, np.ndarray)
    for name in ("params", "bse", "pvalues", "tvalues", "resid", "fittedvalues"):
        assert isinstance(getattr(results, name), pd.Series if labelled else np.ndarray), name
    for table in (results.cov_params(), results.conf_int()):
        assert isinstance(table, pd.DataFrame if labelled else np.ndarray)
    assert list(results.estimates.index) == results.model.exog_names
    if labelled:
        assert list(results.params.index) == results.model.exog_names
        assert list(results.resid.index[:2]) == ["row 0", "row 1"]


def test_without_the_data_the_estimates_stay(results):
    kept = {name: getattr(results, name) for name in ("params", "bse", "llf", "aic", "bic", "aicc", "df_resid", "nobs")}
    summary, interval = results.summary().as_text(), results.conf_int()
    size = len(pickle.dumps(results))
    results.remove_data()
    assert results.model.endog is None
    assert results.model.exog is None
    for name, value in kept.items():
        assert_array_equal(getattr(results, name), value, err_msg=name)
    assert results.summary().as_text() == summary
    assert_array_equal(results.conf_int(), interval)
    assert results.t_test(np.eye(len(results.params))).tvalue.shape == results.params.shape
    with pytest.raises(DataError, match="data were removed"):
        results.model.score(results.params)
    assert len(pickle.dumps(results)) < size


def test_saved_without_the_data_it_still_predicts(tmp_path):
    data = frame()
    results = SOURCES["formula"](data).fit()
    expected = results.predict(data.head(4))
    results.save(tmp_path / "small.pickle", remove_data=True)
    loaded = lk.LikelihoodResults.load(tmp_path / "small.pickle")
    assert_array_equal(loaded.predict(data.head(4)), expected)
    assert loaded.information_audit is not None


def test_without_the_data_an_offset_is_still_asked_for():
    """It was forgotten with the data, and predictions of new rows left it out in silence."""
    design, exposure = np.column_stack([np.ones(6), np.arange(6.0)]), np.arange(1.0, 7.0)
    model = lk.LikelihoodModel([1, 4, 3, 9, 12, 20], design, family=lk.Poisson(), offset=np.log(exposure))
    results = model.fit()
    expected = results.predict(design[:2], offset=[0.5, 0.0])
    results.remove_data()
    assert_array_equal(results.predict(design[:2], offset=[0.5, 0.0]), expected)
    with pytest.raises(DataError, match="offset of rate"):
        results.predict(design[:2])


@pytest.mark.usefixtures("engine")
def test_formula_engines():
    data = frame()
    data["success"] = (data["y"] > 1).astype(float)
    data.loc["row 3", "x"] = np.nan
    formula = "success ~ np.exp(x) + C(g)"
    ours = lk.LikelihoodModel.from_formula(formula, data, family=lk.Bernoulli()).fit()
    theirs = sm.Logit.from_formula(formula, data).fit(disp=0)
    assert ours.nobs == 59
    assert_array_equal(ours.params.index, theirs.params.index)
    assert_allclose(ours.params, theirs.params, rtol=1e-6)
    assert_allclose(ours.predict(data.head(3)), theirs.predict(data.head(3)), rtol=1e-6)
    assert_allclose(pickle.loads(pickle.dumps(ours)).predict(data.head(3)), theirs.predict(data.head(3)), rtol=1e-6)
    ours_terms, their_terms = (each.wald_test_terms(scalar=True).table for each in (ours, theirs))
    assert_allclose(ours_terms.astype(float), their_terms.astype(float), rtol=1e-5)
    pairs, their_pairs = (each.t_test_pairwise("C(g)").result_frame[["coef", "std err"]] for each in (ours, theirs))
    assert_allclose(pairs.astype(float), their_pairs.astype(float), rtol=1e-5)


def test_score_and_hessian_of_params_are_derivatives_of_the_log_likelihood(results):
    """At a point off the maximum, in the coordinates of params: natural where nothing predicts."""
    model, params = results.model, np.asarray(results.params) * 1.05 + 0.01

    def each_column(function):
        return lambda points: np.apply_along_axis(function, 0, points)

    score = jacobian(each_column(lambda p: np.atleast_1d(model.loglike(p))), params, initial_step=0.02)
    assert_allclose(model.score(params), score.df[0], rtol=1e-7, atol=1e-6)
    assert_allclose(model.score_obs(params).sum(axis=0), model.score(params), rtol=1e-12)
    hessian = jacobian(each_column(model.score), params, initial_step=0.02)
    assert_allclose(model.hessian(params), hessian.df, rtol=1e-6, atol=1e-5)
    assert_allclose(model.loglikeobs(params).sum(), model.loglike(params), rtol=1e-12)


# get_prediction


def test_predictions_by_the_delta_method_had_no_standard_error():
    """Where nothing drives the mean, statsmodels' complex steps lost their imaginary part: se = 0."""
    y = np.random.default_rng(1).gamma(2, 3, 50)
    results = lk.LikelihoodModel(y, family=lk.Gamma()).fit()
    shape, scale = results.params
    # The estimated mean is the sample's; its variance by the expected information is shape scale^2 / n.
    expected = lk.LikelihoodModel(y, family=lk.Gamma()).fit(cov_type="expected").get_prediction().summary_frame()
    assert_allclose(expected["se"], np.sqrt(shape * scale**2 / 50), rtol=1e-8)
    assert_allclose(results.get_prediction(which="scale").summary_frame()["se"], results.bse[1], rtol=1e-8)
    slopes = np.array([scale**2, 2 * shape * scale])
    variance = results.get_prediction(which="variance").summary_frame()
    assert_allclose(variance["se"], np.sqrt(slopes @ results.cov_params() @ slopes), rtol=1e-8)


def test_average_predictions(spector):
    models = lk.LikelihoodModel(*spector, family=lk.Bernoulli()).fit(), sm.Logit(*spector).fit(disp=0)
    ours, theirs = (results.get_prediction(average=True).summary_frame() for results in models)
    assert_allclose(ours.iloc[:, :2], theirs.iloc[:, :2], rtol=1e-6)
    # An interval of a probability is made on its logit, and so stays inside.
    assert 0 < ours["ci_lower"].iloc[0] < ours["predicted"].iloc[0] < ours["ci_upper"].iloc[0] < 1


@pytest.mark.parametrize("units", [(1.0, 1.0, 1.0), (1e9, 1e8, 1e-8)])
def test_the_mean_of_a_weibull_regression(units):
    """The mean, scale Gamma(1 + 1/shape), was taken for the scale, which it is where shape is 1."""
    data = frame()
    exog = sm.add_constant(data["x"].to_numpy()) * units[1:]
    results = lk.LikelihoodModel(data["y"].to_numpy() * units[0], exog, family=lk.Weibull()).fit()
    predicted = results.get_prediction().summary_frame()
    point = np.asarray(results.params)
    wanted = jacobian(
        lambda q: np.apply_along_axis(lambda p: results.model.predict(p * point), 0, q), np.ones(3), initial_step=0.05
    ).df
    cov = results.cov_params() / np.outer(point, point)
    assert ((predicted["ci_lower"] < predicted["predicted"]) & (predicted["predicted"] < predicted["ci_upper"])).all()
    assert_allclose(predicted["se"], np.sqrt(np.einsum("mi,ij,mj->m", wanted, cov, wanted)), rtol=1e-6)


@pytest.mark.parametrize("source", ["array", "pandas", "formula", "iid"])
def test_bootstrap_of_statsmodels(source):
    results = SOURCES[source](frame()).fit()
    mean, sd, estimates = results.bootstrap(nrep=40, rng=1)
    assert estimates.shape == (40, len(results.params))
    # Mean of 40 resamples within five of its standard errors: false alarms below 1e-5.
    assert_allclose(mean, results.params, atol=5 * np.max(sd) / np.sqrt(40))
    assert_allclose(results.bootstrap(nrep=5, rng=1)[2], estimates[:5], rtol=1e-12)


def test_a_quantile_that_jumps_has_no_standard_error():
    """That of a Poisson law within a standard error of the rate; a slope over the jump was taken for one."""
    results = lk.LikelihoodModel(np.random.default_rng(1).poisson(4.7, 12), family=lk.Poisson()).fit()
    assert results.get_prediction().se[0] == pytest.approx(results.bse[0], rel=1e-9)
    with pytest.warns(lk.errors.InformationWarning, match="moves in steps"):
        found = results.get_prediction(quantile=0.9)
    assert np.isnan(found.se).all()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("params", np.ones(2)),
        ("nobs", 3),
        ("cov_type", "sandwich"),
        ("llf", 0.0),
        ("df_resid", 1),
        ("converged", False),
    ],
)
def test_results_could_be_made_to_contradict_themselves(name, value):
    """`results.params = ...`: the summary printed them with the log likelihood of the estimates."""
    results = lk.LikelihoodModel(np.array([1.0, 2.0, 4.0, 8.0]), family=lk.Gamma()).fit()
    words = str(results.summary())
    for where in (results, results._results, pickle.loads(pickle.dumps(results))):
        with pytest.raises(AttributeError, match="cannot be"):
            setattr(where, name, value)
    for array in (results._results.params, results._results.normalized_cov_params):
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 1.0
    information = results.information()
    information.loc[:, :] = 0.0
    results.use_t, results.note = False, "mine"
    assert (str(results.summary()), results.note) == (words, "mine")
