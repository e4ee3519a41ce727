"""Probability integral transforms: places and bars by hand, flat for right laws and not for wrong ones."""

import matplotlib
import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats

import likelihood_kit as lk
from likelihood_kit.errors import ArgumentError, MaximumWarning, NotAvailableError

matplotlib.use("Agg")
RNG = np.random.default_rng(31)
Y = RNG.normal(3, 2, 120)


def fit(family, y=Y, exog=None, **kwargs):
    return lk.LikelihoodModel(y, exog, family=family, **kwargs).fit()


def test_places_and_bars_by_hand():
    found = fit(lk.Normal()).pit()
    places = stats.norm.cdf(Y, Y.mean(), Y.std())
    assert_allclose(found.places, places, rtol=1e-9)
    bars = int(np.ceil(2 * 120**0.4))
    assert len(found.table) == bars
    assert list(found.table["count"]) == list(np.histogram(places, np.linspace(0, 1, bars + 1))[0])
    law = stats.binom(120, 1 / bars)
    assert_allclose(found.table[["lower", "upper"]].iloc[0], law.ppf([0.025, 0.975]))
    assert len(fit(lk.Normal()).pit(7).table) == 7
    assert not found.drawn
    assert f"0 of {bars} bars" in str(found) or f"1 of {bars} bars" in str(found)


def test_few_observations_have_few_bars():
    assert len(fit(lk.Normal(), Y[:12]).pit().table) == 2
    assert len(fit(lk.Normal(), Y[:30]).pit().table) == 6


def test_counts_are_drawn_within_their_steps_by_one_seed():
    counts = RNG.poisson(3, 150)
    results = fit(lk.Poisson(), counts)
    found, again = results.pit(), results.pit()
    assert found.drawn
    assert np.array_equal(found.places, again.places)
    rate = results.params[0]
    assert (found.places >= stats.poisson.cdf(counts - 1, rate) - 1e-12).all()
    assert (found.places <= stats.poisson.cdf(counts, rate) + 1e-12).all()


def test_frequencies_are_repeated_rows():
    values, counts = np.arange(6), np.array([10, 15, 12, 5, 0, 3])
    weighted = fit(lk.Poisson(), values, freq_weights=counts).pit()
    assert_allclose(weighted.places, fit(lk.Poisson(), np.repeat(values, counts)).pit().places)


def test_censored_observations_lie_above():
    limit = RNG.uniform(0.5, 3, 200)
    y = RNG.weibull(1.5, 200)
    seen = (y <= limit).astype(int)
    results = fit(lk.censored(lk.Weibull()), np.minimum(y, limit), event=seen)
    found = results.pit()
    at = stats.weibull_min.cdf(np.minimum(y, limit), results.params[0], scale=results.params[1])
    assert_allclose(found.places[seen == 1], at[seen == 1], rtol=1e-8)
    assert (found.places[seen == 0] >= at[seen == 0]).all()
    assert stats.kstest(found.places, "uniform").pvalue > 0.001  # once in 1,000, and rarer with estimates


def test_flat_for_right_laws_and_not_for_wrong_ones():
    """Bars outside: of 40 right samples on average no more than 1 in 20, of overdispersed counts more than a third."""
    rng, right, wrong = np.random.default_rng(32), [], []
    for _ in range(40):
        found = fit(lk.Poisson(), rng.poisson(3, 200)).pit(10)
        right.append(found.outside / 10)
        wrong.append(fit(lk.Poisson(), rng.negative_binomial(1, 0.25, 200)).pit(10).outside / 10)
    assert np.mean(right) < 0.05 + 4 * np.sqrt(0.05 * 0.95 / 400)
    assert np.mean(wrong) > 1 / 3


def test_the_figure():
    found = fit(lk.Normal()).pit(8)
    (axes,) = found.plot().axes
    heights = axes.patches[0].get_data().values
    assert_allclose(heights, found.table["count"] / 15)
    assert axes.get_xlabel() == "Place in the fitted law"
    figure = matplotlib.figure.Figure()
    assert found.plot(ax=figure.subplots()) is figure


def test_refused_by_name():
    class Own(lk.LikelihoodModel):
        parameters = {"mean": lk.Real(), "sd": lk.Positive()}

        def loglikeobs(self, params):
            return stats.norm.logpdf(self.endog, params[0], params[1])

    with pytest.raises(NotAvailableError, match="loglikeobs"):
        Own(Y).fit().pit()
    with pytest.raises(NotAvailableError, match="prob_weights"):
        fit(lk.Normal(), prob_weights=np.linspace(1, 2, 120)).pit()
    with pytest.warns(MaximumWarning):
        nothing = fit(lk.Poisson(), np.zeros(12, dtype=int))
    with pytest.raises(NotAvailableError, match="not certified"):
        nothing.pit()
    for bars in (0, 1, 121, 2.5, "ten", True):
        with pytest.raises(ArgumentError, match="bars"):
            fit(lk.Normal()).pit(bars)
