"""What is drawn of a study is its table, with the bound or the rate of theory beside it."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from likelihood_kit.diagnostics import HALF_WIDTH
from likelihood_kit.reports import plot_study
from likelihood_kit.reports.size_axes import tick_label
from likelihood_kit.reports.study_figures import efficiency_figure, rmse_figure
from likelihood_kit.reports.style import image
from likelihood_kit.simulation import StudyResult


def points(axes, label):
    """x, y and the half width of the error bars of one estimator."""
    (found,) = (c for c in axes.containers if c.get_label() == label)
    line, _, (bars,) = found.lines
    ends = np.array(bars.get_segments())[:, :, 1]
    return *line.get_data(), np.diff(ends, axis=1)[:, 0] / 2


def test_rmse_is_that_of_the_table(studies):
    result = studies("gamma")
    figure = rmse_figure(result)
    assert [axes.get_title() for axes in figure.axes] == ["shape", "scale"]
    for axes, parameter in zip(figure.axes, ("shape", "scale"), strict=True):
        assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
        for estimator, label in (("mle", "maximum likelihood"), ("moments", "method of moments")):
            table = result.table.set_index(["measure", "estimator", "parameter"]).loc[("rmse", estimator, parameter)]
            x, y, half = points(axes, label)
            assert_allclose(x, result.sizes)
            assert_allclose(y, table["value"])
            assert_allclose(half, HALF_WIDTH * table["mcse"])


def test_the_bound_is_a_line(studies):
    result = studies("gamma")
    for j, axes in enumerate(rmse_figure(result).axes):
        line = next(artist for artist in axes.lines if artist.get_label() == "Cramér–Rao bound")
        n, y = line.get_data()
        information = np.array([[0.6449340668482264, 1 / 3], [1 / 3, 2 / 9]])  # trigamma(2), 1 / scale, shape / scale^2
        assert_allclose(y**2 * n, np.linalg.inv(information)[j, j])


def test_without_a_bound_there_are_rates(studies):
    result = studies("uniform")
    figure = rmse_figure(result)
    texts = [text.get_text() for text in figure.legends[0].get_texts()]
    assert any("-1" in text for text in texts)
    assert not any("bound" in text for text in texts)
    assert len(plot_study(result).subfigs) == 1


def test_efficiency_is_that_of_the_table(studies):
    result = studies("exponential")
    (axes,) = efficiency_figure(result).axes
    found = result.efficiency().table
    for estimator, label in (("mle", "maximum likelihood"), ("half_median", "half_median")):
        table = found[found["estimator"] == estimator]
        _, y, half = points(axes, label)
        assert_allclose(y, table["ratio"])
        assert_allclose(half, HALF_WIDTH * table["mcse"])
    assert axes.get_xscale() == "log"
    one = next(artist for artist in axes.lines if artist.get_label() == "Cramér–Rao bound")
    assert_allclose(one.get_ydata(), 1.0)


def test_sizes_are_the_ticks(studies):
    result = studies("gamma")
    axes = rmse_figure(result).axes[0]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["20", "50", "100"]


@pytest.mark.parametrize(
    ("value", "text"), [(0.5, "0.5"), (5000.0, "5000"), (1e5, "$10^{5}$"), (2e-4, r"$2 \times 10^{-4}$")]
)
def test_tick_labels(value, text):
    assert tick_label(value) == text


@pytest.mark.parametrize("draw", [rmse_figure, efficiency_figure])
def test_nothing_overlaps_the_legend(studies, draw):
    figure = draw(studies("gamma"))
    image(figure, "png")  # lays it out
    legend = figure.legends[0].get_window_extent()
    assert all(legend.y0 >= axes.get_window_extent().y1 for axes in figure.axes)
    assert legend.x1 <= figure.bbox.x1


def of_ratios(*ratios):
    """A study of a normal mean whose estimates have these variances over the bound, at sizes 10, 20, ..."""
    sizes = tuple(10 * (i + 1) for i in range(len(ratios)))
    normal = np.random.default_rng(0).standard_normal((len(ratios), 4000, 1))
    normal /= normal.std(axis=1, ddof=1, keepdims=True)
    scales = np.sqrt(np.divide(ratios, sizes))[:, None, None]
    law = {"family": "Normal(sd=1.0)", "truth": {"mean": 0.0}, "information": np.eye(1), "no_bound": ""}
    found = {"estimates": {"own": scales * normal}, "standard_errors": {}, "expected_rates": {"own": (-0.5,)}}
    return StudyResult(**law, **found, sizes=sizes, replications=4000, seed=1)


@pytest.mark.parametrize(("ratios", "scale"), [((7.9, 1.0), "linear"), ((8.1, 1.0), "log"), ((0.5, 0.1), "linear")])
def test_ratios_that_span_much_are_on_a_log_axis(ratios, scale):
    (axes,) = efficiency_figure(of_ratios(*ratios)).axes
    assert axes.get_yscale() == scale


def test_estimators_stand_beside_each_other(studies):
    """The first a little to the left of its size, the last as much to the right."""
    (axes, *_) = efficiency_figure(studies("gamma")).axes
    first, last = (container.lines[0].get_xdata() for container in axes.containers[:2])
    sizes = np.array(studies("gamma").sizes, dtype=float)
    assert (first < sizes).all()
    assert_allclose(first * last, sizes**2)


def test_the_line_of_the_expected_slope_goes_through_the_last_point(studies):
    result = studies("uniform")
    (axes, *_) = rmse_figure(result).axes
    line = next(artist for artist in axes.lines if artist.get_label().startswith("rate"))
    points = axes.containers[0].lines[0].get_ydata()
    assert_allclose(line.get_ydata(), points[-1] * np.array([result.sizes[-1] / result.sizes[0], 1.0]))
    assert line.get_label() == "rate $n^{-1}$"
