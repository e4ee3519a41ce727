"""How what a user gives by name becomes operands of kernels and of the author's functions, each check once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from likelihood_kit._numerics import lower_pairs, triangle
from likelihood_kit.calculus import DATUM, called
from likelihood_kit.errors import DataError, ParameterError, near_names
from likelihood_kit.families.handle import Handle
from likelihood_kit.families.law import Law
from likelihood_kit.parameters import Space


def checked_coordinates(law: Law, parameters: Any) -> tuple[str, ...]:
    """Names of the coordinates in use."""
    if parameters is None:
        return tuple(law.parameters)
    parameters = (parameters,) if isinstance(parameters, str) else parameters
    if not isinstance(parameters, Sequence):
        raise ParameterError(
            f"parameters names coordinates, such as {tuple(law.parameters)}; hold a value fixed by keyword"
        )
    available = (tuple(law.parameters), *law.coordinates)
    for names in available:
        if set(names) == set(parameters) and len(names) == len(parameters):
            return names
    listing = " or ".join(str(names) for names in available)
    raise ParameterError(f"{law.title} has no coordinates {tuple(parameters)}: it has {listing}")


def checked_links(law: Law, links: Any, spaces: Mapping[str, Space]) -> dict[str, str]:
    """Links that are asked for, by parameter."""
    if links is not None and not isinstance(links, Mapping):
        raise ParameterError(f"links must be a dict of parameter to the name of a link, not {links!r}")
    for name in links or {}:
        if name not in spaces:
            raise ParameterError(f"{law.title} has no parameter {name!r}: {near_names(name, spaces)}")
    return dict(links or {})


def checked_fixed(law: Law, fixed: Mapping[str, Any], spaces: Mapping[str, Space]) -> dict[str, float]:
    """Quantities held fixed, as numbers, in the order of the law."""
    known = {**spaces, **law.known}
    for name, value in fixed.items():
        if name not in known:
            raise ParameterError(f"{law.title} has no parameter {name!r}: {near_names(name, known)}")
        number = np.isscalar(value) and not isinstance(value, (str, bytes, complex, bool))
        if not number or not known[name].contains(value):
            raise ParameterError(f"{name}={value!r} is not a value in its space {known[name]!r}")
    return {name: float(fixed[name]) for name in known if name in fixed}


def collected(family: Handle, theta: Mapping[str, ArrayLike], y: ArrayLike) -> dict[str, np.ndarray]:
    """All operands by name as arrays: the response, coordinates in use, known quantities as far as they are given."""
    law, names = family.law, family.parameter_names
    if not all(name in names for name in theta):
        further = {name: True for name in (*law.observed, *law.known) if name not in family.fixed}
        for name in theta:
            if name not in names and name not in further:
                held = f": it is held fixed at {family.fixed[name]:g}" if name in family.fixed else ""
                raise ParameterError(
                    f"{family!r} has no free parameter {name!r}{held or ': ' + near_names(name, (*names, *further))}"
                )
    missing = [name for name in names if name not in theta]
    if missing:
        raise ParameterError(f"{family!r} needs a value for {', '.join(missing)}, by keyword")
    return {name: _numbers(family, name, value) for name, value in {**family.fixed, **theta, DATUM: y}.items()}


def _numbers(family: Handle, name: str, value: Any) -> np.ndarray:
    """A value as an array of float64, of whatever real numbers it was."""
    try:
        found = np.asarray(value)
        if not np.iscomplexobj(found):
            return found.astype(float)
        why = "they are complex; take the real part, if that is what is meant"
    except (TypeError, ValueError) as error:
        why = str(error)
    raise DataError(f"{family.name}: {name} must be numbers: {why}") from None


def collected_data(family: Handle, data: Mapping[str, ArrayLike], y: ArrayLike) -> dict[str, np.ndarray]:
    """All data columns by name as arrays, those that the family holds fixed included."""
    possible = [name for name in (*family.law.observed, *family.law.known) if name not in family.fixed]
    for name in data:
        if name not in possible:
            raise ParameterError(f"{family!r}: {name!r} is no part of its data: {near_names(name, possible)}")
    missing = [name for name in possible if name in family.law.data and name not in data]
    if missing:
        raise ParameterError(f"{family!r} needs {' and '.join(missing)} of each observation, by keyword")
    held = {name: family.fixed[name] for name in family.law.known if name in family.fixed}
    return {name: _numbers(family, name, column) for name, column in {DATUM: y, **held, **data}.items()}


def require(family: Handle, names: Sequence[str], values: Mapping[str, Any], what: str) -> None:
    """Refuse what needs a known quantity that was not given."""
    missing = [name for name in names if name in family.law.known and name not in values]
    if missing:
        raise ParameterError(
            f"{family!r}: {what} needs {' and '.join(missing)}; pass it by keyword, or hold it fixed in the family"
        )


def split(family: Handle, values: Mapping[str, np.ndarray]) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Operands of a kernel: its data columns, and its parameters."""
    missing = [name for name in family.law.data if name not in values]
    if missing:
        raise ParameterError(f"{family!r} needs {' and '.join(missing)} of each observation, by keyword")
    return [values[name] for name in family.law.data], [values[name] for name in family.coordinate_names]


