"""Where the mass of a density lies, found by a search over its support."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from likelihood_kit.errors import FormulaError, NotAvailableError

#: Decades spanned on each side of an anchor when the mass of a density is searched for.
SEARCH_DECADES = 18
#: Passes over the grid: one over many decades, two between the outermost points that carry mass.
REFINEMENTS = 3
#: Share of the mass beyond the outermost points that are kept.
OUTERMOST = 1e-4

Integrand = Callable[..., np.ndarray]


def locate_mass(log_density: Integrand, low: np.ndarray, high: np.ndarray, theta: Sequence[np.ndarray]) -> np.ndarray:
    """Rough quartiles of a density on `(low, high)`, `(3, ...)`: where quadrature has to look.

    A grid over many decades finds the order of magnitude; two refinements between the outermost points that carry mass
    find the quartiles.
    """
    return located(log_density, low, high, theta)[0]


def located(
    log_density: Integrand,
    low: np.ndarray,
    high: np.ndarray,
    theta: Sequence[np.ndarray],
    what: str = "the expectation",
) -> tuple[np.ndarray, np.ndarray]:
    """Rough quartiles `(3, ...)` and mass `(...)` of a density."""
    theta = [np.asarray(t)[..., None] for t in theta]
    with np.errstate(all="ignore"):
        grid = _first_grid(low[..., None], high[..., None], theta)
        for _ in range(REFINEMENTS):
            cells, largest = _masses(log_density, grid, theta)
            mass = np.exp(largest) * cells.sum(axis=-1)
            cumulative = np.cumsum(cells, axis=-1)
            cumulative = cumulative / cumulative[..., -1:]
            ends = [np.argmax(cumulative >= q, axis=-1)[..., None] for q in (0.25, 0.5, 0.75)]
            quartiles = np.stack([np.take_along_axis(grid[..., 1:], end, -1)[..., 0] for end in ends])
            grid = _refined(grid, cumulative)
    if not np.all(np.isfinite(quartiles)):
        raise NotAvailableError(
            f"{what} is not known: the density has no mass that a search over its support could find"
        )
    spread = np.maximum(quartiles[2] - quartiles[0], np.finfo(float).eps * np.abs(quartiles[1]))
    return np.stack([quartiles[1] - spread / 2, quartiles[1], quartiles[1] + spread / 2]), mass


def _first_grid(low: np.ndarray, high: np.ndarray, theta: Sequence[np.ndarray]) -> np.ndarray:
    """Points over many decades from each end `(..., 1)`, or about 0 and the large ones of the parameters."""
    decades = np.logspace(-SEARCH_DECADES, SEARCH_DECADES, 24 * SEARCH_DECADES)
    unit = decades / (1 + decades)
    grid = np.where(
        np.isfinite(low),
        np.where(np.isfinite(high), low + (high - low) * unit, low + decades),
        np.where(np.isfinite(high), (high - decades)[..., ::-1], np.nan),
    )
    if np.all(np.isfinite(grid)):
        return grid
    whole_line = np.concatenate([-decades[::-1], [0.0], decades])
    grid = np.where(np.isfinite(low) | np.isfinite(high), np.resize(np.nan, whole_line.shape), whole_line)
    for anchor in (t for t in theta if np.any(np.abs(t) > 1)):
        grid = np.sort(np.concatenate([grid, anchor + whole_line], axis=-1), axis=-1)
    return grid


def _masses(log_density: Integrand, grid: np.ndarray, theta: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Mass of each cell of a grid in units of its largest density, and the logarithm of that, `(...)`."""
    found = log_density(grid, *theta)
    if np.ndim(found) == 0:
        raise FormulaError(
            "log_density returns one number for many observations; it must return one for each: elementwise, and a "
            "function of y"
        )
    weights, largest = _shifted(found)
    cells = np.diff(grid, axis=-1) * (weights[..., 1:] + weights[..., :-1]) / 2
    return np.where(np.isfinite(cells), cells, 0.0), largest[..., 0]


def _refined(grid: np.ndarray, cumulative: np.ndarray) -> np.ndarray:
    """Points between the outermost ones that carry mass."""
    first = np.argmax(cumulative > OUTERMOST, axis=-1)[..., None]
    last = np.argmax(cumulative > 1 - OUTERMOST, axis=-1)[..., None]
    # Cells are divided each on its own: near an end where the density is unbounded they span many decades.
    begin, end = np.maximum(first - 1, 0), np.minimum(last + 2, grid.shape[-1] - 1)
    place = begin + (end - begin) * np.linspace(0, 1, 513)
    cell = np.minimum(place.astype(int), grid.shape[-1] - 2)
    left, right = (np.take_along_axis(grid, index, -1) for index in (cell, cell + 1))
    return left + (place - cell) * (right - left)


def _shifted(log_weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Weights in units of the largest, and the logarithm of that, `(..., 1)`."""
    finite = np.where(np.isfinite(log_weights), log_weights, -np.inf)
    largest = np.max(finite, axis=-1, keepdims=True)
    return np.exp(finite - largest), largest
