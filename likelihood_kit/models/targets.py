"""What may be predicted, and how it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from likelihood_kit.errors import ArgumentError
from likelihood_kit.models.columns import as_choice, as_level, as_number, short

#: What `which` may say, besides a parameter's name.
TARGETS = ("mean", "variance", "median", "linear")
#: Arguments that ask for something else.
OTHERS = ("quantile", "parameter", "probability_of", "survival_of")


@dataclass(frozen=True)
class Target:
    """What is predicted.

    Attributes
    ----------
    kind : str
        One of `TARGETS`, or "quantile", "parameter", "probability", "survival".
    argument : float, tuple of float, or str
        Level of the quantile or levels of several, name of the parameter (of the linear predictor too), or value whose
        probability it is or beyond which Y lies.
    """

    kind: str
    argument: Any = None

    @property
    def levels(self) -> tuple[float, ...]:
        """Levels of several quantiles that are asked for at once; none for all else."""
        return self.argument if isinstance(self.argument, tuple) else ()

    @property
    def each(self) -> tuple[Target, ...]:
        """What is asked for, one by one."""
        return tuple(Target(self.kind, level) for level in self.levels) or (self,)

    @property
    def level(self) -> float | None:
        """Level of a quantile, the median included; None for all else."""
        if self.kind == "median":
            return 0.5
        return float(self.argument) if self.kind == "quantile" else None

    def in_words(self, *, discrete: bool) -> str:
        """What is predicted, such as "P(Y > 2)" or "density at 2": a density is no probability."""
        if self.kind == "survival":
            return f"P(Y > {self.argument:g})"
        if self.kind == "probability":
            return f"P(Y = {self.argument:g})" if discrete else f"density at {self.argument:g}"
        return {
            "linear": f"linear predictor of {self.argument}",
            "parameter": f"{self.argument}",
            "quantile": f"{self.argument} quantile",
        }.get(self.kind, self.kind)


def checked_target(model: Any, which: str | None, kwargs: dict[str, Any]) -> Target:
    """What is asked for, by default the mean; takes the arguments in `OTHERS` out of kwargs."""
    if model.family is None:
        raise ArgumentError("predict needs a family; a model with its own loglikeobs must define its own predict")
    asked = {name: value for name in OTHERS if (value := kwargs.pop(name, None)) is not None}
    if len(asked) > 1:
        raise ArgumentError(f"predict takes one of {', '.join(asked)} at a time")
    parameter = asked.pop("parameter", None)
    _check_which(model, which, parameter, asked)
    for argument, value in asked.items():
        if argument == "quantile" and (isinstance(value, (list, tuple)) or np.ndim(value) == 1):
            return Target("quantile", _checked_levels(value))
        if isinstance(value, (list, tuple, dict, set)) or np.ndim(value):
            raise ArgumentError(
                f"{argument} = {short(value)} is not one number: predict takes one at a time; call it for each"
            )
        if argument == "quantile":
            return Target("quantile", as_level(value, argument))
        return Target(argument.removesuffix("_of"), as_number(value, argument))
    if which == "linear":
        parameter = parameter or model.family.predicted or model.free_names[0]
    elif which is not None and which not in TARGETS:
        parameter = which
    if parameter is not None:
        return Target("linear" if which == "linear" else "parameter", parameter)
    return Target(which or "mean")


def _checked_levels(values: Any) -> tuple[float, ...]:
    """Levels of several quantiles, each of them once, since tables have a column for each."""
    levels = tuple(as_level(value, "quantile") for value in values)
    if not levels or len(set(levels)) < len(levels):
        raise ArgumentError(
            f"quantile = {short(values)}: give one level or a list of different ones, such as [0.1, 0.9]"
        )
    return levels


def _check_which(model: Any, which: Any, parameter: Any, asked: Mapping[str, Any]) -> None:
    """Refuse what is no target, and two of them."""
    names = model.family.coordinate_names
    if parameter is not None:
        as_choice(parameter, "parameter", names)
    if which is None:
        return
    as_choice(which, "which", (*TARGETS, *model.free_names))
    if asked:
        raise ArgumentError(f"predict takes one of which={which!r} and {next(iter(asked))} at a time")
    if parameter is not None and which != "linear":
        raise ArgumentError(
            f"predict takes one of which={which!r} and parameter={parameter!r} at a time; which='linear' gives the "
            "linear predictor of a parameter"
        )
