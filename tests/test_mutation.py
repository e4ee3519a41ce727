"""Mutants are what `tests/mutation/` says: one small change each, in code and never in words or types."""

import ast
import importlib
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "tests" / "mutation"
#: Mutants of each file that are taken apart: enough for every kind over the package, in two seconds.
OF_EACH_FILE = 6

CHANGES = {
    "sign": ("a + b", ["a - b"]),
    "sign in front": ("b = -a", ["b = a"]),
    "product": ("a * b", ["a / b"]),
    "comment between operands": ("(\na  # less - than\n- b)", ["+ b)"]),
    "parentheses between operands": ("(a + b) / (c)", ["(a - b) / (c)", "(a + b) * (c)"]),
    "strictness and direction": ("a < b", ["a <= b", "a > b"]),
    "two words": ("a is not b", ["a is b"]),
    "axis": ("b = a.sum(axis=-1)", ["b = a.sum(axis=-2)"]),
    "two axes": ("b = a.sum(axis=(1, 2))", ["b = a.sum(axis=2)"]),
    "whole factor": ("2 * a", ["3 * a", "2 / a"]),
    "factor": ("0.5 * a", ["1.0 * a", "0.5 / a"]),
    "tolerance": ("a < 1e-6", ["a <= 1e-6", "a > 1e-6", "a < (1e-6 * 1000)", "a < (1e-6 / 1000)"]),
    "keyword": ("b = f(a, rtol=0.1)", ["b = f(a, rtol=(0.1 * 1000))", "b = f(a, rtol=(0.1 / 1000))"]),
    "check": ("if a:\n    raise ValueError('a' + b)", ["pass"]),
    "guard": ("if a:\n    b = c", ["if False:"]),
    "and": ("a and b and c", ["a or b and c", "a and b or c"]),
    "arrays": ("a & ~b", ["a | ~b", "a & b"]),
    "not": ("b = not a", ["b = a"]),
    "extremes": ("c = max(a, b.argmin())", ["c = min(a, b.argmin())", "c = max(a, b.argmax())"]),
    "quantifier": ("if a.all():\n    b = c", ["if a.any():", "if False:"]),
    "pair": ("def f():\n    return a, b", ["return b, a"]),
    "index": ("a[0, -1]", ["a[1, -1]", "a[0, -2]"]),
    "slice": ("a[1:n]", ["a[2:n]", "a[1:n + 1]"]),
    "range": ("a = range(n)", ["a = range(n + 1)"]),
    "added": ("a += b", ["a -= b", "pass"]),
    "branches": ("np.where(a, b, c) - d", ["np.where(a, c, b) - d", "np.where(a, b, c) + d"]),
    "truth": ("f(a, b=True)", ["f(a, b=False)", "pass"]),
    "bound": ("BOUND = 200", ["BOUND = (200 * 1000)", "BOUND = (200 // 1000)"]),
    "computed": (
        "BOUND = 64 * np.finfo(float).eps",
        ["BOUND = ((64 * np.finfo(float).eps) * 1000)", "BOUND = ((64 * np.finfo(float).eps) / 1000)"],
    ),
    "default": ("def f(a=0.5): ...", ["def f(a=1.0): ..."]),
}

LEFT_OUT = '''
"""A - b."""

from __future__ import annotations
import logging
from typing import TYPE_CHECKING

__all__ = ["a"]
SEED = 1996
Pair = tuple[int | None, int]
if TYPE_CHECKING:
    Triple = 1 + 1


class Law:
    """At most 1 - q."""

    shape: int | None
    names: tuple[int, int] | None = None

    def log_density(self, y: "int | None" = None) -> int | None:
        """Of y[0] < 1."""
        logging.info("a" + "b", 1 < 2)
        for _ in zip(y, y, strict=True):
            break
        return f"{y + 1} of {y[0]}" + "not - this"
'''


