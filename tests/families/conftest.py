"""Laws of the catalogue at drawn parameters, and expectations under them by a rule of the tests' own."""

import importlib.util
import inspect
import itertools
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from likelihood_kit.calculus import DATUM
from likelihood_kit.families import CATALOGUE, Family

#: Parameter values drawn per family.
DRAWS = 4
#: Trapezium rule after a substitution that makes the integrand fall off exponentially: error exp(-c / step).
#: At the ends, u = +-70, the slowest tail met here (y^2 under a Student t of 2.5 degrees) has fallen to 1e-15.
STEP, END = 1 / 64, 70.0
#: Support points summed; far beyond the mass of any typical box.
POINTS = 4000


def nodes_between(low: float, high: float) -> tuple[np.ndarray, np.ndarray]:
    """Nodes of a quadrature and their weights, for any ends."""
    u = np.arange(-END, END, STEP)
    if np.isfinite(low) and np.isfinite(high):
        tail = np.exp(-np.abs(u)) / (1 + np.exp(-np.abs(u)))
        points = np.where(u < 0, low + (high - low) * tail, high - (high - low) * tail)
        return points, (high - low) * tail * (1 - tail) * STEP
    if np.isfinite(low):
        return low + np.exp(u), np.exp(u) * STEP
    if np.isfinite(high):
        return high - np.exp(-u), np.exp(-u) * STEP
    return np.sinh(u), np.cosh(u) * STEP


