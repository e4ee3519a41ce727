import numpy as np
import pytest
from numpy.testing import assert_allclose

from likelihood_kit.simulation.tails import tail

CRITICAL = 3.3


@pytest.mark.parametrize("replications", [500, 5000])
def test_a_cauchy_law_has_no_variance_and_a_normal_one_has(replications):
    """Of 200 samples each: the interval of the index misses 2 with a tail of 4 standard errors, or none tells."""
    rng = np.random.default_rng(1)
    cauchy = [tail([rng.standard_cauchy(replications)], CRITICAL) for _ in range(200)]
    normal = [tail([rng.standard_normal(replications)], CRITICAL) for _ in range(200)]
    assert all(found.unsettled for found in cauchy)
    assert np.mean([found.no_variance for found in cauchy]) > 0.95
    assert not any(found.unsettled or found.no_variance for found in normal)


def test_the_index_is_that_of_the_law():
    """Pareto tails of index 3 on both sides of 0, 736 of 20,000 values: standard error 3.7 %, four of them allowed."""
    rng = np.random.default_rng(2)
    values = (rng.pareto(3.0, 20_000) + 1) * np.where(np.arange(20_000) % 2, 1, -1)
    found = tail([values], CRITICAL)
    assert_allclose(found.index, 3.0, rtol=0.15)
    assert_allclose(found.upper, found.index * np.exp(CRITICAL / np.sqrt(736)))
    assert not found.no_variance


@pytest.mark.parametrize(
    "values",
    [np.zeros(200), np.r_[np.zeros(190), np.ones(10)], np.ones(3), np.empty(0)],
    ids=["0", "rare", "3", "none"],
)
def test_nothing_is_said_of_tails_that_are_none(values):
    found = tail([values], CRITICAL)
    assert np.isnan(found.index)
    assert not found.no_variance


def test_words():
    rng = np.random.default_rng(3)
    assert (
        "no finite variance, as far as their tails show (tail index " in tail([rng.standard_cauchy(5000)], 3).in_words()
    )
    few = tail([np.r_[np.zeros(50), 1e6]], 3)
    assert few.unsettled
    assert few.heavy
    assert "rests on the largest errors, those of about 1 replication," in few.in_words()
