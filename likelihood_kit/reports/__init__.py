"""Tables, words and figures of fits and studies, as HTML, LaTeX or Markdown."""

from likelihood_kit.reports.front import plot_fit, plot_study, report_fit, report_study
from likelihood_kit.reports.paths import check_writable

__all__ = ["check_writable", "plot_fit", "plot_study", "report_fit", "report_study"]
