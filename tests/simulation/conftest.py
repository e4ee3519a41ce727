"""Families at the middle of their typical boxes, a family of one's own, and a small study."""

import numpy as np
import pytest

from likelihood_kit.families import CATALOGUE, Family, Gamma
from likelihood_kit.parameters import Interval, Positive
from likelihood_kit.simulation import Study

#: Known quantities, held fixed at the middle of their typical box.
KNOWN = {
    law: {name: round(sum(law.law.typical[name]) / 2) for name in law.law.known if name in law.law.typical}
    for law in CATALOGUE.values()
}
EVERY = [law(parameters=names, **KNOWN[law]) for law in CATALOGUE.values() for names in law().available_parameters]


@pytest.fixture(params=EVERY, ids=repr)
def family(request) -> Family:
    """The catalogue in all coordinates."""
    return request.param


@pytest.fixture
def truth(family) -> dict[str, float]:
    """Free parameters of the family at the middle of its typical box."""
    middle = {name: sum(box) / 2 for name, box in family.law.typical.items()}
    coordinates = family.law.coordinates.get(family.coordinate_names)
    middle = {name: middle[name] for name in family.law.parameters}
    values = middle if coordinates is None else coordinates.from_canonical(*middle.values())
    return {name: float(values[name]) for name in family.parameter_names}


@pytest.fixture
def rayleigh() -> Family:
    """A formula and its spaces, in a class that another process cannot import."""

    class Rayleigh(Family):
        scale = Positive()
        support = Interval(0, np.inf)

        @staticmethod
        def log_density(y, scale):
            return np.log(y) - 2 * np.log(scale) - y**2 / (2 * scale**2)

    return Rayleigh()


@pytest.fixture(scope="module")
def result():
    """A small study of two estimators."""
    study = Study(Gamma(), {"shape": 2.0, "scale": 3.0}, (20, 50, 100, 200), 400, estimators=("mle", "moments"), seed=4)
    return study.run(progress=False)
