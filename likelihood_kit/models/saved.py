"""Results in a file."""

from __future__ import annotations

import os
import pickle
from typing import Any

from likelihood_kit._numerics.files import may_name_a_file, replacing
from likelihood_kit.errors import ArgumentError, DataError, OutputError


def write_pickle(results: Any, where: Any) -> None:
    """Pickle of results, in the place of the file at a path, or in a file that is open."""
    if hasattr(where, "write"):
        pickle.dump(results, where, protocol=pickle.HIGHEST_PROTOCOL)
        return
    if not may_name_a_file(where):
        raise ArgumentError(f"fname must be a path or a file that is open, not {where!r}")
    try:
        with replacing(where) as file:
            pickle.dump(results, file, protocol=pickle.HIGHEST_PROTOCOL)
    except OSError as error:
        raise OutputError(f"cannot write the results to {os.fspath(where)!r}: {error.strerror or error}") from None


def read_pickle(where: Any, kind: type) -> Any:
    """Results of a kind from their pickle, in a file at a path or one that is open.

    Raises
    ------
    ArgumentError, DataError
        For what is no path; where there is no such file, or it is something else.
    """
    if hasattr(where, "read"):
        return _results_in(where, "the file", kind)
    if not may_name_a_file(where):
        raise ArgumentError(f"fname must be a path or a file that is open, not {where!r}")
    path = os.fsdecode(where)
    try:
        with open(path, "rb") as file:
            return _results_in(file, repr(path), kind)
    except OSError as error:
        raise DataError(f"cannot read {path!r}: {error.strerror or error}") from None


def _results_in(file: Any, what: str, kind: type) -> Any:
    try:
        found = pickle.load(file)
    except OSError:
        raise
    except Exception as error:  # what a pickle is made of may fail in any way
        raise DataError(f"{what} holds no results that this version of the kit saved: {error}") from None
    if not isinstance(found, kind):
        raise DataError(f"{what} holds no results, but {type(found).__name__}")
    return found
