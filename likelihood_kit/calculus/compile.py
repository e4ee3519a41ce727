"""Kernels of a formula that has no generated file: derived where it can be traced, numeric where not."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from scipy import special

from likelihood_kit.calculus import incomplete_gamma
from likelihood_kit.calculus.formula import Formula, may_kink, source_of, third_source_of
from likelihood_kit.calculus.kernels import Kernels, kernels_from
from likelihood_kit.calculus.log1p_ratio import log1p_ratio
from likelihood_kit.calculus.log_rising import log_rising
from likelihood_kit.calculus.numeric import numeric_kernel
from likelihood_kit.errors import TraceError

#: Modules that emitted source calls by these names.
NAMESPACE: Mapping[str, Any] = {
    "np": np,
    "special": special,
    "incomplete_gamma": incomplete_gamma,
    "log1p_ratio": log1p_ratio,
    "log_rising": log_rising,
}


def compile_kernels(
    formula: Formula, bounds: Sequence[tuple[float, float]], source: str | None = None
) -> tuple[Kernels, str]:
    """Kernels of a formula, and their source: derived where it can be traced, numeric where not.

    Parameters
    ----------
    formula : Formula
    bounds : sequence of p pairs
        Open interval of each coordinate; numeric steps stay inside.
    source : str, optional
        The source, where it was derived before.

    Returns
    -------
    Kernels, and str
        The source is empty where derivatives are numeric.
    """
    try:
        source = source or source_of(formula)
    except TraceError as error:
        return numeric_kernels(formula, bounds, str(error)), ""
    try:
        return kernels_from(_executed(source, formula)), source
    except (RecursionError, MemoryError, SyntaxError) as error:  # what Python's compiler says of too deep a nesting
        return numeric_kernels(formula, bounds, f"its derivatives are too long to compile: {error}"), ""


def numeric_kernels(formula: Formula, bounds: Sequence[tuple[float, float]], reason: str) -> Kernels:
    """Kernels by the author's own code, with numeric derivatives, and the reason for these."""
    return Kernels(numeric_kernel(formula, len(formula.data), bounds), None, "numeric", reason, may_kink(formula))


def third_derivatives(formula: Formula) -> Callable[..., tuple[Any, ...]]:
    """Function `(data, theta)` -> third derivatives (i, j, l), i >= j >= l, of a log density by rows.

    Raises
    ------
    TraceError
        Where the formula has no symbolic form; the message names the operation.
    """
    namespace = _executed(third_source_of(formula), formula)

    def evaluate(data: Sequence[Any], theta: Sequence[Any]) -> tuple[Any, ...]:
        with np.errstate(all="ignore"):
            return namespace["third_third"](namespace["third_hoist"](*data), *theta)

    return evaluate


def _executed(source: str, formula: Formula) -> dict[str, Any]:
    namespace = {**NAMESPACE, **formula.opaque}
    exec(
        compile(source, f"<kernels of {getattr(formula.log_density, '__qualname__', 'a formula')}>", "exec"), namespace
    )
    return namespace
