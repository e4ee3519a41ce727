"""Tables, words and figures of fits and studies, as HTML, LaTeX or Markdown."""

from likelihood_kit.reports.front import plot_fit, report_fit
from likelihood_kit.reports.output import check_writable

__all__ = ["check_writable", "plot_fit", "report_fit"]
