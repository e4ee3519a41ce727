"""Methods of a family take its quantities by name: what is passed otherwise is refused with how to write it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

from likelihood_kit.errors import ArgumentError

Method = TypeVar("Method", bound=Callable[..., Any])


def quantities_by_name(*leading: str) -> Callable[[Method], Method]:
    """Decorator of a method whose `leading` arguments stand in their places, and all others are quantities by name."""

    def decorated(method: Method) -> Method:
        @functools.wraps(method)
        def checked(*operands: Any, **theta: Any) -> Any:
            if len(operands) != 1 + len(leading):
                raise ArgumentError(_how_to_write(operands[0], method.__name__, leading, theta))
            return method(*operands, **theta)

        return checked  # type: ignore[return-value]

    return decorated


def _how_to_write(family: Any, name: str, leading: tuple[str, ...], theta: Any) -> str:
    quantities = [*family.parameter_names, *(q for q in family.law.known if q in theta and q not in family.fixed)]
    arguments = ", ".join([*leading, *(f"{quantity}=..." for quantity in quantities)])
    places = f"{', '.join(leading)} in place and " if leading else ""
    seed = "; rng is a numpy Generator or a seed" if "rng" in leading else ""
    return f"{name} takes {places}the parameters by name: {family!r}.{name}({arguments}){seed}"
