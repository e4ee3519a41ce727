"""A fitted law against its data: a density over a histogram, probabilities over frequencies, or residuals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import special

from likelihood_kit.reports.style import BLUE, GREY, INK, PALE, Grid, house_style, legend_above, panels, plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import SubFigure

#: Tukey's far-out fence, in interquartile ranges from the quartiles; what lies beyond twice that is out of view.
FENCE = 3.0
MOST_BINS = 60
#: Bars of width one that still can be told apart on a column's width.
MOST_BARS = 60
CURVE_POINTS = 401
#: Distance from an open end of the support at which a density begins to be drawn, in widths of the panel.
END_INSET = 1e-3
#: Probabilities below this part of the largest are not drawn.
SMALLEST_SHOWN = 1e-3
#: Seed of the randomisation of discrete residuals: the same figure for the same fit.
SEED = 1996
#: Coverage of the pointwise band of a quantile plot.
BAND = 0.95
#: Points of a quantile plot that are drawn one by one; of more, this many evenly spread in rank.
MOST_POINTS = 2000
#: Panels of `fitted_figure`.
FITTED_GRID = Grid(1)


def fitted_figure(results: Any, within: SubFigure | None = None) -> Any:
    """The data under the fitted law of the model's family, or the residuals of a regression."""
    draw = _draw_density
    if results.model.exog is not None:
        draw = _draw_residuals
    elif results.model.family.discrete:
        draw = _draw_probabilities
    with house_style():
        figure, (axes,) = panels(FITTED_GRID, within)
        draw(axes, results)
        legend_above(figure, axes, columns=3)
    return figure


def _theta(results: Any) -> dict[str, float]:
    """Natural parameters of a model without predictors."""
    return dict(zip(results.model.family.parameter_names, map(float, np.asarray(results.params)), strict=True))


def _draw_density(axes: Axes, results: Any) -> None:
    y, family, theta = np.asarray(results.model.endog, dtype=float), results.model.family, _theta(results)
    low, high = view(y)
    seen = y[(y >= low) & (y <= high)]
    width = np.diff(np.histogram_bin_edges(seen, bins="auto"))[0]
    count = int(np.clip(np.ceil((high - low) / width), 1, MOST_BINS)) if high > low else 1
    edges = np.linspace(low, high, count + 1) if high > low else np.array([low - 0.5, high + 0.5])
    heights = np.histogram(seen, edges)[0] / (len(y) * np.diff(edges))
    hidden = f", {len(y) - len(seen)} beyond the panel" if len(seen) < len(y) else ""
    label = f"data, $n = {len(y)}${hidden}"
    axes.stairs(heights, edges, fill=True, facecolor=PALE, edgecolor="white", linewidth=0.0, label=label)
    axes.vlines(edges[1:-1], 0, np.minimum(heights[:-1], heights[1:]), color="white", linewidth=0.6)
    grid, density = density_curve(family, theta, edges[0], edges[-1])
    axes.plot(grid, density, color=BLUE, label=f"fitted {family.name}")
    # A density that runs to infinity at the end of its support would flatten the histogram.
    typical = np.nanmax(density[1:-1][np.isfinite(density[1:-1])], initial=0.0)
    axes.set_ylim(0, 1.08 * max(heights.max(), min(typical, 2 * heights.max())))
    axes.set_xlabel(_data_name(results))
    axes.set_ylabel("Density")


def view(y: np.ndarray) -> tuple[float, float]:
    """Range of a histogram: that of the data, unless some lie far beyond the fences."""
    q25, q75 = np.quantile(y, (0.25, 0.75))
    far = 2 * FENCE * (q75 - q25)
    inside = y[(y >= q25 - far) & (y <= q75 + far)]
    return (float(inside.min()), float(inside.max())) if far > 0 else (float(y.min()), float(y.max()))


def density_curve(family: Any, theta: dict[str, float], low: float, high: float) -> tuple[np.ndarray, np.ndarray]:
    """Grid a little wider than the histogram, within the support, and the fitted density on it."""
    ends = [float(end) for end in family.support.ends(family.canonical(theta))]
    margin = 0.04 * (high - low)
    # Not at an end of the support itself, where the density may be zero by convention or infinite.
    inset = [0.0 if closed else END_INSET * (high - low) for closed in family.support.closed]
    grid = np.linspace(max(low - margin, ends[0] + inset[0]), min(high + margin, ends[1] - inset[1]), CURVE_POINTS)
    return grid, np.exp(family.log_density(grid, **theta))


