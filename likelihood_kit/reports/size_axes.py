"""Axes of figures against the number of observations, and the points on them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from likelihood_kit._numerics.printed import powered, shortest
from likelihood_kit.diagnostics.intervals import HALF_WIDTH
from likelihood_kit.reports.style import COLOURS, MARKERS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Sizes that an axis can name one by one.
MOST_TICKS = 7
#: Ratios beyond this are drawn on a log axis.
WIDE_SPAN = 8.0
#: Ratio of the ends of a log axis from which only powers of ten are named.
MOST_DETAILED = 300.0


def error_points(axes: Axes, x: pd.Series, rows: pd.DataFrame, place: int, label: str) -> None:
    """Values with error bars of their Monte Carlo standard errors, of the estimator at a place among all."""
    axes.errorbar(
        x.to_numpy(dtype=float),
        rows["value"].to_numpy(dtype=float),
        yerr=HALF_WIDTH * rows["mcse"].to_numpy(dtype=float),
        color=COLOURS[1:][place % len(COLOURS[1:])],
        marker=MARKERS[place % len(MARKERS)],
        linewidth=0.8,
        elinewidth=1.0,
        capsize=2.0,
        label=label,
        zorder=3,
    )


def size_ticks(axes: Axes, sizes: Sequence[int]) -> None:
    """Ticks at the sizes themselves, or at some of many."""
    from matplotlib.ticker import NullLocator

    shown = (
        sizes
        if len(sizes) <= MOST_TICKS
        else [sizes[i] for i in np.linspace(0, len(sizes) - 1, MOST_TICKS).astype(int)]
    )
    axes.set_xticks(list(shown), [f"{n:d}" for n in shown])
    axes.xaxis.set_minor_locator(NullLocator())


def round_ticks(axes: Axes) -> None:
    """Ticks of a log axis at 1, 2 and 5 times powers of ten, of many decades at the powers alone."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

    low, high = axes.get_ylim()
    axes.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0) if high < MOST_DETAILED * low else (1.0,)))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: tick_label(value)))
    axes.yaxis.set_minor_locator(NullLocator())


def tick_label(value: float) -> str:
    """A round number as it is, from 10^4 on and below 10^-3 as a power of ten."""
    if 1e-3 <= value < 1e4:
        return shortest(value)
    mantissa, power = powered(value, 1).split("e")
    return rf"$10^{{{int(power)}}}$" if mantissa == "1" else rf"${mantissa} \times 10^{{{int(power)}}}$"
