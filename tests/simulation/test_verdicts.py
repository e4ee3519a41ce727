import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats

from likelihood_kit.simulation.verdicts import (
    FALSE_ALARM,
    critical_value,
    left_out,
    level_in_words,
    replications_in_words,
    span,
)


def test_many_comparisons_are_one():
    assert_allclose(stats.norm.sf([critical_value(1), critical_value(5)]), [FALSE_ALARM / 2, FALSE_ALARM / 10])


def test_the_level_is_that_of_all_verdicts():
    assert level_in_words(4) == (
        "All verdicts of the study, on rates and on the bound, hold together with 99 % confidence (Bonferroni over 8)."
    )


@pytest.mark.parametrize(
    ("factor", "words"),
    [
        (1.0, "about 500 replications would tell"),
        (2.001, "about 1,100 replications would tell"),
        (np.inf, "even 500,000 replications would hardly tell"),
        (np.nan, "even 500,000 replications would hardly tell"),
    ],
)
def test_replications_that_would_tell(factor, words):
    assert replications_in_words(500, factor) == words


def test_ends_of_an_interval():
    assert span(0.5, 123.4567, 0.034) == "0.500 to 123.457"
    assert span(1e-12, 2e-12, 1e-13) == "1e-12 to 2e-12"


def test_what_is_left_out_is_told():
    values = np.ones((2, 2000, 2))
    assert left_out((10, 20), values) == ""
    values[0, :500] = np.nan
    assert left_out((10, 20), values) == "; 25.0 % of the replications at n = 10 have no estimate and are left out"
    values[1, :1200, 1] = np.inf
    assert "infinite" not in left_out((10, 20), values, 0)
    assert left_out((10, 20), values, 1).endswith(
        "; 60.0 % of the replications at n = 20 have an infinite estimate, counted and left out: the median estimate "
        "is 1 without them, inf with them"
    )
    assert left_out((10, 20), values, 1, "kept").endswith(
        "60.0 % of the replications at n = 20 have an infinite estimate"
    )
    values[1, :1200, 1] = [-np.inf, *np.ones(1199)]
    assert "; 1 of the replications at n = 20 have an infinite estimate" in left_out((10, 20), values, 1)
