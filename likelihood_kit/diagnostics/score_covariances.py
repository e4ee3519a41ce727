r"""Covariances of scores and log densities at two parameters, under the law of the first: what r* is made of.

Per observation :math:`S = \mathrm{cov}_{\hat\theta}\{\ell'(\hat\theta), \ell'(\tilde\theta)\}` and
:math:`q = \mathrm{cov}_{\hat\theta}\{\ell'(\hat\theta), \ell(\hat\theta) - \ell(\tilde\theta)\}`.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from likelihood_kit.calculus import DATUM
from likelihood_kit.errors import InformationWarning, NotAvailableError
from likelihood_kit.families import Family
from likelihood_kit.families.expectations import OfObservation, expectations

#: Before the names of parameters of the second law.
OTHER = "other "


def score_covariances(
    family: Family, here: Mapping[str, np.ndarray], there: Mapping[str, np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """S `(m, p, p)` and q `(m, p)` of m observations, in the free parameters, natural scale; by quadrature or sums.

    Parameters
    ----------
    family : Family
    here, there : dict of name to (m,)
        Quantities in the coordinates in use; under the law `here`, whose scores are the rows of S.

    Raises
    ------
    NotAvailableError
        Where an expectation is not known.
    """
    at = _Pair(family)

    def product(a: int, b: int) -> OfObservation:
        def evaluate(y: np.ndarray, quantities: Mapping[str, np.ndarray]) -> np.ndarray:
            first, second, _ = at.of(y, quantities)
            return first[a] * second[b]

        return evaluate

    def with_ratio(a: int) -> OfObservation:
        def evaluate(y: np.ndarray, quantities: Mapping[str, np.ndarray]) -> np.ndarray:
            first, _, ratio = at.of(y, quantities)
            return first[a] * ratio

        return evaluate

    p = len(family.free)
    functions = [product(a, b) for a in range(p) for b in range(p)] + [with_ratio(a) for a in range(p)]
    values = {**here, **{OTHER + name: there[name] for name in family.coordinate_names}}
    with warnings.catch_warnings():
        warnings.simplefilter("error", InformationWarning)
        try:
            found = expectations(family, functions, values, "covariance of its scores at two parameters")
        except InformationWarning as error:
            raise NotAvailableError(str(error)) from None
    m = max(np.size(value) for value in values.values())
    table = np.stack([np.broadcast_to(entry, (m,)) for entry in found], axis=1)
    return table[:, : p * p].reshape(m, p, p), table[:, p * p :]


class _Pair:
    """Scores and log densities at both parameters, of which all integrands at the same operands are made: kept once."""

    def __init__(self, family: Family) -> None:
        self._family = family
        self._operands: list[np.ndarray] = []
        self._found: tuple[list[Any], list[Any], Any] = ([], [], None)

    def of(self, y: np.ndarray, quantities: Mapping[str, np.ndarray]) -> tuple[list[Any], list[Any], Any]:
        """Scores `[p]` at the first and at the second parameters, and the logarithm of the ratio of their densities."""
        operands = [y, *quantities.values()]
        same = len(operands) == len(self._operands)
        if not same or any(one is not other for one, other in zip(operands, self._operands, strict=True)):
            self._operands, self._found = operands, self._evaluated(y, quantities)
        return self._found

    def _evaluated(self, y: np.ndarray, quantities: Mapping[str, np.ndarray]) -> tuple[list[Any], list[Any], Any]:
        family = self._family
        rows, names = family.kernels.rows, family.coordinate_names
        data = [y if name == DATUM else quantities[name] for name in family.law.data]
        here, there = ([quantities[start + name] for name in names] for start in ("", OTHER))
        first, second = rows.scores_at(data, here), rows.scores_at(data, there)
        ratio = rows.value_at(data, here) - rows.value_at(data, there)
        return [first[i] for i in family.free], [second[i] for i in family.free], ratio


def chained(
    covariance: np.ndarray,
    with_ratio: np.ndarray,
    designs: Sequence[np.ndarray | None],
    slopes: Sequence[Sequence[np.ndarray]],
    weights: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """S `(k, k)` and q `(k,)` of a sample in working coordinates, from those of its rows.

    Parameters
    ----------
    covariance, with_ratio : (n, p, p), (n, p)
    designs : sequence of p (n, q) arrays or None
        Of each parameter; None where nothing predicts it.
    slopes : two sequences of p arrays (n,)
        Derivatives of the natural parameter in the linear predictor, at the first parameters and at the second.
    weights : (n,)
        Frequencies of the rows.
    """
    columns = [np.ones((len(weights), 1)) if design is None else design for design in designs]
    left = [(weights * slope)[:, None] * part for slope, part in zip(slopes[0], columns, strict=True)]
    right = [slope[:, None] * part for slope, part in zip(slopes[1], columns, strict=True)]
    p = len(columns)
    blocks = [[(left[a] * covariance[:, a, b, None]).T @ right[b] for b in range(p)] for a in range(p)]
    return np.block(blocks), np.concatenate([left[a].T @ with_ratio[:, a] for a in range(p)])
