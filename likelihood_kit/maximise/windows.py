"""Places by the sorted sample: windows of it, and its divisions among the parts of a mixture.

A likelihood of one location has its maxima near observations or clusters of them, a mixture where its parts divide the
sample.
"""

from __future__ import annotations

import itertools

import numpy as np

from likelihood_kit.maximise.search_space import SearchSpace

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
#: Windows of few observations that a part of three or more may have for itself.
CLOSEST = 40
#: Standard deviation in a window, relative to that of the sample, below which it holds ties alone, but for rounding.
TIED_WINDOW = 1e-7
#: Scales beside that of a window, relative to the spread of the sample.
SPREADS = (1.0, 0.2)
#: Divisions of the sample among the parts of a mixture of three or more, and those of each of many samples.
DIVISIONS, DIVISIONS_IN_A_BATCH = 200, 8


def windows(space: SearchSpace) -> tuple[np.ndarray, np.ndarray]:
    """A location in each window; with two locations the other in what is left of the sample."""
    intervals = _intervals(space)
    points = _parts(space, intervals) if len(space.locations) == 2 else _centres(space, intervals)
    variants = space.variants()
    made = [space.with_values(point, values) for point in points for values in variants]
    return np.stack(made, axis=1), _near_windows(intervals)


def _centres(space: SearchSpace, intervals: np.ndarray) -> list[np.ndarray]:
    """Points `(w, r, k)` with the location in each window, and a scale of its width, or of the whole sample's."""
    inside, own = _moments(space, intervals)
    points = []
    for spread in (None, *SPREADS) if space.scales else (None,):
        width = own if spread is None else np.broadcast_to(spread * space.sorted.std(axis=1), own.shape)
        point = np.repeat(space.base[None], len(intervals), axis=0)
        space.put(point, space.locations[0], inside)
        for at in space.scales:
            space.put(point, at, width)
        points.append(point)
    return points


def _parts(space: SearchSpace, intervals: np.ndarray) -> list[np.ndarray]:
    """Points `(w, r, k)` with one part of a mixture in each window and one in the rest, and the other way round."""
    n = space.y.shape[1]
    share = np.clip(intervals[:, 1] / n, 0.5 / n, 1 - 0.5 / n)[:, None]
    both = _moments(space, intervals), _moments(space, intervals, complement=True)
    points = []
    for (first, second), part in ((both, share), (both[::-1], 1 - share)):
        point = np.repeat(space.base[None], len(intervals), axis=0)
        widths = [first[1], second[1]]
        if len(space.scales) == 1:
            widths = [np.sqrt(np.mean(np.square(widths), axis=0))]
        for at, value in zip(space.locations, (first[0], second[0]), strict=True):
            space.put(point, at, value)
        for position, at in enumerate(space.scales):
            space.put(point, at, widths[position % len(widths)])
        if space.fractions:
            low, high = space.predictors[space.fractions[0]].space.numbers
            space.put(point, space.fractions[0], low + (high - low) * part)
        points.append(point)
    return points


def _intervals(space: SearchSpace) -> np.ndarray:
    """Left end and size of each window, `(w, 2)`."""
    n = space.y.shape[1]
    if not space.many:
        fine = n <= SMALL_SAMPLE
        return _windows_of(n, WINDOW_RATIO, WINDOW_STEP if fine else COARSE_STEP, 1 / n if fine else SMALLEST_WINDOW)
    each = len(space.variants()) * (2 if len(space.locations) == 2 else 1 + len(SPREADS) * bool(space.scales))
    for ratio, least in COARSE:
        found = _windows_of(n, ratio, COARSE_STEP, least)
        if len(found) * each <= VALUES_OF_EACH:
            break
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


def _moments(space: SearchSpace, intervals: np.ndarray, *, complement: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation `(w, r)` in each window, or of what is left of the sample."""
    middle = np.median(space.sorted, axis=1, keepdims=True)
    centred = space.sorted - middle
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
    gaps = np.diff(space.sorted, axis=1)
    whole = np.where(space.sorted.std(axis=1) > 0, space.sorted.std(axis=1), 1.0)
    gap = np.where(gaps > 0, gaps, np.inf)
    padded = np.pad(gap, ((0, 0), (1, 1)), constant_values=np.inf)
    narrow = np.minimum(padded[:, left], padded[:, right])
    narrow = np.where(np.isfinite(narrow), narrow, whole[:, None])
    return (mean + middle).T, np.where(deviation > TIED_WINDOW * whole[:, None], deviation, narrow).T


def divisions(space: SearchSpace) -> tuple[np.ndarray, np.ndarray | None]:
    """Locations of three or more parts, in the pieces of the sorted sample between random cuts."""
    c, n = len(space.locations), space.y.shape[1]
    number = DIVISIONS if not space.many else DIVISIONS_IN_A_BATCH
    point = np.repeat(space.base[None], number, axis=0)
    narrowest = _narrowest(space)
    for g in range(number):
        close = narrowest[(g - number // 2) % len(narrowest)] if g >= number // 2 and len(narrowest) else None
        parts = c - (close is not None)
        cuts = np.sort(space.rng.choice(n - 1, size=min(parts, n) - 1, replace=False) + 1)
        if g == 0:
            cuts = np.linspace(0, n, c + 1)[1:-1].astype(int)
        between = [(a, max(b - a, 1)) for a, b in itertools.pairwise([0, *cuts, n])]
        pieces = np.array(between if close is None else [*between, close])
        mean, width = _moments(space, pieces)
        order = space.rng.permutation(len(pieces)) if g else np.arange(len(pieces))
        for position, at in enumerate(space.locations):
            space.put(point[g : g + 1], at, mean[order[position % len(pieces)]])
        for position, at in enumerate(space.scales):
            space.put(point[g : g + 1], at, width[order[position % len(pieces)]])
        for position, at in enumerate(space.fractions):
            space.put(point[g : g + 1], at, np.array(pieces[order[position % len(pieces)], 1] / n))
    return point[:, None], None


def _narrowest(space: SearchSpace) -> list[tuple[int, int]]:
    """Left end and size of windows of two and three observations that are close together, the closest first."""
    found = []
    for size in (2, 3):
        if space.sorted.shape[1] > size:
            widths = (space.sorted[:, size - 1 :] - space.sorted[:, : 1 - size])[0]
            found.append([(int(i), size) for i in np.argsort(widths, kind="stable")[:CLOSEST]])
    return [window for windows in itertools.zip_longest(*found) for window in windows if window is not None]
