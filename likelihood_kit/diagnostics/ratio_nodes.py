"""Variances of ratios of densities by one set of nodes, for a search that needs hundreds of them.

What the nodes cannot tell to the error that adaptive quadrature is trusted to, by the rule of twice the step or by what
lies at the outermost nodes, is left to adaptive quadrature. A variance that still grows at the outermost nodes is taken
for infinite: a search that leaves out a displacement finds a bound still.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from likelihood_kit._numerics.fixed_nodes import continuous_nodes, whole_nodes
from likelihood_kit._numerics.quadrature import TRUSTED_ERROR
from likelihood_kit.diagnostics.bounds import Question
from likelihood_kit.errors import LikelihoodKitError
from likelihood_kit.families import Family

#: Outermost nodes on each side, whose part of a variance must be as small.
OUTERMOST = 3


@dataclass(frozen=True, eq=False)
class RatioNodes:
    """Nodes of the true law.

    Attributes
    ----------
    family : Family
    known : dict of str to float
        Known quantities that the family does not hold fixed.
    y, log_probability, here : (m,)
        Nodes, logarithms of their weights times the density, and of the density.
    coarse : (m,) bool or None
        Which make up the rule of twice the step; None of a sum.
    """

    family: Family
    known: Mapping[str, float]
    y: np.ndarray
    log_probability: np.ndarray
    here: np.ndarray
    coarse: np.ndarray | None

    def variance(self, place: Mapping[str, float], near: float) -> tuple[float, float] | None:
        """Variance of the ratio of one observation at a place, and its error by rounding; None where not known.

        Parameters
        ----------
        near : float
            Variance below which its error is that of the square of a small logarithm.
        """
        with np.errstate(all="ignore"):
            there = self.family.log_density(self.y, **place, **self.known)
            ratio = there - self.here
            away = np.where(ratio > 0, ratio + np.log1p(-np.exp(-np.abs(ratio))), np.log(-np.expm1(-np.abs(ratio))))
            terms = np.exp(self.log_probability + 2 * away)
            rounded = np.finfo(float).eps * (1 + np.abs(there) + np.abs(self.here))
        empty = self.log_probability == -np.inf
        terms, rounded = np.where(empty, 0.0, terms), np.where(empty, 0.0, rounded)
        value = float(terms.sum())
        if self._grows(terms, value):
            return np.inf, 0.0
        if not 0 < value < np.inf or not self._settled(terms, value):
            return None
        probability = np.exp(self.log_probability)
        with np.errstate(all="ignore"):
            if value < near:
                squared = float(np.where(empty, 0.0, probability * rounded**2).sum())
                return value, 2 * np.sqrt(squared * value) + squared
            return value, float(np.where(empty, 0.0, np.exp(self.log_probability + 2 * ratio) * rounded).sum())

    def _grows(self, terms: np.ndarray, value: float) -> bool:
        """Whether the outermost node of a side has the largest term of its neighbours, and one that counts."""
        if value == np.inf:
            return True
        if self.coarse is None or not value > 0:
            return False
        half = len(terms) // 2
        sides = [side for side in (terms[:half], terms[half:]) if side[0] > TRUSTED_ERROR * value]
        return any(side[0] >= side[1:OUTERMOST].max() for side in sides)

    def _settled(self, terms: np.ndarray, value: float) -> bool:
        """Whether nothing is missing beyond the nodes, or between them."""
        if self.coarse is None:
            return bool(terms[-OUTERMOST:].sum() <= TRUSTED_ERROR * value)
        half = len(terms) // 2
        outer = sum(float(side[:OUTERMOST].sum()) for side in (terms[:half], terms[half:]))
        return (
            outer <= TRUSTED_ERROR * value and abs(2 * float(terms[self.coarse].sum()) - value) <= TRUSTED_ERROR * value
        )


def ratio_nodes(family: Family, question: Question) -> RatioNodes | None:
    """Nodes of the true law; None where it has none that serve: it moves its support, or they lose some of its mass."""
    law = family.law
    if law.support.depends_on or law.observed:
        return None
    known = {name: float(v) for name, v in question.values.items() if name in law.known and name not in family.fixed}

    def log_density(y: np.ndarray) -> np.ndarray:
        with np.errstate(all="ignore"):
            found = np.asarray(family.log_density(y, **question.theta, **known))
        return np.where(np.isnan(found), -np.inf, found)

    low, high = (float(end) for end in law.support.ends())
    try:
        if law.whole:
            y = whole_nodes(log_density, low, high)
            if y is None:
                return None
            here = log_density(y)
            return RatioNodes(family, known, y, here, here, None)
        y, weights, coarse = continuous_nodes(log_density, low, high)
    except LikelihoodKitError:
        return None
    here = log_density(y)
    log_probability = np.where(np.isfinite(weights + here), weights + here, -np.inf)
    mass = np.exp(log_probability)
    if not abs(mass.sum() - 1) <= TRUSTED_ERROR or not abs(2 * mass[coarse].sum() - 1) <= TRUSTED_ERROR:
        return None
    return RatioNodes(family, known, y, log_probability, here, coarse)
