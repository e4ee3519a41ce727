"""Sums against a density on whole numbers, which comes as a function."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from likelihood_kit._numerics.location import Integrand
from likelihood_kit.errors import NotAvailableError

#: A summation over an infinite support stops once this much of the mass is missing at most.
MISSING_MASS = 1e-15
#: Mass that a summation must have met before it may stop: all, but for what rounds in the density of large counts.
LEAST_MASS = 1 - 1e-6
#: Largest number of support points ever summed.
LARGEST_SUM = 2**24


def sums(
    integrands: Sequence[Integrand],
    log_density: Integrand,
    low: np.ndarray,
    high: np.ndarray,
    theta: list[np.ndarray],
    least_mass: float,
    what: str,
) -> list[np.ndarray]:
    """Totals over the whole numbers from low to high of integrands times probability, `(...)` each.

    Raises
    ------
    NotAvailableError
        Where they do not converge, with at least so much of the mass met.
    """
    theta = [t[..., None] for t in theta]
    totals = [np.zeros(low.shape) for _ in integrands]
    mass = np.zeros(low.shape)
    begin, size = 0, 256
    while begin < LARGEST_SUM:
        y = low[..., None] + np.arange(begin, begin + size)
        inside = y <= high[..., None]
        with np.errstate(all="ignore"):
            probability = np.where(inside, np.exp(log_density(np.where(inside, y, low[..., None]), *theta)), 0.0)
            probability = np.where(np.isfinite(probability), probability, 0.0)
            additions = []
            for integrand in integrands:
                terms = np.where(probability > 0, integrand(y, *theta) * probability, 0.0)
                additions.append(terms.sum(axis=-1))
        totals = [total + addition for total, addition in zip(totals, additions, strict=True)]
        mass = mass + probability.sum(axis=-1)
        begin, size = begin + size, 2 * size
        small = all(np.all(np.abs(a) <= MISSING_MASS * np.abs(t)) for a, t in zip(additions, totals, strict=True))
        if np.all(~inside[..., -1]) or (small and np.all(mass > least_mass)):
            return totals
    raise NotAvailableError(
        f"{what} does not exist, or its sum over the support does not converge within {LARGEST_SUM} terms"
    )
