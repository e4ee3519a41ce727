"""A report as data: a title and a list of blocks, which know nothing of how they are printed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from likelihood_kit._numerics.printed import significant

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing

#: Makes the cells of a column from the whole frame and the column's name.
Format = Callable[[pd.DataFrame, str], list[str]]


@dataclass(frozen=True)
class Heading:
    """Heading of a section."""

    text: str


@dataclass(frozen=True)
class Paragraph:
    """Text, after a few words in bold that say what it is about."""

    text: str
    lead: str = ""


@dataclass(frozen=True)
class Definitions:
    """Terms with what they mean here."""

    entries: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Formula:
    """Displayed formula: LaTeX of one line, within the subset of matplotlib's mathtext, and the same in plain text."""

    latex: str
    text: str


@dataclass(frozen=True)
class Preformatted:
    """Text whose spaces and line breaks count."""

    text: str


@dataclass(frozen=True)
class Reference:
    """A publication, with its digital object identifier where it has one."""

    text: str
    doi: str = ""


@dataclass(frozen=True)
class References:
    """List of publications."""

    entries: tuple[Reference, ...]


@dataclass(frozen=True)
class Figure:
    """A drawing with its caption.

    Attributes
    ----------
    drawing : matplotlib Figure, or callable without arguments that returns one
    caption : str
    name : str
        Of its file, without suffix.
    shows : str
        What is to be seen in it, in words, for who cannot see it; the caption says how it is to be read.
    narrow : callable, optional
        Returns the same with its panels below each other, where there are several beside each other.
    """

    drawing: Drawing | Callable[[], Drawing]
    caption: str
    name: str
    shows: str = ""
    narrow: Callable[[], Drawing] | None = None

    @property
    def alternative(self) -> str:
        """Text in the place of the picture."""
        return self.shows or self.caption

    def drawn(self) -> Drawing:
        """The matplotlib figure."""
        return self.drawing() if callable(self.drawing) else self.drawing


@dataclass(frozen=True)
class Column:
    """A column ready to be printed: numeric cells are ASCII numbers, perhaps with an error in parentheses."""

    heading: str
    cells: tuple[str, ...]
    numeric: bool


@dataclass(frozen=True, eq=False)
class Table:
    """A DataFrame with a caption.

    Attributes
    ----------
    frame : DataFrame
        Its columns are the headings; the levels of its index come first.
    caption : str
    formats : dict of column to Format
        By default floats have four significant digits, and all else is what `str` makes of it.
    note : str
        Printed below.
    """

    frame: pd.DataFrame
    caption: str
    formats: Mapping[str, Format] = field(default_factory=dict)
    note: str = ""

    @property
    def stubs(self) -> tuple[Column, ...]:
        """Columns of the index; a label that repeats the one above, with all to its left, is left out."""
        index = self.frame.index
        rows = [label if isinstance(label, tuple) else (label,) for label in index]
        columns = []
        for level, name in enumerate(index.names):
            labels = [row[level] for row in rows]
            last = level == len(index.names) - 1
            repeats = [
                i > 0 and not last and rows[i][: level + 1] == rows[i - 1][: level + 1] for i in range(len(rows))
            ]
            cells = ["" if repeated else str(label) for label, repeated in zip(labels, repeats, strict=True)]
            columns.append(Column("" if name is None else str(name), tuple(cells), _is_numeric(labels)))
        return tuple(columns)

    @property
    def columns(self) -> tuple[Column, ...]:
        """Columns of values."""
        found = []
        for name in self.frame.columns:
            numeric = name in self.formats or _is_numeric(self.frame[name])
            cells = (self.formats.get(name) or _plain)(self.frame, name)
            found.append(Column(str(name), tuple(cells), numeric))
        return tuple(found)


def _is_numeric(values: Any) -> bool:
    return all(isinstance(value, (int, float, np.number)) and not isinstance(value, bool) for value in values)


def _plain(frame: pd.DataFrame, name: str) -> list[str]:
    return [significant(float(x)) if isinstance(x, (float, np.floating)) else str(x) for x in frame[name]]


Block = Heading | Paragraph | Definitions | Formula | Preformatted | References | Figure | Table


@dataclass(frozen=True)
class Document:
    """A title and blocks in order."""

    title: str
    blocks: tuple[Block, ...]

    def of(self, kind: type) -> list[Any]:
        """All blocks of a kind, such as `Table`."""
        return [block for block in self.blocks if isinstance(block, kind)]
