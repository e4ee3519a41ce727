"""Arguments that a function does not take, or lacks, as the kit's own error."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from likelihood_kit.errors import ArgumentError, near_names

P = ParamSpec("P")
R = TypeVar("R")
#: Kinds of parameters that have a name and one value.
_NAMED = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)


def named_arguments(function: Callable[P, R], name: str = "", *, method: bool = False) -> Callable[P, R]:
    """The function, which refuses an argument that it does not take, or that is missing, by its name.

    Costs nothing where the call fits: the signature is looked at once the call has failed.

    Parameters
    ----------
    function : callable
    name : str
        What it is called in the message, by default what it is called in its module.
    method : bool
        Whether users call it as a method of its first argument, which is none of theirs then.

    Examples
    --------
    >>> named_arguments(lambda *, margin=0.05: margin, "efficiency")(margni=0.1)
    Traceback (most recent call last):
    likelihood_kit.errors.ArgumentError: efficiency takes no argument 'margni': did you mean 'margin'? known: margin
    """

    @functools.wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except TypeError:
            _refuse(function, name or function.__name__, args, kwargs, method)
            raise

    return call


def _refuse(
    function: Callable[..., object], name: str, args: tuple[object, ...], kwargs: dict[str, object], method: bool
) -> None:
    """Refuse a call that does not fit the signature; return where it does, and something within has failed."""
    signature = inspect.signature(function)
    try:
        signature.bind(*args, **kwargs)
    except TypeError as error:
        known = [p.name for p in signature.parameters.values() if p.kind in _NAMED and p.name not in ("self", "cls")]
        known = known[1:] if method else known
        unknown = next((given for given in kwargs if given not in known), None)
        if unknown is not None:
            raise ArgumentError(f"{name} takes no argument {unknown!r}: {near_names(unknown, known)}") from None
        raise ArgumentError(f"{name}: {error}; its arguments are {', '.join(known) or 'none'}") from None
