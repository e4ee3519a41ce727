"""Plots in axes of the user's, with names and units of the user's."""

import matplotlib
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

import likelihood_kit as lk
from likelihood_kit.errors import ArgumentError

Y = np.random.default_rng(1).gamma(2.0, 3.0, 60)


@pytest.fixture(scope="module")
def fit():
    return lk.LikelihoodModel(Y, family=lk.Gamma()).fit()


@pytest.fixture(scope="module")
def result():
    settings = {"sizes": (20, 50), "replications": 100, "estimators": ("mle", "moments"), "seed": 1}
    return lk.Study(lk.Gamma(), {"shape": 2.0, "scale": 3.0}, **settings).run(progress=False)


def axes_of(figure, count) -> list[Axes]:
    return [figure.add_subplot(1, count, place + 1) for place in range(count)]


def texts(axes: Axes) -> tuple[str, str, str]:
    return axes.get_xlabel(), axes.get_ylabel(), axes.get_title()


def test_one_axes_of_a_fit_has_the_data_under_the_fitted_law(fit):
    figure = Figure()
    (axes,) = axes_of(figure, 1)
    assert fit.plot(ax=axes, labels={"y": "$T$"}, units={"y": "days"}) is figure
    assert texts(axes) == ("$T$ (days)", "Density (1/days)", "")
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["data, $n = 60$", "fitted gamma"]


def test_all_axes_of_a_fit(fit):
    axes = axes_of(Figure(), 2)
    fit.plot(ax=np.array(axes), labels={"shape": r"$\alpha$"}, units={"scale": "days"})
    assert texts(axes[0]) == (r"$\alpha$", "scale (days)", "")
    assert texts(axes[1])[0] == "y"


def test_slices_in_axes_of_ones_own():
    many = lk.LikelihoodModel(np.random.default_rng(1).standard_t(4, 80), family=lk.StudentT()).fit()
    axes = axes_of(Figure(), 4)
    many.plot(ax=axes)
    assert [texts(one)[0] for one in axes] == ["loc", "scale", "df", "y"]
    assert axes[0].get_ylabel() == "Relative log likelihood"


@pytest.mark.parametrize("count", [2, 4])
def test_axes_of_a_study(result, count):
    axes = axes_of(Figure(), count)
    result.plot(ax=axes, labels={"mle": "ML"}, units={"scale": "days"})
    assert [texts(one)[2] for one in axes[:2]] == ["shape", "scale (days)"]
    assert axes[0].get_ylabel() == "Root mean squared error"
    assert [text.get_text() for text in axes[0].get_legend().get_texts()][:2] == ["ML", "method of moments"]
    if count == 4:
        assert [texts(one)[2] for one in axes[2:]] == ["shape", "scale"]  # a ratio has no unit
        assert axes[2].get_ylabel() == "Variance / bound"


def test_letters_in_axes_of_ones_own_are_those_of_the_figure(fit):
    axes = axes_of(Figure(), 2)
    fit.plot(ax=axes)
    assert axes[0].xaxis.label.get_fontfamily() == matplotlib.rcParams["font.family"]
    own = fit.plot()
    assert own.axes[0].xaxis.label.get_fontfamily() != matplotlib.rcParams["font.family"]


def test_labels_and_units_in_a_figure_of_the_kits(fit):
    figure = fit.plot(labels={"y": "Time"}, units={"y": "days"})
    assert "Time (days)" in [axes.get_xlabel() for axes in figure.axes]


REFUSED = {
    "no axes": ({"ax": 3}, "ax must be axes of matplotlib"),
    "none": ({"ax": []}, "ax must be axes of matplotlib"),
    "a figure": ({"ax": Figure()}, "ax must be axes of matplotlib"),
    "too many": ({"ax": axes_of(Figure(), 5)}, "ax holds 5 axes; give 1 for the last panel, or 2 for all panels"),
    "twice": ({"ax": axes_of(Figure(), 1) * 2}, "the same axes twice"),
    "unknown": ({"labels": {"shpae": "a"}}, "nothing in the figure is called 'shpae': did you mean 'shape'"),
    "no dict": ({"units": "days"}, "units must be a dict of name to text"),
    "no text": ({"units": {"scale": 3}}, "units: 3 for 'scale' is no text"),
    "no formula": ({"labels": {"scale": r"$\frac{1$"}}, "is no text that can be drawn"),
    "empty": ({"labels": {"scale": " "}}, "is no text that can be drawn"),
    "misspelt": ({"lables": {}}, "^plot takes no argument 'lables': did you mean 'labels'"),
}


@pytest.mark.parametrize(("arguments", "words"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_drawn_is_refused(fit, arguments, words):
    with pytest.raises(ArgumentError, match=words):
        fit.plot(**arguments)


def test_one_price_in_dollars_is_no_formula(fit):
    assert fit.plot(units={"y": "$"}).axes
