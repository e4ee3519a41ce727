"""What is drawn of bounds is their tables, and of a study its variances with their errors."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from numpy.testing import assert_allclose

import likelihood_kit as lk
from likelihood_kit.diagnostics import HALF_WIDTH
from likelihood_kit.errors import ArgumentError
from likelihood_kit.reports.style import image

SIZES = (10, 20, 40)
TRUTH = {"shape": 2.0, "scale": 3.0}


@pytest.fixture(scope="module")
def tables():
    return {
        "Cramér–Rao": lk.cramer_rao_bound(lk.Gamma(), TRUTH, n=SIZES),
        "Bhattacharyya": lk.bhattacharyya_bound(lk.Gamma(), TRUTH, n=SIZES),
    }


@pytest.fixture(scope="module")
def study():
    return lk.Study(
        lk.Gamma(), truth=TRUTH, sizes=(10, 40), replications=200, estimators=("mle", "moments"), seed=4
    ).run(progress=False)


def line(axes, label):
    return next(artist for artist in axes.lines if artist.get_label() == label).get_data()


@pytest.mark.parametrize("scaled", [False, True])
def test_what_is_drawn(tables, study, scaled):
    figure = lk.plot_bounds(tables, study, scaled=scaled)
    assert [axes.get_title() for axes in figure.axes] == ["shape", "scale"]
    for axes, name in zip(figure.axes, TRUTH, strict=True):
        assert axes.get_xscale() == "log"
        for label, table in tables.items():
            n, y = line(axes, label)
            assert_allclose(n, SIZES)
            assert_allclose(y, table["variance_bound"].xs(name, level="parameter") * (n if scaled else 1))
        rows = study.table.set_index(["measure", "estimator", "parameter"]).loc[("variance", "mle", name)]
        (bars,) = (c for c in axes.containers if c.get_label() == "maximum likelihood")
        factor = rows["size"] if scaled else 1
        assert_allclose(bars.lines[0].get_ydata(), rows["value"] * factor)
        ends = np.array(bars.lines[2][0].get_segments())[:, :, 1]
        assert_allclose(np.diff(ends, axis=1)[:, 0] / 2, HALF_WIDTH * rows["mcse"] * factor)
    assert figure.axes[0].get_yscale() == ("linear" if scaled else "log")
    texts = {text.get_text() for text in figure.legends[0].get_texts()}
    assert texts == {*tables, "maximum likelihood", "method of moments"}
    assert image(figure, "png").startswith(b"\x89PNG")


def test_one_table_and_axes_of_ones_own(tables):
    figure, axes = plt.subplots(1, 2)
    found = lk.plot_bounds(
        tables["Cramér–Rao"], ax=axes, labels={"bound": "least variance", "shape": r"$\alpha$"}, units={"scale": "days"}
    )
    assert found is figure
    assert [one.get_title() for one in axes] == [r"$\alpha$", "scale (days)"]
    assert_allclose(line(axes[0], "least variance")[0], SIZES)
    plt.close(figure)


def test_a_function_and_a_bound_that_is_infinite():
    """From df = 3 on the bound grows without end with the displacement: there is nothing to draw."""
    of = lk.cramer_rao_bound(lk.Gamma(), TRUTH, n=SIZES, of=lambda shape, scale: {"mean": shape * scale})
    (axes,) = lk.plot_bounds(of).axes
    assert axes.get_title() == "mean"
    infinite = of.assign(variance_bound=[np.inf, 1.0, 0.5])
    (axes,) = lk.plot_bounds(infinite).axes
    assert_allclose(line(axes, "bound")[1], [np.nan, 1.0, 0.5])
    everywhere = lk.plot_bounds(of.assign(variance_bound=np.inf))
    assert image(everywhere, "png")


def test_what_is_no_figure_of_bounds(tables, study):
    single = lk.cramer_rao_bound(lk.Gamma(), TRUTH, n=10)
    other = lk.cramer_rao_bound(lk.Poisson(), {"rate": 2.0}, n=SIZES)
    cases = [
        ((single,), {}, "no table of a bound at several n"),
        (({},), {}, "give the table of a bound"),
        (({"a": 1},), {}, "'a' is no table"),
        (({1: other},), {}, "must be text"),
        (({str(k): other for k in range(9)},), {}, "cannot be told apart"),
        ((other.iloc[:0],), {}, "is empty"),
        ((other, study), {}, "study has no parameter 'rate'"),
        ((tables, "study"), {}, "must be the result of a study"),
        ((tables,), {"scaled": 1}, "scaled = 1"),
        ((tables,), {"labels": {"rate": "r"}}, "nothing in the figure is called"),
        ((tables,), {"ax": plt.figure().add_subplot()}, "holds 1 axes; give 2"),
        ((tables,), {"scale": True}, "did you mean 'scaled'"),
    ]
    for arguments, keywords, words in cases:
        with pytest.raises(ArgumentError, match=words):
            lk.plot_bounds(*arguments, **keywords)
    plt.close("all")
