r"""A document as LaTeX that pdflatex compiles: booktabs, graphicx, amsmath, hyperref; figures as PDF beside it."""

from __future__ import annotations

import re
from pathlib import Path

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
from likelihood_kit.reports.numbers import LATEX, decimal_tails

_PREAMBLE = r"""\documentclass[11pt]{article}
\usepackage[T1]{fontenc}
\usepackage[utf8]{inputenc}
\usepackage{lmodern}
\usepackage[margin=1in]{geometry}
\usepackage{amsmath}
\usepackage{booktabs}
\usepackage{longtable}
\usepackage{graphicx}
\usepackage[hidelinks,bookmarks=false]{hyperref}
\setlength{\parindent}{0pt}
\setlength{\parskip}{0.5\baselineskip}
\setlength{\emergencystretch}{3em}
\setlength{\belowcaptionskip}{0.5\baselineskip}
"""
#: What the body uses, defined unless an earlier fragment of the same document has done so.
_DEFINITIONS = r"""\makeatletter
% What is wider than the line is scaled down to it.
\@ifundefined{fitted}{\newsavebox{\fitted}}{}
\providecommand{\fit}[1]{\sbox{\fitted}{#1}\ifdim\wd\fitted>\linewidth
  \resizebox{\linewidth}{!}{\usebox{\fitted}}\else\usebox{\fitted}\fi}
% Tables and figures stand where the text puts them.
\@ifundefined{here}{\newenvironment{here}[1]{\par\medskip\noindent\minipage{\linewidth}\centering
  \def\@captype{#1}}{\endminipage\par\medskip}}{}
\makeatother
"""
#: What a document must load before it can take a fragment.
_NEEDED = (
    "% A fragment, to be read by \\input; its document needs, in its preamble,\n"
    "% \\usepackage[T1]{fontenc}\n% \\usepackage{amsmath,booktabs,longtable,graphicx,hyperref}\n"
    "% and, where it is in another folder, \\graphicspath{{folder/}} for the figures.\n"
)
#: Rows above which a table may break across pages.
LONGEST_FLOAT = 35