@pytest.fixture(scope="module")
def mutation():
    """Module that lists mutants; scripts of the folder import each other by their names."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(FOLDER))
        yield importlib.import_module("mutants")


@pytest.fixture(scope="module")
def of_package(mutation):
    return mutation.mutants_of(ROOT)


def heads(text):
    """Every statement of a text without the statements inside it, but with the patterns and guards of its cases."""
    nested = ("body", "orelse", "finalbody", "handlers", "cases")
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.stmt):
            own = {name: value for name, value in ast.iter_fields(node) if name not in nested}
            own["of cases"] = [part for case in getattr(node, "cases", ()) for part in (case.pattern, case.guard)]
            parts = [value if isinstance(value, list) else [value] for value in own.values()]
            dumps = [ast.dump(part) if isinstance(part, ast.AST) else repr(part) for each in parts for part in each]
            found.append((type(node).__name__, *dumps))
    return found


def docstrings(text):
    owners = (ast.Module, ast.ClassDef, ast.FunctionDef)
    return [ast.get_docstring(node) for node in ast.walk(ast.parse(text)) if isinstance(node, owners)]


@pytest.mark.parametrize("name", CHANGES)
def test_each_kind(mutation, name):
    text, expected = CHANGES[name]
    found = [mutant.mutated for mutant in mutation.mutants_of_text("likelihood_kit/room/file.py", text.encode())]
    assert sorted(found) == sorted(expected)


def test_words_types_and_imports_have_no_mutants(mutation):
    assert mutation.mutants_of_text("likelihood_kit/room/file.py", LEFT_OUT.encode()) == []


def test_a_mutant_differs_in_one_statement_and_in_no_docstring(mutation, of_package):
    files = {file: (ROOT / file).read_bytes() for file in mutation.files_of(ROOT)}
    for file, text in files.items():
        own = [mutant for mutant in of_package if mutant.file == file]
        before, words = heads(text), docstrings(text)
        for mutant in own[:: max(1, len(own) // OF_EACH_FILE)]:
            after = mutant.applied(text)
            differing = [pair for pair in zip(before, heads(after), strict=True) if pair[0] != pair[1]]
            assert len(differing) == 1, mutant
            assert docstrings(after) == words, mutant


def test_every_kind_and_every_file_with_code_has_mutants(mutation, of_package):
    kinds = Counter(mutant.kind for mutant in of_package)
    assert {"axis", "check dropped", "min/max", "swapped pair", "times 1000", "over 1000"} <= set(kinds)
    rooms = {Path(file).parts[1].removesuffix(".py") for file in mutation.files_of(ROOT)}
    assert rooms - {mutant.room for mutant in of_package} <= {"__init__", "__main__"}
    assert not any("_generated" in mutant.file for mutant in of_package)


def test_each_has_a_key_of_its_own_that_lines_above_do_not_change(mutation):
    text = b"def f():\n    a += 1\n    b.append(1)\n    a += 1\n"
    found = [mutation.mutants_of_text("likelihood_kit/room/file.py", each) for each in (text, b"import b\n\n" + text)]
    assert [mutant.key for mutant in found[0]] == [mutant.key for mutant in found[1]]
    assert len({mutant.key for mutant in found[0]}) == len(found[0]) == 7


def test_a_sample_is_the_same_again_and_reaches_every_room(mutation, of_package):
    drawn = mutation.sample(of_package, 120, 3, seed=1)
    assert drawn == mutation.sample(of_package, 120, 3, seed=1)
    assert drawn != mutation.sample(of_package, 120, 3, seed=2)
    assert len(set(drawn)) == 120
    sizes = Counter(mutant.room for mutant in of_package)
    counts = Counter(mutant.room for mutant in drawn)
    assert all(counts[room] >= min(3, size) for room, size in sizes.items())


@pytest.mark.parametrize(
    ("number", "least", "expected"),
    [
        (10, 0, {"large": 8, "small": 2}),
        (10, 3, {"large": 7, "small": 3}),
        (4, 3, {"large": 3, "small": 3}),
        (900, 3, {"large": 80, "small": 20}),
    ],
)
def test_shares(mutation, number, least, expected):
    assert mutation.shares({"large": 80, "small": 20}, number, least) == expected


def test_what_is_called_equivalent_is_still_there(mutation, of_package):
    there = {mutant.change for mutant in of_package}
    reasons = mutation.equivalents(FOLDER / "equivalent.txt")
    assert set(reasons) <= there
    assert all(reasons.values())


def test_constants_are_followed_to_the_functions_that_use_them(mutation, tmp_path):
    covering = importlib.import_module("covering")
    (tmp_path / "a.py").write_text("LEVEL = 0.95\nHALF = LEVEL / 2\n\ndef f():\n    return HALF\n\ndef g(): ...\n")
    assert covering.Uses.of(tmp_path, ["a.py"]).of_names(["LEVEL"]) == {("a.py", 5, 5)}
