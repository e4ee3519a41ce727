"""Results that a session shows as they print."""

from __future__ import annotations

import textwrap
from html import escape
from typing import Any

from likelihood_kit._numerics.printed import significant

#: Columns of a line of words.
WIDTH = 100


class InWords:
    """A result with words of its own, which a session shows in place of its fields.

    A notebook shows the table, `printed` where only a part of it is, and under it the verdict and the remarks.
    """

    __slots__ = ()

    def _words(self) -> str:
        """Tables and sentences; a sentence is one line, however long."""
        raise NotImplementedError

    def __str__(self) -> str:
        return in_lines(self._words())

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        shown: Any = self
        verdict = getattr(shown, "verdict", None)
        table = getattr(shown, "printed", getattr(shown, "table", None))
        if table is None or verdict is None:
            return _as_html(self._words())
        html = table.to_html(float_format=significant)
        words = "".join(f"<p>{escape(text, quote=False)}</p>" for text in (verdict, *getattr(shown, "remarks", ())))
        return f'<div style="overflow-x: auto">{html}</div>{words}'


def in_lines(text: str) -> str:
    """Sentences in lines of `WIDTH` columns; a line of a table, in which columns are apart, stays as it is."""
    wrapped = (
        line if _is_row(line) else textwrap.fill(line, WIDTH, break_long_words=False, break_on_hyphens=False)
        for line in text.splitlines()
    )
    return "\n".join(wrapped)


def _is_row(line: str) -> bool:
    return "  " in line or len(line) <= WIDTH


def _as_html(text: str) -> str:
    escaped = escape(text, quote=False)
    if any("  " in line for line in text.splitlines()):
        return f"<pre>{escaped}</pre>"
    return f"<p>{'<br>'.join(escaped.splitlines())}</p>"
