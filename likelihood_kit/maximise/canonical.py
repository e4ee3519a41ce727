"""Canonical parameter of a sample whose law is a full exponential family, found from coefficients of its statistics."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from likelihood_kit.calculus import DATUM
from likelihood_kit.families import Family
from likelihood_kit.likelihood import Likelihood

#: Size of a statistic by whose coefficient the rest of a log density is rounded away.
LARGE = 2.0**60
#: Points at which the coefficients are compared, beside twice as many as there are parameters.
FURTHER_POINTS = 4
#: Singular values of their differences, relative to the largest, above which a direction is one of the canonical
#: parameter, and below which it is rounding; between them nobody knows.
A_DIRECTION, ROUNDING = 1e-6, 1e-9


@dataclass(frozen=True, eq=False)
class CanonicalParameter:
    r"""Canonical parameter :math:`\varphi (k,)` of a sample, an affine function of the coefficients of its statistics.

    Attributes
    ----------
    likelihood : Likelihood
    depends : tuple of bool
        Which statistics of its kernel depend on the response.
    weights : (c, k)
        Of the coefficients, those of one statistic after the other at all rows.
    """

    likelihood: Likelihood
    depends: tuple[bool, ...]
    weights: np.ndarray

    def at(self, working: np.ndarray) -> np.ndarray:
        """The canonical parameter `(m, k)` at working vectors `(m, k)`."""
        found: np.ndarray = _coefficients(self.likelihood, self.depends, working) @ self.weights
        return found

    def slopes(self, working: np.ndarray) -> np.ndarray:
        """Its derivatives `(k, k)` in the working vector `(k,)`, rows for the canonical parameter."""
        likelihood, n = self.likelihood, self.likelihood.sample.rows
        predictors = likelihood.predictors
        eta = [p.linear(working[None, place]) for p, place in zip(predictors, likelihood.places, strict=True)]
        theta = [p.link.inverse(e) for p, e in zip(predictors, eta, strict=True)]
        bends = [p.link.slopes(e, t)[0] for p, e, t in zip(predictors, eta, theta, strict=True)]
        operands = likelihood.operands(theta, slice(None))
        kernel: Any = likelihood.kernels.statistics
        base = kernel.combine((0.0,) * len(self.depends), *operands)[1]
        found = np.zeros((self.weights.shape[1], len(working)))
        rows = len(self.weights) // sum(self.depends)
        for at, unit in enumerate(_units(self.depends)):
            weights = self.weights[at * rows : (at + 1) * rows]
            scores = kernel.combine(unit, *operands)[1]
            for i, (predictor, place) in enumerate(zip(predictors, likelihood.places, strict=True)):
                free = likelihood.free[i]
                entry = np.broadcast_to((scores[free] - base[free]) / LARGE * bends[i], (1, rows))
                columns = np.ones((rows, 1)) if predictor.columns is None else predictor.columns[:n]
                found[:, place] += weights.T @ (entry[0][:, None] * columns)
        return found


def canonical_parameter(
    family: Family, likelihood: Likelihood, estimate: np.ndarray, transform: np.ndarray
) -> CanonicalParameter | None:
    """Canonical parameter of a sample near an estimate; None where its law is no full exponential family.

    It is one where the coefficients of its statistics, of all rows together, lie in an affine space of as many
    dimensions as there are parameters: an independent and identically distributed sample of a minimal family, a
    regression on a canonical parameter, a linear regression with normal errors. In a curved family they fill more.

    Parameters
    ----------
    family : Family
    likelihood : Likelihood
        Of the rows of one sample.
    estimate : (k,)
        Working vector.
    transform : (k, k)
        From standard errors to working vectors.
    """
    kernel = likelihood.kernels.statistics
    if kernel is None or kernel.value_combine is None or kernel.products is None or not family.regular:
        return None
    depends, k = tuple(of_the_response(family, kernel)), len(estimate)
    if not any(depends):
        return None
    moves = np.random.default_rng(k).standard_normal((2 * k + FURTHER_POINTS, k))
    with np.errstate(all="ignore"):
        found = _coefficients(likelihood, depends, np.concatenate([estimate[None], estimate + moves @ transform.T]))
    differences = found[1:] - found[0]
    size = np.abs(differences).max(axis=0)
    if not np.isfinite(differences).all() or not size.any():
        return None
    size[size == 0] = 1.0
    _, singular, directions = np.linalg.svd(differences / size, full_matrices=False)
    if len(singular) < k or not singular[k - 1] > A_DIRECTION * singular[0]:
        return None
    if len(singular) > k and not singular[k] <= ROUNDING * singular[0]:
        return None
    return CanonicalParameter(likelihood, depends, directions[:k].T / size[:, None])


def of_the_response(family: Family, kernel: Any) -> list[bool]:
    """Which statistics of a kernel depend on the response."""
    law = family.law
    moved = []
    for shift in (0.0, 1.0):
        data = [
            0.25 + shift if name == DATUM or name in law.observed else family.fixed.get(name, 3.0) for name in law.data
        ]
        with np.errstate(all="ignore"):
            products = kernel.products(kernel.hoist(*map(np.asarray, data)), *[np.nan] * len(family.coordinate_names))
        moved.append([float(np.asarray(product)) for product in products])
    return [one != other for one, other in zip(*moved, strict=True)]


def _units(depends: tuple[bool, ...]) -> list[tuple[float, ...]]:
    """Statistics of which one that depends on the response is large, and the others 0."""
    return [tuple(LARGE * (i == j) for i in range(len(depends))) for j, depending in enumerate(depends) if depending]


def _coefficients(likelihood: Likelihood, depends: tuple[bool, ...], working: np.ndarray) -> np.ndarray:
    """Coefficients `(m, c)` of the statistics of the response, of all rows that differ, at working `(m, k)`."""
    operands = likelihood.operands(likelihood.natural(working), slice(None))
    rows = 1 if likelihood.identical else likelihood.sample.rows
    kernel: Any = likelihood.kernels.statistics
    base = kernel.value_combine((0.0,) * len(depends), *operands)
    found = [(kernel.value_combine(unit, *operands) - base) / LARGE for unit in _units(depends)]
    return np.concatenate([np.broadcast_to(part, (len(working), rows)) for part in found], axis=1)
