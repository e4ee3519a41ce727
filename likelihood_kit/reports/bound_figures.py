"""Bounds on a variance, and variances of estimators, as the number of observations grows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from likelihood_kit.errors import ArgumentError, near_names, shown
from likelihood_kit.reports.size_axes import WIDE_SPAN, error_points, round_ticks, size_ticks
from likelihood_kit.reports.study_figures import named
from likelihood_kit.reports.style import GREY, INK, PANEL, Grid, Place, house_style, legend_above, panels, plain
from likelihood_kit.reports.wording import PLAIN, Wording, own_axes, wording
from likelihood_kit.simulation import StudyResult

#: Lines of bounds, in their order: all of them in ink, told apart by dashes; colours are of estimators.
DASHES = ("--", "-", ":", "-.", (0, (5, 1)), (0, (1, 3)))
#: Name of a single table.
SINGLE = "bound"
VARIANCE = "variance_bound"
LEVELS = ["n", "parameter"]


def bounds_plot(bounds: Any, study: Any, scaled: Any, ax: Any, labels: Any, units: Any) -> Any:
    """One matplotlib figure of bounds, or the figure of the axes it was drawn into."""
    tables = checked_bounds(bounds)
    if not isinstance(scaled, (bool, np.bool_)):
        raise ArgumentError(f"scaled = {shown(scaled)}: give True or False")
    rows = list(dict.fromkeys(str(name) for table in tables.values() for name in table.index.get_level_values(1)))
    check_study(study, rows)
    estimators = [] if study is None else list(study.estimators)
    words = wording(labels, units, [*rows, *tables, *estimators])
    own = None if ax is None else own_axes(ax, {len(rows): "one of each row of the bounds"})
    figure = bounds_figure(tables, rows, study, own, words, scaled=bool(scaled))
    return figure if own is None else own[0].get_figure()


def checked_bounds(bounds: Any) -> dict[str, pd.DataFrame]:
    """Tables of bounds by name.

    Raises
    ------
    ArgumentError
    """
    tables = {SINGLE: bounds} if isinstance(bounds, pd.DataFrame) else bounds
    if not isinstance(tables, Mapping) or not tables:
        raise ArgumentError(
            f"bounds = {shown(bounds)}: give the table of a bound at several n, or a dict of name to it"
        )
    if len(tables) > len(DASHES):
        raise ArgumentError(f"bounds: {len(tables)} of them cannot be told apart; give at most {len(DASHES)}")
    for name, table in tables.items():
        if not isinstance(name, str):
            raise ArgumentError(f"bounds: the name {shown(name)} must be text")
        if not isinstance(table, pd.DataFrame) or list(table.index.names) != LEVELS or VARIANCE not in table:
            raise ArgumentError(
                f"bounds: {name!r} is no table of a bound at several n, such as "
                "lk.cramer_rao_bound(..., n=(20, 50, 100))"
            )
        if not len(table):
            raise ArgumentError(f"bounds: the table of {name!r} is empty")
    return dict(tables)


def check_study(study: Any, rows: list[str]) -> None:
    """Refuse what is no study of the rows of the bounds."""
    if study is None:
        return
    if not isinstance(study, StudyResult):
        raise ArgumentError(f"study must be the result of a study, as study.run() gives it, not {shown(study)}")
    for name in rows:
        if name not in study.parameter_names:
            raise ArgumentError(f"study has no parameter {name!r}, of which there is a bound: "
                                f"{near_names(name, study.parameter_names)}")  # fmt: skip


def bounds_figure(
    tables: Mapping[str, pd.DataFrame],
    rows: list[str],
    study: StudyResult | None,
    within: Place = None,
    words: Wording = PLAIN,
    *,
    scaled: bool = False,
) -> Any:
    """Variance bounds and variances against n, log axes; `scaled` times n.

    Parameters
    ----------
    tables : dict of name to DataFrame
        By levels n and parameter.
    rows : list of str
        One panel each.
    """
    count = len(rows)
    grid = Grid(1) if count == 1 else Grid(count, columns=min(count, 3), size=(0.66 * PANEL[0], 0.82 * PANEL[1]))
    sizes = sorted({int(n) for table in tables.values() for n in table.index.get_level_values(0)})
    sizes = sorted({*sizes, *(study.sizes if study is not None else ())})
    with house_style(within):
        figure, axes = panels(grid, within)
        for j, (name, panel) in enumerate(zip(rows, axes, strict=True)):
            drawn = [_line(panel, table, name, place, label, words, scaled)
                     for place, (label, table) in enumerate(tables.items())]  # fmt: skip
            if study is not None:
                drawn += _estimators(panel, study, name, words, scaled)
            _finish(panel, drawn, sizes, scaled)
            panel.set_title(words.of(name))
            panel.set_ylabel(("$n$ × variance" if scaled else "Variance") if j % grid.columns == 0 else "")
        legend_above(figure, axes[0], columns=3)
    return figure


def _line(
    panel: Any, table: pd.DataFrame, name: str, place: int, label: str, words: Wording, scaled: bool
) -> np.ndarray:
    """Draw one bound; give what was drawn. Where it is infinite there is nothing to draw."""
    chosen = table[table.index.get_level_values(1) == name].sort_index()
    n = chosen.index.get_level_values(0).to_numpy(dtype=float)
    variance = chosen[VARIANCE].to_numpy(dtype=float) * (n if scaled else 1.0)
    variance = np.where(np.isfinite(variance) & (variance > 0), variance, np.nan)
    marker = "." if len(n) == 1 else None
    text = words.labels.get(label, plain(label))
    colour = GREY if place == 0 else INK
    panel.plot(n, variance, color=colour, linestyle=DASHES[place], marker=marker, linewidth=1.2, zorder=2, label=text)
    return variance


def _estimators(panel: Any, study: StudyResult, name: str, words: Wording, scaled: bool) -> list[np.ndarray]:
    """Draw the variances of the estimators of a study with their Monte Carlo errors."""
    table = study.table
    table = table[(table["measure"] == "variance") & (table["parameter"] == name)]
    drawn = []
    for place, estimator in enumerate(study.estimators):
        rows = table[table["estimator"] == estimator]
        factor = rows["size"] if scaled else 1.0
        rows = rows.assign(value=rows["value"] * factor, mcse=rows["mcse"] * factor)
        error_points(panel, rows["size"], rows, place, named(estimator, words))
        drawn.append(rows["value"].to_numpy(dtype=float))
    return drawn


def _finish(panel: Any, drawn: list[np.ndarray], sizes: list[int], scaled: bool) -> None:
    """Axes: n on a log one, and the variance too, unless n times it spans little."""
    panel.set_xscale("log")
    size_ticks(panel, sizes)
    panel.set_xlabel("Sample size $n$")
    values = np.concatenate(drawn)
    values = values[np.isfinite(values) & (values > 0)]
    if values.size and (not scaled or values.max() > WIDE_SPAN * values.min()):
        panel.set_yscale("log")
        round_ticks(panel)
