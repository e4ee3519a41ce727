"""Texts of formulas: their sides, their factors, the names quoted in them, and how an engine takes them."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from dataclasses import dataclass

_LITERAL = r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\""
_QUOTED = re.compile(rf"{_LITERAL}|`([^`]*)`")
_TILDE = re.compile(rf"{_LITERAL}|`[^`]*`|(~)")
#: A column whose name is no word, as Python has it.
_CALL_OF_NAME = re.compile(rf"\bQ\(\s*({_LITERAL})\s*\)")
#: What formulaic counts inside a quoted text too, though it is no code there: `'a (b'` would never end.
_COUNTED = re.compile(r"['\"\\()\[\]{}`]")
#: The levels of a coded column that are compared are the column's own.
_CODED_AND_COMPARED = re.compile(r"\bC\(\s*(\w+)\s*\)(?=\s*[=!]=)")
COMPARISONS = ("==", "!=", "<", ">", "<=", ">=")
_OPENING, _CLOSING = ("(", "[", "{"), (")", "]", "}")
_OPERATORS = ("+", "-", "*", "/", ":", "**", "%", "|", "^", "@", "//")


@dataclass(frozen=True)
class Factor:
    """What stands between two operators of a formula.

    `words` are its tokens, `before` and `after` the operators or parentheses beside it, in which "" is an end, and
    `start` and `stop` its place in the side.
    """

    words: tuple[str, ...]
    before: tuple[str, ...]
    after: str
    start: int
    stop: int


def sides(text: str) -> tuple[str, str]:
    """Left and right side of a formula; without a tilde all of it is the right one."""
    left, *right = parts(text)
    return (left, "~".join(right)) if right else ("", left)


def parts(text: str) -> list[str]:
    """What stands between the tildes of a formula, those in quoted texts and names left alone."""
    ends = [found.start() for found in _TILDE.finditer(text) if found[1]]
    return [text[start:stop] for start, stop in zip([0, *(end + 1 for end in ends)], [*ends, len(text)], strict=True)]


def called(text: str) -> str:
    """A formula in which each name in backticks is called by Q(...), which is Python."""
    return _QUOTED.sub(lambda found: found[0] if found[1] is None else f"Q({found[1]!r})", text)


def without_texts(text: str, plain: re.Pattern[str]) -> str:
    """A formula with empty texts in place of those that a pattern describes."""
    return re.sub(_LITERAL, lambda found: "''" if plain.fullmatch(found[0][1:-1]) else found[0], text)


def tokens(side: str) -> list[tokenize.TokenInfo]:
    """Python's tokens of one side on one line; empty where there are none."""
    try:
        found = list(tokenize.generate_tokens(io.StringIO(called(one_line(side))).readline))
    except (tokenize.TokenError, SyntaxError):
        return []
    return [token for token in found if token.type not in (tokenize.NEWLINE, tokenize.NL, tokenize.ENDMARKER)]


def one_line(side: str) -> str:
    """A side of a formula without the ends of its lines, and the blanks around it."""
    return " ".join(side.split("\n")).strip()


def factors(side: str) -> list[Factor]:
    """Factors of one side, with their places in `called(one_line(side))`."""
    found: list[Factor] = []
    inside: list[tokenize.TokenInfo] = []
    before = [""]
    depth = 0

    def close(after: str) -> None:
        if inside:
            words = tuple(token.string for token in inside)
            found.append(Factor(words, tuple(before), after, inside[0].start[1], inside[-1].end[1]))
            inside.clear()
            before.clear()
        before.append(after)

    for token in tokens(side):
        word = token.string
        opens, closes = word in _OPENING, word in _CLOSING
        grouping = not depth and ((opens and not inside and word != "{") or closes)
        signed = word in ("+", "-") and bool(inside) and inside[-1].string in COMPARISONS
        if grouping or (not depth and word in _OPERATORS and not signed):
            close(word)
        else:
            depth += opens - closes
            inside.append(token)
    close("")
    return found


def names_called(side: str) -> tuple[str, ...]:
    """Names of columns in Q(...) or backticks."""
    return tuple(str(ast.literal_eval(literal)) for literal in _CALL_OF_NAME.findall(called(side)))


def for_engine(text: str, engine: str) -> str:
    """A formula as an engine takes it: names in backticks, and formulaic's comparisons and texts."""
    left, right = (_side(side, engine) for side in sides(text))
    return f"{left} ~ {right}" if left else f"~ {right}"


def _side(side: str, engine: str) -> str:
    text = _CODED_AND_COMPARED.sub(r"\1", called(one_line(side)))
    if engine != "formulaic":
        return text
    for factor in reversed(factors(text)):
        if any(word in COMPARISONS for word in _outside_calls(factor.words)):
            text = f"{text[: factor.start]}{{{text[factor.start : factor.stop]}}}{text[factor.stop :]}"
    return _QUOTED.sub(_escaped, _CALL_OF_NAME.sub(_in_backticks, text))


def _outside_calls(words: tuple[str, ...]) -> list[str]:
    depth, found = 0, []
    for word in words:
        depth -= word in _CLOSING
        if not depth:
            found.append(word)
        depth += word in _OPENING
    return found


def _in_backticks(found: re.Match[str]) -> str:
    """A column by its name, in backticks where formulaic's own reading of Q(...) ends at a quote."""
    name = str(ast.literal_eval(found[1]))
    return f"`{name}`" if re.search(r"['\"\\]", name) and "`" not in name else found[0]


def _escaped(literal: re.Match[str]) -> str:
    """The same text for Python, in which formulaic has nothing to count; a name in backticks stays."""
    if literal[1] is not None:
        return literal[0]
    return f"'{_COUNTED.sub(lambda mark: f'{chr(92)}x{ord(mark[0]):02x}', str(ast.literal_eval(literal[0])))}'"
