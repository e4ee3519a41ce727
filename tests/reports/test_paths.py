"""A path that cannot be written is refused before any work."""

import os

import pytest

from likelihood_kit.errors import OutputError
from likelihood_kit.reports import check_writable, report_fit, report_study


class Untouchable:
    """Raises for whoever looks at it."""

    def __getattr__(self, name):
        raise AssertionError(f"work was begun: {name}")


@pytest.fixture
def bad_paths(tmp_path):
    (tmp_path / "folder.html").mkdir()
    (tmp_path / "file").write_text("")
    (tmp_path / "blocked_tex_figures").write_text("")
    return {
        "no folder": tmp_path / "absent" / "report.html",
        "a folder": tmp_path / "folder.html",
        "under a file": tmp_path / "file" / "report.html",
        "unknown suffix": tmp_path / "report.docx",
        "no suffix": tmp_path / "report",
        "figures blocked": tmp_path / "blocked.tex",
        "null byte": "a\0b.html",
        "half a character": "a\ud800.html",
        "no path": 3,
    }


CASES = (
    *(
        "no folder",
        "a folder",
        "under a file",
        "unknown suffix",
        "no suffix",
        "figures blocked",
        "null byte",
        "half a character",
        "no path",
    ),
)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("report", [report_fit, report_study])
def test_refused_before_work(report, case, bad_paths):
    with pytest.raises(OutputError):
        report(Untouchable(), bad_paths[case])


def test_unknown_suffixes_learn_the_known_ones(tmp_path):
    with pytest.raises(OutputError, match=r"\.html.*\.tex.*\.md"):
        check_writable(tmp_path / "report.docx")
    with pytest.raises(OutputError, match=r"did you mean '\.html'"):
        check_writable(tmp_path / "report.htm")


def test_permission(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(OutputError, match="permission"):
        check_writable(tmp_path / "report.html")


def test_checking_writes_nothing(tmp_path):
    assert check_writable(str(tmp_path / "report.TEX")) == tmp_path / "report.TEX"
    assert list(tmp_path.iterdir()) == []


def test_what_is_wrong_is_said_once(bad_paths):
    for case, words in (
        ("a folder", "is a folder; name a file in it"),
        ("no folder", "does not exist; create it first"),
    ):
        with pytest.raises(OutputError) as caught:
            check_writable(bad_paths[case])
        assert str(caught.value).endswith(words)
        assert "cannot be written" not in str(caught.value)
