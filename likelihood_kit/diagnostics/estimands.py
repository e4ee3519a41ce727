"""What is estimated, and with which bias: functions of the parameters, their values and derivatives."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from likelihood_kit.calculus import gradient
from likelihood_kit.diagnostics.bounds import check_names, label_of
from likelihood_kit.errors import ArgumentError, LikelihoodKitError, near_names, shown
from likelihood_kit.parameters import Space

#: The number of observations among the arguments of a bias.
SIZE = "n"


@dataclass(frozen=True, eq=False)
class Place:
    """Parameters at which functions of them are differentiated.

    Attributes
    ----------
    names : tuple of k str
    values : (k,)
    spaces : tuple of k spaces
    steps : (k,)
        Scale on which each is uncertain.
    """

    names: tuple[str, ...]
    values: np.ndarray
    spaces: tuple[Space, ...]
    steps: np.ndarray

    @property
    def arguments(self) -> dict[str, float]:
        """The parameters by name."""
        return dict(zip(self.names, self.values.tolist(), strict=True))

    def derivatives(self, function: Callable[..., Any]) -> tuple[float, np.ndarray]:
        """Value of a function that takes the parameters by name, and its derivatives `(k,)`."""
        ends = [space.numbers for space in self.spaces]
        return gradient(function, self.arguments, ends, self.steps.tolist())


@dataclass(frozen=True, eq=False)
class Estimands:
    """Functions of the parameters.

    Attributes
    ----------
    labels : tuple of m str
    values : (m,)
    slopes : (m, k)
    """

    labels: tuple[str, ...]
    values: np.ndarray
    slopes: np.ndarray


def estimands(of: Callable[..., Any] | None, place: Place) -> Estimands:
    """The parameters themselves, or a function of them, or the several that one returns as a dict by name."""
    if of is None:
        return Estimands(place.names, place.values, np.eye(len(place.names)))
    check_names(of, place.names)
    functions = {label_of(of): of}
    try:
        found = of(**place.arguments)
    except Exception:  # what is wrong is said below, where the function is differentiated
        found = None
    if isinstance(found, Mapping):
        if not found or not all(isinstance(name, str) for name in found):
            raise ArgumentError(f"of returns {shown(found)}: return a number, or a dict of name to number")
        functions = {name: _entry(of, name) for name in found}
    values, slopes = zip(*(place.derivatives(function) for function in functions.values()), strict=True)
    return Estimands(tuple(functions), np.array(values), np.array(slopes))


def biases(bias: Callable[..., Any], wanted: Estimands, place: Place, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Biases `(m,)` of the estimators of m functions, and their derivatives `(m, k)`.

    Parameters
    ----------
    bias : callable
        It takes the parameters by name, and the number of observations where it has an argument `n`. It returns a
        number for each of the functions, in order, or a dict by their labels; what is not in it is unbiased.
    wanted : Estimands
    place : Place
    n : int

    Raises
    ------
    ArgumentError, NotAvailableError
    """
    values, slopes = np.zeros(len(wanted.labels)), np.zeros(wanted.slopes.shape)
    for at, function in _by_place(_of_parameters(bias, place.names, n), wanted.labels, place.arguments).items():
        try:
            values[at], slopes[at] = place.derivatives(function)
        except ArgumentError as error:
            raise ArgumentError(f"bias of {wanted.labels[at]}: {error}") from None
    return values, slopes


def _of_parameters(bias: Any, names: Sequence[str], n: int) -> Callable[..., Any]:
    """A bias as a function of the parameters alone."""
    taken: Sequence[str] = ()
    if callable(bias):
        try:
            taken = tuple(inspect.signature(bias).parameters)
        except (TypeError, ValueError):
            taken = ()
    sized = SIZE in taken and SIZE not in names
    check_names(bias, [*names, SIZE] if sized else names, "bias")
    return (lambda **theta: _exchanged(bias)(**theta, **{SIZE: n})) if sized else bias


def _by_place(
    bias: Callable[..., Any], labels: Sequence[str], arguments: Mapping[str, float]
) -> dict[int, Callable[..., Any]]:
    """Functions of one number each, by the place of what they are the bias of."""
    try:
        found = bias(**arguments)
    except LikelihoodKitError:
        raise
    except Exception as error:
        raise ArgumentError(
            f"bias cannot be evaluated at {dict(arguments)}: {type(error).__name__}: {error}"
        ) from error
    if isinstance(found, Mapping):
        if not found:
            raise ArgumentError(
                f"bias returns an empty dict: return the bias of one at least of {', '.join(labels)}, or leave bias out"
            )
        for name in found:
            if name not in labels:
                raise ArgumentError(f"bias returns one of {shown(name)}: {near_names(str(name), labels)}")
        return {labels.index(name): _entry(bias, name) for name in found}
    if isinstance(found, (tuple, list)) or (isinstance(found, np.ndarray) and found.ndim == 1):
        if len(found) != len(labels):
            raise ArgumentError(f"bias returns {len(found)} numbers for {', '.join(labels)}: return one for each")
        return {at: _entry(bias, at) for at in range(len(labels))}
    if len(labels) > 1:
        raise ArgumentError(
            f"bias returns one number for {', '.join(labels)}: return one for each, in this order, or a dict by name"
        )
    return {0: bias}


def _entry(function: Callable[..., Any], key: Any) -> Callable[..., Any]:
    """One of the values that a function returns, as a function."""
    return lambda **theta: _exchanged(function)(**theta)[key]


def _exchanged(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function in the form that can be traced where it is called by another one."""
    from likelihood_kit.calculus.trace import traceable

    return traceable(function)
