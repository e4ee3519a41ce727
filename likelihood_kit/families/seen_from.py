"""A law as a function of the distance from an end of its support, for integrals over a pole there.

Next to an end at 1 numbers lie 1e-16 apart: a density that grows as `distance ** -0.6` has 4e-7 of its mass nearer
than that. Written in the distance its formula keeps every digit: the trace takes the end away before a number comes in.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from likelihood_kit.calculus import DATUM, Kernels
from likelihood_kit.families import compiled
from likelihood_kit.families.law import Law, with_signature
from likelihood_kit.parameters import Positive


def position(law: Law, side: int, distance: Any, values: Any) -> Any:
    """The value that lies at a distance from an end: from the lower one for side -1, from the upper one for 1."""
    return law.support.ends(values)[(side + 1) // 2] - side * distance


def seen_from(law: Law, side: int) -> Law:
    """The law of the distance from an end of the support, in place of the datum; made once."""
    key = "seen from", side
    if key not in law.kept_compositions:
        law.kept_compositions[key] = _seen_from(law, side)
    return law.kept_compositions[key]


def kernels_from(law: Law, side: int, names: tuple[str, ...]) -> Kernels | None:
    """Kernels of the law of the distance; None where its formula cannot be traced."""
    found = compiled.kernels(seen_from(law, side), names)
    return found if found.derivatives == "symbolic" else None


def _seen_from(law: Law, side: int) -> Law:
    names = law.arguments[1:]
    needed = [name for name in law.support.depends_on if name not in names]

    def log_density(distance: Any, *operands: Any) -> Any:
        values = dict(zip((*names, *needed), operands, strict=True))
        at = {**values, DATUM: position(law, side, distance, values)}
        return law.log_density(*(at[name] for name in law.arguments))

    return replace(
        law,
        log_density=with_signature(log_density, (DATUM, *names, *needed)),
        support=Positive(),
        functions={},
        theorems=(),
        origin="",
        cases=(),
    )
