"""Derivatives of any order of a function of parameters, by its trace."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from likelihood_kit.calculus.compile import NAMESPACE
from likelihood_kit.calculus.gradient import gradient
from likelihood_kit.errors import FormulaError, NotAvailableError, TraceError


def function_derivatives(
    function: Callable[..., Any], arguments: Mapping[str, float], order: int
) -> tuple[float, np.ndarray]:
    """Value of a function of named numbers, and its derivatives up to an order, in the order of `multi_indices`.

    Raises
    ------
    ArgumentError
        As `gradient`.
    NotAvailableError
        Where it cannot be traced, and more than first derivatives are wanted.
    """
    value, slopes = gradient(function, arguments)
    if order == 1:
        return value, slopes
    from likelihood_kit.calculus.trace import traceable

    names = [f"t{j}" for j in range(len(arguments))]
    exchanged = traceable(function)
    try:
        compiled = compiled_higher(lambda *values: exchanged(**dict(zip(arguments, values, strict=True))), names, order)
    except (TraceError, FormulaError) as error:
        raise NotAvailableError(
            f"the derivatives of the function of order {order} are not known, since it cannot be traced ({error}); "
            "write it in NumPy and scipy.special"
        ) from None
    with np.errstate(all="ignore"):
        found = np.array([float(entry) for entry in compiled(*arguments.values())])
    if not np.allclose(found[: len(slopes)], slopes, rtol=1e-6, atol=1e-12 * np.abs(slopes).max()):
        raise NotAvailableError("the function is not what its trace says: its derivatives are not known")
    return value, found


def compiled_higher(function: Callable[..., Any], names: Sequence[str], order: int) -> Callable[..., Any]:
    """Function of the names that returns the derivatives of a function up to an order.

    Raises
    ------
    TraceError
        Where the function or a derivative has no symbolic form.
    """
    from likelihood_kit.calculus.differentiate import differentiate
    from likelihood_kit.calculus.emit import Emission, higher_source
    from likelihood_kit.calculus.formula import by_sympy
    from likelihood_kit.calculus.trace import symbol, trace

    @by_sympy
    def emitted() -> str:
        symbols = [symbol(name) for name in names]
        return higher_source(differentiate(trace(function, names), symbols), order, Emission((), symbols, "of"))

    namespace = dict(NAMESPACE)
    exec(compile(emitted(), "<derivatives of a function>", "exec"), namespace)
    return lambda *values: namespace["of_rows"](namespace["of_hoist"](), *values)
