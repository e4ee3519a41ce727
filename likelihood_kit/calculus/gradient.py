"""Values and derivatives of functions of parameters: traced where they can be, numeric where not.

What is traced is differentiated exactly, and compared with the function itself before it is believed. Numeric slopes
are extrapolated central differences (`numeric`) from steps in units of the standard errors; they come with an error
estimate, and are refused where that is large.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from likelihood_kit._numerics import as_floats
from likelihood_kit.calculus.author import called
from likelihood_kit.calculus.compile import NAMESPACE
from likelihood_kit.calculus.numeric_slopes import AGREEMENT, KINK, NARROW, ROUNDING, inside, numeric_slopes
from likelihood_kit.calculus.steps import refuse_steps
from likelihood_kit.errors import ArgumentError, FormulaError, LikelihoodKitError, NotAvailableError, TraceError

#: Places, in steps from the arguments, where a trace is compared with the function.
_COMPARED = (0.0, 1.0, -1.0, 0.37, -0.61)
#: One-sided slopes are compared at a narrow step and at one shorter by this factor.
_NARROWER = 1 / 8
#: Part of the difference of one-sided slopes that is left with the shorter step where there is a kink.
_SHRUNK = 0.5
#: Values on each side, a short step apart, whose second differences are what rounding leaves; and how many times more
#: the bend at the arguments must be, of which the largest of as many on one side is a part at the least.
_ROUGH_AT, _ROUGHER = 10, 4.0


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
    scales = inside(at, bounds, steps)

    def by_position(*values: Any) -> Any:
        return function(**dict(zip(names, values, strict=True)))

    value = _number(by_position, names, at)
    if _number(by_position, names, at) != value:
        raise ArgumentError("the function returns another number each time it is called; it must not be random")
    found = _traced_gradient(function, by_position, names, at, scales)
    traced = found is not None
    if found is None:
        found = _numeric_gradient(by_position, names, at, bounds, scales)
    if not np.isfinite(found).all():
        raise ArgumentError(f"the function must return one finite, differentiable number at {dict(arguments)}")
    _refuse_kink(by_position, names, at, scales, found, function if traced else None)
    return value, found


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


def slopes_of(
    function: Callable[..., Any],
    arguments: Mapping[str, float],
    bounds: Sequence[tuple[float, float]] | None = None,
    steps: Sequence[float] | None = None,
) -> Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """Values `(m,)` and derivatives `(m, k)` of a function of named numbers at points `(m, k)`; NaN where it has none.

    Parameters and errors are those of `gradient`, which is asked first, at the arguments.
    """
    gradient(function, arguments, bounds, steps)
    names, at = list(arguments), [float(value) for value in arguments.values()]
    bounds = bounds or [(-np.inf, np.inf)] * len(names)

    def by_position(*values: Any) -> Any:
        return function(**dict(zip(names, values, strict=True)))

    compiled = _trusted_trace(function, by_position, names, at, inside(at, bounds, steps))

    def traced(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        assert compiled is not None
        with np.errstate(all="ignore"):
            (value,), (slopes,) = compiled(*points.T)
        shape = points.shape[:1]
        return np.broadcast_to(value, shape), np.stack([np.broadcast_to(slope, shape) for slope in slopes], axis=1)

    def numeric(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        values, slopes = np.full(len(points), np.nan), np.full(points.shape, np.nan)
        for i, point in enumerate(points):
            try:
                values[i], slopes[i] = gradient(function, dict(zip(names, point, strict=True)), bounds, steps)
            except LikelihoodKitError:
                continue
        return values, slopes

    return numeric if compiled is None else traced


def _traced_gradient(
    function: Callable[..., Any],
    by_position: Callable[..., Any],
    names: Sequence[str],
    at: Sequence[float],
    steps: Sequence[np.ndarray],
) -> np.ndarray | None:
    """Derivatives of the trace; None where there is none, or it is not the function."""
    compiled = _trusted_trace(function, by_position, names, at, steps)
    if compiled is None:
        return None
    with np.errstate(all="ignore"):
        return np.array([float(slope) for slope in compiled(*at)[1][0]])


def _trusted_trace(
    function: Callable[..., Any],
    by_position: Callable[..., Any],
    names: Sequence[str],
    at: Sequence[float],
    steps: Sequence[np.ndarray],
) -> Callable[..., Any] | None:
    """Values and slopes of the trace; None where there is none, or it is not the function."""
    try:
        compiled = compiled_slopes(*_by_place(function, names))
    except (TraceError, FormulaError):
        return None
    points = [[t + shift * float(step) for t, step in zip(at, steps, strict=True)] for shift in _COMPARED]
    with np.errstate(all="ignore"):
        try:
            direct = np.array([float(called(by_position, point, "the function")) for point in points])
        except (LikelihoodKitError, TypeError, ValueError):
            return None
        traced = np.array([float(compiled(*point)[0][0]) for point in points])
        same = np.all(same_values(direct, traced, np.nanmax(np.abs(direct))))
    return compiled if same else None


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
    function: Callable[..., Any],
    names: Sequence[str],
    at: Sequence[float],
    steps: Sequence[np.ndarray],
    slopes: Any,
    traced: Callable[..., Any] | None = None,
) -> None:
    """Refuse a function whose slopes to the left and to the right differ, however short the step.

    Not for what its values are rough on the better side, nor where it is `traced` to what cannot bend: its size does
    not show the rounding errors of terms much larger than their sum.
    """

    def moved(j: int, shift: float) -> float:
        return float(called(function, [t + shift * (i == j) for i, t in enumerate(at)], "the function"))

    def sided(j: int, h: float) -> tuple[float, float, float]:
        up, middle, down = moved(j, h), moved(j, 0.0), moved(j, -h)
        noise = ROUNDING * max(abs(up), abs(middle), abs(down)) / h
        return (up - middle) / h, (middle - down) / h, noise

    for j, (name, step) in enumerate(zip(names, steps, strict=True)):
        with np.errstate(all="ignore"):
            wide, narrow = (sided(j, float(step) * NARROW * factor) for factor in (1.0, _NARROWER))
        gaps = [abs(right - left) for right, left, _ in (wide, narrow)]
        size = max(abs(narrow[0]), abs(narrow[1]), abs(np.nan_to_num(float(slopes[j]))))
        if gaps[1] > KINK * size + narrow[2] and gaps[1] > _SHRUNK * gaps[0]:
            h = float(step) * NARROW * _NARROWER
            sides = [[moved(j, side * h * k) for k in range(1, _ROUGH_AT + 1)] for side in (1, -1)]
            rough = min(np.max(np.abs(np.diff(values, 2))) for values in sides)
            if gaps[1] * h <= _ROUGHER * rough or (traced is not None and _cannot_bend(traced, names)):
                continue
            raise ArgumentError(
                f"the function must return one finite, differentiable number: its slope in {name} is {narrow[1]:.4g} "
                f"below and {narrow[0]:.4g} above {name} = {at[j]:g}"
            )


def _cannot_bend(function: Callable[..., Any], names: Sequence[str]) -> bool:
    """Whether the trace of a function of named numbers has nothing that may bend or break it."""
    from likelihood_kit.calculus.cases import may_bend
    from likelihood_kit.calculus.formula import by_sympy
    from likelihood_kit.calculus.trace import trace

    return not any(by_sympy(lambda: [may_bend(part) for part in trace(*_by_place(function, names))])())


def _by_place(function: Callable[..., Any], names: Sequence[str]) -> tuple[Callable[..., tuple[Any]], list[str]]:
    """A function of named numbers as one of symbols by their places, and names of these."""
    from likelihood_kit.calculus.trace import traceable

    exchanged = traceable(function)
    places = [f"t{j}" for j in range(len(names))]  # a name such as C(g)[b] is none in Python
    return lambda *values: (exchanged(**dict(zip(names, values, strict=True))),), places


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
