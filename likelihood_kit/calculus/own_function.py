"""What the kit's own numeric functions share: the check of their order, and the way into a formula that is traced."""

from __future__ import annotations

from typing import Any

import numpy as np

from likelihood_kit.errors import ArgumentError


def checked_order(name: str, order: object) -> None:
    """Refuses what is no order of a derivative."""
    if not isinstance(order, (int, np.integer)) or order < 0:
        raise ArgumentError(f"{name}: order must be a whole number, 0 or more, not {order!r}")


def traced_call(name: str, *operands: Any) -> Any:
    """The traced value of the function at its operands and order; None where none is traced."""
    for operand in operands:
        hook = getattr(operand, "__traced__", None)
        if hook is not None:
            return hook(name, *operands)
    return None
