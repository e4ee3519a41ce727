"""A document as GitHub's Markdown: pipe tables, `$$` formulas, figures as PNG beside it."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote

from likelihood_kit.reports.displayed import with_cases
from likelihood_kit.reports.document import (
    Block,
    Column,
    Definitions,
    Document,
    Figure,
    Formula,
    Heading,
    Paragraph,
    Preformatted,
    Reference,
    References,
    Table,
)
from likelihood_kit.reports.numbers import MARKDOWN

#: Punctuation that may begin markup anywhere in a line, and what would be HTML.
_SPECIAL = re.compile(r"([\\`*_\[\]|~$])")
_HTML = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
#: What makes a line a list, a heading or a quotation.
_LINE_START = re.compile(r"^(\s*)([#+-]|\d+(?=[.)]))")


def render(document: Document, figures: dict[str, Path]) -> str:
    """The whole text; `figures` holds the path of each figure's file, by name, as the text must spell it."""
    counters = {Table: 0, Figure: 0}
    parts = [f"# {escaped(document.title)}"]
    for block in document.blocks:
        if type(block) in counters:
            counters[type(block)] += 1
        parts.append(_block(block, counters.get(type(block), 0), figures))
    return "\n\n".join(parts) + "\n"


def escaped(text: str) -> str:
    """Text of one line as Markdown."""
    text = "".join(_HTML.get(character, character) for character in " ".join(text.split()))
    return _LINE_START.sub(_escape_start, _SPECIAL.sub(r"\\\1", text))


def _escape_start(found: re.Match[str]) -> str:
    # A number is no punctuation: what is escaped is the full stop after it.
    return found[1] + (found[2] + "\\" if found[2][0].isdigit() else "\\" + found[2])


def _block(block: Block, number: int, figures: dict[str, Path]) -> str:
    match block:
        case Heading(text):
            return f"## {escaped(text)}"
        case Paragraph(text, lead):
            return (f"**{escaped(lead)}** " if lead else "") + escaped(text)
        case Definitions(entries):
            return "\n".join(f"- **{escaped(term)}**: {escaped(text)}" for term, text in entries)
        case Formula(latex):
            return f"$$\n{with_cases(latex)}\n$$"
        case Preformatted(text):
            return "\n".join("    " + line for line in text.splitlines())
        case References(entries):
            return "\n".join(f"{i}. {_reference(entry)}" for i, entry in enumerate(entries, 1))
        case Figure():
            image = f"![{escaped(block.alternative)}]({quote(figures[block.name].as_posix())})"
            return f"{image}\n\n**Figure {number}.** {escaped(block.caption)}"
        case Table():
            return _table(block, number)


def _reference(reference: Reference) -> str:
    text = escaped(reference.text)
    return f"{text} [doi:{reference.doi}](https://doi.org/{quote(reference.doi)})" if reference.doi else text


def _table(table: Table, number: int) -> str:
    columns = (*table.stubs, *table.columns)
    lines = [_row([escaped(column.heading) for column in columns])]
    lines.append(_row(["---:" if column.numeric else ":---" for column in columns]))
    lines += [_row([_cell(column, i) for column in columns]) for i in range(len(table.frame))]
    parts = [f"**Table {number}.** {escaped(table.caption)}", "\n".join(lines)]
    return "\n\n".join([*parts, escaped(table.note)] if table.note else parts)


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(column: Column, i: int) -> str:
    cell = column.cells[i]
    if column.numeric:
        return MARKDOWN.cell(cell)
    return _SPECIAL.sub(r"\\\1", "".join(_HTML.get(character, character) for character in cell))
