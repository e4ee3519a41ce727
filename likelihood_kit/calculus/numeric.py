"""Derivatives per observation of a log density that cannot be traced, with an error estimate.

Central differences extrapolated to step zero over a geometric sequence of steps (Ridders 1982, as in Press et al.,
*Numerical Recipes*, 3rd ed., section 5.7); for each entry the extrapolation with the smallest difference from its
neighbours is kept, and that difference is the error estimate. The smallest of many differences is small by chance where
they are noise, of a formula that rounds or iterates: none counts for less than what is left of the differences over the
shortest steps when the first powers of the step are taken out, scaled by the order of the derivative.

References
----------
Ridders, C. J. F. (1982). Accurate computation of F'(x) and F'(x) F''(x). *Advances in Engineering Software* 4, 75-76.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from likelihood_kit.calculus.author import real
from likelihood_kit.calculus.kernels import Derived, Kernel

#: Ratio of successive steps, and their number: 1.4 and about 10 in Numerical Recipes; 2 and 6 span the same range.
STEP_RATIO = 2.0
STEPS = 6
#: First step, relative to the size of the argument: large, since extrapolation removes the truncation error.
FIRST_STEP = 0.04
#: Change of slope over a step, in units of log density, above which the step is too long and below which it drowns
#: in rounding; steps are then changed by this factor, this many times at most (from 1e12 to 1).
LARGEST_BEND, SMALLEST_BEND = 1.0, 1e-6
RESCALING, MOST_RESCALINGS = 8.0, 14
#: What is left of differences over four successive steps when powers 0, 2 and 4 of the step are taken out: weights of
#: the three longer steps, beside 1 of the shortest.
_WEIGHTS = np.linalg.solve(
    np.vander(STEP_RATIO ** (2.0 * np.arange(3, 0, -1)), 3, increasing=True).T, [-1.0, -1.0, -1.0]
).tolist()
#: How many times too small noise may be by chance over the shortest steps, next to the longer ones before them: where
#: it seems more, these bend.
_BY_CHANCE = 16.0
#: Growth of noise by extrapolation: the product of (r + 1 / 4) / (r - 1) over r = 4, 16, ...
_GROWTH = 1.6
#: Step of scores alone, relative to that scale: short, so that few rows lie next to a kink, and long beside rounding.
SCORE_STEP = 1e-3


@dataclass(frozen=True, eq=False)
class NumericDerivatives:
    """Derivatives of a vector of functions, by extrapolated central differences.

    Attributes
    ----------
    value : (...,) values
    score : tuple of p arrays (...,)
    hessian : tuple of p (p + 1) / 2 arrays (...,), lower triangle by rows
    score_error, hessian_error : float
        Largest estimated absolute error over all entries.
    """

    value: np.ndarray
    score: tuple[np.ndarray, ...]
    hessian: tuple[np.ndarray, ...]
    score_error: float
    hessian_error: float

    def relative_error(self) -> float:
        """Error of the Hessian relative to its largest entry; not a number where the Hessian is not finite."""
        largest = max(float(np.max(np.abs(entry))) for entry in self.hessian)
        return self.hessian_error / largest if np.isfinite(largest) and largest > 0 else float("nan")


def numeric_derivatives(
    function: Callable[..., np.ndarray],
    theta: Sequence[Any],
    bounds: Sequence[tuple[float, float]],
    steps: Sequence[np.ndarray] | None = None,
) -> NumericDerivatives:
    """Value, score and Hessian of `function(*theta)`, elementwise.

    Parameters
    ----------
    function : callable
        `function(*theta)` of any broadcast shape.
    theta : sequence of p arrays
        Where to differentiate.
    bounds : sequence of p pairs
        Open interval of each parameter; no step leaves it.
    steps : sequence of p arrays, optional
        First and largest step of each parameter, where its scale is known better than from its size.
    """
    theta = [np.asarray(t, dtype=float) for t in theta]
    value = np.asarray(function(*theta), dtype=float)
    if steps is None:
        steps = [first_step(t, *limits) for t, limits in zip(theta, bounds, strict=True)]

    def shifted(moves: dict[int, np.ndarray]) -> np.ndarray:
        return np.asarray(function(*(t + moves[j] if j in moves else t for j, t in enumerate(theta))), dtype=float)

    score, hessian = [], []
    score_error = hessian_error = 0.0
    scales = STEP_RATIO ** -np.arange(STEPS, dtype=float)
    for i in range(len(theta)):
        first, second = [], []
        for scale in scales:
            h = steps[i] * scale
            up, down = shifted({i: h}), shifted({i: -h})
            first.append((up - down) / (2 * h))
            second.append((up - 2 * value + down) / h**2)
        for j in range(i):
            mixed = []
            for scale in scales:
                h, k = steps[i] * scale, steps[j] * scale
                corners = (
                    shifted({i: h, j: k}) - shifted({i: h, j: -k}) - shifted({i: -h, j: k}) + shifted({i: -h, j: -k})
                )
                mixed.append(corners / (4 * h * k))
            entry, error = _extrapolate(mixed, 2)
            hessian.append(entry)
            hessian_error = max(hessian_error, error)
        entry, error = _extrapolate(first, 1)
        score.append(entry)
        score_error = max(score_error, error)
        entry, error = _extrapolate(second, 2)
        hessian.append(entry)
        hessian_error = max(hessian_error, error)
    return NumericDerivatives(value, tuple(score), tuple(hessian), score_error, hessian_error)


def first_step(theta: np.ndarray, low: float, high: float) -> np.ndarray:
    """Step relative to the argument; at most half way to the nearer bound of its interval."""
    room = np.minimum(theta - low, high - theta) / 2
    return np.minimum(FIRST_STEP * np.maximum(np.abs(theta), FIRST_STEP), np.maximum(room, np.finfo(float).tiny))


def natural_steps(
    function: Callable[..., np.ndarray], theta: Sequence[Any], bounds: Sequence[tuple[float, float]]
) -> list[np.ndarray]:
    """First steps for a log density, each of its parameter's shape, on the scale on which the density bends.

    A step relative to a location of 1e6 passes over a law of scale 1, and finds a slope of zero without any doubt.
    """
    theta = [np.asarray(t, dtype=float) for t in theta]
    value = np.asarray(function(*theta), dtype=float)
    steps = []
    for i, (t, limits) in enumerate(zip(theta, bounds, strict=True)):
        room = np.maximum(np.minimum(t - limits[0], limits[1] - t) / 2, np.finfo(float).tiny)
        h = first_step(t, *limits)
        shrunk = np.zeros(t.shape, dtype=bool)
        for _ in range(MOST_RESCALINGS):
            up, down = (
                np.asarray(function(*theta[:i], t + side * h, *theta[i + 1 :]), dtype=float) for side in (1, -1)
            )
            # A row outside the support has no say, nor one with a pole at the step; one that it takes out of it has.
            asked = np.isfinite(value) & (up != np.inf) & (down != np.inf)
            bend = np.where(asked, np.nan_to_num(np.abs(up - 2 * value + down), nan=np.inf), 0.0)
            bend = _largest(bend, t.shape)
            large, small = bend > LARGEST_BEND, (bend < SMALLEST_BEND) & ~shrunk & (h < room)
            if not np.any(large | small):
                break
            shrunk = shrunk | large
            h = np.where(large, h / RESCALING, np.where(small, np.minimum(h * RESCALING, room), h))
        steps.append(h)
    return steps


def _largest(values: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Maximum over the axes along which an array of this shape was broadcast to that of the values."""
    padded = (1,) * (values.ndim - len(shape)) + shape
    axes = tuple(k for k, (have, full) in enumerate(zip(padded, values.shape, strict=True)) if have < full)
    return np.max(values, axis=axes, keepdims=True, initial=0.0).reshape(shape)


