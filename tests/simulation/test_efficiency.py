import re

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from likelihood_kit.errors import ArgumentError
from likelihood_kit.simulation.efficiency import efficiency, trend, verdict
from likelihood_kit.simulation.tails import Tail
from likelihood_kit.simulation.verdicts import FALSE_ALARM

SIZES = (20, 50, 100, 200)


def made(rng, variance, bias=lambda n: 0.0, sizes=SIZES, replications=40_000):
    """Normal estimates of 0 with given variance and bias at each size, `(s, r, 1)`."""
    return np.stack([bias(n) + np.sqrt(variance(n)) * rng.standard_normal((replications, 1)) for n in sizes])


def told(values, sizes=SIZES, **settings):
    return efficiency(sizes, ["a"], np.zeros(1), {"it": values}, np.ones(1), **settings).verdicts["it", "a"]


@pytest.mark.parametrize(
    ("variance", "bias", "words"),
    [
        (
            lambda n: 1 / n,
            lambda n: 0.0,
            "within 5 % of the bound: variance (0.9|1.0).* times the bound at n = 200, sim",
        ),
        (
            lambda n: 1.5 / n,
            lambda n: 0.0,
            "exceeds the bound by more than 5 %: variance 1.[45].*efficiency 6.*limit of 1.[45]",
        ),
        (lambda n: (1 + 60 / n) / n, lambda n: 0.0, "on its way to the bound: variance 1.[23].*falling from (3.9|4)"),
        (
            lambda n: 0.5 / n,
            lambda n: 0.3,
            "below the bound by more than 5 %: variance 0.[45].*here the bias is 0.(3|29).*, and a biased one",
        ),
        (lambda n: 0.5 / n, lambda n: 0.0, "below the bound.*and must change with the parameter"),
        (lambda n: 1 / n, lambda n: 1 / np.sqrt(n), "within.*mean squared error is (2|2.0.|1.9.) times the bound"),
        (
            lambda n: 1.04 / n,
            lambda n: 0.0,
            "cannot tell whether it is within 5 %.*it is above.*replications would tell",
        ),
        (lambda n: 0.0, lambda n: 0.0, "no ratio"),
        # One observation, whatever n: the ratio grows, and has no limit.
        (lambda n: 1.0, lambda n: 0.0, "exceeds the bound.*, rising from [12].* at n = 20$"),
    ],
)
def test_verdicts_on_the_bound(variance, bias, words):
    text = told(made(np.random.default_rng(2), variance, bias))
    assert re.match(words, text), text


def test_a_fall_that_ends_above_the_bound_is_not_on_its_way_to_it():
    text = told(made(np.random.default_rng(2), lambda n: (1.2 + 60 / n) / n))
    assert re.match(r"exceeds the bound by more than 5 %.*, falling from .* at n = 20, with a limit of 1.[12]", text), (
        text
    )


def test_a_limit_that_is_not_known_is_not_said_to_be_the_bound():
    """The limit is 1, with a standard error of 3 %: it may be 1.1 as well."""
    text = told(made(np.random.default_rng(1), lambda n: (1 + 60 / n) / n, replications=2000))
    assert text.startswith("exceeds the bound by more than 5 %"), text


@pytest.mark.parametrize(
    ("ratio", "replications", "right"),
    [(1.06, 10_000, ("exceeds", "cannot tell")), (1.06, 400_000, ("exceeds",)), (1.0, 20_000, ("within",))],
)
def test_a_trimmed_mean_does_not_attain_the_bound(ratio, replications, right):
    """Six percent above it: a non-rejection called that "attains the bound" in 11 of 12 studies of 10,000."""
    rng = np.random.default_rng(3)
    for _ in range(12 if replications < 100_000 else 3):
        text = told(np.sqrt(ratio / 100) * rng.standard_normal((1, replications, 1)), (100,))
        assert text.startswith(right), text


@pytest.mark.parametrize("replications", [20, 300, 10_000])
def test_a_cauchy_mean_attains_nothing(replications):
    """Ninety percent did, with "a difference below 309937168 % would not show"."""
    rng = np.random.default_rng(4)
    for _ in range(40):
        text = told(rng.standard_cauchy((1, replications, 1)), (100,))
        assert text.startswith(("no ratio", "cannot tell at n = 100: the variance rests on the largest errors")), text


