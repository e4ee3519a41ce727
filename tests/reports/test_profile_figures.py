"""Figures of profiles of two parameters: what is drawn is the region."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.stats import chi2

import likelihood_kit as lk
from likelihood_kit.errors import ArgumentError


@pytest.fixture(scope="module")
def region():
    return (
        lk.LikelihoodModel(np.random.default_rng(3).gamma(2, 3, 30), family=lk.Gamma()).fit().profile("shape", "scale")
    )


def drawn(axes, style):
    return [line.get_xydata() for line in axes.lines if line.get_linestyle() == style and len(line.get_xydata()) > 2]


def test_the_contours_are_those_of_the_deviance_and_the_ellipses_those_of_wald(region):
    figure = region.plot(labels={"shape": r"$\alpha$"}, units={"scale": "days"})
    (axes,) = figure.axes
    half, most = drawn(axes, "-")
    assert_allclose(region.deviance(half), chi2.ppf(0.5, 2), rtol=1e-5)
    assert_allclose(region.deviance(most), chi2.ppf(0.95, 2), rtol=1e-5)
    assert_allclose(drawn(axes, "--")[1][:-1], region.wald(rays=180))
    assert axes.get_xlabel() == r"$\alpha$"
    assert axes.get_ylabel() == "scale (days)"
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["Wald", "profile likelihood", "estimate"]
    plt.close(figure)


def test_an_open_contour_is_broken():
    y = np.array([2, 3, 1, 5, 4, 2, 0, 7, 3, 2, 6, 1, 3, 4, 2])
    figure = lk.LikelihoodModel(y, family=lk.NegativeBinomial()).fit().profile("mean", "dispersion").plot()
    assert np.isnan(drawn(figure.axes[0], "-")[1]).any()
    plt.close(figure)


def test_axes_of_ones_own(region):
    figure, axes = plt.subplots()
    assert region.plot(ax=axes) is figure
    with pytest.raises(ArgumentError, match="labels"):
        region.plot(labels={"shpae": "x"})
    plt.close(figure)
