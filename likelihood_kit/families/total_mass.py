"""Total mass of a law that its user wrote: a formula that does not integrate to 1 is the density of no law."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from likelihood_kit._numerics import FromEnd, expectations
from likelihood_kit.errors import FormulaError, NotAvailableError
from likelihood_kit.families.catalogue import CATALOGUE
from likelihood_kit.families.fallbacks import canonical_density, density_from
from likelihood_kit.families.family import Family
from likelihood_kit.families.law import Law

#: Difference of the total mass from 1 that is told: a thousand times what quadrature is trusted to, so that a
#: normalising constant of six digits, from a table or a series, is no alarm.
TOLD = 1e-5


def is_of_the_catalogue(law: Law) -> bool:
    """Whether the kit itself wrote the formula, or composed it of one that it wrote: normalised as that is."""
    if law.origin:
        return law.is_of_the_kit
    written = CATALOGUE.get(law.name)
    return written is not None and _is_composed_of(written.law, law)


def _is_composed_of(part: Law, law: Law) -> bool:
    return any(found is law or _is_composed_of(found, law) for found in part.kept_compositions.values())


def total_mass(family: Family, values: Mapping[str, Any]) -> np.ndarray:
    """Integral, or sum, of the density over its support, `(...)`, at free parameters and known quantities by name.

    To half of what is told: of an untraced density the part next to a pole is lost, 4e-7 of it for an exponent of -0.6.

    Raises
    ------
    NotAvailableError
        Where it does not converge.
    """
    canonical = {name: np.asarray(value) for name, value in family.canonical(values).items()}
    density, theta = canonical_density(family.law, canonical)

    def from_end(side: int) -> FromEnd | None:
        found = density_from(family.law, side)
        return None if found is None else ([lambda d, *_: np.ones_like(d)], found.density)

    (mass,) = expectations(
        [lambda y, *_: np.ones_like(y)],
        density,
        *family.support.ends(canonical),
        theta,
        whole=family.discrete,
        part=True,
        what=f"{family.law.title}: the total mass",
        from_end=from_end,
        trusted=TOLD / 2,
    )
    return mass


def mass_note(family: Family, values: Mapping[str, Any], where: str) -> str:
    """Why the formula of a family is the density of no law at these values; empty where it is one.

    Parameters
    ----------
    family : Family
        Without censoring.
    values : dict of name to arrays
        Free parameters and known quantities, of one shape.
    where : str
        What these values are, such as "at the estimate".
    """
    if is_of_the_catalogue(family.law) or family.law.observed:
        return ""
    advice = "log_density must be the logarithm of a density that integrates to 1 over the support, for all parameters"
    try:
        mass = np.ravel(total_mass(family, values))
    except (NotAvailableError, FormulaError) as error:
        return f"the total mass of {family!r} {where} is not known, so that it may be no density: {error}; {advice}"
    worst = mass[np.argmax(np.abs(mass - 1))] if mass.size else 1.0
    if abs(worst - 1) <= TOLD:
        return ""
    return (
        f"the density of {family!r} has total mass {worst:.6g} {where}, not 1: estimates, standard errors, criteria "
        f"and bounds are those of no law; {advice} (or its mass lies in places too far apart to be found)"
    )
