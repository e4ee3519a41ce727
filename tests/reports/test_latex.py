"""The LaTeX is sound by its structure, and pdflatex compiles it."""

import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from likelihood_kit.reports import latex
from likelihood_kit.reports.document import Document, Figure, Paragraph, Preformatted, Table
from likelihood_kit.reports.output import write

needs_pdflatex = pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")


def check_structure(source):
    """Braces balance, environments nest, and nothing special stands bare in the body."""
    body = source.partition(r"\begin{document}")[2]
    depth = 0
    for token in re.findall(r"\\.|[{}]", source, flags=re.DOTALL):
        depth += (token == "{") - (token == "}")
        assert depth >= 0
    assert depth == 0
    stack = []
    for what, name in re.findall(r"\\(begin|end)\{(\w+)\}", source.partition(r"\makeatother")[2]):
        if what == "begin":
            stack.append(name)
        else:
            assert stack.pop() == name
    assert stack == []
    assert not re.search(r"(?<!\\)[%#]", body)
    assert len(re.findall(r"(?<!\\)\$", body)) % 2 == 0


def compiled(path):
    run = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", path.name],
        cwd=path.parent,
        capture_output=True,
        check=False,
        timeout=120,
    )
    log = run.stdout.decode("utf-8", "replace")
    assert run.returncode == 0, log[-2000:]
    return log


@pytest.fixture
def nasty_document(nasty_names):
    frame = pd.DataFrame({name: ["cell " + name] for name in nasty_names[:4]}, index=pd.Index(["[first]"], name="*"))
    long = pd.DataFrame({"estimate": np.arange(50.0)}, index=pd.Index([f"x_{i}" for i in range(50)]))
    names = pd.DataFrame({"value": np.arange(len(nasty_names), dtype=float)}, index=pd.Index(nasty_names))
    return Document(
        " ".join(nasty_names),
        (
            Paragraph(" ".join(nasty_names), lead=nasty_names[1]),
            Preformatted("\n".join(nasty_names) + "\n  x   y -- <<z>>"),
            Table(frame, "Wide " + nasty_names[2], note=nasty_names[4]),
            Table(names, "Names"),
            Table(long, "Long"),
        ),
    )


def test_structure(document, nasty_document):
    check_structure(latex.render(document, {"drawing": Path("r_figures/drawing.pdf")}))
    check_structure(latex.render(nasty_document, {}))


def test_the_check_of_structure_can_fail():
    for bad in ("{", r"\begin{here}{table}", "50%", "$"):
        with pytest.raises(AssertionError):
            check_structure("\\makeatother\\begin{document}" + bad + "\\end{document}")


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("x_1", r"x\_1"),
        ("C(g)[T.b]", "C(g){[}T.b{]}"),
        ("a & b", r"a \& b"),
        ("50% #1 $", r"50\% \#1 \$"),
        ("\\alpha", r"\textbackslash{}alpha"),
        ("a--b <<c>>", "a-{}-b <{}<c>{}>"),
        ("y''", "y'{}'"),
        ("β Ω", r"$\beta$ $\Omega$"),
        ("\u4e2d", "{[}U+4E2D{]}"),
    ],
)
def test_escaping(text, source):
    assert latex.escaped(text) == source


def test_a_row_never_begins_with_a_bracket_or_star():
    frame = pd.DataFrame({"a": [1, 2]}, index=pd.Index(["[x]", "*y"]))
    source = latex.render(Document("", (Table(frame, ""),)), {})
    assert not re.search(r"\\\\\s*[\[*]", source)


def test_groups_of_rows_stand_apart():
    """A space before each group but the first, and none within one."""
    index = pd.MultiIndex.from_tuples([(20, "a"), (20, "b"), (20, "c"), (50, "a"), (50, "b")], names=["size", "which"])
    source = latex.render(Document("", (Table(pd.DataFrame({"bias": np.arange(5.0)}, index=index), ""),)), {})
    rows = source.partition(r"\midrule")[2].partition(r"\bottomrule")[0].strip().split("\n")
    assert [row == r"\addlinespace" for row in rows] == [False, False, False, True, False, False]
    plain = pd.DataFrame({"bias": np.arange(3.0)}, index=pd.Index([20, 50, 100], name="size"))
    assert r"\addlinespace" not in latex.render(Document("", (Table(plain, ""),)), {})


def test_long_tables_may_break(nasty_document):
    source = latex.render(nasty_document, {})
    assert source.count(r"\begin{longtable}") == 1
    assert source.count(r"\begin{tabular}") == 2


def test_numbers_are_typeset(document):
    source = latex.render(document, {"drawing": Path("drawing.pdf")})
    assert r"$-2.250 \times 10^{-7}$" in source
    assert r"with $-$1.5, $2.0 \times 10^{-14}$" in source


@needs_pdflatex
def test_it_compiles(document, tmp_path):
    path = write(document, tmp_path / "my report.tex")
    log = compiled(path)
    assert path.with_suffix(".pdf").stat().st_size > 10_000
    assert "Overfull" not in log


@needs_pdflatex
def test_nasty_names_compile(nasty_document, tmp_path):
    compiled(write(nasty_document, tmp_path / "nasty.tex"))


def test_a_fragment_can_be_read_into_a_document(document):
    """Without preamble; a second one in the same document defines nothing again."""
    figures = {figure.name: Path(f"{figure.name}.pdf") for figure in document.of(Figure)}
    whole, part = latex.render(document, figures), latex.render(document, figures, fragment=True)
    assert r"\documentclass" not in part
    assert r"\begin{document}" not in part
    assert r"\input" in part.splitlines()[0]
    body = part[part.index(r"\makeatother") :]
    assert body.removeprefix("\\makeatother\n").strip() in whole
    made = part[: part.index(r"\makeatother")]
    assert made.count(r"\newsavebox") == made.count(r"\@ifundefined{fitted}{\newsavebox") == 1
    assert made.count(r"\newenvironment") == made.count(r"\@ifundefined{here}{\newenvironment") == 1
    assert r"\newcommand" not in made
