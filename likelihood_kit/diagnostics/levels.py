"""Profile of a function by its highest points at levels of one linear function, each checked by its neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from likelihood_kit.diagnostics.ascent import Summit
from likelihood_kit.diagnostics.crossings import crossing
from likelihood_kit.diagnostics.restricted_ascent import RestrictedAscent
from likelihood_kit.errors import NotAvailableError

#: Rise of the function that is rounding.
ROUNDING = 1e-9
#: Function above that of the estimate that is rounding.
ABOVE = 1e-6
#: First step towards an end, in half widths of a Wald interval: one that is too long may lead to where nothing is.
FIRST = 0.5
#: How often an end is found again where a level turned out to have a higher point, on another branch.
ROUNDS = 5
#: Where it is looked beyond an end, in parts of its distance, for levels at which the function rises again.
BEYOND = (1.5, 3.0)
#: Levels by way of which one is gone to, in parts of its distance.
WAY = (0.25, 0.5, 0.75)
#: Largest part of a level by which a point is multiplied to be at it.
FARTHEST = 50.0


@dataclass(frozen=True, eq=False)
class Levels:
    """Highest points of a function at levels of a linear function of the point, as they become known.

    Attributes
    ----------
    ascent : RestrictedAscent
        With one row.
    top : (k,)
        Where the function is highest.
    value : float
        The function there.
    covariance : (k, k)
        Inverse of the metric there.
    spread : bool
        Whether to start far out too, where a likelihood may be flat, and to check each level by its neighbours: of a
        function that takes long, and is flat nowhere, not.
    known : dict of float to Summit
        By distance from the level of the top.
    tried : set of (float, float, float)
        Level of a start, its value, and the level to which it led.
    """

    ascent: RestrictedAscent
    top: np.ndarray
    value: float
    covariance: np.ndarray
    spread: bool
    known: dict[float, Summit] = field(default_factory=dict)
    tried: set[tuple[float, float, float]] = field(default_factory=set)

    @property
    def center(self) -> float:
        """Level of the top."""
        return float((self.ascent.lines @ self.top)[0])

    @property
    def error(self) -> float:
        """Standard error of the level."""
        line = self.ascent.lines[0]
        return float(np.sqrt(line @ self.covariance @ line))

    def deviance(self, moved: float) -> float:
        """Twice the fall of the function to the highest point found at a distance from the level of the top.

        Raises
        ------
        NotAvailableError
            Where no maximum is found, or one above the top.
        """
        if moved == 0.0:
            return 0.0
        if moved not in self.known:
            self._look(moved)
        return fall(self.value, self.known[moved].value)

    def checked_deviance(self, moved: float) -> float:
        """The deviance at a distance, by way of levels between, whose points lead to it and back."""
        return float(self.checked_deviances([moved])[0])

    def checked_deviances(self, moved: Sequence[float] | np.ndarray) -> np.ndarray:
        """Deviances `(m,)` at distances `(m,)`, by way of levels between."""
        given = np.asarray(moved, dtype=float)
        farthest = {float(given.min(initial=0.0)), float(given.max(initial=0.0))} - {0.0}
        self.all_deviances([*given, *(part * far for far in farthest for part in (WAY if self.spread else ()))])
        for _ in range(ROUNDS):
            if not self.swept():
                break
        return self.all_deviances(given)

    def end(self, cut: float, side: int) -> float:
        """Distance on one side, -1 or 1, at which the deviance is at the cut; infinite where it stays below.

        Raises
        ------
        NotAvailableError
            Where it is not found, or where levels beyond it are not rejected either.
        """
        step = side * FIRST * self.error * float(np.sqrt(cut))
        jump = None
        for _ in range(ROUNDS):
            try:
                found, jump = crossing(self.deviance, step, cut), None
            except NotAvailableError as error:
                found, jump = np.nan, error
            changed = self.swept()
            if jump is None and np.isfinite(found) and not changed:
                self._look_beyond(found)
                changed = self._look_again(found) | self.swept()
            if not changed:
                break
        if jump is not None:
            raise jump
        self._require_interval(side, found, cut)
        return float(found)

    def all_deviances(self, moved: Sequence[float] | np.ndarray) -> np.ndarray:
        """Deviances `(m,)` at distances `(m,)`, from the nearest to the farthest."""
        for one in sorted(moved, key=abs):
            self.deviance(one)
        return np.array([self.deviance(one) for one in moved])

    def swept(self) -> bool:
        """Whether a known level was given a higher point, from the points of its neighbours, outwards and back."""
        changed = False
        if not self.spread:
            return changed
        for side in (-1.0, 1.0):
            there = sorted((moved for moved in self.known if moved * side > 0), key=abs)
            for order in (there, there[::-1]):
                for start, moved in pairwise(order):
                    changed |= self._improve(moved, start)
        return changed

    def _look_beyond(self, end: float) -> None:
        """Make levels beyond an end known, where the function has a maximum over the rest."""
        for part in BEYOND if self.spread else ():
            try:
                self.deviance(part * end)
            except NotAvailableError:
                return

    def _look_again(self, moved: float) -> bool:
        """Whether a known level was given a higher point from starts far out."""
        if not self.spread:
            return False
        before, level = self.known[moved], self._level(moved)
        found = self.ascent.highest(level, [before.point, self.top, self._at_level(self.top, level)], scaled=True)
        if found is None or not found.solved or found.value <= before.value + ROUNDING:
            return False
        self.known[moved] = found
        return True

    def _improve(self, moved: float, beside: float) -> bool:
        start, before = self.known[beside], self.known[moved]
        if (beside, start.value, moved) in self.tried:
            return False
        self.tried.add((beside, start.value, moved))
        found = self.ascent.highest(self._level(moved), [start.point])
        if found is None or not found.solved or found.value <= before.value + ROUNDING:
            return False
        self.known[moved] = found
        return True

    def _look(self, moved: float) -> None:
        """Make the highest point at a level known, from its neighbours, and far out where it is the outermost."""
        level = self._level(moved)
        inner = [one for one in self.known if one * moved > 0 and abs(one) < abs(moved)]
        outer = [one for one in self.known if one * moved > 0 and abs(one) > abs(moved)]
        beside = ([max(inner, key=abs)] if inner else []) + ([min(outer, key=abs)] if outer else [])
        self.tried.update((one, self.known[one].value, moved) for one in beside)
        starts = [self.known[one].point for one in beside]
        if not self.spread:
            starts = [self.ascent.nearest((starts or [self.top])[-1], level, self.covariance)]
        elif not (inner and outer):
            starts.append(self.ascent.nearest(self.top, level, self.covariance))
        if self.spread and not outer:
            starts += [self.top, self._at_level(self.top, level)]
        found = self.ascent.highest(level, starts, scaled=self.spread and not outer)
        if found is None or not found.solved:
            size = "" if found is None else f": another step promises {found.promised:.1e} more"
            raise NotAvailableError(f"no maximum of the penalised likelihood was found under the restriction{size}")
        self.known[moved] = found

    def _at_level(self, start: np.ndarray, level: np.ndarray) -> np.ndarray:
        """A point on the ray through a start, where the ray gets to the level not too far out; else the start."""
        part = float(level[0]) / (float((self.ascent.lines @ start)[0]) or np.inf)
        return part * start if 0 < part < FARTHEST else start

    def _level(self, moved: float) -> np.ndarray:
        return np.array([self.center + moved])

    def _require_interval(self, side: int, end: float, cut: float) -> None:
        """Refuse an end with levels beyond it at which the deviance is below the cut, or above it on the way."""
        for moved in sorted((moved for moved in self.known if moved * side > 0), key=abs):
            off = self.deviance(moved) - cut
            if (off if abs(moved) < abs(end) else -off) > ABOVE * (1 + cut):
                raise NotAvailableError(
                    f"the penalised likelihood has another maximum on the way: its ratio is {off + cut:.6g} at "
                    f"{self.center + moved:.6g}, so that the values that it does not reject are no interval"
                )


def fall(top: float, value: float) -> float:
    """Twice the fall of a penalised likelihood; raises where it is higher than at the top."""
    if value - top > ABOVE:
        raise NotAvailableError(
            f"the penalised likelihood is higher under the restriction, by {value - top:.3g}: the estimate is not its "
            "maximum; fit again with other start_params"
        )
    return max(2 * (top - value), 0.0)
