"""Kernels of plain functions of `y` and some parameters, for tests that need no family."""

from collections.abc import Callable

import numpy as np
import pytest

from likelihood_kit.calculus import Formula, Kernels, compile_kernels


@pytest.fixture(scope="session")
def kernels_of() -> Callable[..., Kernels]:
    """`kernels_of(formula, "shape", scale=(0, inf))`: parameters on the line by name, others with their interval."""

    def compiled(formula: Callable, *real: str, positive: tuple[str, ...] = (), **bounded: tuple) -> Kernels:
        bounds = {name: (-np.inf, np.inf) for name in real} | bounded
        names = tuple(bounds)
        return compile_kernels(Formula(formula, names, names, None, positive), list(bounds.values()))

    return compiled
