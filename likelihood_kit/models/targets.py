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
#: The method that gives standard errors too, and the arguments that it has beyond those of `predict`.
GET_PREDICTION = "get_prediction"
OF_GET_PREDICTION = ("average", "agg_weights", "row_labels")


@dataclass(frozen=True)
class Target:
    """What is predicted.

    Attributes
    ----------
    kind : str
        One of `TARGETS`, or "quantile", "parameter", "probability", "survival".
    argument : float, tuple of float, or str
        Level of the quantile, name of the parameter (of the linear predictor too), or value whose probability it is or
        beyond which Y lies; of several levels or values a tuple.
    """

    kind: str
    argument: Any = None

    @property
    def several(self) -> tuple[float, ...]:
        """Levels or values that are asked for at once; none where it is one."""
        return self.argument if isinstance(self.argument, tuple) else ()

    @property
    def each(self) -> tuple[Target, ...]:
        """What is asked for, one by one."""
        return tuple(Target(self.kind, value) for value in self.several) or (self,)

    @property
    def asked_as(self) -> str:
        """Name of the argument that asks for it: `quantile`, `probability_of`, `survival_of`, or `which`."""
        return next((name for name in OTHERS if name.removesuffix("_of") == self.kind), "which")

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


def checked_target(model: Any, which: str | None, kwargs: dict[str, Any], caller: str = "predict") -> Target:
    """What is asked of the method `caller`, by default the mean; takes the arguments in `OTHERS` out of kwargs."""
    if model.family is None:
        raise ArgumentError(f"{caller} needs a family; a model with its own loglikeobs must define its own predict")
    asked = {name: value for name in OTHERS if (value := kwargs.pop(name, None)) is not None}
    if len(asked) > 1:
        raise ArgumentError(f"{caller} takes one of {', '.join(asked)} at a time")
    parameter = asked.pop("parameter", None)
    _check_which(model, which, parameter, asked, caller)
    for argument, value in asked.items():
        return Target(argument.removesuffix("_of"), _checked_value(argument, value))
    if which == "linear":
        parameter = parameter or model.family.predicted or model.free_names[0]
    elif which is not None and which not in TARGETS:
        parameter = which
    if parameter is not None:
        return Target("linear" if which == "linear" else "parameter", parameter)
    return Target(which or "mean")


def _checked_value(argument: str, value: Any) -> float | tuple[float, ...]:
    """A level or a value, or several, each of them once, since tables have a column for each."""
    checked = as_level if argument == "quantile" else as_number
    if not isinstance(value, (list, tuple, dict, set)) and not np.ndim(value):
        return checked(value, argument)
    listed = isinstance(value, (list, tuple)) or np.ndim(value) == 1
    found = tuple(checked(one, argument) for one in value) if listed else ()
    if not found or len(set(found)) < len(found):
        example = "one level or a list of different ones, such as [0.1, 0.9]"
        if argument != "quantile":
            example = "one number or a list of different ones, such as [0, 1, 2]"
        raise ArgumentError(f"{argument} = {short(value)}: give {example}")
    return found


def _check_which(model: Any, which: Any, parameter: Any, asked: Mapping[str, Any], caller: str) -> None:
    """Refuse what is no target, and two of them."""
    names = model.family.coordinate_names
    for argument, value in (("which", which), ("parameter", parameter)):
        if value is not None and isinstance(value, (list, tuple)) and len(value) > 1:
            raise ArgumentError(
                f"{argument} = {short(value)}: {caller} takes one name at a time: ask once for each (several levels "
                "or values may be asked for at once, such as quantile=[0.1, 0.9])"
            )
    if parameter is not None:
        as_choice(parameter, "parameter", names)
    if which is None:
        return
    as_choice(which, "which", (*TARGETS, *model.free_names))
    if asked:
        raise ArgumentError(f"{caller} takes one of which={which!r} and {next(iter(asked))} at a time")
    if parameter is not None and which != "linear":
        raise ArgumentError(
            f"{caller} takes one of which={which!r} and parameter={parameter!r} at a time; which='linear' gives the "
            "linear predictor of a parameter"
        )
