"""What a family has no closed form for, derived from its log density.

Integrals by tanh-sinh quadrature, sums over a discrete support term by term, quantiles by root finding on the
distribution function, samples by numerical inversion (Derflinger, Hörmann and Leydold 2010, in SciPy).
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from likelihood_kit._numerics import expectations, locate_mass, lower_pairs, triangle
from likelihood_kit.errors import FormulaError, NotAvailableError
from likelihood_kit.families.declaration import Coordinates, Declaration
from likelihood_kit.families.law import Law
from likelihood_kit.parameters import Space

#: Error of the total mass up to which an expectation is trusted: what rounds in the density of counts in the millions.
MASS_TOLERANCE = 1e-6
#: Number of start values tried for a family that declares none.
LARGEST_GRID = 512


def expected_information(family: Law, values: Sequence[np.ndarray]) -> np.ndarray:
    """E[s s'] of one observation in all coordinates of the family, `(..., p, p)`."""
    kernel = family.kernels.rows

    def product(i: int, j: int) -> Any:
        def integrand(y: np.ndarray, *theta: np.ndarray) -> np.ndarray:
            _, score, _ = kernel.derivatives(kernel.hoist(y), *theta)
            return score[i] * score[j]

        return integrand

    canonical = family.canonical(dict(zip(family.coordinate_names, values, strict=True)))
    entries = _law_expectations(
        family,
        [product(i, j) for i, j in lower_pairs(len(values))],
        lambda y, *theta: kernel.value(kernel.hoist(y), *theta),
        family.support.ends(canonical),
        values,
    )
    return triangle(entries, entries[0].shape)


def _law_expectations(
    family: Law, integrands: Sequence[Any], density: Any, ends: tuple[Any, Any], theta: Sequence[np.ndarray]
) -> list[np.ndarray]:
    """Expectations under a law whose whole mass was met.

    Raises
    ------
    NotAvailableError
        Where it was not, or where the density is not normalised: the two look the same.
    """
    mass, *found = expectations(
        [lambda y, *_: np.ones_like(y), *integrands], density, *ends, theta, whole=family.discrete
    )
    worst = mass.flat[np.argmax(np.abs(mass - 1))] if mass.size else 1.0
    if not abs(worst - 1) <= MASS_TOLERANCE:
        raise NotAvailableError(
            f"{family.name}: the density has total mass {worst:.6g}, not 1: it is not normalised, or its mass lies in "
            "places too far apart to be found; add a closed form to the family"
        )
    return found


def jacobian(coordinates: Coordinates, canonical: tuple[str, ...], values: Sequence[np.ndarray]) -> np.ndarray:
    """Derivatives of the canonical parameters in the coordinates, `(..., p, p)`, by the complex step.

    A row is a canonical parameter, a column a coordinate. Exact to rounding for the analytic maps
    between coordinates: Squire and Trapp (1998), *SIAM Review* 40, 110-112.
    """
    step = 1e-100
    shape = np.broadcast_shapes(*(np.shape(v) for v in values))
    result = np.empty((*shape, len(canonical), len(values)))
    for j in range(len(values)):
        moved = [value + 1j * step * (i == j) for i, value in enumerate(values)]
        image = coordinates.to_canonical(*moved)
        for i, name in enumerate(canonical):
            result[..., i, j] = np.imag(image[name]) / step
    return result


def moments(family: Law, canonical: Mapping[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Mean and variance."""
    density, theta = _canonical_density(family.declaration, canonical)
    ends = family.support.ends(canonical)
    (mean,) = _law_expectations(family, [lambda y, *_: y], density, ends, theta)
    (variance,) = expectations(
        [lambda y, *rest: (y - rest[-1]) ** 2],
        lambda y, *rest: density(y, *rest[:-1]),
        *ends,
        [*theta, mean],
        whole=family.discrete,
    )
    return mean, variance


def cdf(family: Law, y: np.ndarray, canonical: Mapping[str, np.ndarray]) -> np.ndarray:
    """P(Y <= y) for y within the support."""
    density, theta = _canonical_density(family.declaration, canonical)
    low, high = family.support.ends(canonical)
    *theta, y, low, high = np.broadcast_arrays(*theta, y, low, high)
    if family.discrete:
        inside = lambda k, *rest: (k <= rest[-1]).astype(float)  # noqa: E731
        (result,) = expectations(
            [inside], lambda k, *rest: density(k, *rest[:-1]), low, high, [*theta, np.floor(y)], whole=True
        )
        return result
    # At an end there is nothing to integrate, and no mass to be found.
    within = (low < y) & (y < high)
    result = np.where(y >= high, 1.0, 0.0)
    if np.any(within):
        *theta, y, low, high = (operand[within] for operand in (*theta, y, low, high))
        (below,) = expectations([lambda k, *_: np.ones_like(k)], density, low, y, theta, whole=False)
        (above,) = expectations([lambda k, *_: np.ones_like(k)], density, y, high, theta, whole=False)
        result[within] = below / (below + above)
    return result


def ppf(family: Law, q: np.ndarray, canonical: Mapping[str, np.ndarray]) -> np.ndarray:
    """Smallest y with P(Y <= y) >= q."""
    from scipy.optimize.elementwise import bracket_root, find_root

    theta = [canonical[name] for name in family.declaration.spaces]
    low, high = family.support.ends(canonical)
    *theta, q, low, high = np.broadcast_arrays(*theta, q, low, high)
    inner = np.clip(q, 1e-15, 1 - 1e-15)

    def excess(y: np.ndarray, q: np.ndarray, *theta: np.ndarray) -> np.ndarray:
        named = dict(zip(family.declaration.spaces, theta, strict=True))
        return _cdf(family, y, named) - q

    if family.discrete:
        return _discrete_ppf(family, inner, low, high, theta)
    middle = np.where(np.isfinite(low), np.where(np.isfinite(high), (low + high) / 2, low + 1), 0.0)
    bracket = bracket_root(
        excess, middle, xmin=np.asarray(low, float), xmax=np.asarray(high, float), args=(inner, *theta), maxiter=200
    )
    return find_root(excess, bracket.bracket, args=(inner, *theta)).x


def _cdf(family: Law, y: np.ndarray, canonical: Mapping[str, np.ndarray]) -> np.ndarray:
    closed = family.declaration.functions.get("cdf")
    if closed is None:
        return cdf(family, y, canonical)
    return closed(y, *(canonical[name] for name in family.declaration.spaces))


def _discrete_ppf(
    family: Law, q: np.ndarray, low: np.ndarray, high: np.ndarray, theta: Sequence[np.ndarray]
) -> np.ndarray:
    named = dict(zip(family.declaration.spaces, theta, strict=True))
    below, above = low - 1.0, low + 1.0
    while np.any(short := _cdf(family, np.minimum(above, high), named) < q) and not np.all(above[short] >= high[short]):
        below, above = np.where(short, above, below), np.where(short, low + 2 * (above - low), above)
    above = np.minimum(above, high)
    while np.any(above - below > 1):
        middle = np.floor((above + below) / 2)
        enough = _cdf(family, np.maximum(middle, low), named) >= q
        enough &= middle >= low
        above, below = np.where(enough, middle, above), np.where(enough, below, middle)
    return above


def sample(
    family: Law,
    generator: np.random.Generator,
    size: int | tuple[int, ...],
    canonical: Mapping[str, np.ndarray],
) -> np.ndarray:
    """Random sample of a family without a sampler, for scalar parameters.

    Raises
    ------
    NotAvailableError
        For parameter arrays without a quantile function, or a density that cannot be inverted numerically.
    """
    functions = family.declaration.functions
    theta = [canonical[name] for name in family.declaration.spaces]
    if "ppf" in functions:
        return functions["ppf"](generator.random(size), *theta)
    if any(np.ndim(t) for t in theta):
        raise NotAvailableError(f"{family.name} has no sampler for arrays of parameters; add sample(rng, size, ...)")
    if family.discrete:
        return _discrete_sample(family, generator, size, canonical)
    return _inverse(_ByIdentity(family.name, family.declaration), tuple(map(float, theta))).ppf(generator.random(size))


@dataclass(frozen=True)
class _ByIdentity:
    """A declaration as the key of a cache: the same law is the same log density."""

    name: str
    declaration: Declaration = field(compare=False)
    log_density: Any = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "log_density", self.declaration.functions["log_density"])


@functools.lru_cache(maxsize=16)
def _inverse(law: _ByIdentity, theta: tuple[float, ...]) -> Any:
    """Numerical inverse of a distribution function; kept, since a study draws from one law many times."""
    from scipy.stats.sampling import NumericalInversePolynomial, UNURANError

    declaration = law.declaration
    canonical = dict(zip(declaration.spaces, map(np.asarray, theta), strict=True))
    low, high = (float(end) for end in declaration.support.ends(canonical))
    density, operands = _canonical_density(declaration, canonical)
    quartiles = locate_mass(density, np.asarray(low), np.asarray(high), operands)

    class Distribution:
        def logpdf(self, y: float) -> float:
            with np.errstate(all="ignore"):
                return float(density(y, *operands))

        def pdf(self, y: float) -> float:
            return float(np.exp(self.logpdf(y)))

    try:
        return NumericalInversePolynomial(Distribution(), center=float(quartiles[1]), domain=(low, high))
    except UNURANError as error:
        raise NotAvailableError(
            f"{law.name} has no sampler and its density cannot be inverted numerically ({error}); "
            "add a static method sample(rng, size, ...) to the family"
        ) from None


def _discrete_sample(
    family: Law, generator: np.random.Generator, size: int | tuple[int, ...], canonical: Mapping[str, np.ndarray]
) -> np.ndarray:
    low, _ = family.support.ends(canonical)
    uniform = generator.random(size)
    largest = ppf(family, np.asarray(uniform.max(initial=0.0)), canonical)
    points = np.arange(float(low), float(largest) + 1)
    cumulative = cdf(family, points, canonical)
    return points[np.minimum(np.searchsorted(cumulative, uniform), len(points) - 1)].astype(np.int64)


def start(family: Law, y: np.ndarray) -> dict[str, np.ndarray]:
    """Start values for a family that declares none, for samples `y (..., n)`.

    The best, by the likelihood, of a grid of values suggested by the location and the scale of the sample.
    """
    location, scale = np.median(y, axis=-1), np.std(y, axis=-1)
    magnitude = np.abs(y).mean(axis=-1)
    scale = np.where(scale > 0, scale, np.where(magnitude > 0, magnitude, 1.0))
    grids = [suggestions(family.spaces[name], location, scale, magnitude) for name in family.parameter_names]
    for j, name in enumerate(family.parameter_names):
        # An end of the support lies beyond the sample.
        if name in family.support.moving and family.coordinate_names == tuple(family.declaration.spaces):
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
    hoisted = kernel.hoist(y)
    for candidate in itertools.product(*grids):
        theta = dict(zip(family.parameter_names, candidate, strict=True))
        values = [np.asarray({**family.fixed, **theta}[name])[..., None] for name in family.coordinate_names]
        row = kernel.value(hoisted, *values)
        if np.ndim(row) > y.ndim or (np.ndim(row) and row.shape[-1] not in (1, y.shape[-1])):
            raise FormulaError(
                f"family {family.name}: the log density of data of shape {y.shape} has shape {np.shape(row)}; it must "
                "return one value per observation"
            )
        value = np.broadcast_to(row, y.shape).sum(axis=-1)
        inside = np.ones(location.shape, dtype=bool)
        for name, entry in theta.items():
            inside &= family.spaces[name].contains(entry)
        if family.support.moving:
            inside &= family.support.contains(y, _columns(family.canonical(theta))).all(axis=-1)
        better = np.isfinite(value) & inside & (value > best)
        best = np.where(better, value, best)
        chosen = {name: np.where(better, theta[name], chosen[name]) for name in chosen}
    return chosen


def _columns(theta: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {name: np.asarray(value)[..., None] for name, value in theta.items()}


def suggestions(space: Space, location: Any, scale: Any, magnitude: Any) -> list[Any]:
    """Values of a parameter to try, by its space and the median, standard deviation and mean size of the sample."""
    low, high = (float(end) for end in space.ends())
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


def plain_value(space: Space) -> float:
    """A value well inside a space, whatever the data."""
    low, high = (float(end) for end in space.ends())
    if np.isfinite(low) and np.isfinite(high):
        return (low + high) / 2
    return low + 1.0 if np.isfinite(low) else high - 1.0 if np.isfinite(high) else 0.0


def _canonical_density(declaration: Declaration, canonical: Mapping[str, np.ndarray]) -> tuple[Any, list[np.ndarray]]:
    function = declaration.functions["log_density"]

    def density(y: np.ndarray, *theta: np.ndarray) -> np.ndarray:
        with np.errstate(all="ignore"):
            return np.asarray(function(y, *theta), dtype=float) + np.zeros(np.shape(y))

    return density, [np.asarray(canonical[name], dtype=float) for name in declaration.spaces]
