"""From expressions to the source of vectorised NumPy functions.

One emitter serves both the kernels compiled while a program runs and the checked files of the catalogue. Terms that
depend on the data alone are computed once, in `hoist`, since a maximiser evaluates the rest many times on them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import sympy

from likelihood_kit.calculus.differentiate import Derivatives, differentiate, higher
from likelihood_kit.calculus.linear import Form, LinearForms
from likelihood_kit.calculus.printer import numeric_constants, numpy_source
from likelihood_kit.calculus.separate import Separation

#: Names that emitted source uses itself; a datum or parameter of such a name is emitted with a trailing underscore.
_RESERVED = {
    "np", "special", "log1p_ratio", "log_excess", "log_rising", "stirling_remainder", "incomplete_gamma", "hoisted",
    "means",
}  # fmt: skip


@dataclass
class Emission:
    """The symbols of one log density, under the names that they have in emitted source.

    Attributes
    ----------
    data : sequence of symbols
        The response, and what is known of each row.
    parameters : sequence of symbols
    prefix : str
        Of the names of the functions.
    names : dict
        Symbol to the symbol printed for it.
    """

    data: Sequence[sympy.Symbol]
    parameters: Sequence[sympy.Symbol]
    prefix: str
    names: dict[sympy.Symbol, sympy.Symbol] = field(init=False)

    def __post_init__(self) -> None:
        self.names = {
            symbol: sympy.Symbol(symbol.name + "_" * (symbol.name in _RESERVED), real=True)
            for symbol in (*self.data, *self.parameters)
        }

    def source(self, expression: Any) -> str:
        """NumPy source of an expression."""
        return numpy_source(expression, self.names)

    def line(self, symbol: sympy.Symbol, expression: Any) -> str:
        """Assignment within a function's body."""
        return f"    {symbol} = {self.source(expression)}"

    def head(self, function: str, argument: str, unpacked: Sequence[sympy.Symbol]) -> list[str]:
        """First lines of a function of some unpacked quantities and the parameters."""
        unpack = [f"    ({''.join(f'{symbol}, ' for symbol in unpacked).strip()}) = {argument}"] if unpacked else []
        parameters = ", ".join(self.names[parameter].name for parameter in self.parameters)
        return [f"def {self.prefix}_{function}({argument}, {parameters}):", *unpack]

    def hoist(self, expressions: Sequence[sympy.Expr]) -> str:
        """Source of the function of the data alone."""
        arguments = ", ".join(self.names[datum].name for datum in self.data)
        returned = "".join(self.source(expression) + ", " for expression in expressions).strip()
        return f"def {self.prefix}_hoist({arguments}):\n    return ({returned})\n"

    def tail(self, results: Sequence[str]) -> list[str]:
        """Last lines of a function that returns value, scores and Hessian entries."""
        p = len(self.parameters)
        return [
            "    return (",
            f"        {results[0]},",
            f"        ({', '.join(results[1 : 1 + p])},),",
            f"        ({', '.join(results[1 + p :])},),",
            "    )",
        ]

    def fresh(self, letter: str, hoisted: Sequence[sympy.Symbol]) -> Iterator[sympy.Symbol]:
        """Numbered names that the source does not use yet."""
        taken = {symbol.name for symbol in (*self.names.values(), *hoisted)}
        return sympy.numbered_symbols(letter, exclude=[sympy.Symbol(name, real=True) for name in taken], real=True)

    def common(
        self, expressions: Sequence[sympy.Expr], hoisted: Sequence[sympy.Symbol]
    ) -> tuple[list[tuple[sympy.Symbol, sympy.Expr]], list[sympy.Expr]]:
        """Common subexpressions by name, and what is left of the expressions."""
        fresh = self.fresh("x", hoisted)
        common, results = sympy.cse([numeric_constants(e) for e in expressions], symbols=fresh, list=False)
        return common, [results] if isinstance(results, sympy.Basic) else list(results)


class _Hoister:
    """Replaces each largest subexpression of the data alone by a symbol, the same symbol for the same expression."""

    def __init__(self, data: Sequence[sympy.Symbol], taken: set[str]) -> None:
        self.data = set(data)
        self.found: dict[sympy.Expr, sympy.Symbol] = {}
        self._fresh = sympy.numbered_symbols("h", exclude=[sympy.Symbol(name) for name in taken])

    def __call__(self, expression: Any) -> Any:
        if not self.data & expression.free_symbols:
            return expression
        if not isinstance(expression, sympy.Expr):
            return expression.func(*(self(argument) for argument in expression.args))
        if self._known(expression):
            return self._name(expression)
        if expression.is_Add or expression.is_Mul:
            alone = [a for a in expression.args if self._known(a)]
            if len(alone) > 1:
                rest = [a for a in expression.args if not self._known(a)]
                return expression.func(self._name(expression.func(*alone)), *(self(a) for a in rest))
        return expression.func(*(self(argument) for argument in expression.args))

    def _known(self, expression: Any) -> bool:
        return bool(expression.free_symbols) and expression.free_symbols <= self.data

    def _name(self, expression: sympy.Expr) -> sympy.Symbol:
        number, expression = expression.as_coeff_Mul()
        if expression.could_extract_minus_sign():
            number, expression = -number, -expression
        if expression not in self.found:
            self.found[expression] = next(self._fresh)
        return number * self.found[expression]


