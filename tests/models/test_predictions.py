"""Predictions at new rows: against scipy's laws at linear predictors typed out, never against the kit's own."""

import pickle

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from predicted import CASES, CONTINUOUS, NEW, ROWS, TARGETS, UNCENSORED, frame, line, probability
from scipy import special, stats
from scipy.differentiate import jacobian

import likelihood_kit as lk
from likelihood_kit.errors import DataError

#: Two-sided 90 % and 95 % points of the normal law.
Z90, Z95 = stats.norm.ppf([0.95, 0.975])


@pytest.fixture(scope="module", params=CASES.values(), ids=CASES)
def fitted(request):
    return request.param, request.param.fit()


@pytest.fixture(scope="module", params=CONTINUOUS.values(), ids=CONTINUOUS)
def continuous(request):
    return request.param, request.param.fit()


@pytest.mark.parametrize(("asked", "oracle"), TARGETS.values(), ids=TARGETS)
def test_of_the_response(asked, oracle, fitted):
    case, results = fitted
    found = results.predict(NEW, **asked)
    assert_array_equal(found.index, NEW.index)
    assert_allclose(found, oracle(case, case.at(results.params)), rtol=1e-9)
    assert_allclose(results.model.predict(results.params, NEW, **asked), found, rtol=1e-14)
    # Shown able to fail: at other params it is another number.
    assert np.abs(found - oracle(case, case.at(1.5 * np.asarray(results.params)))).max() > 0.1
    turned = results.predict(NEW[::-1], **asked)
    assert_array_equal(turned.index, NEW.index[::-1])
    assert_allclose(turned[::-1], found, rtol=1e-14)


@pytest.mark.parametrize("case", UNCENSORED.values(), ids=UNCENSORED)
def test_of_a_value(case):
    """Its probability, or its density; under censoring a value is a pair."""
    results = case.fit()
    found = results.predict(NEW, probability_of=case.value)
    assert_allclose(found, probability(case, case.at(results.params)), rtol=1e-9)


def test_of_the_parameters(fitted):
    case, results = fitted
    by_hand = case.parameters(np.asarray(results.params), NEW)
    for name, wanted in zip(case.family.parameter_names, by_hand, strict=True):
        assert_allclose(results.predict(NEW, parameter=name), wanted, rtol=1e-12, err_msg=name)
        if name not in ("mean", "variance"):
            assert_allclose(results.predict(NEW, which=name), wanted, rtol=1e-12, err_msg=name)
    natural = by_hand[case.family.parameter_names.index(case.predicted)]
    assert_allclose(results.predict(NEW, which="linear"), case.linear(natural), rtol=1e-9, atol=1e-12)


def test_a_linear_predictor_of_another_parameter():
    results = CASES["weibull, both"].fit()
    params = np.asarray(results.params)
    assert_allclose(results.predict(NEW, which="linear", parameter="shape"), line(params[:2], "z"), rtol=1e-12)
    held = CASES["a fixed df"].fit()
    assert_allclose(held.predict(NEW, parameter="df"), np.full(4, 5.0), rtol=1e-14)
    assert_allclose(held.predict(NEW, which="linear", parameter="df"), np.full(4, np.log(5.0)), rtol=1e-14)
    assert_allclose(held.predict(NEW, which="linear", parameter="scale"), np.full(4, np.log(held.params["scale"])))


def test_own_rows_are_the_new_rows_that_they_are():
    data = frame()
    for case in CASES.values():
        results = case.fit()
        assert_allclose(results.predict(), results.predict(data), rtol=1e-13)
        assert_allclose(results.fittedvalues, results.predict(data), rtol=1e-13)
        response = data[case.formula.partition(" ~")[0]]
        # What was censored is not known, and neither is its distance from the mean.
        seen = data[case.more["event"]] == 1 if "event" in case.more else np.ones(ROWS, dtype=bool)
        wanted = np.where(seen, response - results.predict(data), np.nan)
        assert_allclose(results.resid, wanted, rtol=1e-12, atol=1e-12)


# Standard errors and intervals


def delta(case, results, quantity):
    """Standard errors of a quantity of params, by differences of the oracle at points around the estimate."""
    params = np.asarray(results.params)
    slopes = jacobian(
        lambda points: np.apply_along_axis(quantity, 0, points), params, initial_step=0.05 * np.asarray(results.bse)
    ).df
    return np.sqrt(np.einsum("mi,ij,mj->m", slopes, np.asarray(results.cov_params()), slopes))


