"""Kernels of a formula that has no generated file: derived where it can be traced, numeric where not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from likelihood_kit.calculus.kernels import Formula, Kernels, kernels_from, source_of
from likelihood_kit.calculus.numeric import numeric_kernel
from likelihood_kit.errors import TraceError


def compile_kernels(formula: Formula, bounds: Sequence[tuple[float, float]]) -> Kernels:
    """Kernels of a formula: derived where it can be traced, numeric where not.

    Parameters
    ----------
    formula : Formula
    bounds : sequence of p pairs
        Open interval of each coordinate; numeric steps stay inside.
    """
    try:
        source = source_of(formula)
    except TraceError as error:
        return Kernels(numeric_kernel(formula, bounds), None, "numeric", str(error))
    from scipy import special

    from likelihood_kit.calculus import incomplete_gamma

    namespace: dict[str, Any] = {"np": np, "special": special, "incomplete_gamma": incomplete_gamma}
    exec(compile(source, f"<kernels of {formula.log_density.__qualname__}>", "exec"), namespace)
    return kernels_from(namespace)
