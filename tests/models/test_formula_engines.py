"""Formulas whose transforms keep something of the data they were fitted on, under both engines of statsmodels."""

import pickle

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
