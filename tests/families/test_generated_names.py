"""Type checkers know the families of the catalogue, which are found by looking, from the generated list."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import likelihood_kit as lk
from likelihood_kit.families import generate

ROOT = Path(__file__).resolve().parents[2]
#: Modules that have every family as an attribute.
DOORS = ("likelihood_kit", "likelihood_kit.families")


def test_the_list_names_the_catalogue_in_order():
    nodes = ast.parse((generate.FOLDER / f"{generate.NAMES}.py").read_text("utf-8")).body[1:]
    found = {alias.asname: (node.module, alias.name) for node in nodes for alias in node.names}
    assert found == {name: (family.__module__, name) for name, family in lk.CATALOGUE.items()}
    assert list(found) == list(lk.CATALOGUE)


def test_a_list_that_lacks_a_family_fails_the_check(tmp_path, monkeypatch, capsys):
    path, source = tmp_path / "names.py", generate.names_source()
    monkeypatch.setattr(generate, "FOLDER", tmp_path)
    monkeypatch.setattr(generate, "wanted", lambda: {path: source})
    path.write_text(source, encoding="utf-8")
    assert generate.main(["--check"]) == 0
    path.write_text(source.replace("import Gamma as Gamma", "import Gamma"), encoding="utf-8")
    assert generate.main(["--check"]) == 1
    assert "names.py differs" in capsys.readouterr().out


def test_the_package_is_marked_as_typed():
    assert (Path(lk.__file__).parent / "py.typed").exists()


def test_mypy_knows_every_family_and_no_other():
    pytest.importorskip("mypy")
    names = [f"{door}.{name}" for door in DOORS for name in (*lk.CATALOGUE, "Absent")]
    program = "\n".join([*(f"import {door}" for door in DOORS), *(f"reveal_type({name}())" for name in names)])
    # Of the program alone: the package itself is checked as a whole elsewhere, on one version of Python.
    options = ["--python-version", f"3.{sys.version_info[1]}", "--follow-imports=silent", "--no-error-summary"]
    run = subprocess.run(
        [sys.executable, "-m", "mypy", *options, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    found = run.stdout.splitlines()
    revealed = [line.rpartition("is ")[2].strip('"') for line in found if "Revealed type" in line and "Any" not in line]
    assert revealed == [f"{family.__module__}.{name}" for _ in DOORS for name, family in lk.CATALOGUE.items()], found
    assert sum("has no attribute" in line for line in found) == len(DOORS), found