@pytest.mark.parametrize("cov_type", ["observed", "sandwich"])
@pytest.mark.parametrize(("asked", "oracle"), TARGETS.values(), ids=TARGETS)
def test_standard_errors_and_intervals(asked, oracle, cov_type, continuous):
    """On the logarithm of what is positive, straight where it is any number."""
    case, _ = continuous
    results = case.fit(cov_type=cov_type)
    found = results.get_prediction(NEW, **asked)
    wanted = oracle(case, case.at(results.params))
    error = delta(case, results, lambda params: oracle(case, case.at(params)))
    assert_allclose(found.predicted, wanted, rtol=1e-9)
    assert_allclose(found.se, error, rtol=1e-6)
    positive = np.isfinite(case.family.support.numbers[0]) or asked.get("which") == "variance"
    ends = (
        wanted[:, None] * np.exp(np.outer(error / wanted, [-Z90, Z90]))
        if positive
        else wanted[:, None] + np.outer(error, [-Z90, Z90])
    )
    assert_allclose(found.conf_int(alpha=0.1), ends, rtol=1e-6)
    table = found.summary_frame()
    assert_array_equal(table.index, NEW.index)
    assert_allclose(table["ci_upper"] - table["ci_lower"], np.diff(found.conf_int(alpha=0.05), axis=1)[:, 0])
    assert (table["ci_lower"] < table["predicted"]).all()
    assert ("obs_ci_lower" in table) == (not asked)


def test_intervals_of_probabilities():
    """On the logit where it is a probability; on the logarithm where it is a density."""
    counts, costs = CASES["counts"], CASES["gamma, its scale"]
    for case in (counts, costs):
        results = case.fit()
        found = results.get_prediction(NEW, probability_of=case.value)
        wanted = probability(case, case.at(results.params))
        error = delta(case, results, lambda params, case=case: probability(case, case.at(params)))
        assert_allclose(found.se, error, rtol=1e-6)
        if case is counts:
            ends = special.expit(special.logit(wanted)[:, None] + np.outer(error / wanted / (1 - wanted), [-Z95, Z95]))
        else:
            ends = wanted[:, None] * np.exp(np.outer(error / wanted, [-Z95, Z95]))
        assert_allclose(found.conf_int(), ends, rtol=1e-6)


def test_the_interval_of_a_linear_predictor_is_straight():
    results = CASES["gamma, its scale"].fit()
    found = results.get_prediction(NEW, which="linear")
    columns = np.column_stack([np.zeros(4), np.ones(4), NEW["x"]])
    error = np.sqrt(np.einsum("mi,ij,mj->m", columns, results.cov_params(), columns))
    assert_allclose(found.se, error, rtol=1e-8)
    assert_allclose(found.conf_int(), line(np.asarray(results.params)[1:], "x")[:, None] + np.outer(error, [-Z95, Z95]))
    # The parameter's own interval is the image of that.
    assert_allclose(results.get_prediction(NEW, parameter="scale").conf_int(), np.exp(found.conf_int()), rtol=1e-9)


def test_an_interval_is_made_on_the_link_of_the_model():
    data = frame().assign(success=lambda data: (data["successes"] > 2).astype(float))
    family = lk.Bernoulli(links={"probability": "probit"})
    results = lk.LikelihoodModel.from_formula("success ~ x", data, family=family).fit()
    linear = results.get_prediction(NEW, which="linear").conf_int()
    assert_allclose(results.get_prediction(NEW).conf_int(), stats.norm.cdf(linear), rtol=1e-8)


def test_intervals_by_student_t():
    """The two-sided point of t with n - k degrees of freedom instead of the normal one, about the same middle."""
    case = CASES["normal, both"]
    by_t, by_normal = case.fit(use_t=True).get_prediction(NEW), case.fit().get_prediction(NEW)
    assert_allclose(by_t.conf_int(0.01).mean(axis=1), by_normal.predicted, rtol=1e-12)
    half = np.diff(by_t.conf_int(0.01), axis=1)[:, 0] / 2
    assert_allclose(half, stats.t(ROWS - 4).ppf(0.995) * by_normal.se, rtol=1e-9)
    assert_allclose(np.diff(by_normal.conf_int(0.01), axis=1)[:, 0] / 2, stats.norm.ppf(0.995) * by_normal.se)


def test_steps_of_the_delta_method_stay_inside_the_space():
    """With a standard error of df of more than four times df a step of a quarter of it leaves the positive numbers."""
    y = np.random.default_rng(36).standard_t(12.0, 120)
    results = lk.LikelihoodModel(y, family=lk.StudentT()).fit()
    loc, scale, df = results.params
    assert results.bse[2] > 4 * df
    assert_allclose(results.get_prediction(parameter="df").se, np.full(120, results.bse[2]), rtol=1e-8)
    slopes = jacobian(
        lambda points: np.atleast_1d(stats.t(points[2], points[0], points[1]).ppf(0.95)),
        np.array([loc, scale, df]),
        initial_step=[0.01, 0.01, 5.0],
    ).df
    slopes = np.reshape(slopes, (-1, 3))[0]
    wanted = np.sqrt(slopes @ results.cov_params() @ slopes)
    assert_allclose(results.get_prediction(quantile=0.95).se, np.full(120, wanted), rtol=1e-6)


