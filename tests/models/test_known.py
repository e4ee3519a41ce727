"""Quantities that are known for each row, by the name of a column: trials, events, ends of observation, given errors.

Against closed forms and score equations typed out.
"""

import pickle

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import optimize, special, stats

import likelihood_kit as lk
from likelihood_kit.errors import ArgumentError, DataError, ParameterError

ROWS = 70


def frame() -> pd.DataFrame:
    rng = np.random.default_rng(41)
    data = pd.DataFrame({"x": rng.normal(0.5, 1.5, ROWS), "m": rng.integers(1, 16, ROWS)})
    data["k"] = rng.binomial(data["m"], special.expit(-0.7 + 0.5 * data["x"]))
    data["arm"] = rng.choice(["old", "new"], ROWS, p=[0.7, 0.3])
    life = np.where(data["arm"] == "new", 6.0, 2.5) * rng.exponential(size=ROWS)
    data["end"] = rng.uniform(0.5, 9.0, ROWS)
    data["weeks"], data["died"] = np.minimum(life, data["end"]), (life <= data["end"]).astype(int)
    data["error"] = rng.uniform(0.2, 2.5, ROWS)
    data["effect"] = 1.5 - 0.8 * data["x"] + data["error"] * rng.normal(size=ROWS)
    data["w"] = rng.integers(0, 4, ROWS)
    return data


def successes(data=None, formula="k ~ x", **more):
    more = {"trials": "m"} | more
    data = frame() if data is None else data
    return lk.LikelihoodModel.from_formula(formula, data, family=lk.Binomial(), **more)


def survival(data=None, formula="weeks ~ arm", **more):
    more = {"event": "died", "family": lk.censored(lk.Exponential())} | more
    return lk.LikelihoodModel.from_formula(formula, frame() if data is None else data, **more)


def effects(data=None, formula="effect ~ x", **more):
    more = {"given": {"sd": "error"}} | more
    return lk.LikelihoodModel.from_formula(formula, frame() if data is None else data, family=lk.Normal(), **more)


MODELS = {"trials": (successes, "m"), "event": (survival, "died"), "given": (effects, "error")}


def design(data):
    return np.column_stack([np.ones(len(data)), data["x"]])


# Trials


def test_one_probability_of_many_trials():
    data = frame()
    share = data["k"].sum() / data["m"].sum()
    results = successes(formula="k ~ 1").fit()
    assert_allclose(special.expit(results.params.iloc[0]), share, rtol=1e-10)
    assert_allclose(results.bse.iloc[0], (data["m"].sum() * share * (1 - share)) ** -0.5, rtol=1e-8)
    assert_allclose(results.llf, stats.binom(data["m"], share).logpmf(data["k"]).sum(), rtol=1e-11)
    # The negative control: a mean of shares is another number.
    assert abs(np.mean(data["k"] / data["m"]) - share) > 1e-3


def test_a_regression_on_trials():
    data = frame()
    results = successes().fit()
    exog = design(data)
    probability = special.expit(exog @ np.asarray(results.params))
    score = exog.T @ (data["k"] - data["m"] * probability)
    assert_allclose(score, 0, atol=1e-8)
    information = (exog.T * (data["m"] * probability * (1 - probability)).to_numpy()) @ exog
    assert_allclose(results.cov_params(), np.linalg.inv(information), rtol=1e-8)
    assert_allclose(results.information("expected"), information, rtol=1e-8)
    assert_allclose(results.llf, stats.binom(data["m"], probability).logpmf(data["k"]).sum(), rtol=1e-11)
    assert_allclose(results.fittedvalues, data["m"] * probability, rtol=1e-9)
    assert results.certificate.grade == "global"


def test_of_a_column_of_an_array_and_of_a_number():
    data = frame()
    by_name = successes().fit()
    by_array = successes(trials=data["m"].to_numpy()).fit()
    plain = lk.LikelihoodModel(data["k"], design(data), family=lk.Binomial(), trials=data["m"]).fit()
    for other in (by_array, plain):
        assert_allclose(other.params, by_name.params, rtol=1e-10)
        assert_allclose(other.llf, by_name.llf, rtol=1e-12)
    fixed = lk.LikelihoodModel(data["k"], design(data), family=lk.Binomial(trials=30)).fit()
    for trials in (30, np.full(ROWS, 30)):
        alike = lk.LikelihoodModel(data["k"], design(data), family=lk.Binomial(), trials=trials).fit()
        assert_allclose(alike.params, fixed.params, rtol=1e-10)
        assert_allclose(alike.bse, fixed.bse, rtol=1e-9)
    assert np.abs(fixed.params - np.asarray(by_name.params)).max() > 0.5


