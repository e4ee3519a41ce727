"""Alternative texts of the figures: what is to be seen in them, with its numbers, for who cannot see it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from likelihood_kit._numerics.printed import counted, significant
from likelihood_kit.diagnostics.residuals import quantile_plot
from likelihood_kit.models import LikelihoodResults
from likelihood_kit.reports.fitted import FittedRows, fitted_rows
from likelihood_kit.reports.prose import listed
from likelihood_kit.reports.study_figures import ESTIMATOR_NAMES
from likelihood_kit.simulation import StudyResult

#: Digits of a number in such a text.
DIGITS = 3
#: Rows above which residuals are not computed once more for their text.
MOST_ROWS = 200_000


def likelihood_shows(results: LikelihoodResults) -> str:
    """What the figure of the likelihood shows."""
    names, params = results.model.exog_names, np.asarray(results.params)
    top = listed(f"{name} = {significant(value, DIGITS)}" for name, value in zip(names, params, strict=True))
    kind = {1: "A curve of the log likelihood", 2: "Contours of the log likelihood"}.get(
        len(names), "Curves of the log likelihood, one for each parameter"
    )
    return f"{kind} around the estimate {top}, which is marked."


def fitted_shows(results: LikelihoodResults) -> str:
    """What the figure of the data under the fitted law shows."""
    rows, name = fitted_rows(results), results.model.endog_names
    if not rows.identical:
        return _residuals_show(rows, name)
    low, high = (significant(float(end), DIGITS) for end in (rows.y.min(), rows.y.max()))
    mean = significant(float(rows.weights @ rows.y), DIGITS)
    drawn = "points of the fitted probabilities" if rows.family.discrete else "the curve of the fitted density"
    return (
        f"Bars of the {counted(results.nobs)} observations of {name}, from {low} to {high} with mean {mean}, under "
        f"{drawn}."
    )


def _residuals_show(rows: FittedRows, name: str) -> str:
    drawn = (
        f"Points of the ordered quantile residuals of {name} against normal quantiles, with the line of an exact fit"
    )
    if len(rows.y) > MOST_ROWS or rows.sampling is not None:
        return f"{drawn}."
    found = quantile_plot(rows.residuals())
    ends = " to ".join(significant(float(found.residuals[i]), DIGITS) for i in (0, -1))
    low, high = (found.residuals[0], found.residuals[-1]) if found.band is None else found.band
    outside = int(((found.residuals < low) | (found.residuals > high)).sum())
    return f"{drawn}: they run from {ends}, {counted(outside)} of {counted(len(found.residuals))} outside the band."


def errors_show(result: StudyResult) -> str:
    """What the figure of root mean squared errors shows."""
    table = result.table[result.table["measure"] == "rmse"]
    return f"Root mean squared error by sample size. {_from_to(result, table, 'value')}"


def ratios_show(result: StudyResult) -> str:
    """What the figure of variances over the bound shows."""
    return f"Variance over the Cramér–Rao bound by sample size. {_from_to(result, result.efficiency().table, 'ratio')}"


def _from_to(result: StudyResult, table: pd.DataFrame, column: str) -> str:
    sentences = []
    for name in result.parameter_names:
        parts = []
        for estimator in result.estimators:
            rows = table[(table["parameter"] == name) & (table["estimator"] == estimator)]
            first, last = (significant(float(rows[column].iloc[i]), DIGITS) for i in (0, -1))
            parts.append(f"{ESTIMATOR_NAMES.get(estimator, estimator)} from {first} to {last}")
        sentences.append(f"{name}: {'; '.join(parts)}.")
    return f"From n = {result.sizes[0]} to n = {result.sizes[-1]}, {' '.join(sentences)}"
