"""What arguments may be by mistake: numbers that are none, types and shapes of all kinds, names that cannot be printed.

A sweep calls something with each of them and counts: the kit's own error, another exception, or silence.
"""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd

import likelihood_kit as lk
from likelihood_kit.errors import LikelihoodKitError

NUMBERS: dict[str, Any] = {
    **{str(x): x for x in (True, 0, -1, -5, 1.5, 0.0, 1e308, 10**12, 2**63, float("nan"), float("inf"), -float("inf"))},
    "10**400": 10**400,
    "np.True": np.True_,
    "complex": 1 + 1j,
    "fraction": Fraction(1, 3),
    "decimal": Decimal("0.5"),
    "float16": np.float16(2),
    "int8": np.int8(3),
    "uint64": np.uint64(3),
    "duration": np.timedelta64(1, "s"),
    "date": np.datetime64("2020"),
    "a day": datetime.datetime(2020, 1, 1),
    "NaT": pd.NaT,
    "NA": pd.NA,
}
TEXTS: dict[str, Any] = {
    "text": "abc",
    "empty text": "",
    "digit": "3",
    "bytes": b"abc",
    "unicode": "größe",
    "LaTeX": r"$\frac{1}{2}$_%&#",
    "half a formula": r"$\frac{1$",
    "null": "a\0b",
    "newline": "a\nb",
    "surrogate": "\ud800",
    "format": "%s {0}",
}
LISTS: dict[str, Any] = {
    **{str(x): x for x in ([], (), {}, [1], ["a"], [None], [[1, 2], [3]], [[]], {1: 2}, {"a": 1}, {"a": None})},
    "[nan]": [float("nan")],
    "set()": set(),
    "{1}": {1},
    "range(0)": range(0),
}
ARRAYS: dict[str, Any] = {
    "0-d": np.array(3.0),
    "empty": np.array([]),
    "1-d": np.array([1.0, 2.0]),
    "2-d": np.ones((2, 2)),
    "3-d": np.ones((2, 2, 2)),
    "truth values": np.array([True, False]),
    "objects": np.array([None, "a"], dtype=object),
    "texts": np.array(["a"]),
    "dates": np.array(["2020-01-01"], "datetime64[D]"),
    "masked": np.ma.array([1.0, 2], mask=[0, 1]),
    "record": np.zeros(2, dtype=[("a", "f8")]),
    "series": pd.Series([1.0, 2.0]),
    "labelled": pd.Series([1.0], index=["shape"]),
    "categories": pd.Series(["a"], dtype="category"),
    "frame": pd.DataFrame({"a": [1.0]}),
    "empty frame": pd.DataFrame(),
}
OBJECTS: dict[str, Any] = {
    "None": None,
    "no arguments": lambda: 1,
    "of y": lambda y: y,
    "type": int,
    "object": object(),
    "...": ...,
    "slice": slice(1),
    "family": lk.Normal(),
    "class of a family": lk.Normal,
    "module": os,
}


def values() -> dict[str, Any]:
    """All of them, by what they are."""
    read_only = np.arange(3.0)
    read_only.flags.writeable = False
    fresh = {"read-only": read_only, "generator": (i for i in range(3))}
    return {**NUMBERS, **TEXTS, **LISTS, **ARRAYS, **OBJECTS, **fresh}


def swept(call: Callable[[Any], Any]) -> tuple[dict[str, str], set[str]]:
    """Foreign exceptions, in words, and what was taken in silence."""
    foreign, silent = {}, set()
    for name, value in values().items():
        try:
            call(value)
        except LikelihoodKitError:
            continue
        except Exception as error:
            foreign[name] = f"{type(error).__name__}: {error}"
        else:
            silent.add(name)
    return foreign, silent
