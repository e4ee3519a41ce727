"""The report of a fit says what the results say."""

import shutil

import numpy as np
import pytest

from likelihood_kit.errors import DataError
from likelihood_kit.families import Gamma
from likelihood_kit.models import LikelihoodModel
from likelihood_kit.reports import plot_fit, report_fit
from likelihood_kit.reports.document import Figure, Formula, Heading, Paragraph, Table
from likelihood_kit.reports.fit_report import fit_document, methods

KINDS = ("gamma", "poisson", "student_t", "uniform", "logit", "own")


def text_of(document):
    return " ".join(f"{block.lead} {block.text}" for block in document.of(Paragraph))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("suffix", [".html", ".md"])
def test_every_kind_of_fit_has_a_report(fits, tmp_path, kind, suffix):
    path = report_fit(fits(kind), tmp_path / f"report{suffix}")
    text = path.read_text("utf-8")
    for name in fits(kind).model.data.param_names:
        assert name in text.replace("\\", "").replace("\u2212", "-")


def test_estimates_are_those_of_the_results(fits):
    results = fits("gamma")
    table = fit_document(results).of(Table)[0]
    cells = np.array([[float(cell) for cell in column.cells] for column in table.columns]).T
    estimates = results.estimates.to_numpy()
    assert (np.abs(cells - estimates) <= 0.005 * estimates[:, [1]]).all()
    assert table.stubs[0].cells == ("shape", "scale")


def test_sections(fits):
    headings = [block.text for block in fit_document(fits("gamma")).of(Heading)]
    assert headings == ["Estimates", "Information audit", "Cramér–Rao bounds", "Methods", "References"]


def test_the_log_density_is_a_formula(fits):
    formulas = fit_document(fits("gamma")).of(Formula)
    assert r"\log\Gamma\left(\mathrm{shape}\right)" in formulas[0].latex
    assert "gammaln(shape)" in formulas[0].text
    link = fit_document(fits("logit")).of(Formula)[1]
    assert r"\operatorname{logit} \mathrm{probability}_i" in link.latex


def test_the_certificate_and_the_verdict_are_told(fits):
    text = text_of(fit_document(fits("gamma")))
    assert "Certificate. Maximum certified" in text
    assert fits("gamma").information_audit().verdict in text


def test_what_does_not_exist_is_explained(fits):
    document = fit_document(fits("uniform"))
    text = text_of(document)
    assert "support moves" in text
    assert "neither Fisher information nor a Cramer-Rao bound exists" in text
    # Without standard errors there is no column for them.
    assert [column.heading for column in document.of(Table)[0].columns] == ["Estimate"]
    assert "Newton" not in methods(fits("uniform"))


def test_a_model_without_a_family(fits):
    document = fit_document(fits("own"))
    assert "OwnModel" in document.title
    assert len(document.of(Figure)) == 1
    assert "numerical derivatives" in text_of(document)


def test_fixed_parameters_are_named():
    results = LikelihoodModel([1.0, 2.0, 3.5, 0.4, 1.1], family=Gamma(shape=2.0)).fit()
    document = fit_document(results)
    assert "shape held at 2" in text_of(document)
    assert "shape" not in document.of(Formula)[0].latex


def test_a_maximum_that_is_not_certified_is_said(fits):
    with pytest.warns(match="keeps rising|no maximum"):
        results = LikelihoodModel(np.zeros(8), family=type(fits("logit").model.family)()).fit()
    text = text_of(fit_document(results))
    assert "NOT certified" in text
    assert "not certified to be the maximum" in text


def test_methods_name_what_was_used(fits):
    text = methods(fits("gamma"))
    assert "symbolic derivatives" in text
    assert "inverse observed information" in text
    assert "likelihood_kit" in text
    robust = fits("gamma").model.fit(cov_type="sandwich")
    assert "sandwich" in methods(robust)


def test_removed_data_are_missed(fits):
    results = LikelihoodModel([1.0, 2.0, 3.5, 0.4], family=Gamma()).fit()
    results.remove_data()
    with pytest.raises(DataError, match="remove_data"):
        fit_document(results)


def test_the_plot_is_one_figure(fits):
    assert len(plot_fit(fits("gamma")).subfigs) == 2
    assert len(plot_fit(fits("own")).subfigs) == 1


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")
@pytest.mark.parametrize("kind", ["gamma", "nasty"])
def test_the_latex_compiles(fits, tmp_path, kind):
    import subprocess

    path = report_fit(fits(kind), tmp_path / "report.tex")
    run = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", path.name],
        cwd=tmp_path,
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert run.returncode == 0, run.stdout.decode("utf-8", "replace")[-2000:]
