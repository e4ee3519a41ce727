"""A formula tried out before its first use: at a few points of its spaces, against what was derived from it.

A trace sees one way through the author's code. `try: np.asarray(y)`, `isinstance(y, np.ndarray)`, a cached term or a
random number lead the code itself another way, and the derivatives would be those of another function.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from likelihood_kit.calculus import DATUM, Formula, Kernels, same_values
from likelihood_kit.errors import FormulaError
from likelihood_kit.families.law import Law
from likelihood_kit.parameters import Space

#: Points, and the seed from which they are drawn: the same in every session, so that a formula passes or fails.
POINTS = 24
_SEED = 2026
#: Decades (base e) about 1 over which a positive quantity is drawn, and a positive datum, which varies more.
_SPREAD, _WIDER = 1.5, 3.0
#: Counts are drawn among so many from the first on.
_COUNTS = 12
#: Points of a formula that holds integrals, of which each value takes a second or so; its parts are tried on their own.
_OF_QUADRATURE = 2
#: Points that are tried in a table of rows and parameters.
_CROSSED = 5

#: Data columns, and parameters.
Columns = tuple[Sequence[np.ndarray], Sequence[np.ndarray]]


def points(law: Law, names: tuple[str, ...]) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Data columns and coordinates by name, `(POINTS,)` each or fewer: in their spaces, the datum in the support."""
    generator = np.random.default_rng(_SEED)
    typical = names not in law.coordinates and bool(law.typical)
    theta = {
        name: _drawn(space, generator, law.typical.get(name) if typical else None)
        for name, space in law.spaces_in(names).items()
    }
    values = {
        name: _drawn(space, generator, law.typical.get(name))
        for name, space in law.known.items()
        if name in law.arguments or name in law.support.depends_on
    }
    with np.errstate(all="ignore"):
        canonical: Mapping[str, np.ndarray] = law.canonical(names, theta)
        data = {
            DATUM: _datum(law.support.ends({**values, **canonical}), law.whole, generator),
            **{name: _drawn(space, generator, None) for name, space in law.observed.items()},
            **{name: values[name] for name in values if name in law.arguments},
        }
        inside = law.support.contains(data[DATUM], {**values, **canonical})
    inside = np.broadcast_to(inside, (POINTS,))
    return {n: v[inside] for n, v in data.items()}, {n: v[inside] for n, v in theta.items()}


def quantities(law: Law) -> dict[str, np.ndarray]:
    """Typical values of all quantities of a law, known ones too, by name, `(POINTS,)` each."""
    generator = np.random.default_rng(_SEED)
    return {name: _drawn(space, generator, law.typical.get(name)) for name, space in law.quantities.items()}


def _drawn(space: Space, generator: np.random.Generator, box: tuple[float, float] | None) -> np.ndarray:
    """Values inside a space, or inside a box of ordinary ones."""
    low, high = space.numbers
    uniform = generator.random(POINTS)
    if box is not None:
        values = box[0] + (box[1] - box[0]) * uniform
    elif np.isfinite(low) and np.isfinite(high):
        values = low + (high - low) * (0.05 + 0.9 * uniform) if not space.whole else low + uniform * (high - low + 1)
    elif np.isfinite(low) or np.isfinite(high):
        away = np.exp(_SPREAD * (2 * uniform - 1)) if not space.whole else _COUNTS * uniform
        values = low + away if np.isfinite(low) else high - away
    else:
        values = _SPREAD * (2 * uniform - 1)
    return np.floor(values) if space.whole else values


def _datum(ends: tuple[Any, Any], whole: bool, generator: np.random.Generator) -> np.ndarray:
    """Values between the ends of a support, far and near."""
    low, high = (np.broadcast_to(np.asarray(end, dtype=float), (POINTS,)) for end in ends)
    uniform = generator.random(POINTS)
    if whole:
        first = np.where(np.isfinite(low), low, 0.0)
        room = np.where(np.isfinite(high), high - first + 1, _COUNTS)
        return first + np.floor(uniform * np.minimum(room, _COUNTS))
    away = np.exp(_WIDER * (2 * uniform - 1))
    with np.errstate(all="ignore"):
        line = np.where(uniform < 0.5, away, -1 / away)
        between = low + (high - low) * uniform
        return np.where(
            np.isfinite(low) & np.isfinite(high),
            between,
            np.where(np.isfinite(low), low + away, np.where(np.isfinite(high), high - away, line)),
        )


