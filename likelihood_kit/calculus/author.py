"""How an author's function is called: on arrays that it cannot change, and what its failures mean."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from likelihood_kit.errors import FormulaError, LikelihoodKitError, TraceError, shown

#: What NumPy and Python say of a function that does not work elementwise, and what to write instead.
_REMEDIES = (
    ("truth value of an array", "Python's if, and, or, not cannot branch on arrays: write np.where(condition, a, b)"),
    (
        "read-only",
        "it changes its argument in place, which is the data: write y = y - loc for y -= loc, and "
        "np.where(condition, a, y) for an assignment to items",
    ),
    ("Python scalar", "functions of Python's math module take single numbers: write np.log for math.log, and so on"),
    (
        "boolean array ind",
        "data and parameters have different shapes: write np.where(condition, a, b) for x[condition] = a",
    ),
    ("broadcast", "all operands are arrays: write np.where(condition, a, b) for an assignment to a part of the rows"),
    (
        "boolean index",
        "all operands are arrays: write np.where(condition, a, b) for an assignment to a part of the rows",
    ),
    (
        "cannot assign",
        "all operands are arrays: write np.where(condition, a, b) for an assignment to a part of the rows",
    ),
)
_ELEMENTWISE = "it is called with arrays of data and of parameters, and must work on them elementwise"


def read_only(operand: Any) -> Any:
    """The operand; of an array a view that cannot be written to."""
    if not isinstance(operand, np.ndarray):
        return operand
    view = operand.view()
    view.flags.writeable = False
    return view


def called(function: Callable[..., Any], operands: Iterable[Any], label: str) -> Any:
    """What an author's function returns, on arrays that it cannot change.

    Parameters
    ----------
    function : callable
    operands : iterable
    label : str
        What the function is called in messages, such as "family Rayleigh: log_density".

    Raises
    ------
    FormulaError
        Where it fails on arrays, or returns complex numbers.
    """
    operands = [read_only(operand) for operand in operands]
    if any(hasattr(operand, "__traced__") for operand in operands):
        return function(*operands)
    try:
        result = function(*operands)
    except TraceError as error:
        raise FormulaError(
            f"{label} keeps something from one call to the next: symbols, here, of the call in which it was traced "
            f"({error}); it must depend on its arguments alone"
        ) from None
    except (LikelihoodKitError, MemoryError):
        raise
    except Exception as error:
        raise FormulaError(f"{label} fails: {explained(error)}") from error
    parts = result.values() if isinstance(result, dict) else result if isinstance(result, tuple) else (result,)
    if any(np.iscomplexobj(part) for part in parts):
        raise FormulaError(f"{label} returns complex numbers: write it in real functions of real numbers")
    return result


def real(value: Any, label: str) -> np.ndarray:
    """What an author's function returned, as an array of real numbers.

    Raises
    ------
    FormulaError
        Where it is no such array, or one of too few digits.
    """
    if value is None or isinstance(value, (str, bytes, dict, set, tuple, list)):
        raise FormulaError(f"{label} returns {shown(value)}; it must return one value per observation, in an array")
    try:
        found = np.asarray(value)
        if found.dtype in (np.float16, np.float32):
            raise FormulaError(
                f"{label} returns {found.dtype} numbers, whose {np.finfo(found.dtype).precision} digits do not do for "
                "derivatives: leave out the conversion; it is called with float64"
            )
        return found.astype(float) if found.dtype != float else found
    except (TypeError, ValueError) as error:
        if isinstance(error, FormulaError):
            raise
        raise FormulaError(f"{label} does not return an array of numbers: {error}") from None


def as_array(operand: Any) -> Any:
    """A number as an array without axes: an author's function shall not tell one row from many by their type."""
    return np.asarray(operand) if isinstance(operand, (float, int, np.generic)) else operand


def explained(error: Exception) -> str:
    """An error of NumPy or Python in the author's code, with what to write instead."""
    text = str(error)
    remedy = next((remedy for words, remedy in _REMEDIES if words in text), _ELEMENTWISE)
    return f"{type(error).__name__}: {text}; {remedy}"
