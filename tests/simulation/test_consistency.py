import re
from dataclasses import replace

import numpy as np
import pytest

from likelihood_kit.simulation.consistency import consistency, verdict
from likelihood_kit.simulation.rates import Errors, Slope
from likelihood_kit.simulation.tails import Tail
from likelihood_kit.simulation.verdicts import FALSE_ALARM

SIZES = (20, 50, 100, 200)
NONE = Slope(*[np.nan] * 5)
LIGHT = Tail(index=5.0, upper=9.0, far=9.0, squares=300.0, fourths=100.0)


def seen(local, overall=None, **changes):
    """Errors with a local slope and an overall one, `(value, standard error)` each."""
    overall = local if overall is None else overall
    settings = {
        "sizes": (20, 50, 100),
        "replications": 1000,
        "bias": np.zeros(3),
        "bias_mcse": np.ones(3),
        "share": np.array([0.1, 0.1, 0.0]),
        "rmse": Slope(overall[0], overall[1], 1.0, *local),
        "median": NONE,
        "shift": NONE,
        "ends": LIGHT,
        "constant": False,
    }
    return Errors(**{**settings, **changes})


def slope_of(value, error):
    return Slope(value, error, 1.0, value, error)


STAYS = {"bias": np.array([0.5, 0.5, 0.5]), "bias_mcse": np.full(3, 0.001), "shift": slope_of(0.001, 0.01)}


@pytest.mark.parametrize(
    ("found", "expected", "words"),
    [
        (seen((-0.50, 0.01)), -0.5, r"converges at the expected rate n\^-0.5: slope -0.500 \(0.010\) from n = 50"),
        (seen((-1.01, 0.01)), -1.0, r"converges at the expected rate n\^-1"),
        (
            seen((-0.60, 0.01)),
            -0.5,
            r"steeper than the expected n\^-0.5.*Not a faster rate, but bias and variance of higher",
        ),
        (seen((-1.01, 0.01)), -0.5, r"faster than the expected n\^-0.5, at the rate n\^-1"),
        (seen((-0.30, 0.01)), -0.5, r"slower than the expected n\^-0.5: slope -0.300 \(0.010\) from n = 50 to 100; of"),
        (seen((-0.30, 0.01)), -0.5, ".*squared bias is 10.0 % at n = 20, 0.0 % at n = 100$"),
        (
            seen((-0.30, 0.01), share=np.array([0.1, 0.2, 0.4])),
            -0.5,
            "slower than the expected.*Either a bias stays, or the rate is slower indeed$",
        ),
        (seen((-0.01, 0.01)), -0.5, "not consistent: the error does not fall, slope -0.010"),
        (seen((-0.01, 0.2), (-0.01, 0.01)), -0.5, "not consistent.*over all sizes"),
        (seen((-0.01, 0.05), **STAYS), -0.5, "not consistent: a bias stays, 0.50"),
        # The error still falls, but what is left of it in the end is a bias.
        (seen((-0.45, 0.01), **STAYS), -0.5, "not consistent: a bias stays"),
        # A bias of order 1/n that goes up and down with n on its way.
        (
            seen((-0.5, 0.01), **{**STAYS, "shift": Slope(-0.9, 0.05, 1.0, 0.001, 0.01)}),
            -0.5,
            "converges at the expected rate",
        ),
        (seen((-0.70, 0.01)), np.nan, r"converges: slope -0.70.*theory gives no rate"),
        (seen((-1.02, 0.02)), np.nan, r"converges at the rate n\^-1.*theory gives no rate"),
        (seen((-0.20, 0.11)), np.nan, "cannot tell whether the error falls"),
        (seen((-0.35, 0.1)), -0.5, "cannot tell the rate: slope -0.35.*agrees with the expected.*and with others$"),
        (seen((-0.35, 0.1), (-0.2, 0.01)), -0.5, "cannot tell the rate: slope -0.35.*and with others$"),
        (seen((-0.35, 0.1), (-0.45, 0.03)), -0.5, "converges at the expected rate.*over all sizes, from n = 20 to 100"),
        (seen((-0.35, 0.2)), -0.5, "cannot tell the rate: slope -0.35.*; about 6,900 replications would tell"),
        (seen((np.nan, np.nan)), -0.5, "no rate: at some size there are fewer than two"),
        (
            seen((0.0, 0.0), constant=True, bias=np.full(3, 2.5)),
            -0.5,
            "not consistent: the estimates do not vary, and .*2.5",
        ),
        (seen((0.0, 0.0), constant=True), -0.5, "no rate: the estimates do not vary, and are the truth"),
        (seen((-0.5, 0.01), sizes=(20,)), -0.5, "one sample size"),
    ],
)
def test_verdicts_on_a_rate(found, expected, words):
    text = verdict(found, expected, critical=2.0)
    assert re.match(words, text), text


CAUCHY = Tail(index=1.0, upper=1.3, far=1.3, squares=2.0, fourths=1.0)


