"""A probability integral transform as a histogram, flat where the law is right."""

from __future__ import annotations

from typing import Any

import numpy as np

from likelihood_kit._numerics.printed import percent
from likelihood_kit.diagnostics.pit import ProbabilityTransform
from likelihood_kit.reports.style import BLUE, INK, PALE, PANEL, Grid, Place, house_style, legend_above, panels
from likelihood_kit.reports.wording import own_axes

GRID = Grid(1, size=(PANEL[0], 0.75 * PANEL[0]))


def pit_plot(transform: ProbabilityTransform, ax: Any = None) -> Any:
    """One matplotlib figure of a transform, or the figure of the axes it was drawn into."""
    own = None if ax is None else own_axes(ax, {1: "the transform"})
    figure = pit_figure(transform, own)
    return figure if own is None else own[0].get_figure()


def pit_figure(transform: ProbabilityTransform, within: Place = None) -> Any:
    """Bars of the places over what is expected, a line at 1, and the interval of each bar under a right law."""
    table, n = transform.table, len(transform.places)
    m = len(table)
    expected = n / m
    edges = np.append(table["low"], 1.0)
    heights, lower, upper = (table[name].to_numpy() / expected for name in ("count", "lower", "upper"))
    with house_style(within):
        figure, (axes,) = panels(GRID, within)
        axes.stairs(heights, edges, fill=True, facecolor=PALE, edgecolor="white", linewidth=0.0, label="observations")
        axes.vlines(edges[1:-1], 0, np.minimum(heights[:-1], heights[1:]), color="white", linewidth=0.6)
        middle = (edges[1:] + edges[:-1]) / 2
        label = f"{percent(transform.level)} interval of each bar"
        axes.vlines(middle, lower, upper, color=BLUE, linewidth=1.0, label=label)
        axes.axhline(1.0, color=INK, linewidth=0.8, linestyle="--", label="uniform")
        axes.set(
            xlabel="Place in the fitted law", ylabel="Density", xlim=(0.0, 1.0),
            ylim=(0.0, 1.08 * max(heights.max(), upper.max())),
        )  # fmt: skip
        legend_above(figure, axes, columns=3)
    return figure
