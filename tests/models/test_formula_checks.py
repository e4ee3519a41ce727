"""Formulas that an engine would read otherwise than they were meant are refused, in the same words under both."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

import likelihood_kit as lk
from likelihood_kit.errors import DataError

ROWS = 300
RNG = np.random.default_rng(5)
FRAME = pd.DataFrame(
    {"x": RNG.normal(size=ROWS), "z": RNG.normal(size=ROWS), "m": RNG.uniform(1.0, 9.0, ROWS), "g": [*"abc"] * 100}
)
FRAME["c"], FRAME["y"] = RNG.poisson(1.0, ROWS), RNG.gamma(2.0, np.exp(0.2 * FRAME["x"]))
FRAME["bin"] = np.where(FRAME["c"] > 0, "yes", "no")
FRAME["day"] = pd.date_range("2020-01-01", periods=ROWS).strftime("%Y-%m-%d")
FRAME["dose (mg)"] = FRAME["z"]


@pytest.fixture(params=["formulaic", "patsy"], autouse=True)
def engine(request, monkeypatch):
    monkeypatch.setenv("SM_FORMULA_ENGINE", request.param)
    return request.param


def model_of(formula, data=FRAME, **kwargs):
    return lk.LikelihoodModel.from_formula(formula, data, **{"family": lk.Gamma(), **kwargs})


@pytest.mark.parametrize(
    "left", ["c>0", "c > 0", "I(bin=='yes')", "bin=='yes'", "I(c>0)", "(c>0)", "np.isin(c,[0])==False"]
)
def test_a_response_of_truth_values_was_compared_as_its_author_spelt_it(left):
    """'c > 0' was one column, 'c>0' two, which were refused: the engine's spelling stood in neither."""
    number = FRAME.assign(positive=(FRAME["c"] > 0).astype(float))
    wanted = model_of("positive ~ x", number, family=lk.Bernoulli()).fit()
    assert_allclose(model_of(f"{left} ~ x", family=lk.Bernoulli()).fit().params, wanted.params, rtol=1e-10)


def test_a_response_of_several_columns_is_still_refused():
    for left in ("np.column_stack([y, m])", "y + m"):
        with pytest.raises(DataError, match="more than one column: it gives"):
            model_of(f"{left} ~ x")
    with pytest.raises(DataError, match=r"say which one counts as 1, such as I\(bin == 'yes'\)"):
        model_of("bin~x", family=lk.Bernoulli())


REFUSED = {
    "y ~ x^2": r"\^ is no power here: write I\(x\*\*2\)",
    "y ~ I(c^2)": r"\^ is no power here",
    "y ~ x**2": r"x itself in a formula: write I\(x\*\*2\)",
    "y ~ x + np.exp(z)**2": r"write I\(np.exp\(z\)\*\*2\)",
    "y ~ x + -z": r"a minus leaves a term out: write I\(-z\)",
    "y ~ -x": r"a minus leaves a term out: write I\(-x\)",
    "y ~ (-x)": r"a minus leaves a term out: write I\(-x\)",
    "-y ~ x": r"write I\(-y\)",
    "y ~ .": "'.' is not known here: name the columns, such as y ~ x",
    "y ~ x + .": "'.' is not known here",
}


@pytest.mark.parametrize("formula", REFUSED)
def test_what_an_engine_drops_or_cannot_read(formula):
    """Under formulaic 'x^2' and 'x**2' were x, 'x + -z' was x, and '-x' the constant alone, without a word."""
    with pytest.raises(DataError, match=REFUSED[formula]):
        model_of(formula)
    left, _, right = formula.partition("~")
    if left == "y ":
        with pytest.raises(DataError, match=REFUSED[formula]):
            model_of("y ~ 1", formulas={"shape": right})


def test_what_looks_like_it_and_is_meant_passes(engine):
    wanted = {
        "y ~ I(x**2)": ["Intercept", "I(x ** 2)"],
        "y ~ (x + z)**2": ["Intercept", "x", "z", "x:z"],
        "y ~ -1 + x": ["x"],
        "y ~ x*z - x:z - 1": ["x", "z"],
        "y ~ x > -1": ["Intercept", "x > -1[T.True]"],
        "y ~ (x + z) - z": ["Intercept", "x"],
    }
    for formula, names in wanted.items():
        if engine == "formulaic" or "> -" not in formula:  # a minus is no part of a comparison to patsy
            assert model_of(formula).exog_names[1:] == names


def test_a_column_of_text_with_a_level_for_each_row_is_named():
    """The design was said to have 302 columns, and nobody which of them made so many."""
    for right in ("g + day", "C(day) + g", "Q('day') + g", "x + `day`:x + day + g"):
        with pytest.raises(DataError, match=r"day is text with 300 levels.*and there are 300 rows: make a number"):
            model_of(f"y ~ {right}")
        with pytest.raises(DataError, match="column day is text with 300 levels"):
            model_of("y ~ x", formulas={"shape": f"~ {right}"})
    with pytest.raises(DataError, match=r"column m is coded by C\(...\) with 300 levels"):
        model_of("y ~ C(m) + g")
    with pytest.raises(DataError, match="column date is dates with 300 levels"):
        model_of("y ~ g + date", FRAME.assign(date=pd.to_datetime(FRAME["day"])))
    with pytest.raises(DataError, match=r"exog has 600 columns but only 300 rows, of which (x:day|day:x|day) makes"):
        model_of("y ~ x*day")
    assert model_of("y ~ I(day > '2020-06-01') + g").fit().certificate.ok


