"""What a law declares of the maximum of its likelihood: that it is the only one, or that there is none."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from likelihood_kit.calculus.author import called
from likelihood_kit.errors import ArgumentError, FormulaError, shown

#: What the conditions of a theorem take first: values held fixed, by name.
_FIXED = "fixed"
#: Where the kit's own theorems are declared.
_CATALOGUE = "likelihood_kit.families.catalogue."


def _check_condition(what: str, condition: Any, operands: tuple[str, ...]) -> None:
    """Refuse what is no function of these operands."""
    if condition is None:
        return
    if not callable(condition):
        raise ArgumentError(f"UniqueMaximum: {what} must be a function, not {shown(condition)}")
    try:
        inspect.signature(condition).bind(*operands)
    except (TypeError, ValueError):
        raise ArgumentError(f"UniqueMaximum: {what} must take {', '.join(operands)}, in this order") from None


@dataclass(frozen=True)
class UniqueMaximum:
    """A theorem by which a stationary point of the log likelihood is its maximum, with its conditions.

    Attributes
    ----------
    words : str
        What it says, such as "strictly concave in loc / scale and 1 / scale".
    source : str
        Where it is proved.
    free : tuple of str
        Canonical parameters that may be estimated together; all others must be held fixed.
    driven : str
        The one of them that a design may drive, through the links in `links`; empty for none.
    links : tuple of str
    needs_constant : bool
        Whether the design must span a constant where other parameters are free too.
    censored : bool
        Whether it holds for right-censored samples.
    where : callable, optional
        Of the values of the fixed parameters by name; whether it holds there.
    of_samples : callable, optional
        Of those, the response `(r, n)` and the weights of its rows or None; whether it holds for all the samples.
    """

    words: str
    source: str
    free: tuple[str, ...]
    driven: str = ""
    links: tuple[str, ...] = ()
    needs_constant: bool = False
    censored: bool = False
    where: Callable[..., bool] | None = None
    of_samples: Callable[..., bool] | None = None

    def __post_init__(self) -> None:
        for what in ("words", "source", "driven"):
            if not isinstance(getattr(self, what), str):
                raise ArgumentError(f"UniqueMaximum: {what} = {shown(getattr(self, what))} must be text")
        for what in ("free", "links"):
            names = getattr(self, what)
            if not isinstance(names, tuple) or not all(isinstance(name, str) for name in names):
                raise ArgumentError(f"UniqueMaximum: {what} = {shown(names)} must be a tuple of names")
        if not self.free:
            raise ArgumentError("UniqueMaximum: free must name parameters")
        for what, operands in (("where", (_FIXED,)), ("of_samples", (_FIXED, "y", "weights"))):
            _check_condition(what, getattr(self, what), operands)

    def holds_where(self, fixed: Mapping[str, float]) -> bool:
        """Whether it holds at these values that are held fixed.

        Raises
        ------
        FormulaError
        """
        return self.where is None or _answer("where", self.where, fixed)

    def holds_of(self, fixed: Mapping[str, float], y: np.ndarray, weights: np.ndarray | None) -> bool:
        """Whether it holds of samples `y (r, n)` with the weights of their rows.

        Raises
        ------
        FormulaError
        """
        return self.of_samples is None or _answer("of_samples", self.of_samples, fixed, y, weights)


def _answer(what: str, condition: Callable[..., Any], *operands: Any) -> bool:
    """What a condition says, one truth value."""
    if condition.__module__.startswith(_CATALOGUE):  # the tests check what these return
        return bool(condition(*operands))
    found = called(condition, operands, f"UniqueMaximum: {what}")
    if np.shape(found) != () or not isinstance(found, (bool, np.bool_, np.ndarray)):
        raise FormulaError(f"UniqueMaximum: {what} returns {shown(found)}; it must return True or False")
    return bool(found)


@dataclass(frozen=True)
class Unbounded:
    """Where the likelihood of continuous data has no bound.

    Attributes
    ----------
    words : str
        Such as "has no bound as scale runs to 0 with loc at an observation".
    free : tuple of str
        Canonical parameters that must be free for it; where one is held fixed, or given, nothing is declared.
    cut : str
        The one of them whose space was cut where the likelihood has no bound beyond: a likelihood that rises to that
        end says nothing against a maximum inside. Empty for none.
    """

    words: str
    free: tuple[str, ...] = ()
    cut: str = ""

    def __post_init__(self) -> None:
        if not isinstance(self.words, str):
            raise ArgumentError(f"Unbounded: words = {shown(self.words)} must be text")
        if not isinstance(self.free, tuple) or not all(isinstance(name, str) for name in self.free):
            raise ArgumentError(f"Unbounded: free = {shown(self.free)} must be a tuple of names")
