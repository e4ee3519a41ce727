"""Report of a fit: what was fitted, why it is the maximum, what it found, and a paragraph for the paper."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd

from likelihood_kit._numerics.printed import counted, fixed, percent, shortest
from likelihood_kit.diagnostics.intervals import LEVEL
from likelihood_kit.diagnostics.specification import DISTANCE, MATRIX, SKEWNESS
from likelihood_kit.errors import NotAvailableError, ParameterError
from likelihood_kit.models import LikelihoodResults
from likelihood_kit.models.inference import scales_in_words
from likelihood_kit.reports import references
from likelihood_kit.reports.alternatives import fitted_shows, likelihood_shows
from likelihood_kit.reports.document import Block, Document, Figure, Format, Heading, Paragraph, References, Table
from likelihood_kit.reports.fit_figures import FITTED_GRID, fitted_caption, fitted_figure
from likelihood_kit.reports.fitted import fitted_rows, is_calibrated, is_likelihood, left_out, with_data
from likelihood_kit.reports.formats import as_written, decimals, errors, like_error
from likelihood_kit.reports.likelihood_figures import likelihood_caption, likelihood_figure, likelihood_grid
from likelihood_kit.reports.methods import methods
from likelihood_kit.reports.model_section import model_section, title
from likelihood_kit.reports.prose import listed, sentence
from likelihood_kit.reports.style import Grid, joined, within
from likelihood_kit.reports.wording import own_axes, wording

ESTIMATE_HEADINGS = {
    "estimate": "Estimate",
    "standard_error": "Standard error",
    "lower": f"Lower {percent(LEVEL)}",
    "upper": f"Upper {percent(LEVEL)}",
}
AUDIT_HEADINGS = {
    "observed": "Observed",
    "expected": "Expected",
    "outer_product": "Outer product",
    "sandwich": "Sandwich",
    "expected/observed": "Exp./obs.",
    "outer_product/observed": "Outer/obs.",
    "sandwich/observed": "Sandw./obs.",
    "cluster": "Cluster",
    "cluster/observed": "Clust./obs.",
    "lower": f"Lower {percent(LEVEL)}",
    "upper": f"Upper {percent(LEVEL)}",
}
BOUND_HEADINGS = {
    "value": "Value",
    "standard_error_bound": "Bound on the standard error",
    "variance_bound": "On the variance",
}
#: Decimals of a log likelihood and of criteria: differences of a hundredth are told apart.
LIKELIHOOD_DECIMALS, CRITERION_DECIMALS, RATIO_DECIMALS = 4, 3, 3


def fit_document(results: LikelihoodResults) -> Document:
    """Document of a fit; results wrapped or not.

    Raises
    ------
    DataError
        Where the data were removed from the results.
    """
    results = with_data(results)
    bounds = _bounds(results) if not left_out(results) else []
    sections = [*_information(results), *bounds] if not left_out(results) else []
    cited = _references(results, bounded=any(isinstance(block, Table) for block in bounds))
    blocks: list[Block] = [
        *model_section(results),
        *estimates_section(results),
        *fit_figures(results),
        *sections,
        Heading("Methods"),
        Paragraph(methods(results)),
    ]
    if cited:
        blocks += [Heading("References"), References(cited)]
    return Document(title(results), tuple(blocks))


def estimates_section(results: LikelihoodResults) -> list[Block]:
    """The estimates with their errors, the statistics of the fit, and why some are left out."""
    frame = results.estimates.rename(columns=ESTIMATE_HEADINGS)
    frame.index = _entries(results)
    scales = scales_in_words(results)
    intervals = f"{percent(LEVEL)} Wald intervals{f', of {scales}' if scales else ''}"
    note = f"Standard errors from the {results.covariance_used}; {intervals}."
    formats: dict[str, Format] = {name: like_error("Standard error") for name in frame.columns}
    if frame["Standard error"].isna().all():
        frame, note, formats = frame[["Estimate"]], "", {}
    likelihood = "Maximum likelihood" if is_likelihood(results) else "Maximum pseudo-likelihood"
    caption = f"{likelihood} estimates." if results.certificate.ok else "Where the search ended: no certified maximum."
    if results.bias_reduction is not None:
        caption = "Bias-reduced estimates." if results.certificate.ok else "Where the search ended: not bias-reduced."
    blocks: list[Block] = [Heading("Estimates"), Table(frame, caption, formats, note)]
    if results.covariance_note:
        blocks.append(Paragraph(sentence(results.covariance_note), lead="Standard errors."))
    if results.density_note:
        blocks.append(Paragraph(sentence(results.density_note), lead="No density."))
    values = pd.DataFrame({"Value": _statistics(results)})
    blocks.append(Table(values, "Fit statistics.", as_written(["Value"])))
    why = left_out(results)
    return [*blocks, Paragraph(sentence(why), lead="Left out.")] if why else blocks


def _entries(results: LikelihoodResults) -> pd.Index:
    """Names of the estimates; where something predicts, the parameter and its scale before them."""
    predictors = results.model.predictors
    if all(predictor.columns is None for predictor in predictors):
        return pd.Index(results.model.exog_names)
    entries = []
    for predictor in predictors:
        if predictor.columns is None:
            entries.append((predictor.name, ""))
        else:
            entries += [(f"{predictor.name} ({predictor.link.name} link)", label) for label in predictor.labels]
    return pd.MultiIndex.from_tuples(entries, names=["Parameter", "Coefficient"])


def _statistics(results: LikelihoodResults) -> dict[str, str]:
    statistics = {
        "Observations": counted(results.nobs),
        "Free parameters": counted(len(results.params)),
        "Residual degrees of freedom": shortest(results.df_resid),
        "Log likelihood" if is_likelihood(results) else "Log pseudo-likelihood": fixed(
            results.llf, LIKELIHOOD_DECIMALS
        ),
    }
    if not left_out(results) and results.cov_type != "cluster":
        criteria = {"AIC": results.aic, "AICc": results.aicc, "BIC": results.bic}
        statistics |= {name: fixed(value, CRITERION_DECIMALS) for name, value in criteria.items()}
    return statistics


def fit_figures(results: LikelihoodResults) -> tuple[Figure, ...]:
    """Figures of a fit: its likelihood, and the data under the fitted law."""
    results = with_data(results)
    figures = []
    if results.bias_reduction is None:  # others are no maximum, from which falls of the likelihood are drawn
        narrow = (lambda: likelihood_figure(results, narrow=True)) if likelihood_grid(results).columns > 1 else None
        caption, shows = likelihood_caption(results), likelihood_shows(results)
        figures.append(Figure(lambda: likelihood_figure(results), caption, "likelihood", shows, narrow))
    if results.model.family is not None:
        figures.append(Figure(lambda: fitted_figure(results), fitted_caption(results), "fitted", fitted_shows(results)))
    return tuple(figures)


def fit_plot(results: LikelihoodResults, ax: Any = None, labels: Any = None, units: Any = None) -> Any:
    """One matplotlib figure of a fit: its likelihood, unless it is bias-reduced, and the data under the fitted law."""
    results = with_data(results)
    words = wording(labels, units, [*results.model.exog_names, results.model.endog_names])
    parts: list[tuple[Grid, Any]] = []
    if results.bias_reduction is None:
        parts.append((likelihood_grid(results), lambda place: likelihood_figure(results, place, words)))
    if results.model.family is not None:
        parts.append((FITTED_GRID, lambda place: fitted_figure(results, place, words)))
    if ax is None:
        return joined(parts, across=len(results.params) <= 2)
    own = own_axes(ax, {1: "the last panel", sum(grid.count for grid, _ in parts): "all panels"})
    return within(own, parts if len(own) > 1 else parts[-1:])


def _information(results: LikelihoodResults) -> list[Block]:
    heading = Heading("Information audit")
    try:
        audit = results.information_audit()
    except NotAvailableError as error:
        return [heading, Paragraph(sentence(error))]
    frame = audit.printed.rename(columns=AUDIT_HEADINGS)
    ratios = [heading for name, heading in AUDIT_HEADINGS.items() if "/" in name or name in ("lower", "upper")]
    formats = {name: decimals(RATIO_DECIMALS) if name in ratios else errors for name in frame.columns}
    drawn = audit.test is not None and audit.test.replications
    law = "samples of the fitted law, its parameters estimated from each" if drawn else "large samples of a right model"
    range_of = f"Lower and upper: ends of the range of Sandw./obs. in {percent(LEVEL)} of {law}."
    note = "" if audit.test is None else range_of
    remarks = [Paragraph(" ".join(sentence(text) for text in audit.remarks), lead="Notes.")] if audit.remarks else []
    caption = "Standard errors from each information, and their ratios to those from the observed information."
    return [
        heading,
        Table(frame, caption, formats, note),
        Paragraph(_in_prose(audit.verdict), lead="Verdict."),
        *remarks,
    ]


def _in_prose(verdict: str) -> str:
    """A verdict without the words of Python."""
    return re.sub(r"cov_type='(\w+)'", lambda found: f"{found[1].replace('_', ' ')} standard errors", verdict)


def _audited(results: LikelihoodResults) -> tuple[Any, ...]:
    """References of what the verdict of the audit says."""
    try:
        parts = getattr(results.information_audit().test, "parts", {})
    except NotAvailableError:
        return ()
    sources = {MATRIX: references.HOROWITZ, DISTANCE: references.ANDERSON_DARLING, SKEWNESS: references.SMOOTH_TESTS}
    return tuple(source for part, source in sources.items() if part in parts and len(parts) > 1)


def _bounds(results: LikelihoodResults) -> list[Block]:
    heading = Heading("Cramér–Rao bounds")
    try:
        table = results.cramer_rao()
    except ParameterError:  # a known quantity was not given
        missing = [name for name in results.model.family.law.known if name not in results.model.columns]
        return [heading, Paragraph(f"They need {listed(missing)} of each row, which the model was not given.")]
    except NotAvailableError as error:
        return [heading, Paragraph(sentence(error))]
    frame = table[list(BOUND_HEADINGS)].rename(columns=BOUND_HEADINGS)
    bound = BOUND_HEADINGS["standard_error_bound"]
    formats = {"Value": like_error(bound), bound: errors, BOUND_HEADINGS["variance_bound"]: errors}
    caption = f"Least standard error and variance of an unbiased estimator from {counted(results.nobs)} observations."
    return [heading, Table(frame, caption, formats, "Evaluated at the estimates.")]


def _references(results: LikelihoodResults, *, bounded: bool) -> tuple[Any, ...]:
    cited = [references.CRAMER] if bounded else []
    if not left_out(results):
        cited += [references.AKAIKE, references.HURVICH_TSAI, references.SCHWARZ]
        if is_calibrated(results):
            cited += [references.EFRON_HINKLEY, *_audited(results)]
    if results.bias_reduction is not None:
        cited.append(references.REDUCTIONS[results.bias_reduction])
    if np.isfinite(np.asarray(results.bse)).any():
        cited.append(references.WHITE)
    if not is_calibrated(results) and is_likelihood(results):
        cited.append(references.VAN_DER_VAART)
    if results.model.family is not None and not fitted_rows(results).identical:
        cited.append(references.DUNN_SMYTH)
    return tuple(sorted(cited, key=lambda reference: reference.text.lower()))
