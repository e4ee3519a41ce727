"""Where a rising function crosses a level."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from likelihood_kit.diagnostics.crossings import crossing
from likelihood_kit.errors import NotAvailableError


@pytest.mark.parametrize("step", [-1e-3, 1e-3, 1.0, -1.0, 50.0])
def test_of_a_square(step):
    assert_allclose(crossing(lambda x: 4 * x**2, step, 9.0), np.copysign(1.5, step), rtol=1e-9)


def test_one_that_stays_below_has_none():
    assert crossing(lambda x: 1 - np.exp(-(x**2)), 0.5, 3.84) == np.inf
    assert crossing(lambda x: 0.0, -0.5, 3.84) == -np.inf


def test_a_jump_is_no_crossing():
    with pytest.raises(NotAvailableError, match=r"jumps across 2"):
        crossing(lambda x: 1.0 if x < 0.7 else 3.0, 0.5, 2.0)
