"""What is taken for numbers, and what is not."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal

from likelihood_kit._numerics import as_floats, is_number, is_whole
from likelihood_kit.errors import shown

NO_NUMBERS = {
    "text": "1",
    "texts": ["1", "2"],
    "texts as objects": np.array(["1"], dtype=object),
    "a series of text": pd.Series(["1"]),
    "None": None,
    "a list with None": [1.0, None],
    "NA": pd.NA,
    "complex": np.array([1 + 0j]),
    "a series of complex numbers": pd.Series([1j]),
    "masked complex": np.ma.array([1j, 1.0], mask=[True, False]),
    "a date": np.datetime64("2020"),
    "dates": np.array(["2020"], dtype="M8[Y]"),
    "a duration": np.timedelta64(3, "s"),
    "a duration that a float would take": np.timedelta64(3, "ns"),
    "a structured array": np.zeros(2, dtype=[("a", float)]),
    "a decimal": Decimal(1),
    "an integer beyond floats": 10**400,
    "integers beyond floats": [10**400],
    "lists of different lengths": [[1.0], [1.0, 2.0]],
    "a dict": {"y": 1.0},
}


@pytest.mark.parametrize("values", NO_NUMBERS.values(), ids=NO_NUMBERS)
def test_what_is_no_number_is_refused(values):
    assert not is_number(values)
    with pytest.raises(TypeError, match=r"^not |rows of different lengths"):
        as_floats(values)


@pytest.mark.parametrize("value", [1, 1.5, np.int8(1), np.float32(1.5), np.float16(2), Fraction(1, 2), np.inf, np.nan])
def test_numbers(value):
    assert is_number(value)
    assert_array_equal(as_floats(value), float(value))
    assert as_floats([value, value]).dtype == float


def test_truth_values_are_numbers_in_arrays_alone():
    assert not is_number(True)
    assert not is_number(np.True_)
    assert not is_whole(True)
    assert_array_equal(as_floats([True, False]), [1.0, 0.0])


def test_whole_numbers():
    assert [is_whole(value) for value in (3, np.int64(3), 3.0, "3", np.timedelta64(3, "s"))] == [1, 1, 0, 0, 0]


def test_what_is_missing_or_masked_is_nan():
    assert_array_equal(as_floats(pd.array([1, None], dtype="Int64")), [1.0, np.nan])
    assert_array_equal(as_floats(np.ma.array([1, 2], mask=[False, True])), [1.0, np.nan])
    assert_array_equal(as_floats(np.ma.array([1, 2])), [1.0, 2.0])


def test_an_array_of_floats_is_not_copied():
    values = np.arange(3.0)
    assert as_floats(values) is values


def test_a_long_value_is_cut_in_a_message():
    assert len(shown(10**400)) <= 60
    assert len(shown(np.zeros(1000))) <= 60