@pytest.mark.parametrize(
    ("ends", "median", "words"),
    [
        (CAUCHY, slope_of(0.0, 0.02), "no rate: the estimates have no finite variance.*tail index 1.*do not settle"),
        (CAUCHY, slope_of(-0.33, 0.02), r"no rate: .*The median absolute error falls, slope -0.330 \(0.020\)"),
        (CAUCHY, slope_of(-0.2, 0.2), "no rate: .*Whether the median absolute error falls cannot be told"),
        (CAUCHY, NONE, "no rate: .*needs more than 2.$"),
        (
            replace(CAUCHY, upper=3.0),
            NONE,
            "cannot tell the rate: the variance rests on the largest errors, those of about 2 repl",
        ),
    ],
)
def test_heavy_tails_have_no_rate_of_the_mean_squared_error(ends, median, words):
    text = verdict(seen((-0.5, 0.01), ends=ends, median=median), -0.5, critical=2.0)
    assert re.match(words, text), text


def test_small_sizes_are_said_to_be_steeper_for_their_bias():
    found = seen((-0.505, 0.01), (-0.58, 0.01), sizes=SIZES, share=np.array([0.16, 0.1, 0.05, 0.002]))
    text = verdict(found, -0.5, 2.0)
    assert text.startswith("converges at the expected rate")
    assert "Over all sizes it is -0.580 (0.010), steeper by terms of higher order" in text
    assert "squared bias is 16.0 % at n = 20, 0.2 % at n = 200" in text


def trimmed_mean(rng, n, r):
    samples, cut = np.sort(rng.standard_normal((r, n)), axis=1), n // 10
    return samples[:, cut : n - cut].mean(axis=1)


def neyman_scott(rng, n, r):
    """Error of the maximum likelihood estimate of a variance of 1 from n pairs, each with a mean of its own."""
    return rng.chisquare(n, r) / (2 * n) - 1


@pytest.mark.parametrize(
    ("draw", "expected", "right"),
    [
        (lambda rng, n, r: rng.standard_normal(r) / np.sqrt(n), -0.5, "converges at the expected rate n^-0.5"),
        (lambda rng, n, r: 1 - rng.random(r) ** (1 / n), -1.0, "converges at the expected rate n^-1"),
        (lambda rng, n, r: rng.standard_normal(r), -0.5, "not consistent: the error does not fall"),
        (lambda rng, n, r: rng.standard_cauchy(r), -0.5, "no rate"),
        (trimmed_mean, -0.5, "converges at the expected rate n^-0.5"),
        (neyman_scott, -0.5, "not consistent: a bias stays"),
    ],
    ids=["normal mean", "uniform maximum", "one observation", "Cauchy mean", "trimmed mean", "Neyman-Scott"],
)
def test_verdicts_on_known_estimators(draw, expected, right):
    """100 studies of 300 replications: of one observation 298 of 300 were undecided, of a Cauchy mean 13 % converged.

    Of the verdicts one in a hundred may be false, and of 100 four, at a chance of 0.4 %; nine in ten are to be told.
    """
    rng, told, false = np.random.default_rng(12), 0, 0
    for _ in range(100):
        values = np.stack([draw(rng, n, 300)[:, None] for n in SIZES])
        words = consistency(SIZES, ["a"], np.zeros(1), {"it": values}, {"it": (expected,)}).verdicts["it", "a"]
        told += words.startswith(right)
        false += not words.startswith((right, "cannot tell"))
    assert told >= 90
    assert false <= 4


def test_infinite_estimates_that_are_kept_have_no_rate():
    values = np.random.default_rng(1).standard_normal((2, 400, 1)) / np.sqrt([[[10]], [[40]]])
    values[0, 0] = np.inf
    given = (10, 40), ["a"], np.zeros(1), {"it": values}, {"it": (-0.5,)}
    assert (
        consistency(*given, infinite="kept")
        .verdicts["it", "a"]
        .startswith("no rate: the mean squared error is infinite")
    )
    text = consistency(*given).verdicts["it", "a"]
    assert text.startswith("converges at the expected")
    assert "0.2 % of the replications at n = 10 have an infinite estimate, counted and left out" in text


def test_the_rate_of_the_median_error_stands_beside_it():
    rng = np.random.default_rng(3)
    values = np.stack([rng.standard_cauchy((2000, 1)) / n for n in SIZES])
    row = consistency(SIZES, ["a"], np.zeros(1), {"it": values}, {"it": (-1.0,)}).table.iloc[0]
    assert abs(row["median_slope"] + 1) < 4 * row["median_se"]
    assert row["median_se"] < 0.05


def test_verdicts_keep_their_false_alarm_rate():
    """600 studies of an estimator at its rate, and 4 standard errors of their fraction of false alarms."""
    rng, alarms = np.random.default_rng(5), 0
    for _ in range(600):
        values = np.stack([rng.standard_normal((300, 1)) / np.sqrt(n) for n in SIZES])
        words = consistency(SIZES, ["a"], np.zeros(1), {"it": values}, {"it": (-0.5,)}).verdicts["it", "a"]
        alarms += not words.startswith(("converges at the expected rate n^-0.5", "cannot tell"))
    assert alarms / 600 < FALSE_ALARM + 4 * np.sqrt(FALSE_ALARM / 600)
