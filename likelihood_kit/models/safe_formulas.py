"""Formulas from the shell or a file: checked before anything evaluates them, since a formula is Python that is run.

What may stand in one is listed here; all else is refused by its name.
"""

from __future__ import annotations

import ast
import io
import math
import re
import tokenize
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import numpy as np

from likelihood_kit.errors import ArgumentError, near_names, shown
from likelihood_kit.models.formula_engines import FUNCTIONS_OF, chosen_engine
from likelihood_kit.models.formula_text import called, factors, parts, without_texts

#: NumPy's functions of a column, with and without `np.` before them.
NUMERIC = (
    *("log", "log10", "log2", "log1p", "exp", "expm1", "sqrt", "cbrt", "abs", "sign", "square"),
    *("sin", "cos", "tan", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh"),
    *("floor", "ceil", "round", "minimum", "maximum", "where"),
)
#: How many arguments those of NumPy's functions take that take more than a column: no array in which to write.
ARGUMENTS: Mapping[str, tuple[int, ...]] = {"minimum": (2,), "maximum": (2,), "where": (3,), "round": (1, 2)}
#: Contrasts of `C`.
CONTRASTS = ("Treatment", "Sum", "Helmert", "Diff", "Poly")
#: Functions whose further arguments are how many columns they make.
SIZED = ("bs", "cr", "cc", "cs", "te", "poly")
#: What the functions mean where a formula is evaluated: NumPy's own; the engine knows the others.
NAMES: Mapping[str, Any] = {"np": np, **{name: getattr(np, name) for name in NUMERIC}}

#: Characters that no formula needs, and that Python and formula engines read in different ways.
_FOREIGN = re.compile(r"[^\w\s~+\-*/:().,<>=&|\[\]'\"!]|!(?!=)|[\r\n]")
#: Where engines and Python could disagree on where a text ends.
_THREE_QUOTES = re.compile("'{3}|\"{3}")
#: What a text in a formula may hold: nothing that could be code.
_PLAIN_TEXT = re.compile(r"[\w .,/+-]*")
#: What the name of a column or a level may hold: nothing at which an engine could take the text to end.
_NAME = re.compile(r"[^'\"\\`{}\x00-\x1f\x7f]*")
#: Letters of a formula, power, whole number and columns of a spline, at most: beyond, work without end could be asked.
LONGEST, LARGEST_POWER, LARGEST_WHOLE, LARGEST_BASIS = 10_000, 20, 10**15, 1000
#: Terms of a formula with its products multiplied out, at most: ten columns crossed have 1023.
MOST_TERMS = 2000
_BINARY = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow, ast.MatMult, ast.BitAnd, ast.BitOr, ast.Mod, ast.FloorDiv)


def check_formula(formula: str, columns: Iterable[str], argument: str) -> None:
    """Refuse a formula in which there is more than columns, numbers, operators and the functions listed here.

    Parameters
    ----------
    formula : str
        With or without a left side.
    columns : iterable of str
        Names that may stand in it.
    argument : str
        What the formula is called in a message.

    Raises
    ------
    ArgumentError
        Names what is refused.
    """
    known = {str(column) for column in columns}
    if len(formula) > LONGEST:
        raise ArgumentError(f"{argument}: the formula has {len(formula)} letters, more than {LONGEST}")
    text = called(formula)
    foreign = _FOREIGN.search(without_texts(text, _NAME)) or _THREE_QUOTES.search(text)
    if foreign:
        remedy = ": write I(x**2) for a square" if foreign[0] == "^" else ""
        raise ArgumentError(
            f"{argument}: {shown(formula)}: {foreign[0]!r} is refused in a formula from the shell{remedy}"
        )
    sides = parts(text)
    if len(sides) > 2:
        raise ArgumentError(f"{argument}: {shown(formula)} has more than one '~'")
    try:
        for side in sides:
            if side.strip():
                tree = _parsed(side)
                _Check(formula, known, argument).term(tree)
                if _terms(tree) > MOST_TERMS:
                    raise ArgumentError(
                        f"{argument}: {shown(formula)}: multiplied out it has more than {MOST_TERMS} terms, which are "
                        "refused"
                    )
    except (SyntaxError, ValueError, tokenize.TokenError, RecursionError, MemoryError) as error:
        if isinstance(error, ArgumentError):
            raise
        if any(factor.words == (".",) for side in sides for factor in factors(side)):
            raise ArgumentError(f"{argument}: {shown(formula)}: '.' is not known here: name the columns") from None
        said = error.msg if isinstance(error, SyntaxError) else str(error)
        raise ArgumentError(
            f"{argument}: {shown(formula)} cannot be read as a formula: {said}; a column whose name is no word is "
            "written Q('its name')"
        ) from None