def canonical(family: Handle, values: Mapping[str, Any]) -> dict[str, Any]:
    """Canonical parameters and known quantities by name."""
    law = family.law
    coordinates = law.coordinates.get(family.coordinate_names)
    known = {name: values[name] for name in law.known if name in values}
    if coordinates is None:
        return {**known, **{name: values[name] for name in law.parameters}}
    at = (values[name] for name in family.coordinate_names)
    with np.errstate(all="ignore"):
        return {**known, **called(coordinates.to_canonical, at, f"family {law.name}: to_canonical")}


def inside(family: Handle, values: Mapping[str, Any]) -> np.ndarray:
    """Whether the response lies in the support, all columns of it, and the quantities in their spaces."""
    law = family.law
    within = law.support.contains(values[DATUM], canonical(family, values))
    for name, space in law.observed.items():
        within = within & space.contains(values[name])
    for name, space in {**family.spaces, **law.known}.items():
        if name in values:
            within = within & space.contains(values[name])
    return within


def row_derivatives(family: Handle, values: Mapping[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Score `(..., p)` and Hessian `(..., p, p)` in the free parameters; NaN outside the support and the spaces."""
    data, theta = split(family, values)
    with np.errstate(all="ignore"):
        _, score, hessian = family.kernels.rows.derivatives(  # type: ignore[misc]
            family.kernels.rows.hoist(*data), *theta
        )
    shape = np.broadcast_shapes(*(np.shape(v) for v in (*data, *theta)))
    within = inside(family, values)
    slopes = [np.where(within, score[i], np.nan) + np.zeros(shape) for i in family.free]
    position = dict(zip(lower_pairs(len(theta)), hessian, strict=True))
    entries = [position[family.free[i], family.free[j]] for i, j in lower_pairs(len(family.free))]
    entries = [np.where(within, entry, np.nan) + np.zeros(shape) for entry in entries]
    gradient = np.stack(slopes, axis=-1) if slopes else np.empty((*shape, 0))
    return gradient, triangle(entries, shape)


def check_spaces(family: Handle, values: Mapping[str, Any], what: str) -> None:
    """Refuse values outside the space of their quantity, that leave no support, or no end of it."""
    for name, space in {**family.spaces, **family.law.known}.items():
        if name in values and not np.all(space.contains(values[name])):
            raise ParameterError(f"{name}={values[name]} is outside its space {space!r}")
    require(family, family.support.depends_on, values, what)
    _check_support(family, values)


def _check_support(family: Handle, values: Mapping[str, Any], prefix: str = "") -> None:
    if family.support.depends_on:
        low, high = family.support.ends(canonical(family, values))
        empty = np.logical_not(low <= high if family.discrete else low < high)
        if np.any(empty):
            first = [np.broadcast_to(end, np.shape(empty))[empty].flat[0] for end in (low, high)]
            raise ParameterError(
                f"{prefix}the support from {first[0]:g} to {first[1]:g} is empty; low must be below high"
            )


def checked_theta(family: Handle, theta: Any, argument: str) -> dict[str, float]:
    """The free parameters as checked numbers, in order."""
    if not isinstance(theta, Mapping):
        raise ParameterError(f"{argument} must be a dict of parameter values: {', '.join(family.parameter_names)}")
    for name in theta:
        if name not in family.parameter_names:
            raise ParameterError(f"{argument}: no free parameter {name!r}: {near_names(name, family.parameter_names)}")
    checked = {}
    for name in family.parameter_names:
        if name not in theta:
            raise ParameterError(f"{argument} has no value for {name!r}")
        value = theta[name]
        if not isinstance(value, (int, float, np.number)) or not family.spaces[name].contains(value):
            raise ParameterError(f"{argument}: {name} = {value!r} is not in its space {family.spaces[name]!r}")
        checked[name] = float(value)
    values = collected(family, checked, 0.0)
    if all(name in values or name in family.law.parameters for name in family.support.depends_on):
        _check_support(family, values, f"{argument}: ")
    return checked
