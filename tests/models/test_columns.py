"""The door for numbers: what is none is refused by every argument of rows alike; what comes in is the kit's own."""

import pickle
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import likelihood_kit as lk
from likelihood_kit.errors import ArgumentError, DataError, ParameterError

ROWS = 12
RNG = np.random.default_rng(3)
Y = RNG.gamma(2.0, 3.0, ROWS)
X = np.column_stack([np.ones(ROWS), RNG.normal(size=ROWS)])
CENSORED = lk.censored(lk.Weibull())
HUGE = 10**400

# What is no number, and words of the refusal.
NO_NUMBERS = {
    "complex series": (pd.Series(Y + 1j), "complex128"),
    "complex frame": (pd.DataFrame({"a": Y + 1j}), "column a is not numeric"),
    "complex array": (Y + 0j, "row 0"),
    "masked complex": (np.ma.array(Y + 1j, mask=Y > 9), "row 0"),
    "complex objects": (np.array([1j] * ROWS, dtype=object), "row 0 is '1j'"),
    "text in objects": (np.array(["1", "2"] * 6, dtype=object), "row 0 is '1'"),
    "text after numbers": ([1.0] * (ROWS - 1) + ["1"], "not numeric"),
    "records": (np.zeros(ROWS, [("a", float)]), "row 0"),
    "dates": (np.array(["2020-01-01"] * ROWS, "datetime64[D]"), "2020-01-01"),
    "beyond floats": ([HUGE] * ROWS, "beyond the range of a float"),
    "beyond floats, mixed": ([1.5, HUGE, *Y[2:]], "beyond the range of a float"),
    "a generator": ((y for y in Y), "it is a generator"),
    "a set": ({1.0, 2.0}, "it is a set"),
    "ragged": ([[1.0, 2.0], [3.0]] * 6, "row 0"),
}
ARGUMENTS = {
    "endog": lambda values: lk.LikelihoodModel(values, family=lk.Gamma()),
    "exog": lambda values: lk.LikelihoodModel(Y, values, family=lk.Gamma()),
    "exogs['shape']": lambda values: lk.LikelihoodModel(Y, family=lk.Gamma(), exogs={"shape": values}),
    "offset": lambda values: lk.LikelihoodModel(Y, X, family=lk.Gamma(), offset=values),
    "freq_weights": lambda values: lk.LikelihoodModel(Y, family=lk.Gamma(), freq_weights=values),
    "prob_weights": lambda values: lk.LikelihoodModel(Y, family=lk.Gamma(), prob_weights=values),
    "given['sd']": lambda values: lk.LikelihoodModel(Y, family=lk.Normal(), given={"sd": values}),
    "event": lambda values: lk.LikelihoodModel(Y, family=CENSORED, event=values),
    "limit": lambda values: lk.LikelihoodModel(Y, family=CENSORED, event=np.ones(ROWS), limit=values),
    "trials": lambda values: lk.LikelihoodModel(np.ones(ROWS), family=lk.Binomial(), trials=values),
}
# The same of new rows.
FITTED = lk.LikelihoodModel(Y, X, family=lk.Gamma(), offset=np.zeros(ROWS)).fit()
NEW = {
    "exog": lambda values: FITTED.predict(values, offset=0.0),
    "offset": lambda values: FITTED.predict(X, offset=values),
    "agg_weights": lambda values: FITTED.get_prediction(X, offset=0.0, average=True, agg_weights=values),
}


@pytest.mark.parametrize(("values", "words"), NO_NUMBERS.values(), ids=NO_NUMBERS)
@pytest.mark.parametrize("argument", [*ARGUMENTS, *(f"new {name}" for name in NEW)])
def test_no_numbers(argument, values, words):
    """The imaginary part was cut, text was read as numbers, and what Python alone can count came out as its error."""
    name = argument.removeprefix("new ")
    with pytest.raises(DataError) as raised:
        (ARGUMENTS if name == argument else NEW)[name](values)
    assert str(raised.value).startswith(name)
    assert words in str(raised.value)
    assert len(str(raised.value)) < 200


@pytest.mark.parametrize("values", [Fraction(1, 2), Decimal("0.5"), np.float16(0.5), np.array(0.5), "0.5", True])
def test_numbers_of_other_kinds_are_numbers(values):
    """A half, in every kind that is a number; text and truth values are the negative control."""
    if isinstance(values, (str, bool)):
        with pytest.raises(ArgumentError, match=r"quantile = .* is not one number"):
            FITTED.predict(X, offset=0.0, quantile=values)
        return
    assert_array_equal(FITTED.predict(X, offset=0.0, quantile=values), FITTED.predict(X, offset=0.0, quantile=0.5))


NO_NUMBER = ("a", [], np.nan, np.inf, True, np.True_, 0.5j, HUGE, [True], ["a"], [[0.1]])


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        *(("quantile", value) for value in (*NO_NUMBER, [0.1, HUGE])),
        *(("probability_of", value) for value in (*NO_NUMBER, [0.1, HUGE], pd.Series([0.5, 0.5]))),
    ],
)
def test_one_number_is_asked_for(argument, value):
    with pytest.raises(ArgumentError, match=argument) as raised:
        FITTED.predict(X, offset=0.0, **{argument: value})
    assert len(str(raised.value)) < 120


@pytest.mark.parametrize(("values", "_"), NO_NUMBERS.values(), ids=NO_NUMBERS)
def test_params_that_are_no_numbers(values, _):
    with pytest.raises(ParameterError):
        FITTED.model.loglike(values)


