"""Whether a formula can be integrated as a density: a number everywhere inside its support, of total mass 1."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from likelihood_kit._numerics import locate_mass
from likelihood_kit.errors import FormulaError, NotAvailableError
from likelihood_kit.families import fallbacks, trial
from likelihood_kit.families.law import Law

#: Points of the quantities at which a law is tried.
ATTEMPTED = 8
#: Interquartile ranges from the median at which it is asked whether the density is a number.
ASKED_AT = np.linspace(-8.0, 8.0, 33)


def typical_points(law: Law) -> Iterator[dict[str, np.ndarray]]:
    """Typical values of the quantities by name, one point after the other, where the support is no empty one."""
    drawn = trial.quantities(law)
    for i in range(ATTEMPTED):
        values = {name: np.asarray(column[i]) for name, column in drawn.items()}
        low, high = law.support.ends(values)
        if np.all(low < high):
            yield values


def quartiles_of(law: Law, values: Mapping[str, Any]) -> np.ndarray:
    """Rough quartiles of a continuous law, `(3,)`, at numbers for its quantities by name."""
    density, operands = fallbacks.canonical_density(law, values)
    low, high = (np.asarray(end, dtype=float) for end in law.support.ends(values))
    return locate_mass(density, low, high, operands)


def nan_inside(law: Law, values: Mapping[str, Any]) -> str:
    """Where inside its support the log density of a continuous law is not a number, in words; empty for nowhere."""
    first, middle, last = quartiles_of(law, values)
    y = middle + (last - first) * ASKED_AT
    y = y[law.support.contains(y, values)]
    density, operands = fallbacks.canonical_density(law, values)
    with np.errstate(all="ignore"):
        wrong = np.isnan(density(y, *operands))
    if not wrong.any():
        return ""
    at = ", ".join(f"{name} = {float(value):.6g}" for name, value in values.items())
    return f"log_density is NaN inside the support, at y = {y[np.argmax(wrong)]:.6g}, {at}: declare a smaller support"


def require_density(law: Law) -> None:
    """Refuse the formula of a user's own law that is no density at any typical value of its parameters; tried once.

    Integrals of such a one in every step of a search would have no end, and no meaning.

    Raises
    ------
    FormulaError
    """
    if law.is_of_the_kit or not law.origin or law.observed:
        return
    key = ("density",)
    if key not in law.kept_answers:
        law.kept_answers[key] = _why_no_density(law)
    if law.kept_answers[key]:
        raise FormulaError(f"family {law.title}: {law.kept_answers[key]}")


def _why_no_density(law: Law) -> str:
    """Why the formula is no density at any typical value where this can be told; empty where at one it is."""
    found = []
    for values in typical_points(law):
        try:
            words = "" if law.whole else nan_inside(law, values)
            middle = fallbacks.plain_value(law.support.at(values)) if law.whole else quartiles_of(law, values)[1]
        except NotAvailableError:
            continue
        if not words:
            words = fallbacks.other_mass(law, "tail", np.asarray(middle, dtype=float), values)
        if not words:
            return ""
        found.append(words)
    return found[0] if found else ""
