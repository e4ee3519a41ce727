"""Summaries of results in statsmodels' tables."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from itertools import groupby
from typing import Any

import numpy as np

from likelihood_kit._numerics.printed import counted
from likelihood_kit.errors import ArgumentError, shown
from likelihood_kit.families.compositions.censored import EVENT, is_censored
from likelihood_kit.models import inference
from likelihood_kit.models.columns import as_names
from likelihood_kit.models.reduced_certificate import NAMES

#: Places of a test's statistic and p-value in a row of statsmodels' table, after the name.
TESTS = slice(3, 5)
TESTS_OF_FRAME = slice(2, 4)

#: Columns of statsmodels' tables.
WIDTH = 78


def summary(results: Any, yname: str | None, xname: Any, title: str | None, alpha: float) -> Any:
    """Statsmodels' summary, with certificate and information used; a table for each predicted parameter."""
    from statsmodels.iolib.summary import Summary, summary_params

    _check_texts(yname=yname, title=title)
    model, family = results.model, results.model.family
    pseudo = model.pseudo
    criteria = _has_criteria(results)
    left = [
        ("Dep. Variable:", None),
        ("Model:", [type(model).__name__]),
        ("Family:", [repr(family) if family is not None else "own loglikeobs"]),
        ("Method:", [NAMES.get(results.bias_reduction, "Maximum Likelihood")]),
        ("No. Observations:", [counted(results.nobs)]),
        ("Df Residuals:", None),
        ("Df Model:", None),
        *((label, [number]) for label, number in counts(model).items()),
    ]
    right = [
        ("Log-Pseudolik.:" if pseudo else "Log-Likelihood:", [f"{results.llf:#.8g}"]),
        ("AIC:", [f"{results.aic:#.7g}" if criteria else "none"]),
        ("BIC:", [f"{results.bic:#.7g}" if criteria else "none"]),
        ("AICc:", [f"{results.aicc:#.7g}" if criteria else "none"]),
        ("Covariance Type:", [results.cov_type]),
        ("Derivatives:", [results.derivatives]),
        _certified(results),
    ]
    found = Summary()
    title = title or f"{type(model).__name__} Results"
    found.add_table_2cols(results, gleft=left, gright=right, yname=yname, xname=xname, title=title)
    names = _names(results, xname)
    columns = (
        np.asarray(results.params), np.asarray(results.bse), np.asarray(results.tvalues), np.asarray(results.pvalues),
        np.asarray(results.conf_int(alpha)),
    )  # fmt: skip
    possible = inference.may_be_zero(results)
    for heading, places in _blocks(model):
        part = (results, *(column[places] for column in columns))
        table = summary_params(
            part, yname=yname, xname=[names[j] for j in places], alpha=alpha, use_t=results.use_t, title=heading
        )
        found.tables.append(_tests_left_out(table, ~possible[places]))
    found.add_extra_txt([line for note in notes(results) for line in textwrap.wrap(note, WIDTH)])
    return found


def _has_criteria(results: Any) -> bool:
    """Whether information criteria have a meaning: at a certified maximum of a likelihood of independent rows."""
    whole = not results.model.pseudo and results.cov_type != "cluster"
    return whole and results.certificate.ok and results.bias_reduction is None


class _NoCriteria:
    """Results whose criteria, which they refuse, are no numbers: statsmodels asks for them whatever they are."""

    aic = bic = float("nan")

    def __init__(self, results: Any) -> None:
        self._results = results

    def __getattr__(self, name: str) -> Any:
        return getattr(self._results, name)


def _certified(results: Any) -> tuple[str, list[str]]:
    """Label and entry of what is certified of the estimates."""
    ok = results.certificate.ok
    if results.bias_reduction is not None:
        return "Bias-reduced:", ["yes" if ok else "NO"]
    return "Certified:", [results.certificate.grade if ok else "NO"]


def counts(model: Any) -> dict[str, str]:
    """Labels and numbers of what the observations are: events beside censored values, rows that stand for several."""
    found: dict[str, str] = {}
    if model.endog is None:  # the rows were removed
        return found
    if model.family is not None and is_censored(model.family):
        weights = np.ones(len(model.endog)) if model.freq_weights is None else model.freq_weights
        found["No. Events:"] = counted(float(weights @ (model.columns[EVENT] != 0)))
    if model.freq_weights is not None:
        found["No. Rows:"] = counted(len(model.endog))
    return found


def _blocks(model: Any) -> list[tuple[str | None, list[int]]]:
    """Headings of the tables, and the entries of params in each: one for each predictor, one for what has none."""
    blocks: list[tuple[str | None, list[int]]] = []
    begin = 0
    several = any(predictor.columns is not None for predictor in model.predictors)
    for natural, group in groupby(model.predictors, key=lambda predictor: predictor.columns is None):
        for predictor in group:
            places = list(range(begin, begin + predictor.size))
            begin += predictor.size
            if natural and blocks and blocks[-1][0] == "natural units":
                blocks[-1][1].extend(places)
            else:
                heading = "natural units" if natural else f"{predictor.name} ({predictor.link.name} link)"
                blocks.append((heading, places))
    return blocks if several else [(None, blocks[0][1])]


