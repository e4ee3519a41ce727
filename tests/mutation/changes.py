"""Changes that make a mutant, each tried wherever the syntax tree has a place for it."""

import ast
import re
from collections import Counter
from dataclasses import replace

from places import Mutant, Walker

#: Operators of two operands: what stands there, what is put there, and the kind of mutant.
OPERATORS = {
    ast.Add: ("+", "-", "sign"),
    ast.Sub: ("-", "+", "sign"),
    ast.Mult: ("*", "/", "product and quotient"),
    ast.Div: ("/", "*", "product and quotient"),
    ast.BitAnd: ("&", "|", "and/or"),
    ast.BitOr: ("|", "&", "and/or"),
    ast.And: ("and", "or", "and/or"),
    ast.Or: ("or", "and", "and/or"),
}
COMPARISONS = {
    ast.Lt: (("<", "<=", "strictness"), ("<", ">", "direction")),
    ast.LtE: (("<=", "<", "strictness"), ("<=", ">=", "direction")),
    ast.Gt: ((">", ">=", "strictness"), (">", "<", "direction")),
    ast.GtE: ((">=", ">", "strictness"), (">=", "<=", "direction")),
    ast.Eq: (("==", "!=", "direction"),),
    ast.NotEq: (("!=", "==", "direction"),),
    ast.Is: (("is", "is not", "direction"),),
    ast.IsNot: (("is not", "is", "direction"),),
    ast.In: (("in", "not in", "direction"),),
    ast.NotIn: (("not in", "in", "direction"),),
}
#: What removing a sign in front means.
PREFIXES = {ast.USub: ("-", "sign"), ast.Invert: ("~", "not removed"), ast.Not: ("not", "not removed")}
EXTREMES = ("min", "minimum", "nanmin", "argmin", "nanargmin", "fmin")
NAMES = {
    **{name: (name.replace("min", "max", 1), "min/max") for name in EXTREMES},
    **{name.replace("min", "max", 1): (name, "min/max") for name in EXTREMES},
    "any": ("all", "and/or"),
    "all": ("any", "and/or"),
}
#: Operators that bind as strongly as a sum, or more.
SUMMED = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow, ast.MatMult)
#: Another axis of an array that has one more: for an array of one axis they raise, so that none is without effect.
AXES = {-1: -2, -2: -1, 0: 1, 1: 0, 2: 1}
#: Whole numbers up to this are counted up by one, larger ones doubled: 64 to 65 would change nothing.
COUNTED = 10
#: Below this a number is a tolerance, and from its counterpart on a limit, whose order of magnitude is what matters.
TOLERANCE, LIMIT = 1e-3, 1e5
TOLERANCE_KEYWORD = re.compile(r"tol$|^eps|maxiter|limit$")
#: Calls whose arguments are words, or types.
SKIPPED_CALLS = ("TypeVar", "cast", "NewType", "getLogger")
LOGGERS = ("logging", "logger", "_logger", "log")


def mutants_of_text(file: str, text: bytes) -> list[Mutant]:
    """Every mutant of one file; of changes that give the same text, the first."""
    finder = Finder(file, text)
    finder.visit(ast.parse(text))
    unique = {(mutant.begin, mutant.end, mutant.replacement): mutant for mutant in reversed(finder.found)}
    ordered = sorted(unique.values(), key=lambda mutant: (mutant.begin, mutant.end, mutant.kind))
    seen: Counter[str] = Counter()
    found = []
    for mutant in ordered:
        found.append(replace(mutant, twin=seen[mutant.key]))
        seen[mutant.key] += 1
    return found


