"""The report of a study says what the study found."""

from dataclasses import replace

import pytest

from likelihood_kit.reports import report_study
from likelihood_kit.reports.document import Definitions, Figure, Heading, Paragraph, References, Table
from likelihood_kit.reports.study_report import study_document


@pytest.mark.parametrize("kind", ["gamma", "uniform", "exponential"])
@pytest.mark.parametrize("suffix", [".html", ".tex", ".md"])
def test_every_kind_of_study_has_a_report(studies, tmp_path, kind, suffix):
    assert report_study(studies(kind), tmp_path / f"report{suffix}").stat().st_size > 3000


def test_the_design_is_told(studies):
    entries = dict(study_document(studies("gamma")).of(Definitions)[0].entries)
    assert list(entries) == [
        "Aims",
        "Data-generating mechanism",
        "Estimands",
        "Methods",
        "Performance measures",
    ]
    assert "shape = 2 and scale = 3" in entries["Data-generating mechanism"]
    assert "20, 50 and 100" in entries["Data-generating mechanism"]
    assert "300 replications" in entries["Data-generating mechanism"]


def test_verdicts_are_those_of_the_study(studies):
    result = studies("gamma")
    _, consistency, efficiency = study_document(result).of(Definitions)
    for entries, found in ((consistency, result.consistency()), (efficiency, result.efficiency())):
        assert entries.entries[0][0] == "Maximum likelihood, shape"
        for (_, text), verdict in zip(entries.entries, found.verdicts.values(), strict=True):
            assert text.lower() == f"{verdict}.".lower()


def test_the_performance_tables_hold_the_measures(studies):
    result = studies("gamma")
    table = study_document(result).of(Table)[-1]
    assert [stub.heading for stub in table.stubs] == ["Estimator", "n"]
    assert table.stubs[0].cells == ("maximum likelihood", "", "", "method of moments", "", "")
    cells = {column.heading: column.cells for column in table.columns}
    rmse = result.table.query("parameter == 'scale' and measure == 'rmse' and estimator == 'mle' and size == 50")
    assert float(cells["RMSE"][1].split()[0]) == pytest.approx(rmse["value"].item(), abs=rmse["mcse"].item() / 10)
    coverage = result.table.query("parameter == 'scale' and measure == 'coverage' and size == 20")
    assert float(cells["Coverage, %"][0].split()[0]) == pytest.approx(100 * coverage["value"].item(), abs=0.1)
    # The method of moments gives no standard errors, and so no coverage.
    assert cells["Coverage, %"][3] == "nan"
    assert cells["Failures"][0] == "0"


def test_sizes_stand_in_columns_of_the_efficiency_table(studies):
    table = next(t for t in study_document(studies("gamma")).of(Table) if "bound" in t.caption)
    assert [column.heading for column in table.columns] == ["n = 20", "n = 50", "n = 100"]
    assert all("(" in cell for column in table.columns for cell in column.cells)


def test_without_a_bound_the_reason_is_given(studies):
    document = study_document(studies("uniform"))
    assert any("support moves" in block.text for block in document.of(Paragraph))
    assert [figure.name for figure in document.of(Figure)] == ["rmse"]
    assert "Newton" not in " ".join(block.text for block in document.of(Paragraph))


def test_sections(studies):
    headings = [block.text for block in study_document(studies("gamma")).of(Heading)]
    assert headings == ["Design", "Consistency", "Efficiency", "Performance", "Methods", "References"]


def test_an_estimator_of_ones_own_keeps_its_name(studies):
    table = study_document(studies("exponential")).of(Table)[0]
    assert table.stubs[0].cells == ("maximum likelihood", "half_median")


def test_what_an_estimate_at_an_end_lacks_is_told(studies):
    """Of 10 trials with probability 0.05: estimates of 0 count, and coverage says on how many samples it stands."""
    table = next(t for t in study_document(studies("bernoulli")).of(Table) if "Performance" in t.caption)
    cells = {column.heading: column.cells for column in table.columns}
    result = studies("bernoulli")
    for i, n in enumerate(result.sizes):
        known = int((result.standard_errors["mle"][i, :, 0] > 0).sum())
        assert cells["With SE"][i].split()[0] == str(known), n
    assert cells["Failures"] == ("0", "0")
    assert "Infinite" not in cells
    assert "replications on which model SE and coverage stand" in table.note


def test_infinite_estimates_are_counted(studies):
    table = study_document(studies("student_t")).of(Table)[-1]
    cells = {column.heading: column.cells for column in table.columns}
    infinite = int((studies("student_t").estimates["mle"][0, :, 2] == float("inf")).sum())
    assert infinite > 50
    assert cells["Infinite"][0].split()[0] == str(infinite)
    text = " ".join(block.text for block in study_document(studies("student_t")).of(Paragraph))
    assert "Few replications carry the fourth moment of the estimates" in text
    assert "maximum likelihood, df, at n = 20" in text


def test_the_level_of_the_verdicts_is_told(studies):
    texts = [block.text for block in study_document(studies("gamma")).of(Paragraph)]
    assert sum("hold together with 99 % confidence (Bonferroni over 8)" in text for text in texts) == 2


@pytest.mark.parametrize(("mcse", "cited"), [("moments", True), ("normal", False)])
def test_errors_of_normal_estimates_rest_on_no_moments(studies, mcse, cited):
    document = study_document(replace(studies("gamma"), mcse=mcse))
    entries = [entry.text for references in document.of(References) for entry in references.entries]
    assert any("Kenney" in text for text in entries) == cited
