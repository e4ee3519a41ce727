"""Quadrature and summation against a density, which comes as a function."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from likelihood_kit.errors import NotAvailableError

#: Relative error asked of each integral; tanh-sinh reaches it for analytic integrands with any endpoint behaviour.
QUADRATURE_RTOL = 1e-13
#: Levels of the grid at which tanh-sinh may first trust its error estimate, and gives up. At level 3 it reports 1e-15
#: and is wrong by 7e-10 for the upper tail of a Rayleigh law.
QUADRATURE_LEVELS = (5, 12)
#: Error of an integral, relative to one and to its size, beyond which it is not believed.
TRUSTED_ERROR = 1e-6
#: What bisection asks for, where an integrand jumps, and the intervals that it may take.
BISECTION_ERROR = 1e-12
BISECTIONS = 400
#: Interquartile ranges from the median within which an end of the support may hold mass of an unbounded density.
NEAR_END = 8.0
#: Decades spanned on each side of an anchor when the mass of a density is searched for.
SEARCH_DECADES = 18
#: A summation over an infinite support stops once this much of the mass is missing at most.
MISSING_MASS = 1e-15
#: Mass that a summation must have met before it may stop: all, but for what rounds in the density of large counts.
LEAST_MASS = 1 - 1e-6
#: Largest number of support points ever summed.
LARGEST_SUM = 2**24

Integrand = Callable[..., np.ndarray]


def expectations(
    integrands: Sequence[Integrand],
    log_density: Integrand,
    low: Any,
    high: Any,
    theta: Sequence[Any],
    *,
    whole: bool,
    part: bool = False,
) -> list[np.ndarray]:
    """Expectations of functions of y under a density.

    Parameters
    ----------
    integrands : sequence of callables
        Each `g(y, *theta)`, elementwise.
    log_density : callable
        `log f(y, *theta)`, elementwise.
    low, high : float or arrays
        Ends of the support.
    theta : sequence of arrays
        Parameters, of one broadcast shape `(...)`.
    whole : bool
        True for a law on the whole numbers.
    part : bool
        Whether low and high hold but a part of the mass, beyond the mode: a sum then ends where its terms vanish.

    Returns
    -------
    list of arrays, each `(...)`

    Raises
    ------
    NotAvailableError
        Where an integral or a sum does not converge to `QUADRATURE_RTOL` or near it.
    """
    *theta, low, high = np.broadcast_arrays(*theta, low, high)
    low, high = low.astype(float), high.astype(float)
    if whole:
        return _sums(integrands, log_density, low, high, theta, 0.0 if part else LEAST_MASS)
    return _integrals(integrands, log_density, low, high, theta)


def _integrals(
    integrands: Sequence[Integrand], log_density: Integrand, low: np.ndarray, high: np.ndarray, theta: list[np.ndarray]
) -> list[np.ndarray]:
    from scipy.integrate import tanhsinh

    quartiles = locate_mass(log_density, low, high, theta)
    middle, width = quartiles[1], quartiles[2] - quartiles[0]
    results = []
    for integrand in integrands:
        total = np.zeros(low.shape)
        for side, end in ((-1.0, low), (1.0, high)):
            # In units of the interquartile range from the median, so that the nodes meet the mass wherever it lies;
            # from a low end that is near, since its distance, where a density is unbounded, must not be rounded.
            near = np.isfinite(end) & (side < 0) & (middle - end < NEAR_END * width)
            origin, unit = np.where(near, end, middle), np.where(near, middle - end, side * width)
            reach = np.where(near, 1.0, side * (end - middle) / width)

            def weighted(
                t: np.ndarray,
                origin: np.ndarray,
                unit: np.ndarray,
                *theta: np.ndarray,
                integrand: Integrand = integrand,
            ) -> np.ndarray:
                with np.errstate(all="ignore"):
                    y = origin + unit * t
                    density = np.exp(log_density(y, *theta)) * np.abs(unit)
                    product = integrand(y, *theta) * density
                # A node that rounds onto an end of the support, or so far out that the density vanishes, adds nothing.
                return np.where((density > 0) & np.isfinite(product), product, 0.0)

            with np.errstate(all="ignore"):
                found = tanhsinh(
                    weighted,
                    0.0,
                    reach,
                    args=(origin, unit, *theta),
                    rtol=QUADRATURE_RTOL,
                    atol=np.finfo(float).tiny,
                    minlevel=QUADRATURE_LEVELS[0],
                    maxlevel=QUADRATURE_LEVELS[1],
                )
            # Cancelling integrands have a small integral: their error is judged against the unit mass.
            with np.errstate(invalid="ignore"):
                poor = ~(found.error <= TRUSTED_ERROR * (1 + np.abs(found.integral)))
            total = total + _again_where(poor, found.integral, weighted, reach, (origin, unit, *theta))
        results.append(total)
    return results


def _again_where(
    poor: np.ndarray, integral: np.ndarray, function: Integrand, reach: np.ndarray, args: Sequence[np.ndarray]
) -> np.ndarray:
    """Integrals from 0 to reach, those that are poor anew by bisection, which a jump within the range needs."""
    from scipy.integrate import quad

    integral, poor = np.array(integral), np.asarray(poor)
    for where in map(tuple, np.argwhere(poor)):
        here = [part[where] for part in args]
        found, error, *rest = quad(
            lambda t, here=here: float(function(np.asarray(t), *here)), 0.0, float(reach[where]),
            epsabs=BISECTION_ERROR, epsrel=BISECTION_ERROR, limit=BISECTIONS, full_output=1,
        )  # fmt: skip
        # A fourth entry says what went wrong.
        if len(rest) > 1 or not error <= TRUSTED_ERROR * (1 + abs(found)):
            raise NotAvailableError("the expectation does not exist, or its integral does not converge")
        integral[where] = found
    return integral


def locate_mass(log_density: Integrand, low: np.ndarray, high: np.ndarray, theta: Sequence[np.ndarray]) -> np.ndarray:
    """Rough quartiles of a density on `(low, high)`, `(3, ...)`: where quadrature has to look.

    A grid over many decades finds the order of magnitude; two refinements between the outermost points that carry mass
    find the quartiles.
    """
    low, high = low[..., None], high[..., None]
    theta = [np.asarray(t)[..., None] for t in theta]
    decades = np.logspace(-SEARCH_DECADES, SEARCH_DECADES, 24 * SEARCH_DECADES)
    unit = decades / (1 + decades)
    with np.errstate(all="ignore"):
        grid = np.where(
            np.isfinite(low),
            np.where(np.isfinite(high), low + (high - low) * unit, low + decades),
            np.where(np.isfinite(high), (high - decades)[..., ::-1], np.nan),
        )
        whole_line = np.concatenate([-decades[::-1], [0.0], decades])
        if not np.all(np.isfinite(grid)):
            grid = np.where(np.isfinite(low) | np.isfinite(high), np.resize(np.nan, whole_line.shape), whole_line)
            anchors = [t for t in theta if np.any(np.abs(t) > 1)]
            for anchor in anchors:
                near = np.concatenate([grid, anchor + whole_line], axis=-1)
                grid = np.sort(near, axis=-1)
        for _ in range(3):
            weights = np.exp(_shifted(log_density(grid, *theta)))
            cells = np.diff(grid, axis=-1) * (weights[..., 1:] + weights[..., :-1]) / 2
            cells = np.where(np.isfinite(cells), cells, 0.0)
            cumulative = np.cumsum(cells, axis=-1)
            cumulative = cumulative / cumulative[..., -1:]
            first = np.argmax(cumulative > 1e-4, axis=-1)[..., None]
            last = np.argmax(cumulative > 1 - 1e-4, axis=-1)[..., None]
            quartiles = np.stack(
                [
                    np.take_along_axis(grid[..., 1:], np.argmax(cumulative >= q, axis=-1)[..., None], -1)[..., 0]
                    for q in (0.25, 0.5, 0.75)
                ]
            )
            # Cells are divided each on its own: near an end where the density is unbounded they span many decades.
            begin, end = np.maximum(first - 1, 0), np.minimum(last + 2, grid.shape[-1] - 1)
            place = begin + (end - begin) * np.linspace(0, 1, 513)
            cell = np.minimum(place.astype(int), grid.shape[-1] - 2)
            left, right = (np.take_along_axis(grid, index, -1) for index in (cell, cell + 1))
            grid = left + (place - cell) * (right - left)
    if not np.all(np.isfinite(quartiles)):
        raise NotAvailableError("the density has no mass that a search over its support could find")
    spread = np.maximum(quartiles[2] - quartiles[0], np.finfo(float).eps * np.abs(quartiles[1]))
    spread = np.where(spread > 0, spread, np.abs(quartiles[1]) + np.finfo(float).tiny)
    return np.stack([quartiles[1] - spread / 2, quartiles[1], quartiles[1] + spread / 2])


def _shifted(log_weights: np.ndarray) -> np.ndarray:
    finite = np.where(np.isfinite(log_weights), log_weights, -np.inf)
    return finite - np.max(finite, axis=-1, keepdims=True)


def _sums(
    integrands: Sequence[Integrand],
    log_density: Integrand,
    low: np.ndarray,
    high: np.ndarray,
    theta: list[np.ndarray],
    least_mass: float,
) -> list[np.ndarray]:
    theta = [t[..., None] for t in theta]
    totals = [np.zeros(low.shape) for _ in integrands]
    mass = np.zeros(low.shape)
    begin, size = 0, 256
    while begin < LARGEST_SUM:
        y = low[..., None] + np.arange(begin, begin + size)
        inside = y <= high[..., None]
        with np.errstate(all="ignore"):
            probability = np.where(inside, np.exp(log_density(np.where(inside, y, low[..., None]), *theta)), 0.0)
            probability = np.where(np.isfinite(probability), probability, 0.0)
            additions = []
            for integrand in integrands:
                terms = np.where(probability > 0, integrand(y, *theta) * probability, 0.0)
                additions.append(terms.sum(axis=-1))
        totals = [total + addition for total, addition in zip(totals, additions, strict=True)]
        mass = mass + probability.sum(axis=-1)
        begin, size = begin + size, 2 * size
        small = all(np.all(np.abs(a) <= MISSING_MASS * np.abs(t)) for a, t in zip(additions, totals, strict=True))
        if np.all(~inside[..., -1]) or (small and np.all(mass > least_mass)):
            return totals
    raise NotAvailableError(f"the sum over the support does not converge within {LARGEST_SUM} terms")
