"""What is drawn of a study is its table, with the bound or the rate of theory beside it."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from likelihood_kit.diagnostics import HALF_WIDTH
from likelihood_kit.reports import plot_study
from likelihood_kit.reports.study_figures import efficiency_figure, rmse_figure, tick_label
from likelihood_kit.reports.style import image


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
