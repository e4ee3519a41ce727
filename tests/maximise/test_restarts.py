"""What the searches from elsewhere tell of maxima that none of them found."""

import numpy as np
from numpy.testing import assert_allclose

from likelihood_kit.maximise.restarts import unseen


def test_maxima_expected_unseen_are_those_of_boender_and_rinnooy_kan():
    """By hand: of w = 2 different ones in N = 5 + 3 searches w (N - 1) / (N - w - 2) = 14 / 4 in all."""
    assert_allclose(unseen(np.array([-1.0, -2.0, -2.0]), np.array([5, 2, 1])), 3.5 - 2)
    assert unseen(np.array([-1.0, -2.0]), np.array([2, 2])) == np.inf
