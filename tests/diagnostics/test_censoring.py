"""Limits of observation drawn where they are unknown follow the law of the limits."""

import numpy as np
from numpy.testing import assert_allclose, assert_array_equal

import likelihood_kit as lk
from likelihood_kit.diagnostics.censoring import drawn_limits


def test_limits_are_the_censored_times_or_lie_beyond_the_event():
    rng = np.random.default_rng(1)
    time, limit = rng.exponential(1.0, 20_000), rng.exponential(2.0, 20_000)
    event = (time <= limit).astype(int)
    seen = np.minimum(time, limit)
    (drawn,) = drawn_limits(seen, event, 1, rng)
    assert_array_equal(drawn[event == 0], limit[event == 0])
    assert (drawn >= seen).all()
    points = np.array([0.2, 0.5, 1.0, 2.0, 3.0])
    found = (drawn[:, None] <= points).mean(axis=0)
    # Of the product-limit estimate and the draws from it: an error below 0.01 at all, false alarms below 1e-4.
    assert_allclose(found, 1 - np.exp(-points / 2), atol=0.02)
    # Shown to fail: the censored times alone.
    assert np.abs((limit[event == 0][:, None] <= points).mean(axis=0) - 1 + np.exp(-points / 2)).max() > 0.1


def test_without_a_censored_time_no_limit_is_known():
    assert np.isinf(drawn_limits(np.array([1.0, 2.0]), np.array([1, 1]), 3, np.random.default_rng(1))).all()


def test_of_a_tie_the_event_comes_first():
    time, event = np.array([1.0, 1.0, 2.0]), np.array([1, 0, 0])
    drawn = drawn_limits(time, event, 4000, np.random.default_rng(1))
    assert_array_equal(np.unique(drawn[:, 1:], axis=0), [[1.0, 2.0]])
    # Two rows at risk of a limit at 1 after the event, one of them has it.
    assert_allclose((drawn[:, 0] == 1.0).mean(), 0.5, atol=0.04)


def test_a_censored_model_is_audited_by_its_law_without_limits():
    """Of right models without `limit=` 9 % were accused at 5 %: of 40, more than 7 are by chance once in 1,000."""
    accused = {"right": 0, "wrong": 0}
    for seed in range(40):
        rng = np.random.default_rng(seed)
        limit = rng.exponential(2.0, 150)
        for name, time in {"right": rng.weibull(1.5, 150), "wrong": rng.exponential(1.0, 150) ** 2}.items():
            family = lk.censored(lk.Weibull() if name == "right" else lk.Exponential())
            model = lk.LikelihoodModel(np.minimum(time, limit), family=family, event=(time <= limit).astype(int))
            audit = model.fit().information_audit(replications=199)
            assert "by 199 samples of the fitted law" in audit.verdict
            accused[name] += audit.pvalue <= 0.05
    assert accused["right"] <= 7
    assert accused["wrong"] >= 36
