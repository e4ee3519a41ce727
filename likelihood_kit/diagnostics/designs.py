"""Expected information of a regression at given coefficients, without data: the rows of its designs are enough."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from likelihood_kit._numerics.numbers import as_floats
from likelihood_kit.diagnostics.bounds import asked, require_free
from likelihood_kit.errors import ArgumentError, ParameterError, near_names, shown
from likelihood_kit.families import Family, checked_family
from likelihood_kit.parameters import Real, Space

#: Name of the first column of ones where the columns have no names, as statsmodels has it.
CONSTANT = "const"


@dataclass(frozen=True, eq=False)
class DesignedInformation:
    """Expected information of the rows of a design, in the coordinates of a fitted model's params.

    Attributes
    ----------
    information : (k, k)
    labels : tuple of k str
    params : (k,)
        Natural values, or coefficients on the link scale where a design drives a parameter.
    spaces : tuple of k spaces
    link_slopes : (k,)
        Of natural values in their images under the links; 1 for a coefficient.
    """

    information: np.ndarray
    labels: tuple[str, ...]
    params: np.ndarray
    spaces: tuple[Space, ...]
    link_slopes: np.ndarray


@dataclass(frozen=True, eq=False)
class _Driven:
    """Columns `(m, q)` that drive a parameter, their names, and coefficients `(q,)`."""

    columns: np.ndarray
    names: tuple[str, ...]
    coefficients: np.ndarray


def plain_information(
    family: Any, theta: Any, known: Mapping[str, Any], what: str, others: Sequence[str]
) -> DesignedInformation:
    """Expected information of one observation where nothing predicts a parameter; `what` and `others` as in `asked`.

    Raises
    ------
    ArgumentError, ParameterError, NotAvailableError
    """
    checked = asked(family, theta, 1, known, what, others).theta
    family.require_regular("Cramer-Rao bound" if what == "cramer_rao_bound" else "expected information")
    with np.errstate(over="ignore"):
        information = np.asarray(family.expected_information(**checked, **known), dtype=float)
    spaces = tuple(family.spaces[name] for name in checked)
    slopes = np.array([_slope(family, name, value) for name, value in checked.items()])
    return DesignedInformation(information, tuple(checked), np.array(list(checked.values())), spaces, slopes)


def _slope(family: Family, name: str, value: float) -> float:
    """Slope of a natural value in its image under the link."""
    link = family.links[name]
    return float(link.slopes(float(link.forward(value)), value)[0])


def designed_information(
    family: Any, theta: Any, design: Any, known: Mapping[str, Any], what: str, others: Sequence[str] = ()
) -> DesignedInformation:
    """Expected information of one run of a design.

    The information of each row in natural coordinates, carried to the coefficients by the chain rule, and summed.

    Raises
    ------
    ArgumentError, ParameterError, NotAvailableError
    """
    require_free(checked_family(family), what)
    driven, rows = _driven(family, theta, design)
    natural = _natural(family, theta, driven, rows)
    quantities = _known_of_rows(family, known, rows, what, others)
    family.require_regular("Cramer-Rao bound" if what == "cramer_rao_bound" else "expected information")
    with np.errstate(over="ignore"):
        each = np.asarray(family.expected_information(**natural, **quantities), dtype=float)
    each = np.broadcast_to(each, (rows, *each.shape[-2:]))
    names = list(natural)
    columns, slopes, params, spaces, own = [], [], [], [], []
    for name in names:
        if name in driven:
            eta = driven[name].columns @ driven[name].coefficients
            columns.append(driven[name].columns)
            slopes.append(np.broadcast_to(family.links[name].slopes(eta, natural[name])[0], rows))
            params.append(driven[name].coefficients)
            spaces += [Real()] * len(driven[name].names)
            own += [1.0] * len(driven[name].names)
        else:
            columns.append(np.ones((rows, 1)))
            slopes.append(np.ones(rows))
            params.append(np.array([natural[name]]))
            spaces.append(family.spaces[name])
            own.append(_slope(family, name, natural[name]))
    places = range(len(names))
    blocks = [
        [columns[i].T @ ((each[:, i, j] * slopes[i] * slopes[j])[:, None] * columns[j]) for j in places] for i in places
    ]
    labels = _all_labels(family, names, driven)
    return DesignedInformation(np.block(blocks), labels, np.concatenate(params), tuple(spaces), np.array(own))


def _driven(family: Family, theta: Any, design: Any) -> tuple[dict[str, _Driven], int]:
    """What drives each parameter, and the number of rows."""
    if not isinstance(theta, Mapping):
        raise ParameterError(f"theta must be a dict of parameter to value, not {shown(theta)}")
    if isinstance(design, Mapping):
        designs = dict(design)
    elif family.predicted is None or family.predicted in family.fixed:
        raise ArgumentError(f"design has nothing to drive: the predicted parameter of {family!r} is held fixed")
    else:
        designs = {family.predicted: design}
    if not designs:
        raise ArgumentError("design is an empty dict: give the columns of each parameter that is driven")
    found: dict[str, _Driven] = {}
    rows = 0
    for name, columns in designs.items():
        if name not in family.parameter_names:
            near = near_names(str(name), family.parameter_names)
            raise ArgumentError(f"design: {family!r} has no free parameter {shown(name)}: {near}")
        array = _array(columns, f"design of {name}")
        if found and len(array) != rows:
            raise ArgumentError(f"design of {name} has {len(array)} rows, another one {rows}: give one row of each")
        rows = len(array)
        if name not in theta:
            raise ParameterError(f"theta has no value for {name!r}: give its {array.shape[1]} coefficients")
        found[name] = _Driven(array, _names(columns, array), _coefficients(theta[name], name, array.shape[1]))
    return found, rows


def _array(columns: Any, what: str) -> np.ndarray:
    try:
        array = as_floats(columns)
    except TypeError as error:
        raise ArgumentError(f"{what} must be columns of numbers, {error}") from None
    array = array[:, None] if array.ndim == 1 else array
    if array.ndim != 2 or not array.size or not np.isfinite(array).all():
        raise ArgumentError(f"{what} must be finite numbers of shape (rows, columns); its shape is {array.shape}")
    return array


def _coefficients(values: Any, name: str, count: int) -> np.ndarray:
    try:
        array = np.atleast_1d(as_floats(values))
    except TypeError as error:
        raise ParameterError(f"theta: the coefficients of {name} must be numbers, {error}") from None
    if array.shape != (count,) or not np.isfinite(array).all():
        raise ParameterError(
            f"theta: {name} = {shown(values)}; its design has {count} columns, and so it has {count} coefficients"
        )
    return array


def _natural(family: Family, theta: Mapping[str, Any], driven: Mapping[str, _Driven], rows: int) -> dict[str, Any]:
    """Natural parameters, of the rows `(m,)` where driven, in order."""
    natural = {}
    for name, one in driven.items():
        with np.errstate(all="ignore"):
            natural[name] = family.links[name].inverse(one.columns @ one.coefficients)
        inside = np.asarray(family.spaces[name].contains(natural[name]))
        if not inside.all():
            row = int(np.argmin(inside))
            raise ParameterError(
                f"theta: by its coefficients {name} = {natural[name][row]:g} in row {row} of the design, outside "
                f"{family.spaces[name]!r}"
            )
    checked = family.check_theta({**theta, **{name: float(values[0]) for name, values in natural.items()}}, "theta")
    return {name: natural.get(name, value) for name, value in checked.items()}


def _known_of_rows(
    family: Family, known: Mapping[str, Any], rows: int, what: str, others: Sequence[str]
) -> dict[str, Any]:
    """Known quantities, one number or one for each row."""
    possible = [name for name in family.law.known if name not in family.fixed]
    found = {}
    for name, value in known.items():
        if name not in possible:
            near = near_names(name, ("theta", "n", "of", *others, *possible))
            raise ArgumentError(f"{what} takes no argument {name!r}: {near}")
        try:
            array = as_floats(value)
        except TypeError as error:
            raise ArgumentError(f"{name} must be numbers, {error}") from None
        if array.shape not in ((), (rows,)) or not np.all(family.law.known[name].contains(array)):
            raise ArgumentError(f"{name} = {shown(value)}: give one value in {family.law.known[name]!r}, or {rows}")
        found[name] = array
    return found


def _names(columns: Any, array: np.ndarray) -> tuple[str, ...]:
    """Names of columns: of a DataFrame its own, else const for the first of ones and x1, x2, ... as in statsmodels."""
    if isinstance(columns, pd.DataFrame):
        return tuple(str(name) for name in columns.columns)
    names: list[str] = []
    for column in array.T:
        constant = CONSTANT not in names and column[0] != 0 and np.ptp(column) == 0
        names.append(CONSTANT if constant else f"x{len(names) + 1 - (CONSTANT in names)}")
    return tuple(names)


def _labels(name: str, driven: Mapping[str, _Driven]) -> tuple[str, ...]:
    return driven[name].names if name in driven else (name,)


def _all_labels(family: Family, names: list[str], driven: Mapping[str, _Driven]) -> tuple[str, ...]:
    """Names of the entries, with that of their parameter where it is not the predicted one, or another has the same."""
    plain = {name: _labels(name, driven) for name in names}
    for name in driven:
        if name != family.predicted:
            plain[name] = tuple(f"{name}:{label}" for label in plain[name])
    for name in driven:
        others = {label for other in names if other != name for label in plain[other]}
        plain[name] = tuple(f"{name}:{label}" if label in others else label for label in plain[name])
    found = tuple(label for name in names for label in plain[name])
    for label in found:
        if found.count(label) > 1:
            raise ArgumentError(f"design: two columns are named {label!r}; give each a name of its own")
    return found
