"""Results that a session shows as they print."""

from __future__ import annotations

from html import escape
from typing import Any

from likelihood_kit._numerics.printed import significant


class InWords:
    """A result with words of its own, which a session shows in place of its fields.

    A notebook shows the table, `printed` where only a part of it is, and under it the verdict and
    the remarks.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        shown: Any = self
        verdict = getattr(shown, "verdict", None)
        table = getattr(shown, "printed", getattr(shown, "table", None))
        if table is None or verdict is None:
            return f"<p>{escape(str(self), quote=False)}</p>"
        html = table.to_html(float_format=significant)
        words = "".join(f"<p>{escape(text, quote=False)}</p>" for text in (verdict, *getattr(shown, "remarks", ())))
        return f'<div style="overflow-x: auto">{html}</div>{words}'