def functions() -> tuple[str, ...]:
    """Functions that a formula from the shell may call: NumPy's, and those of the engine that is chosen."""
    return (*(f"np.{name}" for name in NUMERIC), *NUMERIC, *FUNCTIONS_OF[chosen_engine()], *CONTRASTS)


def _parsed(side: str) -> ast.expr:
    """Syntax tree of one side, in which the interaction `a:b`, that is no Python, stands as `a @ b`."""
    tokens = list(tokenize.generate_tokens(io.StringIO(side.strip()).readline))
    if any(token.type == tokenize.STRING and token.string[0] not in "'\"" for token in tokens):
        raise ValueError("a letter stands before a text")
    pairs = [(token.type, "@" if token.string == ":" else token.string) for token in tokens]
    return ast.parse(tokenize.untokenize(pairs).strip(), mode="eval").body


def _terms(node: ast.expr) -> int:
    """Number of terms of a formula with its products multiplied out, repeated ones among them."""
    if not isinstance(node, ast.BinOp):
        return _terms(node.operand) if isinstance(node, ast.UnaryOp) else 1
    left: int = _terms(node.left)
    if isinstance(node.op, ast.Pow):
        value = node.right.value if isinstance(node.right, ast.Constant) else 1
        power = int(value) if isinstance(value, (int, float)) else 1
        return sum(math.comb(left, i + 1) for i in range(min(left, power)))
    right = _terms(node.right)
    if isinstance(node.op, (ast.Add, ast.Sub)):
        return left + right
    return left * right if isinstance(node.op, ast.MatMult) else left + right + left * right


