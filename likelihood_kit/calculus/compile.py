"""Kernels of a formula that has no generated file: derived where it can be traced, numeric where not."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from scipy import special

from likelihood_kit.calculus import incomplete_gamma
from likelihood_kit.calculus.formula import Formula, higher_source_of, may_kink, source_of
from likelihood_kit.calculus.kernels import Kernels, kernels_from
from likelihood_kit.calculus.large_shape import log_excess, stirling_remainder
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
    "log_excess": log_excess,
    "stirling_remainder": stirling_remainder,
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


def higher_derivatives(formula: Formula, order: int) -> Callable[..., tuple[Any, ...]]:
    """Function `(data, theta)` -> derivatives of a log density by rows, in the order of `multi_indices`.

    Raises
    ------
    TraceError
        Where the formula has no symbolic form; the message names the operation.
    """
    namespace = _executed(higher_source_of(formula, order), formula)

    def evaluate(data: Sequence[Any], theta: Sequence[Any]) -> tuple[Any, ...]:
        with np.errstate(all="ignore"):
            return namespace["higher_rows"](namespace["higher_hoist"](*data), *theta)

    return evaluate


def _executed(source: str, formula: Formula) -> dict[str, Any]:
    namespace = {**NAMESPACE, **formula.opaque}
    exec(
        compile(source, f"<kernels of {getattr(formula.log_density, '__qualname__', 'a formula')}>", "exec"), namespace
    )
    return namespace
