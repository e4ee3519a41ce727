"""A fitted law against its data: a density over a histogram, probabilities over frequencies, or residuals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from likelihood_kit._numerics.printed import counted, percent
from likelihood_kit.diagnostics.intervals import LEVEL
from likelihood_kit.diagnostics.residuals import quantile_plot
from likelihood_kit.families import Family
from likelihood_kit.models import LikelihoodResults
from likelihood_kit.reports.fitted import FittedRows, fitted_rows
from likelihood_kit.reports.names import distribution, in_words
from likelihood_kit.reports.style import BLUE, GREY, INK, PALE, Grid, Place, house_style, legend_above, panels, plain
from likelihood_kit.reports.wording import PLAIN, Wording

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Tukey's far-out fence, in interquartile ranges from the quartiles; what lies beyond twice that is out of view.
FENCE = 3.0
MOST_BINS = 60
#: Bars of width one that still can be told apart on a column's width, and that have a tick each.
MOST_BARS, MOST_TICKS = 60, 12
CURVE_POINTS = 401
#: Distance from an open end of the support at which a density begins to be drawn, in widths of the panel.
END_INSET = 1e-3
#: Probabilities below this part of the largest are not drawn, and part of the fitted law that is out of view.
SMALLEST_SHOWN, OUT_OF_VIEW = 1e-3, 1e-3
#: Points of a quantile plot that are drawn one by one; of more, this many evenly spread in rank.
MOST_POINTS = 2000
#: Panels of `fitted_figure`.
FITTED_GRID = Grid(1)


def fitted_figure(results: LikelihoodResults, within: Place = None, words: Wording = PLAIN) -> Any:
    """The data under the fitted law where it is one for all rows, else the residuals."""
    rows = fitted_rows(results)
    draw = _draw_residuals if not rows.identical else _draw_probabilities if rows.family.discrete else _draw_density
    with house_style(within):
        figure, (axes,) = panels(FITTED_GRID, within)
        draw(axes, rows, results)
        if rows.identical:
            axes.set_xlabel(words.of(results.model.endog_names))
            if not rows.family.discrete and (unit := words.units.get(str(results.model.endog_names))):
                axes.set_ylabel(f"Density (1/{unit})")
        legend_above(figure, axes, columns=3)
    return figure


def fitted_caption(results: LikelihoodResults) -> str:
    """Caption of `fitted_figure`."""
    rows, name = fitted_rows(results), results.model.endog_names
    if not rows.identical:
        drawn = {
            (True, False): "the steps of the discrete distribution",
            (False, True): "what is known of each observation",
        }
        where = drawn.get((rows.family.discrete, len(rows.response) > 1), "what is known of each observation")
        randomised = f", randomised within {where}" if rows.randomised else ""
        band = (
            f"; the pointwise band holds {percent(LEVEL)} of those of the fitted distribution"
            if rows.sampling is None
            else ""
        )
        return (
            f"Quantile residuals of {name} against standard normal quantiles{randomised} (Dunn and Smyth 1996){band}."
        )
    weighted = " with its sampling weights" if rows.sampling is not None else ""
    if rows.family.discrete:
        fitted = f"probabilities of the fitted {distribution(rows.family.name)} (points)"
        return f"Relative frequencies of {name}{weighted} (bars) and {fitted}."
    return f"Histogram of {name}{weighted} and density of the fitted {distribution(rows.family.name)}."


def _draw_density(axes: Axes, rows: FittedRows, results: LikelihoodResults) -> None:
    y, sample = rows.y, rows.y[rows.observations]
    low, high = view(sample)
    seen = (y >= low) & (y <= high)
    edges = bin_edges(sample[(sample >= low) & (sample <= high)], low, high)
    heights = np.histogram(y[seen], edges, weights=rows.weights[seen])[0] / np.diff(edges)
    beyond = y[~seen] if rows.frequencies is None else np.repeat(y[~seen], rows.frequencies[~seen].astype(int))
    hidden = f", {counted(len(beyond))} beyond the panel" if len(beyond) else ""
    label = _data_label(results) + hidden
    axes.stairs(heights, edges, fill=True, facecolor=PALE, edgecolor="white", linewidth=0.0, label=label)
    axes.vlines(edges[1:-1], 0, np.minimum(heights[:-1], heights[1:]), color="white", linewidth=0.6)
    grid, density = density_curve(rows.family, rows.quantities, edges[0], edges[-1])
    axes.plot(grid, density, color=BLUE, label=f"fitted {plain(in_words(rows.family.name))}")
    # A density that runs to infinity at the end of its support would flatten the histogram.
    typical = np.nanmax(density[1:-1][np.isfinite(density[1:-1])], initial=0.0)
    axes.set_ylim(0, 1.08 * max(heights.max(), min(typical, 2 * heights.max())))
    axes.set_ylabel("Density")


def view(y: np.ndarray) -> tuple[float, float]:
    """Range of a histogram: that of the data, unless some lie far beyond the fences."""
    q25, q75 = np.quantile(y, (0.25, 0.75))
    far = 2 * FENCE * (q75 - q25)
    inside = y[(y >= q25 - far) & (y <= q75 + far)]
    return (float(inside.min()), float(inside.max())) if far > 0 else (float(y.min()), float(y.max()))


def bin_edges(y: np.ndarray, low: float, high: float) -> np.ndarray:
    """Edges of equal bins from low to high, as many as NumPy's automatic width gives."""
    if not high > low:
        return np.array([low - 0.5, high + 0.5])
    width = np.diff(np.histogram_bin_edges(y, bins="auto"))[0]
    return np.linspace(low, high, int(np.clip(np.ceil((high - low) / width), 1, MOST_BINS)) + 1)


