"""Mutants of a package: every small change of its text that a test should notice.

A mutant replaces one stretch of bytes of one file, so that the lines and the formatting of the rest stay as they are.
Left out are docstrings, annotations, messages, imports, logging, and files that a program wrote.
"""

import random
from collections import defaultdict
from pathlib import Path

from changes import mutants_of_text
from places import Mutant

PACKAGE = "likelihood_kit"
#: Folders whose files are derived: a test of the catalogue holds them to the formulas.
DERIVED = ("_generated",)
SEPARATOR = " ;; "


def files_of(root: Path) -> list[str]:
    """Files of the package that are mutated, as paths from the root."""
    found = sorted((root / PACKAGE).rglob("*.py"))
    return [path.relative_to(root).as_posix() for path in found if not set(path.parts) & set(DERIVED)]


def mutants_of(root: Path) -> list[Mutant]:
    """Every mutant of the package, file by file and in the order of the text."""
    return [mutant for file in files_of(root) for mutant in mutants_of_text(file, (root / file).read_bytes())]


def equivalents(path: Path) -> dict[tuple[str, str, str], str]:
    """Reasons by (file, line of text, what it became), from lines `file ;; line ;; what it became ;; reason`."""
    found = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            file, original, mutated, reason = (part.strip() for part in line.split(SEPARATOR))
            found[file, original, mutated] = reason
    return found


def by_room(mutants: list[Mutant]) -> dict[str, list[Mutant]]:
    """The mutants of each top-level place of the package."""
    rooms = defaultdict(list)
    for mutant in mutants:
        rooms[mutant.room].append(mutant)
    return dict(rooms)


def shares(sizes: dict[str, int], number: int, least: int) -> dict[str, int]:
    """How many of `number` each room gets: by size, and `least` at least where it has so many.

    The sum is `number` where that allows each room its least, by largest remainders.
    """
    total = sum(sizes.values())
    wanted = {room: number * size / total for room, size in sizes.items()}
    given = {room: min(size, max(least, int(wanted[room]))) for room, size in sizes.items()}
    while sum(given.values()) < min(number, total):
        room = max((room for room in sizes if given[room] < sizes[room]), key=lambda room: wanted[room] - given[room])
        given[room] += 1
    while sum(given.values()) > number and any(given[room] > min(least, sizes[room]) for room in sizes):
        room = min(
            (room for room in sizes if given[room] > min(least, sizes[room])),
            key=lambda room: wanted[room] - given[room],
        )
        given[room] -= 1
    return given


def sample(mutants: list[Mutant], number: int, least: int, seed: int) -> list[Mutant]:
    """Mutants drawn at random within each room, one of a line before a second one of it."""
    generator = random.Random(seed)
    rooms = by_room(mutants)
    drawn = []
    for room, share in shares({room: len(found) for room, found in rooms.items()}, number, least).items():
        found = generator.sample(rooms[room], len(rooms[room]))
        seen, first, later = set(), [], []
        for mutant in found:
            (later if (mutant.file, mutant.line) in seen else first).append(mutant)
            seen.add((mutant.file, mutant.line))
        drawn += (first + later)[:share]
    return sorted(drawn, key=lambda mutant: (mutant.file, mutant.begin))
