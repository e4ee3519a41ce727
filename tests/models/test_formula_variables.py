"""What a formula is made of: columns of the data, and nothing else that new rows would have to have."""

import numpy as np
import pandas as pd
import pytest

import likelihood_kit as lk
from likelihood_kit.errors import ArgumentError, DataError


def test_a_column_that_new_data_lack_is_not_taken_from_the_program():
    """A variable `x` of the script stood in for the column."""
    rng = np.random.default_rng(2)
    data = pd.DataFrame({"x": rng.normal(size=30), "df": rng.normal(size=30), "a b": rng.normal(size=30)})
    data["y"] = rng.gamma(2.0, np.exp(data["x"]))
    x = np.zeros(2)  # noqa: F841  what the formula must not see
    factor = 2.0  # noqa: F841  what it may see
    new = pd.DataFrame({"z": [1.0, 2.0], "a b": [0.0, 1.0]})
    for right in ("x", "np.log(x**2 + 1)", "bs(x, df=3)", "Q('a b') + x"):
        results = lk.LikelihoodModel.from_formula(f"y ~ {right}", data, family=lk.Gamma()).fit()
        with pytest.raises(DataError, match="no column 'x', which the formula"):
            results.predict(new)
        assert len(results.predict(new.assign(x=[0.1, 0.2]))) == 2
    scaled = lk.LikelihoodModel.from_formula("y ~ I(x * factor)", data, family=lk.Gamma()).fit()
    assert len(scaled.predict(pd.DataFrame({"x": [0.1, 0.2]}))) == 2


def test_an_array_of_the_program_is_none_of_new_rows():
    rng = np.random.default_rng(2)
    data = pd.DataFrame({"y": rng.gamma(2.0, 1.0, 30)})
    outside = rng.normal(size=30)
    results = lk.LikelihoodModel.from_formula("y ~ outside", data, family=lk.Gamma()).fit()
    with pytest.raises(DataError, match="took 'outside' from the program"):
        results.predict(data)
    assert len(results.predict(pd.DataFrame({"outside": outside[:4]}))) == 4


@pytest.mark.parametrize(
    ("formula", "settings"),
    [
        ("y ~ 0", {}),
        ("y ~ -1", {}),
        ("y ~ 0", {"offset": "x"}),
        ("y ~ 1", {"drop_cols": ["Intercept"]}),
        ("y ~ x", {"formulas": {"sd": "~ 0"}}),
        ("y ~ x", {"formulas": {"sd": "0"}, "offset": {"sd": "x"}}),
    ],
)
def test_a_formula_without_a_column_had_a_constant_in_silence(formula, settings):
    data = pd.DataFrame({"y": [1.0, 2.0, 4.0, 7.0], "x": [1.0, 0.0, 2.0, 1.0]})
    with pytest.raises(ArgumentError, match=r"leaves no column: a linear predictor of 0, or of offset= alone"):
        lk.LikelihoodModel.from_formula(formula, data, family=lk.Normal(), **settings)


@pytest.mark.parametrize(
    ("formula", "formulas"),
    [("y ~ y", {}), ("y ~ x + np.log(y)", {}), ("np.log(y) ~ Q('y')", {}), ("y ~ x", {"sd": "~ y"})],
)
def test_a_response_that_predicts_itself_was_fitted(formula, formulas):
    data = pd.DataFrame({"y": [1.0, 2.0, 4.0, 7.0], "x": [1.0, 0.0, 2.0, 1.0], "n": [1.0, 2.0, 2.0, 3.0]})
    with pytest.raises(ArgumentError, match="'y' is the response, which cannot predict itself"):
        lk.LikelihoodModel.from_formula(formula, data, family=lk.Normal(), formulas=formulas)
    # A ratio of two columns may depend on one of them.
    assert lk.LikelihoodModel.from_formula("I(y / n) ~ n", data, family=lk.Normal()).exog_names[1] == "n"


@pytest.mark.parametrize(("name", "right"), [("np", "np.log(x**2)"), ("C", "C(g)")])
def test_a_column_that_hides_a_function_is_named_as_that(name, right):
    """It said `'Series' object has no attribute 'log'`."""
    data = pd.DataFrame({"y": [1.0, 2.0, 4.0, 7.0], "x": [1.0, 0.5, 2.0, 1.5], "g": [*"abab"], name: 1.0})
    with pytest.raises(DataError, match=f"have a column '{name}', which hides the function of that name: rename it"):
        lk.LikelihoodModel.from_formula(f"y ~ {right}", data, family=lk.Gamma())


def test_truth_values_of_new_rows_are_numbers_where_the_fit_had_numbers():
    """It said `'DataFrame' object has no attribute 'dtype'`."""
    data = pd.DataFrame({"y": [1.0, 2.0, 4.0, 7.0, 3.0], "x": [1.0, 0.0, 2.0, 1.0, 0.0]})
    results = lk.LikelihoodModel.from_formula("y ~ x", data, family=lk.Normal()).fit()
    found = results.predict(pd.DataFrame({"x": [True, False]}))
    np.testing.assert_allclose(found, results.predict(pd.DataFrame({"x": [1, 0]})), rtol=1e-14)


def test_a_column_of_new_rows_that_stands_twice_is_named():
    rng = np.random.default_rng(4)
    data = pd.DataFrame({"x": rng.normal(size=30), "z": rng.normal(size=30)})
    data["y"] = rng.gamma(2.0, np.exp(data["x"]))
    results = lk.LikelihoodModel.from_formula("y ~ x", data, family=lk.Gamma(), offset="z").fit()
    for name, passed in (("x", {}), ("z", {}), ("z", {"offset": "z"})):
        with pytest.raises(DataError, match=f"two columns .*named '{name}'; give each a name of its own"):
            results.predict(pd.concat([data, data[[name]]], axis=1), **passed)
