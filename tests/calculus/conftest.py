"""Kernels of plain functions of `y` and some parameters, for tests that need no family."""

from collections.abc import Callable

import numpy as np
import pytest

from likelihood_kit.calculus import Formula, Kernels, compile_kernels


def formula_in(
    function: Callable, names: tuple[str, ...], *, known: tuple[str, ...] = (), positive: tuple[str, ...] = ()
) -> Formula:
    """Formula of `y`, what is known of each row, and some parameters, in this order."""
    data = ("y", *known)
    return Formula(function, (*data, *names), data, names, names, None, positive)


@pytest.fixture(scope="session")
def formula_of() -> Callable[..., Formula]:
    return formula_in


@pytest.fixture(scope="session")
def kernels_of() -> Callable[..., Kernels]:
    """`kernels_of(formula, "shape", scale=(0, inf))`: parameters on the line by name, others with their interval."""

    def compiled(formula: Callable, *real: str, positive: tuple[str, ...] = (), **bounded: tuple) -> Kernels:
        bounds = {name: (-np.inf, np.inf) for name in real} | bounded
        names = tuple(bounds)
        return compile_kernels(formula_in(formula, names, positive=positive), list(bounds.values()))[0]

    return compiled
