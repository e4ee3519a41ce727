"""Kernels of a law in given coordinates: from the checked file of a catalogue family, or derived once and kept."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable, Sequence
from dataclasses import replace
from types import ModuleType
from typing import Any

import numpy as np

from likelihood_kit.calculus import (
    CaseKernels,
    Kernels,
    compile_kernels,
    compiled_slopes,
    kernels_from,
    numeric_kernels,
    numeric_slopes,
    same_values,
)
from likelihood_kit.errors import FormulaError, NotAvailableError, TraceError
from likelihood_kit.families import trial
from likelihood_kit.families.law import Law

#: Where the catalogue's families are, and where their kernels.
CATALOGUE_PACKAGE = "likelihood_kit.families.catalogue"
GENERATED_PACKAGE = "likelihood_kit.families._generated"


def kernels(law: Law, names: tuple[str, ...]) -> Kernels:
    """Kernels of a law in the coordinates of these names."""
    kept = law.kept_kernels
    if names not in kept:
        found = _from_file(law, names) or _from_formula(law, names)
        cases = (CaseKernels(c.column, c.value, c.law.data, kernels(c.law, names)) for c in law.cases)
        kept[names] = replace(found, cases=tuple(cases))
    return kept[names]


def sources(law: Law) -> dict[tuple[str, ...], str]:
    """Source of the kernels of a law that were derived so far, by coordinates."""
    return law.kept_sources


def suffix(law: Law, names: tuple[str, ...]) -> str:
    """Suffix of the kernels of these coordinates in a generated file; empty for the canonical ones."""
    return "" if names == tuple(law.parameters) else "_in_" + "_".join(names)


def _module(law: Law) -> ModuleType | None:
    """Generated file of a law of the catalogue."""
    package, _, module = law.origin.partition(":")[0].rpartition(".")
    if package != CATALOGUE_PACKAGE or not importlib.util.find_spec(f"{GENERATED_PACKAGE}.{module}"):
        return None
    return importlib.import_module(f"{GENERATED_PACKAGE}.{module}")


def _from_file(law: Law, names: tuple[str, ...]) -> Kernels | None:
    module, end = _module(law), suffix(law, names)
    namespace = {} if module is None else vars(module)
    # Not for coordinates that a subclass added.
    return kernels_from(namespace, end) if f"rows{end}_hoist" in namespace else None


def _from_formula(law: Law, names: tuple[str, ...]) -> Kernels:
    bounds = [space.numbers for space in law.spaces_in(names).values()]
    formula, known = law.formula(names), sources(law).get(names)
    found, source = compile_kernels(formula, bounds, known)
    # What travels from another process was tried there, and a law seen from an end of its support as it is.
    if known is None and law.position is None:
        found = trial.tried(law, names, formula, found, lambda reason: numeric_kernels(formula, bounds, reason))
    if source and found.derivatives == "symbolic":
        sources(law)[names] = source
    return found


def jacobian(law: Law, names: tuple[str, ...], values: Sequence[np.ndarray]) -> np.ndarray:
    """Derivatives of the canonical parameters in the coordinates of these names, `(..., p, p)`.

    A row is a canonical parameter, a column a coordinate. Traced where the map can be, numeric where not.

    Raises
    ------
    NotAvailableError
        Where it cannot be traced and the error of numeric derivatives is large.
    """
    kept = law.kept_slopes
    if names not in kept:
        kept[names] = _generated_slopes(law, names) or _derived_slopes(law, names)
    shape = np.broadcast_shapes(*(np.shape(value) for value in values))
    result = np.empty((*shape, len(names), len(names)))
    with np.errstate(all="ignore"):
        _, slopes = kept[names](*values)
    for i, row in enumerate(slopes):
        for j, entry in enumerate(row):
            result[..., i, j] = entry
    return result


def map_of(law: Law, names: tuple[str, ...]) -> Callable[..., tuple[Any, ...]]:
    """The canonical parameters in their order, as a function of the coordinates."""

    def image(*values: Any) -> tuple[Any, ...]:
        found = law.canonical(names, dict(zip(names, values, strict=True)))
        return tuple(found[name] for name in law.parameters)

    return image


def _generated_slopes(law: Law, names: tuple[str, ...]) -> Callable[..., Any] | None:
    return vars(module).get(f"canonical{suffix(law, names)}_slopes") if (module := _module(law)) else None


def _derived_slopes(law: Law, names: tuple[str, ...]) -> Callable[..., Any]:
    image = map_of(law, names)
    _, theta = trial.points(law, names)
    at = list(theta.values())
    try:
        found = compiled_slopes(image, names)
        with np.errstate(all="ignore"):
            pairs = list(zip(image(*at), found(*at)[0], strict=True))
        if all(np.all(same_values(one, other, 0.0)) for one, other in pairs):
            return found
    except FormulaError as error:
        raise FormulaError(f"family {law.name}: to_canonical {error}") from None
    except TraceError:
        pass
    bounds = [space.numbers for space in law.spaces_in(names).values()]

    def numeric(*values: Any) -> tuple[tuple[Any, ...], list[tuple[np.ndarray, ...]]]:
        values = tuple(np.broadcast_arrays(*values))
        slopes = []
        for i, name in enumerate(law.parameters):
            one = numeric_slopes(lambda *moved, i=i: image(*moved)[i] + np.zeros(values[0].shape), values, bounds)
            if not np.all(one.trusted):
                raise NotAvailableError(
                    f"{law.title}: the derivatives of {name} in {', '.join(names)} are not known: to_canonical cannot "
                    "be traced, and numeric derivatives have a large error; write it in NumPy and scipy.special"
                )
            slopes.append(one.slopes)
        return image(*values), slopes

    return numeric
