"""A document as one HTML file that needs nothing else: style inline, figures and formulas as SVG within."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from html import escape

from likelihood_kit.reports.displayed import displayed
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
from likelihood_kit.reports.numbers import HTML, decimal_tails
from likelihood_kit.reports.style import PANEL, formula_depth, formula_image, image

_STYLE = """
:root { color-scheme: light dark; --ink: #1a1a1a; --paper: #fff; --soft: #333; --faint: #444; --rule: #bbb;
  --link: #0b4f82; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e6e6; --paper: #16181b; --soft: #c9c9c9; --faint: #b5b5b5;
  --rule: #555; --link: #8ab8e6; }
  figure img { background: #fff; border-radius: 4px; padding: 4px; box-sizing: border-box; }
  .formula img { filter: invert(1); } }
body { margin: 3rem auto; max-width: 46rem; padding: 0 1.25rem; color: var(--ink); background: var(--paper);
  overflow-wrap: break-word;
  font: 1.0625rem/1.55 "STIX Two Text", "Times New Roman", Times, "Nimbus Roman", "Liberation Serif", serif; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 1.5rem; font-weight: 600; }
h2 { font-size: 1.25rem; margin: 2.25rem 0 .6rem; font-weight: 600; }
p { margin: .6rem 0; }
figure { margin: 1.75rem 0; }
figure img { display: block; max-width: 100%; height: auto; margin: 0 auto; }
.drawing { overflow-x: auto; }
sup { line-height: 0; } /* a power does not part the lines */
figcaption { font-size: .9375rem; line-height: 1.4; text-align: left; color: var(--soft); }
figcaption { margin-top: .6rem; }
.table { margin: 1.75rem 0; }
.scroll { overflow-x: auto; width: max-content; min-width: 100%; max-width: min(96vw, 64rem);
  position: relative; left: 50%; transform: translateX(-50%); }
table { border-collapse: collapse; margin: 0 auto; font-size: .9375rem; line-height: 1.35; }
thead { border-top: 1.5px solid var(--ink); } tbody { border-bottom: 1.5px solid var(--ink); }
.note { margin: .4rem 0 0; font-size: .875rem; line-height: 1.35; color: var(--faint); }
.caption { font-size: .9375rem; line-height: 1.4; color: var(--soft); margin: 0 0 .5rem; } /* as wide as the text */
th, td { padding: .2rem .65rem; text-align: left; vertical-align: baseline; font-weight: normal; }
th:first-child { padding-left: .2rem; } td:last-child, thead th:last-child { padding-right: .2rem; }
thead th { border-bottom: .75px solid var(--ink); vertical-align: bottom; }
tbody th { white-space: nowrap; }
tr.group > * { border-top: .5px solid var(--rule); }
.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums lining-nums; }
.formula { margin: 1.25rem 0; text-align: center; line-height: 1.8; }
.formula img { max-width: 100%; }
.cases { display: flex; align-items: center; justify-content: center; text-align: left; }
.cases .head { flex: none; } .cases svg { flex: none; width: .7rem; align-self: stretch; margin: 0 .5rem; }
.cases path { fill: none; stroke: currentColor; stroke-width: 1.2; vector-effect: non-scaling-stroke; }
dl { margin: .8rem 0; } dt { font-weight: 600; } dd { margin: 0 0 .6rem 1.25rem; }
pre { font-size: .8125rem; line-height: 1.35; overflow-x: auto; }
ol.references { padding-left: 1.5rem; font-size: .9375rem; }
a { color: var(--link); }
@media (max-width: 40rem) { body { margin: 1.25rem auto; padding: 0 .9rem; font-size: 1rem; }
  .scroll { width: auto; max-width: 100%; left: 0; transform: none; }
  .formula { text-align: left; } .cases { justify-content: flex-start; flex-wrap: wrap; }
  .cases .head { width: 100%; } .cases .branches { flex: 1; }
  table { font-size: .875rem; } th, td { padding: .2rem .3rem; }
  tbody th, thead th.number { white-space: normal; }
  figure.wide img { max-width: none; width: 34rem; } /* else its letters are too small to read */
  h1 { font-size: 1.375rem; } dd { margin-left: .5rem; } }
