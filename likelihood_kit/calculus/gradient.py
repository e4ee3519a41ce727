"""Values and derivatives of functions of parameters: traced where they can be, numeric where not.

What is traced is differentiated exactly, and compared with the function itself before it is believed. Numeric slopes
are extrapolated central differences (`numeric`) from steps in units of the standard errors; they come with an error
estimate, and are refused where that is large.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from likelihood_kit._numerics import as_floats
from likelihood_kit.calculus.author import called
from likelihood_kit.calculus.compile import NAMESPACE
from likelihood_kit.calculus.numeric import STEP_RATIO, STEPS, extrapolate, first_step
from likelihood_kit.calculus.steps import refuse_steps
from likelihood_kit.errors import ArgumentError, FormulaError, LikelihoodKitError, NotAvailableError, TraceError

#: Relative difference from which a trace and the function it was made of are not the same.
AGREEMENT = 1e-9
#: Error of a numeric slope, in units of the change of the function over a step, beyond which it is refused.
TRUSTED_SLOPE = 1e-6
#: What a number of floating-point operations may lose of a function's value: differences below it say nothing.
ROUNDING = 1e3 * np.finfo(float).eps
#: Steps shrink by this factor where the function bends within them, this many times at most (from 1 to 1e-9).
SHRINKING, MOST_SHRINKINGS = 8.0, 10
#: Places, in steps from the arguments, where a trace is compared with the function.
_COMPARED = (0.0, 1.0, -1.0, 0.37, -0.61)
#: Step, in steps, within which a function must look like a line: a kink or a jump nearer than that counts as one here.
#: One-sided slopes are compared at it and at the shorter one by the factor.
_NARROW, _NARROWER = 1e-6, 1 / 8
#: Difference of one-sided slopes, relative to the larger of them, that is a kink if it does not shrink with the step.
_KINK, _SHRUNK = 1e-3, 0.5


@dataclass(frozen=True)
class Slopes:
    """First derivatives of a vector of functions, by extrapolated central differences.

    Attributes
    ----------
    value : (...,)
    slopes : tuple of k arrays (...,)
    errors : tuple of k arrays (...,)
        Estimated absolute error of each.
    trusted : (...,) of bool
        Whether the errors are small against the change of the function over the steps.
    """

    value: np.ndarray
    slopes: tuple[np.ndarray, ...]
    errors: tuple[np.ndarray, ...]
    trusted: np.ndarray


def gradient(
    function: Callable[..., Any],
    arguments: Mapping[str, float],
    bounds: Sequence[tuple[float, float]] | None = None,
    steps: Sequence[float] | None = None,
) -> tuple[float, np.ndarray]:
    """Value of a function of named numbers, and its derivatives `(k,)` in their order.

    Parameters
    ----------
    function : callable
        `function(**arguments)`, a number.
    arguments : dict of str to float
    bounds : sequence of k pairs, optional
        Open interval of each argument.
    steps : sequence of k floats, optional
        Scale on which each argument is uncertain, such as a part of its standard error.

    Raises
    ------
    ArgumentError
        Where the function does not take these names, does not return one number, returns another one each time, or is
        not differentiable there.
    NotAvailableError
        Where it cannot be traced, and the error of numeric derivatives is large.
    """
    names, at = list(arguments), [float(value) for value in arguments.values()]
    bounds = bounds or [(-np.inf, np.inf)] * len(names)
    scales = _inside(at, bounds, steps)

    def by_position(*values: Any) -> Any:
        return function(**dict(zip(names, values, strict=True)))

    value = _number(by_position, names, at)
    if _number(by_position, names, at) != value:
        raise ArgumentError("the function returns another number each time it is called; it must not be random")
    found = _traced_gradient(function, by_position, names, at, scales)
    if found is None:
        found = _numeric_gradient(by_position, names, at, bounds, scales)
    if not np.isfinite(found).all():
        raise ArgumentError(f"the function must return one finite, differentiable number at {dict(arguments)}")
    _refuse_kink(by_position, names, at, scales, found)
    return value, found


def numeric_slopes(
    function: Callable[..., Any],
    theta: Sequence[Any],
    bounds: Sequence[tuple[float, float]],
    steps: Sequence[Any] | None = None,
) -> Slopes:
    """Value and first derivatives of `function(*theta)`, elementwise, from the longest steps that can be trusted.

    Parameters
    ----------
    function : callable
        `function(*theta)` of any broadcast shape.
    theta : sequence of k arrays
    bounds : sequence of k pairs
        Open interval of each argument; no step leaves it.
    steps : sequence of k arrays, optional
        Scale on which each argument is uncertain; by default a part of its size.
    """
    theta = [np.asarray(t, dtype=float) for t in theta]
    first = [np.asarray(step) for step in _inside(theta, bounds, steps)]
    with np.errstate(all="ignore"):
        value = np.asarray(function(*theta), dtype=float)
        parts = [_along(function, theta, j, step, value) for j, step in enumerate(first)]
        changes = [np.abs(slope) * step for (slope, _), step in zip(parts, first, strict=True)]
        total = np.sqrt(sum(change**2 for change in changes)) if changes else np.zeros(value.shape)
        trusted = np.isfinite(value)
        for (_, error), step in zip(parts, first, strict=True):
            trusted = trusted & (error * step <= TRUSTED_SLOPE * total + ROUNDING * np.abs(value))
    slopes = tuple(np.asarray(slope) for slope, _ in parts)
    return Slopes(value, slopes, tuple(np.asarray(error) for _, error in parts), trusted)


def _along(
    function: Callable[..., Any], theta: Sequence[np.ndarray], j: int, step: np.ndarray, value: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Slope in one argument and its error, elementwise the best of a sequence of ever shorter steps."""
    best, smallest = np.full(value.shape, np.nan), np.full(value.shape, np.inf)
    moved = np.zeros(value.shape, dtype=bool)
    h = step
    for _ in range(MOST_SHRINKINGS):
        differences = []
        for scale in STEP_RATIO ** -np.arange(STEPS, dtype=float):
            up, down = (
                np.asarray(function(*theta[:j], theta[j] + side * h * scale, *theta[j + 1 :]), dtype=float)
                for side in (1, -1)
            )
            differences.append((up - down) / (2 * h * scale))
        slope, error = extrapolate(differences)
        # A step function is flat within short steps, where it is known to move over long ones.
        moved = moved | (np.abs(differences[0] * 2 * h) > ROUNDING * np.abs(value))
        better = (error < smallest) & ~((differences[-1] == 0) & moved)
        best, smallest = np.where(better, slope, best), np.where(better, error, smallest)
        if np.all(smallest * step <= AGREEMENT * np.abs(best) * step + np.finfo(float).eps * np.abs(value)):
            break
        h = h / SHRINKING
    return best, np.where(_is_line(function, theta, j, step * _NARROW, value, best), smallest, np.inf)


