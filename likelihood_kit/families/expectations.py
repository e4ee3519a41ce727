"""Expectations under a law of any functions of one observation."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from likelihood_kit.families import operands
from likelihood_kit.families.fallbacks import canonical_density, law_expectations, one_column
from likelihood_kit.families.handle import Handle

#: A function of the response and of all quantities by name, elementwise.
OfObservation = Callable[[np.ndarray, Mapping[str, np.ndarray]], Any]


def expectations(
    family: Handle, functions: Sequence[OfObservation], values: Mapping[str, np.ndarray], what: str
) -> list[np.ndarray]:
    """Expectations, one for each function of the response, by quadrature or summation; `(...)` each.

    Parameters
    ----------
    family : Family
    functions : sequence of callables
        `function(y, values)`, elementwise.
    values : dict of name to array
        Quantities, in the coordinates in use, that broadcast to `(...)`.
    what : str
        For refusals.

    Raises
    ------
    NotAvailableError
        Where one is not known.
    """
    law = family.law
    one_column(law, what)
    canonical = operands.canonical(family, values)
    density, theta = canonical_density(law, canonical)
    names = list(values)
    ends = law.support.ends(canonical if law.support.depends_on else {})

    def integrand(function: OfObservation) -> Callable[..., np.ndarray]:
        def evaluate(y: np.ndarray, *rest: np.ndarray) -> np.ndarray:
            found = function(y, dict(zip(names, rest[len(theta) :], strict=True)))
            return np.asarray(found, dtype=float) + np.zeros_like(y)

        return evaluate

    def log_density(y: np.ndarray, *rest: np.ndarray) -> np.ndarray:
        return density(y, *rest[: len(theta)])

    every = [*theta, *(np.asarray(value, dtype=float) for value in values.values())]
    return law_expectations(law, ([integrand(f) for f in functions], log_density), ends, every, what, lambda side: None)
