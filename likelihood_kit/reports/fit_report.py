"""Report of a fit: what was fitted, why it is the maximum, what it found, and a paragraph for the paper."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from likelihood_kit.calculus import latex_name, notation_of
from likelihood_kit.errors import DataError, NotAvailableError, TraceError
from likelihood_kit.models.results import COVARIANCES
from likelihood_kit.reports import references
from likelihood_kit.reports.document import (
    Block,
    Document,
    Figure,
    Format,
    Formula,
    Heading,
    Paragraph,
    References,
    Table,
)
from likelihood_kit.reports.fit_figures import FITTED_GRID, fitted_figure
from likelihood_kit.reports.formats import decimals, errors, like_error
from likelihood_kit.reports.likelihood_figures import CUT, MOST_SLICES, is_regular, likelihood_figure, likelihood_grid
from likelihood_kit.reports.prose import listed, sentence
from likelihood_kit.reports.style import joined

ESTIMATE_HEADINGS = {
    "estimate": "Estimate",
    "standard_error": "Standard error",
    "lower": "Lower 95 %",
    "upper": "Upper 95 %",
}
AUDIT_HEADINGS = {
    "observed": "Observed",
    "expected": "Expected",
    "outer_product": "Outer product",
    "sandwich": "Sandwich",
    "expected/observed": "Exp./obs.",
    "outer_product/observed": "Outer/obs.",
    "sandwich/observed": "Sandw./obs.",
    "noise": "Noise",
}
BOUND_HEADINGS = {
    "value": "Value",
    "standard_error_bound": "Bound on the standard error",
    "variance_bound": "On the variance",
}


def fit_document(results: Any) -> Document:
    """Document of a fit; results wrapped or not.

    Raises
    ------
    DataError
        Where the data were removed from the results.
    """
    results = _with_data(results)
    blocks = [
        *_model(results),
        *_estimates(results),
        *fit_figures(results),
        *_information(results),
        *_bounds(results),
        Heading("Methods"),
        Paragraph(methods(results)),
        Heading("References"),
        References(_references(results)),
    ]
    return Document(_title(results), tuple(blocks))


def _with_data(results: Any) -> Any:
    results = getattr(results, "_results", results)
    if getattr(results.model, "endog", None) is None:
        raise DataError("the data were removed from these results (remove_data): a report or a plot needs them")
    return results


def _title(results: Any) -> str:
    model = results.model
    if model.family is None:
        return f"Maximum likelihood fit of {type(model).__name__} to {model.endog_names}"
    kind = "regression for" if model.exog is not None else "law fitted to"
    return f"{model.family.name} {kind} {model.endog_names}"


def _model(results: Any) -> list[Block]:
    model, family = results.model, results.model.family
    n = f"{len(model.endog)} observations of {model.endog_names}"
    blocks: list[Block] = []
    if family is None:
        text = f"The model {type(model).__name__}, which defines its own log likelihood, was fitted to {n}."
        blocks.append(Paragraph(f"{text} Its parameters are {listed(model.data.param_names)}."))
    else:
        held = "".join(f", with {name} held at {value:g}" for name, value in family.fixed.items())
        free = listed(family.parameter_names)
        plural = "s" if len(family.parameter_names) > 1 else ""
        intro = f"A {family.name} law with parameter{plural} {free}{held} was fitted to {n}."
        blocks.append(Paragraph(f"{intro} Its log density is"))
        blocks.append(log_density_block(family))
        if model.exog is not None:
            blocks += _predictor(results)
    blocks.append(Paragraph(sentence(results.certificate), lead="Certificate."))
    return blocks


def log_density_block(family: Any) -> Block:
    """The log density as a formula, or the sentence that it has no symbolic form."""
    try:
        found = notation_of(family.formula, family.fixed)
    except TraceError as error:
        return Paragraph(f"not available as a formula: {error}.")
    return Formula(rf"\log f(y) = {found.latex}", f"log f(y) = {found.text}")


def _predictor(results: Any) -> list[Block]:
    """How the predicted parameter depends on the predictors."""
    model, family = results.model, results.model.family
    driven = family.predicted
    names = [name for name in model.data.param_names if name not in family.parameter_names]
    link = family.links[driven]
    left = link.latex % rf"{latex_name(driven)}_i"
    intro = f"where {driven} varies over the observations on the {link.name} scale, in {listed(names)}:"
    text = f"{link.name}({driven}[i]) = x[i]' beta"
    return [Paragraph(intro), Formula(rf"{left} = \mathbf{{x}}_i^{{T}} \beta", text)]


def _estimates(results: Any) -> list[Block]:
    frame = results.estimates.rename(columns=ESTIMATE_HEADINGS)
    note = f"Standard errors from the {COVARIANCES[results.cov_type]}; 95 % Wald intervals."
    formats: dict[str, Format] = {name: like_error("Standard error") for name in frame.columns}
    if frame["Standard error"].isna().all():
        frame, note, formats = frame[["Estimate"]], "", {}
    blocks: list[Block] = [Heading("Estimates"), Table(frame, "Maximum likelihood estimates.", formats, note)]
    why = getattr(results, "covariance_note", "")
    if why:
        blocks.append(Paragraph(sentence(why), lead="Standard errors."))
    statistics = {
        "Observations": f"{int(results.nobs)}",
        "Free parameters": f"{len(results.model.data.param_names)}",
        "Residual degrees of freedom": f"{results.df_resid:g}",
        "Log likelihood": f"{results.llf:.4f}",
        "AIC": f"{results.aic:.3f}",
        "AICc": f"{results.aicc:.3f}",
        "BIC": f"{results.bic:.3f}",
    }
    values = pd.DataFrame({"Value": statistics})
    blocks.append(Table(values, "Fit statistics.", {"Value": lambda frame, name: list(frame[name])}))
    return blocks


def fit_figures(results: Any) -> tuple[Figure, ...]:
    """Figures of a fit: its likelihood, and the data under the fitted law."""
    results = _with_data(results)
    figures = [Figure(lambda: likelihood_figure(results), _likelihood_caption(results), "likelihood")]
    if results.model.family is not None:
        figures.append(Figure(lambda: fitted_figure(results), _fitted_caption(results), "fitted"))
    return tuple(figures)


def fit_plot(results: Any) -> Any:
    """One matplotlib figure of a fit: its likelihood, and the data under the fitted law."""
    results = _with_data(results)
    parts = [(likelihood_grid(results), lambda place: likelihood_figure(results, place))]
    if results.model.family is not None:
        parts.append((FITTED_GRID, lambda place: fitted_figure(results, place)))
    return joined(parts, across=len(results.model.data.param_names) <= 2)


def _likelihood_caption(results: Any) -> str:
    names = results.model.data.param_names
    certain = np.isfinite(np.asarray(results.bse)).all()
    if len(names) == 1:
        wald = (
            ", its quadratic approximation (dashed), and the 95 % Wald interval, drawn where a likelihood interval of "
            f"the same confidence is cut, at -{CUT:.2f}"
        )
        return f"Log likelihood of {names[0]} relative to its maximum{wald if certain else ''}."
    if len(names) == 2:
        if not is_regular(results):
            return f"Log likelihood of {listed(names)} relative to its maximum, which lies at a corner of its domain."
        wald = ", and the 95 % Wald region (dashed)" if certain else ""
        return f"Joint likelihood regions of {listed(names)}, by the chi-squared law with two degrees of freedom{wald}."
    shown = "" if len(names) <= MOST_SLICES else f" of the first {MOST_SLICES} of {len(names)} parameters"
    return (
        f"Slices of the log likelihood{shown} through the estimate: one parameter moves, the others stay at their "
        "estimates. They are not profiles; the Wald intervals allow for the other parameters, and are wider than the "
        "slices where estimates are correlated."
    )


def _fitted_caption(results: Any) -> str:
    model, family = results.model, results.model.family
    if model.exog is not None:
        randomised = ", randomised within the steps of the discrete law" if family.discrete else ""
        return (
            f"Quantile residuals of {model.endog_names} against standard normal quantiles{randomised} (Dunn and Smyth "
            "1996); the pointwise band holds 95 % of those of the fitted law."
        )
    if family.discrete:
        fitted = f"probabilities of the fitted {family.name} law (points)"
        return f"Relative frequencies of {model.endog_names} (bars) and {fitted}."
    return f"Histogram of {model.endog_names} and density of the fitted {family.name} law."


def _information(results: Any) -> list[Block]:
    heading = Heading("Information audit")
    try:
        audit = results.information_audit()
    except NotAvailableError as error:
        return [heading, Paragraph(sentence(error))]
    frame = audit.table[[name for name in AUDIT_HEADINGS if name in audit.table]].rename(columns=AUDIT_HEADINGS)
    ratios = [heading for name, heading in AUDIT_HEADINGS.items() if "/" in name or name == "noise"]
    formats = {name: decimals(3) if name in ratios else errors for name in frame.columns}
    note = "Noise: standard error that the last ratio would have if the model were right." if "Noise" in frame else ""
    caption = "Standard errors from each information, and their ratios to those from the observed information."
    return [heading, Table(frame, caption, formats, note), Paragraph(audit.verdict, lead="Verdict.")]


def _bounds(results: Any) -> list[Block]:
    heading = Heading("Cramér–Rao bounds")
    try:
        table = results.cramer_rao()
    except NotAvailableError as error:
        return [heading, Paragraph(sentence(error))]
    frame = table[list(BOUND_HEADINGS)].rename(columns=BOUND_HEADINGS)
    bound = BOUND_HEADINGS["standard_error_bound"]
    formats = {"Value": like_error(bound), bound: errors, BOUND_HEADINGS["variance_bound"]: errors}
    caption = f"Least standard error and variance of an unbiased estimator from {int(results.nobs)} observations."
    return [heading, Table(frame, caption, formats, "Evaluated at the estimates.")]


def methods(results: Any) -> str:
    """A paragraph that a paper could use."""
    family, certificate = results.model.family, results.certificate
    what = "the parameters" if family is None else f"the parameters of the {family.name} law"
    if not is_regular(results):
        search = "in closed form, since the support of the law moves with its parameters"
    else:
        kind = "symbolic derivatives" if results.derivatives == "symbolic" else "numerical derivatives"
        search = f"by damped Newton steps with {kind} of the log density of each observation"
    parts = [f"We estimated {what} by maximum likelihood, {search}."]
    if certificate.ok and is_regular(results):
        parts.append(
            "That the estimate is the maximum was certified by its Newton decrement "
            f"({certificate.newton_decrement:.1e} standard errors), the positive definite observed information, the "
            f"fall of the likelihood in all principal directions, and {certificate.agreeing} of {certificate.restarts} "
            "independent restarts that ended at the same place."
        )
    elif not certificate.ok:
        parts.append(f"The estimate is not certified to be the maximum: {'; '.join(certificate.reasons)}.")
    if np.isfinite(np.asarray(results.bse)).all():
        law = "Student t" if getattr(results, "use_t", False) else "normal"
        covariance = COVARIANCES[results.cov_type]
        parts.append(f"Standard errors are from the {covariance}, with Wald intervals from the {law} law.")
    parts.append(f"All computations used {references.software()}.")
    return " ".join(parts)


def _references(results: Any) -> tuple[Any, ...]:
    cited = [references.AKAIKE, references.HURVICH_TSAI, references.SCHWARZ]
    if is_regular(results):
        cited += [references.CRAMER, references.EFRON_HINKLEY, references.WHITE]
    else:
        cited.append(references.VAN_DER_VAART)
    if results.model.family is not None and results.model.exog is not None:
        cited.append(references.DUNN_SMYTH)
    return tuple(sorted(cited, key=lambda reference: reference.text.lower()))
