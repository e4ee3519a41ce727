"""What a result's `report` and `plot` do; the reports themselves are loaded when the first one is asked for."""

from __future__ import annotations

import functools
import os
from pathlib import Path
from typing import Any

from likelihood_kit._numerics.signatures import named_arguments
from likelihood_kit.diagnostics.pit import ProbabilityTransform
from likelihood_kit.models import LikelihoodResults, Profile, ProfileRegion
from likelihood_kit.reports.paths import check_writable
from likelihood_kit.simulation import MARGIN, StudyResult, check_margin

# What users call is the method that the front door makes of each.
_report_method = functools.partial(named_arguments, name="report", method=True)
_plot_method = functools.partial(named_arguments, name="plot", method=True)


@_report_method
def report_fit(results: LikelihoodResults, path: str | os.PathLike[str], fragment: bool = False) -> Path:
    r"""Write the report of a fit as HTML, LaTeX or Markdown, by the suffix of the path: .html, .tex or .md.

    HTML is one file; the others have their figures in a folder beside them.

    Parameters
    ----------
    path : path
    fragment : bool
        Whether LaTeX is to be without preamble and title, for `\input` in a document of one's own.

    Raises
    ------
    OutputError, ArgumentError
        Before any work, where the path cannot be written or its suffix is unknown, or a fragment is asked of others
        than LaTeX.
    """
    path = check_writable(path, fragment)
    from likelihood_kit.reports.fit_report import fit_document
    from likelihood_kit.reports.output import write

    return write(fit_document(results), path, fragment=fragment)


@_report_method
def report_study(
    result: StudyResult, path: str | os.PathLike[str], fragment: bool = False, margin: float = MARGIN
) -> Path:
    r"""Write the report of a study as HTML, LaTeX or Markdown, by the suffix of the path: .html, .tex or .md.

    HTML is one file; the others have their figures in a folder beside them.

    Parameters
    ----------
    path : path
    fragment : bool
        Whether LaTeX is to be without preamble and title, for `\input` in a document of one's own.
    margin : float
        As in `efficiency`.

    Raises
    ------
    OutputError, ArgumentError
        Before any work, where the path cannot be written or its suffix is unknown, or a fragment is asked of others
        than LaTeX.
    """
    path = check_writable(path, fragment)
    check_margin(margin)
    from likelihood_kit.reports.output import write
    from likelihood_kit.reports.study_report import study_document

    return write(study_document(result, margin), path, fragment=fragment)


@_plot_method
def plot_fit(results: LikelihoodResults, ax: Any = None, labels: Any = None, units: Any = None) -> Any:
    r"""One matplotlib figure of a fit: its likelihood, and the data under the fitted law.

    Parameters
    ----------
    ax : Axes, or several, optional
        Axes to draw into, in whose figure the legends stand within: one for the data under the fitted law, or as many
        as there are panels, in their order; by default a figure is made.
    labels, units : dict of name to str, optional
        What parameters and the response are called on the axes, in matplotlib's notation ("$\sigma$"), and in which
        units they are.

    Raises
    ------
    ArgumentError
        For other axes or names than those of the figure.
    """
    from likelihood_kit.reports.fit_report import fit_plot

    return fit_plot(results, ax, labels, units)


@_plot_method
def plot_profile(profile: Profile, ax: Any = None, labels: Any = None, units: Any = None) -> Any:
    r"""One matplotlib figure of a profile: its signed root, which is a line where the likelihood is a normal one.

    Parameters
    ----------
    ax : Axes, optional
        Axes to draw into; by default a figure is made.
    labels, units : dict of name to str, optional
        What the parameter is called on the axis, in matplotlib's notation ("$\sigma$"), and in which unit it is.

    Raises
    ------
    ArgumentError
        For other axes or names than those of the figure.
    """
    from likelihood_kit.reports.profile_figures import profile_plot

    return profile_plot(profile, ax, labels, units)


@_plot_method
def plot_region(region: ProfileRegion, ax: Any = None, labels: Any = None, units: Any = None) -> Any:
    r"""One matplotlib figure of a profile region: its contours, and the ellipses that Wald regions take for them.

    Parameters
    ----------
    ax : Axes, optional
        Axes to draw into; by default a figure is made.
    labels, units : dict of name to str, optional
        What the parameters are called on the axes, in matplotlib's notation ("$\sigma$"), and in which units they are.

    Raises
    ------
    ArgumentError
        For other axes or names than those of the figure.
    """
    from likelihood_kit.reports.profile_figures import region_plot

    return region_plot(region, ax, labels, units)


@_plot_method
def plot_pit(transform: ProbabilityTransform, ax: Any = None) -> Any:
    """One matplotlib figure of a probability integral transform: its bars, and the interval of each under a right law.

    Parameters
    ----------
    ax : Axes, optional
        Axes to draw into; by default a figure is made.

    Raises
    ------
    ArgumentError
        For other axes than those of the figure.
    """
    from likelihood_kit.reports.pit_figures import pit_plot

    return pit_plot(transform, ax)


@_plot_method
def plot_study(result: StudyResult, ax: Any = None, labels: Any = None, units: Any = None) -> Any:
    r"""One matplotlib figure of a study: root mean squared error, and efficiency where there is a bound, against n.

    Parameters
    ----------
    ax : Axes, or several, optional
        Axes to draw into: one for each parameter, for the errors, or twice as many for the efficiency too.
    labels, units : dict of name to str, optional
        What parameters and estimators are called, in matplotlib's notation ("$\sigma$"), and in which units the
        parameters are.

    Raises
    ------
    ArgumentError
        For other axes or names than those of the figure.
    """
    from likelihood_kit.reports.study_report import study_plot

    return study_plot(result, ax, labels, units)


@named_arguments
def plot_bounds(
    bounds: Any, study: StudyResult | None = None, *, scaled: bool = False, ax: Any = None, labels: Any = None,
    units: Any = None,
) -> Any:  # fmt: skip
    r"""One matplotlib figure of bounds on a variance against n, and of the estimators of a study beside them.

    Parameters
    ----------
    bounds : DataFrame, or dict of str to DataFrame
        Tables of bounds at several n, such as `lk.cramer_rao_bound(..., n=(20, 50, 100))`, by what they are called.
    study : StudyResult, optional
        Whose variances are drawn, with error bars of their Monte Carlo errors.
    scaled : bool
        Whether to draw n times the variance, which is level where the variance falls like 1 / n.
    ax : Axes, or several, optional
        Axes to draw into, one for each row of the tables; by default a figure is made.
    labels, units : dict of name to str, optional
        What parameters, bounds and estimators are called, in matplotlib's notation ("$\sigma$"), and in which units the
        parameters are.

    Raises
    ------
    ArgumentError
        For what is no such table, a study of other parameters, and other axes or names than those of the figure.
    """
    from likelihood_kit.reports.bound_figures import bounds_plot

    return bounds_plot(bounds, study, scaled, ax, labels, units)
