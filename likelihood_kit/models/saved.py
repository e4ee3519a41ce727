"""Results in a file."""

from __future__ import annotations

import os
import pickle
from typing import Any

from likelihood_kit._numerics.files import may_name_a_file, replacing
from likelihood_kit.errors import ArgumentError, OutputError


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
