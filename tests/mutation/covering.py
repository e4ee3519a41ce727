"""Tests that run a line, from one run of the whole suite under coverage with a context per test."""

import ast
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import coverage
from places import Mutant

#: Tests, and seconds that they take together, after which no more are tried at first: what notices a mutant is mostly
#: among the first dozen, and the others follow for the few mutants that are left.
MOST_TESTS, MOST_SECONDS = 150, 30.0
#: Tests that a file gives in one round of the choice: where it mirrors the mutated file, and elsewhere.
MIRRORED, ELSEWHERE = 4, 1
#: Distance of a test file that mirrors nothing of the mutated one.
APART = 3

Span = tuple[str, int, int]


@dataclass
class Uses:
    """Where names are used, for constants that no test runs because they are computed at import.

    Attributes
    ----------
    functions : dict of str to set of (file, first line, last line)
        Functions in which a name stands.
    binds : dict of str to set of str
        Names bound at the top of a file from a name, such as a second constant from a first.
    """

    functions: dict[str, set[Span]]
    binds: dict[str, set[str]]

    @classmethod
    def of(cls, root: Path, files: Iterable[str]) -> "Uses":
        """Uses in the files of a checkout."""
        functions, binds = defaultdict(set), defaultdict(set)
        for file in files:
            tree = ast.parse((root / file).read_bytes())
            for node in ast.walk(tree):
                if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                    for name in names_in(node):
                        functions[name].add((file, node.body[0].lineno, node.end_lineno or node.lineno))
            for statement in tree.body:
                if isinstance(statement, (ast.Assign, ast.AnnAssign)) and statement.value is not None:
                    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
                    bound = {name for target in targets for name in names_in(target)}
                    for name in names_in(statement.value):
                        binds[name] |= bound
        return cls(dict(functions), dict(binds))

    def of_names(self, names: Iterable[str]) -> set[Span]:
        """Functions that use one of the names, or what is computed from it at import."""
        reached, waiting = set(), set(names)
        while waiting:
            name = waiting.pop()
            reached.add(name)
            waiting |= self.binds.get(name, set()) - reached
        return {span for name in reached for span in self.functions.get(name, ())}


def names_in(node: ast.AST) -> set[str]:
    return {getattr(part, "id", getattr(part, "attr", "")) for part in ast.walk(node)} - {""}


class Coverage:
    """Which tests run which lines.

    Parameters
    ----------
    data : Path
        Data file of coverage, one context per phase of a test: `nodeid|setup`, `nodeid|run`, `nodeid|teardown`.
    root : Path
        Checkout in which the suite ran.
    seconds : dict of str to float
        What each test took; its order is that of the suite.
    """

    def __init__(self, data: Path, root: Path, seconds: dict[str, float], uses: Uses):
        self.data = coverage.CoverageData(str(data))
        self.data.read()
        self.root, self.seconds, self.uses = root, seconds, uses
        self.lines: dict[str, dict[int, list[str]]] = {}

    def covering(self, mutant: Mutant) -> set[str]:
        """Tests that run the mutated line, or the functions that what it computes at import belongs to."""
        return {name.rpartition("|")[0] for name in self.contexts(mutant)} & set(self.seconds)

    def contexts(self, mutant: Mutant) -> set[str]:
        """Phases of tests, as coverage names them, that run what the mutant changes."""
        found = self.of_lines(mutant.file, *mutant.lines) or self.of_lines(mutant.file, *mutant.statement)
        if not mutant.in_function:
            spans = [(mutant.file, *body) for body in mutant.bodies]
            for span in (*spans, *self.uses.of_names(mutant.names)):
                found = found | self.of_lines(*span)
        return found

    def of_lines(self, file: str, first: int, last: int) -> set[str]:
        """Phases of tests that run one of some lines; import has no name and is left out."""
        if file not in self.lines:
            self.lines[file] = self.data.contexts_by_lineno(str(self.root / file))
        return {name for line in range(first, last + 1) for name in self.lines[file].get(line, ()) if name}

    def candidates(self, mutant: Mutant) -> set[str]:
        """Tests that could notice: those that run the line, and where a fixture runs it all that may share it."""
        folders = {folder_of(name) for name in self.contexts(mutant) if name.endswith("|setup")}
        return self.covering(mutant) | {test for test in self.seconds if folder_of(test) in folders}

    def in_turn(self, mutant: Mutant) -> list[list[str]]:
        """Candidates in two parts to be run one after the other, each file by file, from the nearest.

        First the fastest of each file, more from files that mirror the mutated one; after `MOST_TESTS` the others.
        """
        of_file = defaultdict(list)
        for test in sorted(self.candidates(mutant), key=lambda test: self.seconds[test]):
            of_file[file_of(test)].append(test)
        files = sorted(of_file, key=lambda file: (distance(mutant.file, file), file))
        first: dict[str, None] = {}
        while any(of_file.values()):
            for file in files:
                share = MIRRORED if distance(mutant.file, file) < APART else ELSEWHERE
                first.update(dict.fromkeys(of_file[file][:share]))
                del of_file[file][:share]
            if len(first) >= MOST_TESTS or sum(self.seconds[test] for test in first) > MOST_SECONDS:
                break
        return [sorted(first, key=lambda test: files.index(file_of(test))), [t for f in files for t in of_file[f]]]

    def others(self, mutant: Mutant) -> list[str]:
        """The rest of the suite, from the nearest file."""
        left = set(self.seconds) - self.candidates(mutant)
        return sorted(left, key=lambda test: (distance(mutant.file, file_of(test)), file_of(test)))


def file_of(test: str) -> str:
    return test.partition("::")[0]


def folder_of(test: str) -> str:
    return file_of(test).rpartition("/")[0]


def distance(file: str, test_file: str) -> int:
    """How far a test file is from mirroring a file of the package: 0 its own, 1 its folder, 2 its room, 3 elsewhere."""
    source, test = (PurePosixPath(path.replace("/_", "/")) for path in (file, test_file))
    folders, test_folders = source.parts[1:-1], test.parts[1:-1]
    if folders == test_folders and test.stem == f"test_{source.stem}":
        return 0
    room = source.parts[1].removesuffix(".py")
    if test.stem == f"test_{room}" or (folders and folders == test_folders):
        return 1
    return 2 if test_folders[:1] == (room,) else APART
