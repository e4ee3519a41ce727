"""Places all over the space of a likelihood, from the data alone.

A likelihood of one location has its maxima near observations or clusters of them, a regression near exact fits to few
rows, a mixture where its parts divide the sample. Windows of the sorted sample, elemental subsets of the rows
(Rousseeuw and Leroy 1987, *Robust Regression and Outlier Detection*, section 5.1) and a box of parameter values give
places, each with some values of the other parameters.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np

from likelihood_kit.calculus import DATUM
from likelihood_kit.families import Family, roles_of, suggestions
from likelihood_kit.likelihood import Likelihood

#: Rows on which linear predictors may be computed to find exact fits.
SCREENED = 400_000
#: Ratio of the sizes of windows, and part of its size by which a window moves on.
WINDOW_RATIO, WINDOW_STEP = 1.5, 0.25
#: The step, and the smallest window as a part of the sample, of one that is not small.
COARSE_STEP, SMALLEST_WINDOW = 0.5, 1 / 64
#: Ratios and smallest windows of each of many samples, of which the first is taken that leads to so few likelihoods.
COARSE = ((2.0, 1 / 16), (2.0, 1 / 8), (4.0, 1 / 8))
VALUES_OF_EACH = 40
#: Observations up to which windows begin with each of them.
SMALL_SAMPLE = 128
#: Part of the union of two windows that their intersection makes up where they are near each other.
NEAR = 0.5
#: Exact fits of a regression to few rows, and those of each of many samples; and how far apart, in root mean
#: square over some of the rows and in scales of the law, are two that count as different.
EXACT_FITS, EXACT_FITS_IN_A_BATCH = 400, 24
APART = 0.5
COMPARED_ROWS = 48
#: Condition of few rows of a design up to which they are fitted exactly.
WORST_CONDITION = 1e8
#: Divisions of the sample among the parts of a mixture of three or more, and points of the box.
DIVISIONS, BOXED, BOXED_IN_A_BATCH = 200, 96, 8
#: Points of the box where there is nothing else, and how far about the values suggested they are spread.
BOXED_ALONE, BETWEEN = 400, 0.7
#: Windows of few observations that a part of three or more may have for itself.
CLOSEST = 40
#: Values of the parameters that are neither location nor scale: combinations at a place.
VARIANTS, VARIANTS_IN_A_BATCH = 6, 4
#: Median absolute deviation of a normal law, in standard deviations.
NORMAL_DEVIATION = 0.6744897501960817
#: Scales beside that of a window, relative to the spread of the sample.
SPREADS = (1.0, 0.2)
SPREADS_OF_RESIDUALS = (1.5, 0.3)


class Candidates:
    """What the candidates of one likelihood are made of."""

    def __init__(self, family: Family, likelihood: Likelihood, base: np.ndarray, many: bool) -> None:
        self.family, self.likelihood, self.base, self.many = family, likelihood, base, many
        self.r = len(base)
        self.predictors, self.places = likelihood.predictors, likelihood.places
        self.rng = np.random.default_rng(likelihood.sample.rows)
        roles = roles_of(family)
        plain = {p.name: i for i, p in enumerate(self.predictors) if p.columns is None}
        self.locations = [plain[name] for name in roles.locations if name in plain]
        self.scales = [plain[name] for name in roles.scales if name in plain]
        self.fractions = [i for i in plain.values() if np.isfinite(self.predictors[i].space.numbers).all()]
        self.others = [i for i in plain.values() if i not in (*self.locations, *self.scales)]
        y = np.asarray(likelihood.sample.columns[DATUM], dtype=float)
        self.y = np.broadcast_to(y, (len(y), likelihood.sample.rows)) if np.ndim(y) else np.full((1, 1), y)
        self.sorted = np.sort(self.y, axis=1)
        self.driven = [i for i, p in enumerate(self.predictors) if p.columns is not None]
        real = [i for i in plain.values() if self.predictors[i].space.numbers == (-np.inf, np.inf)]
        if not self.locations and real and not family.discrete and self.y.min() > 0:
            # Locations of a law of positive numbers are those of their logarithms, if anything.
            self.locations, self.sorted = real, np.log(self.sorted)
            self.others = [i for i in self.others if i not in real]

    @property
    def structured(self) -> bool:
        """Whether the data say where maxima may lie, and not only a box."""
        return bool(self.driven) or (bool(self.locations) and self.y.shape[1] > 1)

    def groups(self) -> list[tuple[np.ndarray, np.ndarray | None]]:
        """Candidates `(g, v, r, k)`, with which places are near each other, `(g, g)`, or None to find out."""
        found: list[tuple[np.ndarray, np.ndarray | None]] = []
        if self.driven:
            found.append((self._exact_fits(self.driven), None))
        elif self.structured:
            places, near = self._windows() if len(self.locations) < 3 else self._divisions()
            found.append((places, near))
        return [*found, (self._box(), None)]

    # Windows of the sorted sample

    def _intervals(self) -> np.ndarray:
        """Left end and size of each window, `(w, 2)`."""
        n = self.y.shape[1]
        if not self.many:
            fine = n <= SMALL_SAMPLE
            return _windows_of(
                n, WINDOW_RATIO, WINDOW_STEP if fine else COARSE_STEP, 1 / n if fine else SMALLEST_WINDOW
            )
        each = len(self._variants()) * (2 if len(self.locations) == 2 else 1 + len(SPREADS) * bool(self.scales))
        for ratio, least in COARSE:
            found = _windows_of(n, ratio, COARSE_STEP, least)
            if len(found) * each <= VALUES_OF_EACH:
                break
        return found

    def _windows(self) -> tuple[np.ndarray, np.ndarray]:
        """A location in each window; with two locations the other in what is left of the sample."""
        intervals = self._intervals()
        near = _near_windows(intervals)
        inside, widths = self._moments(intervals)
        two = len(self.locations) == 2
        n = self.y.shape[1]
        if two:
            outside, beside = self._moments(intervals, complement=True)
        parts: list[np.ndarray] = []
        variants = self._variants()
        for swapped in (False, True) if two else (False,):
            for spread in (None,) if two else (None, *SPREADS):
                if spread is not None and not self.scales:
                    continue
                point = np.repeat(self.base[None], len(intervals), axis=0)
                centre = (outside, inside) if swapped else (inside, outside) if two else (inside,)
                width = (beside, widths) if swapped else (widths, beside) if two else (widths,)
                if spread is not None:
                    width = (np.broadcast_to(spread * self.sorted.std(axis=1), widths.shape),)
                for at, value in zip(self.locations, centre, strict=True):
                    self._put(point, at, value)
                for position, at in enumerate(self.scales):
                    pooled = np.sqrt(np.mean(np.square(width), axis=0)) if len(self.scales) == 1 else None
                    self._put(point, at, pooled if pooled is not None else width[position % len(width)])
                if two and self.fractions:
                    share = np.clip(intervals[:, 1] / n, 0.5 / n, 1 - 0.5 / n)[:, None]
                    low, high = self.predictors[self.fractions[0]].space.numbers
                    self._put(point, self.fractions[0], low + (high - low) * (1 - share if swapped else share))
                parts += [self._with(point, values) for values in variants]
        return np.stack(parts, axis=1), near

    def _moments(self, intervals: np.ndarray, *, complement: bool = False) -> tuple[np.ndarray, np.ndarray]:
        """Mean and standard deviation `(w, r)` in each window, or of what is left of the sample."""
        middle = np.median(self.sorted, axis=1, keepdims=True)
        centred = self.sorted - middle
        sums = [np.cumsum(np.pad(part, ((0, 0), (1, 0))), axis=1) for part in (centred, centred**2)]
        left, right = intervals[:, 0], intervals[:, 0] + intervals[:, 1]
        first, second = (part[:, right] - part[:, left] for part in sums)
        count = intervals[:, 1].astype(float)
        if complement:
            first, second = sums[0][:, -1:] - first, sums[1][:, -1:] - second
            count = centred.shape[1] - count
        count = np.maximum(count, 1.0)
        mean = first / count
        deviation = np.sqrt(np.maximum(second / count - mean**2, 0.0))
        # A window of one, or of ties, has the width of the gap to its nearest neighbour that is another.
        gaps = np.diff(self.sorted, axis=1)
        whole = np.where(self.sorted.std(axis=1) > 0, self.sorted.std(axis=1), 1.0)
        gap = np.where(gaps > 0, gaps, np.inf)
        padded = np.pad(gap, ((0, 0), (1, 1)), constant_values=np.inf)
        narrow = np.minimum(padded[:, left], padded[:, right])
        narrow = np.where(np.isfinite(narrow), narrow, whole[:, None])
        return (mean + middle).T, np.where(deviation > 1e-7 * whole[:, None], deviation, narrow).T

    def _divisions(self) -> tuple[np.ndarray, np.ndarray | None]:
        """Locations of three or more parts, in the pieces of the sorted sample between random cuts."""
        c, n = len(self.locations), self.y.shape[1]
        number = DIVISIONS if not self.many else BOXED_IN_A_BATCH
        point = np.repeat(self.base[None], number, axis=0)
        narrowest = self._narrowest()
        for g in range(number):
            close = narrowest[(g - number // 2) % len(narrowest)] if g >= number // 2 and len(narrowest) else None
            parts = c - (close is not None)
            cuts = np.sort(self.rng.choice(n - 1, size=min(parts, n) - 1, replace=False) + 1)
            if g == 0:
                cuts = np.linspace(0, n, c + 1)[1:-1].astype(int)
            between = [(a, max(b - a, 1)) for a, b in itertools.pairwise([0, *cuts, n])]
            pieces = np.array(between if close is None else [*between, close])
            mean, width = self._moments(pieces)
            order = self.rng.permutation(len(pieces)) if g else np.arange(len(pieces))
            for position, at in enumerate(self.locations):
                self._put(point[g : g + 1], at, mean[order[position % len(pieces)]])
            for position, at in enumerate(self.scales):
                self._put(point[g : g + 1], at, width[order[position % len(pieces)]])
            for position, at in enumerate(self.fractions):
                self._put(point[g : g + 1], at, np.array(pieces[order[position % len(pieces)], 1] / n))
        return point[:, None], None

    def _narrowest(self) -> list[tuple[int, int]]:
        """Left end and size of windows of two and three observations that are close together, the closest first."""
        found = []
        for size in (2, 3):
            if self.sorted.shape[1] > size:
                widths = (self.sorted[:, size - 1 :] - self.sorted[:, : 1 - size])[0]
                found.append([(int(i), size) for i in np.argsort(widths, kind="stable")[:CLOSEST]])
        return [window for windows in itertools.zip_longest(*found) for window in windows if window is not None]

    # Exact fits of regressions

    def _exact_fits(self, driven: Sequence[int]) -> np.ndarray:
        """Coefficients of the first driven parameter that fit few rows exactly, with scales of the residuals."""
        predictor = self.predictors[driven[0]]
        columns: Any = predictor.columns
        target = self._on_the_line(driven[0])
        n, q = columns.shape
        number = EXACT_FITS_IN_A_BATCH if self.many else min(EXACT_FITS, max(SCREENED // n, EXACT_FITS_IN_A_BATCH))
        fits = [np.linalg.lstsq(columns, target.T, rcond=None)[0].T]
        base = np.broadcast_to(self.base[:, self.places[driven[0]]], fits[0].shape)
        fits += [base, 2 * base - fits[0]]
        if q <= n:
            rows = np.argsort(self.rng.random((number, n)), axis=1)[:, :q]
            squares = columns[rows]
            sound = np.linalg.cond(squares) < WORST_CONDITION
            fits += list(np.linalg.solve(squares[sound], np.moveaxis(target[:, rows[sound]], 0, 2)).transpose(0, 2, 1))
        coefficients = np.stack([np.broadcast_to(fit, (self.r, q)) for fit in fits])
        point = np.repeat(self.base[None], len(fits), axis=0)
        point[..., self.places[driven[0]]] = coefficients
        away = np.abs(target - coefficients @ columns.T)
        deviation = np.median(away, axis=-1) / NORMAL_DEVIATION
        size = np.maximum(np.abs(target).mean(), np.finfo(float).tiny)
        deviation = np.where(deviation > 1e-9 * size, deviation, size)
        variants: list[np.ndarray] = []
        for spread in SPREADS_OF_RESIDUALS if self.scales else (1.0,):
            moved = point.copy()
            for at in self.scales:
                self._put(moved, at, spread * deviation)
            variants += [self._with(moved, values) for values in self._variants()]
        return np.stack(variants, axis=1)

    def _on_the_line(self, at: int) -> np.ndarray:
        """The response `(r, n)` as a linear predictor of the parameter at a position, inside its space."""
        predictor = self.predictors[at]
        low, high = predictor.space.numbers
        y = self.y
        if np.isfinite(low) and np.isfinite(high):
            y = np.clip(y, low + 0.1 * (high - low), high - 0.1 * (high - low))
        elif np.isfinite(low):
            y = np.maximum(y, low + 0.1 * np.maximum(np.abs(y - low).mean(), np.finfo(float).tiny))
        elif np.isfinite(high):
            y = np.minimum(y, high - 0.1 * np.maximum(np.abs(high - y).mean(), np.finfo(float).tiny))
        target = predictor.link.forward(y)
        return target if predictor.offset is None else target - predictor.offset

    def near_fits(self, points: np.ndarray) -> np.ndarray:
        """Which of the points `(g, k)` have nearly the same linear predictors, `(g, g)`.

        Without designs nearer the more points there are, as the critical distance of Rinnooy Kan and Timmer (1987).
        """
        limit = APART
        if not self.driven:
            limit *= (np.log(len(points)) / len(points)) ** (1 / points.shape[1])
        few = np.linspace(0, self.likelihood.sample.rows - 1, COMPARED_ROWS).astype(int)
        apart = np.zeros((len(points), len(points)))
        for predictor, place in zip(self.predictors, self.places, strict=True):
            eta = predictor.linear(points[:, place], few)
            if predictor.link.name == "identity":
                unit = np.median(np.abs(self.y - np.median(self.y))) or 1.0
                widths = [np.exp(np.median(points[:, self.places[at]])) for at in self.scales]
                eta = eta / min(unit, *widths, unit)
            elif predictor.link.has_unit:
                eta = eta / (np.median(np.abs(eta)) or 1.0)
            squares = np.mean(eta**2, axis=1)
            apart = np.maximum(apart, squares[:, None] + squares - 2 * eta @ eta.T / eta.shape[1])
        near = apart < limit**2
        np.fill_diagonal(near, False)
        return near

    # A box

    def _box(self) -> np.ndarray:
        """Values of all parameters drawn from what a sample of this location and scale suggests."""
        y = self.sorted
        location, scale = np.median(y, axis=1), y.std(axis=1)
        magnitude = np.abs(y).mean(axis=1)
        scale = np.where(scale > 0, scale, np.where(magnitude > 0, magnitude, 1.0))
        number = BOXED_IN_A_BATCH if self.many else BOXED if self.structured else BOXED_ALONE
        point = np.repeat(self.base[None], number, axis=0)
        quantiles = np.quantile(y, (0.02, 0.15, 0.3, 0.7, 0.85, 0.98), axis=1)
        for at, predictor in enumerate(self.predictors):
            if predictor.columns is not None:
                spread = predictor.spread()
                moves = self.rng.normal(size=(number - 1, 1, predictor.size)) / np.where(spread > 0, spread, 1.0)
                point[1:, :, self.places[at]] += moves
                continue
            values = suggestions(predictor.space, location, scale, magnitude)
            values = [np.broadcast_to(value, location.shape) for value in values]
            values += list(quantiles) if at in self.locations else []
            which = self.rng.integers(len(values), size=number - 1)
            for g, choice in enumerate(which, start=1):
                self._put(point[g : g + 1], at, values[choice])
            if not predictor.link.has_unit:
                # Between those values too, on the scale of a logarithm.
                point[1:, :, self.places[at]] += BETWEEN * self.rng.normal(size=(number - 1, 1, 1))
        return point[:, None]

    # Pieces

    def _variants(self) -> list[dict[int, Any]]:
        """Values of the parameters that are neither location nor scale nor the share of a part."""
        fractions = self.fractions[:1] if len(self.locations) == 2 else []
        free = [at for at in self.others if at not in fractions]
        location, scale = np.median(self.sorted, axis=1), self.sorted.std(axis=1)
        magnitude = np.abs(self.sorted).mean(axis=1)
        grids: list[list[Any]] = []
        most = VARIANTS_IN_A_BATCH if self.many else VARIANTS
        for at in free:
            values = suggestions(self.predictors[at].space, 0 * location, np.ones_like(scale), np.ones_like(magnitude))
            grids.append([None, *_distinct(values)])
        while np.prod([len(grid) for grid in grids]) > most:
            longest = max(range(len(grids)), key=lambda j: len(grids[j]))
            grids[longest] = grids[longest][:-1]
        return [dict(zip(free, combination, strict=True)) for combination in itertools.product(*grids)]

    def _with(self, point: np.ndarray, values: dict[int, Any]) -> np.ndarray:
        """Points with some parameters at other natural values; None leaves the start's."""
        point = point.copy()
        for at, value in values.items():
            if value is not None:
                self._put(point, at, value)
        return point

    def _put(self, point: np.ndarray, at: int, value: Any) -> None:
        """Set the parameter at a position of points `(g, r, k)` to natural values, where they lie in its space."""
        predictor, place = self.predictors[at], self.places[at].start
        with np.errstate(all="ignore"):
            eta = predictor.link.forward(np.broadcast_to(value, point.shape[:2]))
        point[..., place] = np.where(np.isfinite(eta), eta, point[..., place])


