"""Report of a study: its design, and what it says of consistency, efficiency and every other measure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from likelihood_kit._numerics.printed import counted, fixed, percent, shortest, significant, with_mcse
from likelihood_kit.diagnostics.intervals import HALF_WIDTH, LEVEL
from likelihood_kit.reports import references
from likelihood_kit.reports.alternatives import errors_show, ratios_show
from likelihood_kit.reports.document import Block, Definitions, Document, Figure, Heading, Paragraph, References, Table
from likelihood_kit.reports.formats import as_written, paired
from likelihood_kit.reports.names import distribution
from likelihood_kit.reports.prose import listed, sentence
from likelihood_kit.reports.study_figures import ESTIMATOR_NAMES, efficiency_figure, rmse_figure, study_grid
from likelihood_kit.reports.style import joined, within
from likelihood_kit.reports.wording import own_axes, wording
from likelihood_kit.simulation import MARGIN, StudyResult

#: Measures of the performance tables, with their headings; coverage in percent.
MEASURES = {
    "bias": "Bias",
    "empirical_se": "Empirical SE",
    "model_se": "Model SE",
    "rmse": "RMSE",
    "coverage": "Coverage, %",
}
#: Heading of the number of replications that have a standard error, where not all estimates have one.
WITH_ERRORS = "With SE"


def study_document(result: StudyResult, margin: float = MARGIN) -> Document:
    """Document of a study, its verdicts on the bound within a margin."""
    blocks = [
        Heading("Design"),
        Definitions(_design(result)),
        *_consistency(result),
        *_efficiency(result, margin),
        Heading("Performance"),
        *_performance(result),
        Heading("Methods"),
        Paragraph(methods(result)),
        Heading("References"),
        References(_references(result)),
    ]
    return Document(f"Simulation study of the {_law(result)}", tuple(blocks))


def study_figures(result: StudyResult) -> tuple[Figure, ...]:
    """Figures of a study: root mean squared error against n, and efficiency where there is a bound."""
    bars = f"error bars of {fixed(HALF_WIDTH, 2)} Monte Carlo standard errors"
    line = (
        "the dashed line is the Cramér–Rao bound"
        if result.bound is not None
        else "dotted lines have the expected slopes"
    )
    caption = f"Root mean squared error against the sample size, on log axes; {line}, {bars}."
    several = study_grid(result).columns > 1

    def narrow(draw: Callable[..., Any]) -> Callable[[], Any] | None:
        return (lambda: draw(result, narrow=True)) if several else None

    figures = [Figure(lambda: rmse_figure(result), caption, "rmse", errors_show(result), narrow(rmse_figure))]
    if result.bound is not None:
        caption = (
            f"Variance over the Cramér–Rao bound against the sample size, with {bars}; the dashed line is the bound."
        )
        shows = ratios_show(result)
        drawing = narrow(efficiency_figure)
        figures.append(Figure(lambda: efficiency_figure(result), caption, "efficiency", shows, drawing))
    return tuple(figures)


def study_plot(result: StudyResult, ax: Any = None, labels: Any = None, units: Any = None) -> Any:
    """One matplotlib figure of a study: root mean squared error, and efficiency where there is a bound, against n."""
    words = wording(labels, units, [*result.parameter_names, *result.estimators])
    parts = [(study_grid(result), lambda place: rmse_figure(result, place, words))]
    if result.bound is not None:
        parts.append((study_grid(result), lambda place: efficiency_figure(result, place, words)))
    if ax is None:
        return joined(parts, across=len(result.parameter_names) == 1)
    own = own_axes(ax, {len(result.parameter_names) * k: what for k, what in ((1, "the errors"), (len(parts), "all"))})
    return within(own, parts[: len(own) // len(result.parameter_names)])


def _law(result: StudyResult) -> str:
    """The distribution with what is fixed or chosen in it, as its family prints it."""
    name, _, chosen = result.family.partition("(")
    if not chosen.removesuffix(")"):
        return distribution(name)
    return f"{result.family} distribution"


def _named(estimator: str) -> str:
    return ESTIMATOR_NAMES.get(estimator, estimator)


def _design(result: StudyResult) -> tuple[tuple[str, str], ...]:
    """Aims, data-generating mechanism, estimands, methods and performance measures (Morris et al. 2019)."""
    names = listed(result.parameter_names)
    truth = listed(f"{name} = {shortest(value)}" for name, value in result.truth.items())
    plural = "s" if len(result.estimators) > 1 else ""
    return (
        (
            "Aims",
            f"To see whether the estimator{plural} of {names} converge{'' if plural else 's'} to the truth, at what "
            "rate, and whether the variance attains the Cramér–Rao bound, as the sample grows.",
        ),
        (
            "Data-generating mechanism",
            f"Independent observations from the {_law(result)} with {truth}; samples of n = "
            f"{listed(result.sizes)}; {counted(result.replications)} replications of each, the same for all "
            "estimators.",
        ),
        ("Estimands", f"The parameters: {names}."),
        ("Methods", sentence(listed(_named(name) for name in result.estimators))),
        (
            "Performance measures",
            "Bias, empirical and model-based standard error, root mean squared error, coverage of the "
            f"{percent(LEVEL)} Wald interval{_on_scales(result)}, and failures, each with its Monte Carlo standard "
            f"error in parentheses (Morris et al. 2019, Table 6{_errors(result)}). A replication without an estimate "
            "is a failure, and left out of the other measures; an estimate at an end of the parameter space is none, "
            f"but has no standard error. Infinite estimates are counted, and {_infinite(result)} bias, variance and "
            "errors.",
        ),
    )


def _on_scales(result: StudyResult) -> str:
    """Clause on the scales on which intervals are symmetric."""
    named: dict[str, list[str]] = {}
    for name, (_, _, link) in result.scales.items():
        if link != "identity":
            named.setdefault(link, []).append(name)
    words = listed(f"of {listed(names)} on the {link} scale" for link, names in named.items())
    return f" ({words})" if named else ""


def _errors(result: StudyResult) -> str:
    """Clause on what the Monte Carlo standard errors rest on."""
    return "" if result.mcse == "normal" else "; of the empirical one from fourth moments, Kenney and Keeping 1951"


def _infinite(result: StudyResult) -> str:
    return "kept in" if result.infinite == "kept" else "left out of"


def _consistency(result: StudyResult) -> list[Block]:
    found = result.consistency()
    table = found.table
    rows = _rows(table)
    frame = pd.DataFrame(
        {
            "Slope": with_mcse(list(table["slope"]), list(table["se"])),
            "At the largest sizes": with_mcse(list(table["local_slope"]), list(table["local_se"])),
            "Beside 1/n": with_mcse(list(table["limit_slope"]), list(table["limit_se"])),
            "Expected": [shortest(value) for value in table["expected"]],
            "Lack of fit": [fixed(value, 1) for value in table["lack_of_fit"]],
            "Median error": with_mcse(list(table["median_slope"]), list(table["median_se"])),
        },
        index=rows,
    )
    note = (
        "Weighted least squares over all sizes, between the two largest, and beside a term in 1/n; standard errors in "
        "parentheses. Verdicts rest on the last: small sizes bend the others. Lack of fit: mean squared distance from "
        "a line, 1 where Monte Carlo error explains it. Median error: slope of the log median absolute error, which "
        "heavy tails do not move."
    )
    caption = "Slope of the log root mean squared error on log n."
    figure = study_figures(result)[0]
    return [
        Heading("Consistency"),
        Definitions(_verdicts(found.verdicts)),
        Paragraph(found.level),
        Table(frame, caption, as_written(frame.columns), note),
        figure,
    ]


def _efficiency(result: StudyResult, margin: float) -> list[Block]:
    heading = Heading("Efficiency")
    if result.bound is None:
        return [heading, Paragraph(sentence(result.no_bound))]
    found = result.efficiency(margin)
    frame = _pivoted(found.table, "ratio")
    caption = "Variance over the Cramér–Rao bound of unbiased estimators, by sample size."
    note = "Monte Carlo standard errors in parentheses, from the fourth moments of the estimates."
    return [
        heading,
        Definitions(_verdicts(found.verdicts)),
        Paragraph(found.level),
        Table(frame, caption, as_written(frame.columns), note),
        study_figures(result)[1],
    ]


def _pivoted(table: pd.DataFrame, value: str) -> pd.DataFrame:
    """Estimators and parameters in rows, sizes in columns, cells with their Monte Carlo standard errors."""
    pieces = []
    for (estimator, name), rows in table.groupby(["estimator", "parameter"], sort=False):
        cells = with_mcse(list(rows[value]), list(rows["mcse"]))
        pieces.append(
            pd.Series(cells, index=[f"n = {n}" for n in rows["size"]], name=(_named(str(estimator)), str(name)))
        )
    frame = pd.DataFrame(pieces)
    frame.index = pd.MultiIndex.from_tuples(frame.index, names=["Estimator", "Parameter"])
    return frame


def _rows(table: pd.DataFrame) -> pd.MultiIndex:
    pairs = zip(map(_named, table["estimator"]), table["parameter"], strict=True)
    return pd.MultiIndex.from_tuples(pairs, names=["Estimator", "Parameter"])


def _verdicts(verdicts: Mapping[tuple[str, str], str]) -> tuple[tuple[str, str], ...]:
    return tuple(
        (sentence(f"{_named(estimator)}, {name}").removesuffix("."), sentence(text))
        for (estimator, name), text in verdicts.items()
    )


def _performance(result: StudyResult) -> list[Block]:
    blocks: list[Block] = []
    for name, value in result.truth.items():
        frame = _measures(result, name)
        caption = f"Performance for {name} = {shortest(value)}."
        note = "Monte Carlo standard errors in parentheses."
        if WITH_ERRORS in frame:
            note += f" {WITH_ERRORS}: replications on which model SE and coverage stand."
        blocks.append(Table(frame, caption, as_written(frame.columns), note))
    heavy = result.few_carriers()
    if heavy:
        named = "; ".join(f"{_named(who)}, {name}, at n = {listed(sizes)}" for (who, name), sizes in heavy.items())
        blocks.append(
            Paragraph(
                "Few replications carry the fourth moment of the estimates, for heavy tails or too few in all, so that "
                f"Monte Carlo standard errors of the empirical SE are themselves in error by more than 15 %: {named}."
            )
        )
    return blocks


def _measures(result: StudyResult, parameter: str) -> pd.DataFrame:
    table = result.table[result.table["parameter"] == parameter]
    wide = table.pivot(index=["estimator", "size"], columns="measure", values=["value", "mcse"])
    wide = wide.loc[[(estimator, n) for estimator in result.estimators for n in result.sizes]]
    percent = pd.Series({name: 100.0 if name == "coverage" else 1.0 for name in MEASURES})
    shown = [name for name in MEASURES if name in wide["value"]]
    frame = paired(*(wide[part][shown] * percent[shown] for part in ("value", "mcse"))).rename(columns=MEASURES)
    values = wide["value"]
    estimates = result.replications - values["failures"] - values["infinite"]
    if "standard_errors" in values and (values["standard_errors"] < estimates).any():
        frame[WITH_ERRORS] = _counts(wide, "standard_errors")
    if values["infinite"].any():
        frame["Infinite"] = _counts(wide, "infinite")
    frame["Failures"] = _counts(wide, "failures")
    frame.index = pd.MultiIndex.from_tuples([(_named(e), n) for e, n in wide.index], names=["Estimator", "n"])
    return frame


def _counts(wide: pd.DataFrame, name: str) -> list[str]:
    """Cells of a number of replications, with its Monte Carlo standard error where it is not zero."""
    pairs = zip(wide["value"][name], wide["mcse"][name], strict=True)
    return [_count(count, mcse) for count, mcse in pairs]


def _count(count: float, mcse: float) -> str:
    if np.isnan(count):
        return "nan"
    return counted(count) + (f" ({fixed(mcse, 0)})" if mcse else "")


def methods(result: StudyResult) -> str:
    """A paragraph that a paper could use."""
    largest = np.sqrt(LEVEL * (1 - LEVEL) / result.replications)
    by_newton = "mle" in result.estimators and result.bound is not None
    fits = "Maximum likelihood was by damped Newton steps on all replications at once. " if by_newton else ""
    return (
        f"We simulated {counted(result.replications)} samples of each of {len(result.sizes)} sizes, by which the Monte "
        f"Carlo standard error of a coverage of {percent(LEVEL)} is {significant(100 * largest, 2)} %. {fits}Random "
        f"numbers came from NumPy's default generator with seed {result.seed}. All computations used "
        f"{references.software()}."
    )


def _references(result: StudyResult) -> tuple[Any, ...]:
    cited = [references.MORRIS, references.VAN_DER_VAART]
    if result.mcse == "moments":
        cited.append(references.KENNEY_KEEPING)
    if result.bound is not None:
        cited.append(references.CRAMER)
    return tuple(sorted(cited, key=lambda reference: reference.text.lower()))