def test_trials_of_new_rows():
    """From their column, or by name, which comes first; refused where neither is there, unless they do not matter."""
    data = frame()
    results = successes().fit()
    new = pd.DataFrame({"x": [1.0, -2.0, 0.3], "m": [4, 9, 2]})
    probability = special.expit(design(new) @ np.asarray(results.params))
    assert_allclose(results.predict(new), new["m"] * probability, rtol=1e-12)
    assert_allclose(results.predict(new, which="variance"), new["m"] * probability * (1 - probability), rtol=1e-12)
    assert_allclose(results.predict(new, trials=[7, 1, 5]), probability * [7, 1, 5], rtol=1e-12)
    assert_allclose(results.predict(new, trials=3), probability * 3, rtol=1e-12)
    assert_allclose(results.predict(trials=1), special.expit(design(data) @ np.asarray(results.params)), rtol=1e-12)
    bare = new[["x"]]
    assert_allclose(results.predict(bare, parameter="probability"), probability, rtol=1e-12)
    with pytest.raises(ParameterError, match="a prediction needs trials of the new rows: pass trials="):
        results.predict(bare)
    with pytest.raises(DataError, match="one number for each of 3 rows"):
        results.predict(new, trials=[3, 4])
    with pytest.raises(ArgumentError, match="did you mean 'trials'"):
        results.predict(new, trails=3)


# Events


def test_two_arms_of_exponential_lives():
    """Time at risk over deaths in each arm; the logarithm of that has the standard error 1 / sqrt(deaths)."""
    data = frame()
    results = survival().fit()
    arms = data.groupby("arm").agg(weeks=("weeks", "sum"), deaths=("died", "sum"))
    scale = np.log(arms["weeks"] / arms["deaths"])
    assert_allclose(results.params, [scale["new"], scale["old"] - scale["new"]], rtol=1e-8)
    errors = [arms["deaths"]["new"] ** -0.5, (1 / arms["deaths"]).sum() ** 0.5]
    assert_allclose(results.bse, errors, rtol=1e-7)
    by_row = np.exp(scale[data["arm"]].to_numpy())
    assert_allclose(results.llf, (-data["died"] * np.log(by_row) - data["weeks"] / by_row).sum(), rtol=1e-10)
    # The negative control: as if all had died.
    everyone = survival(data.assign(died=1)).fit()
    assert everyone.params.iloc[0] < results.params.iloc[0] - 0.1


def test_weibull_lives_against_another_search():
    data = frame()
    results = survival(formula="weeks ~ x", family=lk.censored(lk.Weibull())).fit()
    time, died, exog = data["weeks"].to_numpy(), data["died"].to_numpy(), design(data)

    def minus(p):
        law = stats.weibull_min(np.exp(p[0]), scale=np.exp(exog @ p[1:]))
        return -np.where(died == 1, law.logpdf(time), law.logsf(time)).sum()

    found = optimize.minimize(minus, [0.0, 1.0, 0.0], method="BFGS", options={"gtol": 1e-6})
    assert_allclose(results.params, [np.exp(found.x[0]), *found.x[1:]], atol=2e-5)
    assert_allclose(results.llf, -found.fun, rtol=1e-9)


def test_the_end_of_observation_by_the_name_of_its_column():
    """Expected information of an exponential scale, seen up to `end`: (1 - exp(-end / scale)) / scale^2 of each row."""
    data = frame()
    results = survival(formula="weeks ~ 1", limit="end").fit(cov_type="expected")
    scale = data["weeks"].sum() / data["died"].sum()
    seen = -np.expm1(-data["end"] / scale).sum()
    assert_allclose(results.bse, [seen**-0.5], rtol=1e-7)
    assert abs(seen / data["died"].sum() - 1) > 1e-3
    assert_allclose(survival(formula="weeks ~ 1").fit().bse, [data["died"].sum() ** -0.5], rtol=1e-7)


def test_predictions_are_of_lives_not_of_what_was_seen():
    results = survival().fit()
    new = pd.DataFrame({"arm": ["new", "old"]})
    scale = np.exp([results.params.iloc[0], results.params.sum()])
    assert_allclose(results.predict(new), scale, rtol=1e-12)
    assert_allclose(results.predict(new, which="median"), np.log(2) * scale, rtol=1e-12)
    table = results.get_prediction(new).summary_frame(alpha=0.1)
    assert_allclose(table[["obs_ci_lower", "obs_ci_upper"]], np.outer(scale, -np.log([0.95, 0.05])), rtol=1e-10)


