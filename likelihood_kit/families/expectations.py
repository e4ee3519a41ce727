"""Expectations under a law of any functions of one observation."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from likelihood_kit.families import operands
from likelihood_kit.families.fallbacks import canonical_density, law_expectations, one_column
from likelihood_kit.families.handle import Handle


def expectations(
    family: Handle, functions: Sequence[Callable[[np.ndarray], Any]], values: Mapping[str, np.ndarray], what: str
) -> np.ndarray:
    """Expectations, one for each function of the response, by quadrature or summation.

    Parameters
    ----------
    family : Family
    functions : sequence of m callables
        `function(y)`, elementwise.
    values : dict of name to number
        Quantities, in the coordinates in use.
    what : str
        For refusals.

    Returns
    -------
    (m,) array
    """
    law = family.law
    one_column(law, what)
    canonical = operands.canonical(family, values)
    density, theta = canonical_density(law, canonical)
    ends = law.support.ends(canonical if law.support.depends_on else {})
    integrands = [lambda y, *_, f=function: np.asarray(f(y), dtype=float) + np.zeros_like(y) for function in functions]
    found = law_expectations(law, (integrands, density), ends, theta, what, lambda side: None)
    return np.array([float(np.ravel(entry)[0]) for entry in found])
