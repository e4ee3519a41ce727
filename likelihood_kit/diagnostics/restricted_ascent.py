"""Highest point of a function under a linear restriction, by ascents from several starts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from likelihood_kit.diagnostics.ascent import Shape, Summit, ascended

#: By what coefficients are multiplied to start where a likelihood is flat, as along a direction that separates
#: successes from failures: the flat part of a logit is a few units away, that of a design with close rows farther.
SCALES = (2.0, 5.0, 20.0)

#: Units of the metric by which starts are moved aside, to beyond what a maximum draws to itself.
ASIDE = (3.0, 10.0)


@dataclass(frozen=True, eq=False)
class RestrictedAscent:
    """A function of a point `(k,)` whose images under some rows of a matrix are held.

    Attributes
    ----------
    evaluate : callable
        `evaluate(point (k,)) -> Shape`, or None.
    lines : (h, k)
        Rows whose products with the point are held.
    """

    evaluate: Callable[[np.ndarray], Shape | None]
    lines: np.ndarray

    @cached_property
    def free(self) -> np.ndarray:
        """Orthonormal directions `(k, k - h)` of a point that leave what is held as it is."""
        found: np.ndarray = np.linalg.svd(self.lines)[2][len(self.lines) :].T
        return found

    def nearest(self, start: np.ndarray, level: np.ndarray, covariance: np.ndarray | None = None) -> np.ndarray:
        """The point `(k,)` at a level `(h,)` that is nearest to a start, in standard errors by a covariance if any."""
        across = self.lines.T if covariance is None else covariance @ self.lines.T
        return np.asarray(start + across @ np.linalg.solve(self.lines @ across, level - self.lines @ start))

    def highest(self, level: np.ndarray, starts: Iterable[np.ndarray], *, scaled: bool = False) -> Summit | None:
        """Highest point `(k,)` found at a level `(h,)`, from starts that are moved there; None where there is none.

        And, if `scaled`, from the highest of those with what is free multiplied by `SCALES`, and moved aside.
        """
        origin, best = self.nearest(np.zeros(self.lines.shape[1]), level), None
        for start in starts:
            best = higher(best, self._from(origin, self.free.T @ self.nearest(start, level)))
        if best is not None and scaled:
            moved = self.free.T @ best.point
            for there in (*(scale * moved for scale in SCALES), *(self.free.T @ one for one in self._aside(best))):
                best = higher(best, self._from(origin, there))
        return best

    def _aside(self, summit: Summit) -> list[np.ndarray]:
        """Points `(k,)` on either side of one along the axes of the metric, at the same level."""
        here, free = self.evaluate(summit.point), self.free
        return [] if here is None else [summit.point + free @ move for move in axes(free.T @ here.metric @ free)]

    def _from(self, origin: np.ndarray, moved: np.ndarray) -> Summit | None:
        free = self.free

        def within(at: np.ndarray) -> Shape | None:
            found = self.evaluate(origin + free @ at)
            if found is None:
                return None
            return Shape(
                found.value, free.T @ found.gradient, free.T @ found.curvature @ free, free.T @ found.metric @ free
            )

        found = ascended(within, moved)
        return None if found is None else Summit(origin + free @ found.point, found.value, found.promised)


def axes(metric: np.ndarray) -> list[np.ndarray]:
    """Moves `(k,)` of `ASIDE` units along the axes of a metric `(k, k)`, to both sides."""
    values, vectors = np.linalg.eigh(metric)
    with np.errstate(all="ignore"):
        moves = vectors / np.sqrt(values)
    sides = [side * far for far in ASIDE for side in (-1.0, 1.0)]
    return [side * move for move in moves.T if np.isfinite(move).all() for side in sides]


def higher(one: Summit | None, other: Summit | None) -> Summit | None:
    """The higher of two points."""
    if one is None or other is None:
        return other if one is None else one
    return other if other.value > one.value else one
