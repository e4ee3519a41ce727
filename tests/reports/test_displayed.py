"""Formulas break where their terms and their cases do, and are cut nowhere."""

import base64
import re

import numpy as np
import pandas as pd
import pytest

import likelihood_kit as lk
from likelihood_kit.reports.displayed import Branch, Displayed, displayed, with_cases
from likelihood_kit.reports.document import Document, Formula
from likelihood_kit.reports.fit_report import fit_document
from likelihood_kit.reports.html import render
from likelihood_kit.reports.style import formula_depth

#: Width of the text on a page, and on a phone that is 380 pixels wide, in CSS pixels.
PAGE, PHONE = 46 * 16, 380 - 2 * 14.4
POINT = 96 / 72


@pytest.fixture(scope="module")
def censored():
    rng = np.random.default_rng(3)
    x, limit = rng.normal(size=80), rng.uniform(2, 25, 80)
    time = 8 * np.exp(0.4 * x) * rng.weibull(1.3, 80)
    frame = pd.DataFrame({"time": np.minimum(time, limit), "died": (time <= limit).astype(int), "x": x})
    return lk.LikelihoodModel.from_formula("time ~ x", frame, family=lk.censored(lk.Weibull()), event="died").fit()


def widths(page):
    """Of the images in formulas, CSS pixels."""
    formulas = re.findall(r'<div class="formula.*?(?=<p>)', page, re.DOTALL)
    sources = re.findall(r'src="data:image/svg\+xml;base64,([^"]*)"', "".join(formulas))
    drawn = [base64.b64decode(source).decode() for source in sources]
    return [POINT * float(re.search(r'width="([\d.]+)pt"', svg)[1]) for svg in drawn]


def test_the_formula_of_a_censored_regression_is_not_wider_than_a_phone(censored):
    """At 1100 pixels it ended at "ot..." of "otherwise", on a phone at "- log": one image of 790 pixels."""
    page = render(fit_document(censored))
    found = widths(page)
    assert len(found) > 6
    assert max(found) < PHONE < sum(found)
    whole = render(Document("", (Formula(r"\left\{a \;\; \mathrm{if}", "beyond mathtext"),)))
    assert "<code>beyond mathtext</code>" in whole
    assert ".formula img { max-width: 100%; }" in page


def test_cases_stand_one_below_the_other(censored):
    page = render(fit_document(censored))
    branches = page.partition('<div class="branches">')[2].partition("</div></div>")[0]
    assert branches.count("<div>") == 2
    alternatives = re.findall(r'<img [^>]*alt="(log f[^"]*)"', page)
    assert len(alternatives) == 1
    assert "otherwise" in alternatives[0]


@pytest.mark.parametrize("suffix", ["tex", "md"])
def test_cases_are_those_of_amsmath(censored, suffix, tmp_path):
    text = censored.report(tmp_path / f"report.{suffix}").read_text("utf-8")
    assert text.count(r"\begin{cases}") == text.count(r"\end{cases}") == 1
    assert r"& \mathrm{if}\; \mathrm{event} = 1 \\" in text


def test_a_formula_breaks_between_its_terms_alone():
    parts = displayed(r"\log f(y) = - a - \frac{b + c}{d - e} + \left(f - g\right) \, h(y + 1)")
    assert parts == Displayed(
        r"\log f(y) =", (Branch(("- a", r"- \frac{b + c}{d - e}", r"+ \left(f - g\right) \, h(y + 1)")),)
    )
    assert displayed("a + b") == Displayed("", (Branch(("a", "+ b")),))
    assert with_cases("f = a + b") == "f = a + b"


def test_conditions_stay_with_their_cases():
    latex = r"f = \left\{a + b \;\; \mathrm{if}\; y = 0, \quad - c \;\; \mathrm{otherwise}\right\}"
    parts = displayed(latex)
    assert parts.head == "f ="
    assert parts.branches == (Branch(("a", "+ b"), r"\mathrm{if}\; y = 0"), Branch(("- c",), r"\mathrm{otherwise}"))
    expected = r"f = \begin{cases} a + b & \mathrm{if}\; y = 0 \\ - c & \mathrm{otherwise} \end{cases}"
    assert with_cases(latex) == expected


def test_terms_stand_on_one_line():
    """A fraction reaches further below it than a letter, and a letter no less than matplotlib leaves below all text."""
    letter, fraction = formula_depth("a"), formula_depth(r"\frac{a}{b}")
    assert fraction > letter + 3
    assert formula_depth("p") == letter


def test_panels_stand_below_each_other_on_a_phone(censored):
    """The third of three was cut at the edge."""
    page = render(fit_document(censored))
    narrow = re.findall(r'<source media="\(max-width: 40rem\)" srcset="data:image/svg\+xml;base64,([^"]*)"', page)
    assert len(narrow) == 1
    svg = base64.b64decode(narrow[0]).decode()
    width, height = (POINT * float(re.search(rf'{side}="([\d.]+)pt"', svg)[1]) for side in ("width", "height"))
    assert width < PHONE < height
    assert '<figure class="wide"' not in page


def test_panels_of_a_study_stand_below_each_other_on_a_phone(tmp_path):
    study = lk.Study(lk.Gamma(), {"shape": 2.0, "scale": 3.0}, (20, 50), 50, seed=1).run(progress=False)
    page = study.report(tmp_path / "study.html").read_text("utf-8")
    assert page.count("<source media=") == 2
    assert '<figure class="wide"' not in page


def test_tables_are_not_cut_on_paper(censored):
    """Nine columns ended at the edge of the sheet, with a grey scroll bar below."""
    rules = render(fit_document(censored)).partition("@media print")[2]
    assert "overflow: visible" in rules
    assert "thead th.number { white-space: normal; }" in rules
