import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from likelihood_kit.errors import ArgumentError, DataError
from likelihood_kit.families import Exponential
from likelihood_kit.simulation import Study, performance
from likelihood_kit.simulation.measures import measures

ESTIMATES = np.array([1.0, 2.0, 3.0, 6.0])[:, None]
ERRORS = np.array([1.0, 1.0, 2.0, 2.0])[:, None]
BY_HAND, PUBLISHED = (measures(ESTIMATES, np.array([2.0]), ERRORS, mcse=mcse) for mcse in ("moments", "normal"))

FRAME = pd.DataFrame(
    {
        "estimate": np.r_[ESTIMATES[:, 0], ESTIMATES[:, 0] + 1],
        "se": np.tile(ERRORS[:, 0], 2),
        "true": np.repeat([2.0, 3.0], 4),
        "method": np.repeat(["a", "b"], 4),
        "n": 10,
    }
)


def test_performance_of_a_frame_is_one_table():
    table = performance(FRAME, estimate="estimate", se="se", truth="true", by=["method", "n"])
    assert list(table.columns) == ["method", "n", "measure", "value", "mcse"]
    for _, rows in table.groupby(["method", "n"]):
        assert dict(zip(rows["measure"], rows["value"], strict=True)) == pytest.approx(
            {name: value[0] for name, (value, _) in BY_HAND.items()}
        )
    assert list(table["method"].unique()) == ["a", "b"]


def test_published_errors_on_request():
    table = performance(FRAME[:4], estimate="estimate", se="se", truth=2, mcse="normal").set_index("measure")
    for name, expected in PUBLISHED.items():
        assert_allclose(table.loc[name], np.ravel(expected), err_msg=name)
    # Morris, White and Crowther (2019), Table 6: the estimates have variance 14/3.
    assert_allclose(table.loc["empirical_se", "mcse"], np.sqrt(14 / 3 / (2 * 3)))
    other = performance(FRAME[:4], estimate="estimate", se="se", truth=2).set_index("measure")["mcse"]
    changed = table.index[~np.isclose(table["mcse"], other, equal_nan=True)]
    assert set(changed) == {"empirical_se", "variance", "relative_error_model_se"}


def test_infinite_estimates_are_counted():
    frame = pd.DataFrame({"estimate": [*ESTIMATES[:, 0], np.inf]})
    table = performance(frame, estimate="estimate", truth=2).set_index("measure")["value"]
    assert_allclose(table[["infinite", "failures", "bias"]], [1, 0, 1])
    kept = performance(frame, estimate="estimate", truth=2, infinite="kept").set_index("measure")["value"]
    assert_allclose(kept[["infinite", "bias"]], [1, np.inf])


def test_performance_without_groups():
    table = performance(FRAME[:4], estimate="estimate", truth=2)
    assert list(table.columns) == ["measure", "value", "mcse"]
    assert_allclose(table.set_index("measure").loc["bias"], np.ravel(BY_HAND["bias"]))


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"estimate": "estimat"}, ArgumentError, "estimate: no column 'estimat': did you mean 'estimate'"),
        ({"se": "s"}, ArgumentError, "se: no column 's'"),
        ({"truth": "tru"}, ArgumentError, "truth: no column 'tru': did you mean 'true'"),
        ({"truth": np.nan}, ArgumentError, "truth = nan is not a finite number"),
        ({"by": "nn"}, ArgumentError, "by: no column 'nn'"),
        ({"mcse": "normla"}, ArgumentError, "mcse: 'normla' is unknown: did you mean 'normal'"),
        ({"mcse": None}, ArgumentError, "mcse: None is unknown"),
        ({"infinite": "keep"}, ArgumentError, "infinite: 'keep' is unknown: did you mean 'kept'"),
        ({"estimate": "method"}, DataError, "column 'method' is not numeric"),
        ({"truth": "true", "by": "n"}, DataError, "not one finite truth at n = 10; add what it varies with to `by`"),
    ],
)
def test_performance_names_what_is_wrong(change, error, message):
    with pytest.raises(error, match=message):
        performance(FRAME, **{"estimate": "estimate", "truth": 2.0, **change})


def test_performance_refuses_frames_that_say_nothing():
    with pytest.raises(DataError, match="no rows"):
        performance(FRAME[:0], estimate="estimate", truth=2.0)
    with pytest.raises(ArgumentError, match="must be a data frame, not list"):
        performance([1.0], estimate="estimate", truth=2.0)
    with pytest.raises(DataError, match="negative standard error in row 5"):
        performance(FRAME.assign(se=[1, 1, 1, 1, 1, -1, 1, 1]), estimate="estimate", se="se", truth=2.0)


class Frame:
    """As much of a polars frame as the kit may use."""

    def __init__(self, frame):
        self.frame, self.columns = frame, list(frame)

    def get_column(self, name):
        return self.frame[name]


def test_frames_of_other_libraries_are_taken():
    found = performance(Frame(FRAME), estimate="estimate", truth=2.0)
    pd.testing.assert_frame_equal(found, performance(FRAME, estimate="estimate", truth=2.0))


def test_texts_were_numbers_and_a_column_twice_was_none():
    texts = pd.DataFrame({"e": ["1", "2"]})
    with pytest.raises(DataError, match="column 'e' is not numeric: not '1'"):
        performance(texts, estimate="e", truth=1.0)
    with pytest.raises(DataError, match="column 'e' is not numeric"):
        performance(pd.DataFrame({"e": [1j, 2.0]}), estimate="e", truth=1.0)
    twice = pd.DataFrame(np.ones((3, 2)), columns=["e", "e"])
    with pytest.raises(ArgumentError, match="estimate: two columns are named 'e'; give each a name of its own"):
        performance(twice, estimate="e", truth=1.0)
    missing = pd.DataFrame({"e": pd.array([1, None, 3], dtype="Int64"), "o": pd.Series([1, None, 3], dtype=object)})
    assert performance(missing, estimate="e", truth=1.0).equals(performance(missing, estimate="o", truth=1.0))


@pytest.mark.filterwarnings("error")
def test_estimates_whose_squares_overflow_warned_of_numpy():
    found = performance(pd.DataFrame({"e": [1e200, 2e200, -1e300]}), estimate="e", truth=1.0).set_index("measure")
    assert found.loc["mse", "value"] == np.inf
    own = {"far": lambda s: s.mean(axis=1) * 1e200, "less far": lambda s: s.mean(axis=1) * 1e100}
    result = Study(Exponential(), {"scale": 2.0}, (10, 20, 40), 40, own, seed=1).run(progress=False)
    assert "far" in str(result.summary())
