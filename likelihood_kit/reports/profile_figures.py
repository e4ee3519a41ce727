"""A profile likelihood as its signed root, which is a line where the likelihood is normal; a region as its contours."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import special

from likelihood_kit._numerics.printed import percent
from likelihood_kit.diagnostics.intervals import HALF_WIDTH, LEVEL
from likelihood_kit.errors import NotAvailableError
from likelihood_kit.models import Profile, ProfileRegion
from likelihood_kit.reports.style import BLUE, GREY, INK, PANEL, RED, Grid, Place, house_style, legend_above, panels
from likelihood_kit.reports.wording import PLAIN, Wording, own_axes, wording

#: Confidence at whose cutoffs lines are drawn.
LEVELS = (0.5, 0.8, LEVEL, 0.99)
GRID = Grid(1, size=(PANEL[0], 0.75 * PANEL[0]))
#: Confidence of the regions that are drawn, and rays of their contours.
REGIONS, RAYS = (0.5, LEVEL), 180


def profile_plot(profile: Profile, ax: Any = None, labels: Any = None, units: Any = None) -> Any:
    """One matplotlib figure of a profile, or the figure of the axes it was drawn into."""
    words = wording(labels, units, [profile.name])
    own = None if ax is None else own_axes(ax, {1: "the profile"})
    figure = profile_figure(profile, own, words)
    return figure if own is None else own[0].get_figure()


def profile_figure(profile: Profile, within: Place = None, words: Wording = PLAIN) -> Any:
    """Signed root of the deviance against the parameter, the root that Wald intervals take for it, and the interval."""
    curve = profile.curve()
    interval = profile.interval(round(1 - LEVEL, 12))
    with house_style(within):
        figure, (axes,) = panels(GRID, within)
        for level in LEVELS:
            cut = float(np.sqrt(special.chdtri(1, 1 - level)))
            for side in (-1, 1):
                axes.axhline(side * cut, color=GREY, linewidth=0.6, linestyle=(0, (1, 2)), zorder=1)
            axes.annotate(
                percent(level), (1.0, cut), xycoords=("axes fraction", "data"), xytext=(3, 0),
                textcoords="offset points", va="center", fontsize=8, color=GREY, annotation_clip=False,
            )  # fmt: skip
        axes.plot(curve["value"], curve["wald_root"], color=BLUE, linewidth=1.0, linestyle="--", label="Wald", zorder=2)
        axes.plot(curve["value"], curve["signed_root"], color=INK, label="profile likelihood", zorder=3)
        for end, side, is_open in ((interval.low, -1, interval.open_low), (interval.high, 1, interval.open_high)):
            if not is_open:
                axes.plot([end, end], [-10.0, side * HALF_WIDTH], color=RED, linewidth=0.7, zorder=2)
        axes.plot([], [], color=RED, linewidth=0.7, label=f"{percent(LEVEL)} interval")
        axes.plot([profile.estimate], [0.0], marker="o", color=RED, linestyle="none", label="estimate", zorder=5)
        top = float(np.nanmax(np.abs(curve["signed_root"].to_numpy())))
        axes.set(xlabel=words.of(profile.name), ylabel="Signed root of the deviance", ylim=(-1.05 * top, 1.05 * top))
        legend_above(figure, axes, columns=4)
    return figure


def region_plot(region: ProfileRegion, ax: Any = None, labels: Any = None, units: Any = None) -> Any:
    """One matplotlib figure of a profile region, or the figure of the axes it was drawn into."""
    words = wording(labels, units, list(region.names))
    own = None if ax is None else own_axes(ax, {1: "the region"})
    figure = region_figure(region, own, words)
    return figure if own is None else own[0].get_figure()


def region_figure(region: ProfileRegion, within: Place = None, words: Wording = PLAIN) -> Any:
    """Contours of the profile likelihood of two parameters, the ellipses that Wald regions take for them, the estimate.

    A contour is broken where it is open.
    """
    contours = [region.contour(round(1 - level, 12), rays=RAYS) for level in REGIONS]
    try:
        ellipses = [region.wald(round(1 - level, 12), rays=RAYS) for level in REGIONS]
    except NotAvailableError:
        ellipses = []
    with house_style(within):
        figure, (axes,) = panels(GRID, within)
        for i, ellipse in enumerate(ellipses):
            closed = np.concatenate([ellipse, ellipse[:1]])
            axes.plot(*closed.T, color=BLUE, linewidth=1.0, linestyle="--", label="Wald" if i == 0 else None, zorder=2)
        for i, found in enumerate(contours):
            points = found.points[list(region.names)].mask(found.points["open"]).to_numpy(dtype=float)
            closed = np.concatenate([points, points[:1]])
            label = "profile likelihood" if i == 0 else None
            axes.plot(*closed.T, color=INK, label=label, zorder=3)
            if np.isfinite(points).any():
                top = points[np.nanargmax(points[:, 1])]
                axes.annotate(
                    percent(found.level), top, xytext=(0, 3), textcoords="offset points", ha="center", va="bottom",
                    fontsize=8, color=GREY,
                )  # fmt: skip
        axes.plot(*region.estimate[:, None], marker="o", color=RED, linestyle="none", label="estimate", zorder=5)
        axes.margins(0.08)
        axes.set(xlabel=words.of(region.names[0]), ylabel=words.of(region.names[1]))
        legend_above(figure, axes, columns=3)
    return figure
