"""Formulas whose transforms keep something of the data they were fitted on, under both engines of statsmodels."""

import pickle
import warnings

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula
from numpy.testing import assert_allclose

import likelihood_kit as lk
from likelihood_kit.errors import DataError

ENGINES = ("patsy", "formulaic")


def choose(monkeypatch, engine):
    monkeypatch.setenv("SM_FORMULA_ENGINE", engine)
    monkeypatch.setattr(statsmodels.formula.options, "formula_engine", engine)


def frame() -> pd.DataFrame:
    rng = np.random.default_rng(8)
    data = pd.DataFrame({"x": rng.normal(3.0, 2.0, 80), "z": rng.normal(size=80), "g": rng.choice([*"abc"], 80)})
    return data.assign(y=rng.gamma(2.0, np.exp(0.3 + 0.2 * data["x"]) / 2))


def fitted(right, data):
    return lk.LikelihoodModel.from_formula(
        f"y ~ {right}", data, family=lk.Gamma(), formulas={"shape": "~ center(z)"}
    ).fit()


TRANSFORMS = ("center(x)", "scale(x)", "bs(x, df=4)", "cr(x, df=4, constraints='center')", "C(g)")
CASES = [(engine, right) for engine in ENGINES for right in TRANSFORMS] + [("formulaic", "poly(x, 2)")]


@pytest.mark.parametrize(("engine", "right"), CASES)
def test_a_transform_is_that_of_the_fit_whatever_rows_are_new(engine, right, monkeypatch):
    choose(monkeypatch, engine)
    data = frame()
    results = fitted(right, data)
    own = results.predict()
    for new in (data[10:14], data[12:13], pickle.loads(pickle.dumps(data[3:5]))):
        assert_allclose(results.predict(new), own[new.index], rtol=1e-10)


@pytest.mark.parametrize(("engine", "right"), CASES)
def test_the_engine_of_a_fit_was_forgotten_when_the_options_changed(engine, right, monkeypatch):
    """Its specification went to the other engine, which could not read it."""
    data, other = frame(), ENGINES[1 - ENGINES.index(engine)]
    choose(monkeypatch, engine)
    results = fitted(right, data)
    wanted = results.predict(data[10:14])
    choose(monkeypatch, other)
    assert_allclose(results.predict(data[10:14]), wanted, rtol=1e-12)
    assert_allclose(pickle.loads(pickle.dumps(results)).predict(data[10:14]), wanted, rtol=1e-12)


@pytest.mark.parametrize(("engine", "right"), CASES)
def test_one_missing_value_took_a_transform_from_all_rows(engine, right, monkeypatch):
    """The mean of a column with a gap was NaN, and so every row: "a value is missing in every row"."""
    choose(monkeypatch, engine)
    data = frame()
    data.loc[3, ["x", "g"]] = np.nan, None
    data.loc[7, "z"] = np.nan
    results, without = fitted(right, data), fitted(right, data.dropna())
    assert results.nobs == 78
    assert_allclose(results.params, without.params, rtol=1e-12)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_formula_that_fills_its_gaps_keeps_its_rows(engine, monkeypatch):
    choose(monkeypatch, engine)
    data = frame()
    data.loc[3, "x"] = np.nan
    assert fitted("np.where(np.isnan(x), 0.0, x)", data).nobs == 80


def test_the_remedy_for_a_spline_of_another_program_fits(monkeypatch):
    """It said cr(x, df=4), which holds the intercept and was refused beside it."""
    choose(monkeypatch, "patsy")
    with pytest.raises(DataError, match=r"cr\(x, df=4, constraints='center'\)"):
        fitted("ns(x)", frame())
    with pytest.raises(DataError, match="formula_engine = 'formulaic'"):
        fitted("poly(x, 2)", frame())
    assert fitted("cr(x, df=4, constraints='center')", frame()).certificate.ok


def plain(formula, data, **kwargs):
    return lk.LikelihoodModel.from_formula(formula, data, **{"family": lk.Gamma(), **kwargs})


