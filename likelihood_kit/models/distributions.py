"""Distribution functions of a family at many samples: in closed form, or by integration between their observations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from likelihood_kit.families import Family

#: Distribution functions in closed form, by which the places are found where a family has one of them.
DISTRIBUTION = ("cdf", "survival", "log_cdf", "log_survival")
#: Values of a distribution function that are integrated at once, and densities between observations: 50 MB each.
INTEGRATED, DENSITIES = 2**14, 2**22
#: Nodes of a Gauss-Legendre rule between two observations, exact for polynomials of degree 31.
NODES = 16
#: Error of a place that no distance would show: 1 / 999 of the spacing of 1,000 places.
NEGLIGIBLE = 1e-6
#: Whole numbers over which probabilities are summed, at most.
MOST_NUMBERS = 10**4

#: P(Y <= y) at y `(m, n)` and parameters `(m, 1)` or `(m, n)` by name.
Distribution = Callable[[np.ndarray, Mapping[str, Any]], np.ndarray]


def closed_distribution(family: Family, known: Mapping[str, np.ndarray]) -> Distribution | None:
    """P(Y <= y) at y and theta by name, in closed form; None where the family has none."""
    kind = next((name for name in DISTRIBUTION if name in family.law.functions), None)
    if kind is None or family.law.observed:
        return None

    def probability(y: np.ndarray, theta: Mapping[str, Any]) -> np.ndarray:
        values = getattr(family, kind)(y, **theta, **known)
        values = np.exp(values) if kind.startswith("log_") else values
        return 1 - values if kind.endswith("survival") else values

    return probability


def integrated_distribution(family: Family, known: Mapping[str, np.ndarray]) -> Distribution:
    """The same by integration of the density.

    Where all observations of a sample have one law, between one and the next; that this comes to the right place at the
    last one is checked.
    """
    alike = not any(np.ptp(values) for values in known.values())
    constants = {name: values[0] for name, values in known.items()} if alike else {}

    def probability(y: np.ndarray, theta: Mapping[str, Any]) -> np.ndarray:
        if not alike or any(np.shape(value)[-1:] not in ((), (1,)) for value in theta.values()):
            return _one_by_one(family, y, {**theta, **known})
        lines = max(1, DENSITIES // (y.shape[1] * NODES))
        every = {**theta, **constants}
        found = np.empty(y.shape)
        for begin in range(0, len(y), lines):
            rows = slice(begin, begin + lines)
            there = {name: value[rows] if np.ndim(value) else value for name, value in every.items()}
            found[rows] = (_summed if family.discrete else _between)(family, y[rows], there)
        return found

    return probability


def _one_by_one(family: Family, y: np.ndarray, values: Mapping[str, Any]) -> np.ndarray:
    """Distribution function of each observation by itself, a part of them at a time."""
    every = {name: np.ravel(np.broadcast_to(value, y.shape)) for name, value in values.items()}
    flat, found = np.ravel(y), np.empty(y.size)
    for begin in range(0, y.size, INTEGRATED):
        part = slice(begin, begin + INTEGRATED)
        found[part] = family.cdf(flat[part], **{name: value[part] for name, value in every.items()})
    return found.reshape(y.shape)


def _between(family: Family, y: np.ndarray, values: Mapping[str, Any]) -> np.ndarray:
    """Distribution function at samples `(m, n)` of continuous laws, from each observation to the next."""
    order = np.argsort(y, axis=-1)
    ordered = np.take_along_axis(y, order, axis=-1)
    half, middle = np.diff(ordered, axis=-1) / 2, (ordered[:, 1:] + ordered[:, :-1]) / 2
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    deep = {name: value[..., None] if np.ndim(value) else value for name, value in values.items()}
    with np.errstate(all="ignore"):
        density = family.density(middle[..., None] + half[..., None] * nodes, **deep)
        gained = np.cumsum(half * (density @ weights), axis=-1)
    ends = family.cdf(ordered[:, [0, -1]], **values)
    found = ends[:, :1] + np.concatenate([np.zeros((len(y), 1)), gained], axis=-1)
    wrong = ~(np.abs(found[:, -1] - ends[:, 1]) <= NEGLIGIBLE)
    if wrong.any():
        there = {name: value[wrong] if np.ndim(value) else value for name, value in values.items()}
        found[wrong] = _one_by_one(family, ordered[wrong], there)
    result = np.empty(y.shape)
    np.put_along_axis(result, order, found, axis=-1)
    return result


def _summed(family: Family, y: np.ndarray, values: Mapping[str, Any]) -> np.ndarray:
    """Distribution function at samples `(m, n)` of whole numbers, by the probabilities up to the largest."""
    low, top = family.support.numbers[0], float(np.max(y, initial=0.0))
    if family.law.support.depends_on or not np.isfinite(low) or top - low > MOST_NUMBERS:
        return _one_by_one(family, y, values)
    total = np.cumsum(family.density(np.arange(low, top + 1), **values), axis=-1)
    total = np.broadcast_to(total, (len(y), total.shape[-1]))
    place = (y - low).astype(int)
    return np.where(place < 0, 0.0, np.take_along_axis(total, np.maximum(place, 0), axis=-1))
