"""Rows and columns with labels are put together by them, or refused; never taken by position in silence."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import likelihood_kit as lk
from likelihood_kit.errors import DataError, ParameterError

ROWS = 24
RNG = np.random.default_rng(5)
FRAME = pd.DataFrame(
    {"a": RNG.normal(size=ROWS), "b": RNG.uniform(1.0, 2.0, ROWS)}, index=[f"r{i}" for i in range(ROWS)]
)
Y = RNG.gamma(2.0, 3.0, ROWS)
SHUFFLED = FRAME.sample(frac=1, random_state=1)
GAMMA = lk.Gamma()


@pytest.mark.parametrize(
    "more",
    [
        {"freq_weights": pd.Series(1.0, SHUFFLED.index)},
        {"exogs": {"shape": SHUFFLED[["a"]]}},
        {"offset": SHUFFLED["b"]},
    ],
    ids=["freq_weights", "exogs", "offset"],
)
def test_other_labels_beside_a_response_without_any(more):
    """Only an index of the response was compared with the others."""
    with pytest.raises(DataError, match=r"exog(| of shape) and \w+|different indices"):
        lk.LikelihoodModel(Y, FRAME, family=GAMMA, **more)


def test_an_offset_alone_needs_no_index():
    """The constant that the kit adds had an index of its own, and was refused beside labelled data."""
    y, offset = pd.Series(Y, FRAME.index), FRAME["b"]
    results = lk.LikelihoodModel(y, family=GAMMA, offset=offset).fit()
    by_array = lk.LikelihoodModel(Y, family=GAMMA, offset=offset.to_numpy()).fit()
    assert_array_equal(results.params, by_array.params)


BINOMIAL = lk.LikelihoodModel(RNG.binomial(9, 0.4, ROWS), FRAME, family=lk.Binomial(), trials=9).fit()


def test_known_values_and_offsets_of_new_rows_are_aligned():
    new, trials = FRAME[:3], pd.Series([3, 2, 1], FRAME.index[[2, 1, 0]])
    assert_allclose(BINOMIAL.predict(new, trials=trials), BINOMIAL.predict(new, trials=[1, 2, 3]), rtol=1e-14)
    offset = lk.LikelihoodModel(Y, FRAME, family=GAMMA, offset=np.zeros(ROWS)).fit()
    values = pd.Series([0.3, 0.2, 0.1], FRAME.index[[2, 1, 0]])
    assert_allclose(offset.predict(new, offset=values), offset.predict(new, offset=[0.1, 0.2, 0.3]), rtol=1e-14)
    given = lk.LikelihoodModel(Y, FRAME, family=lk.Normal(), given={"sd": np.ones(ROWS)}).fit()
    variance = given.predict(new, sd=values, which="variance")
    assert_allclose(variance, [0.1**2, 0.2**2, 0.3**2], rtol=1e-12)
    for labels in (["r0", "r1", "x"], ["r0", "r0", "r1"], ["r0", "r0", "r1", "r2"]):
        with pytest.raises(DataError, match="the new rows and trials have different indices"):
            BINOMIAL.predict(new, trials=pd.Series(1, labels))


def test_designs_of_new_rows_are_aligned_with_each_other():
    results = lk.LikelihoodModel(Y, FRAME[["a"]], family=GAMMA, exogs={"shape": FRAME[["b"]]}).fit()
    wanted = results.predict(FRAME[:4])
    found = results.predict({"scale": FRAME[["a"]][:4], "shape": FRAME[["b"]][:4][::-1]})
    pd.testing.assert_series_equal(found, wanted, rtol=1e-14)
    with pytest.raises(DataError, match="not equally many: 3 of scale, 4 of shape"):
        results.predict({"scale": FRAME[["a"]].to_numpy()[:3], "shape": FRAME[["b"]].to_numpy()[:4]})


def test_a_column_called_const_is_one_only_where_it_was():
    """A user's own, of other values, was filled with ones."""
    new = FRAME[["a"]][:3]
    own = lk.LikelihoodModel(Y, FRAME[["a"]].assign(const=FRAME["b"]), family=lk.Normal()).fit()
    with pytest.raises(DataError, match="exog has no column 'const'"):
        own.predict(new)
    ones = lk.LikelihoodModel(Y, FRAME[["a"]].assign(const=1.0), family=lk.Normal()).fit()
    assert_allclose(ones.predict(new), ones.params["a"] * new["a"] + ones.params["const"], rtol=1e-12)


def test_params_are_taken_by_their_labels():
    model = lk.LikelihoodModel(Y, family=GAMMA)
    wanted = model.loglike([3.0, 2.0])
    assert model.loglike(pd.Series({"scale": 2.0, "shape": 3.0})) == wanted
    assert model.loglike(pd.Series([3.0, 2.0])) == wanted
    start = pd.Series({"scale": 2.0, "shape": 3.0})
    assert_allclose(model.fit(start_params=start).params, model.fit().params, rtol=1e-8)
    with pytest.raises(ParameterError, match="labelled scale, shap; its labels must be shape, scale"):
        model.loglike(pd.Series({"scale": 2.0, "shap": 3.0}))


