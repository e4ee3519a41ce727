"""What a result's `report` and `plot` do; the reports themselves are loaded when the first one is asked for."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from likelihood_kit._numerics.signatures import named_arguments
from likelihood_kit.models import LikelihoodResults
from likelihood_kit.reports.paths import check_writable
from likelihood_kit.simulation import StudyResult


@named_arguments
def report_fit(results: LikelihoodResults, path: str | os.PathLike[str]) -> Path:
    """Write the report of a fit as HTML, LaTeX or Markdown, by the suffix of the path: .html, .tex or .md.

    HTML is one file; the others have their figures in a folder beside them.

    Raises
    ------
    OutputError
        Before any work, where the path cannot be written or its suffix is unknown.
    """
    path = check_writable(path)
    from likelihood_kit.reports.fit_report import fit_document
    from likelihood_kit.reports.output import write

    return write(fit_document(results), path)


@named_arguments
def report_study(result: StudyResult, path: str | os.PathLike[str]) -> Path:
    """Write the report of a study as HTML, LaTeX or Markdown, by the suffix of the path: .html, .tex or .md.

    HTML is one file; the others have their figures in a folder beside them.

    Raises
    ------
    OutputError
        Before any work, where the path cannot be written or its suffix is unknown.
    """
    path = check_writable(path)
    from likelihood_kit.reports.output import write
    from likelihood_kit.reports.study_report import study_document

    return write(study_document(result), path)


@named_arguments
def plot_fit(results: LikelihoodResults) -> Any:
    """One matplotlib figure of a fit: its likelihood, and the data under the fitted law."""
    from likelihood_kit.reports.fit_report import fit_plot

    return fit_plot(results)


@named_arguments
def plot_study(result: StudyResult) -> Any:
    """One matplotlib figure of a study: root mean squared error, and efficiency where there is a bound, against n."""
    from likelihood_kit.reports.study_report import study_plot

    return study_plot(result)
