"""The data, and what the fitted law says of them."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats

import likelihood_kit as lk
from likelihood_kit.families import Bernoulli, Binomial, Gamma, Poisson, StudentT
from likelihood_kit.models import LikelihoodModel
from likelihood_kit.reports.fit_figures import discrete_view, fitted_caption, fitted_figure, view
from likelihood_kit.reports.fitted import fitted_rows

#: False-alarm rate of the one statistical check, at a fixed seed.
FALSE_ALARM = 1e-3


def test_the_density_is_the_fitted_one(fits):
    results = fits("gamma")
    (axes,) = fitted_figure(results).axes
    x, y = axes.lines[0].get_data()
    shape, scale = np.asarray(results.params)
    assert_allclose(y, stats.gamma.pdf(x, shape, scale=scale), rtol=1e-9)
    assert x.min() > 0
    assert axes.get_xlabel() == "days"


def test_the_histogram_has_mass_one(fits):
    (axes,) = fitted_figure(fits("gamma")).axes
    heights, edges, _ = axes.patches[0].get_data()
    assert_allclose(np.sum(heights * np.diff(edges)), 1.0)


def test_far_out_observations_are_out_of_view_and_counted(rng):
    y = np.append(rng.standard_normal(200), [1e3, -2e3])
    figure = fitted_figure(LikelihoodModel(y, family=StudentT()).fit())
    (axes,) = figure.axes
    heights, edges, _ = axes.patches[0].get_data()
    assert edges[-1] < 10
    # Heights are of the whole sample, so that they compare with the density.
    assert_allclose(np.sum(heights * np.diff(edges)), 200 / 202)
    assert "2 beyond the panel" in figure.legends[0].get_texts()[0].get_text()


def test_ordinary_samples_are_in_view(rng):
    y = rng.standard_normal(500)
    assert view(y) == (y.min(), y.max())
    assert view(np.full(3, 2.0)) == (2.0, 2.0)


@pytest.mark.parametrize(("ranges", "seen"), [(2.9, True), (5.9, True), (6.1, False)])
def test_what_lies_beyond_the_fence_is_in_view_up_to_twice_that(ranges, seen):
    """Of a quarter of the values at 0 and three at 1 each, and one so many interquartile ranges above them."""
    y = np.array([0.0] * 30 + [1.0] * 30 + [1.0 + ranges])
    assert view(y) == (0.0, y.max() if seen else 1.0)


def test_probabilities_against_frequencies(fits):
    results = fits("poisson")
    (axes,) = fitted_figure(results).axes
    heights = np.array([bar.get_height() for bar in axes.patches])
    assert_allclose(heights.sum(), 1.0)
    x, y = axes.lines[0].get_data()
    assert_allclose(y, stats.poisson.pmf(x, np.asarray(results.params)[0]), rtol=1e-8)


def test_wide_counts_are_taken_together(rng):
    y = rng.poisson(1000.0, 400)
    results = LikelihoodModel(y, family=Poisson()).fit()
    (axes,) = fitted_figure(results).axes
    assert len(axes.patches) <= 60
    assert "together" in axes.get_ylabel()
    low, high = discrete_view(y, Poisson(), {"rate": 1000.0})
    assert low <= y.min()
    assert high >= y.max()
    x, probability = axes.lines[0].get_data()
    width = np.diff(x)[0]
    cdf = stats.poisson(np.asarray(results.params)[0]).cdf
    assert_allclose(probability, cdf(x + (width - 1) / 2) - cdf(x - (width + 1) / 2), rtol=1e-6)


@pytest.mark.parametrize(
    ("y", "rate", "wanted"),
    [([0.0, 3.0, 40.0], 4.0, (0.0, 40.0)), ([3.0, 4.0, 5.0], 4.0, None), ([30.0, 31.0], 4.0, None)],
)
def test_all_counts_and_all_of_the_law_are_in_view(y, rate, wanted):
    """From the lower of two ends to the higher of two, whichever of data and law reaches further."""
    law = stats.poisson(rate).ppf([5e-4, 1 - 5e-4])
    wanted = wanted or (min(min(y), law[0]), max(max(y), law[1]))
    assert discrete_view(np.array(y), Poisson(), {"rate": rate}) == wanted


def test_two_values_have_two_ticks():
    (axes,) = fitted_figure(LikelihoodModel(np.repeat([0, 1], [4, 9]), family=Bernoulli()).fit()).axes
    assert_allclose(axes.get_xticks(), [0, 1])


def heights(axes):
    return axes.patches[0].get_data() if len(axes.patches) == 1 else [bar.get_height() for bar in axes.patches]


@pytest.mark.parametrize("family", [Gamma(), Poisson()], ids=["density", "probabilities"])
def test_frequencies_are_repeated_rows(rng, family):
    y = rng.poisson(4.0, 60) + 0.0 if family.discrete else rng.gamma(2.0, 3.0, 60)
    y[0], frequencies = 1000.0, rng.integers(0, 5, 60)
    frequencies[0] = 2
    samples = {"freq_weights": frequencies, "y": y}, {"y": np.repeat(y, frequencies)}
    figures = [fitted_figure(LikelihoodModel(s.pop("y"), family=family, **s).fit()) for s in samples]
    one, other = (figure.axes[0] for figure in figures)
    for part, wanted in zip(heights(one), heights(other), strict=True):
        assert_allclose(part, wanted, rtol=1e-12)
    labels = [figure.legends[0].get_texts()[0].get_text() for figure in figures]
    assert labels[0] == labels[1]


def test_sampling_weights_weigh_the_histogram(fits):
    results = fits("sampling")
    figure = fitted_figure(results)
    counts, edges, _ = figure.axes[0].patches[0].get_data()
    y, weights = results.model.endog, results.model.prob_weights
    assert_allclose(counts[0] * np.diff(edges)[0], weights[y < edges[1]].sum() / weights.sum())
    assert "weighted" in figure.legends[0].get_texts()[0].get_text()
    assert "with its sampling weights" in fitted_caption(results)


def test_one_number_of_trials_is_one_law(rng):
    y = rng.binomial(6, 0.3, 50)
    per_row = LikelihoodModel(y, family=Binomial(), trials=np.full(50, 6)).fit()
    fixed = LikelihoodModel(y, family=Binomial(trials=6)).fit()
    one, other = (fitted_figure(results).axes[0] for results in (per_row, fixed))
    assert_allclose(heights(one), heights(other))
    assert_allclose(one.lines[0].get_ydata(), other.lines[0].get_ydata(), rtol=1e-9)


@pytest.mark.parametrize("kind", ["two", "censored", "trials"])
def test_residuals_where_the_law_is_not_one(fits, kind):
    figure = fitted_figure(fits(kind))
    assert figure.axes[0].get_ylabel() == "Quantile residual"
    randomised = kind in ("censored", "trials")
    assert ("randomised" in fitted_caption(fits(kind))) == randomised
    assert ("what is known of each observation" in fitted_caption(fits(kind))) == (kind == "censored")


@pytest.mark.parametrize("kind", ["nasty", "logit", "two", "censored", "trials"])
def test_residuals_of_a_right_model_are_normal(fits, kind):
    residuals = fitted_rows(fits(kind)).residuals()
    assert stats.kstest(residuals, "norm").pvalue > FALSE_ALARM
    # The same check sees residuals of a wrong scale.
    assert stats.kstest(2 * residuals, "norm").pvalue < FALSE_ALARM


def test_residuals_are_the_probability_transform(fits):
    results = fits("nasty")
    model = results.model
    scale = model.predict(np.asarray(results.params), which="scale")
    expected = stats.norm.ppf(stats.weibull_min.cdf(model.endog, np.asarray(results.params)[0], scale=scale))
    assert_allclose(fitted_rows(results).residuals(), expected, rtol=1e-6, atol=1e-9)


def test_randomised_residuals_are_the_same_every_time(fits):
    assert_allclose(fitted_rows(fits("logit")).residuals(), fitted_rows(fits("logit")).residuals(), rtol=0)


def test_the_quantile_plot_holds_every_residual(fits):
    figure = fitted_figure(fits("logit"))
    (axes,) = figure.axes
    points = next(artist for artist in axes.lines if "residuals" in artist.get_label())
    assert_allclose(points.get_ydata(), np.sort(fitted_rows(fits("logit")).residuals()))
    assert "randomised" in points.get_label()


def test_few_values_are_all_shown():
    """Of a sample of zeros one bar filled the panel."""
    assert discrete_view(np.zeros(4), lk.Bernoulli(), {"probability": 1e-9}) == (0.0, 1.0)
    assert discrete_view(np.zeros(4), lk.Binomial(trials=10), {"probability": 0.01}) == (0.0, 10.0)
    for trials in (12, 100):  # more than have a tick each
        assert discrete_view(np.zeros(4), lk.Binomial(trials=trials), {"probability": 1e-9}) == (0.0, 0.0)
