"""Start values of a search know what the likelihood knows of each row."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from likelihood_kit.families import CATALOGUE

Y = np.array([3.0, 4.0, 5.0, 0.0])
BINOMIAL = CATALOGUE["Binomial"]


@pytest.mark.parametrize("trials", [20.0, np.full(4, 20.0), np.array([[20.0] * 4])], ids=["number", "rows", "sample"])
def test_a_known_quantity_that_is_one_number(trials, fit):
    """A number for all rows was left out of what a start is found from, and then missed."""
    assert_allclose(fit(Y, family=BINOMIAL(), trials=trials).params, [0.15], rtol=1e-10)
    assert_allclose(fit(Y, family=BINOMIAL(trials=20)).params, [0.15], rtol=1e-10)
