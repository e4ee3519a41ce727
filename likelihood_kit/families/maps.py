"""The maps between coordinates of a law, checked once: names, shapes, and that one inverts the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from likelihood_kit.errors import FormulaError, LikelihoodKitError, shown
from likelihood_kit.families.law import Law

#: Points on the line of each parameter at which the maps are tried: values without meaning of their own, since at 1 a
#: rate is a scale.
_POINTS = (0.4, -0.7)
#: Relative error from which two values are not one: what an iterative inverse may leave.
_SAME = 1e-6


def check_maps(law: Law, names: tuple[str, ...]) -> None:
    """Refuse coordinates whose maps give other names or shapes than theirs, or do not invert each other.

    Raises
    ------
    FormulaError
        Names the family, the coordinates and the point.
    """
    key = "maps", names
    if law.kept_answers.get(key):
        return
    coordinates = law.coordinates[names]
    what = f"family {law.title}: coordinates ({', '.join(names)})"
    for point in _POINTS:
        first = {
            name: space.link().inverse(np.asarray(point + 0.1 * i))
            for i, (name, space) in enumerate(law.parameters.items())
        }
        there = _image(f"{what}: from_canonical", coordinates.from_canonical, first, names)
        if not all(space.contains(there[name]) for name, space in coordinates.spaces.items()):
            continue  # not every value of the parameters need have these coordinates
        back = _image(f"{what}: to_canonical", coordinates.to_canonical, {n: there[n] for n in names}, tuple(first))
        for name, value in first.items():
            if not np.isclose(back[name], value, rtol=_SAME, atol=0):
                raise FormulaError(
                    f"{what}: the maps do not invert each other: from_canonical of {name} = {value:g} goes back to "
                    f"{back[name]:g} by to_canonical"
                )
    law.kept_answers[key] = True


def _image(
    what: str, function: Callable[..., Any], operands: Mapping[str, Any], names: tuple[str, ...]
) -> dict[str, Any]:
    """Numbers that a map gives for numbers, by name."""
    try:
        with np.errstate(all="ignore"):
            found = function(*operands.values())
    except LikelihoodKitError:
        raise
    except Exception as error:
        raise FormulaError(f"{what} fails: {type(error).__name__}: {error}") from error
    if not isinstance(found, Mapping) or set(found) != set(names):
        raise FormulaError(f"{what} returns {shown(found)}; it must return a dict of {', '.join(names)}")
    for name, value in found.items():
        if np.shape(value) != () or np.asarray(value).dtype.kind not in "iuf":
            raise FormulaError(f"{what}: {name} is {shown(value)}; it must be one real number for each of the operands")
    return dict(found)
