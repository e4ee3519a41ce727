"""Start values for the search of a maximum, for a family whose author gives none."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

import numpy as np

from likelihood_kit.calculus import DATUM
from likelihood_kit.errors import FormulaError
from likelihood_kit.families import operands
from likelihood_kit.families.fallbacks import plain_value
from likelihood_kit.families.handle import Handle
from likelihood_kit.parameters import Space

#: Number of start values tried.
LARGEST_GRID = 512


def best_of_grid(family: Handle, data: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The best, by the likelihood, of a grid of values suggested by location and scale of samples `(..., n)`."""
    y = data[DATUM]
    location, scale = np.median(y, axis=-1), np.std(y, axis=-1)
    magnitude = np.abs(y).mean(axis=-1)
    scale = np.where(scale > 0, scale, np.where(magnitude > 0, magnitude, 1.0))
    grids = [suggestions(family.spaces[name], location, scale, magnitude) for name in family.parameter_names]
    for j, name in enumerate(family.parameter_names):
        # An end of the support lies beyond the sample.
        if name in family.moving and name in (family.support.low, family.support.high):
            extreme, side = (y.min(axis=-1), -1) if name == family.support.low else (y.max(axis=-1), 1)
            grids[j] = [extreme + side * scale * fraction for fraction in (0.001, 0.1, 1.0)]
    while np.prod([len(grid) for grid in grids]) > LARGEST_GRID:
        longest = max(range(len(grids)), key=lambda j: len(grids[j]))
        grids[longest] = grids[longest][:-1]
    best = np.full(location.shape, -np.inf)
    chosen = {
        name: np.broadcast_to(plain_value(family.spaces[name]), location.shape).astype(float)
        for name in family.parameter_names
    }
    kernel = family.kernels.rows
    hoisted = kernel.hoist(*(data[name] for name in family.law.data))
    for candidate in itertools.product(*grids):
        theta = dict(zip(family.parameter_names, candidate, strict=True))
        values = [np.asarray({**family.fixed, **theta}[name])[..., None] for name in family.coordinate_names]
        row = kernel.value(hoisted, *values)  # type: ignore[misc]
        if np.ndim(row) > y.ndim or (np.ndim(row) and row.shape[-1] not in (1, y.shape[-1])):
            raise FormulaError(
                f"family {family.name}: the log density of data of shape {y.shape} has shape {np.shape(row)}; it must "
                "return one value per observation"
            )
        value = np.broadcast_to(row, y.shape).sum(axis=-1)
        inside = np.isfinite(value)
        for name, entry in theta.items():
            inside &= family.spaces[name].contains(entry)
        if family.support.depends_on:
            named = {**data, **{name: np.asarray(entry)[..., None] for name, entry in theta.items()}, **family.fixed}
            inside &= family.support.contains(y, operands.canonical(family, named)).all(axis=-1)
        better = inside & (value > best)
        best = np.where(better, value, best)
        chosen = {name: np.where(better, theta[name], chosen[name]) for name in chosen}
    return chosen


def suggestions(space: Space, location: Any, scale: Any, magnitude: Any) -> list[Any]:
    """Values of a parameter to try, by its space and the median, standard deviation and mean size of the sample."""
    low, high = space.numbers
    one = np.ones_like(location)
    if np.isfinite(low) and np.isfinite(high):
        return [low + (high - low) * fraction * one for fraction in (0.5, 0.1, 0.9, 0.25, 0.75, 0.02, 0.98)]
    if np.isfinite(low):
        with np.errstate(divide="ignore"):
            raw = [scale, one, magnitude, 1 / magnitude, 3 * one, 0.3 * one, scale / 3, 3 * scale, 10 * one, 0.1 * one]
        return [low + np.where(np.isfinite(v) & (v > 0), v, 1.0) for v in raw]
    if np.isfinite(high):
        return [high - scale, high - one, high - magnitude]
    return [location, 0 * one, location - scale, location + scale, one, -one, 3 * one, -3 * one]
