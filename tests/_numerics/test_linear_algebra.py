"""Inverses and eigenvalues of stacks of matrices, and the order of a triangle."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from likelihood_kit._numerics import lower_pairs, smallest_eigenvalue, stacked_inverse, triangle


def positive_definite(rng, r: int, k: int) -> np.ndarray:
    factor = rng.standard_normal((r, k, k + 2))
    return factor @ np.swapaxes(factor, -1, -2)


@pytest.mark.parametrize("k", [1, 2, 3, 6])
def test_stacked_inverse(k, rng):
    matrices = positive_definite(rng, 5, k)
    inverse = stacked_inverse(matrices)
    assert_allclose(inverse, np.linalg.inv(matrices), rtol=1e-9)
    assert_allclose(inverse, np.swapaxes(inverse, -1, -2), rtol=1e-15)


def test_an_inverse_does_not_depend_on_the_units(rng):
    matrices = positive_definite(rng, 4, 3)
    units = np.array([1e-140, 1.0, 1e140])
    scaled = stacked_inverse(matrices * units[:, None] * units)
    assert_allclose(scaled * units[:, None] * units, stacked_inverse(matrices), rtol=1e-12)


NO_INVERSE = {
    "indefinite": [[1.0, 2.0], [2.0, 1.0]],
    "negative": [[-1.0, 0.0], [0.0, 1.0]],
    "singular": [[1.0, 1.0], [1.0, 1.0]],
    "singular to rounding": [[1.0, 1.0 + 2e-16], [1.0 + 2e-16, 1.0]],
    "singular to rounding, from below": [[1.0, 1.0 - 2e-16], [1.0 - 2e-16, 1.0]],
    "a zero on the diagonal": [[0.0, 0.0], [0.0, 1.0]],
    "not a number": [[np.nan, 0.0], [0.0, 1.0]],
    "infinite": [[np.inf, 0.0], [0.0, 1.0]],
    "indefinite, of three": [[1.0, 0.9, -0.9], [0.9, 1.0, 0.9], [-0.9, 0.9, 1.0]],
    "singular, of three": [[2.0, 1.0, 3.0], [1.0, 1.0, 2.0], [3.0, 2.0, 5.0]],
    "no information": [[0.0]],
}


@pytest.mark.parametrize("matrix", NO_INVERSE.values(), ids=NO_INVERSE)
def test_what_is_not_positive_definite_has_no_inverse_and_spoils_no_other(matrix):
    k = len(matrix)
    found = stacked_inverse(np.array([np.eye(k), matrix, 2 * np.eye(k)]))
    assert np.isnan(found[1]).all()
    assert_array_equal(found[[0, 2]], [np.eye(k), np.eye(k) / 2])


def test_the_smallest_eigenvalue(rng):
    for k in (1, 2, 4):
        matrices = positive_definite(rng, 6, k)
        scale = 1 / np.sqrt(np.einsum("rkk->rk", matrices))
        scaled = matrices * scale[:, :, None] * scale[:, None, :]
        assert_allclose(smallest_eigenvalue(scaled), np.linalg.eigvalsh(scaled)[:, 0], rtol=1e-9)
    for k in (2, 3):
        assert smallest_eigenvalue(np.ones((k, k))) == 0


def test_no_matrices():
    assert stacked_inverse(np.empty((0, 2, 2))).shape == (0, 2, 2)


def test_the_lower_triangle_by_rows():
    assert lower_pairs(3) == [(0, 0), (1, 0), (1, 1), (2, 0), (2, 1), (2, 2)]
    assert lower_pairs(0) == []
    entries = [1.0, 2.0, np.array([3.0, 30.0]), 4.0, 5.0, 6.0]
    found = triangle(entries, (2,))
    assert_array_equal(found[0], [[1, 2, 4], [2, 3, 5], [4, 5, 6]])
    assert_array_equal(found[1], [[1, 2, 4], [2, 30, 5], [4, 5, 6]])
    assert triangle([], (4,)).shape == (4, 0, 0)


@pytest.mark.parametrize("matrix", NO_INVERSE.values(), ids=NO_INVERSE)
def test_one_matrix_alone_has_no_other_inverse_than_in_a_stack(matrix):
    """One of order 2 has a way of its own, on which a correlation of 1 but for rounding had one of 2e15."""
    assert np.isnan(stacked_inverse(np.array(matrix))).all()
