"""Expectations under a law of any functions of one observation."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from likelihood_kit._numerics import expectations as numeric_expectations
from likelihood_kit.families import operands
from likelihood_kit.families.compositions.censored import EVENT, LIMIT
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
        return lambda y, *rest: _evaluated(function, y, dict(zip(names, rest[len(theta) :], strict=True)))

    def log_density(y: np.ndarray, *rest: np.ndarray) -> np.ndarray:
        return density(y, *rest[: len(theta)])

    every = [*theta, *(np.asarray(value, dtype=float) for value in values.values())]
    return law_expectations(law, ([integrand(f) for f in functions], log_density), ends, every, what, lambda side: None)


def expectations_of_rows(
    family: Handle, functions: Sequence[OfObservation], values: Mapping[str, np.ndarray], what: str
) -> list[np.ndarray]:
    """The same, of censored laws too, whose functions find `event` among the quantities."""
    if any(case.column == EVENT for case in family.law.cases):
        return _of_censored(family, functions, values, what)
    return expectations(family, functions, values, what)


def _evaluated(function: OfObservation, y: np.ndarray, values: Mapping[str, np.ndarray]) -> np.ndarray:
    return np.asarray(function(y, values), dtype=float) + np.zeros_like(y)


def _of_censored(
    family: Handle, functions: Sequence[OfObservation], values: Mapping[str, np.ndarray], what: str
) -> list[np.ndarray]:
    """E[f(Y, 1); Y <= limit] + P(Y > limit) f(limit, 0) of a censored law, for each function f of value and event."""
    operands.require(family, (LIMIT,), values, what)
    law, beyond = (next(case.law for case in family.law.cases if case.value == seen) for seen in (1, 0))
    canonical = operands.canonical(family, values)
    density, theta = canonical_density(law, canonical)
    tail, _ = canonical_density(beyond, canonical)
    every = np.broadcast_arrays(*theta, *(np.asarray(value, dtype=float) for value in values.values()))
    theta, named = list(every[: len(theta)]), dict(zip(values, every[len(theta) :], strict=True))
    low, high = (np.broadcast_to(end, every[0].shape).astype(float) for end in law.support.ends(canonical))
    end = np.clip(np.floor(named[LIMIT]) if law.whole else named[LIMIT], low, high)

    def seen(function: OfObservation) -> Callable[..., np.ndarray]:
        def evaluate(y: np.ndarray, *rest: np.ndarray) -> np.ndarray:
            quantities = dict(zip(values, rest[len(theta) :], strict=True))
            return _evaluated(function, y, {**quantities, EVENT: np.ones_like(y)})

        return evaluate

    parts = numeric_expectations(
        [seen(function) for function in functions], lambda y, *rest: density(y, *rest[: len(theta)]), low, end, every,
        whole=law.whole, what=f"{family.law.title}: the {what}",
    )  # fmt: skip
    with np.errstate(all="ignore"):
        mass = np.where(end < high, np.exp(tail(end, *theta)), 0.0)
        ended = {**named, EVENT: np.zeros_like(end)}
        return [
            part + np.where(mass > 0, mass * _evaluated(function, end, ended), 0.0)
            for part, function in zip(parts, functions, strict=True)
        ]
