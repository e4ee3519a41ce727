"""A user's own estimator: how it is called, and its estimates in the order of the parameters."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from likelihood_kit._numerics import as_floats
from likelihood_kit.calculus.author import read_only
from likelihood_kit.errors import ArgumentError, near_names
from likelihood_kit.families import Family
from likelihood_kit.simulation.estimates import Columns, Estimates, of_space

UserFunction = Callable[[Any], Any]

#: Samples of a batch that are estimated again without the others, and the fewest that cost a tenth more at most.
_AGAIN, _FEWEST = 2, 20
#: Difference of an estimate from that without the other samples, in units of the spread of the estimates: a search that
#: ends for all samples at once may end elsewhere, by as much as no measure of a study shows.
_WITHIN = 0.01
#: The same relative to the estimate, where the estimates do not spread: sums of single precision.
_ROUNDING = 1e-6


def of_each_sample(name: str, function: UserFunction, family: Family, samples: Columns) -> Estimates:
    """Estimates by a user's function, each of which must depend on its own sample alone.

    Raises
    ------
    ArgumentError
        Where it depends on the other samples of a batch; and as `by_function`.
    """
    found = by_function(name, function, family, samples)
    if len(found.values) < _FEWEST:
        return found
    few = {column: values[:_AGAIN] for column, values in samples.items()}
    alone = by_function(name, function, family, few).values
    with np.errstate(all="ignore"):
        spread = np.std(np.where(np.isfinite(found.values), found.values, 0.0), axis=0)
    among = found.values[:_AGAIN]
    if _agree(alone, among, spread):
        return found
    again = by_function(name, function, family, few).values
    if _agree(alone, again, 0 * spread):  # else it draws random numbers, and differs from itself
        raise ArgumentError(
            f"estimators: {name!r} makes {_listed(among[0])} of the first sample among {len(found.values)}, and "
            f"{_listed(alone[0])} of it among {_AGAIN}: an estimate must depend on its own sample, a row of the array; "
            "take sums and means over axis=1"
        )
    return found


def _agree(one: np.ndarray, other: np.ndarray, spread: np.ndarray) -> bool:
    with np.errstate(all="ignore"):
        near = np.abs(one - other) <= np.maximum(_WITHIN * spread, _ROUNDING * np.abs(other))
    return bool(np.all(near | (one == other) | (np.isnan(one) & np.isnan(other))))


def _listed(values: np.ndarray) -> str:
    return ", ".join(f"{value:.6g}" for value in values)


def by_function(name: str, function: UserFunction, family: Family, samples: Columns) -> Estimates:
    """Estimates by a user's function, without standard errors.

    The function gets the samples `(r, n)`, of a response of several columns a named tuple of them, read-only: the same
    samples serve every estimator. It returns an array `(r, p)` in the order of the parameters, or columns with their
    names, in any order: a dict, a named tuple or a data frame.

    Raises
    ------
    ArgumentError
        Where it does not return r rows of p numbers, or labels other than the parameters and the samples.
    """
    views = {column: read_only(values) for column, values in samples.items()}
    shape = next(iter(views.values())).shape
    try:
        returned = function(response(views))
    except MemoryError:
        raise
    except Exception as error:
        if isinstance(error, ValueError) and "read-only" in str(error):
            remedy = (
                "it changes its samples in place, which serve the other estimators too: write s = np.sort(s, axis=1) "
                "for s.sort(axis=1), and s = s - c for s -= c"
            )
        else:
            remedy = (
                f"it got read-only samples of shape {shape} and must return NaN for those of which it makes nothing"
            )
        raise ArgumentError(
            f"estimators: {name!r} raised {type(error).__name__} at size n = {shape[1]}: {error}; {remedy}"
        ) from error
    wanted = (shape[0], len(family.parameter_names))
    try:
        values = np.array(as_floats(_in_order(name, returned, family.parameter_names, shape[0])))
    except TypeError as error:
        raise ArgumentError(f"estimators: {name!r} does not return numbers: {error}") from None
    if values.shape == wanted[:1] and wanted[1] == 1:
        values = values[:, None]
    if values.shape != wanted:
        raise ArgumentError(
            f"estimators: {name!r} returns shape {values.shape} for samples of shape {shape}; "
            f"it must return {wanted}, one column for each of {', '.join(family.parameter_names)}"
        )
    return of_space(family, values)


def _in_order(name: str, returned: Any, parameters: Sequence[str], r: int) -> Any:
    """What was returned, its columns in the order of the parameters where they have names, its rows in that of samples.

    Positions as labels, as pandas gives them where there are none, are those of the array.
    """
    columns = _named_columns(returned)
    if columns is None:
        return _rows_in_order(name, returned, r)
    labels = list(columns)
    if labels == list(range(len(labels))):
        return _rows_in_order(name, returned, r)
    if len(labels) != len(parameters) or set(labels) != set(parameters):
        strange = next((label for label in labels if label not in parameters), None)
        hint = f": {near_names(strange, parameters)}" if strange is not None else ""
        raise ArgumentError(
            f"estimators: {name!r} returns columns named {', '.join(map(str, labels))}; they must be "
            f"{', '.join(parameters)}, in any order{hint}"
        )
    each = [as_floats(_rows_in_order(name, columns[parameter], r)) for parameter in parameters]
    if any(np.shape(values) != (r,) for values in each):
        raise ArgumentError(
            f"estimators: {name!r} returns columns of shapes {', '.join(str(np.shape(v)) for v in each)} for {r} "
            f"samples; each of {', '.join(parameters)} must have shape ({r},)"
        )
    return np.stack(each, axis=1)


def _named_columns(returned: Any) -> Any:
    """What gives columns by their names: a dict, a data frame of any library, an array of records; None for others."""
    if isinstance(returned, Mapping):
        return returned
    if isinstance(returned, tuple) and hasattr(returned, "_fields"):
        return dict(zip(returned._fields, returned, strict=True))
    fields = getattr(getattr(returned, "dtype", None), "names", None)
    names = fields if fields is not None else getattr(returned, "columns", None)
    if names is None or np.ndim(returned) == 0:
        return None
    if len(set(names)) < len(list(names)):
        return dict.fromkeys([*names, "a column twice"])
    return {label: returned[label] for label in names}


def _rows_in_order(name: str, returned: Any, r: int) -> Any:
    """A table or column of pandas in the order of its row labels, which are the positions of the samples."""
    index = getattr(returned, "index", None)
    if index is None or callable(index) or not hasattr(returned, "iloc"):
        return returned
    labels = list(index)
    if labels == list(range(r)):
        return returned
    if len(labels) == r and set(labels) == set(range(r)):
        return returned.loc[list(range(r))]
    if len(labels) != r:
        return returned  # its shape is refused
    raise ArgumentError(
        f"estimators: {name!r} returns rows labelled {', '.join(map(str, labels[:3]))}, ...; they must be the "
        f"positions of the samples, 0 to {r - 1}: return an array, or reset_index(drop=True)"
    )


def response(columns: Columns) -> Any:
    """One column as it is; several as a named tuple."""
    return next(iter(columns.values())) if len(columns) == 1 else namedtuple("Response", columns)(*columns.values())
