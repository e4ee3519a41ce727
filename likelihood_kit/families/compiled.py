"""Kernels of a law in given coordinates: from the checked file of a catalogue family, or derived once and kept."""

from __future__ import annotations

import importlib
import importlib.util
from dataclasses import replace

from likelihood_kit.calculus import CaseKernels, Kernels, compile_kernels, kernels_from
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


def _from_file(law: Law, names: tuple[str, ...]) -> Kernels | None:
    package, _, module = law.origin.partition(":")[0].rpartition(".")
    if package != CATALOGUE_PACKAGE or not importlib.util.find_spec(f"{GENERATED_PACKAGE}.{module}"):
        return None
    namespace = vars(importlib.import_module(f"{GENERATED_PACKAGE}.{module}"))
    end = suffix(law, names)
    # Not for coordinates that a subclass added.
    return kernels_from(namespace, end) if f"rows{end}_hoist" in namespace else None


def _from_formula(law: Law, names: tuple[str, ...]) -> Kernels:
    bounds = [space.numbers for space in law.spaces_in(names).values()]
    found, source = compile_kernels(law.formula(names), bounds, sources(law).get(names))
    if source:
        sources(law)[names] = source
    return found
