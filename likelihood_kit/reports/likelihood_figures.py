"""The log likelihood around its maximum: a curve for one parameter, contours for two, slices for more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import special

from likelihood_kit.reports.style import (
    BLUE,
    GREY,
    INK,
    PALE,
    PANEL,
    RED,
    Grid,
    house_style,
    legend_above,
    panels,
    plain,
    shared_limits,
)
from likelihood_kit.reports.surface import contour_surface, first_step, log_likelihoods, moved, reach

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import SubFigure

#: Confidence of the interval in a curve, and of the regions in a contour.
LEVEL = 0.95
REGIONS = (0.5, 0.9, 0.95, 0.99)
#: Fall of the log likelihood at the ends of what is drawn, and points of a curve.
DRAWN_FALL = 5.0
PLAIN_FALLS = (1.0, 2.0, 4.0)
CURVE_POINTS = 201
#: Panels of slices; a regression with more coefficients shows the first ones.
MOST_SLICES = 6

#: Half the chi-squared quantile: how far the log likelihood falls at the ends of one parameter's likelihood interval.
CUT = float(special.chdtri(1, 1 - LEVEL)) / 2


def region_falls(levels: tuple[float, ...] = REGIONS) -> np.ndarray:
    """Fall of the log likelihood at the edge of each joint likelihood region of two parameters."""
    return special.chdtri(2, 1 - np.array(levels)) / 2


def likelihood_grid(results: Any) -> Grid:
    """Panels of `likelihood_figure`."""
    k = len(np.asarray(results.params))
    if k == 1:
        return Grid(1)
    if k == 2:
        return Grid(1, size=(PANEL[0], 0.8 * PANEL[0]))
    shown = min(k, MOST_SLICES)
    return Grid(shown, columns=2 if shown == 4 else 3, size=(2.35, 2.1))


def likelihood_figure(results: Any, within: SubFigure | None = None) -> Any:
    """Relative log likelihood: a curve, a contour, or slices, by the number of parameters."""
    k = len(np.asarray(results.params))
    draw = _draw_curve if k == 1 else _draw_contour if k == 2 else _draw_slices
    with house_style():
        grid = likelihood_grid(results)
        figure, axes = panels(grid, within)
        draw(axes, results)
        legend_above(figure, axes[0], columns=grid.columns if k > 2 else 3)
        if k > 2:
            figure.supylabel("Relative log likelihood", fontsize=10)
    return figure


def is_regular(results: Any) -> bool:
    """Whether falls of the log likelihood have their chi-squared meaning."""
    family = results.model.family
    return bool(family is None or family.regular)


def _draw_curve(panels_of: Sequence[Axes], results: Any) -> None:
    (axes,) = panels_of
    grid, name = _draw_slice(axes, results, 0)
    interval = np.asarray(results.conf_int())[0]
    shown = [grid[0], grid[-1]]
    if np.isfinite(interval).all():
        _quadratic(axes, results)
        _wald_bar(axes, interval, -CUT)
        shown += list(interval)
    if is_regular(results):
        label = rf"$\chi^2_1$ cut, $-{CUT:.2f}$"
        axes.axhline(-CUT, color=GREY, linewidth=0.9, linestyle=(0, (1, 2)), zorder=1, label=label)
    axes.set_xlim(shared_limits(shown, margin=0.03))
    axes.set_xlabel(name)
    axes.set_ylabel("Relative log likelihood")


def _draw_slice(axes: Axes, results: Any, entry: int) -> tuple[np.ndarray, str]:
    """The relative log likelihood in one entry of params, with the estimate; returns the grid and the name."""
    params = np.asarray(results.params, dtype=float)
    low, high = reach(results.model, params, entry, DRAWN_FALL, first_step(results, entry))
    # The estimate is a point of the curve, so that the curve meets its top.
    grid = np.unique(np.append(np.linspace(low, high, CURVE_POINTS), params[entry]))
    top = log_likelihoods(results.model, params[None])[0]
    values = log_likelihoods(results.model, moved(params, entry, grid)) - top
    kept = np.isfinite(values)
    grid, values = grid[kept], values[kept]
    axes.plot(grid, values, color=INK, label="log likelihood", zorder=3)
    axes.plot(
        [params[entry]], [0.0], marker="o", color=RED, linestyle="none", label="estimate", zorder=5, clip_on=False
    )
    axes.vlines(params[entry], -DRAWN_FALL, 0.0, color=RED, linewidth=0.7, linestyle=(0, (4, 3)), zorder=2)
    axes.set_ylim(-DRAWN_FALL, 0.25)
    return grid, plain(results.model.data.param_names[entry])


def _quadratic(axes: Axes, results: Any) -> None:
    """The parabola whose cut is the Wald interval."""
    estimate, error = float(np.asarray(results.params)[0]), float(np.asarray(results.bse)[0])
    standardised = np.sqrt(2 * DRAWN_FALL) * np.linspace(-1, 1, CURVE_POINTS)
    axes.plot(
        estimate + error * standardised,
        -(standardised**2) / 2,
        color=BLUE,
        linewidth=1.0,
        linestyle="--",
        label="quadratic",
        zorder=2,
    )


def _wald_bar(axes: Axes, interval: np.ndarray, height: float) -> None:
    axes.plot(interval, [height, height], color=BLUE, marker="|", markersize=9, label="95 % Wald interval", zorder=4)


def _draw_contour(panels_of: Sequence[Axes], results: Any) -> None:
    from matplotlib.patheffects import withStroke

    (axes,) = panels_of
    names = results.model.data.param_names
    x, y, surface = contour_surface(results, fall=float(region_falls()[-1]))
    params, errors = np.asarray(results.params, dtype=float), np.asarray(results.bse, dtype=float)
    if is_regular(results):
        falls = region_falls()
        words = [f"{100 * level:g} %" for level in REGIONS]
        axes.plot([], [], color=INK, label="likelihood regions")
    else:
        falls = np.array(PLAIN_FALLS)
        words = [rf"$-{fall:g}$" for fall in falls]
        axes.plot([], [], color=INK, label="relative log likelihood")
    widths = np.linspace(0.7, 1.5, len(falls))
    drawn = axes.contour(x, y, surface, levels=-falls[::-1], colors=INK, linewidths=widths, linestyles="solid")

    def in_words(level: float) -> str:
        return words[int(np.argmin(np.abs(falls + level)))]

    places = _far_ends(drawn, params, (x, y)) if is_regular(results) else False
    for label in axes.clabel(drawn, fmt=in_words, fontsize=8, inline_spacing=3, manual=places):
        label.set_path_effects([withStroke(linewidth=2.5, foreground="white")])
    if np.isfinite(errors).all():
        reach_of_95 = np.sqrt(2 * region_falls((LEVEL,))[0])
        axes.plot(*_ellipse(results, reach_of_95), color=BLUE, linestyle="--", linewidth=1.0, label="95 % Wald region")
    if np.isnan(surface).any():
        axes.contourf(x, y, np.isnan(surface), levels=[0.5, 1.5], colors=[PALE])
        axes.fill([], [], color=PALE, label="likelihood zero")
    axes.plot(*params, marker="o", color=RED, linestyle="none", label="estimate", zorder=5)
    axes.set_xlim(x[0], x[-1])
    axes.set_ylim(y[0], y[-1])
    axes.set_xlabel(plain(names[0]))
    axes.set_ylabel(plain(names[1]))


def _far_ends(drawn: Any, estimate: np.ndarray, grids: tuple[np.ndarray, np.ndarray]) -> list[tuple[float, float]]:
    """The point of each contour farthest from the estimate, where nested contours lie apart."""
    widths = np.array([np.ptp(grid) for grid in grids])
    ends = []
    for path in drawn.get_paths():
        distance = np.sum(((path.vertices - estimate) / widths) ** 2, axis=1)
        ends.append(tuple(path.vertices[np.argmax(distance)]))
    return ends


def _ellipse(results: Any, radius: float) -> np.ndarray:
    """Edge of the Wald region, `(2, m)`."""
    roots, vectors = np.linalg.eigh(np.asarray(results.cov_params(), dtype=float))
    angle = np.linspace(0, 2 * np.pi, CURVE_POINTS)
    circle = np.stack([np.cos(angle), np.sin(angle)])
    return np.asarray(results.params, dtype=float)[:, None] + radius * vectors @ (
        np.sqrt(np.maximum(roots, 0))[:, None] * circle
    )


def _draw_slices(panels_of: Sequence[Axes], results: Any) -> None:
    intervals = np.asarray(results.conf_int())
    for entry, axes in enumerate(panels_of):
        _, name = _draw_slice(axes, results, entry)
        axes.set_xlabel(name)
        axes.locator_params(axis="x", nbins=4, min_n_ticks=3)
        if np.isfinite(intervals[entry]).all():
            _wald_bar(axes, intervals[entry], -DRAWN_FALL + 0.4)
    panels_of[0].lines[0].set_label("slice, other parameters at the estimate")
