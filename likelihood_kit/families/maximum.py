"""What a law declares of the maximum of its likelihood: that it is the only one, or that there is none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from likelihood_kit.errors import ArgumentError, shown


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
        if not self.free or (self.where is not None and not callable(self.where)):
            raise ArgumentError("UniqueMaximum: free must name parameters, and where must be a function")


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