def rows_source(derivatives: Derivatives, emission: Emission) -> str:
    """Source of a kernel on the rows; what its functions do is said in `kernels`."""
    hoister = _Hoister(emission.data, {symbol.name for symbol in emission.names.values()})
    expressions = [hoister(expression) for expression in derivatives.all()]
    hoisted = list(hoister.found.values())
    parts = [
        emission.hoist(list(hoister.found)),
        *_row_functions(expressions, hoisted, emission),
        *_sum_functions(_Sums.of_rows(expressions, hoisted, emission), expressions[:1]),
    ]
    return "\n\n".join(parts)


def statistics_source(separation: Separation, emission: Emission) -> str:
    """Source of a kernel on sufficient statistics, in which each entry is linear."""
    fresh = emission.fresh("t", ())
    one, bases = sympy.Integer(1), [] if separation.base == 0 else [separation.base]
    statistics = [next(fresh) for _ in range(len(separation.statistics) + len(bases))]
    # Term by term: of a sum of terms, a common subexpression could mix statistics and parameters.
    parts = {**dict(zip(statistics, separation.coefficients, strict=False)), one: separation.normaliser}
    entries = {product: differentiate(part, emission.parameters).all() for product, part in parts.items()}
    forms: list[Form] = [
        {product: entry for product, entry in zip(parts, row, strict=True) if entry != 0 or product == one}
        for row in zip(*entries.values(), strict=True)
    ]
    if bases:
        forms[0][statistics[-1]] = one
    hoist = emission.hoist([*separation.statistics, *bases])
    return "\n\n".join([hoist, *_sum_functions(_Sums.of_forms(forms, statistics, emission), ())])


def higher_source(derivatives: Derivatives, order: int, emission: Emission) -> str:
    """Source of `{prefix}_hoist` and `{prefix}_rows`: derivatives by rows, in the order of `multi_indices`."""
    hoister = _Hoister(emission.data, {symbol.name for symbol in emission.names.values()})
    expressions = [hoister(expression) for expression in higher(derivatives, emission.parameters, order)]
    hoisted = list(hoister.found.values())
    common, results = emission.common(expressions, hoisted)
    lines = [
        *emission.head("rows", "hoisted", hoisted),
        *(emission.line(symbol, e) for symbol, e in common),
        f"    return ({''.join(emission.source(result) + ', ' for result in results).strip()})",
    ]
    return emission.hoist(list(hoister.found)) + "\n\n" + "\n".join(lines) + "\n"


def slopes_lines(results: Sequence[sympy.Expr], slopes: Sequence[Sequence[sympy.Expr]], emission: Emission) -> str:
    """Source of `{prefix}_slopes(*parameters)`: the results, and of each its derivatives."""
    k = len(emission.parameters)
    common, left = emission.common([*results, *(entry for row in slopes for entry in row)], ())
    texts = [emission.source(expression) for expression in left]
    values, entries = texts[: len(results)], texts[len(results) :]
    rows = [f"({', '.join(entries[k * i : k * (i + 1)])},)" for i in range(len(results))]
    lines = [
        f"def {emission.prefix}_slopes({', '.join(emission.names[p].name for p in emission.parameters)}):",
        *(emission.line(symbol, expression) for symbol, expression in common),
        f"    return ({', '.join(values)},), ({', '.join(rows)},)",
    ]
    return "\n".join(lines) + "\n"


def _row_functions(expressions: list[sympy.Expr], hoisted: list[sympy.Symbol], emission: Emission) -> tuple[str, str]:
    """Source of `value` and `derivatives`."""

    def body(wanted: list[sympy.Expr]) -> tuple[list[str], list[str]]:
        common, results = emission.common(wanted, hoisted)
        return [emission.line(symbol, e) for symbol, e in common], [emission.source(result) for result in results]

    lines, results = body(expressions[:1])
    value = [*emission.head("value", "hoisted", hoisted), *lines, f"    return {results[0]}"]
    lines, results = body(expressions)
    derivatives = [*emission.head("derivatives", "hoisted", hoisted), *lines, *emission.tail(results)]
    return "\n".join(value) + "\n", "\n".join(derivatives) + "\n"


