"""Places of a file where it can be changed: a walk over its syntax tree that knows the bytes behind each node."""

import ast
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Mutant:
    """One change.

    Attributes
    ----------
    file : str
        Path from the root of the checkout, with slashes.
    line : int
        Where the change stands.
    kind : str
    begin, end : int
        Bytes of the file that `replacement` takes the place of.
    original, mutated : str
        The lines that differ, without indentation and in one line.
    lines : (int, int)
        First and last line of the changed expression.
    statement : (int, int)
        First and last line of the statement, or of the head of a compound one.
    in_function : bool
        False for what runs when the file is imported.
    bodies : tuple of (int, int)
        For what runs at import: lines of the functions that it belongs to, such as the methods of its class.
    names : tuple of str
        For what runs at import: the names that it binds.
    twin : int
        How many of the same changes to a line of the same text stand above it in the file.
    """

    file: str
    line: int
    kind: str
    begin: int
    end: int
    replacement: str
    original: str
    mutated: str
    lines: tuple[int, int]
    statement: tuple[int, int]
    in_function: bool
    bodies: tuple[tuple[int, int], ...] = ()
    names: tuple[str, ...] = ()
    twin: int = 0

    @property
    def room(self) -> str:
        """Top-level place of the package: a folder, or a file without its ending."""
        return Path(self.file).parts[1].removesuffix(".py")

    @property
    def key(self) -> str:
        """What it is, whatever lines were added above it."""
        return json.dumps([self.file, self.kind, self.original, self.mutated, self.twin])

    @property
    def change(self) -> tuple[str, str, str]:
        """File, line of text, and what it became."""
        return self.file, self.original, self.mutated

    def applied(self, text: bytes) -> bytes:
        """Text of the file with the change made."""
        return text[: self.begin] + self.replacement.encode() + text[self.end :]


def bodies_in(node: ast.AST) -> tuple[tuple[int, int], ...]:
    """Lines of the bodies of all functions in a piece of code."""
    functions = [part for part in ast.walk(node) if isinstance(part, (ast.FunctionDef, ast.AsyncFunctionDef))]
    return tuple((part.body[0].lineno, part.end_lineno or part.lineno) for part in functions)


@dataclass
class Walker(ast.NodeVisitor):
    """Collects the mutants of one file in `found`."""

    file: str
    text: bytes
    found: list[Mutant] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.starts = [0]
        for line in self.text.split(b"\n"):
            self.starts.append(self.starts[-1] + len(line) + 1)
        self.statement: ast.stmt | None = None
        self.depth = 0
        self.bodies: tuple[tuple[int, int], ...] = ()
        self.names: tuple[str, ...] = ()

    def begin(self, node: ast.expr | ast.stmt) -> int:
        return self.starts[node.lineno - 1] + node.col_offset

    def end(self, node: ast.expr | ast.stmt) -> int:
        return self.starts[node.end_lineno - 1] + node.end_col_offset

    def source(self, node: ast.expr) -> str:
        return self.text[self.begin(node) : self.end(node)].decode()

    def add(self, kind: str, node: ast.expr | ast.stmt, replacement: str, span: tuple[int, int] | None = None) -> None:
        begin, end = span or (self.begin(node), self.end(node))
        line = 1 + self.text[:begin].count(b"\n")
        last = 1 + self.text[:end].count(b"\n")
        changed = self.text[:begin] + replacement.encode() + self.text[end:]
        extra = replacement.count("\n") - self.text[begin:end].count(b"\n")
        statement = self.statement
        head = getattr(statement, "body", None)
        final = max(head[0].lineno - 1, statement.lineno) if isinstance(head, list) else statement.end_lineno
        self.found.append(
            Mutant(
                self.file,
                line,
                kind,
                begin,
                end,
                replacement,
                self.between(self.text, line, last),
                self.between(changed, line, last + extra),
                (node.lineno, node.end_lineno or node.lineno),
                (statement.lineno, final),
                self.depth > 0,
                self.bodies,
                self.names,
            )
        )

    @staticmethod
    def between(text: bytes, first: int, last: int) -> str:
        return " ".join(line.strip().decode() for line in text.split(b"\n")[first - 1 : max(first, last)])

    def exchange(self, kind: str, left: ast.expr | ast.stmt, right: ast.expr, old: str, new: str) -> None:
        """Exchange of the operator between two operands, which has no place of its own in the tree."""
        begin, end = self.end(left), self.begin(right)
        gap = re.sub(rb"#[^\n]*", lambda comment: b" " * len(comment.group()), self.text[begin:end])
        pattern = rb"\s+".join(re.escape(word.encode()) for word in old.split())
        place = re.search(pattern, gap)
        if place:
            self.add(kind, right, new, (begin + place.start(), begin + place.end()))

    def swap(self, kind: str, first: ast.expr, second: ast.expr) -> None:
        one, other = self.source(first), self.source(second)
        if one != other:
            gap = self.text[self.end(first) : self.begin(second)].decode()
            self.add(kind, first, other + gap + one, (self.begin(first), self.end(second)))

    def visit(self, node: ast.AST) -> None:
        before = self.statement
        if isinstance(node, ast.stmt):
            self.statement = node
        super().visit(node)
        self.statement = before

    def visit_each(self, nodes: Sequence[ast.AST | None]) -> None:
        for node in nodes:
            if node is not None:
                self.visit(node)

    # Where code belongs

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        kept = self.bodies
        self.bodies = bodies_in(node)
        for default in (*node.args.defaults, *node.args.kw_defaults):
            self.change(default)
        self.visit_each([*node.decorator_list, *node.args.defaults, *node.args.kw_defaults])
        self.depth += 1
        self.visit_each(node.body)
        self.depth -= 1
        self.bodies = kept

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self.visit_each([*node.args.defaults, *node.args.kw_defaults])
        self.depth += 1
        self.visit(node.body)
        self.depth -= 1

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        kept = self.bodies, self.names
        self.bodies, self.names = bodies_in(node), (node.name,)
        self.visit_each([*node.decorator_list, *node.body])
        self.bodies, self.names = kept
