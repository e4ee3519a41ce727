"""Quantities that are never estimated: given for each row, or held fixed; and supports that end at them."""

import numpy as np
import pytest
import sympy
from numpy.testing import assert_allclose, assert_array_equal
from scipy import special, stats

import likelihood_kit as lk
from likelihood_kit.calculus import DATUM, separation_of
from likelihood_kit.errors import DataError, NotAvailableError, ParameterError
from likelihood_kit.families import Binomial

Y, TRIALS = np.array([0.0, 3.0, 7.0]), np.array([4.0, 3.0, 20.0])


class BetaBinomial(lk.Family):
    """A user's own family with a known column and a support that ends at it."""

    mean = lk.UnitInterval()
    concentration = lk.Positive()
    trials = lk.Known(lk.Integers(1, np.inf))
    support = lk.Integers(0, "trials")
    typical = {"mean": (0.2, 0.8), "concentration": (1.0, 9.0), "trials": (3, 12)}

    @staticmethod
    def log_density(y, trials, mean, concentration):
        a, b = mean * concentration, (1 - mean) * concentration
        choices = -np.log1p(trials) - special.betaln(y + 1, trials - y + 1)
        return choices + special.betaln(y + a, trials - y + b) - special.betaln(a, b)


class Exposure(lk.Family):
    """Counts under a known exposure: two columns make two statistics of which one is random."""

    rate = lk.Positive()
    exposure = lk.Known(lk.Positive())
    support = lk.Integers(0, np.inf)

    @staticmethod
    def log_density(y, rate, exposure):
        return special.xlogy(y, rate * exposure) - rate * exposure - special.gammaln(y + 1)


class Precision(lk.Family):
    """A normal mean under a known standard error, as in a meta-analysis; the spread between studies is estimated."""

    mean, spread = lk.Real(), lk.Positive()
    error = lk.Known(lk.Positive())

    @staticmethod
    def log_density(y, error, mean, spread):
        variance = error**2 + spread**2
        return -0.5 * np.log(2 * np.pi * variance) - (y - mean) ** 2 / (2 * variance)


class TestBinomial:
    def test_trials_per_row_and_fixed(self):
        given, theta = Binomial(), {"probability": 0.3}
        oracle = stats.binom(TRIALS, 0.3)
        assert_allclose(given.log_density(Y, trials=TRIALS, **theta), oracle.logpmf(Y), rtol=1e-12)
        assert_allclose(given.density(Y, trials=TRIALS, **theta), oracle.pmf(Y), rtol=1e-12)
        assert_allclose(given.cdf(Y, trials=TRIALS, **theta), oracle.cdf(Y), rtol=1e-12)
        assert_allclose(given.mean(trials=TRIALS, **theta), oracle.mean())
        assert_allclose(given.variance(trials=TRIALS, **theta), oracle.var())
        assert_array_equal(given.ppf(0.4, trials=TRIALS, **theta), oracle.ppf(0.4))
        assert_allclose(given.expected_information(trials=TRIALS, **theta)[:, 0, 0], TRIALS / 0.21)
        assert given.sample(3, 1, trials=TRIALS, **theta).shape == (3,)
        for i, m in enumerate(TRIALS):
            fixed = Binomial(trials=int(m))
            assert repr(fixed) == f"Binomial(trials={m:g})"
            assert (fixed.parameter_names, fixed.fixed) == (("probability",), {"trials": m})
            for method in ("log_density", "density", "score", "hessian", "cdf", "survival", "log_survival"):
                found = getattr(fixed, method)(Y[i], **theta)
                assert_allclose(found, getattr(given, method)(Y, trials=TRIALS, **theta)[i], rtol=1e-13, atol=1e-300)
            assert_array_equal(fixed.sample(5, 2, **theta), given.sample(5, 2, trials=m, **theta))
            assert fixed.expected_information(**theta).shape == (1, 1)

    def test_an_array_of_both(self):
        trials, probability = np.array([[5.0], [9.0]]), np.array([0.2, 0.5, 0.7])
        found = Binomial().log_density(4.0, trials=trials, probability=probability)
        assert_allclose(found, stats.binom(trials, probability).logpmf(4), rtol=1e-12)
        assert Binomial().score(4.0, trials=trials, probability=probability).shape == (2, 3, 1)

    def test_the_support_ends_at_the_trials(self):
        found = Binomial().log_density([3.0, 4.0, 5.0, 2.5], trials=[4, 4, 4, 4], probability=0.5)
        assert_array_equal(np.isfinite(found), [True, True, False, False])
        assert Binomial().moving == ()
        assert Binomial().regular
        assert str(Binomial().derivation().support) == "{0, 1, ..., trials}"
        assert str(Binomial(trials=20).derivation().support) == "{0, 1, ..., 20}"

    def test_many_trials_lose_no_digits(self):
        found = Binomial(trials=10**7).log_density([4_998_000.0], probability=0.5)
        assert_allclose(found, stats.binom(10**7, 0.5).logpmf(4_998_000), rtol=1e-8)

    def test_estimates_take_the_trials(self):
        y = np.array([[1.0, 2.0, 7.0], [0.0, 0.0, 4.0]])
        wanted = y.sum(axis=1) / TRIALS.sum()
        for trials in (TRIALS, np.broadcast_to(TRIALS, y.shape)):
            assert_allclose(Binomial().method_of_moments(y, trials=trials)["probability"], wanted)
            assert_allclose(Binomial().start(y, trials=trials)["probability"], wanted)
        assert_allclose(Binomial(trials=20).method_of_moments(y)["probability"], y.mean(axis=1) / 20)

    def test_its_statistics_shown_are_random(self):
        for family in (Binomial(), Binomial(trials=20)):
            derivation = family.derivation()
            assert [statistic.text for statistic in derivation.sufficient_statistics] == ["y"]
        assert "trials" not in str(Binomial(trials=20).derivation().score[0])
        assert Binomial().derivation().expected_information[0].text == "trials/(probability*(1 - probability))"


