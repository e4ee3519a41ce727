"""An author's function cannot write to the data, and its failures say what to write instead."""

import math

import numpy as np
import pytest

from likelihood_kit.calculus.author import as_array, called, read_only, real
from likelihood_kit.errors import DataError, FormulaError

Y = np.array([1.0, 2.0, 3.0])


def in_place(y):
    y -= 1
    return y


def items(y):
    y[0] = 0
    return y


def items_of_another_shape(y):
    out = np.zeros((2, 3))
    out[y > 1] = 1
    return out


FAILURES = {
    "in place": (in_place, "write y = y - loc for y -= loc"),
    "items": (items, "write y = y - loc for y -= loc"),
    "a part of the rows": (items_of_another_shape, "write np.where"),
    "shapes": (lambda y: y + np.zeros(2), "write np.where"),
    "if": (lambda y: y if y > 1 else -y, "write np.where"),
    "math": (lambda y: math.log(y), "write np.log for math.log"),
    "anything": (lambda y: {}[3], "KeyError: 3; it is called with arrays"),
    "complex": (lambda y: y * 1j, "returns complex numbers"),
    "complex, in a dict": (lambda y: {"a": y * 1j}, "returns complex numbers"),
    "complex, in a tuple": (lambda y: (y, y * 1j), "returns complex numbers"),
}


@pytest.mark.parametrize(("function", "message"), FAILURES.values(), ids=FAILURES)
def test_failures_say_what_to_write(function, message):
    before = Y.copy()
    with pytest.raises(FormulaError, match=r"^family Own: log_density (fails: )?") as raised:
        called(function, (Y,), "family Own: log_density")
    assert message in str(raised.value)
    np.testing.assert_array_equal(Y, before)
    assert Y.flags.writeable


def test_errors_of_the_kit_pass():
    def refuses(y):
        raise DataError("as it is")

    with pytest.raises(DataError, match=r"^as it is$"):
        called(refuses, (Y,), "a function")


def test_what_is_no_array_passes():
    assert read_only("text") == "text"
    assert not read_only(np.broadcast_to(Y, (2, 3))).flags.writeable
    assert as_array(2.0).shape == as_array(np.float64(2)).shape == ()
    assert as_array((2, 3)) == (2, 3)


def test_digits_that_a_conversion_took_are_missed():
    for kind in (np.float16, np.float32):
        with pytest.raises(FormulaError, match=r"numbers, whose [36] digits do not do"):
            real(Y.astype(kind), "a function")
    assert real(np.array([1, 2]), "a function").dtype == float
    with pytest.raises(FormulaError, match="a function returns 'text'; it must return one value per observation"):
        real("text", "a function")
