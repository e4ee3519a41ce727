"""Truncation so far out that the distribution function there is 1 but for rounding, and limits of observation."""

import numpy as np
import pytest
from mpmath import mp
from numpy.testing import assert_allclose, assert_array_equal
from scipy import stats

import likelihood_kit as lk
from likelihood_kit.errors import ArgumentError, ParameterError

Q = np.array([1e-6, 0.1, 0.5, 0.9, 1 - 1e-6])


def normal_quantile(q: float, low: float) -> float:
    """Quantile of a standard normal law beyond low, by mpmath."""
    with mp.workdps(40):
        above = (1 - mp.mpf(q)) * mp.erfc(low / mp.sqrt(2)) / 2
        start = low - mp.log(1 - mp.mpf(q)) / low
        return float(mp.findroot(lambda y: mp.log(mp.erfc(y / mp.sqrt(2)) / 2) - mp.log(above), start))


@pytest.mark.parametrize("low", [2.0, 4.0, 4.5, 7.5, 9.0, 30.0])
def test_quantiles_of_a_normal_law_far_out(low):
    """`cdf(low) + q mass` is 1 to all digits: quantiles were infinite, samples below the end."""
    family = lk.truncated(lk.Normal(), low=low)
    wanted = [normal_quantile(q, low) for q in Q]
    assert_allclose(family.ppf(Q, mean=0.0, sd=1.0) - low, np.array(wanted) - low, rtol=1e-6)
    assert_allclose(family.cdf(family.ppf(Q, mean=0.0, sd=1.0), mean=0.0, sd=1.0), Q, rtol=1e-8, atol=1e-11)
    drawn = family.sample(2000, 1, mean=0.0, sd=1.0)
    assert drawn.min() >= low
    assert len(np.unique(drawn)) == 2000
    # A false alarm once in a million seeds; the same sample moved by a tenth of its spread is refused.
    uniform = family.cdf(drawn, mean=0.0, sd=1.0)
    assert stats.kstest(uniform, "uniform").pvalue > 1e-6
    moved = family.cdf(drawn + 0.2 * np.std(drawn), mean=0.0, sd=1.0)
    assert stats.kstest(moved, "uniform").pvalue < 1e-6