# Given parameters


def test_given_errors_weigh_the_rows():
    data = frame()
    results = effects().fit()
    exog, weights = design(data), data["error"].to_numpy() ** -2
    covariance = np.linalg.inv((exog.T * weights) @ exog)
    assert_allclose(results.params, covariance @ (exog.T @ (weights * data["effect"])), rtol=1e-9)
    assert_allclose(results.cov_params(), covariance, rtol=1e-8)
    assert_allclose(results.information("expected"), np.linalg.inv(covariance), rtol=1e-8)
    assert list(results.params.index) == ["Intercept", "x"]
    assert_array_equal([results.model.k_params, results.df_resid], [2, ROWS - 2])
    by_array = effects(given={"sd": data["error"].to_numpy()}).fit()
    assert_allclose(by_array.params, results.params, rtol=1e-12)
    plain = lk.LikelihoodModel(data["effect"], exog, family=lk.Normal(), given={"sd": data["error"]}).fit()
    assert_allclose(plain.params, results.params, rtol=1e-9)
    # The negative control: with one error for all it is least squares.
    flat = np.linalg.lstsq(exog, data["effect"], rcond=None)[0]
    assert_allclose(effects(given={"sd": np.full(ROWS, 1.3)}).fit().params, flat, rtol=1e-8)
    assert np.abs(flat - results.params).max() > 0.01


def test_given_errors_of_new_rows():
    results = effects().fit()
    new = pd.DataFrame({"x": [2.0, -1.0, 0.0], "error": [0.1, 3.0, 1.0]})
    mean = design(new) @ np.asarray(results.params)
    assert_allclose(results.predict(new), mean, rtol=1e-12)
    assert_allclose(results.predict(new, quantile=0.8), stats.norm(mean, new["error"]).ppf(0.8), rtol=1e-11)
    assert_allclose(results.predict(new, sd=0.5, quantile=0.8), stats.norm(mean, 0.5).ppf(0.8), rtol=1e-11)
    assert_allclose(results.predict(new, which="variance"), new["error"] ** 2, rtol=1e-12)
    assert_allclose(results.predict(new, parameter="sd"), new["error"], rtol=1e-14)
    assert_allclose(results.predict(new, parameter="sd", which="linear"), np.log(new["error"]), rtol=1e-12, atol=1e-15)
    own = frame()["error"]
    assert_allclose(results.predict(parameter="sd"), own, rtol=1e-14)
    assert_allclose(results.predict(which="variance", sd=2.0), np.full(ROWS, 4.0), rtol=1e-14)
    # What is given has no standard error.
    table = results.get_prediction(new, which="variance").summary_frame()
    assert_array_equal(table["se"], 0.0)


def test_a_given_parameter_that_is_not_the_last():
    """The shape of a Gamma law, which comes before its scale: sum y / sum shape, error scale / sqrt(sum shape)."""
    rng = np.random.default_rng(6)
    shape = rng.uniform(0.5, 6.0, 50)
    y = 2.5 * rng.standard_gamma(shape)
    results = lk.LikelihoodModel(y, family=lk.Gamma(), given={"shape": shape}).fit()
    scale = y.sum() / shape.sum()
    assert_allclose(results.params, [scale], rtol=1e-9)
    assert_allclose(results.bse, [scale / shape.sum() ** 0.5], rtol=1e-7)
    assert_allclose(results.predict(), shape * scale, rtol=1e-9)
    assert_allclose(results.model.fit(cov_type="expected").bse, results.bse, rtol=1e-7)


# What goes for all


