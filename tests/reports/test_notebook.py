"""What a notebook shows as the last line of a cell."""

import numpy as np
import pytest

import likelihood_kit as lk

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture(scope="module")
def fit():
    return lk.LikelihoodModel([1.0, 2.5, 3.0, 0.5, 4.0], family=lk.Gamma()).fit()


@pytest.fixture(scope="module")
def study():
    return lk.Study(lk.Exponential(), {"scale": 2.0}, (10, 20), 100, seed=1).run(progress=False)


def test_figures_show_without_pyplot(fit, study):
    for result in (fit, study):
        figure = result.plot()
        assert figure._repr_png_().startswith(PNG)
        assert len(figure.axes) >= 1


def test_certificate_results_and_studies_have_html(fit, study):
    assert "<strong>Certified: " in fit.certificate._repr_html_()
    assert "<table" in fit._repr_html_()
    assert "Certified" in fit._repr_html_()
    assert "AIC" in fit._repr_html_()
    assert "<table" in study._repr_html_()


def test_results_that_are_not_certified_show_no_criteria():
    with pytest.warns(lk.errors.MaximumWarning):
        results = lk.LikelihoodModel(np.zeros(6), family=lk.Bernoulli()).fit()
    text = results._repr_html_()
    assert "NOT certified" in text
    assert "NOT certified" in results.certificate._repr_html_()
    assert '<th scope="row">AIC' not in text
    for printed in (str(results.summary()), str(results.summary2())):
        words = printed.split()
        assert words[words.index("AIC:") + 1] == "none"
        assert words[words.index("BIC:") + 1] == "none"


@pytest.mark.parametrize("suffix", ["html", "tex", "md"])
def test_reports_of_what_is_not_certified_hold_no_audit_bound_or_criterion(suffix, tmp_path):
    with pytest.warns(lk.errors.MaximumWarning):
        results = lk.LikelihoodModel(np.zeros(6), family=lk.Bernoulli()).fit()
    text = results.report(tmp_path / f"report.{suffix}").read_text("utf-8")
    for word in ("AIC", "BIC", "Information audit", "On the variance", "Outer product"):
        assert word not in text


def test_results_without_their_rows_show_too(fit):
    results = lk.LikelihoodModel([1.0, 2.5, 3.0, 0.5, 4.0], family=lk.Gamma()).fit()
    results.remove_data()
    assert "<pre>" in results._repr_html_()


def test_labelled_results_show(tmp_path):
    import pandas as pd

    results = lk.LikelihoodModel(pd.Series([1.0, 2.5, 3.0, 0.5], name="<y>"), family=lk.Gamma()).fit()
    assert "&lt;y&gt;" in results._repr_html_()