def _draw_probabilities(axes: Axes, results: Any) -> None:
    y, family, theta = np.asarray(results.model.endog, dtype=float), results.model.family, _theta(results)
    low, high = discrete_view(y, family, theta)
    width = int(np.ceil((high - low + 1) / MOST_BARS))
    starts = np.arange(low, high + 1, width, dtype=float)
    observed = np.histogram(y, np.append(starts, starts[-1] + width) - 0.5)[0] / len(y)
    fitted = family.cdf(starts + width - 1, **theta) - family.cdf(starts - 1, **theta)
    centres = starts + (width - 1) / 2
    axes.bar(centres, observed, width=0.8 * width, color=PALE, label=f"data, $n = {len(y)}$")
    seen = fitted > SMALLEST_SHOWN * fitted.max()
    axes.vlines(centres[seen], 0, fitted[seen], color=BLUE, linewidth=1.0)
    axes.plot(centres[seen], fitted[seen], color=BLUE, marker="o", linestyle="none", label=f"fitted {family.name}")
    axes.set_ylim(0, 1.08 * max(observed.max(), fitted.max()))
    if len(starts) <= 12 and width == 1:
        axes.set_xticks(centres)
    else:
        axes.locator_params(axis="x", integer=True)
    axes.set_xlabel(_data_name(results))
    axes.set_ylabel("Relative frequency" if width == 1 else f"Relative frequency of {width} values together")


def discrete_view(y: np.ndarray, family: Any, theta: dict[str, float]) -> tuple[float, float]:
    """First and last value shown: those of the data and of all but a thousandth of the fitted law."""
    low, high = (float(family.ppf(q, **theta)) for q in (0.0005, 0.9995))
    return min(float(y.min()), low), max(float(y.max()), high)


def _draw_residuals(axes: Axes, results: Any) -> None:
    residuals = np.sort(quantile_residuals(results))
    n = len(residuals)
    theoretical = special.ndtri((np.arange(1, n + 1) - 0.5) / n)
    tails = (1 - BAND) / 2
    ranks = np.arange(1, n + 1)
    lower, upper = (special.ndtri(special.betaincinv(ranks, n + 1 - ranks, q)) for q in (tails, 1 - tails))
    kept = np.unique(np.linspace(0, n - 1, min(n, MOST_POINTS)).round().astype(int))
    axes.fill_between(theoretical[kept], lower[kept], upper[kept], color=PALE, linewidth=0, label="95 % pointwise band")
    axes.plot(theoretical[[0, -1]], theoretical[[0, -1]], color=GREY, linewidth=0.9, label="exact fit")
    label = "quantile residuals" + (" (randomised)" if results.model.family.discrete else "")
    dots: dict[str, Any] = {"marker": "o", "markersize": 2.8, "markeredgewidth": 0, "linestyle": "none"}
    axes.plot(theoretical[kept], residuals[kept], color=INK, label=label, **dots)
    axes.set_xlabel("Standard normal quantile")
    axes.set_ylabel("Quantile residual")


def quantile_residuals(results: Any) -> np.ndarray:
    """Residuals that are standard normal under the fitted law, `(n,)`; randomised for a discrete one.

    References
    ----------
    Dunn, P. K. and Smyth, G. K. (1996). Randomized quantile residuals. *Journal of Computational and Graphical
    Statistics* 5, 236-244.
    """
    model, params = results.model, np.asarray(results.params)
    y, family = np.asarray(model.endog, dtype=float), model.family
    theta = {name: np.asarray(model.predict(params, which=name)) for name in family.parameter_names}
    uniform = np.asarray(family.cdf(y, **theta), dtype=float)
    if family.discrete:
        below = np.asarray(family.cdf(y - 1, **theta), dtype=float)
        uniform = below + np.random.default_rng(SEED).random(len(y)) * (uniform - below)
    # An observation so far out that its probability rounds to 0 or 1 is drawn at the edge of what rounding resolves.
    edge = np.finfo(float).eps / 2
    return special.ndtri(np.clip(uniform, edge, 1 - edge))


def _data_name(results: Any) -> str:
    return plain(results.model.endog_names)
