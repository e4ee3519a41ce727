"""Designs, offsets and given values of any parameter."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from scipy import optimize, stats

import likelihood_kit as lk
from likelihood_kit.errors import ArgumentError, DataError


def test_feigl_and_zelen():
    """Survival on log10 of white cells (1965, *Biometrics* 21, 826-838): the log likelihood of a Weibull regression."""
    cells = [
        2300,
        750,
        4300,
        2600,
        6000,
        10500,
        10000,
        17000,
        5400,
        7000,
        9400,
        32000,
        35000,
        100000,
        100000,
        52000,
        100000,
    ]
    weeks = [65.0, 156, 100, 134, 16, 108, 121, 4, 39, 143, 56, 26, 22, 1, 1, 5, 65]
    exog = np.column_stack([np.ones(17), np.log10(cells)])
    results = lk.LikelihoodModel(weeks, exog, family=lk.Weibull()).fit()
    assert_allclose(results.llf, -83.87162, atol=5e-6)
    assert results.certificate.grade == "global"


def data():
    rng = np.random.default_rng(2)
    found = pd.DataFrame({"x": rng.normal(size=80), "z": rng.normal(size=80)})
    found["y"] = 1 + 2 * found["x"] + np.exp(0.3 + 0.4 * found["z"]) * rng.normal(size=80)
    return found


def test_mean_and_spread_against_another_search():
    frame = data()
    results = lk.LikelihoodModel.from_formula("y ~ x", frame, family=lk.Normal(), formulas={"sd": "~ z"}).fit()
    assert list(results.params.index) == ["Intercept", "x", "sd:Intercept", "sd:z"]

    def minus(p):
        mean, sd = p[0] + p[1] * frame["x"], np.exp(p[2] + p[3] * frame["z"])
        return -stats.norm.logpdf(frame["y"], mean, sd).sum()

    found = optimize.minimize(minus, [1.0, 2.0, 0.3, 0.4], method="BFGS", options={"gtol": 1e-7})
    assert_allclose(results.params, found.x, atol=1e-5)
    assert_allclose(results.llf, -found.fun, rtol=1e-9)
    arrays = lk.LikelihoodModel(
        frame["y"].to_numpy(),
        np.column_stack([np.ones(80), frame["x"]]),
        family=lk.Normal(),
        exogs={"sd": np.column_stack([np.ones(80), frame["z"]])},
    ).fit()
    assert_allclose(arrays.params, results.params, rtol=1e-10)
    text = str(results.summary())
    assert "mean (identity link)" in text
    assert "sd (log link)" in text


def test_a_meta_analysis_is_the_weighted_mean():
    effects, errors = np.array([0.3, 0.1, 0.5, 0.2]), np.array([0.1, 0.2, 0.15, 0.3])
    results = lk.LikelihoodModel(effects, family=lk.Normal(), given={"sd": errors}).fit()
    weights = errors**-2.0
    assert_allclose(results.params, weights @ effects / weights.sum(), rtol=1e-10)
    assert_allclose(results.bse, weights.sum() ** -0.5, rtol=1e-9)


def test_an_offset_is_an_exposure():
    counts, time = np.array([3.0, 5, 2, 9]), np.array([1.0, 2, 1, 4])
    results = lk.LikelihoodModel(counts, family=lk.Poisson(), offset=np.log(time)).fit()
    assert_allclose(np.exp(results.params), counts.sum() / time.sum(), rtol=1e-10)
    assert results.model.exog_names == ["const"]


def test_new_columns_are_taken_by_name():
    frame = data()
    results = lk.LikelihoodModel(frame["y"], frame[["x", "z"]], family=lk.Normal()).fit()
    swapped = frame[["z", "x"]].head(3)
    assert_allclose(results.predict(swapped), results.predict(frame[["x", "z"]].head(3)), rtol=1e-12)
    with pytest.raises(DataError, match="no column 'z'"):
        results.predict(frame[["x"]])


def test_a_column_named_like_a_parameter_keeps_its_own_label():
    frame = data().rename(columns={"x": "sd"})
    results = lk.LikelihoodModel(frame["y"], frame[["sd"]], family=lk.Normal()).fit()
    assert results.model.exog_names == ["mean:sd", "sd"]


def test_rows_with_missing_values_are_left_out_together():
    frame = data()
    frame.loc[3, "x"] = np.nan
    frame.loc[7, "z"] = np.nan
    results = lk.LikelihoodModel.from_formula("y ~ x", frame, family=lk.Normal(), formulas={"sd": "~ z"}).fit()
    whole = lk.LikelihoodModel.from_formula("y ~ x", frame.dropna(), family=lk.Normal(), formulas={"sd": "~ z"}).fit()
    assert_allclose(results.params, whole.params, rtol=1e-10)
    assert results.nobs == 78
    assert "2 rows with missing values were left out" in str(results.summary())


@pytest.mark.parametrize(
    ("more", "words"),
    [({"exogs": {"spread": np.ones((80, 1))}}, "no free parameter 'spread'"),
     ({"exogs": {"sd": np.ones((79, 1))}}, "80 observations"),
     ({"offset": {"sdd": np.ones(80)}}, "no free parameter 'sdd'"),
     ({"given": {"sd": np.full(80, -1.0)}}, "outside")],
)  # fmt: skip
def test_refused(more, words):
    with pytest.raises((ArgumentError, DataError), match=words):
        lk.LikelihoodModel(data()["y"].to_numpy(), family=lk.Normal(), **more)
