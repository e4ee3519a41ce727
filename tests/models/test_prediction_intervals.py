"""Intervals of predictions, inside the space of what is predicted; what has none keeps its prediction."""

import pickle

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import special, stats

import likelihood_kit as lk
from likelihood_kit.errors import ArgumentError, DataError, InformationWarning, ParameterError

ROWS = 80
Z95 = stats.norm.ppf(0.975)


def frame() -> pd.DataFrame:
    rng = np.random.default_rng(5)
    data = pd.DataFrame({"x": rng.normal(size=ROWS), "m": rng.integers(3, 12, ROWS), "se": rng.uniform(0.4, 1.2, ROWS)})
    data["count"] = rng.poisson(np.exp(1 + 0.3 * data["x"]))
    data["successes"] = rng.binomial(data["m"], special.expit(1 + data["x"]))
    data["cost"] = rng.gamma(2.0, np.exp(0.5 * data["x"]))
    data["seen"] = (data["cost"] < 3).astype(int)
    data["until"] = np.minimum(data["cost"], 3.0)
    data["effect"] = rng.normal(0.5 + data["x"], data["se"])
    return data


NEW = pd.DataFrame({"x": [-1.0, 0.0, 1.5], "m": [4, 9, 11]}, index=["a", "b", "c"])


@pytest.mark.parametrize("asked", [{"which": "median"}, {"quantile": 0.9}, {"quantile": 0.05}])
def test_a_quantile_of_counts_is_predicted_without_standard_errors(asked):
    results = lk.LikelihoodModel.from_formula("count ~ x", frame(), family=lk.Poisson()).fit()
    with pytest.warns(InformationWarning, match="moves in steps; the interval is that of rate, carried through"):
        found = results.get_prediction(NEW, **asked)
    table = found.summary_frame()
    assert_array_equal(table["predicted"], results.predict(NEW, **asked))
    assert table["se"].isna().all()
    rates = results.get_prediction(NEW, parameter="rate").conf_int()
    level = asked.get("quantile", 0.5)
    assert_array_equal(table[["ci_lower", "ci_upper"]], stats.poisson(rates).ppf(level))
    assert "steps" in repr(found)
    assert "steps" in found._repr_html_()


def test_a_quantile_of_counts_between_ends_of_two_parameters_says_that_it_has_no_interval():
    class Inflated(lk.Family):
        rate = lk.Positive()
        zero = lk.UnitInterval()
        support = lk.Integers(0, np.inf)

        @staticmethod
        def log_density(y, rate, zero):
            plain = y * np.log(rate) - rate - special.gammaln(y + 1)
            return np.where(y == 0, np.log(zero + (1 - zero) * np.exp(-rate)), np.log1p(-zero) + plain)

    rng = np.random.default_rng(3)
    y = np.where(rng.uniform(size=200) < 0.3, 0, rng.poisson(4.0, 200))
    results = lk.LikelihoodModel(y, family=Inflated()).fit()
    with pytest.warns(InformationWarning, match="steps; and no interval"):
        table = results.get_prediction(which="median").summary_frame()
    assert_array_equal(table["predicted"], results.predict(which="median"))
    assert table[["se", "ci_lower", "ci_upper"]].isna().all(axis=None)


def test_a_weighted_average_divides_by_the_sum_of_the_weights():
    results = lk.LikelihoodModel.from_formula("cost ~ x", frame(), family=lk.Gamma()).fit()
    each = results.predict(NEW).to_numpy()
    for weights in ([1, 2, 3], [1e200, 2e200, 3e200]):
        found = results.get_prediction(NEW, average=True, agg_weights=weights)
        assert_allclose(found.predicted, [np.average(each, weights=[1, 2, 3])], rtol=1e-12)
    alike = results.get_prediction(NEW.iloc[[1, 1, 1]], average=True, agg_weights=[1, 2, 3])
    assert_allclose(alike.conf_int(), results.get_prediction(NEW.iloc[[1]]).conf_int(), rtol=1e-9)