def test_intervals_of_a_new_observation_are_quantiles_of_its_law(fitted):
    case, results = fitted
    law = case.at(results.params)
    found = results.get_prediction(NEW)
    for alpha in (0.05, 0.3):
        table = found.summary_frame(alpha=alpha)
        assert_allclose(table["obs_ci_lower"], law.ppf(alpha / 2), rtol=1e-9)
        assert_allclose(table["obs_ci_upper"], law.ppf(1 - alpha / 2), rtol=1e-9)
    in_steps = () if case.family.discrete else ({"which": "median"}, {"quantile": 0.2})
    for asked in (*in_steps, {"which": "variance"}, {"which": "linear"}, {"average": True}):
        assert "obs_ci_lower" not in results.get_prediction(NEW, **asked).summary_frame()


def test_intervals_of_a_new_observation_hold_as_many_as_they_say():
    """Of 40,000 draws at each row, within five standard errors of a share: false alarms below 1e-5."""
    case, draws = CASES["weibull, both"], 40_000
    results = case.fit()
    table = results.get_prediction(NEW).summary_frame(alpha=0.2)
    shape, scale = case.parameters(np.asarray(results.params), NEW)
    sample = scale * np.random.default_rng(3).weibull(shape, (draws, 4))
    share = ((table["obs_ci_lower"].to_numpy() < sample) & (sample < table["obs_ci_upper"].to_numpy())).mean(axis=0)
    within = 5 * np.sqrt(0.2 * 0.8 / draws)
    assert_allclose(share, 0.8, atol=within)
    # The negative control: an interval of the mean is none of an observation.
    share = ((table["ci_lower"].to_numpy() < sample) & (sample < table["ci_upper"].to_numpy())).mean(axis=0)
    assert (np.abs(share - 0.8) > within).all()


def test_average_over_the_rows():
    """The mean of the predictions, and the standard error of that: rows share their coefficients."""
    case = CASES["gamma, its scale"]
    results = case.fit()
    for weights in (None, np.array([4.0, 0.5, 1.0, 2.5])):
        given = {} if weights is None else {"agg_weights": weights}
        share = np.full(4, 0.25) if weights is None else weights / 8
        found = results.get_prediction(NEW, average=True, **given)
        assert_allclose(found.predicted, [share @ case.at(results.params).mean()], rtol=1e-9)
        error = delta(case, results, lambda params, share=share: np.atleast_1d(share @ case.at(params).mean()))
        assert_allclose(found.se, error, rtol=1e-6)
        assert_allclose(found.conf_int(), found.predicted * np.exp(np.outer(error / found.predicted, [-Z95, Z95])))
        assert found.summary_frame().shape == (1, 4)
    apart = results.get_prediction(NEW)
    assert found.se[0] < (share @ apart.se) * (1 - 1e-6)


def test_a_row_of_weight_0_may_lack_a_value():
    results = CASES["gamma, its scale"].fit()
    gap = NEW.assign(x=NEW["x"].where(np.arange(4) != 2))
    found = results.get_prediction(gap, average=True, agg_weights=[1.0, 2.0, 0.0, 1.0])
    wanted = results.get_prediction(NEW.iloc[[0, 1, 3]], average=True, agg_weights=[1.0, 2.0, 1.0])
    pd.testing.assert_frame_equal(found.summary_frame(), wanted.summary_frame(), rtol=1e-12)
    assert np.isnan(results.get_prediction(gap, average=True).predicted).all()


def test_labels_of_rows():
    results = CASES["counts"].fit()
    labels = [*"wxyz"]
    assert list(results.get_prediction(NEW, row_labels=labels).summary_frame().index) == labels
    assert_array_equal(results.get_prediction(NEW, row_labels=labels).predicted, results.predict(NEW))


@pytest.mark.parametrize("arguments", [{"family": lk.Binomial(trials=20)}, {"family": lk.Binomial(), "trials": 20}])
def test_the_mean_of_a_binomial_stays_below_its_trials(arguments):
    found = lk.LikelihoodModel([19.0, 20, 18, 20], **arguments).fit().get_prediction()
    assert (found.conf_int() < 20).all()


# Copies


WAYS = {
    "pickle": lambda results: pickle.loads(pickle.dumps(results)),
    "without data": lambda results: (results.remove_data(), results)[1],
    "pickle without data": lambda results: (results.remove_data(), pickle.loads(pickle.dumps(results)))[1],
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_a_copy_predicts_the_same(way, case):
    results = case.fit()
    law = case.at(results.params)
    table = results.get_prediction(NEW).summary_frame()
    twin = way(results)
    assert_allclose(twin.predict(NEW), law.mean(), rtol=1e-9)
    assert_allclose(twin.predict(NEW, quantile=0.35), law.ppf(0.35), rtol=1e-9)
    pd.testing.assert_frame_equal(twin.get_prediction(NEW).summary_frame(), table, rtol=1e-12)


def test_without_its_data_a_model_still_asks_for_its_offset():
    data = frame()
    results = lk.LikelihoodModel(data["count"], data[["x"]], family=lk.Poisson(), offset=data["log_time"]).fit()
    results.remove_data()
    with pytest.raises(DataError, match="offset of rate"):
        results.predict(NEW[["x"]])


def test_without_its_data_a_model_asks_for_new_rows():
    results = CASES["normal, both"].fit()
    results.remove_data()
    with pytest.raises(DataError, match="data were removed from this model: pass exog"):
        results.predict()
