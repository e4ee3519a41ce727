"""Frames of formulas: what is a number there is one in the design, and new data are looked at before the engine is."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

import likelihood_kit as lk
from likelihood_kit.errors import ArgumentError, DataError

ROWS = 30
RNG = np.random.default_rng(7)
FRAME = pd.DataFrame({"x": RNG.integers(0, 5, ROWS), "z": RNG.normal(size=ROWS), "y": RNG.gamma(2.0, 3.0, ROWS)})
FRAME["a b"] = FRAME["z"] ** 2
# A name of this module that is a column of the frame too: a formula engine sees both.
x = np.arange(ROWS) * 100.0


def of_formula(data, formula="y ~ x", family=None):
    return lk.LikelihoodModel.from_formula(formula, data, family=family or lk.Gamma()).fit()


@pytest.mark.parametrize("kind", ["Int64", "Float64", object, "int8", "UInt8"])
def test_numbers_of_any_kind_are_numbers(kind):
    """Objects became levels, one column for each, in silence; a gap in pandas' own kinds was a foreign error."""
    wanted = of_formula(FRAME)
    results = of_formula(FRAME.astype({"x": kind}))
    assert list(results.params.index) == ["shape", "Intercept", "x"]
    assert_allclose(results.params, wanted.params, rtol=1e-12)
    assert_allclose(results.predict(FRAME[:3].astype({"x": kind})), wanted.predict(FRAME[:3]), rtol=1e-12)
    if kind in ("Int64", "Float64", object):
        gap = FRAME.astype({"x": kind})
        gap.loc[2, "x"] = None
        assert_allclose(of_formula(gap).params, of_formula(FRAME.drop(2)).params, rtol=1e-12)


def test_levels_stay_levels():
    data = FRAME.assign(x=FRAME["x"].astype(str), flag=pd.array(FRAME["z"] > 0, dtype="boolean"))
    assert list(of_formula(data).params.index)[2:] == [f"x[T.{level}]" for level in "1234"]
    assert list(of_formula(data, "y ~ flag").params.index)[2:] == ["flag[T.True]"]


def test_a_response_of_truth_values():
    data = FRAME.assign(large=FRAME["y"] > 5)
    wanted = of_formula(data.assign(large=data["large"].astype(float)), "large ~ z", lk.Bernoulli())
    assert_allclose(of_formula(data, "large ~ z", lk.Bernoulli()).params, wanted.params, rtol=1e-12)


@pytest.mark.parametrize("formula", ["y ~ x", "y ~ np.log(x + 1)", "y ~ C(x)", "y ~ z + I(x**2)"])
def test_a_column_that_new_data_lack_is_not_looked_for_elsewhere(formula):
    """The `x` of the module, of as many rows as the new data, stood in for the column in silence."""
    results = of_formula(FRAME, formula)
    with pytest.raises(DataError, match="the new data have no column 'x'"):
        results.predict(FRAME[["z"]])


def test_new_columns_that_are_not_what_they_were():
    results = of_formula(FRAME)
    for column in (["a"] * 3, pd.date_range("2020", periods=3), np.ones(3) * 1j):
        with pytest.raises(DataError, match=r"exog: column x is not numeric .*, though it was in the fit"):
            results.predict(pd.DataFrame({"x": column}))
    with pytest.raises(DataError, match="exog: two columns are named 'x'"):
        results.predict(pd.concat([FRAME[["x"]], FRAME[["x"]]], axis=1))
    quoted = of_formula(FRAME, "y ~ Q('a b')")
    with pytest.raises(DataError, match="the new data have no column 'a b'"):
        quoted.predict(FRAME[["z"]])
    assert len(quoted.predict(FRAME[["a b"]])) == ROWS


def test_weights_of_an_average_are_aligned():
    results = of_formula(FRAME)
    weights = pd.Series([1.0, 2.0, 3.0], [2, 1, 0])
    found = results.get_prediction(FRAME[:3], average=True, agg_weights=weights).predicted
    assert_allclose(found, results.get_prediction(FRAME[:3], average=True, agg_weights=[3, 2, 1]).predicted)


RESULTS = of_formula(FRAME)
REFUSED = {
    "names too few": (lambda: RESULTS.summary(xname=["a"]), "xname has 1 names; it must hold one for each"),
    "names as text": (lambda: RESULTS.summary(xname="abc"), "xname must be a list of names"),
    "names of the second form": (lambda: RESULTS.summary2(xname=["a"]), "xname has 1 names"),
    "a search": (lambda: RESULTS.model.fit(method="newtn"), "method='newtn': did you mean 'newton'"),
    "a hypothesis of others": (lambda: RESULTS.wald_test("w = 0"), "r_matrix cannot be read as restrictions on shape"),
    "a matrix too small": (lambda: RESULTS.t_test(np.eye(2)), "r_matrix cannot be read as combinations of shape"),
    "no hypothesis": (lambda: RESULTS.f_test(3), "r_matrix cannot be read"),
}


@pytest.mark.parametrize(("ask", "words"), REFUSED.values(), ids=REFUSED)
def test_what_statsmodels_would_answer_in_its_own_words(ask, words):
    with pytest.raises(ArgumentError, match=words):
        ask()
    assert 0 < RESULTS.wald_test("x = 0", scalar=True).pvalue < 1
    assert "renamed" in RESULTS.summary(xname=["renamed", "b", "c"]).as_text()