def test_a_level_for_each_row_is_a_saturated_model_where_the_rows_suffice():
    """Groups of a table: one row, one level, and as many columns as rows."""
    table = pd.DataFrame({"dead": [3, 5, 9], "m": [10, 12, 15], "group": ["a", "b", "c"]})
    results = model_of("dead ~ group", table, family=lk.Binomial(), trials="m").fit()
    assert_allclose(results.predict(which="probability"), table["dead"] / table["m"], rtol=1e-8)


def test_a_variable_of_the_program_stood_for_a_column():
    """ "Number of rows mismatch between data argument and q (300 versus 1)"; under formulaic a constant column."""
    around = {"q": 3.0, "short": np.ones(7), "words": "a", "np": np}
    for name in ("q", "words", "np"):
        for right in (name, f"x + {name}", f"x:{name}"):
            with pytest.raises(DataError, match=f"the data have no column '{name}'; a variable of the program of that"):
                model_of(f"y ~ {right}", eval_env=around)
    with pytest.raises(DataError, match="which has 7 values, and the data 300 rows"):
        model_of("y ~ x + short", eval_env=around)
    with pytest.raises(DataError, match="no column 'q'; a variable of the program"):
        model_of("q ~ x", eval_env=around)
    assert model_of("y ~ I(x / q)", eval_env=around).fit().certificate.ok


def test_a_series_of_the_program_in_another_order_was_taken_row_by_row():
    """Patsy refused it; formulaic put values beside rows that they do not belong to."""
    shuffled = FRAME["x"].sample(frac=1.0, random_state=1)
    for column in (shuffled, FRAME["x"].set_axis(np.arange(1, ROWS + 1))):
        for formula in ("y ~ s", "y ~ np.exp(s)", "s ~ x", "y ~ I(x + s)"):
            with pytest.raises(DataError, match="s, a variable of the program, has other row labels than the data"):
                model_of(formula, family=lk.Normal(), eval_env={"s": column, "np": np})
    for column in (FRAME["x"].copy(), FRAME["x"].to_numpy(), list(FRAME["x"])):
        found = model_of("y ~ s", eval_env={"s": column}).fit().params
        assert_allclose(found, model_of("y ~ x").fit().params, rtol=1e-12)


def test_the_colours_of_a_terminal_were_in_a_message():
    for formula in ("y ~ x & z", "y ~ x z", "y ~ x $ z"):
        with pytest.raises(DataError) as caught:
            model_of(formula)
        assert str(caught.value).isprintable()
        assert not set("⧛⧚\x1b") & set(str(caught.value))
        assert "[0m" not in str(caught.value)


def test_an_expression_as_an_offset_says_what_to_do():
    """It was "no column", with a list of columns."""
    for argument in ("offset", "freq_weights"):
        with pytest.raises(DataError, match="the name of a column, no expression: add one to the data first"):
            model_of("y ~ x", **{argument: "np.log(m)"})
    with pytest.raises(DataError, match=r"no column 'mm': .*known: "):
        model_of("y ~ x", offset="mm")


def test_a_name_that_is_no_word_in_backticks():
    wanted = model_of("y ~ z").fit()
    for right in ("`dose (mg)`", "Q('dose (mg)')", 'Q("dose (mg)")'):
        results = model_of(f"y ~ {right}").fit()
        assert_allclose(results.params, wanted.params, rtol=1e-12)
        assert_allclose(results.predict(FRAME.head(3)), wanted.predict(FRAME.head(3)), rtol=1e-12)
        with pytest.raises(DataError, match=r"no column 'dose \(mg\)', which the formula"):
            results.predict(FRAME[["x"]].head(3))
    assert_allclose(
        model_of("y ~ np.exp(`dose (mg)`)").fit().params, model_of("y ~ np.exp(z)").fit().params, rtol=1e-12
    )


@pytest.mark.parametrize("name", ["it's", 'a "b"', "d [x] (", "{z}", "a~b", "a\\b", "100%", "a + b", "ä ß"])
def test_any_name_of_a_column_in_a_script(name):
    data = FRAME.rename(columns={"z": name})
    for right in (f"`{name}`", f"Q({name!r})"):
        results = model_of(f"y ~ {right} + np.exp({right})", data).fit()
        wanted = model_of("y ~ z + np.exp(z)").fit()
        assert_allclose(results.params, wanted.params, rtol=1e-12)
        assert_allclose(results.predict(data.head(3)), wanted.predict(FRAME.head(3)), rtol=1e-12)


@pytest.mark.parametrize("level", ["it's", "a (b", "}", "a ~ b", "`"])
def test_any_level_compared(level):
    data = FRAME.assign(g=FRAME["g"].replace("a", level))
    wanted = model_of("y ~ I(g == 'a')").fit().params
    for right in (f"g == {level!r}", f"I(g == {level!r})", f"C(g) == {level!r}"):
        assert_allclose(model_of(f"y ~ {right}", data).fit().params, wanted, rtol=1e-12)
