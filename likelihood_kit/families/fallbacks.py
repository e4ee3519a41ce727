"""What a law has no closed form for, derived from its log density.

Integrals by tanh-sinh quadrature, sums over a discrete support term by term, quantiles by root finding on the
distribution function. Values come by name: canonical parameters, and known quantities as far as they are given.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np

from likelihood_kit._numerics import FromEnd, expectations
from likelihood_kit.calculus import DATUM, Kernels
from likelihood_kit.errors import NotAvailableError, ParameterError
from likelihood_kit.families import seen_from
from likelihood_kit.families.law import Law
from likelihood_kit.parameters import Space

#: Error of the total mass up to which an expectation is trusted. Of counts in the millions the density rounds more.
MASS_TOLERANCE = 1e-7
COUNTED_MASS_TOLERANCE = 1e-6
#: The same of a probability: next to a pole an untraced density loses 4e-7 of its mass, for an exponent of -0.6.
PROBABILITY_MASS_TOLERANCE = 1e-5
#: A complement smaller than this has lost five of its sixteen digits to the one that it was taken from.
SMALLEST_COMPLEMENT = 1e-5
#: Probabilities between which a quantile is looked for.
SMALLEST_PROBABILITY = 1e-15


def one_column(law: Law, what: str) -> None:
    """Refuse what is derived for a response of one column only."""
    if law.observed:
        raise NotAvailableError(
            f"{law.title} has no {what}: its response has further columns ({', '.join(law.observed)}) and no closed "
            "form is declared"
        )


def law_expectations(
    law: Law,
    functions: FromEnd,
    ends: tuple[Any, Any],
    theta: Sequence[np.ndarray],
    what: str,
    from_end: Callable[[int], FromEnd | None],
) -> list[np.ndarray]:
    """Expectations under a law whose whole mass was met, of integrands that come with the log density.

    Raises
    ------
    NotAvailableError
        Where it was not, or where the density is not normalised: the two look the same.
    """

    def with_mass(functions: FromEnd | None) -> FromEnd | None:
        return functions and ([lambda y, *_: np.ones_like(y), *functions[0]], functions[1])

    integrands, log_density = functions
    mass, *found = expectations(
        [lambda y, *_: np.ones_like(y), *integrands],
        log_density,
        *ends,
        theta,
        whole=law.whole,
        what=f"{law.title}: the {what}",
        from_end=lambda side: with_mass(from_end(side)),
    )
    _require_mass(law, what, mass, COUNTED_MASS_TOLERANCE if law.whole else MASS_TOLERANCE)
    return found


def _require_mass(law: Law, what: str, mass: np.ndarray, tolerance: float) -> None:
    """Refuse a quantity of a density whose total mass is not 1."""
    words = _told_mass(what, mass, tolerance)
    if words:
        raise NotAvailableError(f"{law.title}: {words}; add a closed form to the family")


def _told_mass(what: str, mass: np.ndarray, tolerance: float) -> str:
    worst = mass.flat[np.argmax(np.abs(mass - 1))] if mass.size else 1.0
    if abs(worst - 1) <= tolerance:
        return ""
    return (
        f"the {what} is not known: the density has total mass {worst:.10g}, not 1: it is not normalised, or its mass "
        "lies in places too far apart to be found"
    )


def other_mass(law: Law, what: str, y: np.ndarray, values: Mapping[str, Any]) -> str:
    """Why the mass at and below y and that above are not 1 together, in words; empty where they are, or not known."""
    try:
        below, above = _sides(law, y, values)
    except NotAvailableError:
        return ""
    return _told_mass(what, np.asarray(below + above), PROBABILITY_MASS_TOLERANCE)


def moments(law: Law, values: Mapping[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Mean and variance."""
    density, theta = canonical_density(law, values)
    ends = law.support.ends(values)

    def mean_from(side: int) -> FromEnd | None:
        found = density_from(law, side)
        return None if found is None else ([lambda d, *rest: found.position(d, rest)], found.density)

    (mean,) = law_expectations(law, ([lambda y, *_: y], density), ends, theta, "mean", mean_from)

    def variance_from(side: int) -> FromEnd | None:
        found = density_from(law, side)
        if found is None:
            return None
        return (
            [lambda d, *rest: (found.position(d, rest[:-1]) - rest[-1]) ** 2],
            lambda d, *rest: found.density(d, *rest[:-1]),
        )

    (variance,) = expectations(
        [lambda y, *rest: (y - rest[-1]) ** 2],
        lambda y, *rest: density(y, *rest[:-1]),
        *ends,
        [*theta, mean],
        whole=law.whole,
        what=f"{law.title}: the variance",
        from_end=variance_from,
    )
    return mean, variance