# Clusters


def clustered(groups, **more):
    return lk.LikelihoodModel(pd.Series(Y, FRAME.index), FRAME, family=GAMMA, **more).fit(
        cov_type="cluster", cov_kwds={"groups": groups}
    )


def test_groups_are_aligned_or_refused():
    groups = pd.Series(np.repeat([*"abcdef"], 4), FRAME.index)
    wanted = clustered(groups.to_numpy()).bse
    assert_array_equal(clustered(groups.sample(frac=1, random_state=2)).bse, wanted)
    assert_array_equal(clustered(groups.to_frame("g")).bse, wanted)
    with pytest.raises(DataError, match="endog and groups have different indices"):
        clustered(groups.reset_index(drop=True))


REFUSED = {
    "masked": (np.ma.array(np.repeat([1, 2], 12), mask=np.arange(ROWS) == 4), "no label in row 4"),
    "complex": (np.arange(ROWS) * 1j, "what is no label"),
    "records": (np.zeros(ROWS, [("a", float)]), "what is no label"),
    "lists": (pd.Series([[1], [2]] * 12, FRAME.index), "what is no label"),
    "ragged": ([[1], [2, 3]] * 12, "different lengths"),
    "a name without data": ("clinic", "no column 'clinic'"),
}


@pytest.mark.parametrize(("groups", "words"), REFUSED.values(), ids=REFUSED)
def test_groups_that_are_no_labels(groups, words):
    with pytest.raises(DataError, match=words):
        clustered(groups)


# Rows left out by a formula


def with_a_gap():
    data = FRAME.assign(y=Y, w=np.arange(ROWS) % 3 + 1.0, g=np.repeat([*"abcdef"], 4))
    data.loc["r5", "a"] = np.nan
    return data


@pytest.mark.parametrize("kind", ["series", "shuffled", "array", "rows that are kept", "name"])
def test_weights_beside_rows_that_a_formula_leaves_out(kind):
    """They were refused by their length, though their labels say where they belong."""
    data = with_a_gap()
    kept = data["a"].notna()
    weights = {
        "series": data["w"],
        "shuffled": data["w"][::-1],
        "array": data["w"].to_numpy(),
        "rows that are kept": data["w"][kept],
        "name": "w",
    }[kind]
    results = lk.LikelihoodModel.from_formula("y ~ a", data, family=GAMMA, freq_weights=weights).fit()
    wanted = lk.LikelihoodModel.from_formula("y ~ a", data[kept], family=GAMMA, freq_weights="w").fit()
    assert_allclose(results.params, wanted.params, rtol=1e-10)
    assert results.nobs == wanted.nobs
    assert results.model.rows_dropped == 1


def test_everything_passed_by_row_beside_a_formula():
    data = with_a_gap()
    kept = data["a"].notna()
    more = {"offset": data["b"][::-1], "exogs": {"shape": data[["b"]]}}
    results = lk.LikelihoodModel.from_formula("y ~ a", data, family=GAMMA, **more).fit()
    wanted = lk.LikelihoodModel.from_formula(
        "y ~ a", data[kept], family=GAMMA, offset="b", exogs={"shape": data[kept][["b"]]}
    ).fit()
    assert_allclose(results.params, wanted.params, rtol=1e-10)
    sd = lk.LikelihoodModel.from_formula("y ~ a", data, family=lk.Normal(), given={"sd": data["b"]}).fit()
    by_name = lk.LikelihoodModel.from_formula("y ~ a", data, family=lk.Normal(), given={"sd": "b"}).fit()
    assert_allclose(sd.params, by_name.params, rtol=1e-10)
    groups = results.model.fit(cov_type="cluster", cov_kwds={"groups": data["g"].to_numpy()})
    assert_array_equal(groups.bse, results.model.fit(cov_type="cluster", cov_kwds={"groups": data["g"]}).bse)


def test_weights_with_a_gap_leave_their_rows_out():
    data = with_a_gap()
    weights = data["w"].where(data.index != "r7")
    results = lk.LikelihoodModel.from_formula("y ~ a", data, family=GAMMA, freq_weights=weights)
    assert results.rows_dropped == 2
    plain = lk.LikelihoodModel(pd.Series(Y, FRAME.index), family=GAMMA, freq_weights=weights, missing="drop")
    assert (len(plain.endog), plain.rows_dropped) == (ROWS - 1, 1)
    with pytest.raises(DataError, match=r"freq_weights is NaN in row 7 \(index 'r7'\); pass missing='drop'"):
        lk.LikelihoodModel(pd.Series(Y, FRAME.index), family=GAMMA, freq_weights=weights)
    with pytest.raises(DataError, match="freq_weights is zero in every row"):
        lk.LikelihoodModel([1.0, np.nan], family=GAMMA, freq_weights=[0, 3], missing="drop")
