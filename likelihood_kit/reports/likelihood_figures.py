"""The log likelihood around its maximum: a curve for one parameter, contours for two, profiles for more.

Slices stand for profiles where the data are too many rows, or there is none.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy import interpolate, special

from likelihood_kit._numerics.printed import fixed, percent
from likelihood_kit.diagnostics.intervals import LEVEL, on_links
from likelihood_kit.diagnostics.surface import MARGIN, moved, reach, surface
from likelihood_kit.errors import NotAvailableError
from likelihood_kit.models import LikelihoodResults
from likelihood_kit.models.inference import links
from likelihood_kit.reports.fitted import is_calibrated, is_likelihood, log_likelihood_of, rows_per_point
from likelihood_kit.reports.prose import listed
from likelihood_kit.reports.style import (
    BLUE,
    GREY,
    INK,
    PALE,
    PANEL,
    RED,
    Grid,
    Place,
    house_style,
    legend_above,
    panels,
    shared_limits,
    stacked,
)
from likelihood_kit.reports.wording import PLAIN, Wording

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Confidence of the regions in a contour.
REGIONS = (0.5, 0.9, LEVEL, 0.99)
#: Fall of the log likelihood at the ends of what is drawn, and points of a curve.
DRAWN_FALL = 5.0
#: Height of a Wald interval that is no cut of the curve above it.
BAR_HEIGHT = 0.4 - DRAWN_FALL
PLAIN_FALLS = (1.0, 2.0, 4.0)
CURVE_POINTS = 201
#: Cells on each side of the estimate along an axis of a contour, the fewer the more rows; rows evaluated in all.
MOST_CELLS, LEAST_CELLS = 40, 4
CONTOUR_ROWS = 20_000_000
#: Points of a curve that are computed where there are many rows, and rows evaluated for it in all; cells on each side
#: below which a contour is rough; what is drawn is then a cubic spline through what was computed. Of so many rows the
#: fourth differences of the log likelihood, which it misses, are below the width of a line.
LEAST_POINTS, FINE_CELLS = 17, 12
CURVE_ROWS = 20_000_000
#: Parts of a cell that a spline draws; precision of the ends of a curve of many rows.
PARTS, ROUGH = 4, 0.03
#: Panels of profiles or slices; a regression with more coefficients shows the first ones.
MOST_SLICES = 6
#: Points of a profile, evaluations that each takes, and rows evaluated for all of them beyond which slices are drawn.
PROFILE_POINTS, PROFILE_STEPS = 31, 5
PROFILE_ROWS = 5_000_000

#: Half the chi-squared quantile: how far the log likelihood falls at the ends of one parameter's likelihood interval.
CUT = float(special.chdtri(1, 1 - LEVEL)) / 2


def region_falls(levels: tuple[float, ...] = REGIONS) -> np.ndarray:
    """Fall of the log likelihood at the edge of each joint likelihood region of two parameters."""
    return special.chdtri(2, 1 - np.array(levels)) / 2


def likelihood_grid(results: LikelihoodResults) -> Grid:
    """Panels of `likelihood_figure`."""
    k = len(np.asarray(results.params))
    if k == 1:
        return Grid(1)
    if k == 2:
        return Grid(1, size=(PANEL[0], 0.8 * PANEL[0]))
    shown = min(k, MOST_SLICES)
    return Grid(shown, columns=2 if shown == 4 else 3, size=(2.35, 2.1))


def likelihood_figure(
    results: LikelihoodResults, within: Place = None, words: Wording = PLAIN, *, narrow: bool = False
) -> Any:
    """Relative log likelihood: a curve, a contour, or profiles, by the number of parameters."""
    k = len(np.asarray(results.params))
    draw = _draw_curve if k == 1 else _draw_contour if k == 2 else _draw_panels
    with house_style(within):
        grid = stacked(likelihood_grid(results)) if narrow else likelihood_grid(results)
        figure, axes = panels(grid, within)
        draw(axes, results, [words.of(name) for name in results.model.exog_names])
        legend_above(figure, axes[0], columns=grid.columns if k > 2 else 3)
        if k > 2 and figure is None:
            axes[0].set_ylabel("Relative log likelihood")
        elif k > 2:
            figure.supylabel("Relative log likelihood", fontsize=10)
    return figure


def likelihood_caption(results: LikelihoodResults) -> str:
    """Caption of `likelihood_figure`."""
    names = results.model.exog_names
    certain = np.isfinite(np.asarray(results.bse)).all()
    which = "Log likelihood" if is_likelihood(results) else "Weighted log likelihood (weights of mean 1)"
    wald = f"{percent(LEVEL)} Wald"
    if len(names) == 1:
        at = (
            f", drawn where a likelihood interval of the same confidence is cut, at -{fixed(CUT, 2)}"
            if is_calibrated(results)
            else ""
        )
        drawn = f", its quadratic approximation (dashed), and the {wald} interval{at}" if certain else ""
        return f"{which} of {names[0]} relative to its maximum{drawn}."
    region = f", and the {wald} region (dashed)" if certain else ""
    if len(names) == 2 and is_calibrated(results):
        by = "by the chi-squared distribution with two degrees of freedom"
        return f"Joint likelihood regions of {listed(names)}, {by}{region}."
    if len(names) == 2:
        corner = "" if certain else ", which lies at a corner of its domain"
        return f"{which} of {listed(names)} relative to its maximum{corner}{region}."
    shown = "" if len(names) <= MOST_SLICES else f" of the first {MOST_SLICES} of {len(names)} parameters"
    if profile_curves(results):
        return (
            f"Profile log likelihood{shown} relative to its maximum: one parameter moves, the others stay where the "
            "likelihood is highest for it. A profile interval is cut at the dotted line; the Wald intervals are drawn "
            "at its height, and are the same where the profile is symmetric on the link scale."
        )
    return (
        f"Slices of the {which.lower()}{shown} through the estimate: one parameter moves, the others stay at their "
        "estimates. They are not profiles; the Wald intervals allow for the other parameters, and are wider than the "
        "slices where estimates are correlated."
    )


def first_step(results: LikelihoodResults, entry: int) -> float:
    """A distance to begin a search with: the standard error, or where there is none the spread of the data over n."""
    error = float(np.asarray(results.bse)[entry])
    if np.isfinite(error) and error > 0:
        return error
    spread = float(np.ptp(results.model.endog)) / max(len(results.model.endog), 1)
    return spread or abs(float(np.asarray(results.params)[entry])) or 1.0


def contour_surface(results: LikelihoodResults) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Grid of both parameters and relative log likelihoods on it, as far as the outermost region reaches."""
    cells = int(np.clip(np.sqrt(CONTOUR_ROWS / rows_per_point(results.model)) / 2, LEAST_CELLS, MOST_CELLS))
    steps = [first_step(results, entry) for entry in (0, 1)]
    params = np.asarray(results.params, dtype=float)
    few = cells < FINE_CELLS
    ends = (float(region_falls()[-1]), cells, *((ROUGH,) if few else ()))
    found = surface(log_likelihood_of(results.model), params, steps, *ends)
    return _finer(*found) if few and np.isfinite(found[2]).all() else found


