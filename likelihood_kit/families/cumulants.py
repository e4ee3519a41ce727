"""Third-order cumulants of the derivatives of a log density: what the bias of maximum likelihood is made of."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import numpy as np

from likelihood_kit.calculus import DATUM, higher_derivatives
from likelihood_kit.calculus.multi_index import MultiIndex, multi_indices
from likelihood_kit.errors import NotAvailableError, TraceError
from likelihood_kit.families.expectations import OfObservation, expectations_of_rows
from likelihood_kit.families.handle import Handle


def third_cumulants(
    family: Handle, values: Mapping[str, np.ndarray], directions: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """E[l_abc] and E[l_ab l_c] of one observation, `(..., p, p, p)` each, in the free parameters, natural scale.

    Parameters
    ----------
    family : Family
    values : dict of name to array
        Quantities in the coordinates in use, `(...)`.
    directions : (p, p), optional
        Directions, by columns, along which the derivatives are taken instead, before their expectations are.

    Raises
    ------
    NotAvailableError
        Where third derivatives have no symbolic form, or an expectation is not known.
    """
    names, free = family.coordinate_names, family.free
    try:
        derivatives = higher_derivatives(family.formula, 3)
    except TraceError as error:
        raise NotAvailableError(f"{family.name}: its third derivatives have no symbolic form ({error})") from None
    every = multi_indices(len(names), 3)

    def at(*entries: int) -> MultiIndex:
        return tuple(sum(free[entry] == i for entry in entries) for i in range(len(names)))

    def found(y: np.ndarray, quantities: Mapping[str, np.ndarray]) -> dict[MultiIndex, np.ndarray]:
        data = [y if name == DATUM else quantities[name] for name in family.law.data]
        return dict(zip(every, derivatives(data, [quantities[name] for name in names]), strict=True))

    p = len(free)
    triples = list(itertools.combinations_with_replacement(range(p), 3))
    mixed = [(a, b, c) for a, b in itertools.combinations_with_replacement(range(p), 2) for c in range(p)]

    def along(*which: int) -> dict[MultiIndex, float]:
        """Derivative along parameters, or along the directions of these numbers: weights of the partial ones."""
        if directions is None:
            return {at(*which): 1.0}
        weights: dict[MultiIndex, float] = {}
        for way in itertools.product(range(p), repeat=len(which)):
            weight = float(np.prod([directions[i, d] for i, d in zip(way, which, strict=True)]))
            weights[at(*way)] = weights.get(at(*way), 0.0) + weight
        return weights

    def entry(*factors: dict[MultiIndex, float]) -> OfObservation:
        """Product of derivatives."""

        def evaluate(y: np.ndarray, quantities: Mapping[str, np.ndarray]) -> np.ndarray:
            each = found(y, quantities)
            sums = [sum(weight * each[index] for index, weight in factor.items() if weight) for factor in factors]
            return np.asarray(np.prod(np.broadcast_arrays(*sums), axis=0))

        return evaluate

    functions = [*(entry(along(*triple)) for triple in triples), *(entry(along(a, b), along(c)) for a, b, c in mixed)]
    results = expectations_of_rows(family, functions, values, "third cumulant")
    shape = results[0].shape
    thirds, products = np.empty((*shape, p, p, p)), np.empty((*shape, p, p, p))
    for triple, value in zip(triples, results, strict=False):
        for order in set(itertools.permutations(triple)):
            thirds[..., order[0], order[1], order[2]] = value
    for (a, b, c), value in zip(mixed, results[len(triples) :], strict=True):
        products[..., a, b, c] = products[..., b, a, c] = value
    return thirds, products
