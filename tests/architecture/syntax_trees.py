"""Imports of a package as its syntax trees state them, lazy ones and those by a computed name included."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PACKAGE = "likelihood_kit"
UNKNOWN = "<not a literal>"


@dataclass(frozen=True)
class Import:
    """One imported thing: the module ``target``, or ``name`` taken from it."""

    module: str
    line: int
    target: str
    name: str | None = None

    def __str__(self) -> str:
        return f"{self.module}:{self.line} imports {self.target}" + (f".{self.name}" if self.name else "")


class Sources:
    """Syntax trees of a package's files, by dotted module name."""

    def __init__(self, files: dict[str, str]):
        self.trees: dict[str, ast.Module] = {}
        self.packages: set[str] = set()
        for path, text in files.items():
            parts = (PACKAGE, *Path(path).with_suffix("").parts)
            if parts[-1] == "__init__":
                parts = parts[:-1]
                self.packages.add(".".join(parts))
            self.trees[".".join(parts)] = ast.parse(text, filename=path)

    def imports(self) -> Iterator[Import]:
        for module in self.trees:
            yield from self.imports_of(module)

    def imports_of(self, module: str) -> Iterator[Import]:
        for node in ast.walk(self.trees[module]):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    yield self.an_import(module, node.lineno, alias.name)
            elif isinstance(node, ast.ImportFrom):
                base = self.absolute(module, node.level, node.module or "")
                for alias in node.names:
                    yield self.an_import(module, node.lineno, base, alias.name)
            elif isinstance(node, ast.Call) and is_call_for_a_module(node):
                name = self.text(module, node.args[0])
                level = len(name) - len(name.lstrip("."))
                yield self.an_import(module, node.lineno, self.absolute(module, level, name[level:]))

    def an_import(self, module: str, line: int, target: str, name: str | None = None) -> Import:
        if name is not None and f"{target}.{name}" in self.trees:
            return Import(module, line, f"{target}.{name}")
        # Of a name with a gap, the package that it certainly lies in.
        while UNKNOWN in target and target.startswith(f"{PACKAGE}."):
            target = target.rpartition(".")[0]
        return Import(module, line, target, name)

    def absolute(self, module: str, level: int, name: str) -> str:
        if level == 0:
            return name
        parts = module.split(".")
        up = level - (module in self.packages)
        return ".".join([*parts[: len(parts) - up], *([name] if name else [])])

    def text(self, module: str, node: ast.expr) -> str:
        """String that an expression spells, with ``UNKNOWN`` for what cannot be read from the text."""
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return node.value
        if isinstance(node, ast.JoinedStr):
            return "".join(self.text(module, value) for value in node.values)
        if isinstance(node, ast.FormattedValue):
            return self.text(module, node.value)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            return self.text(module, node.left) + self.text(module, node.right)
        if isinstance(node, ast.Name) and node.id == "__name__":
            return module
        if isinstance(node, ast.Name) and node.id == "__package__":
            return module if module in self.packages else module.rpartition(".")[0]
        if isinstance(node, ast.Name) and (value := self.constant(module, node.id)):
            return self.text(module, value)
        return UNKNOWN

    def constant(self, module: str, name: str) -> ast.expr | None:
        """Value that the module binds to ``name`` at its top level, if it binds it just once."""
        values = [
            node.value
            for node in self.trees[module].body
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name) and target.id == name
        ]
        return values[0] if len(values) == 1 else None


def is_call_for_a_module(call: ast.Call) -> bool:
    name = getattr(call.func, "id", getattr(call.func, "attr", ""))
    return name in ("import_module", "__import__") and bool(call.args)
