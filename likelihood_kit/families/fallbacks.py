"""What a law has no closed form for, derived from its log density.

Integrals by tanh-sinh quadrature, sums over a discrete support term by term, quantiles by root finding on the
distribution function. Values come by name: canonical parameters, and known quantities as far as they are given.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

import numpy as np

from likelihood_kit._numerics import expectations, lower_pairs, triangle
from likelihood_kit.calculus import DATUM, Kernels
from likelihood_kit.errors import NotAvailableError, ParameterError
from likelihood_kit.families import compiled
from likelihood_kit.families.law import Coordinates, Law
from likelihood_kit.parameters import Space

#: Error of the total mass up to which an expectation is trusted: what rounds in the density of counts in the millions.
MASS_TOLERANCE = 1e-6
#: A complement smaller than this has lost five of its sixteen digits to the one that it was taken from.
SMALLEST_COMPLEMENT = 1e-5
#: Probabilities between which a quantile is looked for.
SMALLEST_PROBABILITY = 1e-15


def expected_information(
    law: Law, names: tuple[str, ...], kernels: Kernels, values: Mapping[str, np.ndarray]
) -> np.ndarray:
    """E[s s'] of one observation in the coordinates of these names, `(..., p, p)`."""
    entries = _over_scores(law, names, kernels, values, lambda i, j, score, _: score[i] * score[j], scores_alone=True)
    return triangle(entries, entries[0].shape)


def both_informations(
    law: Law, names: tuple[str, ...], values: Mapping[str, np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """E[s s'] and -E[Hessian] of one observation, `(p, p)` each."""
    kernels = compiled.kernels(law, names)
    place = {pair: at for at, pair in enumerate(lower_pairs(len(names)))}
    curvature = _over_scores(law, names, kernels, values, lambda i, j, _, hessian: -hessian[place[i, j]])
    return expected_information(law, names, kernels, values), triangle(curvature, curvature[0].shape)


def _over_scores(
    law: Law,
    names: tuple[str, ...],
    kernels: Kernels,
    values: Mapping[str, Any],
    entry: Callable[..., Any],
    *,
    scores_alone: bool = False,
) -> list[np.ndarray]:
    """Expectations of entries made of score and Hessian, of the lower triangle by rows."""
    one_column(law, "expected information")
    known = [name for name in law.data if name != DATUM]
    missing = [name for name in known if name not in values]
    if missing:
        raise ParameterError(f"{law.title}: expected information needs {' and '.join(missing)}; pass it by keyword")
    operands = [values[name] for name in (*known, *names)]

    def split(rest: Sequence[np.ndarray]) -> tuple[dict[str, Any], Sequence[np.ndarray]]:
        return dict(zip(known, rest, strict=False)), rest[len(known) :]

    def hoisted(y: np.ndarray, data: Mapping[str, Any]) -> Any:
        return kernels.rows.hoist(*({**data, DATUM: y}[name] for name in law.data))

    def integrand(i: int, j: int) -> Callable[..., np.ndarray]:
        def evaluate(y: np.ndarray, *rest: np.ndarray) -> np.ndarray:
            data, theta = split(rest)
            if scores_alone and kernels.rows.scores is not None:
                return entry(i, j, kernels.rows.scores(hoisted(y, data), *theta), ())
            _, score, hessian = kernels.rows.derivatives(hoisted(y, data), *theta)  # type: ignore[misc]
            return entry(i, j, score, hessian)

        return evaluate

    def log_density(y: np.ndarray, *rest: np.ndarray) -> np.ndarray:
        data, theta = split(rest)
        return kernels.rows.value(hoisted(y, data), *theta)  # type: ignore[misc]

    ends = law.support.ends(_canonical(law, names, values)) if law.support.depends_on else law.support.ends()
    return law_expectations(law, [integrand(i, j) for i, j in lower_pairs(len(names))], log_density, ends, operands)


def one_column(law: Law, what: str) -> None:
    """Refuse what is derived for a response of one column only."""
    if law.observed:
        raise NotAvailableError(
            f"{law.title} has no {what}: its response has further columns ({', '.join(law.observed)}) and no closed "
            "form is declared"
        )


def _canonical(law: Law, names: tuple[str, ...], values: Mapping[str, Any]) -> Mapping[str, Any]:
    coordinates = law.coordinates.get(names)
    return values if coordinates is None else {**values, **coordinates.to_canonical(*(values[n] for n in names))}


def law_expectations(
    law: Law, integrands: Sequence[Any], density: Any, ends: tuple[Any, Any], theta: Sequence[np.ndarray]
) -> list[np.ndarray]:
    """Expectations under a law whose whole mass was met.

    Raises
    ------
    NotAvailableError
        Where it was not, or where the density is not normalised: the two look the same.
    """
    mass, *found = expectations([lambda y, *_: np.ones_like(y), *integrands], density, *ends, theta, whole=law.whole)
    worst = mass.flat[np.argmax(np.abs(mass - 1))] if mass.size else 1.0
    if not abs(worst - 1) <= MASS_TOLERANCE:
        raise NotAvailableError(
            f"{law.title}: the density has total mass {worst:.6g}, not 1: it is not normalised, or its mass lies in "
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


def moments(law: Law, values: Mapping[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Mean and variance."""
    density, theta = canonical_density(law, values)
    ends = law.support.ends(values)
    (mean,) = law_expectations(law, [lambda y, *_: y], density, ends, theta)
    (variance,) = expectations(
        [lambda y, *rest: (y - rest[-1]) ** 2],
        lambda y, *rest: density(y, *rest[:-1]),
        *ends,
        [*theta, mean],
        whole=law.whole,
    )
    return mean, variance


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
    return (above if kind == "survival" else below) / (below + above)


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
        for side, ends in ((below, (low, y)), (above, (y, high))):
            (side[within],) = expectations([lambda k, *_: np.ones_like(k)], density, *ends, theta, whole=False)
    return below, above


def quantile(law: Law, q: np.ndarray, values: Mapping[str, Any]) -> np.ndarray:
    """Smallest y with P(Y <= y) >= q; NaN where q is not in [0, 1]."""
    low, high = law.support.ends(values)
    with np.errstate(all="ignore"):
        inner = law.call("ppf", (q,), values) if "ppf" in law.functions else _inner_quantile(law, q, values)
    inner = np.where(q <= 0, low, np.where(q >= 1, high, inner))
    return np.where((q >= 0) & (q <= 1), inner, np.nan)


def _inner_quantile(law: Law, q: np.ndarray, values: Mapping[str, Any]) -> np.ndarray:
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
    names = [name for name in law.quantities if name in law.arguments]
    missing = [name for name in names if name not in values]
    if missing:
        raise ParameterError(f"{law.title} needs {' and '.join(missing)}; pass it by keyword")

    def density(y: np.ndarray, *theta: np.ndarray) -> np.ndarray:
        return law.density_at({DATUM: y}, dict(zip(names, theta, strict=True))) + np.zeros(np.shape(y))

    return density, [np.asarray(values[name], dtype=float) for name in names]