@pytest.mark.parametrize("df", [2.5, 3])
@pytest.mark.parametrize("replications", [500, 3000])
def test_heavy_tails_do_not_fall_below_the_bound(df, replications):
    """Estimates without fourth moment, at the bound: a sample without a large one has a small variance, and claims to
    know it; 3 % were below the bound. Of 200 at a rate of 1 %, 8 have a chance of 0.1 %.
    """
    rng, false = np.random.default_rng(5), 0
    for _ in range(200):
        values = np.sqrt((df - 2) / df / 100) * rng.standard_t(df, (1, replications, 1))
        false += told(values, (100,)).startswith(("exceeds", "below"))
    assert false < 8


@pytest.mark.parametrize("ratio", [0.9, 0.95, 1.0, 1.05, 1.1])
@pytest.mark.parametrize("law", ["normal", "exponential"])
def test_verdicts_keep_their_level(ratio, law):
    """400 studies at each ratio, at the ends of the margin too; 1 % may be false, and 4 standard errors of that."""
    rng, false = np.random.default_rng(6), 0
    for _ in range(400):
        values = rng.standard_normal((1, 3000, 1)) if law == "normal" else rng.standard_exponential((1, 3000, 1)) - 1
        text = told(np.sqrt(ratio / 100) * values, (100,))
        false += text.startswith(("exceeds", "below", "on its way") if abs(ratio - 1) <= 0.05 else "within")
    assert false / 400 <= FALSE_ALARM + 4 * np.sqrt(FALSE_ALARM / 400)


def test_the_replications_asked_for_tell():
    """Nine in ten by design, of an estimator at the bound; of 30, 21 at least with a chance of 1 % to fail."""
    rng, told_then = np.random.default_rng(7), []
    for _ in range(30):
        text = told(rng.standard_normal((1, 3000, 1)) / 10, (100,))
        needed = re.search(r"about ([\d,]+) replications would tell if", text)
        assert needed, text
        count = int(needed.group(1).replace(",", ""))
        assert 5_000 < count < 30_000
        told_then.append(told(rng.standard_normal((1, count, 1)) / 10, (100,)).startswith("within"))
    assert sum(told_then) >= 21


@pytest.mark.parametrize(
    ("ratio", "words"),
    [
        (1.0, r"; about 20,000 replications would tell if the ratio is as it was found$"),
        (1.03, r"; about 20,000 replications would tell if the ratio is 1, about 130,000 if it is as it was found$"),
        (
            1.05,
            r"; about 20,000 replications would tell if the ratio is 1, even 1,000,000 replications would hardly",
        ),
        (
            1.11,
            r"; it is above the bound, by more or by less than 5 %; about 5,400 replications would tell if the ratio",
        ),
    ],
)
def test_the_replications_that_would_tell(ratio, words):
    """By hand: ((3 + 1.28) error / gap)^2 times 1,000, the gap that of the logarithms to 1.05, or at 1 to 1.05."""
    row = {"size": 100, "ratio": ratio, "mcse": 0.05 * ratio, "bias": 0.0, "bias_mcse": 1.0, "bound": 0.01}
    if ratio > 1.1:
        row["mcse"] = 0.03 * ratio
    text = verdict(pd.DataFrame([row]), 3.0, 0.05, Tail(6.0, 9.0, 9.0, 500.0, 200.0), 1000)
    assert re.search(words, text), text


@pytest.mark.parametrize(("margin", "words"), [(0.2, "within 20 %"), (0.01, "cannot tell whether it is within 1 %")])
def test_the_margin_is_an_argument(margin, words, rng):
    assert told(made(rng, lambda n: 1 / n), margin=margin).startswith(words)


@pytest.mark.parametrize("margin", [0, 1, -0.1, 5, np.nan, "0.05", None, True])
def test_a_margin_that_is_none(margin, rng):
    with pytest.raises(ArgumentError, match=r"margin = .*: give a number between 0 and 1"):
        told(made(rng, lambda n: 1 / n, replications=10), margin=margin)


def test_more_verdicts_need_more_evidence(rng):
    """The level is that of all verdicts together, and the intervals are wider for it."""
    values = made(rng, lambda n: 1 / n, replications=2000)
    one = efficiency(SIZES, ["a"], np.zeros(1), {"it": values}, np.ones(1))
    many = efficiency(SIZES, ["a"], np.zeros(1), {f"it {i}": values for i in range(20)}, np.ones(1))
    ends = [re.search(r"interval ([\d.]+) to", found.verdicts[key, "a"]).group(1) for found, key in
            ((one, "it"), (many, "it 0"))]  # fmt: skip
    assert float(ends[1]) < float(ends[0])
    assert "99 % confidence (Bonferroni over 40)" in str(many)
    assert "99 % confidence (Bonferroni over 2)" in one._repr_html_()