def _extrapolate(differences: list[np.ndarray], order: int) -> tuple[np.ndarray, float]:
    """The extrapolation to step zero, elementwise, and the largest of its finite error estimates."""
    best, errors = extrapolate(differences, order)
    finite = errors[np.isfinite(errors)]
    return best, float(finite.max()) if finite.size else np.inf


def extrapolate(differences: list[np.ndarray], order: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Entry of Neville's tableau with the smallest error estimate, elementwise, and that estimate.

    Of differences over ever shorter steps that estimate a derivative of this order.
    """
    column = np.stack(np.broadcast_arrays(*differences))
    best = column[0].copy()
    smallest = np.full(best.shape, np.inf)
    noise = _noise(column, order)
    factor = 1.0
    while len(column) > 1:
        factor *= STEP_RATIO**2
        following = (factor * column[1:] - column[:-1]) / (factor - 1)
        apart = np.abs(following - column[1:])
        error = np.maximum(np.maximum(apart, np.abs(following - column[:-1])), noise[-len(apart) :])
        for candidate, estimate in zip(following, error, strict=True):
            better = estimate < smallest
            best = np.where(better, candidate, best)
            smallest = np.where(better, estimate, smallest)
        column = following
    return best, smallest


def _noise(differences: np.ndarray, order: int) -> np.ndarray:
    """Noise `(m, ...)` of extrapolations that end at each of the differences `(m, ...)`."""
    shorter = float(STEP_RATIO) ** order
    a, b, c = _WEIGHTS
    before, last = np.abs(a * differences[-5:-3] + b * differences[-4:-2] + c * differences[-3:-1] + differences[-2:])
    seen = np.fmax(last, np.fmin(shorter * before, _BY_CHANCE * last))
    seen = np.where(np.isfinite(seen), _GROWTH * seen, 0.0)
    return np.multiply.outer(shorter ** -np.arange(len(differences) - 1.0, -1.0, -1.0), seen)


def numeric_kernel(formula: Callable[..., np.ndarray], columns: int, bounds: Sequence[tuple[float, float]]) -> Kernel:
    """Kernel of a formula of so many data columns without symbolic form; the data themselves are what it hoists."""

    def hoist(*data: np.ndarray) -> tuple[np.ndarray, ...]:
        if len(data) != columns:
            raise TypeError(f"{columns} data columns are needed, not {len(data)}")
        return data

    def value(hoisted: tuple[np.ndarray, ...], *theta: np.ndarray) -> np.ndarray:
        with np.errstate(all="ignore"):
            return real(formula(*hoisted, *theta), getattr(formula, "label", "the log density"))

    def derivatives(hoisted: tuple[np.ndarray, ...], *theta: np.ndarray) -> Derived:
        def at(*moved: np.ndarray) -> np.ndarray:
            return value(hoisted, *moved)

        with np.errstate(all="ignore"):
            found = numeric_derivatives(at, theta, bounds, natural_steps(at, theta, bounds))
        return found.value, found.score, found.hessian

    def scores(hoisted: tuple[np.ndarray, ...], *theta: np.ndarray) -> tuple[np.ndarray, ...]:
        def at(*moved: np.ndarray) -> np.ndarray:
            return value(hoisted, *moved)

        with np.errstate(all="ignore"):
            return _scores(at, theta, [SCORE_STEP * step for step in natural_steps(at, theta, bounds)])

    return Kernel(hoist, value, derivatives, scores=scores)


def _scores(
    function: Callable[..., np.ndarray], theta: Sequence[Any], steps: Sequence[np.ndarray]
) -> tuple[np.ndarray, ...]:
    """Scores by central differences of fourth order: right on all rows but those within two steps of a kink."""
    theta = [np.asarray(t, dtype=float) for t in theta]
    found = []
    for i, h in enumerate(steps):
        two_down, down, up, two_up = (
            np.asarray(function(*theta[:i], theta[i] + m * h, *theta[i + 1 :]), dtype=float) for m in (-2, -1, 1, 2)
        )
        found.append((8 * (up - down) - (two_up - two_down)) / (12 * h))
    return tuple(found)


def derivative_error(
    formula: Callable[..., np.ndarray],
    data: Sequence[Any],
    theta: Sequence[Any],
    bounds: Sequence[tuple[float, float]],
) -> float:
    """Estimated error of the numeric Hessian of a formula, relative to its largest entry over the rows."""

    def at(*moved: np.ndarray) -> np.ndarray:
        return real(formula(*data, *moved), "the log density")

    with np.errstate(all="ignore"):
        found = numeric_derivatives(at, theta, bounds, natural_steps(at, theta, bounds))
        return found.relative_error()
