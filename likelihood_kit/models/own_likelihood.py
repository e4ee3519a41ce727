"""A subclass's own `loglikeobs`: what it declares, and what it returns, held to what a family's formula is held to."""

from __future__ import annotations

import keyword
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from likelihood_kit.calculus import called, real
from likelihood_kit.errors import ArgumentError, FormulaError, shown
from likelihood_kit.parameters import require_space

#: What a class may define in statsmodels beside `loglikeobs`, and is not asked here: derivatives of it are numeric.
UNUSED = ("score", "score_obs", "hessian")


def check_declared(model: Any, base: type) -> None:
    """Refuse parameters without a name or a space of real numbers, and derivatives that nobody would ask for.

    Raises
    ------
    FormulaError
    """
    kind, parameters = type(model).__name__, model.parameters
    if not parameters:
        raise FormulaError(
            f"{kind} defines loglikeobs but not its parameters; write for instance "
            "parameters = {'rate': lk.Positive()}"
        )
    if not isinstance(parameters, Mapping):
        raise FormulaError(f"{kind}.parameters must be a dict of name to space such as {{'rate': lk.Positive()}}")
    for name, space in parameters.items():
        if not isinstance(name, str) or not name.isidentifier() or keyword.iskeyword(name):
            raise FormulaError(f"{kind}.parameters: {shown(name)} cannot be the name of a parameter; write a plain one")
        try:
            require_space(f"{kind}.parameters: {name!r}", space)
        except ArgumentError as error:
            raise FormulaError(
                f"{kind}.parameters must be a dict of name to space such as {{'rate': lk.Positive()}}: {error}"
            ) from None
        if space.whole:
            raise FormulaError(
                f"{kind}.parameters: {name!r} is {space!r}: what is estimated is no whole number; write lk.Positive() "
                "or lk.Interval(low, high)"
            )
    for name in UNUSED:
        if getattr(type(model), name) is not getattr(base, name):
            raise FormulaError(
                f"{kind} defines {name}, which is not used: the derivatives of loglikeobs are numeric here; leave it "
                "out, or write a family, whose derivatives are symbolic"
            )


def rows_of(model: Any) -> Callable[[np.ndarray], np.ndarray]:
    """`loglikeobs` of a model, of params `(k,)` that it cannot change: real numbers `(n,)`, one for each observation.

    Raises
    ------
    FormulaError
        Names the class; where it fails, with its own error as the cause.
    """
    label = f"{type(model).__name__}.loglikeobs"

    def rows(params: np.ndarray) -> np.ndarray:
        found = called(model.loglikeobs, (params,), label)
        if isinstance(found, np.ma.MaskedArray):
            raise FormulaError(f"{label} returns a masked array, whose mask would be lost; return a plain array")
        if isinstance(found, pd.Series):
            _check_order(found, model, label)
        values, n = real(found, label), len(model.endog)
        if values.shape != (n,):
            raise FormulaError(
                f"{label}: the log density of {n} observations has shape {values.shape}; it must return one value per "
                "observation"
            )
        return values

    return rows


def check_constant(rows: Callable[[np.ndarray], np.ndarray], params: np.ndarray, label: str) -> None:
    """Refuse rows that are others in a second call.

    Raises
    ------
    FormulaError
    """
    if not np.array_equal(rows(params), rows(params), equal_nan=True):
        raise FormulaError(f"{label} returns other values for the same params: it must be a function of them alone")


def _check_order(found: pd.Series, model: Any, label: str) -> None:
    """Refuse a Series whose labels are not those of the observations in their order."""
    plain, own = pd.RangeIndex(len(found)), model.data.row_labels
    if not found.index.equals(plain) and (own is None or not found.index.equals(pd.Index(own))):
        raise FormulaError(
            f"{label} returns a Series whose index is not that of the observations, in their order; return an array"
        )
