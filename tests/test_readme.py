"""What the README shows is what the kit prints, and the recipe in CONTRIBUTING makes a family."""

import doctest
import inspect
import re
import textwrap
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats

import likelihood_kit as lk
from likelihood_kit.errors import MaximumWarning

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
OPTIONS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS


def blocks(language, path=README):
    found = re.findall(rf"^ *```{language}\n.*?^ *```$", path.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    return [textwrap.dedent(block).partition("\n")[2].removesuffix("```") for block in found]


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


def test_the_family_of_the_recipe():
    source, _ = blocks("python", ROOT / "CONTRIBUTING.md")
    names = {"__name__": "rayleigh"}
    exec(compile(source, "CONTRIBUTING.md", "exec", dont_inherit=True), names)
    rayleigh, y = names["Rayleigh"](), np.array([0.1, 2.0, 9.0])
    assert_allclose(rayleigh.log_density(y, scale=3.0), stats.rayleigh.logpdf(y, scale=3.0), rtol=1e-13)
    assert_allclose(rayleigh.expected_information(scale=3.0), [[4 / 9]], rtol=1e-9)


def test_what_is_not_there_yet_is_not_there():
    """A name that has come goes from the list."""
    limits = README.read_text().partition("Not there yet:")[2].partition("Links are")[0]
    names = re.findall(r"`([a-z_]+)`", limits)
    results = lk.LikelihoodModel([1.0, 2.0, 3.0], family=lk.Exponential()).fit()
    study = lk.Study(lk.Exponential(), {"scale": 1.0}, sizes=(5,), replications=2)
    assert len(names) > 8
    assert [name for name in names if name != "fit" and any(hasattr(x, name) for x in (lk, results))] == []
    arguments = re.findall(r"`([a-z_]+)=`", limits)
    assert {"until", "reference", "pair"} <= set(arguments)
    for function in (lk.performance, lk.Study, lk.Study.run):
        assert not set(arguments) & set(inspect.signature(function).parameters)
    for name in ("plan", "coverage", "normality"):
        assert not hasattr(study, name)
        assert not hasattr(lk.StudyResult, name)
