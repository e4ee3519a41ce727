"""What a notebook shows as the last line of a cell."""

import re

import numpy as np
import pytest

import likelihood_kit as lk
from likelihood_kit.reports.document import Heading
from likelihood_kit.reports.html import fragment

PNG = b"\x89PNG\r\n\x1a\n"


Y = [1.0, 2.5, 3.0, 0.5, 4.0]


@pytest.fixture(scope="module")
def fit():
    return lk.LikelihoodModel(Y, family=lk.Gamma()).fit()


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


def test_headings_of_a_fit_descend(fit):
    """The title was an h3, and "Estimates" below it an h2."""
    levels = [int(level) for level in re.findall(r"<h(\d)>", fit._repr_html_())]
    assert levels == [3, 4]
    assert "<h2>Estimates</h2>" in fragment([Heading("Estimates")])


def test_not_certified_is_said_once():
    with pytest.warns(lk.errors.MaximumWarning):
        results = lk.LikelihoodModel(np.zeros(6), family=lk.Bernoulli()).fit()
    text = results.certificate._repr_html_()
    assert text.lower().count("not certified") == 1
    assert "keeps rising" in text


def test_a_certificate_is_told_once_and_its_numbers_are_typeset(fit):
    text = lk.LikelihoodModel([1.0, 2.5, 3.0, 0.5, 4.0], family=lk.Weibull()).fit().certificate._repr_html_()
    assert text.lower().count("certified") == 1
    assert not re.search(r"\de-\d", text)


def test_rates_of_verdicts_are_typeset(study):
    """`n^-0.5` stood in a page that has powers."""
    for shown in (study, study.summary(), study.consistency()):
        text = shown._repr_html_()
        assert "n^-" not in text
        assert "<i>n</i><sup>\u22121/2</sup>" in text


def test_an_estimate_and_its_error_stay_on_one_line(study):
    """Narrow cells broke beside a wide empty column, whose heading is long."""
    text = study._repr_html_()
    assert "<td>" not in text
    assert '<td style="white-space: nowrap">' in text
    assert "relative_<wbr>error_<wbr>model_<wbr>se" in text


def test_printing_a_study_gives_what_a_notebook_shows(study):
    assert str(study) == str(study.summary())
    assert "Rate of the root mean squared error in n" in str(study)
    assert len(repr(study).splitlines()) == 1


def shown_of(fit, study):
    """Every result in words that a session may end a cell with."""
    bounds = {"shape": 2.0, "scale": 3.0}
    return {
        "certificate": fit.certificate,
        "audit": fit.information_audit(replications=99),
        "fit of the law": fit.goodness_of_fit(99),
        "tests": fit.restriction_tests({"shape": 1.0}),
        "likelihood ratio": fit.likelihood_ratio_test({"shape": 1.0}),
        "r*": fit.r_star("shape", 1.0),
        "directions": fit.identifiability(),
        "derivatives": fit.check_derivatives(),
        "cross-entropy": fit.cross_entropy(),
        "profile": fit.profile("shape").interval(),
        "comparison": lk.compare({"gamma": fit, "weibull": lk.LikelihoodModel(Y, family=lk.Weibull()).fit()}),
        "conditions": lk.check_regularity(lk.Gamma(), bounds),
        "sampler": lk.check_sampler(lk.Gamma(), bounds, seed=1, n=200),
        "pseudo-truth": lk.pseudo_true(lk.Gamma(), bounds, lk.Exponential()),
        "study": study.summary(),
        "rates": study.consistency(),
    }


def test_a_session_shows_what_prints(fit, study):
    """A goodness of fit was shown as 2,000 numbers of its samples, in brackets."""
    for name, result in shown_of(fit, study).items():
        assert repr(result) == str(result), name
        html = result._repr_html_()
        assert "array(" not in html + repr(result), name
        assert html.startswith("<"), name
    assert "<table" in fit.goodness_of_fit(99)._repr_html_()
    assert repr(lk.Gamma().derivation()) == str(lk.Gamma().derivation())
