"""What follows from a family's formula, as a reader sees it."""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass
from typing import Any

from likelihood_kit._numerics import lower_pairs
from likelihood_kit.calculus import Notation, latex_name, typeset, typeset_function
from likelihood_kit.errors import NotAvailableError, TraceError
from likelihood_kit.families.handle import Handle


@dataclass(frozen=True, repr=False)
class Derivation:
    """Log density of one observation and what is derived from it, in natural coordinates.

    Each `Notation` has `.latex` and `.text`; matrices are lower triangles by rows: (0, 0), (1, 0), (1, 1), (2, 0), ...

    Attributes
    ----------
    family : str
    parameters : tuple of p str
        The free parameters, in order.
    support : Notation
    log_density : Notation
    score : tuple of p Notation
    observed_information : tuple of p (p + 1) / 2 Notation
        Minus the second derivatives of the log density.
    expected_information : tuple of p (p + 1) / 2 Notation, or None
    expected_information_note : str
        Where the expected information comes from, or why it does not exist.
    sufficient_statistics, natural_parameters : tuples of Notation, or None
        Functions of the datum, and what each is multiplied by in the log density.
    sufficient_statistics_note : str
        Why there are none; empty otherwise.
    """

    family: str
    parameters: tuple[str, ...]
    support: Notation
    log_density: Notation
    score: tuple[Notation, ...]
    observed_information: tuple[Notation, ...]
    expected_information: tuple[Notation, ...] | None
    expected_information_note: str
    sufficient_statistics: tuple[Notation, ...] | None
    natural_parameters: tuple[Notation, ...] | None
    sufficient_statistics_note: str

    def __repr__(self) -> str:
        return str(self)

    def __str__(self) -> str:
        pairs = [f"{self.parameters[i]}, {self.parameters[j]}" for i, j in lower_pairs(len(self.parameters))]
        lines = [f"{self.family}, y in {self.support}", "", "log density", f"    {self.log_density}"]
        lines += ["", "score: first derivatives of the log density", *_aligned(self.parameters, self.score)]
        lines += ["", "observed information: minus the second derivatives", *_aligned(pairs, self.observed_information)]
        lines += ["", f"expected information: {self.expected_information_note}"]
        if self.expected_information is not None:
            lines += _aligned(pairs, self.expected_information)
        if self.sufficient_statistics is None or self.natural_parameters is None:
            return "\n".join([*lines, "", f"sufficient statistics: {self.sufficient_statistics_note}"])
        lines += ["", "sufficient statistics, and what each is multiplied by in the log density"]
        lines += _aligned([t.text for t in self.sufficient_statistics], self.natural_parameters)
        return "\n".join(lines)

    def _repr_latex_(self) -> str:
        rows = [rf"{left} &= {right}" for left, right in self._equations()]
        return "\n".join([r"$\displaystyle \begin{aligned}", " \\\\\n".join(rows), r"\end{aligned}$"])

    def _repr_markdown_(self) -> str:
        notes = [f"Expected information: {self.expected_information_note}."]
        if self.sufficient_statistics_note:
            notes.append(f"Sufficient statistics: {self.sufficient_statistics_note}.")
        formulas = [f"$$\n{left} = {right}\n$$" for left, right in self._equations()]
        return "\n\n".join([f"**{self.family}**, $y \\in {self.support.latex}$", *formulas, *notes])

    def _equations(self) -> list[tuple[str, str]]:
        names = [latex_name(name) for name in self.parameters]
        second = [_second_derivative(names[i], names[j]) for i, j in lower_pairs(len(names))]
        rows = [(r"\log f(y)", self.log_density.latex)]
        rows += [
            (rf"\frac{{\partial \log f}}{{\partial {name}}}", entry.latex)
            for name, entry in zip(names, self.score, strict=True)
        ]
        rows += [(f"-{left}", entry.latex) for left, entry in zip(second, self.observed_information, strict=True)]
        if self.expected_information is not None:
            rows += [
                (rf"\mathrm{{E}}\left[-{left}\right]", entry.latex)
                for left, entry in zip(second, self.expected_information, strict=True)
            ]
        if self.sufficient_statistics:
            rows.append((r"T(y)", r",\; ".join(statistic.latex for statistic in self.sufficient_statistics)))
        return rows


