"""House style of the figures: one journal column, one serif type, colours that all readers tell apart."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, SubFigure

#: Where a figure is drawn: a part of another one, axes of the user's, or None for a figure of its own.
Place = Any
#: Width and height of a figure of one panel, inches: a text column at 10 points.
PANEL = (5.0, 3.4)
#: Width of a figure on a phone, inches: 346 pixels of a page, at which letters keep their size.
NARROW = 3.6
#: Okabe and Ito (2008), *Color Universal Design*: black, blue, vermilion, green, sky blue, orange, purple.
COLOURS = ("#000000", "#0072B2", "#D55E00", "#009E73", "#56B4E9", "#E69F00", "#CC79A7")
INK, BLUE, RED, GREEN = COLOURS[:4]
GREY, PALE = "#6E6E6E", "#D9D9D9"
MARKERS = ("o", "s", "^", "D", "v", "P", "X")

#: matplotlib's parameters. STIX comes with matplotlib, so that a figure looks the same everywhere; text is kept as
#: outlines in SVG and as TrueType in PDF for the same reason; the salt makes SVG reproducible to the byte.
STYLE: Any = {
    "font.family": ["STIXGeneral", "DejaVu Serif", "DejaVu Sans"],
    "font.size": 10.0,
    "mathtext.fontset": "stix",
    "axes.labelsize": 10.0,
    "axes.titlesize": 10.0,
    "axes.linewidth": 0.7,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.formatter.use_mathtext": True,
    "axes.formatter.limits": (-4, 5),
    "axes.unicode_minus": True,
    "xtick.labelsize": 9.0,
    "ytick.labelsize": 9.0,
    "xtick.direction": "out",
    "ytick.direction": "out",
    "xtick.major.width": 0.7,
    "ytick.major.width": 0.7,
    "xtick.minor.width": 0.5,
    "ytick.minor.width": 0.5,
    "lines.linewidth": 1.4,
    "lines.markersize": 4.5,
    "patch.linewidth": 0.6,
    "hatch.linewidth": 0.5,
    "legend.fontsize": 9.0,
    "legend.frameon": False,
    "legend.handlelength": 1.8,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "svg.fonttype": "path",
    "svg.hashsalt": "likelihood_kit",
    "pdf.fonttype": 42,
}
#: Resolution of pixel images, dots per inch.
RESOLUTION = 200
#: Size of a displayed formula, points: that of the text around it on a page of HTML.
FORMULA_SIZE = 12.5
#: White around it, inches, and points of an inch.
FORMULA_MARGIN, POINTS = 0.03, 72


#: What belongs to a whole figure: in axes of the user's, letters are those of the rest of it.
_LETTERS = ("font.", "mathtext.", "axes.labelsize", "axes.titlesize", "xtick.", "ytick.")


@contextmanager
def house_style(within: Place = None) -> Iterator[None]:
    """Context in which matplotlib draws and saves in the house style; its global state is left as it was."""
    import matplotlib

    own = isinstance(within, list)
    with matplotlib.rc_context({key: value for key, value in STYLE.items() if not (own and key.startswith(_LETTERS))}):
        yield


@dataclass(frozen=True)
class Grid:
    """Panels of one figure.

    Attributes
    ----------
    count, columns : int
        The last row is filled from the left.
    size : (width, height)
        Of one panel, inches.
    """

    count: int
    columns: int = 1
    size: tuple[float, float] = PANEL

    @property
    def extent(self) -> tuple[float, float]:
        """Width and height of the figure, inches."""
        return self.columns * self.size[0], -(-self.count // self.columns) * self.size[1]


def stacked(grid: Grid) -> Grid:
    """The same panels below each other, as wide as a phone."""
    return replace(grid, columns=1, size=(NARROW, grid.size[1]))


def panels(grid: Grid, within: Place = None) -> tuple[Any, list[Axes]]:
    """A new figure, or the part of one, with empty panels; of the user's own axes these, and None for the figure."""
    from likelihood_kit.reports.drawing import Drawing

    if isinstance(within, list):
        return None, within
    figure = within or Drawing(figsize=grid.extent, layout="constrained")
    rows = -(-grid.count // grid.columns)
    return figure, [figure.add_subplot(rows, grid.columns, place + 1) for place in range(grid.count)]


def joined(parts: Sequence[tuple[Grid, Callable[[SubFigure], object]]], *, across: bool) -> Figure:
    """One figure of several, each drawn by its function into its part, beside or below each other."""
    from likelihood_kit.reports.drawing import Drawing

    widths, heights = zip(*(grid.extent for grid, _ in parts), strict=True)
    with house_style():
        if across:
            figure = Drawing(figsize=(sum(widths), max(heights)), layout="constrained")
            places = figure.subfigures(1, len(parts), squeeze=False, width_ratios=widths)
        else:
            figure = Drawing(figsize=(max(widths), sum(heights)), layout="constrained")
            places = figure.subfigures(len(parts), 1, squeeze=False, height_ratios=heights)
        for place, (_, draw) in zip(places.ravel(), parts, strict=True):
            draw(place)
    return figure


def within(own: Sequence[Axes], parts: Sequence[tuple[Grid, Callable[[Place], object]]]) -> Any:
    """The figure of the user's axes, each part drawn into as many of them as it has panels."""
    rest = list(own)
    for grid, draw in parts:
        draw(rest[: grid.count])
        rest = rest[grid.count :]
    return own[0].get_figure()


def plain(text: object) -> str:
    """A name as matplotlib prints it: what would begin a formula is escaped."""
    return str(text).replace("$", r"\$")


def legend_above(figure: Figure | SubFigure | None, axes: Axes, *, columns: int) -> None:
    """One legend over all panels, where it can hide nothing; areas before lines, as they are drawn.

    In a figure of the user's, who knows what else is there, within the axes.
    """
    from matplotlib.lines import Line2D

    entries = sorted(
        zip(*axes.get_legend_handles_labels(), strict=True), key=lambda entry: isinstance(entry[0], Line2D)
    )
    handles, labels = [entry[0] for entry in entries], [str(entry[1]) for entry in entries]
    if figure is None:
        axes.legend(handles, labels)
        return
    figure.legend(handles, labels, loc="outside upper center", ncols=min(columns, len(handles)))


def image(figure: Figure, kind: str) -> bytes:
    """A figure as the bytes of an "svg", "pdf" or "png" file, without a date."""
    buffer = io.BytesIO()
    dates: dict[str, dict[str, Any]] = {"svg": {"Date": None}, "pdf": {"CreationDate": None}, "png": {}}
    with house_style():
        figure.savefig(buffer, format=kind, metadata=dates[kind], dpi=RESOLUTION)
    return buffer.getvalue()


def formula_depth(latex: str) -> float:
    """How far the image of a formula reaches below its line, points."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    with house_style():
        size = FontProperties(size=FORMULA_SIZE)
        own = text_to_path.get_text_width_height_descent(f"${_displayed(latex)}$", size, True)
        # matplotlib leaves room for these letters below every text.
        least = text_to_path.get_text_width_height_descent("lp", size, False)
    return float(max(own[2], least[2])) + FORMULA_MARGIN * POINTS


def formula_image(latex: str) -> bytes | None:
    """A displayed formula as SVG; None where it goes beyond matplotlib's mathtext."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(0.01, 0.01))
    with house_style():
        figure.text(0, 0, f"${_displayed(latex)}$", fontsize=FORMULA_SIZE)
        buffer = io.BytesIO()
        try:
            figure.savefig(
                buffer,
                format="svg",
                bbox_inches="tight",
                pad_inches=FORMULA_MARGIN,
                transparent=True,
                metadata={"Date": None},
            )
        except ValueError:  # what mathtext raises for a command it does not know
            return None
    return buffer.getvalue()


def _displayed(latex: str) -> str:
    """LaTeX with the outermost fractions in display size, since mathtext has no display style."""
    pieces: list[str] = []
    fractions: list[list[int]] = []
    depth = 0
    for token in re.split(r"(\\[A-Za-z]+|\\.|[{}])", latex):
        if token == r"\frac":
            pieces.append(r"\frac" if fractions else r"\dfrac")
            fractions.append([depth, 2])  # two arguments, at this depth
            continue
        depth += (token == "{") - (token == "}")
        if token == "}" and fractions and fractions[-1][0] == depth:
            fractions[-1][1] -= 1
            if not fractions[-1][1]:
                fractions.pop()
        pieces.append(token)
    # Nor does it part a named function from a letter that follows.
    return re.sub(r"(\\log) (?=[A-Za-z\\])", r"\1\\, ", "".join(pieces))


def shared_limits(values: Sequence[float], margin: float = 0.05) -> tuple[float, float]:
    """Least and largest value with a margin."""
    low, high = min(values), max(values)
    reach = margin * (high - low or abs(high) or 1.0)
    return low - reach, high + reach