REFUSED = {
    "no trials for a density": (lambda: Binomial().log_density(1.0, probability=0.5), "needs trials"),
    "no trials for information": (
        lambda: Binomial().expected_information(probability=0.5), "expected information needs trials",
    ),
    "no trials for a sample": (lambda: Binomial().sample(3, 1, probability=0.5), "needs trials"),
    "no trials for a mean": (lambda: Binomial().mean(probability=0.5), "needs trials"),
    "no trials for a distribution function": (lambda: Binomial().cdf(1.0, probability=0.5), "needs trials"),
    "no trials for a quantile": (lambda: Binomial().ppf(0.5, probability=0.5), "needs trials"),
    "no trials for moments": (lambda: Binomial().method_of_moments(Y), "needs trials of each observation"),
    "no trials for a start": (lambda: BetaBinomial().start(Y), "needs trials of each observation"),
    "no exposure for information": (
        lambda: Exposure().expected_information(rate=1.0), "expected information needs exposure",
    ),
    "trials that are no count": (lambda: Binomial(trials=2.5), "trials=2.5 is not a value in its space"),
    "no trials at all": (lambda: Binomial(trials=0), "trials=0 is not a value in its space"),
    "trials of which one is no count": (
        lambda: Binomial().mean(trials=[3, 2.5], probability=0.5), "trials=.* is outside its space",
    ),
    "trials given twice": (
        lambda: Binomial(trials=3).mean(trials=3, probability=0.5), "'trials': it is held fixed at 3",
    ),
    "trials given twice to an estimate": (
        lambda: Binomial(trials=3).start(Y, trials=TRIALS), "'trials' is no part of its data",
    ),
    "a misspelt name": (lambda: Binomial().mean(trails=3, probability=0.5), "'trails'.*did you mean 'trials'"),
    "a misspelt column": (lambda: Binomial().start(Y, trails=TRIALS), "'trails'.*did you mean 'trials'"),
    "a link of the trials": (lambda: Binomial(links={"trials": "log"}), "no parameter 'trials'"),
}  # fmt: skip


@pytest.mark.parametrize(("call", "message"), REFUSED.values(), ids=REFUSED)
def test_what_a_known_quantity_is_needed_for_is_refused_by_its_name(call, message):
    with pytest.raises(ParameterError, match=message):
        call()


def test_trials_that_are_no_numbers():
    with pytest.raises(DataError, match="must be numbers"):
        Binomial().start(Y, trials=["a", "b", "c"])


