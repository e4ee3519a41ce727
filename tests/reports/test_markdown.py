"""The Markdown is what GitHub reads."""

import re
from pathlib import Path

import pandas as pd
import pytest

from likelihood_kit.reports import markdown
from likelihood_kit.reports.document import Document, Paragraph, Table

FILES = {"drawing": Path("a b_figures/drawing.png")}


def plain(text):
    """What a reader sees of escaped text."""
    text = re.sub(r"\\([\\`*_\[\]|~$#+.-])", r"\1", text)
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def cells(line):
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def test_tables_have_one_cell_per_column(document):
    rows = [line for line in markdown.render(document, FILES).splitlines() if line.startswith("|")]
    assert {len(cells(row)) for row in rows} == {4}
    assert cells(rows[1]) == [":---", "---:", "---:", ":---"]


def test_blocks(document):
    text = markdown.render(document, FILES)
    assert "# Title with 50% &amp; &lt;tags&gt;" in text
    assert "## A\\_heading" in text
    assert "$$\n\\log f(y) = \\frac{y}{\\mathrm{scale}}\n$$" in text
    assert "](a%20b_figures/drawing.png)" in text
    assert "    two  spaces\n      <indented> 5%" in text
    assert "[doi:10.1000/a_b](https://doi.org/10.1000/a_b)" in text


def test_a_name_comes_out_as_it_went_in(nasty):
    name = nasty
    frame = pd.DataFrame({name: [name]}, index=pd.Index([name]))
    text = markdown.render(Document(name, (Paragraph(name), Table(frame, name))), {})
    lines = text.splitlines()
    assert plain(lines[0]) == "# " + name
    assert plain(lines[2]) == name
    assert [plain(cell) for cell in cells(lines[6])] == ["", name]
    assert [plain(cell) for cell in cells(lines[8])] == [name, name]


@pytest.mark.parametrize("text", ["# no heading", "- no list", "1. no list", "+ no list"])
def test_no_line_begins_markup(text):
    assert re.match(r"\\[#+-]|\d+\\\.", markdown.escaped(text))