class _Check:
    """A walk over the tree of a formula that knows each kind of node it lets pass."""

    def __init__(self, formula: str, columns: Collection[str], argument: str) -> None:
        self._formula, self._columns, self._argument = formula, columns, argument

    def term(self, node: ast.expr) -> None:
        """Columns, numbers, operators and calls."""
        match node:
            case ast.Name(id=name):
                if name not in self._columns:
                    self._refuse(f"there is no column {name!r}: {near_names(name, sorted(self._columns))}")
            case ast.Constant(value=value):
                self._number(value)
            case ast.BinOp(left=left, op=operation, right=right) if isinstance(operation, _BINARY):
                if isinstance(operation, ast.Pow):
                    self._power(left, right)
                self.term(left)
                self.term(right)
            case ast.UnaryOp(op=ast.UAdd() | ast.USub(), operand=operand):
                self.term(operand)
            case ast.Compare(left=left, ops=operations, comparators=others):
                equal = all(isinstance(operation, (ast.Eq, ast.NotEq)) for operation in operations)
                for part in (left, *others):
                    if not (equal and _is_name(part)):
                        self.term(part)
            case ast.Call(func=function, args=arguments, keywords=keywords):
                self._call(_dotted(function), function, [*arguments, *(keyword.value for keyword in keywords)])
                if any(keyword.arg is None for keyword in keywords):
                    self._refuse("'**' before an argument is refused")
                if keywords and _dotted(function).removeprefix("np.") in NUMERIC:
                    self._refuse(f"{keywords[0].arg}= is refused: give what {_dotted(function)} takes by its place")
            case ast.Attribute():
                self._refuse(
                    f"{shown(ast.unparse(node))} is refused: write Q('...') for a column with a dot in its name"
                )
            case _:
                self._refuse(f"{shown(ast.unparse(node))} is refused in a formula from the shell")

    def _call(self, name: str, function: ast.expr, arguments: list[ast.expr]) -> None:
        if name not in functions():
            word = name or ast.unparse(function)
            known = [one for one in functions() if not one.startswith("np.")]
            self._refuse(f"the function {shown(word)} is refused: {near_names(word, known)}")
        plain = name.removeprefix("np.")
        if plain in NUMERIC and len(arguments) not in ARGUMENTS.get(plain, (1,)):
            wanted = " or ".join(map(str, ARGUMENTS.get(plain, (1,))))
            self._refuse(f"{plain} takes {wanted} argument{'' if wanted == '1' else 's'} here, not {len(arguments)}")
        for place, argument in enumerate(arguments):
            if place and name in SIZED and isinstance(argument, (ast.Constant, ast.BinOp, ast.UnaryOp)):
                self._size(argument)
            self._argument_of(name, argument)

    def _argument_of(self, name: str, node: ast.expr) -> None:
        """An argument of a call: a term, a list of such, or a text where the function takes one."""
        own = FUNCTIONS_OF[chosen_engine()]
        match node:
            case ast.List(elts=elements) | ast.Tuple(elts=elements):
                for element in elements:
                    self._argument_of(name, element)
            case ast.Constant(value=str(text)) if name == "Q":
                self._column(text)
            case ast.Constant(value=str()) if name in CONTRASTS and _is_name(node):
                pass
            case ast.Constant(value=str(text)) if name in own and _PLAIN_TEXT.fullmatch(text):
                pass
            case ast.Constant(value=None | bool()):
                pass
            case ast.Name(id=contrast) if name == "C" and contrast in CONTRASTS:
                pass
            case _:
                self.term(node)

    def _column(self, name: str) -> None:
        """Refuse a quoted name of no column, and one that an engine could read as more than a name."""
        if name not in self._columns:
            self._refuse(f"there is no column {name!r}: {near_names(name, sorted(self._columns))}")
        if not _NAME.fullmatch(name):
            self._refuse(f"the column {name!r} must be renamed: quotes, braces and backslashes are refused in a name")

    def _size(self, node: ast.expr) -> None:
        """Refuse a number of columns that would fill the memory."""
        if not isinstance(node, ast.Constant) or (isinstance(node.value, int) and node.value > LARGEST_BASIS):
            self._refuse(f"{ast.unparse(node)}: give a number up to {LARGEST_BASIS}")

    def _number(self, value: object) -> None:
        if not isinstance(value, (int, float)) or isinstance(value, bool) or abs(value) > LARGEST_WHOLE:
            self._refuse(f"{value!r} is no number that a formula may hold")

    def _power(self, base: ast.expr, exponent: ast.expr) -> None:
        """Refuse powers of numbers that could have more digits than fit in the memory."""
        for part in (base, exponent):
            if any(isinstance(inner, ast.BinOp) and isinstance(inner.op, ast.Pow) for inner in ast.walk(part)):
                self._refuse("a power of a power is refused")
        if not any(isinstance(inner, ast.Name) for inner in ast.walk(exponent)):
            number = exponent.operand if isinstance(exponent, ast.UnaryOp) else exponent
            if not isinstance(number, ast.Constant):
                self._refuse(f"the exponent {ast.unparse(exponent)!r} is no number")
            elif isinstance(number.value, (int, float)) and abs(number.value) > LARGEST_POWER:
                self._refuse(f"a power above {LARGEST_POWER} is refused")

    def _refuse(self, why: str) -> None:
        raise ArgumentError(f"{self._argument}: {shown(self._formula)}: {why}")


def _is_name(node: ast.expr) -> bool:
    """Whether a text could be the name of a column or a level."""
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and bool(_NAME.fullmatch(node.value))


def _dotted(function: ast.expr) -> str:
    """Name of what is called, `np.log` with its dot; empty for anything else."""
    match function:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=ast.Name(id="np"), attr=name):
            return f"np.{name}"
    return ""
