"""What is drawn is the likelihood of the model, and says what it is."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.stats import chi2

from likelihood_kit.diagnostics import reach
from likelihood_kit.families import Gamma, Weibull
from likelihood_kit.models import LikelihoodModel
from likelihood_kit.reports import likelihood_figures
from likelihood_kit.reports.fitted import log_likelihood_of
from likelihood_kit.reports.likelihood_figures import (
    CUT,
    DRAWN_FALL,
    contour_surface,
    likelihood_caption,
    likelihood_figure,
    region_falls,
)
from likelihood_kit.reports.style import image


def line(axes, label):
    return next(artist for artist in axes.lines if artist.get_label() == label)


def legend_texts(figure):
    return [text.get_text() for text in figure.legends[0].get_texts()]


def relative(results, points):
    top = results.model.loglike(np.asarray(results.params))
    return np.array([results.model.loglike(point) for point in points]) - top


def test_cuts_are_chi_squared_quantiles():
    assert_allclose(CUT, chi2.ppf(0.95, 1) / 2)
    assert_allclose(region_falls(), chi2.ppf([0.5, 0.9, 0.95, 0.99], 2) / 2)


@pytest.mark.parametrize("kind", ["exponential", "poisson", "own"])
def test_the_curve_is_the_likelihood(fits, kind):
    results = fits(kind)
    figure = likelihood_figure(results)
    (axes,) = figure.axes
    x, y = line(axes, "log likelihood").get_data()
    assert_allclose(y, relative(results, x[:, None]), atol=1e-9)
    assert y.max() == y[x == np.asarray(results.params)[0]] == 0
    assert -DRAWN_FALL <= y.min() < -DRAWN_FALL + 0.1
    assert axes.get_xlabel() == results.model.data.param_names[0]
    assert any("1.92" in text for text in legend_texts(figure))


def test_the_curve_holds_the_wald_interval_at_the_cut(fits):
    results = fits("exponential")
    (axes,) = likelihood_figure(results).axes
    x, y = line(axes, "95 % Wald interval").get_data()
    assert_allclose(x, np.asarray(results.conf_int())[0])
    assert_allclose(y, -CUT)
    grid, parabola = line(axes, "quadratic").get_data()
    # The parabola is at the height of the cut where the interval ends.
    assert_allclose(np.interp(x, grid, parabola), -CUT, rtol=1e-3)
    low, high = axes.get_xlim()
    assert low < x[0] < x[1] < high


def test_the_contours_are_the_likelihood(fits):
    results = fits("gamma")
    x, y, surface = contour_surface(results)
    rows, columns = (np.array([3, 20, len(a) // 2]) for a in (y, x))
    points = [(x[j], y[i]) for i, j in zip(rows, columns, strict=True)]
    assert_allclose(surface[rows, columns], relative(results, points), atol=1e-9)
    figure = likelihood_figure(results)
    (axes,) = figure.axes
    contours = next(c for c in axes.collections if hasattr(c, "levels"))
    assert_allclose(contours.levels, -region_falls()[::-1])
    for level, path in zip(contours.levels, contours.get_paths(), strict=True):
        assert_allclose(relative(results, path.vertices[::7]), level, rtol=0.02)
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("shape", "scale")
    assert legend_texts(figure) == ["likelihood regions", "95 % Wald region", "estimate"]


@pytest.mark.parametrize("kind", ["gamma", "normal"])
def test_every_region_is_whole_and_inside(fits, kind):
    _, _, surface = contour_surface(fits(kind))
    edge = np.concatenate([surface[0], surface[-1], surface[:, 0], surface[:, -1]])
    assert np.nanmax(edge) < -region_falls()[-1]
    assert np.nanmax(surface) == 0


def test_the_wald_region_has_the_fall_of_a_quadratic(fits):
    results = fits("gamma")
    (axes,) = likelihood_figure(results).axes
    # Both parameters are positive: an ellipse in their logarithms.
    params = np.asarray(results.params)
    edge = np.log(np.stack(line(axes, "95 % Wald region").get_data(), axis=1) / params)
    precision = np.linalg.inv(np.asarray(results.cov_params())) * np.outer(params, params)
    assert_allclose(np.einsum("mi,ij,mj->m", edge, precision, edge) / 2, chi2.ppf(0.95, 2) / 2)


def test_profiles_of_three_parameters(fits):
    results = fits("student_t")
    figure = likelihood_figure(results)
    assert [axes.get_xlabel() for axes in figure.axes] == ["loc", "scale", "df"]
    assert legend_texts(figure)[0] == "profile log likelihood"
    assert "Profile log likelihood relative" in likelihood_caption(results)
    for name, axes in zip(("loc", "scale", "df"), figure.axes, strict=True):
        x, y = axes.lines[0].get_data()
        assert_allclose(y, -results.profile(name).deviance(x) / 2, atol=1e-6)
        assert y.max() == 0


def test_slices_of_many_rows_are_called_slices(fits, monkeypatch):
    monkeypatch.setattr("likelihood_kit.reports.likelihood_figures.PROFILE_ROWS", 0)
    results = fits("student_t")
    monkeypatch.delitem(results._results._cache, "profile_curves", raising=False)
    assert "They are not profiles" in likelihood_caption(results)
    figure = likelihood_figure(results)
    assert [axes.get_xlabel() for axes in figure.axes] == ["loc", "scale", "df"]
    assert legend_texts(figure)[0] == "slice, other parameters at the estimate"
    params = np.asarray(results.params)
    for entry, axes in enumerate(figure.axes):
        x, y = axes.lines[0].get_data()
        points = np.tile(params, (len(x), 1))
        points[:, entry] = x
        assert_allclose(y, relative(results, points), atol=1e-9)
        assert not any("cut" in str(artist.get_label()) for artist in axes.lines)


def test_many_parameters_show_the_first_six(fits):
    figure = likelihood_figure(fits("nasty"))
    assert len(figure.axes) == 6
    assert [axes.get_xlabel() for axes in figure.axes][:4] == ["shape", "const", "x_1", "C(g)[T.b]"]


def test_a_law_that_is_not_regular_gets_no_confidence(fits):
    figure = likelihood_figure(fits("uniform"))
    texts = legend_texts(figure)
    assert "relative log likelihood" in texts
    assert not any("%" in text for text in texts)
    (axes,) = figure.axes
    contours = next(c for c in axes.collections if hasattr(c, "levels"))
    assert_allclose(contours.levels, [-4, -2, -1])


def test_a_stretch_ends_where_the_likelihood_has_fallen(fits):
    results = fits("exponential")
    params = np.asarray(results.params)
    for step in (1e-8, 1.0, 1e8):
        ends = reach(log_likelihood_of(results.model), params, 0, fall=2.0, step=step)
        assert_allclose(relative(results, np.array(ends)[:, None]), -2.0, atol=0.02)


def test_outside_the_parameter_space_there_is_no_likelihood(fits):
    for kind in ("exponential", "own"):
        assert np.isneginf(log_likelihood_of(fits(kind).model)(np.array([[-1.0], [0.0]]))).all()
    with np.errstate(all="raise"):
        assert np.isneginf(log_likelihood_of(fits("uniform").model)(np.array([[0.5, 0.6], [2.0, 1.0]]))).all()


def test_frequencies_are_repeated_rows(rng):
    y, frequencies = rng.gamma(2.0, 3.0, 40), rng.integers(0, 5, 40)
    points = np.array([[2.0, 3.0], [1.5, 4.0], [-1.0, 2.0]])
    weighted = log_likelihood_of(LikelihoodModel(y, family=Gamma(), freq_weights=frequencies))(points)
    assert_allclose(weighted, log_likelihood_of(LikelihoodModel(np.repeat(y, frequencies), family=Gamma()))(points))


def test_a_pseudo_likelihood_has_no_regions_and_no_unit_of_weight(rng):
    """Contours at falls of a weighted sum of log densities were called regions."""
    y, weights = rng.gamma(2.0, 3.0, 60), rng.uniform(1.0, 9.0, 60)
    one, other = (LikelihoodModel(y, family=Gamma(), prob_weights=unit * weights).fit() for unit in (1, 1000))
    figure = likelihood_figure(one)
    assert legend_texts(figure) == ["relative log likelihood", "95 % Wald region", "estimate"]
    assert "weights of mean 1" in likelihood_caption(one)
    points = np.array([[2.0, 3.0], [1.5, 4.0]])
    values = [log_likelihood_of(results.model)(points) for results in (one, other)]
    assert_allclose(*values)
    # The whole Wald region is in view.
    (axes,) = figure.axes
    edge = np.stack(line(axes, "95 % Wald region").get_data())
    for values, (low, high) in zip(edge, (axes.get_xlim(), axes.get_ylim()), strict=True):
        assert low < values.min() < values.max() < high


def test_drawing_leaves_matplotlib_as_it_was(fits):
    import sys

    import matplotlib

    before = dict(matplotlib.rcParams)
    assert image(likelihood_figure(fits("exponential")), "png").startswith(b"\x89PNG")
    assert dict(matplotlib.rcParams) == before
    assert "matplotlib.pyplot" not in sys.modules or not sys.modules["matplotlib.pyplot"].get_fignums()


@pytest.mark.parametrize("kind", ["exponential", "gamma", "student_t", "nasty", "uniform"])
def test_nothing_overlaps_the_legend(fits, kind):
    """The legend lies above every panel, and within the figure."""
    figure = likelihood_figure(fits(kind))
    image(figure, "png")  # lays it out
    legend = figure.legends[0].get_window_extent()
    assert all(legend.y0 >= axes.get_window_extent().y1 for axes in figure.axes)
    assert figure.bbox.x0 <= legend.x0
    assert legend.x1 <= figure.bbox.x1


def test_few_computed_points_draw_what_all_would(monkeypatch):
    """The spline through the few points that many rows allow, against every point computed."""
    rng = np.random.default_rng(4)
    weibull = LikelihoodModel(3 * rng.weibull(2.0, 4000), family=Weibull()).fit()
    computed = contour_surface(weibull)
    monkeypatch.setattr(likelihood_figures, "CONTOUR_ROWS", 1)
    x, y, values = contour_surface(weibull)
    exact = log_likelihood_of(weibull.model)(np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2))
    assert_allclose(values.ravel(), exact - weibull.llf, atol=0.02)
    assert_allclose([x[0], x[-1]], [computed[0][0], computed[0][-1]], atol=0.5 * np.ptp(computed[0]))
