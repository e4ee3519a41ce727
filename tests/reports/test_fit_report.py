"""The report of a fit says what the results say."""

import shutil

import numpy as np
import pytest

import likelihood_kit as lk
from likelihood_kit.errors import DataError
from likelihood_kit.families import Gamma, Poisson
from likelihood_kit.models import LikelihoodModel
from likelihood_kit.reports import plot_fit, report_fit
from likelihood_kit.reports.document import Figure, Formula, Heading, Paragraph, References, Table
from likelihood_kit.reports.fit_report import fit_document, methods

KINDS = (
    *("gamma", "poisson", "student_t", "uniform", "logit", "own"),
    *("two", "frequencies", "sampling", "censored", "trials"),
)


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


def test_every_predicted_parameter_has_its_design(fits):
    document = fit_document(fits("two"))
    text, formulas = text_of(document), [block.latex for block in document.of(Formula)[1:]]
    assert document.title == "Gamma regression for y"
    assert "where shape varies over the observations on the log scale, in Intercept and z:" in text
    assert "and scale varies over the observations on the log scale, in Intercept and x, with an offset:" in text
    assert formulas == [
        r"\log \mathrm{shape}_i = \mathbf{x}_{\mathrm{shape}, i}^{T} \beta_{\mathrm{shape}}",
        r"\log \mathrm{scale}_i = o_i + \mathbf{x}_{\mathrm{scale}, i}^{T} \beta_{\mathrm{scale}}",
    ]
    parameter, coefficient = document.of(Table)[0].stubs
    assert parameter.cells == ("shape (log link)", "", "scale (log link)", "")
    assert coefficient.cells == ("shape:Intercept", "shape:z", "Intercept", "x")


def test_rows_left_out_are_told(fits):
    text = text_of(fit_document(fits("two")))
    assert "148 observations of y. 2 rows were left out for missing values." in text


def test_frequencies_count_observations(fits):
    document = fit_document(fits("frequencies"))
    repeated = LikelihoodModel(np.repeat(np.arange(9.0), [5, 20, 33, 40, 31, 18, 9, 3, 1]), family=Poisson()).fit()
    assert "160 observations of count in 9 rows with frequencies" in text_of(document)
    (names,), (values,) = document.of(Table)[1].stubs, document.of(Table)[1].columns
    statistics = dict(zip(names.cells, values.cells, strict=True))
    assert statistics["Observations"] == "160"
    assert statistics["AICc"] == f"{repeated.aicc:.3f}"
    for table, other in zip(document.of(Table), fit_document(repeated).of(Table), strict=True):
        assert table.columns == other.columns
    assert "Least standard error and variance of an unbiased estimator from 160 observations" in str(document.of(Table))


def test_a_million_observations_are_counted_in_full():
    """The summary had 1.2e+06 of them."""
    results = LikelihoodModel(np.array([0, 1, 2]), family=Poisson(), freq_weights=[400_001, 600_000, 200_000]).fit()
    assert "1,200,001 observations" in text_of(fit_document(results))
    assert "1,200,001" in str(results.summary())
    assert "n=1,200,001" in repr(results)


def test_a_pseudo_likelihood_has_estimates_and_robust_errors_alone(fits):
    """Reports of weighted samples stopped at AIC, which is refused."""
    document = fit_document(fits("sampling"))
    headings = [block.text for block in document.of(Heading)]
    assert headings == ["Estimates", "Methods", "References"]
    estimates, statistics = document.of(Table)
    assert "sandwich" in estimates.note
    assert "Log pseudo-likelihood" in statistics.stubs[0].cells
    assert not any("IC" in name for name in statistics.stubs[0].cells)
    text = text_of(document)
    assert "90 observations of income with sampling weights" in text
    assert "Left out. Sampling weights make a pseudo-likelihood" in text
    assert "pseudo-) likelihood" in methods(fits("sampling"))
    assert not any("Akaike" in entry.text for entry in document.of(References)[0].entries)


def test_censoring_is_told(fits):
    results = fits("censored")
    text = text_of(fit_document(results))
    seen = results.model.columns["event"]
    assert "A right-censored Weibull distribution" in text
    assert f"Of {120 - seen.sum():.0f} ({100 * (1 - seen.mean()):.1f} %) the value is censored" in text


def test_known_quantities_are_named(fits):
    assert "trials known for each row" in text_of(fit_document(fits("trials")))


def test_the_grade_of_the_certificate_is_told(fits):
    assert "Maximum certified (global)" in text_of(fit_document(fits("frequencies")))
    assert "by theorem" in methods(fits("frequencies"))
    text = text_of(fit_document(fits("two")))
    assert "Maximum certified (highest found)" in text
    assert "is not proved" in text
    local = text_of(fit_document(fits("student_t")))
    assert "Maximum certified (local)" in local
    assert "It is a local maximum" in local
    assert "That the estimate is a local maximum" in local


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
    document = fit_document(results)
    assert [block.text for block in document.of(Heading)] == ["Estimates", "Methods"]  # nothing is cited
    assert "no certified maximum" in document.of(Table)[0].caption
    assert not any("IC" in name for name in document.of(Table)[1].stubs[0].cells)


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
@pytest.mark.parametrize("kind", ["gamma", "nasty", "two", "censored"])
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


class Entered(lk.Family):
    """A normal law whose known quantity and column are called as those of a censored one are."""

    slope = lk.Real()
    entry = lk.Known(lk.Real())
    event = lk.Observed(lk.Real())

    @staticmethod
    def log_density(y, event, entry, slope):
        return -((y - slope * entry) ** 2 + event**2) / 2 - np.log(2 * np.pi)


def test_a_column_called_event_is_not_censoring():
    """Its rows were said to be censored, wherever it was 0."""
    from likelihood_kit.reports.model_section import remarks

    model = lk.LikelihoodModel([1.0, 2.0, 4.0], family=Entered(), entry=[1.0, 2.0, 3.0], event=[0.0, 0.5, -1.0])
    assert "censored" not in remarks(model)
    seen = lk.LikelihoodModel([1.0, 2.0, 4.0], family=lk.censored(lk.Weibull()), event=[1, 0, 1])
    assert "1 (33.3 %) the value is censored" in remarks(seen)


def test_the_bootstrap_is_cited_where_the_audit_used_it(fits, rng):
    """Beside other comparisons; of a large sample the chi-squared law alone decides."""
    cited = " ".join(reference.text for reference in fit_document(fits("gamma")).of(References)[0].entries)
    assert "Horowitz" in cited
    assert "Anderson" in cited
    large = LikelihoodModel(rng.gamma(2.0, 3.0, 20_000), family=Gamma()).fit()
    assert set(large.information_audit().test.parts) == {"information matrix"}
    cited = " ".join(reference.text for reference in fit_document(large).of(References)[0].entries)
    assert "Horowitz" not in cited


@pytest.mark.filterwarnings("ignore::likelihood_kit.errors.MaximumWarning")
def test_no_heading_stands_alone(fits):
    """Where nothing is cited, as of a maximum that does not exist, there was a heading over nothing."""
    for results in (LikelihoodModel([0, 0, 0, 0], family=lk.Bernoulli()).fit(), *(fits(kind) for kind in KINDS)):
        blocks = fit_document(results).blocks
        for block, below in zip(blocks, (*blocks[1:], Heading("")), strict=True):
            assert not (isinstance(block, Heading) and isinstance(below, Heading))
            assert not (isinstance(block, References) and not block.entries)
