"""Distributions are named as their users name them, and no Python stands in a report."""

import re

import numpy as np
import pytest

import likelihood_kit as lk
from likelihood_kit.reports.document import Figure, Formula, Paragraph
from likelihood_kit.reports.fit_report import fit_document
from likelihood_kit.reports.names import distribution, in_words
from likelihood_kit.reports.study_report import study_document


def texts(document):
    return " ".join(block.text for block in document.of(Paragraph))


@pytest.fixture(scope="module")
def censored():
    rng = np.random.default_rng(1)
    time, end = rng.gamma(3.0, 1.0, 120), rng.uniform(1, 8, 120)
    family = lk.censored(lk.Gamma())
    return lk.LikelihoodModel(np.minimum(time, end), family=family, event=(time <= end).astype(int)).fit()


def test_every_name_of_the_catalogue_is_in_words():
    for name in lk.CATALOGUE:
        assert re.fullmatch(r"[A-Za-z -]+", in_words(name))
        assert not re.search("[a-z][A-Z]", in_words(name))
    assert in_words("myOwn") == "myOwn"
    assert distribution("censored(Gamma)") == "right-censored gamma distribution"


def test_a_missing_bound_is_told_without_python(censored):
    document = fit_document(censored)
    assert "They need limit of each row" in texts(document)
    assert "keyword" not in texts(document)
    assert not any("Cramér, H." in entry.text for block in document.blocks for entry in getattr(block, "entries", ())
                   if hasattr(entry, "text"))  # fmt: skip


def test_what_a_formula_calls_q_is_defined(censored):
    document = fit_document(censored)
    assert any("Q(" in block.text for block in document.of(Formula))
    assert "Q is the regularised upper incomplete gamma function" in texts(document)


def test_a_verdict_holds_no_python():
    rng = np.random.default_rng(1)
    results = lk.LikelihoodModel(rng.standard_t(3, 2000), family=lk.Normal()).fit()
    assert "cov_type=" in results.information_audit().verdict
    assert "cov_type" not in texts(fit_document(results))
    assert "sandwich standard errors" in texts(fit_document(results))


def test_figures_say_what_they_show(censored):
    study = lk.Study(lk.Exponential(), {"scale": 2.0}, (10, 40), 100, seed=1).run(progress=False)
    iid = lk.LikelihoodModel([1.0, 2.0, 4.0], family=lk.Gamma()).fit()
    for document in (fit_document(censored), fit_document(iid), study_document(study)):
        for figure in document.of(Figure):
            assert figure.alternative != figure.caption
            assert re.search(r"\d", figure.alternative)
    assert "from 1.00 to 4.00 with mean 2.33" in fit_document(iid).of(Figure)[1].alternative
