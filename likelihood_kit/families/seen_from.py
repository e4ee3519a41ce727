"""A law as a function of the distance from an end of its support, for integrals over a pole there.

Next to an end at 1 numbers lie 1e-16 apart: a density that grows as `distance ** -0.6` has 4e-7 of its mass nearer
than that. Written in the distance its formula keeps every digit: the trace takes the end away before a number comes in.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from likelihood_kit.calculus import Kernels
from likelihood_kit.families import compiled
from likelihood_kit.families.law import Law
from likelihood_kit.parameters import Positive


def position(law: Law, side: int, distance: Any, values: Any) -> Any:
    """The value that lies at a distance from an end: from the lower one for side -1, from the upper one for 1."""
    return law.support.ends(values)[(side + 1) // 2] - side * distance


def kernels_from(law: Law, side: int, names: tuple[str, ...]) -> Kernels | None:
    """Kernels of the law as functions of the distance, in place of the datum; None where it cannot be traced."""
    if not set(law.support.depends_on) <= set(law.arguments) or compiled.kernels(law, names).derivatives == "numeric":
        return None
    key = "seen from", side
    if key not in law.kept_compositions:
        law.kept_compositions[key] = _seen_from(law, side)
    found = compiled.kernels(law.kept_compositions[key], names)
    return found if found.derivatives == "symbolic" else None


def _seen_from(law: Law, side: int) -> Law:
    def at(distance: Any, *operands: Any) -> Any:
        return position(law, side, distance, dict(zip(law.arguments[1:], operands, strict=True)))

    return replace(law, support=Positive(), functions={}, theorems=(), origin="", cases=(), position=at)
