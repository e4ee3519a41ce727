"""An author's functions: their names, and what they return, checked where they are called: entries, shapes, names.

Shapes alone, no values: these functions are called in the loops of studies. A traced value passes as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from likelihood_kit._numerics import as_floats
from likelihood_kit.errors import FormulaError, shown

#: Functions of a law besides its log density, elementwise on arrays that broadcast.
CLOSED_FORMS: tuple[str, ...] = (
    "expected_information",  # -> p (p + 1) / 2 entries, lower triangle by rows, of one observation
    "sample",  # -> array of shape size, or a dict of such by column of the response
    "cdf",
    "log_cdf",
    "survival",
    "log_survival",
    "ppf",
    "moments",  # -> (mean, variance)
)
#: Their leading arguments where these are not the datum alone; quantities follow, by name and in any order, as far as
#: they are needed.
LEADING: Mapping[str, tuple[str, ...]] = {"expected_information": (), "sample": ("rng", "size"), "moments": ()}
#: Estimates from samples `y` of shape (..., n), as a dict of arrays (...).
ESTIMATES: tuple[str, ...] = (
    "start",  # near the maximum of the likelihood; a moment or quantile estimate
    "method_of_moments",  # the estimator of that name
    "maximum_likelihood",  # in closed form; only where Newton's method cannot go (a support that moves)
)
#: Functions that return several entries, and what they are called.
SEVERAL: Mapping[str, str] = {
    "moments": "(mean, variance)",
    "expected_information": "the lower triangle by rows, p (p + 1) / 2 arrays",
}


def checked(
    family: str, name: str, found: Any, operands: Sequence[Any], parameters: Sequence[str], response: Sequence[str]
) -> Any:
    """What a function returned at its operands, where it is what it must be.

    Raises
    ------
    FormulaError
        Names the family and the function.
    """
    p = len(parameters)
    if name in ESTIMATES:
        return checked_estimates(family, name, found, parameters, np.shape(operands[0])[:-1])
    if name in SEVERAL:
        check_entries(family, name, found, 2 if name == "moments" else p * (p + 1) // 2, operands)
    elif name == "sample":
        check_drawn(family, found, response, operands[1])
    else:
        check_elementwise(family, name, found, operands)
    return found


def check_entries(family: str, name: str, found: Any, number: int, operands: Sequence[Any]) -> None:
    """Refuse other than so many entries, or entries that are not elementwise on the operands.

    Raises
    ------
    FormulaError
        Names the family and the function.
    """
    several = isinstance(found, (tuple, list)) or (isinstance(found, np.ndarray) and found.ndim > 0)
    if not several or len(found) != number:
        many = f"{len(found)} entries" if isinstance(found, (tuple, list)) else _described(found)
        raise FormulaError(
            f"family {family}: {name} returns {many}; it must return a tuple of {number}: {SEVERAL[name]}"
        )
    for entry in found:
        try:
            check_elementwise(family, name, entry, operands)
        except FormulaError as error:
            # A matrix is no tuple of entries: its rows are taken for them.
            raise FormulaError(f"{error}, in a tuple of {number}: {SEVERAL[name]}") from None


def check_elementwise(family: str, name: str, found: Any, operands: Sequence[Any]) -> None:
    """Refuse what is no array of real numbers that broadcasts to the shape of the operands.

    Raises
    ------
    FormulaError
        Names the family and the function.
    """
    if isinstance(found, (np.ndarray, np.generic, float, int)):
        shape = np.shape(found)
        real = not isinstance(found, (np.ndarray, np.generic)) or found.dtype.kind in "biuf"
        if real and (not shape or _fits(shape, [getattr(operand, "shape", ()) for operand in operands])):
            return
    elif found is not None and not isinstance(found, (str, bytes, complex, Mapping, list, tuple, set)):
        return
    raise FormulaError(
        f"family {family}: {name} returns {_described(found)}; it must return one number for each row of operands of "
        f"shapes {', '.join(str(getattr(operand, 'shape', ())) for operand in operands)}"
    )


def _fits(shape: tuple[int, ...], shapes: Sequence[tuple[int, ...]]) -> bool:
    if shape in shapes:
        return True
    try:
        expected = np.broadcast_shapes(*shapes)
        return np.broadcast_shapes(shape, expected) == expected
    except ValueError:
        return False


def checked_estimates(
    family: str, name: str, found: Any, parameters: Sequence[str], shape: tuple[int, ...]
) -> dict[str, np.ndarray]:
    """Estimates of the parameters, `shape` each, from samples `shape + (n,)`.

    Raises
    ------
    FormulaError
        Where they are no dict of all parameters, or not one for each sample; names the family and the function.
    """
    what = f"family {family}: {name}"
    if not isinstance(found, Mapping) or set(found) != set(parameters):
        names = f"a dict of {', '.join(map(str, found))}" if isinstance(found, Mapping) and found else shown(found)
        raise FormulaError(f"{what} returns {names}; it must return a dict of {', '.join(parameters)}")
    checked = {}
    for parameter in parameters:
        try:
            value = as_floats(found[parameter])
        except TypeError as error:
            raise FormulaError(f"{what}: the estimate of {parameter} must be numbers, {error}") from None
        # One number for all samples is a start, but no estimate.
        if value.ndim == 0 and (name == "start" or np.prod(shape) == 1):
            value = np.broadcast_to(value, shape)
        if value.shape != shape:
            raise FormulaError(
                f"{what}: of samples of shape {(*shape, 'n')} the estimate of {parameter} has shape {value.shape}, not "
                f"{shape}; reduce over axis=-1"
            )
        checked[parameter] = value
    return checked


def check_drawn(family: str, drawn: Any, columns: Sequence[str], size: Any) -> None:
    """Refuse a sample that is not of the shape that was asked for, or lacks a column of the response.

    Raises
    ------
    FormulaError
        Names the family.
    """
    shape = tuple(size) if isinstance(size, (tuple, list)) else (size,)
    if len(columns) == 1:
        drawn = {columns[0]: drawn}
    elif not isinstance(drawn, Mapping) or set(drawn) != set(columns):
        raise FormulaError(
            f"family {family}: sample returns {_described(drawn)}; it must return a dict of {', '.join(columns)}"
        )
    for column in columns:
        values = drawn[column]
        single = isinstance(values, (np.ndarray, np.generic, float, int))  # a list is no array, whatever its length
        if not single or np.shape(values) != shape or np.asarray(values).dtype.kind not in "biuf":
            raise FormulaError(
                f"family {family}: sample(rng, size={shape}, ...) returns {_described(values)}; it must return an "
                "array of shape size"
            )


def _described(found: Any) -> str:
    if isinstance(found, np.ndarray):
        return f"an array of shape {found.shape} and type {found.dtype}"
    return shown(found)
