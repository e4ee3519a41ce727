"""New rows and what is asked of them: taken as meant, or one error that names the argument; nothing is left aside."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import stats

import likelihood_kit as lk
from likelihood_kit.errors import ArgumentError, DataError, InformationWarning

ROWS = 40
RNG = np.random.default_rng(0)
FRAME = pd.DataFrame({"a": RNG.normal(size=ROWS), "b": RNG.uniform(1.0, 2.0, ROWS), "y": RNG.gamma(2.0, 3.0, ROWS)})
FRAME["k"], FRAME["m"] = RNG.binomial(9, 0.4, ROWS), 9
NEW = FRAME[:3]
FORMULA = lk.LikelihoodModel.from_formula("y ~ a", FRAME, family=lk.Gamma()).fit()
NAMED = lk.LikelihoodModel(FRAME["y"], FRAME[["a", "b"]], family=lk.Normal()).fit()
ARRAYS = lk.LikelihoodModel(FRAME["y"].to_numpy(), FRAME[["a", "b"]].to_numpy(), family=lk.Gamma()).fit()
IID = lk.LikelihoodModel(FRAME["y"], family=lk.Gamma()).fit()
COUNTS = lk.LikelihoodModel(FRAME["k"], FRAME[["a", "b"]], family=lk.Binomial(), trials=FRAME["m"]).fit()
GIVEN = lk.LikelihoodModel(FRAME["y"], FRAME[["a"]], family=lk.Normal(), given={"sd": FRAME["b"]}).fit()

# results, arguments, and words of the refusal
ASKED = {
    "which beside quantile": (FORMULA, {"which": "nonsense", "quantile": 0.5}, "which='nonsense'"),
    "linear beside quantile": (FORMULA, {"which": "linear", "quantile": 0.5}, "one of which='linear' and quantile"),
    "variance beside a value": (FORMULA, {"which": "variance", "probability_of": 1.0}, "which='variance'"),
    "variance of a parameter": (FORMULA, {"which": "variance", "parameter": "shape"}, "parameter='shape' at a time"),
    "two parameters": (FORMULA, {"which": "scale", "parameter": "shape"}, "which='scale' and parameter='shape'"),
    "which as an array": (FORMULA, {"which": np.array(["mean", "median"])}, "which=array"),
    "which as a list": (FORMULA, {"which": ["mean"]}, "did you mean 'mean'"),
    "parameter as a list": (FORMULA, {"parameter": ["shape"]}, "did you mean 'shape'"),
    "quantile of 1": (FORMULA, {"quantile": 1}, "quantile = 1 is not between 0 and 1"),
    "no quantile": (FORMULA, {"quantile": []}, "quantile = []: give one level or a list of different ones"),
    "a quantile twice": (FORMULA, {"quantile": [0.1, 0.1]}, "quantile = [0.1, 0.1]: give one level or a list"),
    "one quantile of 1": (FORMULA, {"quantile": [0.1, 1.0]}, "quantile = 1 is not between 0 and 1"),
    "quantiles in a table": (FORMULA, {"quantile": [[0.1, 0.9]]}, "quantile = [0.1, 0.9] is not one number"),
    "quantiles beside which": (FORMULA, {"which": "variance", "quantile": [0.1, 0.9]}, "which='variance' and quantile"),
    "offset of nothing": (FORMULA, {"offset": {"nonsense": 1.0}}, "offset: nothing predicts 'nonsense'"),
    "offset of what is not driven": (FORMULA, {"offset": {"shape": 1.0}}, "offset: nothing predicts 'shape'"),
    "offset of an iid model": (IID, {"offset": 1.0}, "offset: the model has no predictors"),
}  # fmt: skip
PREDICTED = {
    "weights without average": (FORMULA, {"agg_weights": [1.0, 1.0, 1.0]}, "agg_weights is for average=True"),
    "average in words": (FORMULA, {"average": "no"}, "average = 'no' is neither True nor False"),
    "labels": (FORMULA, {"row_labels": ["a", "b"]}, "row_labels has 2 labels; it must hold one for each of 3"),
    "one label": (FORMULA, {"row_labels": 5}, "row_labels must be a list of 3 labels"),
}


@pytest.mark.parametrize(("results", "asked", "words"), ASKED.values(), ids=ASKED)
def test_what_is_asked_for(results, asked, words):
    """One of the two was left aside in silence."""
    for method in (results.predict, results.get_prediction):
        with pytest.raises(ArgumentError) as raised:
            method(NEW, **asked)
        assert words in str(raised.value)


@pytest.mark.parametrize(("results", "asked", "words"), PREDICTED.values(), ids=PREDICTED)
def test_what_is_asked_of_a_prediction(results, asked, words):
    with pytest.raises(ArgumentError) as raised:
        results.get_prediction(NEW, **asked)
    assert words in str(raised.value)


ROWS_REFUSED = {
    "weights": (FORMULA, NEW, {"average": True, "agg_weights": [1, 2]}, "agg_weights has shape .2,.; .* each of 3"),
    "a negative error": (GIVEN, NEW, {"sd": -1.0}, "sd has 3 of 3 values outside lk.Positive"),
    "trials of a half": (COUNTS, NEW, {"trials": [1, 2.5, 3]}, "trials has 1 of 3 .* 2.5 in row 1"),
    "infinite trials": (COUNTS, NEW, {"trials": [1, np.inf, 3]}, "trials is not finite in row 1"),
    "a column that is not there": (COUNTS, NEW, {"trials": "mm"}, "no column 'mm': did you mean 'm'"),
    "a column of an array": (ARRAYS, NEW[["a", "b"]].to_numpy(), {"offset": "m"}, "offset: .* no column 'm'"),
    "an offset with a gap": (NAMED, NEW, {"offset": [np.nan, 1, 1]}, "^offset is not finite in row 0; there"),
    "infinite, formula": (FORMULA, NEW.assign(a=[0.0, np.inf, 1.0]), {}, "exog is not finite in row 1"),
    "overflow, formula": (FORMULA, NEW.assign(a=[0.0, 1.0, 1e308]), {}, "linear predictor of scale is .* in row 2"),
    "overflow": (ARRAYS, [[1e308, 1e308]], {}, "linear predictor of scale is .* beyond the range"),
    "columns of one name": (NAMED, pd.DataFrame(np.ones((2, 3)), columns=[*"abb"]), {}, "two columns are named 'b'"),
    "ragged": (NAMED, {"a": [1.0, 2.0], "b": [1.0]}, {}, "exog is a dict that makes no table"),
    "ragged, formula": (FORMULA, {"a": [1.0, 2.0], "b": [1.0]}, {}, "exog is a dict that makes no table"),
    "a name too many": (NAMED, {"mean": NEW[["a", "b"]], "spread": NEW}, {}, "exog: nothing predicts 'spread'"),
    "none": (ARRAYS, np.empty((0, 2)), {}, "exog is empty: there is nothing to predict"),
    "none, named": (NAMED, FRAME[:0], {}, "exog is empty: there is nothing to predict"),
    "none, formula": (FORMULA, FRAME[:0], {}, "exog is empty: there is nothing to predict"),
}  # fmt: skip


@pytest.mark.parametrize(("results", "new", "more", "words"), ROWS_REFUSED.values(), ids=ROWS_REFUSED)
def test_rows_that_are_refused(results, new, more, words):
    for method in (results.get_prediction,) if "average" in more else (results.predict, results.get_prediction):
        with pytest.raises(DataError, match=words) as raised:
            method(new, **more)
        assert len(str(raised.value)) < 200


def test_a_linear_predictor_where_the_link_ends():
    """It was cut at 1e77, as if that were the mean. As far as the numbers go there is one."""
    slope, x = float(FORMULA.params["a"]), np.array([100.0, 170.0])
    new = pd.DataFrame({"a": (x - FORMULA.params["Intercept"]) / slope})
    assert_allclose(FORMULA.predict(new, parameter="scale"), np.exp(x), rtol=1e-9)
    for too_far in (178.0, -178.0):
        with pytest.raises(DataError, match="beyond the range in which scale can be computed"):
            FORMULA.predict(pd.DataFrame({"a": [(too_far - FORMULA.params["Intercept"]) / slope]}))
    # A probability is near its end there, and rounds to it.
    certain = COUNTS.predict([[80.0 / COUNTS.params["a"], 0.0]], trials=1)
    assert_allclose(certain, 1.0, rtol=1e-15)


def test_a_level_of_any_kind_of_number():
    wanted = FORMULA.predict(NEW, quantile=0.5)
    for level in (np.float32(0.5), np.array(0.5), np.float64(0.5)):
        assert_array_equal(FORMULA.predict(NEW, quantile=level), wanted)


def test_columns_of_the_new_data_by_name():
    """A name was text that is no number, though in the model it is a column."""
    new = NEW.assign(few=[1, 2, 3], spread=[0.5, 1.0, 2.0])
    assert_allclose(COUNTS.predict(new, trials="few"), COUNTS.predict(new, trials=[1, 2, 3]), rtol=1e-14)
    assert_allclose(GIVEN.predict(new, sd="spread", which="variance"), new["spread"] ** 2, rtol=1e-14)
    assert_allclose(FORMULA.predict(new, offset="spread"), FORMULA.predict(new) * np.exp(new["spread"]), rtol=1e-12)
    by_formula = lk.LikelihoodModel.from_formula("k ~ a", FRAME, family=lk.Binomial(), trials="m").fit()
    assert_allclose(by_formula.predict(new, trials="few"), by_formula.predict(new, trials=[1, 2, 3]), rtol=1e-14)


def test_one_row_and_dicts_of_columns_for_a_model_of_named_columns():
    """A Series of one row was a foreign error, a dict of columns was taken for designs of parameters."""
    wanted = NAMED.predict(NEW)
    assert_allclose(NAMED.predict(NEW.iloc[1][["b", "a"]]), wanted[1:2], rtol=1e-14)
    assert_allclose(NAMED.predict({"b": list(NEW["b"]), "a": list(NEW["a"])}), wanted, rtol=1e-14)
    assert_allclose(NAMED.predict({"b": NEW["b"][1], "a": NEW["a"][1]}), wanted[1:2], rtol=1e-14)
    assert_allclose(NAMED.predict({"mean": NEW[["b", "a"]]}), wanted, rtol=1e-14)


def test_a_gap_in_new_data_is_a_gap_in_every_prediction():
    """One NaN refused them all, with whole arrays in the message."""
    new = NEW.assign(a=[0.5, np.nan, -0.5])
    table, whole = FORMULA.get_prediction(new).summary_frame(), FORMULA.get_prediction(new.iloc[[0, 2]]).summary_frame()
    assert table.iloc[1].isna().all()
    assert_allclose(table.iloc[[0, 2]], whole, rtol=1e-10)
    assert np.isnan(FORMULA.predict(NEW.assign(a=np.nan), which="variance")).all()


def test_quantiles_of_a_discrete_law_have_no_standard_error():
    """It was exactly 0, with an interval of no width: a step function has no slope."""
    for asked in ({"which": "median"}, {"quantile": 0.2}):
        with pytest.warns(InformationWarning, match="no standard errors of the .*moves in steps"):
            found = COUNTS.get_prediction(NEW, trials=9, **asked)
        assert np.isnan(found.se).all()
    probability = COUNTS.predict(NEW, trials=1)
    assert_array_equal(COUNTS.predict(NEW, trials=9, which="median"), stats.binom(9, probability).median())
    assert (FORMULA.get_prediction(NEW, which="median").se > 0).all()


RESULTS = lk.LikelihoodModel([1.0, 2.0, 4.0, 3.0], family=lk.Exponential()).fit()
CALLS = {
    "a level": (
        RESULTS.get_prediction,
        {"alpha": 0.1},
        r"^get_prediction takes .*'alpha': .* summary_frame\(alpha=",
    ),
    "a level of predict": (RESULTS.predict, {"alpha": 0.1}, r"^predict takes no argument 'alpha': .*get_prediction"),
    "an average": (RESULTS.predict, {"average": True}, "^predict takes no argument 'average': .*get_prediction"),
    "misspelt": (RESULTS.get_prediction, {"averag": True}, "^get_prediction takes .*did you mean 'average'"),
    "weights": (RESULTS.get_prediction, {"weights": 1}, "known: .*agg_weights, row_labels"),
    "two things": (RESULTS.get_prediction, {"which": "variance", "quantile": 0.1}, "^get_prediction takes one of"),
    "a parameter": (RESULTS.get_prediction, {"which": "median", "parameter": "scale"}, "^get_prediction takes one of"),
    "rows": (RESULTS.get_prediction, {"exog": [[1.0]]}, "get_prediction takes no exog"),
}


@pytest.mark.parametrize(("call", "arguments", "words"), CALLS.values(), ids=CALLS)
def test_a_message_names_the_method_that_was_called(call, arguments, words):
    """It said predict whichever was called."""
    with pytest.raises(ArgumentError, match=words):
        call(**arguments)


def test_a_named_series_was_a_row_whose_labels_are_no_columns():
    """Statsmodels takes it as the column of its name; a row is labelled by columns."""
    rng = np.random.default_rng(3)
    data = pd.DataFrame({"x": rng.normal(size=40), "z": rng.normal(size=40)}).assign(y=rng.gamma(2.0, 1.0, 40))
    one = lk.LikelihoodModel.from_formula("y ~ x", data, family=lk.Gamma()).fit()
    new = pd.Series([0.1, 0.2], name="x", index=[5, 7])
    pd.testing.assert_series_equal(one.predict(new), one.predict(new.to_frame()))
    row = data.iloc[4]
    assert_allclose(one.predict(row), one.predict(data)[4], rtol=1e-12)
    assert_allclose(one.predict(row.rename("x")), one.predict(data)[4], rtol=1e-12)
    two = lk.LikelihoodModel.from_formula("y ~ x + z", data, family=lk.Gamma()).fit()
    with pytest.raises(DataError, match="no column 'z'"):
        two.predict(new)
