"""A displayed formula taken apart where a line may break: its cases, and the terms of their sums."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

#: What opens or closes a group, a command, or a single character; `\left` and `\right` with their delimiter.
_TOKEN = re.compile(r"\\(?:left|right)(?:\\[A-Za-z]+|\\?.)|\\[A-Za-z]+|\\.|.", re.DOTALL)
#: What stands between cases, and between a value and its condition, as `calculus.latex` prints them.
_CASES, _WHEN = ", \\quad ", " \\;\\; "
_LEFT, _RIGHT = r"\left\{", r"\right\}"


@dataclass(frozen=True)
class Branch:
    """One case of a formula: the terms of its sum with their signs, in LaTeX, and when it holds; empty for always."""

    terms: tuple[str, ...]
    when: str = ""


@dataclass(frozen=True)
class Displayed:
    """What a formula is of, with its equals sign, and its cases; one where it has none."""

    head: str
    branches: tuple[Branch, ...]


def displayed(latex: str) -> Displayed:
    r"""The parts of a formula of one line.

    >>> displayed(r"f(y) = a \, (b + 1) - c")
    Displayed(head='f(y) =', branches=(Branch(terms=('a \\, (b + 1)', '- c'), when=''),))
    """
    sides = _split(latex, (" = ",))
    head, body = (f"{sides[0]} =", " = ".join(sides[1:])) if len(sides) > 1 else ("", latex)
    inside = body[len(_LEFT) : -len(_RIGHT)]
    if not (body.startswith(_LEFT) and body.endswith(_RIGHT)) or len(_split(body, (_CASES,))) > 1:
        return Displayed(head, (Branch(_terms(body)),))
    branches = []
    for case in _split(inside, (_CASES,)):
        value, *when = _split(case, (_WHEN,))
        branches.append(Branch(_terms(value), " ".join(when)))
    return Displayed(head, tuple(branches))


def with_cases(latex: str) -> str:
    """The formula with its cases one below the other, for LaTeX with amsmath."""
    parts = displayed(latex)
    if len(parts.branches) == 1:
        return latex
    rows = r" \\ ".join(f"{' '.join(branch.terms)} & {branch.when}" for branch in parts.branches)
    return rf"{parts.head} \begin{{cases}} {rows} \end{{cases}}"


def _terms(value: str) -> tuple[str, ...]:
    first, *others = _split(value, (" + ", " - "), keep=True)
    return (first, *others)


def _split(latex: str, marks: tuple[str, ...], *, keep: bool = False) -> list[str]:
    """The formula parted at marks that stand outside all groups; with `keep` a part begins with its sign."""
    parts = [""]
    skip = 0
    for place, token, depth in _tokens(latex):
        if place < skip:
            continue
        mark = next((mark for mark in marks if depth == 0 and latex.startswith(mark, place)), None)
        if mark is None:
            parts[-1] += token
        else:
            parts.append(mark.lstrip() if keep else "")
            skip = place + len(mark)
    return parts


def _tokens(latex: str) -> Iterator[tuple[int, str, int]]:
    """Places, tokens, and in how many groups each stands."""
    depth = 0
    for found in _TOKEN.finditer(latex):
        token = found[0]
        if token in "})]" or (token.startswith(r"\right") and not token.startswith(r"\rightarrow")):
            depth -= 1
        yield found.start(), token, depth
        if token in "{([" or (token.startswith(r"\left") and not token.startswith(r"\leftarrow")):
            depth += 1