@dataclass(frozen=True)
class _DensityFrom:
    """Log density as a function of the distance from an end, of operands as `canonical_density` has them."""

    law: Law
    side: int
    kernels: Kernels

    @property
    def names(self) -> tuple[str, ...]:
        return _density_operands(self.law)

    def density(self, distance: np.ndarray, *operands: np.ndarray) -> np.ndarray:
        values = {**dict(zip(self.names, operands, strict=True)), DATUM: distance}
        data = (values[name] for name in self.law.data)
        value = self.kernels.rows.value_at(data, (values[name] for name in self.law.parameters))
        return value + np.zeros(np.shape(distance))

    def position(self, distance: np.ndarray, operands: Sequence[np.ndarray]) -> np.ndarray:
        return seen_from.position(self.law, self.side, distance, dict(zip(self.names, operands, strict=True)))


def density_from(law: Law, side: int) -> _DensityFrom | None:
    """Log density as a function of the distance from an end (-1 the lower, 1 the upper); None where it has no trace."""
    found = seen_from.kernels_from(law, side, tuple(law.parameters))
    return None if found is None else _DensityFrom(law, side, found)


def probability(law: Law, kind: str, y: np.ndarray, values: Mapping[str, Any]) -> np.ndarray:
    """P(Y <= y), P(Y > y) or the logarithm of one of them: kind is the name of a closed form.

    By the closed form of that name, else from another, else by quadrature of the smaller side.
    """
    low, high = law.support.ends(values)
    upper, logarithm = kind.endswith("survival"), kind.startswith("log_")
    at = np.floor(y) if law.whole else y
    with np.errstate(all="ignore"):
        within = _inner_probability(law, kind, np.clip(at, low, high), values)
    at_low, at_high = (1.0, 0.0) if upper else (0.0, 1.0)
    if logarithm:
        with np.errstate(divide="ignore"):
            at_low, at_high = np.log(at_low), np.log(at_high)
    found = np.where((y < low) | (y == -np.inf), at_low, np.where(y >= high, at_high, within))
    return np.where(np.isnan(y), np.nan, found)


def _inner_probability(law: Law, kind: str, y: np.ndarray, values: Mapping[str, Any]) -> np.ndarray:
    """The same at points of the support."""
    if kind in law.functions:
        return law.call(kind, (y,), values)
    plain = kind.removeprefix("log_")
    if plain != kind:
        return np.log(_inner_probability(law, plain, y, values))
    if f"log_{kind}" in law.functions:
        return np.exp(law.call(f"log_{kind}", (y,), values))
    other = "cdf" if kind == "survival" else "survival"
    if f"log_{other}" in law.functions:
        return -np.expm1(law.call(f"log_{other}", (y,), values))
    if other in law.functions:
        complement = 1 - law.call(other, (y,), values)
        return _without_cancellation(law, kind, complement, y, values)
    return _by_integration(law, kind, y, values)


def _without_cancellation(
    law: Law, kind: str, complement: np.ndarray, y: np.ndarray, values: Mapping[str, Any]
) -> np.ndarray:
    """The complement of a closed form, by integration where the difference left few digits."""
    names = [name for name in law.quantities if name in values]
    found, y, *given = np.broadcast_arrays(complement, y, *(values[name] for name in names))
    poor = found < SMALLEST_COMPLEMENT
    if law.observed or not poor.any():
        return complement
    found = found.copy()
    with suppress(NotAvailableError):
        found[poor] = _by_integration(law, kind, y[poor], dict(zip(names, (g[poor] for g in given), strict=True)))
    return found


def _by_integration(law: Law, kind: str, y: np.ndarray, values: Mapping[str, Any]) -> np.ndarray:
    below, above = _sides(law, y, values)
    known = np.ravel(below + above)
    _require_mass(law, "distribution function", known[np.isfinite(known)], PROBABILITY_MASS_TOLERANCE)
    return (above if kind == "survival" else below) / (below + above)


def lower_share(law: Law, y: np.ndarray, values: Mapping[str, Any]) -> np.ndarray:
    """P(Y <= y) inside the support, of whatever the total mass is: in the middle of a search it may be rounded."""
    if any(name in law.functions for name in ("cdf", "log_cdf", "survival", "log_survival")):
        return probability(law, "cdf", y, values)
    with np.errstate(all="ignore"):
        below, above = _sides(law, y, values)
        return below / (below + above)