def _is_line(
    function: Callable[..., Any], theta: Sequence[np.ndarray], j: int, h: np.ndarray, value: np.ndarray, slope: Any
) -> np.ndarray:
    """Whether the slope is that of a short step: differences over jumps agree with each other by chance."""
    up, down = (np.asarray(function(*theta[:j], theta[j] + side * h, *theta[j + 1 :]), dtype=float) for side in (1, -1))
    short = (up - down) / ((theta[j] + h) - (theta[j] - h))
    return np.abs(short - slope) <= _KINK * np.maximum(np.abs(short), np.abs(slope)) + ROUNDING * np.abs(value) / h


def _inside(at: Sequence[Any], bounds: Sequence[tuple[float, float]], steps: Sequence[Any] | None) -> list[np.ndarray]:
    """Steps that stay within the intervals: at most half way to the nearer end."""
    found = []
    for j, (t, (low, high)) in enumerate(zip(at, bounds, strict=True)):
        own = first_step(np.asarray(t, dtype=float), low, high)
        if steps is not None and np.isfinite(steps[j]) and steps[j] > 0:
            room = np.minimum(t - low, high - t) / 2
            own = np.minimum(float(steps[j]), np.maximum(room, np.finfo(float).tiny))
        found.append(own)
    return found


def _number(function: Callable[..., Any], names: Sequence[str], at: Sequence[float]) -> float:
    """Value of the function, one finite number."""
    try:
        with np.errstate(all="ignore"):
            value = called(function, at, "the function")
            if np.asarray(value).dtype == bool:
                raise TypeError(f"not {value}")
            number = as_floats(value)
    except FormulaError as error:
        cause = error.__cause__
        why = str(error) if cause is None else f"{type(cause).__name__}: {cause}"
        raise ArgumentError(
            f"the function must take {', '.join(names)} by keyword and return a number: {why}"
        ) from None
    except (TypeError, ValueError) as error:
        raise ArgumentError(
            f"the function must take {', '.join(names)} by keyword and return a number: {error}"
        ) from None
    if number.ndim or not np.isfinite(number):
        where = dict(zip(names, at, strict=True))
        raise ArgumentError(f"the function must return one finite, differentiable number at {where}")
    return float(number)


def _traced_gradient(
    function: Callable[..., Any],
    by_position: Callable[..., Any],
    names: Sequence[str],
    at: Sequence[float],
    steps: Sequence[np.ndarray],
) -> np.ndarray | None:
    """Derivatives of the trace; None where there is none, or it is not the function."""
    from likelihood_kit.calculus.trace import traceable

    exchanged = traceable(function)
    places = [f"t{j}" for j in range(len(names))]  # a name such as C(g)[b] is none in Python

    def symbolic(*values: Any) -> tuple[Any]:
        return (exchanged(**dict(zip(names, values, strict=True))),)

    try:
        compiled = compiled_slopes(symbolic, places)
    except (TraceError, FormulaError):
        return None
    points = [[t + shift * float(step) for t, step in zip(at, steps, strict=True)] for shift in _COMPARED]
    with np.errstate(all="ignore"):
        try:
            direct = np.array([float(called(by_position, point, "the function")) for point in points])
        except (LikelihoodKitError, TypeError, ValueError):
            return None
        traced = np.array([float(compiled(*point)[0][0]) for point in points])
        if not np.all(same_values(direct, traced, np.nanmax(np.abs(direct)))):
            return None
        return np.array([float(slope) for slope in compiled(*at)[1][0]])