def _aligned(labels: list[str] | tuple[str, ...], entries: tuple[Notation, ...]) -> list[str]:
    width = max(len(label) for label in labels) if labels else 0
    return [f"    {label:<{width}}   {entry}" for label, entry in zip(labels, entries, strict=True)]


def _second_derivative(first: str, second: str) -> str:
    below = rf"\partial {first}^2" if first == second else rf"\partial {first} \, \partial {second}"
    return rf"\frac{{\partial^2 \log f}}{{{below}}}"


def derive(family: Handle) -> Derivation:
    """Derivation of a family's formula, in the coordinates in use, with fixed parameters put in.

    Raises
    ------
    TraceError
        Where the formula has no symbolic form; the message names the operation.
    """
    closed = family.law.functions.get("expected_information")
    integrated = f"by {'summation' if family.discrete else 'quadrature'} of the squared score"
    note = "in closed form" if closed else integrated
    try:
        family.require_regular("expected information")
    except NotAvailableError as error:
        closed, note = None, str(error)
    note += _where_regular(family)
    known = tuple(family.law.known)
    try:
        found = typeset(family.formula, family.fixed, closed, known)
    except TraceError:
        found = typeset(family.formula, family.fixed, None, known)
        # Of a law of cases the function is the composition's, which integrates.
        note = integrated if family.law.cases else "by the family's own function, in numbers"
        note += _where_regular(family)
    statistics, coefficients, why = found.statistics, found.coefficients, ""
    if not family.regular:
        statistics, coefficients = None, None
        why = "the support moves with a parameter, so that the log density alone does not show them"
    elif statistics is None:
        why = "none of fixed number; some term of the log density does not separate y from the parameters"
    return Derivation(
        repr(family),
        family.parameter_names,
        _support(family),
        found.log_density,
        found.score,
        found.observed_information,
        found.expected_information,
        note,
        statistics,
        coefficients,
        why,
    )


def _where_regular(family: Handle) -> str:
    """What the law says of where it is regular, if that is not everywhere."""
    declared = family.law.regular
    said = inspect.getdoc(declared) if callable(declared) else ""
    return f"; {said.splitlines()[0].rstrip('.')}" if said else ""


def _support(family: Handle) -> Notation:
    """The support, with ends that are held fixed put in: as set notation, and in words that a terminal prints."""
    law = family.law
    canonical = family.coordinate_names == tuple(law.parameters)
    latex = family.support.at({n: value for n, value in family.fixed.items() if canonical or n in law.known}).latex
    ends = (family.support.low, family.support.high)
    if any(map(callable, ends)):
        return _moving(family, ends)
    text = latex
    for symbol, word in ((r"\infty", "inf"), (r"\ldots", "..."), (r"\{", "{"), (r"\}", "}"), (r"\_", "_")):
        text = text.replace(symbol, word)
    return Notation(latex, re.sub(r"\\mathrm\{(\w+)\}", r"\1", text))


def _moving(family: Handle, ends: tuple[Any, Any]) -> Notation:
    """A support whose ends are functions, each as a formula where it has one, else by its name."""
    low, high = (_end(family, end) for end in ends)
    return Notation(f"({low.latex}, {high.latex})", f"({low.text}, {high.text})")


def _end(family: Handle, end: Any) -> Notation:
    if not callable(end):
        return Notation(str(end), str(end))
    try:
        found = typeset_function(end, family.fixed)
        return Notation(found.latex, re.sub(r"\boo\b", "inf", found.text))
    except TraceError:
        name = f"{end.__name__}({', '.join(inspect.signature(end).parameters)})"
        return Notation(rf"\mathrm{{{latex_name(name)}}}", name)
