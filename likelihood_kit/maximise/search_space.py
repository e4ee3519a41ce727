"""The space of a likelihood before it is searched: its parameters by what they do, and points of it."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np

from likelihood_kit.calculus import DATUM
from likelihood_kit.families import Family, roles_of, suggestions
from likelihood_kit.likelihood import Likelihood

#: Values of the parameters that are neither location nor scale: combinations at a place.
VARIANTS, VARIANTS_IN_A_BATCH = 6, 4


class SearchSpace:
    """Parameters of a likelihood by what they do, its data in order, and the points made of both."""

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

    def variants(self) -> list[dict[int, Any]]:
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

    def with_values(self, point: np.ndarray, values: dict[int, Any]) -> np.ndarray:
        """Points with some parameters at other natural values; None leaves the start's."""
        point = point.copy()
        for at, value in values.items():
            if value is not None:
                self.put(point, at, value)
        return point

    def put(self, point: np.ndarray, at: int, value: Any) -> None:
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
