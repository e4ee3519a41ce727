"""A document goes to one file, with its figures beside it where the form needs that."""

import pytest

from likelihood_kit.errors import OutputError
from likelihood_kit.reports.document import Document, Figure
from likelihood_kit.reports.output import write
from likelihood_kit.reports.paths import figures_folder

#: Digest of "my 50% report", whose name holds what TeX does not read as itself.
DIGEST = "29df4256"


@pytest.mark.parametrize(("suffix", "kind"), [(".tex", "pdf"), (".md", "png"), (".html", None)])
def test_files(document, tmp_path, suffix, kind):
    path = write(document, tmp_path / f"my 50% report{suffix}")
    text = path.read_text("utf-8")
    folder = tmp_path / f"my-50-report-{DIGEST}_{suffix[1:]}_figures"
    assert figures_folder(path) == folder
    if kind is None:
        assert not folder.exists()
    else:
        assert [file.name for file in folder.iterdir()] == [f"drawing.{kind}"]
        assert f"{folder.name}/drawing.{kind}" in text


def test_writing_twice_replaces(document, tmp_path):
    first = write(document, tmp_path / "report.md").read_bytes()
    assert write(document, tmp_path / "report.md").read_bytes() == first


def test_pdf_figures_are_the_same_to_the_byte(document, tmp_path):
    write(document, tmp_path / "report.tex")
    once = (tmp_path / "report_tex_figures" / "drawing.pdf").read_bytes()
    write(document, tmp_path / "report.tex")
    assert (tmp_path / "report_tex_figures" / "drawing.pdf").read_bytes() == once


def test_two_reports_have_two_folders(document, tmp_path):
    names = ("a b.md", "a-b.md", "a_b.md", "a.b.md", "a b.tex", "a-b.tex", "a b.MD", "é.md", "e.md", "ü.md", "a_md.tex")
    folders = {figures_folder(tmp_path / name) for name in names}
    assert len(folders) == len(names)
    text = write(document, tmp_path / "fit.md").read_bytes()
    figure = (tmp_path / "fit_md_figures" / "drawing.png").read_bytes()
    write(document, tmp_path / "fit.tex")
    assert (tmp_path / "fit_md_figures" / "drawing.png").read_bytes() == figure
    assert (tmp_path / "fit.md").read_bytes() == text


def test_a_report_that_cannot_be_drawn_leaves_the_earlier_one(document, tmp_path):
    path = write(document, tmp_path / "report.md")
    before = {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()}

    def fails():
        raise RuntimeError("no drawing")

    figure = Figure(fails, "Another caption.", "drawing")
    with pytest.raises(RuntimeError, match="no drawing"):
        write(Document("Another title", (figure,)), path)
    assert {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()} == before


@pytest.mark.parametrize("suffix", [".html", ".md", ".tex"])
def test_a_full_disk_leaves_the_earlier_report(document, tmp_path, suffix, monkeypatch):
    path = write(document, tmp_path / f"report{suffix}")
    before = path.read_bytes()

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("likelihood_kit._numerics.files.os.fsync", full)
    with pytest.raises(OutputError, match="No space left"):
        write(Document("Another title", document.blocks), path)
    assert path.read_bytes() == before
    assert not [file for file in tmp_path.rglob("*.part")]
