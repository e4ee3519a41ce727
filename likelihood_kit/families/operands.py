"""How what a user gives by name becomes operands of kernels and of the author's functions, each check once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from likelihood_kit._numerics import as_floats, is_number
from likelihood_kit.calculus import DATUM
from likelihood_kit.errors import DataError, ParameterError, near_names, shown
from likelihood_kit.families.handle import Handle
from likelihood_kit.families.law import Law
from likelihood_kit.families.maps import check_maps
from likelihood_kit.parameters import Space


def checked_coordinates(law: Law, parameters: Any) -> tuple[str, ...]:
    """Names of the coordinates in use."""
    if parameters is None:
        return tuple(law.parameters)
    parameters = (parameters,) if isinstance(parameters, str) else parameters
    if not isinstance(parameters, Sequence) or not all(isinstance(name, str) for name in parameters):
        raise ParameterError(
            f"parameters names coordinates, such as {tuple(law.parameters)}; hold a value fixed by keyword"
        )
    available = (tuple(law.parameters), *law.coordinates)
    for names in available:
        if set(names) == set(parameters) and len(names) == len(parameters):
            if names in law.coordinates:
                check_maps(law, names)
            return names
    listing = " or ".join(str(names) for names in available)
    raise ParameterError(f"{law.title} has no coordinates {tuple(parameters)}: it has {listing}")


def checked_links(law: Law, links: Any, spaces: Mapping[str, Space], fixed: Mapping[str, Any]) -> Mapping[str, str]:
    """Links that are asked for, by free parameter."""
    if links is None:
        return MappingProxyType({})
    if not isinstance(links, Mapping):
        raise ParameterError(f"links must be a dict of parameter to the name of a link, not {shown(links)}")
    for name, link in links.items():
        if name not in spaces:
            raise ParameterError(f"{law.title} has no parameter {name!r}: {near_names(name, spaces)}")
        if name in fixed:
            raise ParameterError(f"links: {name} is held fixed; only a parameter that is estimated has a link")
        if link is None:
            raise ParameterError(f"links: {name}: None is no name of a link; leave it out for the default one")
    return MappingProxyType(dict(links))


def checked_fixed(law: Law, fixed: Mapping[str, Any], spaces: Mapping[str, Space]) -> Mapping[str, float]:
    """Quantities held fixed, as numbers, in the order of the law."""
    known = {**spaces, **law.known}
    for name, value in fixed.items():
        if name not in known:
            raise ParameterError(f"{law.title} has no parameter {name!r}: {near_names(name, known)}")
        if not is_number(value) or not known[name].contains(value):
            raise ParameterError(f"{name}={shown(value)} is not a value in its space {known[name]!r}")
    return MappingProxyType({name: float(fixed[name]) for name in known if name in fixed})


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
    for name in names:
        if isinstance(theta[name], (bool, np.bool_)):
            raise DataError(f"{family.name}: y and the parameters must be numbers: {name} is {shown(theta[name])}")
    values = _as_numbers(family, {**family.fixed, **theta, DATUM: y}, "the parameters")
    for name, space in law.known.items():
        if name in theta and not np.all(space.contains(values[name])):
            raise ParameterError(f"{name}={shown(theta[name])} is outside its space {space!r}")
    return values


def _as_numbers(family: Handle, given: Mapping[str, ArrayLike], others: str) -> dict[str, np.ndarray]:
    """Operands by name as arrays of floats, NaN where they are masked, that broadcast."""
    values = {}
    for name, value in given.items():
        try:
            values[name] = as_floats(value)
        except TypeError as error:
            raise DataError(f"{family.name}: y and {others} must be numbers: {name} is {error}") from None
    shapes = {value.shape for value in values.values() if value.ndim}
    if len(shapes) > 1:
        try:
            np.broadcast_shapes(*shapes)
        except ValueError:
            different = ", ".join(f"{name} {value.shape}" for name, value in values.items() if value.ndim)
            raise DataError(f"{family.name}: the shapes of y and {others} do not fit together: {different}") from None
    return values


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
    values = _as_numbers(family, {DATUM: y, **held, **data}, "what is known of each row")
    if not values[DATUM].ndim or not values[DATUM].shape[-1]:
        raise DataError(f"{family.name}: y must be an array of at least one observation, not {shown(y)}")
    return values


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
    known = {name: values[name] for name in family.law.known if name in values}
    return {**known, **family.law.canonical(family.coordinate_names, values)}


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


def checked(family: Handle, theta: Mapping[str, ArrayLike], what: str, y: ArrayLike = 0.0) -> dict[str, np.ndarray]:
    """Operands by name, checked to lie in their spaces, of what takes no value of the response but y."""
    for name in family.law.observed:
        if name in theta:
            raise ParameterError(f"{family!r}: {name!r} is part of the response; {what} takes no value of it")
    values = collected(family, theta, y)
    check_spaces(family, values, what)
    return values


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
    """The free parameters as checked numbers, in order; from a dict, or a Series as params of a fit are."""
    labels: Any = getattr(theta, "index", None)
    if not isinstance(theta, Mapping) and getattr(labels, "is_unique", False) and np.ndim(theta) == 1:
        theta = dict(zip(labels, theta, strict=True))
    if not isinstance(theta, Mapping):
        raise ParameterError(
            f"{argument} must be a dict of parameter values: {', '.join(family.parameter_names)}; or a Series with "
            "these labels"
        )
    for name in theta:
        if name in family.law.known and name not in family.fixed and is_number(theta[name]):
            raise ParameterError(
                f"{argument}: {name!r} is known and not estimated: hold it fixed in the family, "
                f"{family.law.title}({name}={theta[name]:g})"
            )
        if name not in family.parameter_names:
            raise ParameterError(f"{argument}: no free parameter {name!r}: {near_names(name, family.parameter_names)}")
    checked = {}
    for name in family.parameter_names:
        if name not in theta:
            raise ParameterError(f"{argument} has no value for {name!r}")
        value = theta[name]
        if not is_number(value) or not family.spaces[name].contains(value):
            raise ParameterError(f"{argument}: {name} = {shown(value)} is not in its space {family.spaces[name]!r}")
        checked[name] = float(value)
    values = collected(family, checked, 0.0)
    if all(name in values or name in family.law.parameters for name in family.support.depends_on):
        _check_support(family, values, f"{argument}: ")
    return checked