def _finer(x: np.ndarray, y: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A surface on a finer grid, by the bicubic spline through it."""
    finer = [np.interp(np.arange(PARTS * (len(at) - 1) + 1) / PARTS, np.arange(len(at)), at) for at in (x, y)]
    return finer[0], finer[1], interpolate.RectBivariateSpline(x, y, values.T)(*finer).T


def _draw_curve(panels_of: Sequence[Axes], results: LikelihoodResults, names: Sequence[str]) -> None:
    (axes,) = panels_of
    grid = _draw_slice(axes, results, 0)
    interval = np.asarray(results.conf_int())[0]
    shown = [grid[0], grid[-1]]
    if np.isfinite(interval).all():
        _quadratic(axes, results)
        _wald_bar(axes, interval, -CUT if is_calibrated(results) else BAR_HEIGHT)
        shown += list(interval)
    if is_calibrated(results):
        label = rf"$\chi^2_1$ cut, $-{fixed(CUT, 2)}$"
        axes.axhline(-CUT, color=GREY, linewidth=0.9, linestyle=(0, (1, 2)), zorder=1, label=label)
    axes.set_xlim(shared_limits(shown, margin=0.03))
    axes.set_xlabel(names[0])
    axes.set_ylabel("Relative log likelihood")


def _draw_slice(axes: Axes, results: LikelihoodResults, entry: int) -> np.ndarray:
    """The relative log likelihood in one entry of params, with the estimate; returns the grid."""
    params, log_likelihood = np.asarray(results.params, dtype=float), log_likelihood_of(results.model)
    computed = int(np.clip(CURVE_ROWS / rows_per_point(results.model), LEAST_POINTS, CURVE_POINTS))
    few = computed < CURVE_POINTS
    ends = (DRAWN_FALL, first_step(results, entry), *((ROUGH,) if few else ()))
    low, high = reach(log_likelihood, params, entry, *ends)
    # The estimate is a point of the curve, so that the curve meets its top.
    grid = np.unique(np.append(np.linspace(low, high, computed), params[entry]))
    values = log_likelihood(moved(params, entry, grid)) - log_likelihood(params[None])[0]
    kept = np.isfinite(values)
    if few and kept.all():
        fine = np.unique(np.append(np.linspace(low, high, CURVE_POINTS), params[entry]))
        grid, values = fine, interpolate.CubicSpline(grid, values)(fine)
    else:
        grid, values = grid[kept], values[kept]
    axes.plot(grid, values, color=INK, label="log likelihood", zorder=3)
    _estimate(axes, float(params[entry]))
    axes.set_ylim(-DRAWN_FALL, 0.25)
    return grid


def _estimate(axes: Axes, estimate: float) -> None:
    axes.plot([estimate], [0.0], marker="o", color=RED, linestyle="none", label="estimate", zorder=5, clip_on=False)
    axes.vlines(estimate, -DRAWN_FALL, 0.0, color=RED, linewidth=0.7, linestyle=(0, (4, 3)), zorder=2)


def _quadratic(axes: Axes, results: LikelihoodResults) -> None:
    """The curve whose cut is the Wald interval: a parabola on the link scale."""
    standardised = np.sqrt(2 * DRAWN_FALL) * np.linspace(-1, 1, CURVE_POINTS)
    steps = np.asarray(results.bse) * standardised[:, None]
    axes.plot(
        on_links(np.asarray(results.params), steps, links(results))[:, 0],
        -(standardised**2) / 2,
        color=BLUE,
        linewidth=1.0,
        linestyle="--",
        label="quadratic",
        zorder=2,
    )


def _wald_bar(axes: Axes, interval: np.ndarray, height: float) -> None:
    axes.plot(
        interval,
        [height, height],
        color=BLUE,
        marker="|",
        markersize=9,
        label=f"{percent(LEVEL)} Wald interval",
        zorder=4,
    )


def _draw_contour(panels_of: Sequence[Axes], results: LikelihoodResults, names: Sequence[str]) -> None:
    (axes,) = panels_of
    x, y, values = contour_surface(results)
    _contours(axes, results, x, y, values)
    limits = [(x[0], x[-1]), (y[0], y[-1])]
    if np.isfinite(np.asarray(results.bse, dtype=float)).all():
        edge = _wald_region(results)
        axes.plot(*edge, color=BLUE, linestyle="--", linewidth=1.0, label=f"{percent(LEVEL)} Wald region")
        if not is_calibrated(results):  # the region says more than the contours do
            limits = [shared_limits([*ends, *reached], MARGIN) for ends, reached in zip(limits, edge, strict=True)]
    if np.isnan(values).any():
        axes.contourf(x, y, np.isnan(values), levels=[0.5, 1.5], colors=[PALE])
        axes.fill([], [], color=PALE, label="likelihood zero")
    axes.plot(*np.asarray(results.params), marker="o", color=RED, linestyle="none", label="estimate", zorder=5)
    axes.set(xlim=limits[0], ylim=limits[1])
    axes.set(xlabel=names[0], ylabel=names[1])


def _contours(axes: Axes, results: LikelihoodResults, x: np.ndarray, y: np.ndarray, values: np.ndarray) -> None:
    """Contours with their labels: of likelihood regions, or of plain falls where these have no confidence."""
    from matplotlib.patheffects import withStroke

    calibrated = is_calibrated(results)
    falls = region_falls() if calibrated else np.array(PLAIN_FALLS)
    words = [percent(level) for level in REGIONS] if calibrated else [rf"$-{fixed(fall, 0)}$" for fall in falls]
    axes.plot([], [], color=INK, label="likelihood regions" if calibrated else "relative log likelihood")
    widths = np.linspace(0.7, 1.5, len(falls))
    drawn = axes.contour(x, y, values, levels=-falls[::-1], colors=INK, linewidths=widths, linestyles="solid")

    def in_words(level: float) -> str:
        return words[int(np.argmin(np.abs(falls + level)))]

    places = _far_ends(drawn, np.asarray(results.params), (x, y)) if calibrated else False
    for text in axes.clabel(drawn, fmt=in_words, fontsize=8, inline_spacing=3, manual=places):
        text.set_path_effects([withStroke(linewidth=2.5, foreground="white")])


def _far_ends(drawn: Any, estimate: np.ndarray, grids: tuple[np.ndarray, np.ndarray]) -> list[tuple[float, float]]:
    """The point of each contour farthest from the estimate, where nested contours lie apart."""
    widths = np.array([np.ptp(grid) for grid in grids])
    ends = []
    for path in drawn.get_paths():
        distance = np.sum(((path.vertices - estimate) / widths) ** 2, axis=1)
        ends.append(tuple(path.vertices[np.argmax(distance)]))
    return ends


def _wald_region(results: LikelihoodResults) -> np.ndarray:
    """Edge of the joint Wald region of two parameters, `(2, m)`: an ellipse on the link scale."""
    radius = np.sqrt(2 * region_falls((LEVEL,))[0])
    roots, vectors = np.linalg.eigh(np.asarray(results.cov_params(), dtype=float))
    angle = np.linspace(0, 2 * np.pi, CURVE_POINTS)
    circle = np.sqrt(np.maximum(roots, 0))[:, None] * np.stack([np.cos(angle), np.sin(angle)])
    return on_links(np.asarray(results.params, dtype=float), (radius * vectors @ circle).T, links(results)).T


def _draw_panels(panels_of: Sequence[Axes], results: LikelihoodResults, names: Sequence[str]) -> None:
    intervals, curves = np.asarray(results.conf_int()), profile_curves(results)
    for entry, axes in enumerate(panels_of):
        if curves:
            _draw_profile(axes, results, curves[entry], entry)
        else:
            _draw_slice(axes, results, entry)
        axes.set_xlabel(names[entry])
        axes.locator_params(axis="x", nbins=4, min_n_ticks=3)
        if np.isfinite(intervals[entry]).all():
            _wald_bar(axes, intervals[entry], -CUT if curves else BAR_HEIGHT)
    label = "profile log likelihood" if curves else "slice, other parameters at the estimate"
    panels_of[0].lines[0].set_label(label)


def profile_curves(results: LikelihoodResults) -> list[pd.DataFrame]:
    """Profiles of the first entries of params, kept with the results; none where they are not to be had.

    Of too many rows, of pseudo-likelihoods and clusters, of likelihoods with kinks.
    """
    own: Any = getattr(results, "_results", results)
    if "profile_curves" not in own._cache:
        own._cache["profile_curves"] = _found_curves(results)
    found: list[pd.DataFrame] = own._cache["profile_curves"]
    return found


def _found_curves(results: LikelihoodResults) -> list[pd.DataFrame]:
    names = results.model.exog_names[:MOST_SLICES]
    rows = rows_per_point(results.model) * PROFILE_POINTS * PROFILE_STEPS * len(names)
    if rows > PROFILE_ROWS or results.model.family is None:
        return []
    try:
        curves = [results.profile(name).curve(np.sqrt(2 * DRAWN_FALL), PROFILE_POINTS) for name in names]
    except NotAvailableError:
        return []
    return curves if all(np.isfinite(curve["deviance"]).all() for curve in curves) else []


def _draw_profile(axes: Axes, results: LikelihoodResults, curve: pd.DataFrame, entry: int) -> None:
    """The profile log likelihood of one entry of params, with the estimate and the cut of its interval."""
    estimate = float(np.asarray(results.params)[entry])
    axes.plot(curve["value"], -curve["deviance"] / 2, color=INK, zorder=3)
    _estimate(axes, estimate)
    axes.axhline(-CUT, color=GREY, linewidth=0.9, linestyle=(0, (1, 2)), zorder=1)
    axes.set_ylim(-DRAWN_FALL, 0.25)
