"""What a notebook shows of results as the last line of a cell: HTML of the same tables and words as in a report."""

from __future__ import annotations

import re
from html import escape
from typing import Any

import pandas as pd

from likelihood_kit._numerics.printed import significant
from likelihood_kit.maximise import Certificate
from likelihood_kit.models import LikelihoodResults
from likelihood_kit.models.reduced_certificate import ReducedCertificate
from likelihood_kit.reports.numbers import HTML
from likelihood_kit.reports.prose import sentence
from likelihood_kit.simulation import StudyResult, StudySummary, Verdicts

#: Level of the title of what a cell shows, below the page's own and those of its sections; its parts are one below.
TITLE = 3


def certificate_html(certificate: Certificate) -> str:
    """A certificate: its grade, and the evidence or the reasons."""
    grade = f"Certified: {certificate.grade}" if certificate.ok else "NOT certified"
    # The words begin with the grade, or with what is in bold here.
    begin, _, words = str(certificate).partition(": ")
    grade = sentence(begin).rstrip(".") if isinstance(certificate, ReducedCertificate) else grade
    return f"<p><strong>{escape(grade)}.</strong> {_prose(sentence(words))}</p>"


def results_html(results: LikelihoodResults) -> str:
    """A fit: its estimates, its statistics and its certificate."""
    from likelihood_kit.reports.fit_report import estimates_section
    from likelihood_kit.reports.html import fragment
    from likelihood_kit.reports.model_section import title

    own: Any = getattr(results, "_results", results)
    if own.model.endog is None:  # the rows were removed: their count and the estimates are left
        return f"<pre>{escape(repr(own))}</pre>"
    parts = fragment(estimates_section(own), TITLE + 1)
    return f"{_heading(title(own), TITLE)}{parts}{certificate_html(own.certificate)}"


def study_html(result: StudyResult) -> str:
    """A study: its measures and its verdicts."""
    return summary_html(result.summary())


def summary_html(summary: StudySummary) -> str:
    """The measures of a study side by side, and both sets of verdicts."""
    notes = "".join(f"<p>{_prose(note)}</p>" for note in summary.notes)
    verdicts = "".join(map(verdicts_html, (summary.consistency, summary.efficiency)))
    return f"{_heading(summary.title, TITLE)}{_table(summary.table)}{notes}{verdicts}"


def verdicts_html(verdicts: Verdicts) -> str:
    """A table with its verdicts in words."""
    words = "".join(f"<li><b>{escape(who)}</b>: {_prose(text)}</li>" for who, text in verdicts.in_words().items())
    level = f"<p>{escape(verdicts.level)}</p>" if verdicts.level else ""
    table = _table(verdicts.table, index=False, float_format=significant)
    return f"{_heading(verdicts.title, TITLE + 1)}{table}<ul>{words}</ul>{level}"


def _heading(text: str, level: int) -> str:
    return f"<h{level}>{escape(text)}</h{level}>"


def _prose(text: str) -> str:
    return HTML.prose(escape(text))


def _table(frame: pd.DataFrame, **how: Any) -> str:
    """A frame whose cells stay on one line each, and whose long headings may break at their underscores."""
    text = frame.to_html(**how).replace("<td>", '<td style="white-space: nowrap">')
    text = re.sub(r"<th>\w+</th>", lambda found: found[0].replace("_", "_<wbr>"), text)
    return f'<div style="overflow-x: auto">{text}</div>'
