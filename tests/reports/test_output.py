"""A document goes to one file, with its figures beside it where the form needs that."""

import pytest

from likelihood_kit.reports.output import write
from likelihood_kit.reports.paths import figures_folder


@pytest.mark.parametrize(("suffix", "kind"), [(".tex", "pdf"), (".md", "png"), (".html", None)])
def test_files(document, tmp_path, suffix, kind):
    path = write(document, tmp_path / f"my 50% report{suffix}")
    text = path.read_text("utf-8")
    folder = tmp_path / "my-50-report_figures"
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
    once = (tmp_path / "report_figures" / "drawing.pdf").read_bytes()
    write(document, tmp_path / "report.tex")
    assert (tmp_path / "report_figures" / "drawing.pdf").read_bytes() == once
