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


def third_cumulants(family: Handle, values: Mapping[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """E[l_abc] and E[l_ab l_c] of one observation, `(..., p, p, p)` each, in the free parameters, natural scale.

    Parameters
    ----------
    family : Family
    values : dict of name to array
        Quantities in the coordinates in use, `(...)`.

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

    def third(a: int, b: int, c: int) -> OfObservation:
        return lambda y, quantities: found(y, quantities)[at(a, b, c)]

    def product(a: int, b: int, c: int) -> OfObservation:
        def evaluate(y: np.ndarray, quantities: Mapping[str, np.ndarray]) -> np.ndarray:
            each = found(y, quantities)
            return each[at(a, b)] * each[at(c)]

        return evaluate

    functions = [*(third(*triple) for triple in triples), *(product(*triple) for triple in mixed)]
    results = expectations_of_rows(family, functions, values, "third cumulant")
    shape = results[0].shape
    thirds, products = np.empty((*shape, p, p, p)), np.empty((*shape, p, p, p))
    for triple, value in zip(triples, results, strict=False):
        for order in set(itertools.permutations(triple)):
            thirds[..., order[0], order[1], order[2]] = value
    for (a, b, c), value in zip(mixed, results[len(triples) :], strict=True):
        products[..., a, b, c] = products[..., b, a, c] = value
    return thirds, products
