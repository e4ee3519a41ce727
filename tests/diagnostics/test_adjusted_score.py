"""The search for a root of an adjusted score, on functions whose roots are known."""

import numpy as np
from numpy.testing import assert_allclose

from likelihood_kit.diagnostics.adjusted_score import AdjustedScore, adjusted_score_root


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
