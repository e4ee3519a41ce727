"""The HTML is one well-formed file that asks nobody for anything, and says what the document says."""

import base64
import re
from html import unescape
from html.parser import HTMLParser

import pandas as pd

from likelihood_kit.reports import html
from likelihood_kit.reports.document import Document, Formula, Paragraph, Table

VOID = {"meta", "img", "br"}


class Page(HTMLParser):
    """Checks that tags nest, and collects texts, attributes and table cells."""

    def __init__(self, text):
        super().__init__()
        self.open, self.attributes, self.cells, self.text = [], [], [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.attributes += [(tag, name, value) for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)
        if tag in ("td", "th"):
            self.cells.append("")

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)
        if self.cells and self.open and self.open[-1] in ("td", "th", "sup"):
            self.cells[-1] += data


def test_the_page_nests_and_numbers_its_floats(document):
    page = Page(html.render(document))
    text = "".join(page.text)
    assert "Table 1." in text
    assert "Figure 1." in text
    assert document.title in text


def test_nothing_is_fetched(document):
    text = html.render(document)
    for tag, name, value in Page(text).attributes:
        if name in ("src", "href", "srcset", "data", "action"):
            assert value.startswith("data:") or (tag == "a" and value.startswith("https://doi.org/"))
    assert "default-src 'none'" in text
    assert not re.search(r"<(script|link|iframe|object)|@import|url\(", text)


def test_images_are_svg_with_a_description(document):
    page = Page(html.render(document))
    sources = [value for tag, name, value in page.attributes if (tag, name) == ("img", "src")]
    assert len(sources) == 2
    for source in sources:
        svg = base64.b64decode(source.partition("base64,")[2]).decode("utf-8")
        assert svg.lstrip().startswith("<?xml")
        assert "</svg>" in svg
    descriptions = [value for tag, name, value in page.attributes if (tag, name) == ("img", "alt")]
    assert descriptions == ["log f(y) = y/scale", "A figure of <y>."]


def test_a_name_comes_out_as_it_went_in(nasty):
    name = nasty
    frame = pd.DataFrame({name: ["cell " + name]}, index=pd.Index([name]))
    text = html.render(Document(name, (Paragraph(name, lead=name), Table(frame, name))))
    page = Page(text)
    assert page.cells == ["", name, name, "cell " + name]
    assert unescape(re.search("<h1>(.*)</h1>", text)[1]) == name
    assert unescape(re.search("</strong> (.*)</p>", text)[1]) == name


def test_numbers_are_typeset(document):
    cells = Page(html.render(document)).cells
    assert "\u22122.250\u202f×\u202f10\u22127" in cells
    assert "\u2013" in cells
    text = "".join(Page(html.render(document)).text)
    assert "\u22121.5, 2.0\u202f×\u202f10\u221214" in text


def test_decimal_points_align():
    frame = pd.DataFrame({"x": [1.25, 10.0]})
    table = Table(frame, "", {"x": lambda frame, name: ["1.25", "10"]})
    cells = Page(html.render(Document("", (table,)))).cells
    assert [cells[3], cells[5]] == ["1.25", "10\u2008\u2007\u2007"]


def test_a_formula_beyond_mathtext_is_given_as_text():
    text = html.render(Document("", (Formula(r"\unheard{x}", "x < 1"),)))
    assert "<code>x &lt; 1</code>" in text


def test_the_same_document_gives_the_same_bytes(document):
    assert html.render(document) == html.render(document)


def test_pages_are_for_dark_rooms_and_phones(document):
    page = html.render(document)
    assert "color-scheme: light dark" in page
    assert "@media (prefers-color-scheme: dark)" in page
    assert "@media (max-width: 40rem)" in page
    assert 'name="viewport"' in page


def test_a_caption_is_as_wide_as_the_text_and_names_its_table(document):
    page = html.render(document)
    assert "<caption" not in page
    assert '<table aria-labelledby="table-1">' in page
    assert 'id="table-1"' in page


def test_wide_figures_keep_their_letters_on_a_phone(document):
    """Two panels were shrunk to the width of a phone, with letters of five pixels."""
    from matplotlib.figure import Figure as Drawing

    from likelihood_kit.reports.document import Document, Figure

    figures = [Figure(Drawing(figsize=(width, 3)), "caption", f"f{width}") for width in (5, 7)]
    page = html.render(Document("title", tuple(figures)))
    assert [("wide" in part.partition(">")[0]) for part in page.split("<figure")[1:]] == [False, True]
    assert "figure.wide img { max-width: none;" in page