def tried(
    law: Law, names: tuple[str, ...], formula: Formula, kernels: Kernels, numeric: Callable[[str], Kernels]
) -> Kernels:
    """The kernels, if they have the values of the formula at a few points; numeric ones by its own code where not.

    Parameters
    ----------
    law : Law
    names : tuple of str
        Coordinates in use.
    formula : Formula
    kernels : Kernels
        What was derived of it.
    numeric : callable
        `numeric(reason)`: kernels with numeric derivatives.

    Raises
    ------
    FormulaError
        Where the formula fails on arrays, is random, keeps something from one call to the next, or looks at other rows.
    """
    data, theta = points(law, names)
    some = slice(0, _OF_QUADRATURE if formula.opaque else POINTS)
    columns = [data[name][some] for name in law.data], [theta[name][some] for name in names]
    if not len(data[DATUM]):
        return kernels
    with np.errstate(all="ignore"):
        first = _values(formula, columns)
        if first is None:
            _refuse_fixed(formula, columns)
            return kernels
        if not formula.opaque:
            _refuse_inconstant(formula, columns, first)
        if kernels.derivatives != "symbolic":
            return kernels
        found = np.broadcast_to(kernels.rows.value_at(*columns), first.shape)
    wrong = ~same_values(found, first)
    if not wrong.any():
        return kernels
    at = int(np.argmax(wrong))
    where = ", ".join(f"{name} = {value[at]:.4g}" for name, value in {**data, **theta}.items())
    return numeric(f"its symbolic form is {found[at]:.10g} where the function is {first[at]:.10g}, at {where}")


def _values(formula: Formula, columns: Columns) -> np.ndarray | None:
    """Values of the formula at the points; None where they are of another shape, which whoever fits will say."""
    found = np.asarray(formula(*columns[0], *columns[1]))
    count = columns[0][0].shape
    if found.dtype == object or found.shape != count:
        return None
    return found.astype(float)


def _refuse_fixed(formula: Formula, columns: Columns) -> None:
    """Refuse a formula with the same number of rows, more than one, whatever the data."""
    shapes = []
    for some in (slice(None), slice(1, None, 3)):
        data, theta = ([part[some] for part in group] for group in columns)
        shapes.append(np.shape(formula(*data, *theta)))
    if shapes[0] == shapes[1] and shapes[0] not in ((), (1,)):
        raise FormulaError(
            f"{formula.label}: the log density of data of any length has shape {shapes[0]}; it must return one value "
            "per observation, of those that it is called with"
        )


def _refuse_inconstant(formula: Formula, columns: Columns, first: np.ndarray) -> None:
    """Refuse a formula with another value for the same row, in a second call or among other rows."""
    again = _values(formula, columns)
    if again is None or not np.array_equal(first, again, equal_nan=True):
        raise FormulaError(
            f"{formula.label} returns other values for the same arguments: it must be a function of them alone; random "
            "numbers belong into sample(rng, size, ...)"
        )
    some = slice(1, None, 3)
    part = _values(formula, ([column[some] for column in columns[0]], [value[some] for value in columns[1]]))
    few = slice(0, _CROSSED)
    crossed = _crossed(formula, columns, few)
    alone = _alone(formula, columns)
    if (
        part is None
        or not np.all(same_values(part, first[some]))
        or (crossed is not None and not np.all(same_values(crossed, first[few])))
        or (alone is not None and not same_values(alone, first[0]))
    ):
        raise FormulaError(
            f"{formula.label} has another value for a row among other rows: it must work row by row, on what it is "
            "called with; no sums or means over the rows, and nothing kept from one call to the next"
        )


def _crossed(formula: Formula, columns: Columns, few: slice) -> np.ndarray | None:
    """Values with rows along one axis and parameters along another, as a batch of samples has them; the diagonal."""
    data, theta = ([column[few] for column in group] for group in columns)
    count = len(data[0])
    found = np.asarray(formula(*(column[None, :] for column in data), *(value[:, None] for value in theta)))
    # Of another shape: whoever fits will say so.
    return None if found.dtype == object or found.shape != (count, count) else np.diagonal(found)


def _alone(formula: Formula, columns: Columns) -> np.ndarray | None:
    """Value of the first row as a number; None where the formula takes none."""
    try:
        return np.asarray(formula(*(column[0] for group in columns for column in group)), dtype=float)
    except (FormulaError, TypeError, ValueError):
        return None
