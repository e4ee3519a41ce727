"""Estimates from samples `(..., n)` by the functions of a family's author, in the coordinates in use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from likelihood_kit.calculus import DATUM
from likelihood_kit.errors import NotAvailableError
from likelihood_kit.families import declared_forms, fallbacks, operands, starts
from likelihood_kit.families.handle import Handle

#: What the author may have written that gives a start, the best first.
STARTS = ("start", "maximum_likelihood", "method_of_moments")


def start(family: Handle, y: ArrayLike, data: Mapping[str, ArrayLike]) -> dict[str, np.ndarray]:
    """Start values for the maximiser: each free parameter, `(...)`, natural scale."""
    columns = operands.collected_data(family, data, y)
    with np.errstate(all="ignore"):
        for author in STARTS:
            if author in family.law.functions:
                return _inside(family, _estimates(family, author, columns))
    return starts.best_of_grid(family, columns)


def derived_start(family: Handle, y: ArrayLike, **data: ArrayLike) -> dict[str, np.ndarray] | None:
    """Start values of a grid, for where a search from those of a user's own function failed; None where it has none."""
    own = [name for name in STARTS if name in family.law.functions and not family.law.is_function_of_the_kit(name)]
    if not own:
        return None
    columns = operands.collected_data(family, data, y)
    with np.errstate(all="ignore"):
        return starts.best_of_grid(family, columns)


def method_of_moments(family: Handle, y: ArrayLike, data: Mapping[str, ArrayLike]) -> dict[str, np.ndarray]:
    """Estimates by the method of moments; refuses where the family declares none, or holds a parameter fixed."""
    declared = "method_of_moments" in family.law.functions
    if not declared or set(family.fixed) & set(family.coordinate_names):
        why = "with a parameter held fixed" if declared else "declared"
        raise NotAvailableError(f"{family!r} has no method of moments {why}; pass a function of your own as estimator")
    declared_forms.require_true(family.law, "method_of_moments")
    with np.errstate(all="ignore"):
        return _estimates(family, "method_of_moments", operands.collected_data(family, data, y))


def closed_maximum(family: Handle, y: ArrayLike, data: Mapping[str, ArrayLike]) -> dict[str, np.ndarray] | None:
    """Maximum likelihood estimates in closed form; None where the family has none for what is free."""
    if "maximum_likelihood" not in family.law.functions or not _holds_for_the_free(family):
        return None
    return _estimates(family, "maximum_likelihood", operands.collected_data(family, data, y))


def _holds_for_the_free(family: Handle) -> bool:
    """Whether the closed maximum of all parameters is that of what is free: all, or ends of the support."""
    support = family.support
    ends = {end for end in (support.low, support.high) if isinstance(end, str)}
    canonical = family.coordinate_names == tuple(family.law.parameters)
    held = set(family.fixed) & set(family.coordinate_names)
    return not held or (canonical and set(family.parameter_names) <= ends)


def _estimates(family: Handle, author: str, columns: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """What the author's function gives, in the coordinates in use."""
    found: Mapping[str, Any] = family.law.call(author, (columns[DATUM],), columns)
    values = family.law.in_coordinates(family.coordinate_names, found)
    return {name: np.asarray(values[name]) for name in family.parameter_names}


def _inside(family: Handle, theta: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Starts where those that fell outside their space (a sample without spread, say) are put at a plain value."""
    return {
        name: np.where(family.spaces[name].contains(value), value, fallbacks.plain_value(family.spaces[name]))
        for name, value in theta.items()
    }
