"""What a notebook shows of results as the last line of a cell: HTML of the same tables and words as in a report."""

from __future__ import annotations

from html import escape
from typing import Any

from likelihood_kit.maximise import Certificate
from likelihood_kit.models import LikelihoodResults
from likelihood_kit.reports.prose import sentence
from likelihood_kit.simulation import StudyResult


def certificate_html(certificate: Certificate) -> str:
    """A certificate: its grade, and its words."""
    grade = f"Certified: {certificate.grade}" if certificate.ok else "NOT certified"
    return f"<p><strong>{escape(grade)}.</strong> {escape(sentence(certificate))}</p>"


def results_html(results: LikelihoodResults) -> str:
    """A fit: its estimates, its statistics and its certificate."""
    from likelihood_kit.reports.fit_report import estimates_section
    from likelihood_kit.reports.html import fragment
    from likelihood_kit.reports.model_section import title

    own: Any = getattr(results, "_results", results)
    if own.model.endog is None:  # the rows were removed: their count and the estimates are left
        return f"<pre>{escape(repr(own))}</pre>"
    return f"<h3>{escape(title(own))}</h3>{fragment(estimates_section(own))}{certificate_html(own.certificate)}"


def study_html(result: StudyResult) -> str:
    """A study: its measures and its verdicts."""
    return result.summary()._repr_html_()
