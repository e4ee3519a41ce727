"""A matplotlib figure that a notebook shows as the last line of a cell, whether pyplot was loaded or not."""

from __future__ import annotations

import io

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

#: Dots per inch in a notebook: pixels enough for a display of twice the resolution.
NOTEBOOK_RESOLUTION = 150


class Drawing(Figure):
    """A figure with a canvas of pixels, and its own picture for notebooks; pyplot does not manage it."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        FigureCanvasAgg(self)

    def _repr_png_(self) -> bytes:
        buffer = io.BytesIO()
        self.savefig(buffer, format="png", dpi=NOTEBOOK_RESOLUTION)
        return buffer.getvalue()