#: What means something else to TeX, or would be read as an argument after a line break.
_ESCAPES = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "[": "{[}",
    "]": "{]}",
    "*": "{*}",
    "`": r"\textasciigrave{}",
    '"': r"\textquotedbl{}",
    "−": "$-$",
    "–": r"\textendash{}",
    "—": r"\textemdash{}",
    "×": r"$\times$",
    "±": r"$\pm$",
    "≤": r"$\leq$",
    "≥": r"$\geq$",
    "≠": r"$\neq$",
    "≈": r"$\approx$",
    "∞": r"$\infty$",
    "√": r"$\surd$",
    "²": r"\textsuperscript{2}",
    "½": r"\textonehalf{}",
    "°": r"\textdegree{}",
    "’": "'",
    "“": r"\textquotedblleft{}",
    "”": r"\textquotedblright{}",
    "…": r"\ldots{}",
    "\u00a0": "~",
    "\u202f": r"\,",
}
_GREEK = (
    *("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu"),
    *("nu", "xi", "", "pi", "rho", "varsigma", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega"),
)
#: Capitals that do not look like Latin ones.
_CAPITALS = ("gamma", "delta", "theta", "lambda", "xi", "pi", "sigma", "upsilon", "phi", "psi", "omega")
_ESCAPES |= {chr(0x3B1 + i): rf"$\{name}$" if name else "o" for i, name in enumerate(_GREEK)}
_ESCAPES |= {chr(0x391 + i): rf"$\{name.capitalize()}$" for i, name in enumerate(_GREEK) if name in _CAPITALS}


def render(document: Document, figures: dict[str, Path], *, fragment: bool = False) -> str:
    r"""The whole source, or a fragment for `\input`, without preamble and title.

    `figures` holds the path of each figure's file, by name, as the source must spell it.
    """
    body = "\n\n".join(_block(block, figures) for block in document.blocks)
    if fragment:
        return f"{_NEEDED}{_DEFINITIONS}\n{body}\n"
    title = escaped(document.title)
    return (
        f"{_PREAMBLE}{_DEFINITIONS}\n\\begin{{document}}\n\n{{\\LARGE\\bfseries {title}\\par}}\n\\bigskip\n\n"
        f"{body}\n\n\\end{{document}}\n"
    )


def escaped(text: str) -> str:
    """Text as LaTeX; a letter that T1 fonts lack is given by its code point."""
    known = "".join(_ESCAPES.get(c) or (c if ord(c) < 0x180 else rf"{{[}}U+{ord(c):04X}{{]}}") for c in text)
    return re.sub(r"([-<>'])(?=\1)", r"\1{}", known)


def _block(block: Block, figures: dict[str, Path]) -> str:
    match block:
        case Heading(text):
            return rf"\section*{{{escaped(text)}}}"
        case Paragraph(text, lead):
            return (rf"\textbf{{{escaped(lead)}}} " if lead else "") + _prose(text)
        case Definitions(entries):
            items = "\n".join(rf"\item[{escaped(term)}] {_prose(text)}" for term, text in entries)
            return f"\\begin{{description}}\n{items}\n\\end{{description}}"
        case Formula(latex):
            return f"\\begin{{center}}\n\\fit{{$\\displaystyle {with_cases(latex)}$}}\n\\end{{center}}"
        case Preformatted(text):
            lines = "\\\\\n".join(rf"\mbox{{{escaped(line).replace(' ', '~')}}}" for line in text.splitlines())
            return f"{{\\footnotesize\\ttfamily\n{lines}\\par}}"
        case References(entries):
            items = "\n".join(rf"\item {_reference(entry)}" for entry in entries)
            return f"\\begin{{enumerate}}\n{items}\n\\end{{enumerate}}"
        case Figure(_, caption, name, _):
            return (
                f"\\begin{{here}}{{figure}}\n\\fit{{\\includegraphics{{{figures[name].as_posix()}}}}}\n"
                f"\\caption{{{_prose(caption)}}}\n\\end{{here}}"
            )
        case Table():
            return _table(block)


def _reference(reference: Reference) -> str:
    text = escaped(reference.text)
    return (
        rf"{text} \href{{https://doi.org/{reference.doi}}}{{doi:{escaped(reference.doi)}}}" if reference.doi else text
    )


def _table(table: Table) -> str:
    stubs, columns = table.stubs, table.columns
    layout = "@{}" + "".join("r" if column.numeric else "l" for column in (*stubs, *columns)) + "@{}"
    headings = " & ".join(_heading(column) for column in (*stubs, *columns))
    cells = [[_cell(cell, column) for cell in column.cells] for column in stubs] + [_aligned(c) for c in columns]
    rows = []
    for i in range(len(table.frame)):
        begins = len(stubs) > 1 and i > 0 and stubs[0].cells[i] != ""
        rows.append((r"\addlinespace" + "\n" if begins else "") + " & ".join(column[i] for column in cells) + r" \\")
    body = "\n".join(rows)
    caption, note = _prose(table.caption), _prose(table.note)
    head = f"\\toprule\n{headings} \\\\\n\\midrule\n"
    if len(table.frame) > LONGEST_FLOAT:
        begin = f"\\begin{{longtable}}{{{layout}}}\n\\caption{{{caption}}}\\\\\n"
        ends = "\\endhead\n\\bottomrule\n\\endfoot\n"
        return f"{{\\small\n{begin}{head}{ends}{body}\n\\end{{longtable}}\n{note}\\par}}"
    inner = f"\\begin{{tabular}}{{{layout}}}\n{head}{body}\n\\bottomrule\n\\end{{tabular}}"
    below = f"\n\n\\smallskip\n\\parbox{{\\linewidth}}{{\\footnotesize {note}}}" if note else ""
    return f"\\begin{{here}}{{table}}\n\\small\n\\caption{{{caption}}}\n\\fit{{{inner}}}{below}\n\\end{{here}}"


def _heading(column: Column) -> str:
    text = escaped(column.heading)
    return rf"\multicolumn{{1}}{{c}}{{{text}}}" if column.numeric and text else text


def _cell(cell: str, column: Column) -> str:
    return _number(cell) if column.numeric else escaped(cell)


def _aligned(column: Column) -> list[str]:
    if not column.numeric:
        return [escaped(cell) for cell in column.cells]
    tails = decimal_tails(column.cells)
    return [
        _number(cell) + (rf"\phantom{{{tail}}}" if tail else "") for cell, tail in zip(column.cells, tails, strict=True)
    ]


def _prose(text: str) -> str:
    return LATEX.prose(escaped(text))


def _number(cell: str) -> str:
    return LATEX.cell(cell.replace("%", r"\%"))