def nodes_of(cuts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Nodes of a quadrature and their weights, over pieces between cuts `(m,)` within which the integrand is smooth."""
    pieces = [nodes_between(low, high) for low, high in itertools.pairwise(cuts)]
    points, weights = zip(*pieces, strict=True)
    return np.concatenate(points), np.concatenate(weights)


class Drawn:
    """A family at quantities drawn from its typical box.

    Attributes
    ----------
    family : Family
        Of a response of one column.
    theta : dict of name to array (DRAWS, 1)
        The free parameters, in the coordinates of the family.
    known : dict of name to array (DRAWS, 1)
        Quantities that are never estimated.
    """

    def __init__(self, family: Family) -> None:
        assert not family.law.observed, "the rules here sum and integrate over one column"
        self.family, law = family, family.law
        # The seed follows from the name, so that a new family moves no other's draws.
        rng = np.random.default_rng([2026, *law.origin.encode()])
        canonical = {name: rng.uniform(*law.typical[name], (DRAWS, 1)) for name in law.parameters}
        coordinates = law.coordinates.get(family.coordinate_names)
        values = canonical if coordinates is None else coordinates.from_canonical(*canonical.values())
        self.theta = {name: np.asarray(values[name]) for name in family.parameter_names}
        self.known = {}
        for name in [name for name in law.known if name not in family.fixed]:
            drawn = rng.uniform(*law.typical[name], (DRAWS, 1))
            self.known[name] = np.round(drawn) if law.known[name].whole else drawn

    @property
    def given(self) -> dict[str, np.ndarray]:
        """Parameters and known quantities: all that a method of the family takes by name."""
        return {**self.theta, **self.known}

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """Method of the family at these quantities, such as `drawn.cdf(y)`."""
        method = getattr(self.family, name)
        return lambda *arguments: method(*arguments, **self.given)

    def data(self, y: np.ndarray) -> list[np.ndarray]:
        """Data columns of the formula: the response and what is known."""
        return [{**self.known, DATUM: y}[name] for name in self.family.law.data]

    @property
    def scalars(self) -> dict[str, float]:
        """The first of the draws, as numbers."""
        return self.draw(0)

    def draw(self, which: int) -> dict[str, float]:
        """One of the draws, as numbers."""
        return {name: float(value[which, 0]) for name, value in self.given.items()}

    @property
    def ends(self) -> tuple[np.ndarray, np.ndarray]:
        """Ends of the support, each `(DRAWS, 1)`."""
        low, high = (np.asarray(end, dtype=float) for end in self.family.support.ends(self.canonical()))
        shape = next(iter(self.theta.values())).shape
        return np.broadcast_to(low, shape), np.broadcast_to(high, shape)

    @cached_property
    def nodes(self) -> tuple[np.ndarray, np.ndarray]:
        """Points of the support and their weights, `(DRAWS, m)` each."""
        low, high = self.ends
        if self.family.discrete:
            points = low + np.arange(np.minimum(POINTS, high - low + 1).max())
            return points, np.ones_like(points)
        cuts = (low, high) if self.kink is None else (low, self.kink, high)
        pieces = [nodes_of(row) for row in np.concatenate(cuts, axis=1)]
        points, weights = zip(*pieces, strict=True)
        return np.stack(points), np.stack(weights)

    @property
    def kink(self) -> np.ndarray | None:
        """Where the log density has a kink, `(DRAWS, 1)`; None where it has none."""
        name = kink_of(self.family)
        return None if name is None else self.given[name]

    def canonical(self) -> dict[str, Any]:
        """Canonical parameters and known quantities by name."""
        return self.family.canonical(self.given)

    def expected(self, function: Callable[[np.ndarray], Any]) -> np.ndarray:
        """E g(Y), `(DRAWS, ...)`, of `function(y) -> (DRAWS, m, ...)`."""
        points, weights = self.nodes
        with np.errstate(all="ignore"):
            mass = np.exp(self.log_density(points)) * weights
            values = np.asarray(function(points))
            mass = mass.reshape(mass.shape + (1,) * (values.ndim - 2))
            return np.where(mass > 0, values * mass, 0.0).sum(axis=1)

    def typical_data(self) -> np.ndarray:
        """Nine points `(DRAWS, 9)` where the law has its mass, by the density alone; eight, off a kink in it."""
        points, weights = self.nodes
        mass = np.exp(self.log_density(points)) * weights
        levels = np.linspace(0.1, 0.9, 9 if self.kink is None else 8)
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


ORACLE_FOLDER = Path(__file__).parent / "oracles"


@dataclass(frozen=True)
class CoordinateOracle:
    """One class of an oracle's file: a law in some coordinates, by a reference.

    Attributes
    ----------
    arguments : tuple of str
        Parameters and known quantities, as the density takes them.
    parameters : tuple of str
        Those that are estimated; as a user types them, so they do not change.
    theta : tuple of tuples
        Values of the arguments, exact in binary so that no test rounds them differently.
    data : tuple
        In the support, out to far tails.
    regular : bool
    density, scipy : callable
        Of the datum and the arguments by mpmath, and the law of the arguments in scipy.stats.
    information : callable or None
        Of the arguments, `(p, p)` over the parameters; None where the reference has no closed form.
    """

    arguments: tuple[str, ...]
    parameters: tuple[str, ...]
    theta: tuple[tuple[float, ...], ...]
    data: tuple[float, ...]
    regular: bool
    density: Callable[..., Any]
    scipy: Callable[..., Any]
    information: Callable[..., Any] | None


@dataclass(frozen=True)
class FamilyOracle:
    """An oracle's file: what a user types, and the law in each of its coordinates, the canonical ones first.

    `kink` is the parameter at which the log density has one.
    """

    known: tuple[str, ...]
    predicted: str
    statistics: bool
    kink: str | None
    coordinates: tuple[CoordinateOracle, ...]


def oracle_of(path: Path) -> FamilyOracle:
    """The oracle in a file."""
    specification = importlib.util.spec_from_file_location(f"oracle_{path.stem}", path)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    known = getattr(module, "KNOWN", ())
    found = []
    for written in (value for value in vars(module).values() if isinstance(value, type)):
        arguments = tuple(inspect.signature(written.density).parameters)[1:]
        found.append(
            CoordinateOracle(
                arguments,
                tuple(name for name in arguments if name not in known),
                written.THETA,
                module.DATA,
                getattr(module, "REGULAR", True),
                written.density,
                written.scipy,
                getattr(written, "information", None),
            )
        )
    statistics, kink = getattr(module, "STATISTICS", True), getattr(module, "KINK", None)
    return FamilyOracle(known, module.PREDICTED, statistics, kink, tuple(found))


def file_of(family: type[Family]) -> str:
    """Name of the file in which a family is written, without its ending."""
    return family.__module__.rpartition(".")[2]


def kink_of(family: Family) -> str | None:
    """Parameter at which the log density of a family of the catalogue has a kink, by its oracle; None for none."""
    oracle = ORACLE_OF.get(family.law.origin.partition(":")[0].rpartition(".")[2])
    return None if oracle is None else oracle.kink


ORACLE_OF = {path.stem: oracle_of(path) for path in sorted(ORACLE_FOLDER.glob("*.py"))}
ORACLES = {name: ORACLE_OF[file_of(family)] for name, family in CATALOGUE.items() if file_of(family) in ORACLE_OF}
LAW_ORACLES = [(name, oracle) for name, found in ORACLES.items() for oracle in found.coordinates]


@pytest.fixture(scope="session")
def oracle_files() -> set[str]:
    """Names of the files of oracles, without their ending."""
    return set(ORACLE_OF)


@pytest.fixture(scope="session")
def oracles() -> dict[str, FamilyOracle]:
    """Oracles by name of the family."""
    return ORACLES


@pytest.fixture(params=LAW_ORACLES, ids=lambda pair: f"{pair[0]}{pair[1].arguments}")
def law_oracle(request: pytest.FixtureRequest) -> CoordinateOracle:
    """Each oracle in each of its coordinates."""
    return request.param[1]


ROWS = [(name, oracle, theta) for name, oracle in LAW_ORACLES for theta in oracle.theta]


@pytest.fixture(params=ROWS, ids=lambda row: f"{row[0]}{row[1].arguments}{row[2]}")
def row(request: pytest.FixtureRequest) -> tuple[Family, CoordinateOracle, tuple[float, ...]]:
    """A family in some coordinates, its oracle, and values of the oracle's arguments."""
    name, oracle, theta = request.param
    return CATALOGUE[name](parameters=oracle.parameters), oracle, theta
