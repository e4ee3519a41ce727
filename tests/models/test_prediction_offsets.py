"""Offsets and designs of new rows: what predicts must be known of them, by name or by place."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from predicted import CASES, NEW, ROWS, frame
from scipy import stats

import likelihood_kit as lk
from likelihood_kit.errors import ArgumentError, DataError


def test_an_offset_of_new_rows():
    """By the name of its column, as an array, by the name of the parameter; not forgotten in silence."""
    data, log_time = frame(), NEW["log_time"].to_numpy()
    case = CASES["counts"]
    by_name = case.fit()
    wanted = case.at(by_name.params).mean()
    assert_allclose(by_name.predict(NEW.drop(columns="log_time"), offset=log_time), wanted, rtol=1e-12)
    assert_allclose(by_name.predict(NEW, offset={"rate": log_time}), wanted, rtol=1e-12)
    # What is passed comes before the column.
    assert_allclose(by_name.predict(NEW, offset=0.0), wanted / NEW["time"], rtol=1e-12)
    with pytest.raises(DataError, match="offset of rate: pass offset="):
        by_name.predict(NEW.drop(columns="log_time"))
    exog = np.column_stack([np.ones(ROWS), data["x"]])
    arrays = lk.LikelihoodModel(data["count"].to_numpy(), exog, family=lk.Poisson(), offset=data["log_time"].to_numpy())
    results, new = arrays.fit(), np.column_stack([np.ones(4), NEW["x"]])
    assert_allclose(results.params, by_name.params, rtol=1e-9)
    assert_allclose(results.predict(new, offset=log_time), wanted, rtol=1e-9)
    assert_allclose(results.predict(new, offset=log_time, which="linear"), np.log(wanted), rtol=1e-9)
    with pytest.raises(DataError, match="offset of rate: pass offset="):
        results.predict(new)
    with pytest.raises(DataError, match="one number for each of 4 rows"):
        results.predict(new, offset=log_time[:3])
    with pytest.raises(ArgumentError, match="offset is for new rows"):
        results.predict(offset=log_time)


def test_an_offset_of_another_parameter():
    """A scale known up to a factor: its logarithm is an offset of the standard deviation."""
    rng = np.random.default_rng(8)
    data = frame()
    noise = data["time"].to_numpy()
    y = 2.0 + 0.5 * data["x"].to_numpy() + 1.7 * noise * rng.normal(size=ROWS)
    results = lk.LikelihoodModel(y, data[["x"]], family=lk.Normal(), offset={"sd": np.log(noise)}).fit()
    assert results.model.exog_names == ["x", "sd:const"]
    # Weighted least squares through the origin, and the spread of what is left.
    x = data["x"].to_numpy()
    slope = (x * y / noise**2).sum() / (x**2 / noise**2).sum()
    spread = np.sqrt(np.mean(((y - slope * x) / noise) ** 2))
    assert_allclose(results.params, [slope, np.log(spread)], rtol=1e-7)
    new, log_time = NEW[["x"]], NEW["log_time"].to_numpy()
    assert_allclose(results.predict(new, offset={"sd": log_time}, which="sd"), spread * NEW["time"], rtol=1e-7)
    wanted = stats.norm(slope * NEW["x"], spread * NEW["time"]).ppf(0.8)
    assert_allclose(results.predict(new, offset={"sd": log_time}, quantile=0.8), wanted, rtol=1e-7)
    with pytest.raises(DataError, match="offset of sd"):
        results.predict(new)


def two_designs():
    data = frame()
    exog, shape = data[["x", "z"]].assign(const=1.0), data[["z"]].assign(one=1.0)
    results = lk.LikelihoodModel(data["duration"], exog, family=lk.Weibull(), exogs={"shape": shape}).fit()
    p = np.asarray(results.params)
    assert list(results.params.index) == ["shape:z", "shape:one", "x", "z", "const"]
    new = NEW.assign(const=1.0, one=1.0)
    law = stats.weibull_min(np.exp(p[0] * new["z"] + p[1]), scale=np.exp(p[2] * new["x"] + p[3] * new["z"] + p[4]))
    return results, new, law


def test_several_designs():
    results, new, law = two_designs()
    ways = {
        "one frame": new,
        "its columns in another order": new[["one", "z", "g", "const", "x"]],
        "a dict": {"scale": new[["x", "z", "const"]], "shape": new[["z", "one"]]},
        "a dict, in another order": {"shape": new[["one", "z"]], "scale": new[["const", "z", "x"]]},
        "a dict of arrays": {
            "scale": new[["x", "z", "const"]].to_numpy(dtype=float), "shape": new[["z", "one"]].to_numpy(dtype=float),
        },
    }  # fmt: skip
    for name, way in ways.items():
        assert_allclose(results.predict(way), law.mean(), rtol=1e-10, err_msg=name)
        assert_allclose(results.predict(way, quantile=0.3), law.ppf(0.3), rtol=1e-10, err_msg=name)
    # Shown able to fail: arrays have no names to be put in order by.
    turned = {**ways["a dict of arrays"], "scale": ways["a dict of arrays"]["scale"][:, [2, 1, 0]]}
    assert np.abs(results.predict(turned) / law.mean() - 1).max() > 0.01
    one = results.predict({"scale": new[["x", "z", "const"]].head(1), "shape": new[["z", "one"]].head(1)})
    assert_allclose(one, law.mean()[:1], rtol=1e-10)


@pytest.mark.parametrize(
    ("new", "error", "words"),
    [(lambda new: new[["x", "z", "const"]].to_numpy(dtype=float), ArgumentError, "pass a dict of shape, scale"),
     (lambda new: {"scale": new[["x", "z", "const"]]}, DataError, "no design of shape"),
     (lambda new: new[["x", "z", "const"]], DataError, "no column 'one'"),
     (lambda new: new.assign(x=[1.0, np.nan, 2.0, 3.0]), DataError, "exog is not finite in row 1 .index 'first'"),
     (lambda new: new.assign(one=[1.0, 1.0, 1.0, np.inf]), DataError, "exog of shape is not finite in row 3")],
)  # fmt: skip
def test_designs_that_do_not_fit(new, error, words):
    results, frame_of_all, _ = two_designs()
    with pytest.raises(error, match=words):
        results.predict(new(frame_of_all))


def test_one_new_row_in_every_form():
    """A Series, a dict of numbers, a dict of lists, a frame of one row."""
    case = CASES["normal, both"]
    results = case.fit()
    wanted = case.at(results.params).ppf(0.25)[3]
    row = NEW.iloc[3]
    for way in (row, dict(row), {name: [value] for name, value in row.items()}, NEW.iloc[[3]]):
        found = results.predict(way, quantile=0.25)
        assert found.shape == (1,)
        assert_allclose(found, wanted, rtol=1e-10)
    mixed = results.predict({"x": [4.0, 1.5], "z": 1.25, "g": "c"}, quantile=0.25)
    assert mixed.shape == (2,)
    assert_allclose(mixed.iloc[0], wanted, rtol=1e-10)
    single = lk.LikelihoodModel(frame()["level"].to_numpy(), frame()[["x", "z"]].to_numpy(), family=lk.Normal()).fit()
    assert_allclose(single.predict([2.0, -3.0]), [single.params[0] * 2.0 - single.params[1] * 3.0], rtol=1e-12)


@pytest.mark.parametrize(
    "asked",
    [{"which": "linear"}, {"parameter": "scale"}, {}, {"quantile": 0.9}],
)
def test_a_missing_value_in_a_new_row_gives_no_number_there(asked):
    results = CASES["gamma, its scale"].fit()
    found = results.predict(NEW.assign(x=[-2.0, np.nan, 1.5, 4.0]), **asked)
    assert_allclose(found, np.where([False, True, False, False], np.nan, results.predict(NEW, **asked)), rtol=1e-12)
    assert_array_equal(found.index, NEW.index)


def test_without_predictors_new_rows_are_counted():
    y = frame()["cost"].to_numpy()
    results = lk.LikelihoodModel(y, family=lk.Gamma()).fit()
    law = stats.gamma(results.params[0], scale=results.params[1])
    assert_allclose(results.predict(NEW, quantile=0.7), np.full(4, law.ppf(0.7)), rtol=1e-10)
    assert_allclose(results.predict(quantile=0.7), np.full(ROWS, law.ppf(0.7)), rtol=1e-10)
    with pytest.raises(ArgumentError, match="no predictors"):
        results.predict(np.ones((4, 1)))
