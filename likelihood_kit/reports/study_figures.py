"""Estimators as the sample grows: error against the rate of theory, variance against the Cramer-Rao bound."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from likelihood_kit.reports.numbers import rate_exponent
from likelihood_kit.reports.size_axes import WIDE_SPAN, error_points, round_ticks, size_ticks
from likelihood_kit.reports.style import (
    COLOURS,
    GREY,
    PANEL,
    Grid,
    Place,
    house_style,
    legend_above,
    panels,
    plain,
    stacked,
)
from likelihood_kit.reports.wording import PLAIN, Wording
from likelihood_kit.simulation import StudyResult

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Distance between the error bars of two estimators at one size, as a factor of n.
DODGE = 1.06
#: What the kit's own estimators are called in words.
ESTIMATOR_NAMES = {
    "mle": "maximum likelihood",
    "moments": "method of moments",
    "firth": "Firth's adjusted score",
    "bias_corrected": "bias-corrected maximum likelihood",
}


def study_grid(result: StudyResult) -> Grid:
    """Panels of both figures: one per parameter."""
    count = len(result.parameter_names)
    return Grid(1) if count == 1 else Grid(count, columns=min(count, 3), size=(0.66 * PANEL[0], 0.82 * PANEL[1]))


def rmse_figure(result: StudyResult, within: Place = None, words: Wording = PLAIN, *, narrow: bool = False) -> Any:
    """Root mean squared error against n, log axes, with the bound or, where there is none, the expected rates."""
    table = result.table[result.table["measure"] == "rmse"]
    with house_style(within):
        grid = stacked(study_grid(result)) if narrow else study_grid(result)
        figure, axes = panels(grid, within)
        for j, (name, panel) in enumerate(zip(result.parameter_names, axes, strict=True)):
            for i, rows in _by_estimator(result, table[table["parameter"] == name]):
                error_points(panel, rows["size"], rows, i, named(result.estimators[i], words))
                if result.bound is None:
                    _rate(panel, rows, result.expected_rates[result.estimators[i]][j], i)
            if result.bound is not None:
                sizes = np.array([result.sizes[0], result.sizes[-1]], dtype=float)
                label = "Cramér–Rao bound"
                panel.plot(
                    sizes,
                    np.sqrt(result.bound[j] / sizes),
                    color=GREY,
                    linestyle="--",
                    linewidth=1.1,
                    zorder=1,
                    label=label,
                )
            panel.set_yscale("log")
            round_ticks(panel)
            _finish(panel, result, words.of(name))
            panel.set_ylabel("Root mean squared error" if j % grid.columns == 0 else "")
        legend_above(figure, axes[0], columns=2 if narrow else 3 if len(axes) == 1 else 4)
    return figure


def efficiency_figure(
    result: StudyResult, within: Place = None, words: Wording = PLAIN, *, narrow: bool = False
) -> Any:
    """Variance over the Cramer-Rao bound against n; a log axis where the ratios span much."""
    table = result.efficiency().table
    count = len(result.estimators)
    with house_style(within):
        grid = stacked(study_grid(result)) if narrow else study_grid(result)
        figure, axes = panels(grid, within)
        for j, (name, panel) in enumerate(zip(result.parameter_names, axes, strict=True)):
            panel.axhline(1.0, color=GREY, linestyle="--", linewidth=1.1, zorder=1, label="Cramér–Rao bound")
            own = table[table["parameter"] == name]
            for i, rows in _by_estimator(result, own):
                shifted = rows["size"] * DODGE ** (i - (count - 1) / 2)
                label = named(result.estimators[i], words)
                error_points(panel, shifted, rows.rename(columns={"ratio": "value"}), i, label)
            if np.nanmax(own["ratio"], initial=1.0) > WIDE_SPAN:
                panel.set_yscale("log")
                round_ticks(panel)
            _finish(panel, result, replace(words, units={}).of(name))
            panel.set_ylabel("Variance / bound" if j % grid.columns == 0 else "")
        legend_above(figure, axes[0], columns=2 if narrow else 3 if len(axes) == 1 else 4)
    return figure


def _by_estimator(result: StudyResult, table: pd.DataFrame) -> list[tuple[int, pd.DataFrame]]:
    return [(i, table[table["estimator"] == name]) for i, name in enumerate(result.estimators)]


def _rate(axes: Axes, rows: pd.DataFrame, rate: float, place: int) -> None:
    """Line of the expected slope through the value at the largest size."""
    value, size = float(rows["value"].iloc[-1]), float(rows["size"].iloc[-1])
    if not np.isfinite([rate, value]).all():
        return
    sizes = np.array([rows["size"].iloc[0], size], dtype=float)
    colour = COLOURS[1:][place % len(COLOURS[1:])]
    label = rf"rate $n^{{{rate_exponent(rate)}}}$"
    axes.plot(sizes, value * (sizes / size) ** rate, color=colour, linestyle=":", linewidth=1.1, zorder=1, label=label)


def named(estimator: str, words: Wording) -> str:
    """An estimator in a legend."""
    return words.of(estimator) if estimator in words.labels else plain(ESTIMATOR_NAMES.get(estimator, estimator))


def _finish(axes: Axes, result: StudyResult, name: str) -> None:
    axes.set_xscale("log")
    size_ticks(axes, result.sizes)
    axes.set_xlabel("Sample size $n$")
    axes.set_title(name)