def test_a_users_own_family_with_a_known_column():
    family, theta = BetaBinomial(), {"mean": 0.35, "concentration": 3.0}
    oracle = stats.betabinom(TRIALS.astype(int), 0.35 * 3, 0.65 * 3)
    assert (family.parameter_names, family.moving, family.regular, family.smooth) == (tuple(theta), (), True, True)
    assert_allclose(family.log_density(Y, trials=TRIALS, **theta), oracle.logpmf(Y), rtol=1e-11)
    assert_allclose(family.cdf(Y, trials=TRIALS, **theta), oracle.cdf(Y), rtol=1e-10)
    assert_allclose(family.mean(trials=TRIALS, **theta), oracle.mean(), rtol=1e-11)
    assert_allclose(family.variance(trials=TRIALS, **theta), oracle.var(), rtol=1e-10)
    assert_array_equal(family.ppf([0.2, 0.5, 0.99], trials=TRIALS, **theta), oracle.ppf([0.2, 0.5, 0.99]))
    information = family.expected_information(trials=TRIALS, **theta)
    for i, m in enumerate(TRIALS):
        points = np.arange(m + 1)
        mass = stats.betabinom(int(m), 0.35 * 3, 0.65 * 3).pmf(points)
        score = family.score(points, trials=m, **theta)
        assert_allclose(information[i], np.einsum("y,yi,yj->ij", mass, score, score), rtol=1e-10)
        fixed = BetaBinomial(trials=int(m))
        assert_allclose(fixed.expected_information(**theta), information[i], rtol=1e-12)
        sample = fixed.sample(4000, 1, **theta)
        assert sample.max() <= m
        assert abs(sample.mean() - 0.35 * m) < 5 * np.sqrt(oracle.var()[i] / 4000)  # false alarm 6e-7
    start = family.start(np.array([[0.0, 1.0, 9.0], [3.0, 3.0, 20.0]]), trials=TRIALS)
    assert all(family.spaces[name].contains(value).all() for name, value in start.items())
    with pytest.raises(NotAvailableError, match="no sampler for arrays"):
        family.sample(3, 1, trials=TRIALS, **theta)


def test_statistics_over_several_columns():
    """Of a count under an exposure: the count, and the exposure, which is known."""
    family = Exposure()
    y, exposure = (sympy.Symbol(name, real=True) for name in ("y", "exposure"))
    assert set(separation_of(family.formula).statistics) == {y, exposure}
    kernel = family.kernels.statistics
    data = {DATUM: np.array([2.0, 0.0, 5.0]), "exposure": np.array([1.5, 0.2, 4.0])}
    assert family.law.data == ("y", "exposure")
    products = kernel.products(kernel.hoist(*data.values()), np.nan)
    value, (score,), (hessian,) = kernel.combine([np.mean(p) for p in products], 1.3)
    rows = {"y": data[DATUM], "exposure": data["exposure"]}
    y = rows.pop("y")
    assert_allclose(value, family.log_density(y, rate=1.3, **rows).mean(), rtol=1e-13)
    assert_allclose(score, family.score(y, rate=1.3, **rows).mean(), rtol=1e-12)
    assert_allclose(hessian, family.hessian(y, rate=1.3, **rows).mean(), rtol=1e-12)
    assert [statistic.text for statistic in family.derivation().sufficient_statistics] == ["y"]


def test_a_known_standard_error():
    family, theta = Precision(), {"mean": 0.4, "spread": 0.7}
    error, y = np.array([0.1, 0.5, 2.0]), np.array([0.3, -1.0, 4.0])
    assert_allclose(family.log_density(y, error=error, **theta), stats.norm(0.4, np.hypot(error, 0.7)).logpdf(y))
    information = family.expected_information(error=error, **theta)
    variance = error**2 + 0.49
    assert_allclose(information[:, 0, 0], 1 / variance, rtol=1e-9)
    assert_allclose(information[:, 1, 1], 2 * (0.7 / variance) ** 2, rtol=1e-9)
    assert_allclose(family.survival(y, error=error, **theta), stats.norm(0.4, np.hypot(error, 0.7)).sf(y), rtol=1e-9)


@pytest.mark.xfail(strict=True, reason="quantiles without a closed form are looked for from 1e-15 on")
def test_quantiles_far_in_the_lower_tail():
    """With probability 0.9995 of success in each of five trials none succeeds once in 3.1e16 times."""
    q = np.array([1e-18, 3e-17, 1e-16])
    assert_array_equal(Binomial(trials=5).ppf(q, probability=0.9995), [0, 0, 1])