def is_text(node: ast.expr) -> bool:
    """Whether an expression is put together from strings."""
    if isinstance(node, ast.BinOp):
        return is_text(node.left) or is_text(node.right)
    if isinstance(node, ast.IfExp):
        return is_text(node.body) or is_text(node.orelse)
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Attribute) and is_text(node.func.value)
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def number(node: ast.expr | None) -> float | int | None:
    """Value of a number written out, with its sign."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        value = number(node.operand)
        return None if value is None else -value
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        return node.value
    return None


def is_arithmetic(node: ast.expr) -> bool:
    """Whether an expression is computed from numbers, such as `64 * np.finfo(float).eps`."""
    leaves = [leaf for leaf in ast.walk(node) if isinstance(leaf, ast.Constant)]
    if not all(type(leaf.value) in (int, float) for leaf in leaves):
        return False
    return number(node) is not None or isinstance(node, ast.BinOp) or is_precision(node)


def is_precision(node: ast.AST) -> bool:
    return any(isinstance(part, ast.Attribute) and part.attr in ("eps", "tiny") for part in ast.walk(node))


def called(call: ast.Call) -> str:
    return getattr(call.func, "id", getattr(call.func, "attr", ""))


class Finder(Walker):
    """Collects the mutants of one file in `found`."""

    skip_types = False

    def scale(self, node: ast.expr) -> None:
        """A bound or a tolerance a thousand times larger and smaller; a whole number stays one."""
        text = self.source(node) if number(node) is not None else f"({self.source(node)})"
        whole = all(type(leaf.value) is int for leaf in ast.walk(node) if isinstance(leaf, ast.Constant))
        divided = whole and not is_precision(node) and not any(isinstance(part, ast.Div) for part in ast.walk(node))
        self.add("times 1000", node, f"({text} * 1000)")
        self.add("over 1000", node, f"({text} // 1000)" if divided else f"({text} / 1000)")

    def change(self, node: ast.expr | None) -> None:
        """Another constant; another order of magnitude for one that is a tolerance."""
        if not isinstance(node, ast.Constant) or type(node.value) not in (int, float):
            return
        value = node.value
        if value and not TOLERANCE < abs(value) < LIMIT:
            self.scale(node)
        elif isinstance(value, int):
            self.add("constant", node, str(value + 1 if value <= COUNTED else 2 * value))
        else:
            self.add("constant", node, repr(2 * value if value else 1.0))

    def move(self, node: ast.expr | None) -> None:
        """An index, or the end of a slice or of a range, off by one."""
        value = number(node)
        if isinstance(value, int) and node is not None:
            self.add("off by one", node, str(value + 1 if value >= 0 else value - 1))
        elif isinstance(node, ast.BinOp) and not isinstance(node.op, SUMMED):
            self.add("off by one", node, f"({self.source(node)}) + 1")
        elif isinstance(node, (ast.Name, ast.Attribute, ast.BinOp, ast.Call)):
            self.add("off by one", node, f"{self.source(node)} + 1")

    # What is left out

    def visit_Import(self, node: ast.AST) -> None:
        """No mutants."""

    visit_ImportFrom = visit_JoinedStr = visit_Import

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self.assignment(node, [node.target], node.value)

    def visit_Assign(self, node: ast.Assign) -> None:
        self.assignment(node, node.targets, node.value)

    def assignment(self, node: ast.stmt, targets: list[ast.expr], value: ast.expr | None) -> None:
        names = tuple(part.id for target in targets for part in ast.walk(target) if isinstance(part, ast.Name))
        at_top = self.depth == 0
        is_seed = any("SEED" in name for name in names)
        is_alias = at_top and not self.bodies and all(name[:1].isupper() and not name.isupper() for name in names)
        if value is None or "__all__" in names or is_alias or is_seed:
            return
        kept, self.names = self.names, (*self.names, *names) if at_top else self.names
        if at_top and all(name.isupper() for name in names) and is_arithmetic(value):
            self.scale(value)
        else:
            self.change(value)
            self.visit_each([*(target for target in targets if not isinstance(target, ast.Name)), value])
        self.names = kept

    # What is changed

    def visit_BinOp(self, node: ast.BinOp) -> None:
        if type(node.op) in OPERATORS and not is_text(node.left) and not is_text(node.right):
            old, new, kind = OPERATORS[type(node.op)]
            if not (self.skip_types and isinstance(node.op, ast.BitOr)):
                self.exchange(kind, node.left, node.right, old, new)
        if isinstance(node.op, ast.Mult) and is_precision(node) and number(node.left) is not None:
            self.scale(node.left)
        elif not is_text(node.left) and not isinstance(node.op, ast.Mod):
            self.change(node.left)
            self.change(node.right)
        self.generic_visit(node)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        if type(node.op) in OPERATORS and not is_text(node.value):
            old, new, kind = OPERATORS[type(node.op)]
            self.exchange(kind, node.target, node.value, f"{old}=", f"{new}=")
        self.change(node.value)
        self.add("statement deleted", node, "pass")
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        old, new, kind = OPERATORS[type(node.op)]
        for left, right in zip(node.values, node.values[1:], strict=False):
            self.exchange(kind, left, right, old, new)
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        if type(node.op) in PREFIXES:
            sign, kind = PREFIXES[type(node.op)]
            begin = self.begin(node)
            end = begin + len(sign)
            while self.text[end : end + 1] == b" ":
                end += 1
            self.add(kind, node, "", (begin, end))
        self.generic_visit(node)

    def visit_Compare(self, node: ast.Compare) -> None:
        operands = [node.left, *node.comparators]
        for left, operator, right in zip(operands, node.ops, node.comparators, strict=False):
            for old, new, kind in COMPARISONS[type(operator)]:
                self.exchange(kind, left, right, old, new)
        for operand in operands:
            self.change(operand)
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, bool):
            self.add("True/False", node, str(not node.value))

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load) and node.id in ("min", "max", "any", "all"):
            new, kind = NAMES[node.id]
            self.add(kind, node, new)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        if isinstance(node.ctx, ast.Load) and node.attr in NAMES:
            new, kind = NAMES[node.attr]
            end = self.end(node)
            self.add(kind, node, new, (end - len(node.attr.encode()), end))
        self.generic_visit(node)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        self.visit(node.value)
        for index in node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]:
            if isinstance(index, ast.Slice):
                self.move(index.lower)
                self.move(index.upper)
                self.visit_each([index.step])
            elif number(index) is not None:
                self.move(index)
            else:
                self.visit(index)

    def visit_Call(self, node: ast.Call) -> None:
        name = called(node)
        if name in SKIPPED_CALLS:
            return
        if name == "where" and len(node.args) == 3:
            self.swap("branches exchanged", node.args[1], node.args[2])
        if name in ("range", "arange") and node.args:
            self.move(node.args[:2][-1])
        if name in ("where", "full", "maximum", "minimum", "max", "min", "clip"):
            for argument in node.args:
                self.change(argument)
        self.visit(node.func)
        if name == "warn":  # a message
            return
        kept, self.skip_types = self.skip_types, self.skip_types or name in ("isinstance", "issubclass")
        self.visit_each(node.args)
        self.skip_types = kept
        for keyword in node.keywords:
            if keyword.arg and keyword.arg.startswith("axis"):
                self.turn(keyword.value)
            elif keyword.arg and TOLERANCE_KEYWORD.search(keyword.arg) and is_arithmetic(keyword.value):
                self.scale(keyword.value)
            elif keyword.arg != "strict":  # of `zip`: it matters where the code is wrong, which it is not
                self.visit(keyword.value)

    def turn(self, node: ast.expr) -> None:
        if isinstance(node, ast.Tuple) and len(node.elts) > 1:
            self.add("axis", node, self.source(node.elts[-1]))
        elif number(node) in AXES:
            self.add("axis", node, str(AXES[number(node)]))

    def visit_Expr(self, node: ast.Expr) -> None:
        if isinstance(node.value, ast.Call):
            root = node.value.func
            while isinstance(root, ast.Attribute):
                root = root.value
            if not (isinstance(root, ast.Name) and root.id in LOGGERS):
                self.add("statement deleted", node, "pass")
                self.generic_visit(node)
        elif not isinstance(node.value, ast.Constant):
            self.generic_visit(node)

    def visit_Return(self, node: ast.Return) -> None:
        if (
            isinstance(node.value, ast.Tuple)
            and len(node.value.elts) > 1
            and not any(map(is_text, node.value.elts[:2]))
        ):
            self.swap("swapped pair", node.value.elts[0], node.value.elts[1])
        self.change(node.value)
        self.generic_visit(node)

    def visit_Raise(self, node: ast.Raise) -> None:
        self.add("check dropped", node, "pass")

    def visit_If(self, node: ast.If) -> None:
        test = self.source(node.test)
        if "TYPE_CHECKING" in test or "__name__" in test:
            return
        if not isinstance(node.body[0], ast.Raise):
            self.add("guard never true", node.test, "False")
        self.generic_visit(node)

    def visit_IfExp(self, node: ast.IfExp) -> None:
        self.add("guard never true", node.test, "False")
        self.generic_visit(node)
