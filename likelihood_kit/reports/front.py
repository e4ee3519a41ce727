"""What a result's `report` and `plot` do."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from likelihood_kit.reports.fit_report import fit_document, plot_fit
from likelihood_kit.reports.output import check_writable, write
from likelihood_kit.reports.study_report import plot_study, study_document

__all__ = ["plot_fit", "plot_study", "report_fit", "report_study"]


def report_fit(results: Any, path: str | os.PathLike[str]) -> Path:
    """Write the report of a fit as HTML, LaTeX or Markdown, by the suffix of the path.

    Raises
    ------
    OutputError
        Before any work, where the path cannot be written or its suffix is unknown.
    """
    path = check_writable(path)
    return write(fit_document(results), path)


def report_study(result: Any, path: str | os.PathLike[str]) -> Path:
    """Write the report of a study as HTML, LaTeX or Markdown, by the suffix of the path.

    Raises
    ------
    OutputError
        Before any work, where the path cannot be written or its suffix is unknown.
    """
    path = check_writable(path)
    return write(study_document(result), path)
