"""How an expression is handed to a reader: two strings, no symbols."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Notation:
    """One expression, as LaTeX and as plain text."""

    latex: str
    text: str

    def __str__(self) -> str:
        return self.text

    def _repr_latex_(self) -> str:
        return rf"$\displaystyle {self.latex}$"


def latex_name(name: str) -> str:
    r"""A parameter's name as a formula has it: `x` for one letter, `\mathrm{shape}` for a word."""
    escaped = name.replace("_", r"\_")
    return escaped if len(name) == 1 else rf"\mathrm{{{escaped}}}"