def _sum_functions(whole: _Sums, value: Sequence[sympy.Expr]) -> list[str]:
    """Source of the kernel's functions for parameters that are the same for all rows; `value` is that entry alone."""
    parts = [whole.products("products"), whole.combination("combine", derivatives=True)]
    if whole.reduces:
        reduces = f"{whole.emission.prefix}_reduces = True\n"
        return [*parts, whole.combination("value_combine", derivatives=False), reduces]
    alone = _Sums.of_rows(value, whole.hoisted, whole.emission)
    return [*parts, alone.products("value_products"), alone.combination("value_combine", derivatives=False)]


class _Sums:
    """Entries as linear forms in products that vary over the rows, and the source that computes each part.

    Parameters
    ----------
    entries : list of Form
        Value, scores, Hessian.
    common : pairs of symbol and expression
        Common subexpressions, by the names under which the entries have them.
    hoisted : symbols that vary over the rows
    emission : Emission
    """

    def __init__(
        self,
        entries: list[Form],
        common: Sequence[tuple[sympy.Symbol, sympy.Expr]],
        hoisted: list[sympy.Symbol],
        emission: Emission,
    ) -> None:
        self.emission, self.hoisted, self.shared, self.entries = emission, hoisted, common, entries
        found = dict.fromkeys(product for form in self.entries for product in form if product != 1)
        self.wanted = sorted(found, key=lambda e: (len(sympy.Mul.make_args(e)), sympy.default_sort_key(e)))

    @classmethod
    def of_rows(cls, expressions: Sequence[sympy.Expr], hoisted: list[sympy.Symbol], emission: Emission) -> _Sums:
        """Of entries in what is computed of each row."""
        common, results = emission.common(expressions, hoisted)
        forms = LinearForms(common, hoisted)
        return cls([forms.of(result) for result in results], forms.common, hoisted, emission)

    @classmethod
    def of_forms(cls, forms: Sequence[Form], hoisted: list[sympy.Symbol], emission: Emission) -> _Sums:
        """Of entries that are known to be linear in symbols."""
        common, results = emission.common([entry for form in forms for entry in form.values()], hoisted)
        left = iter(results)
        return cls([{product: next(left) for product in form} for form in forms], common, hoisted, emission)

    @property
    def reduces(self) -> bool:
        """Whether the products depend on the data alone."""
        return all(product.free_symbols <= set(self.hoisted) for product in self.wanted)

    def products(self, name: str) -> str:
        """Source of the function that gives the products."""
        lines = self._common_lines(symbol for product in self.wanted for symbol in product.free_symbols)
        arrays: dict[sympy.Expr, sympy.Symbol] = {}
        fresh = self.emission.fresh("w", self.hoisted)
        for product in self.wanted:
            arrays[product] = product if product.is_Symbol else next(fresh)
            if not product.is_Symbol:
                lines.append(self.emission.line(arrays[product], _from_shorter(product, arrays)))
        returned = "".join(f"{array}, " for array in arrays.values()).strip()
        return (
            "\n".join([*self.emission.head(name, "hoisted", self.hoisted), *lines, f"    return ({returned})"]) + "\n"
        )

    def combination(self, name: str, *, derivatives: bool) -> str:
        """Source of the function that makes means of the entries from means of the products."""
        fresh = self.emission.fresh("m", self.hoisted)
        means = {product: next(fresh) for product in self.wanted}
        entries = self.entries if derivatives else self.entries[:1]
        lines = self._common_lines(symbol for form in entries for c in form.values() for symbol in c.free_symbols)
        texts = [self.emission.source(sympy.Add(*(c * means.get(e, e) for e, c in form.items()))) for form in entries]
        tail = self.emission.tail(texts) if derivatives else [f"    return {texts[0]}"]
        return "\n".join([*self.emission.head(name, "means", list(means.values())), *lines, *tail]) + "\n"

    def _common_lines(self, needed: Any) -> list[str]:
        wanted, lines = set(needed), list[str]()
        for symbol, expression in reversed(self.shared):
            if symbol in wanted:
                wanted |= expression.free_symbols
                lines.insert(0, self.emission.line(symbol, expression))
        return lines


def _from_shorter(product: sympy.Expr, arrays: dict[sympy.Expr, sympy.Symbol]) -> sympy.Expr:
    """The product as one that stands already times the rest, if that leaves less to do."""
    best = product
    for shorter, array in arrays.items():
        rest = product / shorter
        if shorter != product and sympy.denom(rest) == 1 and rest.count_ops() + 1 < best.count_ops():
            best = sympy.Mul(array, rest, evaluate=False)
    return best
