"""Expected Fisher information of one observation, by the author's closed form or from the law."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from likelihood_kit._numerics import triangle
from likelihood_kit.families import fallbacks, operands
from likelihood_kit.families.handle import Handle


def expected_information(family: Handle, values: Mapping[str, np.ndarray]) -> np.ndarray:
    """Expected information of the free parameters, `(..., p, p)`, natural scale, at quantities by name."""
    law, names = family.law, family.coordinate_names
    if "expected_information" in law.functions:
        operands.require(family, law.takes("expected_information"), values, "expected information")
        shape = np.broadcast_shapes(*(np.shape(v) for v in values.values()))
        closed = law.call("expected_information", (), operands.canonical(family, values))
        information = triangle(closed, shape)
        coordinates = law.coordinates.get(names)
        if coordinates is not None:
            jacobian = fallbacks.jacobian(coordinates, tuple(law.parameters), [values[name] for name in names])
            information = np.swapaxes(jacobian, -1, -2) @ information @ jacobian
    else:
        information = fallbacks.expected_information(law, names, family.kernels, values)
    rows, columns = np.ix_(family.free, family.free)
    return information[..., rows, columns]
