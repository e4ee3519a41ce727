"""What the README shows is what the kit prints."""

import doctest
import re
from pathlib import Path

import pytest

from likelihood_kit.errors import MaximumWarning

README = Path(__file__).resolve().parents[1] / "README.md"
OPTIONS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```$", README.read_text("utf-8"), re.MULTILINE | re.DOTALL)


def failures(text):
    """What a run of the examples in a text finds wrong, as one string; empty where nothing is."""
    test = doctest.DocTestParser().get_doctest(text, {}, README.name, str(README), 0)
    found = []
    doctest.DocTestRunner(optionflags=OPTIONS).run(test, out=found.append)
    return "".join(found)


def test_python_blocks(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.warns(MaximumWarning, match="probability runs to 0"):
        found = failures("\n".join(blocks("python")))
    if found:
        pytest.fail(found)


def test_a_wrong_block_is_found():
    assert "Expected:\n    3" in failures(">>> 1 + 1\n3\n")


def test_commands():
    commands = [line for block in blocks("bash") for line in block.splitlines()]
    assert "pip install . && likelihood-kit demo" in commands
    assert 'pip install ".[test]" && pytest' in commands