def _sides(law: Law, y: np.ndarray, values: Mapping[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """Mass at and below y, and above it."""
    one_column(law, "distribution function")
    density, theta = canonical_density(law, values)
    low, high = law.support.ends(values)
    *theta, y, low, high = np.broadcast_arrays(*theta, y, low, high)
    if law.whole:
        below, above = expectations(
            [lambda k, *rest: (k <= rest[-1]).astype(float), lambda k, *rest: (k > rest[-1]).astype(float)],
            lambda k, *rest: density(k, *rest[:-1]), low, high, [*theta, y], whole=True,
        )  # fmt: skip
        return below, above
    # At an end there is nothing to integrate, and no mass to be found.
    within = (low < y) & (y < high)
    below, above = np.where(y >= high, 1.0, 0.0), np.where(y >= high, 0.0, 1.0)
    if np.any(within):
        *theta, y, low, high = (operand[within] for operand in (*theta, y, low, high))
        for place, (part, ends) in enumerate(((below, (low, y)), (above, (y, high)))):

            def from_end(side: int, own: int = 2 * place - 1) -> FromEnd | None:
                found = density_from(law, side) if side == own else None
                return None if found is None else ([lambda d, *_: np.ones_like(d)], found.density)

            (part[within],) = expectations(
                [lambda k, *_: np.ones_like(k)], density, *ends, theta, whole=False,
                what=f"{law.title}: the distribution function", from_end=from_end,
            )  # fmt: skip
    return below, above


def quantile(law: Law, q: np.ndarray, values: Mapping[str, Any]) -> np.ndarray:
    """Smallest y with P(Y <= y) >= q; NaN where q is not in [0, 1]."""
    low, high = law.support.ends(values)
    with np.errstate(all="ignore"):
        inner = law.call("ppf", (q,), values) if "ppf" in law.functions else inverted(law, q, values)
    inner = np.where(q <= 0, low, np.where(q >= 1, high, inner))
    return np.where((q >= 0) & (q <= 1), inner, np.nan)


def inverted(law: Law, q: np.ndarray, values: Mapping[str, Any]) -> np.ndarray:
    """Quantiles by root finding on the distribution function, for q inside (0, 1)."""
    from scipy.optimize.elementwise import bracket_root, find_root

    names = [name for name in law.quantities if name in values]
    low, high = law.support.ends(values)
    *given, q, low, high = np.broadcast_arrays(*(values[name] for name in names), q, low, high)
    inner = np.clip(q, SMALLEST_PROBABILITY, 1 - SMALLEST_PROBABILITY)

    def excess(y: np.ndarray, q: np.ndarray, *given: np.ndarray) -> np.ndarray:
        return _inner_probability(law, "cdf", y, dict(zip(names, given, strict=True))) - q

    if law.whole:
        return _whole_quantile(law, inner, low, high, dict(zip(names, given, strict=True)))
    middle = np.where(np.isfinite(low), np.where(np.isfinite(high), (low + high) / 2, low + 1), 0.0)
    middle = np.where(~np.isfinite(low) & np.isfinite(high), high - 1, middle)
    bracket = bracket_root(
        excess, middle, xmin=np.asarray(low, float), xmax=np.asarray(high, float), args=(inner, *given), maxiter=200
    )
    return find_root(excess, bracket.bracket, args=(inner, *given)).x


def _whole_quantile(
    law: Law, q: np.ndarray, low: np.ndarray, high: np.ndarray, values: Mapping[str, Any]
) -> np.ndarray:
    def cdf(y: np.ndarray) -> np.ndarray:
        return _inner_probability(law, "cdf", y, values)

    below, above = low - 1.0, low + 1.0
    while np.any(short := cdf(np.minimum(above, high)) < q) and not np.all(above[short] >= high[short]):
        below, above = np.where(short, above, below), np.where(short, low + 2 * (above - low), above)
    above = np.minimum(above, high)
    while np.any(above - below > 1):
        middle = np.floor((above + below) / 2)
        enough = (cdf(np.maximum(middle, low)) >= q) & (middle >= low)
        above, below = np.where(enough, middle, above), np.where(enough, below, middle)
    return above


def plain_value(space: Space) -> float:
    """A value well inside a space, whatever the data."""
    low, high = space.numbers
    if np.isfinite(low) and np.isfinite(high):
        return (low + high) / 2
    return low + 1.0 if np.isfinite(low) else high - 1.0 if np.isfinite(high) else 0.0


def canonical_density(law: Law, values: Mapping[str, np.ndarray]) -> tuple[Any, list[np.ndarray]]:
    """Log density `(y, *operands)` by the author's code, and its operands: parameters and known quantities."""
    one_column(law, "expectation")
    names = _density_operands(law)
    missing = [name for name in names if name not in values]
    if missing:
        raise ParameterError(f"{law.title} needs {' and '.join(missing)}; pass it by keyword")

    def density(y: np.ndarray, *theta: np.ndarray) -> np.ndarray:
        return law.density_at({DATUM: y}, dict(zip(names, theta, strict=True))) + np.zeros(np.shape(y))

    return density, [np.asarray(values[name], dtype=float) for name in names]


def _density_operands(law: Law) -> tuple[str, ...]:
    """Quantities on which the density depends, and those at whose values its support ends."""
    return tuple(name for name in law.quantities if name in law.arguments or name in law.support.depends_on)