@pytest.mark.parametrize(("model", "column"), MODELS.values(), ids=MODELS)
class TestEach:
    def test_rows_without_the_known_value_are_left_out(self, model, column):
        data = frame()
        holes = data.astype({column: float})
        holes.loc[[3, 20], column] = np.nan
        results = model(holes).fit()
        whole = model(data.drop([3, 20])).fit()
        assert (results.nobs, results.model.rows_dropped) == (ROWS - 2, 2)
        assert_allclose(results.params, whole.params, rtol=1e-10)
        with pytest.raises(DataError, match="missing in rows 3, 20"):
            model(holes, missing="raise")

    def test_a_subset(self, model, column):
        data = frame()
        chosen = data["x"] > 0
        assert_allclose(model(data, subset=chosen).fit().params, model(data[chosen]).fit().params, rtol=1e-12)

    def test_labels_of_the_index_do_not_matter(self, model, column):
        data = frame()
        moved = data.set_index(pd.Index([f"r{i}" for i in range(ROWS)])).sample(frac=1, random_state=1)
        assert_allclose(model(moved).fit().params, model(data).fit().params, rtol=1e-9)

    def test_frequencies_by_the_name_of_their_column(self, model, column):
        data = frame()
        weighted, repeated = model(freq_weights="w").fit(), model(data.loc[data.index.repeat(data["w"])]).fit()
        for name in ("params", "bse", "llf", "bic", "nobs"):
            assert_allclose(getattr(weighted, name), getattr(repeated, name), rtol=1e-8, err_msg=name)
        assert weighted.llf != pytest.approx(model().fit().llf)

    def test_a_column_that_is_not_there(self, model, column):
        with pytest.raises(DataError, match=f"no column {column!r}"):
            model(frame().drop(columns=column))

    def test_a_copy_predicts_and_fits_the_same(self, model, column):
        results, new = model().fit(), frame().tail(5)
        expected = results.predict(new, quantile=0.75)
        twin = pickle.loads(pickle.dumps(results))
        assert_array_equal(twin.predict(new, quantile=0.75), expected)
        assert_array_equal(twin.predict(quantile=0.75).tail(5), expected)
        assert_array_equal(twin.model.fit().params, results.params)

    def test_without_its_data_it_predicts_the_same(self, model, column):
        results, new = model().fit(), frame().tail(5)
        expected = results.predict(new, quantile=0.75)
        results.remove_data()
        assert_array_equal(results.predict(new, quantile=0.75), expected)

    def test_a_bootstrap_takes_the_known_value_along(self, model, column):
        """Spread of 200 resamples: within a half of the standard errors, which it exceeds by chance 1 in 10^6 times."""
        results = model().fit()
        mean, spread, estimates = results.bootstrap(nrep=200, rng=2)
        assert np.isfinite(np.asarray(estimates)).all()
        assert_allclose(mean, results.params, atol=5 * spread.max() / np.sqrt(200) + 0.1 * spread.max())
        assert_allclose(spread, model().fit(cov_type="sandwich").bse, rtol=0.5)


DATA = frame()
REFUSED = {
    "more successes than trials": (
        lambda: successes(DATA.assign(m=np.where(DATA.index == 5, 0, DATA["m"]))), DataError, "m|trials",
    ),
    "a success too many": (
        lambda: successes(DATA.assign(k=np.where(DATA.index == 5, DATA["m"] + 1, DATA["k"]))), DataError,
        "1 of 70 values outside the support",
    ),
    "trials that are no count": (
        lambda: successes(DATA.assign(m=DATA["m"] + 0.5)), DataError, "trials has 70 of 70 values outside",
    ),
    "an event that is neither": (
        lambda: survival(DATA.assign(died=DATA["died"] + 1)), DataError, r"event has \d+ of 70 values outside",
    ),
    "an error of zero": (lambda: effects(DATA.assign(error=0.0)), DataError, "sd has 70 of 70 values outside"),
    "no trials": (lambda: successes(trials=None), ArgumentError, "needs trials of each row"),
    "no events": (lambda: survival(event=None), ArgumentError, "needs event of each row"),
    "trials given twice": (
        lambda: lk.LikelihoodModel.from_formula("k ~ x", DATA, family=lk.Binomial(trials=20), trials="m"),
        ArgumentError, "trials is held fixed at 20",
    ),
    "a parameter that is none": (
        lambda: effects(given={"spread": "error"}), ArgumentError, "no free parameter 'spread'",
    ),
    "a given parameter that is driven": (
        lambda: effects(given={"mean": "error"}), ArgumentError, "exog has nothing to drive",
    ),
    "given that is no mapping": (
        lambda: effects(given=list(DATA["error"])), ArgumentError, "given must be a dict",
    ),
    "trials of another length": (
        lambda: lk.LikelihoodModel([1.0, 2.0], family=lk.Binomial(), trials=[3, 4, 5]), DataError,
        "one number for each of 2 rows",
    ),
    "trials with another index": (
        lambda: lk.LikelihoodModel(DATA["k"], family=lk.Binomial(), trials=DATA["m"][::-1]), DataError,
        "endog and trials have different indices",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("make", "error", "words"), REFUSED.values(), ids=REFUSED)
def test_refused(make, error, words):
    with pytest.raises(error, match=words):
        make()


def test_given_values_that_belong_to_no_parameter():
    for values in (DATA["error"], DATA["error"].to_numpy()):
        with pytest.raises(ArgumentError, match="given must be a dict"):
            effects(given=values)
