"""Vectorised kernels of a log density: what the rest of the kit evaluates.

A kernel has these functions. `hoist(y)` computes, once, every term that depends on the data alone. `value(hoisted,
*theta)` and `derivatives(hoisted, *theta)` broadcast over any leading axes of y and theta; `derivatives` returns the
value, the tuple of p scores and the tuple of p (p + 1) / 2 Hessian entries (lower triangle by rows).
Entries that do not vary over the rows come back unexpanded, down to a plain number. `means(hoisted, *theta)`, which
only kernels on rows have, returns the same as means over the rows, for parameters that are the same for all of them.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

Hoisted = tuple[Any, ...]
Derived = tuple[Any, tuple[Any, ...], tuple[Any, ...]]


@dataclass(frozen=True)
class Kernel:
    """The functions of the module docstring, on the rows or on sufficient statistics."""

    hoist: Callable[[np.ndarray], Hoisted]
    value: Callable[..., Any]
    derivatives: Callable[..., Derived]
    means: Callable[..., Derived] | None = None


@dataclass(frozen=True)
class Kernels:
    """Kernels of one log density.

    Attributes
    ----------
    rows : Kernel
        On the observations.
    reduced : Kernel or None
        On sufficient statistics, linear in them, so that their means over a sample stand for the sample;
        None where the family has none.
    derivatives : {"symbolic", "numeric"}
        Where the derivatives come from.
    reason : str
        Why they are numeric; empty otherwise.
    """

    rows: Kernel
    reduced: Kernel | None
    derivatives: str
    reason: str = ""


@dataclass(frozen=True)
class Formula:
    """A log density as its author wrote it, perhaps in other coordinates.

    Attributes
    ----------
    log_density : callable
        `log_density(y, *canonical)`, elementwise.
    canonical : tuple of str
        Names of the canonical parameters, in the order of the signature.
    names : tuple of str
        Names of the coordinates in use.
    to_canonical : callable or None
        `to_canonical(*coordinates)` -> dict of canonical values; None where the coordinates are the canonical ones.
    positive : tuple of str
        Those of `"y"` and the coordinates that are known to be positive.
    """

    log_density: Callable[..., Any]
    canonical: tuple[str, ...]
    names: tuple[str, ...]
    to_canonical: Callable[..., Mapping[str, Any]] | None
    positive: tuple[str, ...]

    def __call__(self, y: Any, *theta: Any) -> Any:
        """Log density by the author's own code, at theta in the order of `names`."""
        if self.to_canonical is None:
            return self.log_density(y, *theta)
        canonical = self.to_canonical(*theta)
        return self.log_density(y, *(canonical[name] for name in self.canonical))


#: Name of the datum in every formula.
DATUM = "y"


def expression_of(formula: Formula) -> Any:
    """SymPy expression of a formula, composed with its coordinates.

    Raises
    ------
    TraceError
        Where the formula has no symbolic form; the message names the operation.
    """
    from likelihood_kit.calculus.trace import symbol, trace

    expression = trace(formula.log_density, (DATUM, *formula.canonical))
    if formula.to_canonical is None:
        return expression
    composed = trace(formula.to_canonical, formula.names)
    return expression.xreplace({symbol(name): value for name, value in composed.items()})


def separation_of(formula: Formula) -> Any:
    """Sufficient statistics of a formula (`derive.Separation`), or None where it has none."""
    from likelihood_kit.calculus.derive import separate
    from likelihood_kit.calculus.trace import symbol

    symbols = [symbol(name) for name in formula.names]
    positive = [symbol(name) for name in formula.positive]
    return separate(expression_of(formula), symbol(DATUM), symbols, positive=positive)


def source_of(formula: Formula, suffix: str = "") -> str:
    """Source of the kernels of a formula: `rows{suffix}_*`, and `reduced{suffix}_*` where it has statistics."""
    from likelihood_kit.calculus.derive import differentiate
    from likelihood_kit.calculus.emit import kernel_source, reduced_source
    from likelihood_kit.calculus.trace import symbol

    symbols = [symbol(name) for name in formula.names]
    source = kernel_source(differentiate(expression_of(formula), symbols), symbol(DATUM), symbols, f"rows{suffix}")
    separation = separation_of(formula)
    if separation is not None:
        source += "\n\n" + reduced_source(separation, symbol(DATUM), symbols, f"reduced{suffix}")
    return source


def kernels_from(namespace: Mapping[str, Any], suffix: str = "") -> Kernels:
    """Kernels out of the namespace in which their source was executed."""

    def kernel(kind: str) -> Kernel:
        parts = ("hoist", "value", "derivatives", "means")
        functions = (namespace.get(f"{kind}{suffix}_{part}") for part in parts)
        return Kernel(*(_quiet(function) for function in functions if function is not None))

    reduced = kernel("reduced") if f"reduced{suffix}_hoist" in namespace else None
    return Kernels(kernel("rows"), reduced, "symbolic")


def _quiet(function: Callable) -> Callable:
    """The function without floating-point warnings: a value that is not finite is dealt with by who evaluates it."""

    @functools.wraps(function)
    def quiet(*args: Any) -> Any:
        with np.errstate(all="ignore"):
            return function(*args)

    return quiet