def test_masked_values_are_missing_everywhere():
    masked = np.ma.array(Y, mask=np.arange(ROWS) == 3)
    arguments = {
        "offset": {"offset": masked},
        "freq_weights": {"freq_weights": np.ma.array(np.ones(ROWS), mask=masked.mask)},
    }
    for name, more in arguments.items():
        with pytest.raises(DataError, match=f"{name} is NaN in row 3"):
            lk.LikelihoodModel(Y, X, family=lk.Gamma(), **more)


# Data that their owner changes


KEPT = {
    "array": lambda y, x, w: (y, x, w),
    "series": lambda y, x, w: (pd.Series(y, copy=False), pd.DataFrame(x, columns=["one", "x"], copy=False), w),
    "strided": lambda y, x, w: (y[::-1], x[::-1], w[::-1]),
}


@pytest.mark.parametrize("kind", KEPT)
def test_data_changed_after_the_model_was_made_do_not_change_it(kind):
    """A second fit had the estimate of the first on other data, and negative frequencies passed."""
    y, x, w = Y.copy(), X.copy(), np.ones(ROWS)
    endog, exog, weights = KEPT[kind](y, x, w)
    model = lk.LikelihoodModel(endog, exog, family=lk.Gamma(), freq_weights=weights, offset=x[:, 1], given=None)
    if kind == "strided":
        model = lk.LikelihoodModel(endog, exog, family=lk.Gamma(), freq_weights=weights, offset=x[::-1, 1])
    first, predicted = model.fit(), model.fit().predict()
    llf, scores = model.loglike(first.params), model.score_obs(first.params)
    y[:], x[:], w[:] = 1.0, 7.0, -3.0
    assert_array_equal(model.fit().params, first.params)
    assert_array_equal(model.fit().predict(), predicted)
    assert_array_equal(model.score_obs(first.params), scores)
    assert model.loglike(first.params) == llf


def test_known_values_changed_afterwards():
    sd = np.full(ROWS, 2.0)
    model = lk.LikelihoodModel(Y, family=lk.Normal(), given={"sd": sd})
    llf = model.loglike([1.0])
    sd[:] = 5.0
    assert model.loglike([1.0]) == llf


def test_the_data_of_a_model_cannot_be_written_to():
    model = lk.LikelihoodModel(Y, X, family=lk.Gamma(), freq_weights=np.ones(ROWS), missing="drop")
    for values in (model.endog, model.exog, model.freq_weights, model.designs["scale"].columns):
        with pytest.raises(ValueError, match="read-only"):
            values[:] = 0.0


# Frames of other libraries


class Frame:
    """As much of a polars frame as the kit may use; its way to pandas needs a package that may be missing."""

    def __init__(self, frame):
        self.frame, self.columns = frame, list(frame)

    def get_column(self, name):
        return self.frame[name]

    def to_pandas(self):
        raise ModuleNotFoundError("pyarrow")


def test_frames_of_other_libraries_keep_their_names():
    """Their columns were taken by position, so that new data in another order gave wrong predictions."""
    frame = pd.DataFrame({"a": X[:, 1], "b": X[:, 1] ** 2})
    results = lk.LikelihoodModel(Y, Frame(frame), family=lk.Normal()).fit()
    wanted = lk.LikelihoodModel(Y, frame, family=lk.Normal()).fit().predict(frame[:3])
    for new in (frame[["b", "a"]][:3], Frame(frame[["b", "a"]][:3])):
        assert_allclose(results.predict(new), wanted, rtol=1e-12)
    formula = lk.LikelihoodModel.from_formula("y ~ a", Frame(frame.assign(y=Y)), family=lk.Normal()).fit()
    assert_allclose(formula.predict(Frame(frame[:3])), formula.predict(frame[:3]), rtol=1e-12)


class Enum:
    """The kind of a polars column whose levels have an order."""

    categories = ("c", "b", "a")


class Levels:
    """As much of a polars column as the kit may use."""

    dtype = Enum()

    def __init__(self, values, name=""):
        self.values, self.name = values, name

    def to_numpy(self):
        return np.array(self.values, dtype=object)

    def __array__(self, dtype=None, copy=None):
        return np.asarray(self.values, dtype=dtype)


def test_levels_of_an_enum_were_put_into_the_order_of_the_alphabet():
    """So that another one was the reference than in pandas' categories."""
    values = [*"abcabcabcabc"]
    frame = Frame({"y": pd.Series(Y), "g": Levels(values)})
    found = lk.LikelihoodModel.from_formula("y ~ g", frame, family=lk.Normal())
    assert found.exog_names[:3] == ["Intercept", "g[T.b]", "g[T.a]"]
    with pytest.raises(DataError, match="endog is not numeric: row 0 is 'a'"):
        lk.LikelihoodModel(Levels(values), family=lk.Normal())


def test_a_response_of_another_library_lost_its_name():
    results = lk.LikelihoodModel(Levels(Y, "cost"), family=lk.Gamma()).fit()
    assert results.model.endog_names == pickle.loads(pickle.dumps(results)).model.endog_names == "cost"
    assert "cost" in str(results.summary())
    assert_array_equal(results.params, lk.LikelihoodModel(Y, family=lk.Gamma()).fit().params)


def test_columns_of_one_name():
    for names in (["a", "a"], [1, "1"]):
        with pytest.raises(DataError, match=f"exog: two columns are named '{names[1]}'"):
            lk.LikelihoodModel(Y, pd.DataFrame(X, columns=names), family=lk.Normal())