def test_infinite_estimates_that_are_kept_have_no_variance(rng):
    values = made(rng, lambda n: 1 / n, replications=2000)
    values[-1, :100] = np.inf
    assert told(values, infinite="kept").startswith("no ratio at n = 200: the variance is infinite; 5.0 % of the")
    assert "5.0 % of the replications at n = 200 have an infinite estimate, counted and left out" in told(values)


def test_the_ratio_on_the_way_to_its_limit():
    sizes = np.array(SIZES, dtype=float)
    found = trend(sizes, 1.3 + 7 / sizes, np.full(4, 0.01))
    assert_allclose([found.limit, found.slope], [1.3, 7])
    design = np.stack([np.ones(4), 1 / sizes], axis=1) / 0.01
    errors = np.sqrt(np.diag(np.linalg.inv(design.T @ design)))
    assert_allclose([found.limit_se, found.slope_se], errors)
    assert found.straight
    bent = trend(sizes, 1.3 + np.array([0.5, 0.1, 0.2, 0.1]), np.full(4, 0.01))
    assert not bent.straight
    assert bent.limit_se > 2 * found.limit_se
    assert np.isnan(trend(sizes[:2], np.ones(2), np.ones(2)).limit)
    assert not trend(sizes[:2], np.ones(2), np.ones(2)).straight


def test_no_sentence_contradicts_the_numbers_beside_it():
    """2,000 random tables: what a sentence says of ratio, interval, trend and limit holds of the numbers in it."""
    rng, seen, light = np.random.default_rng(8), set(), Tail(6.0, 9.0, 9.0, 500.0, 200.0)
    for _ in range(2000):
        margin, excess = rng.choice([0.02, 0.05, 0.2]), rng.choice([0, 5, 40])
        error, end = rng.choice([0.003, 0.02, 0.1]), rng.choice([0.5, 0.9, 1.0, 1.03, 1.1, 2.0])
        ratio = (end + excess / np.array(SIZES)) * np.exp(error * rng.standard_normal(4))
        table = pd.DataFrame({"size": SIZES, "ratio": ratio, "mcse": error * ratio, "bias": 0.0, "bias_mcse": 1.0})
        text = verdict(table.assign(bound=1 / table["size"]), 3.0, margin, light, 1000)
        low, high = map(float, re.search(r"interval ([\d.]+) to (\d+[.\d]*\d)", text).groups())
        first, last, rounding = ratio[0], ratio[-1], 0.1 * error * ratio[-1]
        start = re.match(r"within|exceeds|below|on its way|cannot tell", text).group()
        seen.add(start)
        assert low <= last + rounding
        assert last <= high + rounding
        inside = low >= 1 - margin - rounding and high <= 1 + margin + rounding
        outside = low > 1 + margin - rounding or high < 1 - margin + rounding
        assert {"within": inside, "cannot tell": not (inside and outside)}.get(start, outside), text
        if start in ("exceeds", "on its way"):
            assert last > 1 + margin
        if start == "below" or "it is below the bound" in text:
            assert last < 1
        assert "it is above the bound" not in text or last > 1
        assert "falling" not in text or first > last
        assert "rising" not in text or first < last
        if start == "on its way":
            assert abs(float(re.search(r"limit of ([\d.]+)", text).group(1)) - 1) <= margin
            assert first > last
    assert len(seen) == 5


def test_a_limit_at_the_bound_to_which_no_slope_leads_is_not_the_way_to_it():
    """The last ratio is below the first, and a line in 1 / n through all of them level, by the two best known."""
    table = pd.DataFrame({"size": SIZES, "ratio": [1.14, 1.02, 1.02, 1.07], "mcse": [0.01, 1e-4, 1e-4, 0.002]})
    table = table.assign(bias=0.0, bias_mcse=1.0)
    text = verdict(table.assign(bound=1 / table["size"]), 3.0, 0.05, Tail(6.0, 9.0, 9.0, 500.0, 200.0), 1000)
    assert text.startswith("exceeds the bound by more than 5 %"), text
