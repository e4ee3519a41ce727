"""The search for a root of an adjusted score, on functions whose roots are known."""

import numpy as np
from numpy.testing import assert_allclose

from likelihood_kit.diagnostics.adjusted_score import AdjustedScore, adjusted_score_root, updated_inverse


def logit_of_all_ones(n):
    """Score n (1 - p), adjustment 1/2 - p, in the logit of p: the root is p = (n + 1/2) / (n + 1)."""

    def evaluate(point):
        p = 1 / (1 + np.exp(-point))
        information = np.array([[float(n * p[0] * (1 - p[0]))]])
        return AdjustedScore(n * (1 - p) + 0.5 - p, information, information)

    return evaluate


def test_a_root_where_no_maximum_is():
    found = adjusted_score_root(logit_of_all_ones(5), np.zeros(1))
    assert found.solved
    assert_allclose(found.point, np.log(11), rtol=1e-9)


def test_the_same_in_any_units():
    def root(units):
        def evaluate(point):
            x, y = point * units
            score = np.array([1 - x - 0.3 * y - 0.1 * x**2, 2 - 0.3 * x - 2 * y + 0.2 * np.sin(y)])
            information = np.array([[1.0, 0.3], [0.3, 2.0]]) * np.outer(units, units)
            return AdjustedScore(score * units, information, information)

        return adjusted_score_root(evaluate, np.zeros(2))

    plain, far = root(np.ones(2)), root(np.array([1e6, 1e-6]))
    assert plain.solved
    assert far.iterations == plain.iterations
    assert_allclose(far.point * [1e6, 1e-6], plain.point, rtol=1e-9)


def test_an_end_that_is_no_root_is_not_solved():
    """Score exp(-x) falls for ever; with a constant information it is never 0."""

    def evaluate(point):
        return AdjustedScore(1 + np.exp(-point), np.eye(1), np.eye(1))

    assert not adjusted_score_root(evaluate, np.zeros(1)).solved


def test_outside_there_is_nothing():
    assert not adjusted_score_root(lambda point: None, np.zeros(1)).solved

    def evaluate(point):  # a step from 0.01 by the information alone would leave the space
        if point[0] <= 0:
            return None
        return AdjustedScore(1 / point - 2, np.eye(1), np.eye(1) / point**2)

    assert_allclose(adjusted_score_root(evaluate, np.array([1.9])).point, 0.5, rtol=1e-9)


def test_curvature_of_the_wrong_sign_is_not_followed():
    def evaluate(point):
        return AdjustedScore(np.tanh(1 - point), np.eye(1), -np.eye(1))

    assert_allclose(adjusted_score_root(evaluate, np.array([5.0])).point, 1.0, rtol=1e-9)


def linear(slope, root, believed):
    """A score that falls linearly, and an information that is not its slope."""

    def evaluate(point):
        return AdjustedScore(slope @ (root - point), believed, believed)

    return evaluate


def test_what_the_steps_tell_of_the_slope_is_made_use_of():
    """Broyden's method ends within 2 k steps on a linear score (Gay 1979, SIAM J. Numer. Anal. 16, 623-630)."""
    slope = np.array([[1.0, 0.3, 0.0], [0.1, 1.2, -0.2], [0.0, 0.2, 0.9]])
    root = np.array([1.0, -2.0, 0.5])
    found = adjusted_score_root(linear(slope, root, 1.5 * np.eye(3)), np.zeros(3))
    assert found.solved
    assert found.iterations <= 6
    assert_allclose(found.point, root, rtol=1e-9)


def test_the_updated_inverse_is_that_of_the_updated_slope():
    """J + (y - J s) s'W / (s'W s), the least change in the metric W of which J s = y: Broyden (1965), first method."""
    rng = np.random.default_rng(4)
    slope, expected = np.eye(3) + 0.2 * rng.normal(size=(3, 3)), np.diag([1.0, 4.0, 0.5]) + 0.1
    step, here, there = rng.normal(size=(3, 3))
    told = here - slope @ step + 0.1 * there
    points = [AdjustedScore(score, expected, expected) for score in (here, told)]
    found = updated_inverse(np.linalg.inv(slope), step, *points)
    assert_allclose(found @ (here - told), step, rtol=1e-10)
    fell, weighted = here - told, expected @ step
    assert_allclose(
        np.linalg.inv(found), slope + np.outer(fell - slope @ step, weighted) / (weighted @ step), rtol=1e-9
    )


def test_a_step_that_tells_next_to_nothing_updates_nothing():
    """The score has fallen by a part of what was foreseen: by a tenth of it there is no update, by a fifth there is."""
    for part, known in ((0.05, False), (0.2, True), (0.0, False)):
        points = [AdjustedScore(np.array([1.0 - fall]), np.eye(1), np.eye(1)) for fall in (0.0, part)]
        found = updated_inverse(np.eye(1), np.ones(1), *points)
        assert np.isfinite(found).all() == known
        if known:
            assert_allclose(found, 1 / part)


def test_a_score_that_does_not_fall_is_not_followed():
    """Steps that leave it as it is led on and on, to a point that is none."""
    found = adjusted_score_root(lambda point: AdjustedScore(np.ones(1), np.eye(1), np.eye(1)), np.zeros(1))
    assert (found.iterations, found.point[0], found.size) == (0, 0.0, 1.0)
