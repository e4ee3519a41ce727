"""Tables, words and figures of fits and studies, as HTML, LaTeX or Markdown."""

from likelihood_kit.reports.fitted import left_out
from likelihood_kit.reports.front import (
    plot_bounds,
    plot_fit,
    plot_pit,
    plot_profile,
    plot_region,
    plot_study,
    report_fit,
    report_study,
)
from likelihood_kit.reports.notebook import (
    certificate_html,
    results_html,
    study_html,
    summary_html,
    verdicts_html,
)
from likelihood_kit.reports.paths import check_writable
from likelihood_kit.reports.prose import sentence

__all__ = [
    "certificate_html",
    "check_writable",
    "left_out",
    "plot_bounds",
    "plot_fit",
    "plot_pit",
    "plot_profile",
    "plot_region",
    "plot_study",
    "report_fit",
    "report_study",
    "results_html",
    "sentence",
    "study_html",
    "summary_html",
    "verdicts_html",
]
