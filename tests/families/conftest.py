"""Laws of the catalogue at drawn parameters, and expectations under them by a rule of the tests' own."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np
import pytest

from likelihood_kit.families import CATALOGUE, Family

#: Parameter values drawn per family.
DRAWS = 4
#: Trapezium rule after a substitution that makes the integrand fall off exponentially: error exp(-c / step).
#: At the ends, u = +-70, the slowest tail met here (y^2 under a Student t of 2.5 degrees) has fallen to 1e-15.
STEP, END = 1 / 64, 70.0
#: Support points summed; far beyond the mass of any typical box.
POINTS = 4000


class Drawn:
    """A family at parameters drawn from its typical box.

    Attributes
    ----------
    family : Family
    theta : dict of name to array (DRAWS, 1), in the coordinates of the family
    """

    def __init__(self, family: Family) -> None:
        self.family = family
        # The seed follows from the name, so that a new family moves no other's draws.
        rng = np.random.default_rng([2026, *family.declaration.origin.encode()])
        box = family.declaration.typical
        canonical = {name: rng.uniform(*box[name], (DRAWS, 1)) for name in family.declaration.spaces}
        coordinates = family.declaration.coordinates.get(family.coordinate_names)
        values = canonical if coordinates is None else coordinates.from_canonical(*canonical.values())
        self.theta = {name: np.asarray(values[name]) for name in family.parameter_names}

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """Method of the family at these parameters, such as `drawn.cdf(y)`."""
        method = getattr(self.family, name)
        return lambda *arguments: method(*arguments, **self.theta)

    @property
    def ends(self) -> tuple[np.ndarray, np.ndarray]:
        """Ends of the support, each `(DRAWS, 1)`."""
        low, high = (np.asarray(end, dtype=float) for end in self.family.support.ends(self.canonical()))
        shape = next(iter(self.theta.values())).shape
        return np.broadcast_to(low, shape), np.broadcast_to(high, shape)

    @cached_property
    def nodes(self) -> tuple[np.ndarray, np.ndarray]:
        """Points of the support `(DRAWS, m)` and their weights, `(DRAWS, m)` or `(m,)`."""
        low, high = self.ends
        if self.family.discrete:
            points = low + np.arange(np.minimum(POINTS, high - low + 1).max())
            return points, np.ones_like(points)
        u = np.arange(-END, END, STEP)
        if np.isfinite(low).all() and np.isfinite(high).all():
            tail = np.exp(-np.abs(u)) / (1 + np.exp(-np.abs(u)))
            points = np.where(u < 0, low + (high - low) * tail, high - (high - low) * tail)
            return points, (high - low) * tail * (1 - tail) * STEP
        if np.isfinite(low).all():
            return low + np.exp(u), np.exp(u) * STEP
        return np.broadcast_to(np.sinh(u), (len(low), u.size)), np.cosh(u) * STEP

    def canonical(self) -> dict[str, Any]:
        """Canonical parameters by name."""
        return self.family.canonical(self.theta)

    def expected(self, function: Callable[[np.ndarray], Any]) -> np.ndarray:
        """E g(Y), `(DRAWS, ...)`, of `function(y) -> (DRAWS, m, ...)`."""
        points, weights = self.nodes
        with np.errstate(all="ignore"):
            mass = np.exp(self.log_density(points)) * weights
            values = np.asarray(function(points))
            mass = mass.reshape(mass.shape + (1,) * (values.ndim - 2))
            return np.where(mass > 0, values * mass, 0.0).sum(axis=1)

    def typical_data(self) -> np.ndarray:
        """Nine points `(DRAWS, 9)` where the law has its mass, by the density alone."""
        points, weights = self.nodes
        mass = np.exp(self.log_density(points)) * weights
        levels = np.linspace(0.1, 0.9, 9)
        chosen = [np.searchsorted(np.cumsum(row), levels * row.sum()) for row in mass]
        return np.stack([row[where] for row, where in zip(points, chosen, strict=True)])


@pytest.fixture(scope="session")
def at_drawn() -> type[Drawn]:
    return Drawn


@pytest.fixture(
    params=[family(parameters=names) for family in CATALOGUE.values() for names in family().available_parameters],
    ids=repr,
)
def drawn(request: pytest.FixtureRequest) -> Drawn:
    """Each family of the catalogue in each of its coordinates."""
    return Drawn(request.param)
