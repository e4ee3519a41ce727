"""Bad data and arguments: one error of the kit's own, before any work, that names what is wrong and what to do."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

import likelihood_kit as lk
from likelihood_kit.errors import ArgumentError, DataError, InformationWarning, MaximumWarning, ParameterError

NORMAL, GAMMA, POISSON, BERNOULLI, WEIBULL = lk.Normal(), lk.Gamma(), lk.Poisson(), lk.Bernoulli(), lk.Weibull()
Y = np.random.default_rng(0).normal(size=10)
X = np.column_stack([np.ones(10), np.arange(10.0)])
ALIASED = pd.DataFrame({"one": 1.0, "age": X[:, 1], "months": 12 * X[:, 1]})
WITH_NAN = pd.Series([1, np.nan, 2, np.nan], index=[*"abcd"])


def put(array: np.ndarray, value: float) -> np.ndarray:
    """The design with a value in row 5."""
    return np.where(array == 5, value, array)


# case: what is passed to the model, the exception, words of its message
DATA = {
    "empty list": ([[]], NORMAL, DataError, ("endog is empty", "nothing to fit")),
    "empty series": ([pd.Series([], dtype=float)], NORMAL, DataError, ("endog is empty",)),
    "no columns": ([Y, np.empty((10, 0))], NORMAL, DataError, ("exog is empty",)),
    "None": ([None], NORMAL, DataError, ("endog is None", "pass a list or an array")),
    "one number": ([3.0], NORMAL, DataError, ("endog is a single number", "pass a list or an array")),
    "one observation": ([[1.0]], NORMAL, DataError, ("one observation", "2 parameters of Normal()", "hold some fixed")),
    "one left of three": ([[1.0, np.nan]], GAMMA, DataError, ("NaN in row 1",)),
    "too few for a regression": ([Y[:2], X[:2]], NORMAL, DataError, ("2 observations", "3 parameters", "add data")),
    "NaN": ([[1, np.nan, 2]], NORMAL, DataError, ("endog is NaN in row 1", "missing='drop'")),
    "NaN, labelled": ([WITH_NAN], NORMAL, DataError, ("rows 1 (index 'b'), 3 (index 'd')", "missing='drop'")),
    "None among numbers": ([[1, None, 3]], NORMAL, DataError, ("endog is NaN in row 1",)),
    "masked": ([np.ma.array([1.0, 2, 3], mask=[0, 1, 0])], NORMAL, DataError, ("endog is NaN in row 1",)),
    "NaN in exog": ([Y, put(X, np.nan)], NORMAL, DataError, ("exog is NaN in row 5", "missing='drop'")),
    "infinity": ([[1, np.inf, 2]], NORMAL, DataError, ("endog is infinite in row 1", "correct or remove it")),
    "infinity in exog": ([Y, put(X, -np.inf)], NORMAL, DataError, ("exog is infinite in row 5",)),
    "text": ([["3", "4"]], NORMAL, DataError, ("endog is not numeric", "row 0 is '3'", "convert it")),
    "text among numbers": ([[1, "x", 3]], NORMAL, DataError, ("endog is not numeric", "row 1 is 'x'")),
    "text in a series": ([pd.Series([*"ab"])], NORMAL, DataError, ("endog is not numeric", "convert it")),
    "text in a column": ([Y, ALIASED.assign(age="a")], NORMAL, DataError, ("exog", "column age", "C(...)")),
    "dates": ([np.array(["2020-01-01"], "datetime64[D]")], NORMAL, DataError, ("not numeric", "row 0 is '2020-01-01'")),
    "dates in a series": ([pd.Series(pd.to_datetime(["2020-01-01"]))], NORMAL, DataError, ("datetime64",)),
    "complex": ([[1 + 1j, 2]], NORMAL, DataError, ("endog is not numeric",)),
    "ragged": ([[[1, 2], [3]]], NORMAL, DataError, ("endog is not numeric", "row 0 is '[1, 2]'")),
    "a dict": ([{"a": 1}], NORMAL, DataError, ("endog is not numeric", "it is a dict")),
    "two columns": ([np.ones((5, 2))], NORMAL, DataError, ("endog has shape (5, 2)", "one column")),
    "three dimensions": ([np.zeros((2, 2, 2))], NORMAL, DataError, ("endog has shape (2, 2, 2)",)),
    "short exog": ([Y, X[:5]], NORMAL, DataError, ("exog has shape (5, 2)", "10 observations", "one row for each")),
    "transposed exog": ([Y, X.T], NORMAL, DataError, ("exog has shape (2, 10)", "10 observations")),
    "cubic exog": ([Y, np.zeros((10, 2, 2))], NORMAL, DataError, ("exog has shape (10, 2, 2)",)),
    "other index": ([pd.Series(Y), ALIASED.set_index(ALIASED.index + 5)], NORMAL, DataError, ("different indices",)),
    "outside (0, inf)": ([[1, 2, -1, 0]], GAMMA, DataError, ("2 of 4", "the numbers above 0", "-1 in row 2")),
    "zero durations": ([[1, 0.0]], WEIBULL, DataError, ("outside the support of Weibull()", "0 in row 1")),
    "not whole": ([[1, 2, 1.5]], POISSON, DataError, ("the whole numbers from 0;", "the first is 1.5 in row 2")),
    "negative": ([pd.Series([0, -2], [*"ab"])], POISSON, DataError, ("-2 in row 1 (index 'b')",)),
    "not 0 or 1": ([[0, 1, 2]], BERNOULLI, DataError, ("the whole numbers from 0 to 1", "the first is 2 in row 2")),
    "beyond a fixed end": ([[1, 3.0]], lk.Uniform(high=2.0), DataError, ("from low to 2", "the first is 3 in row 1")),
    "constant": ([[2.0, 2, 2]], NORMAL, DataError, ("endog is constant", "all 3 values are 2", "hold a scale")),
    "constant gamma": ([[2.0, 2, 2]], GAMMA, DataError, ("endog is constant", "without bound")),
    "collinear": ([pd.Series(Y), ALIASED], NORMAL, DataError, ("column months", "combination of age", "leave one")),
    "dummies": ([Y, np.c_[X, X[:, 1] % 2, 1 - X[:, 1] % 2]], NORMAL, DataError, ("x3", "const, x2", "leave one")),
    "zero column": ([Y, np.c_[X, 0 * Y]], NORMAL, DataError, ("column x2 is zero throughout", "leave it out")),
    "wide": ([Y[:2], np.c_[X, Y][:2]], POISSON, DataError, ("3 columns but only 2 rows",)),
    "no family": ([Y], None, ArgumentError, ("family must be a family such as lk.Gamma()", "None")),
    "family by name": ([Y], "gama", ArgumentError, ("did you mean 'Gamma'?",)),
    "family class": ([Y], lk.Gamma, ArgumentError, ("write Gamma(), with parentheses",)),
    "exog of a fixed parameter": ([abs(Y), X], lk.Weibull(scale=1.0), ArgumentError, ("exog has nothing to drive",)),
    "exog of a moving support": ([Y, X], lk.Uniform(), ArgumentError, ("Uniform() is not regular", "exog")),
    "nothing free": ([abs(Y)], lk.Gamma(shape=1.0, scale=1.0), DataError, ("no free parameter", "nothing to fit")),
}


@pytest.mark.parametrize(("data", "family", "error", "words"), DATA.values(), ids=DATA)
def test_data(data, family, error, words):
    with pytest.raises(error) as raised:
        lk.LikelihoodModel(*data, family=family)
    assert_words(raised, words)


def assert_words(raised, words):
    for word in words:
        assert word in str(raised.value)
    assert raised.value.__cause__ is None or raised.type is DataError  # only a formula shows where it came from


def test_missing_drop():
    results = lk.LikelihoodModel(
        WITH_NAN, ALIASED.iloc[:4, 1].set_axis([*"abcd"]), family=POISSON, missing="drop"
    ).fit()
    assert results.nobs == 2
    iid = lk.LikelihoodModel([-5, np.nan, 0, 3, 10], family=NORMAL, missing="drop").fit()
    assert_allclose(iid.params, [2, np.sqrt(29.5)], rtol=1e-10)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ([[np.nan, np.nan]], ("endog is NaN in every row", "nothing to fit")),
        ([[1.0, np.nan, np.nan]], ("one observation", "2 parameters")),
        ([[1.0, np.inf, np.nan]], ("endog is infinite in row 1",)),
        ([[1.0, 2, 3, np.nan], np.eye(4)[:, [0, 3]]], ("exog", "is zero throughout")),
    ],
)
def test_missing_drop_does_not_hide(data, words):
    with pytest.raises(DataError) as raised:
        lk.LikelihoodModel(*data, family=NORMAL, missing="drop")
    assert_words(raised, words)


ARGUMENTS = {
    "missing": ({"missing": "dropp"}, ("missing='dropp'", "did you mean 'drop'?")),
    "misspelt": ({"famly": NORMAL}, ("no argument 'famly'", "did you mean 'family'?")),
    "unknown": ({"weigths": Y}, ("no argument 'weigths'", "known: endog, exog, family, missing")),
}


@pytest.mark.parametrize(("arguments", "words"), ARGUMENTS.values(), ids=ARGUMENTS)
def test_arguments_of_the_model(arguments, words):
    with pytest.raises(ArgumentError) as raised:
        lk.LikelihoodModel(Y, **{"family": NORMAL, **arguments})
    assert_words(raised, words)


FIT = {
    "misspelt": ({"star_params": [1, 2]}, ArgumentError, ("no argument 'star_params'", "'start_params'")),
    "covariance": ({"cov_type": "sandwhich"}, ArgumentError, ("cov_type='sandwhich'", "did you mean 'sandwich'?")),
    "start too short": ({"start_params": [1.0]}, ParameterError, ("2 values: mean, sd",)),
    "start outside": ({"start_params": [1.0, -1.0]}, ParameterError, ("start_params", "sd is outside its space")),
    "start in words": ({"start_params": ["a", "b"]}, ParameterError, ("2 numbers", "['a', 'b']")),
    "no groups": ({"cov_type": "cluster"}, ArgumentError, ("cov_kwds={'groups': labels}",)),
    "groups bare": (
        {"cov_type": "cluster", "cov_kwds": np.arange(10)},
        ArgumentError,
        ("cov_kwds={'groups': labels}",),
    ),
    "groups alone": ({"cov_kwds": {"groups": np.arange(10)}}, ArgumentError, ("cov_type='cluster' only",)),
}
GROUPS = {
    "short": ([1, 2], ("groups has shape (2,)", "10 rows")),
    "one": (np.ones(10), ("one cluster only", "at least two")),
    "missing": ([1] * 5 + [np.nan] * 5, ("groups has no label in rows 5, 6",)),
    "missing text": (np.array(["a"] * 9 + [None], dtype=object), ("groups has no label in row 9",)),
}
FIT |= {
    f"groups {name}": ({"cov_type": "cluster", "cov_kwds": {"groups": groups}}, DataError, words)
    for name, (groups, words) in GROUPS.items()
}


@pytest.mark.parametrize(("arguments", "error", "words"), FIT.values(), ids=FIT)
def test_arguments_of_fit(arguments, error, words):
    with pytest.raises(error) as raised:
        lk.LikelihoodModel(Y, family=NORMAL).fit(**arguments)
    assert_words(raised, words)


PREDICT = {
    "which": ({"which": "men"}, ArgumentError, ("which='men'", "did you mean 'mean' or 'median'?")),
    "columns": ({"exog": np.ones((3, 5))}, DataError, ("exog has shape (3, 5)", "2 columns")),
    "NaN": ({"exog": [[1, 2], [1, np.nan]]}, DataError, ("exog is not finite in row 1",)),
    "text": ({"exog": [["a", "b"]]}, DataError, ("exog is not numeric",)),
}


@pytest.mark.parametrize(("arguments", "error", "words"), PREDICT.values(), ids=PREDICT)
def test_arguments_of_predict(arguments, error, words):
    results = lk.LikelihoodModel(Y, X, family=NORMAL).fit()
    with pytest.raises(error) as raised:
        results.predict(**arguments)
    assert_words(raised, words)


FRAME = pd.DataFrame({"y": Y, "x": X[:, 1], "g": [*"ab"] * 5})
FORMULAS = {
    "unknown name": ("y ~ z", ("formula 'y ~ z'", "columns y, x, g", "'z' is not defined")),
    "no formula": ("y ~ (x", ("formula 'y ~ (x'",)),
    "text to predict": ("g ~ x", ("formula 'g ~ x'", "non-numeric")),
    "infinite": ("y ~ I(1 / x)", ("exog is infinite in row 0",)),
    "collinear": ("y ~ x + I(2 * x)", ("column I(2 * x) is a linear combination of x",)),
}


@pytest.mark.parametrize(("formula", "words"), FORMULAS.values(), ids=FORMULAS)
def test_formulas(formula, words):
    with pytest.raises(DataError) as raised:
        lk.LikelihoodModel.from_formula(formula, FRAME, family=NORMAL)
    assert_words(raised, words)


# Constant data that a model can take


BOUNDED = [(POISSON, 2.0), (lk.Exponential(), 2.0), (lk.Normal(sd=1.0), 2.0), (lk.Gamma(shape=2.0), 1.0)]


@pytest.mark.parametrize(("family", "estimate"), BOUNDED)
def test_constant_data_are_no_harm_where_the_likelihood_is_bounded(family, estimate):
    results = lk.LikelihoodModel([2.0, 2.0, 2.0], family=family).fit()
    assert_allclose(results.params, estimate, rtol=1e-8)
    assert results.certificate.ok


def test_constant_data_in_a_regression_are_said_to_have_no_maximum():
    with pytest.warns(MaximumWarning, match="keeps rising as sd runs to 0"):
        results = lk.LikelihoodModel(np.full(10, 2.0), X, family=NORMAL).fit()
    assert np.isnan(results.bse).all()
    assert "maximum of the likelihood does not exist" in str(results.summary()).replace("\n", " ")


@pytest.mark.parametrize("family", [POISSON, lk.Gamma(shape=2.0)])
def test_scores_that_all_vanish_are_said_to_be_singular(family):
    """They gave standard errors of 1e15, or NaN with garbled words, and a verdict of evidence against the model."""
    model = lk.LikelihoodModel([3.0, 3.0, 3.0], family=family)
    with pytest.warns(InformationWarning, match="the outer product of the scores is singular"):
        results = model.fit(cov_type="outer_product")
    assert np.isnan(results.bse).all()
    assert "outer product of the scores is singular" in " ".join(str(results.summary()).split())
    assert "cannot be compared" in results.information_audit().verdict