def _distinct(values: Sequence[Any]) -> list[Any]:
    """Values that differ from those before them."""
    found: list[Any] = []
    for value in values:
        if not any(np.allclose(value, other, rtol=1e-9, atol=0) for other in found):
            found.append(value)
    return found


def _windows_of(n: int, ratio: float, step: float, least: float) -> np.ndarray:
    """Left end and size of windows of n observations, `(w, 2)`: sizes in a ratio from a least part of the whole."""
    size, found = max(1.0, least * n), []
    while size < n:
        whole = round(size)
        moved = max(1, int(step * whole))
        found += [(left, whole) for left in {*range(0, n - whole + 1, moved), n - whole}]
        size = max(size * ratio, size + 1)
    return np.array(sorted({*found, (0, n)}, key=lambda window: (window[1], window[0])))


def _near_windows(intervals: np.ndarray) -> np.ndarray:
    """Which windows overlap in more than a part `NEAR` of their union, `(w, w)`."""
    left, right = intervals[:, 0], intervals[:, 0] + intervals[:, 1]
    both = np.minimum(right[:, None], right) - np.maximum(left[:, None], left)
    either = np.maximum(right[:, None], right) - np.minimum(left[:, None], left)
    near = both > NEAR * either
    np.fill_diagonal(near, False)
    return near