def _tests_left_out(table: Any, rows: np.ndarray) -> Any:
    """The table with z and P>|z| blank in the rows of parameters that cannot be 0."""
    for row in np.flatnonzero(rows):
        for cell in table[row + 1][TESTS]:
            cell.data = ""
    return table


def notes(results: Any) -> list[str]:
    """Sentences below the tables."""
    model = results.model
    found = [_sentence(str(results.certificate))]
    certain = np.isfinite(np.asarray(results.bse)).any()
    found += [results.cov_kwds["description"]] if certain else []
    found += [_sentence(results.covariance_note)] if results.covariance_note else []
    scales = inference.scales_in_words(results)
    if scales and certain:
        ratio = "t" if results.use_t else "z"
        untested = "" if inference.may_be_zero(results).all() else f"; no {ratio} where a parameter cannot be 0"
        found.append(f"Intervals of {scales}{untested}.")
    if results.density_note:
        found.append(_sentence(results.density_note))
    if results.derivatives == "numeric":
        why = "loglikeobs is the model's own" if model.family is None else model.family.kernels.reason
        error = f"estimated relative error {results.derivative_error:.0e}"
        found.append(f"Derivatives per observation are numeric, {error} ({why}).")
    linked = [f"{p.name} ({p.link.name} link)" for p in model.predictors if p.columns is not None]
    if linked:
        found.append(f"Coefficients of {', '.join(linked)}; all other parameters in natural units.")
    if model.family is not None and model.family.law.remark:
        found.append(f"{model.family.law.remark}.")
    if model.freq_weights is not None and model.endog is not None:
        rows = len(model.endog)
        found.append(
            f"{counted(results.nobs)} observations in {counted(rows)} row{'' if rows == 1 else 's'}, weighted by their "
            "frequencies."
        )
    if model.rows_dropped:
        left = "row with missing values was" if model.rows_dropped == 1 else "rows with missing values were"
        found.append(f"{counted(model.rows_dropped)} {left} left out.")
    return found


def _check_texts(**given: Any) -> None:
    """Refuse what is to be printed and is no text."""
    for argument, value in given.items():
        if value is not None and not isinstance(value, str):
            raise ArgumentError(f"{argument} = {shown(value)} is no text")


def _names(results: Any, xname: Any) -> list[str]:
    """Names of the entries of params in tables: those asked for, or the model's."""
    own = results.model.exog_names
    names = own if xname is None else list(as_names(xname, "xname"))
    if len(names) != len(own):
        raise ArgumentError(f"xname has {len(names)} names; it must hold one for each of {', '.join(own)}")
    return names


def _sentence(text: str) -> str:
    return text and text[0].upper() + text[1:] + "."


def summary2(results: Any, yname: str | None, xname: Any, title: str | None, alpha: float, float_format: str) -> Any:
    """Statsmodels' second form of the summary."""
    from statsmodels.iolib.summary2 import Summary

    _check_texts(yname=yname, title=title, float_format=float_format)
    try:
        _ = float_format % 1.0
    except (TypeError, ValueError):
        raise ArgumentError(f"float_format = {shown(float_format)} is no format such as '%.4f'") from None
    found = Summary()
    criteria = _has_criteria(results)
    found.add_base(
        results=results if criteria else _NoCriteria(results), alpha=alpha, float_format=float_format,
        xname=_names(results, xname), yname=yname, title=title or f"Results: {type(results.model).__name__}",
    )  # fmt: skip
    frame = found.tables[1].astype(object)
    frame.iloc[~inference.may_be_zero(results), TESTS_OF_FRAME] = ""
    found.tables[1] = frame
    if not criteria:
        _without_criteria(found.tables[0])
    _without_scale(found.tables[0], counts(results.model))
    for note in notes(results):
        found.add_text(note)
    return found


def _without_scale(table: Any, instead: Mapping[str, str]) -> None:
    """Put counts for statsmodels' scale, a dispersion that no family here has beside its parameters; or nothing."""
    cells = [(row, column) for column in range(0, table.shape[1], 2) for row in table.index]
    places = [place for place in cells if table.loc[place] == "Scale:"]
    places += [place for place in cells if table.loc[place] == ""]
    for (row, column), (label, number) in zip(places, [*instead.items(), *[("", "")] * len(places)], strict=False):
        table.loc[row, [column, column + 1]] = label, number


def _without_criteria(table: Any) -> None:
    """Put "none" for the information criteria, which have a meaning at the maximum only."""
    for column in range(0, table.shape[1], 2):
        criteria = table[column].isin(("AIC:", "BIC:"))
        table.loc[criteria, column + 1] = "none"