@pytest.mark.parametrize(
    ("arguments", "trials"),
    [
        ({"family": lk.Binomial(trials=10)}, [10, 10, 10]),
        ({"family": lk.Binomial(), "trials": [10, 10, 11]}, [10, 10, 11]),
        ({"family": lk.Binomial(links={"probability": "identity"}), "trials": [10, 10, 11]}, [10, 10, 11]),
    ],
)
def test_intervals_of_a_binomial_stay_below_its_trials(arguments, trials):
    results = lk.LikelihoodModel([9, 10, 10], **arguments).fit()
    trials = np.array(trials)
    probability = results.get_prediction(parameter="probability").conf_int()
    assert ((probability > 0) & (probability < 1)).all()
    mean = results.get_prediction().conf_int(0.001)
    assert ((mean > 0) & (mean < trials[:, None])).all()
    assert_allclose(results.get_prediction().conf_int(), trials[:, None] * probability, rtol=1e-9)
    variance = results.get_prediction(which="variance")
    low, high = variance.conf_int().T
    assert ((low < variance.predicted) & (variance.predicted <= high) & (high <= trials / 4)).all()
    average = results.get_prediction(average=True).conf_int(1e-4)
    assert (average < trials.mean()).all()


def test_the_interval_of_a_variance_ends_at_the_largest_one():
    results = lk.LikelihoodModel([1, 0, 1, 1, 1], family=lk.Bernoulli()).fit()
    assert (results.get_prediction(which="variance").conf_int() <= 0.25).all()

    class Power(lk.Family):
        """Beta law; its variance is below a quarter (Popoviciu 1935)."""

        a = lk.Positive()
        b = lk.Positive()
        support = lk.Interval(0, 1)

        @staticmethod
        def log_density(y, a, b):
            return (a - 1) * np.log(y) + (b - 1) * np.log1p(-y) - special.betaln(a, b)

    two = lk.LikelihoodModel([0.01, 0.99, 0.02, 0.98], family=Power()).fit()
    found = two.get_prediction(which="variance").conf_int(0.01)
    assert ((found > 0) & (found < 0.25)).all()


def test_the_interval_of_a_variance_holds_what_is_within_that_of_the_parameter():
    """The variance of a Bernoulli law is 1/4 at 1/2, and less at both ends of an interval of the probability."""
    results = lk.LikelihoodModel([1, 0, 1, 1, 0], family=lk.Bernoulli()).fit()
    low, high = results.get_prediction(parameter="probability").conf_int()[0]
    assert low < 0.5 < high
    found = results.get_prediction(which="variance").conf_int()[0]
    # Followed in 32 steps, of which one comes within a 64th of the interval's length to 1/2.
    assert_allclose(found, [min(low * (1 - low), high * (1 - high)), 0.25], atol=1 / 64**2)


def test_an_identity_link_does_not_take_an_interval_out_of_the_space():
    results = lk.LikelihoodModel([0, 0, 1, 0], family=lk.Poisson(links={"rate": "identity"})).fit()
    assert (results.get_prediction().conf_int() > 0).all()
    assert (results.get_prediction(parameter="rate").conf_int() > 0).all()


def test_survival_and_density_of_a_censored_law_are_those_without_censoring():
    """The number against scipy's law; the interval inside the unit interval, on the logit."""
    results = lk.LikelihoodModel.from_formula(
        "until ~ x", frame(), family=lk.censored(lk.Weibull()), event="seen"
    ).fit()
    shape, *slopes = np.asarray(results.params)
    law = stats.weibull_min(shape, scale=np.exp(slopes[0] + slopes[1] * NEW["x"].to_numpy()))
    assert_allclose(results.predict(NEW, probability_of=2.0), law.pdf(2.0), rtol=1e-9)
    found = results.get_prediction(NEW, survival_of=2.0)
    assert_allclose(found.predicted, law.sf(2.0), rtol=1e-9)
    middle, half = special.logit(found.predicted), Z95 * found.se / found.predicted / (1 - found.predicted)
    assert_allclose(found.conf_int(), special.expit(np.stack([middle - half, middle + half], axis=1)), rtol=1e-9)
    assert_array_equal(results.get_prediction(NEW, survival_of=-1.0).conf_int(), np.ones((3, 2)))
    assert repr(found).startswith("<Prediction of P(Y > 2), 3 rows>")
    assert "density at 2" in repr(results.get_prediction(NEW, probability_of=2.0))
    with pytest.raises(ArgumentError, match="one of quantile, survival_of"):
        results.predict(NEW, quantile=0.5, survival_of=2.0)


