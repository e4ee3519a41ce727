"""Each family of the catalogue in the middle of the box from which its laws are drawn."""

from dataclasses import dataclass

import numpy as np
import pytest

from likelihood_kit.families import CATALOGUE, Family


@dataclass(frozen=True)
class TypicalLaw:
    """A family at parameters and known quantities in the middle of its box."""

    family: Family
    theta: dict[str, float]
    known: dict[str, float]


@pytest.fixture(params=CATALOGUE.values(), ids=lambda family: family.__name__)
def typical(request) -> TypicalLaw:
    """Each family, in its canonical coordinates."""
    family = request.param()
    law = family.law
    middle = {name: float(np.mean(box)) for name, box in law.typical.items()}
    middle = {name: round(x) if law.quantities[name].whole else x for name, x in middle.items()}
    return TypicalLaw(
        family,
        {name: middle[name] for name in law.parameters},
        {name: middle[name] for name in law.known if name not in family.fixed},
    )
