"""Whether a likelihood on sufficient statistics is that on the rows."""

from dataclasses import dataclass

import numpy as np
import pytest

from likelihood_kit.identical import COMPARED, STATISTICS_AGREEMENT, VALUE_AGREEMENT, agree


@dataclass(frozen=True)
class Told:
    """Likelihoods of r samples that are as they are told."""

    value: np.ndarray
    score: np.ndarray
    hessian: np.ndarray

    def take(self, index):
        return Told(self.value[index], self.score[index], self.hessian[index])

    def derivatives(self, working):
        assert len(working) == len(self.value)
        return self.value, self.score, self.hessian


#: Standard errors 0.1 and 0.01.
HESSIAN = -np.array([[100.0, 20.0], [20.0, 1e4]])
SAME = Told(np.full(6, 2.0), np.tile([3.0, -5.0], (6, 1)), np.tile(HESSIAN, (6, 1, 1)))


def changed(part, at, by):
    parts = {name: getattr(SAME, name).copy() for name in ("value", "score", "hessian")}
    parts[part][at] += by
    return Told(**parts)


WITHIN = {
    "value": ("value", (1,), VALUE_AGREEMENT),
    "score": ("score", (2, 0), STATISTICS_AGREEMENT / 0.1),
    "score of another": ("score", (0, 1), STATISTICS_AGREEMENT / 0.01),
    "curvature": ("hessian", (3, 1, 1), STATISTICS_AGREEMENT / 0.01**2),
    "mixed curvature": ("hessian", (3, 1, 0), STATISTICS_AGREEMENT / 0.01 / 0.1),
}


@pytest.mark.parametrize(("part", "at", "least"), WITHIN.values(), ids=WITHIN)
@pytest.mark.parametrize("side", [1, -1])
def test_how_far_they_may_differ(part, at, least, side):
    """In standard errors of the parameters, and for the value by less than the last step of a search gains."""
    working = np.zeros((6, 2))
    assert agree(SAME, SAME, working)
    assert agree(SAME, changed(part, at, 0.9 * side * least), working)
    assert not agree(SAME, changed(part, at, 1.2 * side * least), working)
    assert not agree(changed(part, at, 1.2 * side * least), SAME, working)


def test_few_samples_stand_for_all():
    assert agree(SAME, changed("value", (COMPARED,), 1.0), np.zeros((6, 2)))
    assert not agree(SAME, changed("value", (COMPARED - 1,), 1.0), np.zeros((6, 2)))


@pytest.mark.parametrize("nothing", [-np.inf, np.nan])
def test_a_sample_without_a_likelihood_of_either_kind_says_nothing(nothing):
    """But one with a likelihood of one kind alone says that they are two."""
    none = changed("value", (1,), nothing)
    assert agree(none, none, np.zeros((6, 2)))
    assert not agree(none, SAME, np.zeros((6, 2)))
    assert not agree(SAME, none, np.zeros((6, 2)))