def test_a_censored_family_of_ones_own_predicts_without_a_closed_form():
    class Own(lk.Family):
        scale = lk.Positive()
        support = lk.Interval(0, np.inf)

        @staticmethod
        def log_density(y, scale):
            return np.log(y) - 2 * np.log(scale) - y**2 / (2 * scale**2)

    data = frame()
    results = lk.LikelihoodModel(data["until"], family=lk.censored(Own()), event=data["seen"]).fit()
    law = stats.rayleigh(scale=float(results.params["scale"]))
    assert_allclose(results.predict()[:2], law.mean(), rtol=1e-7)
    assert_allclose(results.predict(quantile=0.8)[:2], law.ppf(0.8), rtol=1e-7)


# What is known of new rows


def test_a_mean_needs_no_standard_deviation_that_was_given():
    data = frame()
    results = lk.LikelihoodModel.from_formula("effect ~ x", data, family=lk.Normal(), given={"sd": "se"}).fit()
    mean = results.predict(NEW)
    assert_allclose(mean, results.params["Intercept"] + results.params["x"] * NEW["x"], rtol=1e-12)
    assert_allclose(results.get_prediction(NEW).se, results.get_prediction(NEW.assign(se=1.0)).se, rtol=1e-9)
    known = [0.5, 1.0, 2.0]
    wanted = stats.norm(mean, known).ppf(0.9)
    for way in ({"given": {"sd": known}}, {"sd": known}):
        assert_allclose(results.predict(NEW, quantile=0.9, **way), wanted, rtol=1e-9)
    assert_allclose(results.predict(NEW.assign(se=known), quantile=0.9), wanted, rtol=1e-9)
    with pytest.raises(ParameterError, match="needs sd of the new rows: pass sd=, or a column 'se'"):
        results.predict(NEW, quantile=0.9)
    with pytest.raises(ArgumentError, match="'mean' was not given to the fit"):
        results.predict(NEW, given={"mean": known})


def test_new_rows_of_a_model_without_predictors():
    data = frame()
    results = lk.LikelihoodModel(data["successes"], family=lk.Binomial(), trials=data["m"]).fit()
    probability = results.params["probability"]
    assert_allclose(results.predict(trials=[9]), [9 * probability], rtol=1e-12)
    found = results.get_prediction(trials=pd.Series([3, 20], index=["u", "v"])).summary_frame()
    assert_allclose(found["predicted"], [3 * probability, 20 * probability], rtol=1e-12)
    assert list(found.index) == ["u", "v"]
    assert len(results.predict(trials=9)) == ROWS
    with pytest.raises(DataError, match="trials"):
        results.predict(trials=[0, 3])


@pytest.mark.parametrize("argument", ["quantile", "probability_of", "survival_of"])
def test_what_is_no_list_of_different_numbers_is_refused_with_what_to_do(argument):
    results = lk.LikelihoodModel.from_formula("count ~ x", frame(), family=lk.Poisson()).fit()
    for values in ([], [0.5, 0.5], np.array([[0.1, 0.9]]), {0.1, 0.9}, {0.1: 0.9}):
        with pytest.raises(ArgumentError, match=f"{argument} = .*: give one .* or a list of different ones"):
            results.predict(NEW, **{argument: values})


def test_a_prediction_is_a_plain_value():
    data = frame()
    data["x"] = data["x"].where(data.index != 3)
    results = lk.LikelihoodModel.from_formula("successes ~ x", data, family=lk.Binomial(), trials="m").fit()
    for asked in ({}, {"which": "variance"}, {"survival_of": 2.0}):
        found = results.get_prediction(NEW, **asked)
        twin = pickle.loads(pickle.dumps(found))
        pd.testing.assert_frame_equal(twin.summary_frame(0.2), found.summary_frame(0.2))
    assert repr(results.get_prediction(NEW)).splitlines()[0] == "<Prediction of the mean, 3 rows>"
    assert "array(" not in repr(found)
    assert "<table" in found._repr_html_()
    assert len(repr(results.get_prediction())) < 2000
