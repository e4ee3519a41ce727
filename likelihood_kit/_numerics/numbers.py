"""What counts as a number: real and within the range of floats; no truth value, text, date or complex number."""

from __future__ import annotations

from decimal import Decimal
from numbers import Real
from typing import Any

import numpy as np

from likelihood_kit.errors import shown

#: Kinds of arrays that hold real numbers, or truth values that stand for 0 and 1.
REAL_KINDS = "biuf"


def is_number(value: Any) -> bool:
    """Whether a value is one real number that a float can hold; NaN and infinities are."""
    if isinstance(value, float):
        return True
    if not isinstance(value, Real) or isinstance(value, (bool, np.bool_, np.timedelta64)):
        return False
    try:
        float(value)
    except (OverflowError, TypeError, ValueError):
        return False
    return True


def is_whole(value: Any) -> bool:
    """Whether a value is one whole number, and not a truth value."""
    return isinstance(value, (int, np.integer)) and not isinstance(value, (bool, np.timedelta64))


def of_data(value: Any) -> float:
    """One value of a user's data as a float: a truth value or a decimal too, NaN where it is missing.

    Raises
    ------
    TypeError, OverflowError
        For what is no real number, or is beyond the range of a float.
    """
    if value is None or type(value).__name__ == "NAType":  # pandas' missing value, of a type that it does not name
        return np.nan
    if not isinstance(value, (Real, Decimal, np.bool_)) or isinstance(value, np.timedelta64):
        raise TypeError(f"not {shown(value)}")
    return float(value)


def as_floats(values: Any) -> np.ndarray:
    """The values as an array of floats, NaN where they are masked.

    Raises
    ------
    TypeError
        For what holds no real numbers: text, None, dates, complex numbers, lists of different lengths; says what.
    """
    if isinstance(values, float):
        return np.asarray(values, dtype=float)
    masked = isinstance(values, np.ma.MaskedArray)
    try:
        # An array of pandas says what it holds, and makes NaN of what is missing in it.
        kind = getattr(getattr(values, "dtype", None), "kind", "O")
        array = np.asarray(values, dtype=float if kind in "iuf" and not masked else None)
    except (TypeError, ValueError):
        raise TypeError("rows of different lengths, or no numbers at all") from None
    if array.dtype.kind == "O":
        for value in array.flat:
            if not (is_number(value) or isinstance(value, (bool, np.bool_))):
                raise TypeError(f"not {shown(value)}")
    elif array.dtype.kind not in REAL_KINDS:
        raise TypeError(f"not {shown(array.item()) if array.size == 1 else f'values of type {array.dtype}'}")
    array = array.astype(float, copy=False)
    return np.where(np.ma.getmaskarray(values), np.nan, array) if masked else array