CLOSED = {
    "weibull": (lk.Weibull(), {"shape": 2.0, "scale": 1.0}, 6.0, lambda q: np.sqrt(36 - np.log1p(-q))),
    "exponential": (lk.Exponential(), {"scale": 1.0}, 50.0, lambda q: 50 - np.log1p(-q)),
    "exponential of three scales": (
        lk.Exponential(), {"scale": np.array([[0.5], [1.0], [60.0]])}, 50.0,
        lambda q: 50 - np.array([[0.5], [1.0], [60.0]]) * np.log1p(-q),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("part", "theta", "low", "quantile"), CLOSED.values(), ids=CLOSED)
def test_quantiles_in_closed_form_far_out(part, theta, low, quantile):
    """The last one is cut far out at two of its scales, and near the middle of the law at the third."""
    assert_allclose(lk.truncated(part, low=low).ppf(Q, **theta), quantile(Q), rtol=1e-9)


def test_counts_far_out():
    """Quantiles were not numbers, and samples the least number of 64 bits."""
    family, theta = lk.truncated(lk.Poisson(), low=60), {"rate": 5.0}
    weights = stats.poisson(5.0).logpmf(np.arange(60, 90))
    cumulative = np.cumsum(np.exp(weights - weights.max()))
    wanted = 60 + np.searchsorted(cumulative / cumulative[-1], Q)
    assert_array_equal(family.ppf(Q, **theta), wanted)
    assert_array_equal(np.unique(family.sample(50, 1, **theta)), [60, 61])


def test_predictions_far_out():
    """A median and an interval were infinite beside a scale that was well estimated."""
    y = 50 + np.random.default_rng(0).exponential(size=30)
    results = lk.LikelihoodModel(y, family=lk.truncated(lk.Exponential(), low=50.0)).fit()
    scale = np.mean(y - 50)
    assert_allclose(results.params, [scale], rtol=1e-9)
    assert_allclose(results.predict(which="median")[0], 50 + scale * np.log(2), rtol=1e-10)
    ends = results.get_prediction().summary_frame()[["obs_ci_lower", "obs_ci_upper"]].iloc[0]
    assert_allclose(ends, 50 - scale * np.log([0.975, 0.025]), rtol=1e-10)


# Known quantities that are held fixed


def test_a_support_that_a_fixed_quantity_ends_is_truncated():
    """Refused as moving with trials, whatever their number."""
    family = lk.truncated(lk.Binomial(trials=6), low=1)
    assert family.support.numbers == (1, 6)
    law = stats.binom(6, 0.3)
    wanted = [0, *(law.pmf([1, 6]) / law.sf(0)), 0]
    assert_allclose(family.density([0, 1, 6, 7], probability=0.3), wanted, rtol=1e-12)


@pytest.mark.parametrize("limit", [3.0, np.inf])
def test_a_limit_for_all_rows_is_held_fixed(limit):
    """A study of a censored law needs its limit, which could not be given by anything public."""
    family, theta = lk.censored(lk.Weibull(shape=1.5), limit=limit), {"scale": 2.5}
    assert repr(family) == f"censored(Weibull(shape=1.5), limit={limit:g})"
    by_rows = lk.censored(lk.Weibull(shape=1.5))
    assert_allclose(family.expected_information(**theta), by_rows.expected_information(limit=limit, **theta))
    drawn = family.sample(200, 1, **theta)
    assert (drawn.y <= limit).all()
    assert_array_equal(drawn.event == 1, drawn.y < limit)
    study = lk.Study(family, truth=theta, sizes=(50,), replications=200, seed=1).run(progress=False)
    ratio = study.efficiency().table.iloc[0]
    assert abs(ratio["ratio"] - 1) < 5 * ratio["mcse"]


@pytest.mark.parametrize("limit", [-1.0, 0.0, np.nan, "late"])
def test_a_limit_outside_the_support_is_refused(limit):
    with pytest.raises(ParameterError, match="limit"):
        lk.censored(lk.Weibull(), limit=limit)


# Names


def of_names(*names):
    """An exponential law whose rate is the product of two quantities of these names."""
    rate = f"{names[0]} * {names[1]}"
    source = f"def log_density(y, {', '.join(names)}): return np.log({rate}) - {rate} * y"
    space = {"np": np}
    exec(source, space)
    body = {name: lk.Positive() for name in names}
    body |= {"support": lk.Interval(0, np.inf), "log_density": staticmethod(space["log_density"])}
    return type("Named", (lk.Family,), body)


def test_quantities_of_a_samplers_names_are_composed():
    """`lk.censored` of a law with a parameter `size` was refused by `inspect`, as a name given twice."""
    family = lk.censored(of_names("size", "rng")(rng=2.0), limit=0.3)
    assert_allclose(family.expected_information(size=2.0), [[(1 - np.exp(-1.2)) / 4]], rtol=1e-8)
    assert family.sample(5, 1, size=2.0).y.max() <= 0.3
    truncated = lk.truncated(of_names("size", "rng")(), low=1.0)
    assert_allclose(truncated.ppf(0.5, size=2.0, rng=2.0), 1 + np.log(2) / 4, rtol=1e-10)


@pytest.mark.parametrize("name", ["event", "limit"])
def test_quantities_of_censorings_names_are_refused(name):
    with pytest.raises(ArgumentError, match=f"censored: Named has a quantity called '{name}'"):
        lk.censored(of_names(name, "rate")())


@pytest.mark.parametrize("low", [1 + 0j, 10**400, np.datetime64("2020-01-01"), True, "1", np.nan])
def test_an_end_that_is_no_number_is_refused(low):
    with pytest.raises(ArgumentError, match=r"truncated: low = .* is not a finite number"):
        lk.truncated(lk.Normal(), low=low)