def density_curve(family: Family, quantities: Any, low: float, high: float) -> tuple[np.ndarray, np.ndarray]:
    """Grid a little wider than the histogram, within the support, and the fitted density on it."""
    ends = [float(end) for end in family.support.ends({**family.fixed, **family.canonical(quantities)})]
    margin = 0.04 * (high - low)
    # Not at an end of the support itself, where the density may be zero by convention or infinite.
    inset = [0.0 if closed else END_INSET * (high - low) for closed in family.support.closed]
    grid = np.linspace(max(low - margin, ends[0] + inset[0]), min(high + margin, ends[1] - inset[1]), CURVE_POINTS)
    return grid, family.density(grid, **quantities)


def _draw_probabilities(axes: Axes, rows: FittedRows, results: LikelihoodResults) -> None:
    family, quantities = rows.family, rows.quantities
    low, high = discrete_view(rows.y, family, quantities)
    width = int(np.ceil((high - low + 1) / MOST_BARS))
    starts = np.arange(low, high + 1, width, dtype=float)
    observed = np.histogram(rows.y, np.append(starts, starts[-1] + width) - 0.5, weights=rows.weights)[0]
    fitted = family.cdf(starts + width - 1, **quantities) - family.cdf(starts - 1, **quantities)
    centres = starts + (width - 1) / 2
    axes.bar(centres, observed, width=0.8 * width, color=PALE, label=_data_label(results))
    seen = fitted > SMALLEST_SHOWN * fitted.max()
    axes.vlines(centres[seen], 0, fitted[seen], color=BLUE, linewidth=1.0)
    label = f"fitted {plain(in_words(family.name))}"
    axes.plot(centres[seen], fitted[seen], color=BLUE, marker="o", linestyle="none", label=label)
    axes.set_ylim(0, 1.08 * max(observed.max(), fitted.max()))
    if len(starts) <= MOST_TICKS and width == 1:
        axes.set_xticks(centres)
    else:
        axes.locator_params(axis="x", integer=True)
    axes.set_ylabel("Relative frequency" if width == 1 else f"Relative frequency of {width} values together")


def discrete_view(y: np.ndarray, family: Family, quantities: Any) -> tuple[float, float]:
    """First and last value shown: those of the data and of all but a thousandth of the fitted law; of few values all.

    One bar alone would fill the panel, and would not say of what it is the whole.
    """
    ends = [float(end) for end in family.support.ends({**family.fixed, **family.canonical(quantities)})]
    if ends[1] - ends[0] < MOST_TICKS:
        return ends[0], ends[1]
    low, high = (float(family.ppf(q, **quantities)) for q in (OUT_OF_VIEW / 2, 1 - OUT_OF_VIEW / 2))
    return min(float(y.min()), low), max(float(y.max()), high)


def _draw_residuals(axes: Axes, rows: FittedRows, results: LikelihoodResults) -> None:
    weights = None if rows.sampling is None else rows.sampling[rows.observations]
    found = quantile_plot(rows.residuals(), weights, most=MOST_POINTS)
    x = found.theoretical
    if found.band is not None:
        label = f"{percent(LEVEL)} pointwise band"
        axes.fill_between(x, *found.band, color=PALE, linewidth=0, label=label)
    axes.plot(x[[0, -1]], x[[0, -1]], color=GREY, linewidth=0.9, label="exact fit")
    label = "quantile residuals" + (" (randomised)" if rows.randomised else "")
    dots: dict[str, Any] = {"marker": "o", "markersize": 2.8, "markeredgewidth": 0, "linestyle": "none"}
    axes.plot(x, found.residuals, color=INK, label=label, **dots)
    axes.set_xlabel("Standard normal quantile")
    axes.set_ylabel("Quantile residual")


def _data_label(results: LikelihoodResults) -> str:
    weighted = ", weighted" if results.model.prob_weights is not None else ""
    return f"data, $n = {counted(results.nobs).replace(',', '{,}')}${weighted}"