def test_formulaic_is_the_engine_unless_patsy_is_asked_for(monkeypatch):
    """Statsmodels takes patsy wherever it is installed, and its option cannot say whether anybody chose it."""
    options, data = statsmodels.formula.options, frame()
    for asked, option, wanted in (
        (None, "patsy", "formulaic"),
        (None, "formulaic", "formulaic"),
        ("patsy", "patsy", "patsy"),
        ("patsy", "formulaic", "formulaic"),
        ("formulaic", "patsy", "formulaic"),
    ):
        monkeypatch.delenv("SM_FORMULA_ENGINE", raising=False)
        if asked:
            monkeypatch.setenv("SM_FORMULA_ENGINE", asked)
        monkeypatch.setattr(options, "formula_engine", option)
        assert plain("y ~ x", data).formula_engine == wanted
        assert options.formula_engine == option


NAMES_OF_COLUMNS = {
    "x + C(g)": ["Intercept", "C(g)[T.b]", "C(g)[T.c]", "x"],
    "x*z": ["Intercept", "x", "z", "x:z"],
    "(x + z)**2 + g": ["Intercept", "g[T.b]", "g[T.c]", "x", "z", "x:z"],
    "x*g": ["Intercept", "g[T.b]", "g[T.c]", "x", "x:g[T.b]", "x:g[T.c]"],
    "0 + g": ["g[a]", "g[b]", "g[c]"],
    "flag": ["Intercept", "flag[T.True]"],
    "0 + flag": ["flag[False]", "flag[True]"],
    "x > 3": ["Intercept", "x > 3[T.True]"],
    "I(x>3):z": ["Intercept", "I(x > 3)[False]:z", "I(x > 3)[True]:z"],
    "C(g, Sum) + C(g, Treatment):z": ["Intercept", "C(g, Sum)[S.a]", "C(g, Sum)[S.b]"]
    + [f"C(g, Treatment)[{level}]:z" for level in "abc"],
    "np.log(x**2) + center(z)": ["Intercept", "np.log(x ** 2)", "center(z)"],
}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("right", NAMES_OF_COLUMNS)
def test_the_names_and_numbers_of_columns_are_the_same_under_both_engines(engine, right, monkeypatch):
    """Formulaic takes truth values for numbers: `0 + flag` had no column for those where it is False."""
    choose(monkeypatch, engine)
    data = frame().assign(flag=lambda data: data["z"] > 0)
    model = plain(f"y ~ {right}", data)
    assert model.exog_names[1:] == NAMES_OF_COLUMNS[right]
    choose(monkeypatch, ENGINES[1 - ENGINES.index(engine)])
    assert_allclose(model.exog, plain(f"y ~ {right}", data).exog, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("right", ["g", "C(g)", "C(g, Sum)*x"])
def test_a_level_that_no_row_of_the_fit_had_was_the_reference(engine, right, monkeypatch):
    """Formulaic warns and predicts the reference level: 'd' was 'a'."""
    choose(monkeypatch, engine)
    data = frame()
    results = plain(f"y ~ {right}", data).fit()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(DataError, match="'d'"):
            results.predict(data.head(3).assign(g=["a", "d", "b"]))
    found = results.predict(data.head(3).assign(g=["a", None, "b"]))
    assert list(np.isnan(found)) == [False, True, False]


def test_powers_of_ten_were_tenth_powers(monkeypatch):
    """Formulaic's own exp10(x) is x**10."""
    choose(monkeypatch, "formulaic")
    data = frame()
    assert_allclose(plain("y ~ exp10(z / 9)", data).exog[:, 1], 10.0 ** (data["z"] / 9), rtol=1e-12)
    own = plain("y ~ exp10(z)", data, eval_env={"exp10": np.square})
    assert_allclose(own.exog[:, 1], data["z"] ** 2, rtol=1e-12)


@pytest.mark.parametrize("engine", ENGINES)
def test_terms_are_tested_by_the_engine_of_the_fit(engine, monkeypatch):
    """Statsmodels reads a specification by its option: "ModelSpec object has no attribute slice"."""
    choose(monkeypatch, engine)
    results = plain("y ~ C(g) + x", frame()).fit()
    choose(monkeypatch, ENGINES[1 - ENGINES.index(engine)])
    table = results.wald_test_terms(scalar=True).table
    assert list(table.index) == ["Intercept", "C(g)", "x"]
    assert list(table["df_constraint"].astype(int)) == [1, 2, 1]
    assert len(results.t_test_pairwise("C(g)").result_frame) == 3
    assert statsmodels.formula.options.formula_engine != engine