@media print { :root { --ink: #000; --paper: #fff; --soft: #333; --faint: #444; --rule: #bbb; --link: #0b4f82; }
  body { margin: 0; max-width: none; font-size: 10.5pt; } .formula img { filter: none; }
  .scroll { max-width: 100%; overflow: visible; } .table, figure { break-inside: avoid; }
  table { font-size: 9pt; } th, td { padding: .2rem .4rem; } thead th.number { white-space: normal; } }
"""
#: The page may load nothing: what is not in the file is not in the report.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
#: A brace before cases, as tall as they are.
_BRACE = (
    '<svg viewBox="0 0 10 100" preserveAspectRatio="none" aria-hidden="true">'
    '<path d="M10,1 C3,1 7,50 1,50 C7,50 3,99 10,99" /></svg>'
)
#: A space as wide as a digit, and one as wide as a full stop.
_DIGIT_SPACE, _POINT_SPACE = "\u2007", "\u2008"
_NUMERIC, _GROUP, _WIDE = ' class="number"', ' class="group"', ' class="wide"'


def render(document: Document) -> str:
    """The whole page."""
    title = escape(document.title)
    head = (
        '<meta charset="utf-8">\n<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n<title>{title}</title>\n'
        f"<style>{_STYLE}</style>"
    )
    body = fragment(document.blocks)
    body = f"<body>\n<h1>{title}</h1>\n{body}\n</body>"
    return f'<!DOCTYPE html>\n<html lang="en">\n<head>\n{head}\n</head>\n{body}\n</html>\n'


def fragment(blocks: Iterable[Block], level: int = 2) -> str:
    """Blocks alone, to stand within a page, with headings of a level."""
    counters = {Table: 0, Figure: 0}
    parts = []
    for block in blocks:
        if type(block) in counters:
            counters[type(block)] += 1
        parts.append(_block(block, counters.get(type(block), 0), level))
    return "\n".join(parts)


def _block(block: Block, number: int, level: int) -> str:
    match block:
        case Heading(text):
            return f"<h{level}>{escape(text)}</h{level}>"
        case Paragraph(text, lead):
            strong = f"<strong>{escape(lead)}</strong> " if lead else ""
            return f"<p>{strong}{_prose(text)}</p>"
        case Definitions(entries):
            return f"<dl>{''.join(f'<dt>{escape(term)}</dt><dd>{_prose(text)}</dd>' for term, text in entries)}</dl>"
        case Formula(latex, text):
            return _formula(latex, text)
        case Preformatted(text):
            return f"<pre>{escape(text)}</pre>"
        case References(entries):
            return f'<ol class="references">{"".join(f"<li>{_reference(entry)}</li>" for entry in entries)}</ol>'
        case Figure():
            return _figure(block, number)
        case Table():
            return _table(block, number)


def _figure(figure: Figure, number: int) -> str:
    """The picture with its caption; on a phone that with its panels below each other, where there is one."""
    drawing = figure.drawn()
    picture = f'<img src="{_data(image(drawing, "svg"))}" alt="{escape(figure.alternative)}">'
    wide = _WIDE if drawing.get_figwidth() > PANEL[0] and figure.narrow is None else ""
    if figure.narrow is not None:
        slim = _data(image(figure.narrow(), "svg"))
        picture = f'<picture><source media="(max-width: 40rem)" srcset="{slim}" />{picture}</picture>'
    caption = f"<figcaption><strong>Figure {number}.</strong> {_prose(figure.caption)}</figcaption>"
    return f'<figure{wide}><div class="drawing">{picture}</div>{caption}</figure>'


def _data(svg: bytes) -> str:
    return f"data:image/svg+xml;base64,{base64.b64encode(svg).decode('ascii')}"


def _formula(latex: str, text: str) -> str:
    """Images of the terms, between which lines may break; cases one below the other."""
    if formula_image(latex) is None:
        return f'<div class="formula"><code>{escape(text)}</code></div>'
    parts = displayed(latex)
    if len(parts.branches) == 1:
        first, *others = parts.branches[0].terms
        return f'<div class="formula">{_pieces([f"{parts.head} {first}".strip(), *others], text)}</div>'
    rows = "".join(f"<div>{_pieces([*branch.terms, branch.when])}</div>" for branch in parts.branches)
    head = f'<div class="head">{_pieces([parts.head], text)}</div>'
    return f'<div class="formula cases">{head}{_BRACE}<div class="branches">{rows}</div></div>'


def _pieces(pieces: Iterable[str], text: str = "") -> str:
    """Images of pieces of a formula on one line; the first says what all of it is."""
    images: list[str] = []
    for latex in filter(None, pieces):
        # A sign that begins a line would stand too near to its term.
        spaced = f"{latex[0]}\\;{latex[1:]}" if latex[0] in "+-" and images else latex
        drawn = formula_image(spaced)
        if drawn is not None:
            style = f"vertical-align:-{formula_depth(spaced):.2f}pt"
            images.append(f'<img src="{_data(drawn)}" alt="{escape("" if images else text)}" style="{style}">')
    return " ".join(images)


def _reference(reference: Reference) -> str:
    if not reference.doi:
        return escape(reference.text)
    return f'{escape(reference.text)} <a href="https://doi.org/{escape(reference.doi)}">doi:{escape(reference.doi)}</a>'


def _table(table: Table, number: int) -> str:
    stubs, columns = table.stubs, table.columns
    headings = "".join(_cell("th", _heading(column), column, ' scope="col"') for column in (*stubs, *columns))
    bodies = [(column, _typeset_column(column)) for column in columns]
    rows = []
    for i in range(len(table.frame)):
        begins = len(stubs) > 1 and i > 0 and stubs[0].cells[i] != ""
        cells = [_cell("th", _value(column, i), column, ' scope="row"') for column in stubs]
        cells += [_cell("td", cells_of[i], column) for column, cells_of in bodies]
        rows.append(f"<tr{_GROUP if begins else ''}>{''.join(cells)}</tr>")
    label = f"table-{number}"
    note = f'\n<p class="note">{_prose(table.note)}</p>' if table.note else ""
    caption = f'<p class="caption" id="{label}"><strong>Table {number}.</strong> {_prose(table.caption)}</p>'
    body = "<tbody>\n" + "\n".join(rows) + "\n</tbody>"
    # A region of its own that a keyboard can scroll, where the table is wider than the page.
    opening = f'<div class="scroll" tabindex="0" role="region" aria-labelledby="{label}">'
    grid = f'<table aria-labelledby="{label}">\n<thead><tr>{headings}</tr></thead>\n{body}</table>'
    return f'<div class="table">{caption}\n{opening}{grid}</div>{note}</div>'


def _cell(tag: str, content: str, column: Column, scope: str = "") -> str:
    return f"<{tag}{scope}{_NUMERIC if column.numeric else ''}>{content}</{tag}>"


def _heading(column: Column) -> str:
    return escape(column.heading)


def _value(column: Column, i: int) -> str:
    return _number(column.cells[i]) if column.numeric else escape(column.cells[i])


def _typeset_column(column: Column) -> list[str]:
    if not column.numeric:
        return [escape(cell) for cell in column.cells]
    return [
        _number(cell) + _POINT_SPACE * tail.startswith(".") + _DIGIT_SPACE * len(tail.removeprefix("."))
        for cell, tail in zip(column.cells, decimal_tails(column.cells), strict=True)
    ]


def _prose(text: str) -> str:
    return HTML.prose(escape(text))


def _number(cell: str) -> str:
    return HTML.cell(escape(cell))
