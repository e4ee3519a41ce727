"""Where a law is regular and smooth: from its support and formula, or as its author declared."""

from __future__ import annotations

import inspect
import itertools
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from likelihood_kit.calculus import DATUM, called, has_kink, may_kink, real
from likelihood_kit.errors import NotAvailableError
from likelihood_kit.families import fallbacks, informations, operands
from likelihood_kit.families.handle import Handle, kept_answer
from likelihood_kit.families.law import Law
from likelihood_kit.families.returned import check_elementwise
from likelihood_kit.parameters import Space

#: Relative difference of the variance of the score and minus the expected Hessian from which they are not equal: far
#: above the error of a quadrature over a kink, and far below what a kink costs (a Laplace law: all of it).
KINK = 0.01
#: Observations at which a formula that was not traced is looked at, on the line of their space, and how far a parameter
#: is moved there to either side, on the line of its own.
OBSERVED_AT = (-0.53, 0.37, 1.71)
ALONG = 4.0
#: How far apart like parameters are looked at, on the line of their space: parts of a mixture that are the same leave
#: nothing to see of its weight. As a logarithm, factors of two.
APART = float(np.log(2))


def is_regular(family: Handle) -> bool:
    """Whether a Cramer-Rao bound holds, for some values of the parameters at least."""
    declared = family.law.regular
    if declared is None:
        return not family.moving
    return declared if isinstance(declared, bool) else True


def is_smooth(family: Handle) -> bool:
    """Whether the Hessian carries the information, for some values of the parameters at least."""
    declared = family.law.smooth
    if not family.regular:
        return False
    if declared is None:
        return kept_answer(family, _found_smooth)
    return declared if isinstance(declared, bool) else True


def _found_smooth(family: Handle) -> bool:
    if family.kernels.derivatives == "numeric":
        return not _kinked(family)
    # The kernels know of the kinks of all parameters: with none held fixed nothing need be traced.
    kinks = family.kernels.kinks and (not family.fixed or may_kink(family.formula, family.fixed))
    return not kinks or _without_loss(family)


def require(family: Handle, what: str, values: Mapping[str, Any] | None = None, *, smooth: bool = False) -> None:
    """Refuse a quantity that exists only for regular, or for smooth, families.

    Parameters
    ----------
    family : Family
    what : str
        In the message.
    values : dict of name to array, optional
        Where it is asked for; a law may be regular for some values only.
    smooth : bool

    Raises
    ------
    NotAvailableError
        Says why it does not exist.
    """
    if not family.regular:
        moving = " and ".join(family.moving)
        why = (
            f"its support moves with {moving}, so that differentiation and integration do not commute, E[score] is not "
            "zero, and neither Fisher information nor a Cramer-Rao bound exists"
            if moving
            else "it is declared not regular"
        )
        raise NotAvailableError(f"{family.name} has no {what}: {why}")
    if smooth and not family.smooth:
        raise NotAvailableError(
            f"{family.name} has no {what}: its log density has a kink, so that the Hessian does not carry the "
            "information; the expected information and the Cramer-Rao bound exist"
        )
    for declared in (family.law.regular, family.law.smooth if smooth else None):
        if values is None or declared is None or isinstance(declared, bool):
            continue
        inside = _holds(family.name, declared, operands.canonical(family, values))
        if not np.all(inside):
            at = [np.broadcast_arrays(values[name], inside)[0] for name in family.coordinate_names]
            at = [value[~np.broadcast_to(inside, value.shape)].flat[0] for value in at]
            where = ", ".join(f"{name} = {value:g}" for name, value in zip(family.coordinate_names, at, strict=True))
            raise NotAvailableError(
                f"{family.name} has no {what} at {where}: {inspect.getdoc(declared) or 'it is not regular there'}"
            )


def _holds(family: str, declared: Callable[..., Any], canonical: Mapping[str, Any]) -> Any:
    at = [canonical[name] for name in inspect.signature(declared).parameters]
    found = called(declared, at, f"family {family}: regular or smooth")
    check_elementwise(family, "regular or smooth", found, at)
    return found


def holds_at(law: Law, declared: bool | Callable[..., Any] | None, canonical: Mapping[str, Any]) -> bool:
    """Whether what is declared of a law, or nothing, holds at all these values."""
    if declared is None or isinstance(declared, bool):
        return declared is not False
    return bool(np.all(_holds(law.name, declared, canonical)))


def _without_loss(family: Handle) -> bool:
    """Whether E[s s'] is -E[Hessian] in the free parameters at typical values, by quadrature."""
    law, values = family.law, _typical_values(family)
    try:
        product, curvature = informations.both_informations(law, family.coordinate_names, family.free, values)
    except NotAvailableError:
        return True
    scale = np.sqrt(np.einsum("ii->i", product))
    return bool(np.max(np.abs(product - curvature) / np.outer(scale, scale), initial=0.0) < KINK)


def _kinked(family: Handle) -> bool:
    """Whether a formula that was not traced has a kink in a free parameter, seen at a few observations."""
    law = family.law
    if law.observed:
        return False
    values = _typical_values(family)
    known = [values[name] for name in law.data if name != DATUM]
    ends = law.support.ends(operands.canonical(family, values)) if law.support.depends_on else law.support.ends()
    link = replace(law.support, low=float(ends[0]), high=float(ends[1]), whole=False).link()
    for name, eta in itertools.product(family.parameter_names, OBSERVED_AT):
        own, y = family.spaces[name].onto_the_line(family.links[name]), link.inverse(np.float64(eta))
        if law.whole:
            y = np.floor(np.abs(3 * y))

        def along(t: np.ndarray, name: str = name, own: Any = own, y: Any = y) -> np.ndarray:
            moved = {**values, name: own.inverse(own.forward(values[name]) + t)}
            found = family.formula(np.full(t.shape, y), *known, *(moved[n] for n in family.coordinate_names))
            return real(found, family.formula.label)

        if has_kink(along, -ALONG, ALONG):
            return True
    return False


def _typical_values(family: Handle) -> dict[str, np.ndarray]:
    """Typical values of the quantities by name, in the coordinates in use too; what is held fixed as it is held."""
    law = family.law
    values = {name: np.asarray(_typical(law, name)) for name in law.quantities}
    values |= _told_apart(law, values)
    values |= law.in_coordinates(family.coordinate_names, values)
    values |= {name: np.asarray(number) for name, number in family.fixed.items()}
    return values


def _typical(law: Law, name: str) -> float:
    value = float(np.mean(law.typical[name])) if name in law.typical else fallbacks.plain_value(law.quantities[name])
    return float(np.floor(value)) if law.quantities[name].whole else value


def _told_apart(law: Law, values: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The parameters' values, those of one space that are the same moved apart."""
    found: dict[str, np.ndarray] = {}
    before: Counter[tuple[Space, float]] = Counter()
    for name, space in law.parameters.items():
        alike = space, float(values[name])
        link = space.link()
        with np.errstate(all="ignore"):
            moved = np.asarray(link.inverse(link.forward(values[name]) + APART * before[alike]))
        usable = before[alike] and not space.whole and bool(space.contains(moved))
        found[name] = moved if usable else values[name]
        before[alike] += 1
    return found
