"""Vectorised kernels of a log density: what the rest of the kit evaluates.

A kernel's `hoist(*data)` computes, once, every term that depends on the data alone: the response and what is known of
each row. `value(hoisted, *theta)` and `derivatives(hoisted, *theta)` broadcast over any leading axes of the data and
theta; `derivatives` returns the value, the tuple of p scores and the tuple of p (p + 1) / 2 Hessian entries (lower
triangle by rows). Entries that do not vary over the rows come back unexpanded, down to a plain number.

For parameters that are the same for all rows, each entry is linear in few products that vary over them:
`products(hoisted, *theta)` gives these, and `combine(means, *theta)` makes of their means over the rows the means of
value, scores and Hessian entries (`value_products`, `value_combine`: of the value alone). Where the products depend on
the data alone (`reduces`), their means are sufficient statistics, and the rows are needed but once.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

Hoisted = tuple[Any, ...]
Derived = tuple[Any, tuple[Any, ...], tuple[Any, ...]]


@dataclass(frozen=True)
class Kernel:
    """The functions of the module docstring; those that a kind of kernel does not have are None.

    Attributes
    ----------
    hoist : callable
    value, derivatives : callable or None
        None for a kernel on sufficient statistics.
    products, combine, value_products, value_combine : callable or None
        None where derivatives are numeric.
    reduces : bool
    scores : callable or None
        `scores(hoisted, *theta)`, the p scores alone, where derivatives are numeric.
    """

    hoist: Callable[..., Hoisted]
    value: Callable[..., Any] | None = None
    derivatives: Callable[..., Derived] | None = None
    products: Callable[..., tuple[Any, ...]] | None = None
    combine: Callable[..., Derived] | None = None
    value_products: Callable[..., tuple[Any, ...]] | None = None
    value_combine: Callable[..., Any] | None = None
    reduces: bool = False
    scores: Callable[..., tuple[Any, ...]] | None = None

    def value_at(self, data: Iterable[Any], theta: Iterable[Any]) -> Any:
        """Log density at data columns and parameters, each in the kernel's order."""
        return self.value(self.hoist(*data), *theta)  # type: ignore[misc]

    def derivatives_at(self, data: Iterable[Any], theta: Iterable[Any]) -> Derived:
        """The same, with scores and Hessian entries."""
        return self.derivatives(self.hoist(*data), *theta)  # type: ignore[misc]

    def scores_at(self, data: Iterable[Any], theta: Iterable[Any]) -> tuple[Any, ...]:
        """The scores alone."""
        if self.scores is None:
            return self.derivatives_at(data, theta)[1]
        return self.scores(self.hoist(*data), *theta)


@dataclass(frozen=True)
class Kernels:
    """Kernels of one log density.

    Attributes
    ----------
    rows : Kernel
        On the observations.
    statistics : Kernel or None
        On sufficient statistics; `rows` itself where that reduces; None where the family has none.
    derivatives : {"symbolic", "numeric"}
        Where the derivatives come from.
    reason : str
        Why they are numeric; empty otherwise.
    kinks : bool
        `may_kink` of the formula, all parameters free.
    moving : tuple of str
        Parameters with which the support moves that the formula itself has.
    determined : tuple of str
        Parameters that the coefficients of sufficient statistics of the response are proved to determine.
    cases : tuple of CaseKernels
        Kernels of parts of the rows, which together are those of all; none where there is one formula.
    """

    rows: Kernel
    statistics: Kernel | None
    derivatives: str
    reason: str = ""
    kinks: bool = False
    moving: tuple[str, ...] = ()
    determined: tuple[str, ...] = ()
    cases: tuple[CaseKernels, ...] = ()


@dataclass(frozen=True)
class CaseKernels:
    """Kernels of the rows where a column of the response has a value.

    Attributes
    ----------
    column : str
    value : float
    data : tuple of str
        Columns that these kernels take, in order.
    kernels : Kernels
    """

    column: str
    value: float
    data: tuple[str, ...]
    kernels: Kernels


def kernels_from(namespace: Mapping[str, Any], suffix: str = "") -> Kernels:
    """Kernels out of the namespace in which their source was executed."""
    rows, separate = _kernel_from(namespace, f"rows{suffix}"), f"statistics{suffix}"
    statistics = rows if rows.reduces else None
    if f"{separate}_hoist" in namespace:
        statistics = _kernel_from(namespace, separate)
    known: dict[str, Any] = {
        name: namespace.get(f"rows{suffix}_{name}", empty)
        for name, empty in (("kinks", False), ("moving", ()), ("determined", ()))
    }
    return Kernels(rows, statistics, "symbolic", **known)


def _kernel_from(namespace: Mapping[str, Any], prefix: str) -> Kernel:
    names = ("hoist", "value", "derivatives", "products", "combine", "value_products", "value_combine")
    found = {name: namespace.get(f"{prefix}_{name}") for name in names}
    reduces = bool(namespace.get(f"{prefix}_reduces", False))
    if reduces:
        found["value_products"] = found["products"]
    functions: dict[str, Any] = {name: f and _quiet(f) for name, f in found.items()}
    return Kernel(**functions, reduces=reduces)


def _quiet(function: Callable) -> Callable:
    """The function without floating-point warnings: a value that is not finite is dealt with by who evaluates it."""

    @functools.wraps(function)
    def quiet(*args: Any) -> Any:
        with np.errstate(all="ignore"):
            return function(*args)

    return quiet