def _numeric_gradient(
    by_position: Callable[..., Any],
    names: Sequence[str],
    at: Sequence[float],
    bounds: Sequence[tuple[float, float]],
    steps: Sequence[np.ndarray],
) -> np.ndarray:
    def guarded(*values: Any) -> Any:
        return called(by_position, [float(value) for value in values], "the function")

    try:
        found = numeric_slopes(guarded, at, bounds, steps)
    except FormulaError as error:
        raise ArgumentError(
            f"the function must be defined around {dict(zip(names, at, strict=True))}: {error}"
        ) from None
    if not found.trusted:
        _refuse_kink(by_position, names, at, steps, found.slopes)
        worst = names[int(np.argmax([float(e) * float(h) for e, h in zip(found.errors, steps, strict=True)]))]
        largest = float(max(found.errors))
        why = f"have an error of {largest:.2g}" if np.isfinite(largest) else "do not settle: it jumps, or bends sharply"
        raise NotAvailableError(
            f"the derivative of the function in {worst} is not known: it cannot be traced, and numeric derivatives "
            f"{why}; write it in NumPy and scipy.special"
        )
    for j, slope in enumerate(found.slopes):
        if float(slope) == 0:

            def along(t: float, j: int = j) -> float:
                return float(guarded(*at[:j], t, *at[j + 1 :]))

            refuse_steps(along, names[j], at[j], bounds[j], steps[j])
    return np.array([float(slope) for slope in found.slopes])


def _refuse_kink(
    function: Callable[..., Any], names: Sequence[str], at: Sequence[float], steps: Sequence[np.ndarray], slopes: Any
) -> None:
    """Refuse a function whose slopes to the left and to the right differ, however short the step."""

    def sided(j: int, h: float) -> tuple[float, float, float]:
        def moved(shift: float) -> float:
            return float(called(function, [t + shift * (i == j) for i, t in enumerate(at)], "the function"))

        up, middle, down = moved(h), moved(0.0), moved(-h)
        noise = ROUNDING * max(abs(up), abs(middle), abs(down)) / h
        return (up - middle) / h, (middle - down) / h, noise

    for j, (name, step) in enumerate(zip(names, steps, strict=True)):
        with np.errstate(all="ignore"):
            wide, narrow = (sided(j, float(step) * _NARROW * factor) for factor in (1.0, _NARROWER))
        gaps = [abs(right - left) for right, left, _ in (wide, narrow)]
        size = max(abs(narrow[0]), abs(narrow[1]), abs(np.nan_to_num(float(slopes[j]))))
        if gaps[1] > _KINK * size + narrow[2] and gaps[1] > _SHRUNK * gaps[0]:
            raise ArgumentError(
                f"the function must return one finite, differentiable number: its slope in {name} is {narrow[1]:.4g} "
                f"below and {narrow[0]:.4g} above {name} = {at[j]:g}"
            )


def same_values(one: Any, other: Any, floor: float = 1.0) -> Any:
    """Whether values are the same but for rounding: both finite and near each other, or the same infinity, or NaN.

    `floor` is the size below which differences are measured against it: 1 for log densities.
    """
    one, other = np.asarray(one, dtype=float), np.asarray(other, dtype=float)
    with np.errstate(all="ignore"):
        near = np.abs(one - other) <= AGREEMENT * (floor + np.maximum(np.abs(one), np.abs(other)))
    return np.where(np.isfinite(one) & np.isfinite(other), near, (one == other) | (np.isnan(one) & np.isnan(other)))


def slopes_source(function: Callable[..., Any], names: Sequence[str], prefix: str) -> str:
    """Source of `{prefix}_slopes(*names)`: values of a function that returns a tuple or a dict, and their derivatives.

    Raises
    ------
    TraceError
        Where the function or a derivative has no symbolic form.
    """
    from likelihood_kit.calculus.differentiate import differentiate
    from likelihood_kit.calculus.emit import Emission, slopes_lines
    from likelihood_kit.calculus.formula import by_sympy
    from likelihood_kit.calculus.trace import symbol, trace

    @by_sympy
    def emitted() -> str:
        found = trace(function, names)
        results = list(found.values()) if isinstance(found, dict) else list(found)
        symbols = [symbol(name) for name in names]
        slopes = [differentiate(result, symbols).score for result in results]
        return slopes_lines(results, slopes, Emission((), symbols, prefix))

    return emitted()


def compiled_slopes(function: Callable[..., Any], names: Sequence[str]) -> Callable[..., Any]:
    """Function of the names that returns values and slopes, each a tuple by value, slopes by name within."""
    namespace = dict(NAMESPACE)
    try:
        exec(compile(slopes_source(function, names, "of"), "<slopes of a function>", "exec"), namespace)
    except (RecursionError, MemoryError, SyntaxError) as error:
        raise TraceError(f"its derivatives are too long to compile: {error}") from None
    found: Callable[..., Any] = namespace["of_slopes"]
    return found
