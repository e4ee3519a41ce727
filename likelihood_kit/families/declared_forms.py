"""Closed forms of a user's own law, tried beside its log density before their first use.

What is derived where none is declared (`fallbacks`, `informations`) is the oracle. Where that is refused, of a density
without total mass 1 or of tails without a mean, there is nothing to compare with, and nothing is said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from likelihood_kit._numerics import lower_pairs
from likelihood_kit.calculus import DATUM
from likelihood_kit.errors import FormulaError, NotAvailableError
from likelihood_kit.families import compiled, fallbacks, informations, integrable, regularity
from likelihood_kit.families.law import Law

#: Points of the parameters at which a form is compared.
COMPARED = 3
#: Relative error of a number from which it is another one: what a series or a table of constants may leave.
SAME = 1e-6
#: The same of what rests on numeric derivatives, and of the probability at a quantile, which searches find.
SAME_BY_DIFFERENCES, SAME_QUANTILE = 1e-4, 1e-4
#: Probabilities at which quantiles are asked for.
PROBABILITIES = (0.05, 0.3, 0.5, 0.8, 0.95)
#: Draws, their seeds, and how often a right sampler is as far from the distribution function as one that is refused, by
#: the inequality of Dvoretzky, Kiefer and Wolfowitz with the constant of Massart (1990, *Annals of Probability* 18,
#: 1269-1283, theorem 1). The seeds are the same in every session.
DRAWS, SEEDS, ABSURD = 2000, (2026, 2027), 1e-6
FARTHEST = float(np.sqrt(np.log(2 / ABSURD) / (2 * DRAWS)))
#: Points of a sample without any declared way to draw one: quantiles by root finding.
QUANTILES = 16
#: Functions that belong together: one is derived from the other where it is not declared.
PROBABILITY = ("cdf", "survival", "log_cdf", "log_survival")
ESTIMATES = ("method_of_moments",)


def require_true(law: Law, *names: str) -> None:
    """Refuse closed forms of these names that are not what the log density says; each is tried once for a law.

    Raises
    ------
    FormulaError
        Names the law, the function, the point, and both values.
    """
    for name in names:
        if name not in law.functions or law.is_function_of_the_kit(name):
            continue
        key = "closed form", name
        if key not in law.kept_answers:
            law.kept_answers[key] = ""  # an oracle that asks for it again shall have it
            law.kept_answers[key] = contradiction(law, name)
        if law.kept_answers[key]:
            raise FormulaError(law.kept_answers[key])


@contextmanager
def untried(law: Law) -> Iterator[None]:
    """Closed forms of a law as its author declares them: for what finds by itself whether they are right."""
    keys = [("closed form", name) for name in law.functions]
    before = {key: law.kept_answers[key] for key in keys if key in law.kept_answers}
    law.kept_answers.update(dict.fromkeys(keys, ""))
    try:
        yield
    finally:
        for key in keys:
            law.kept_answers.pop(key, None)
        law.kept_answers.update(before)


def require_probabilities(law: Law) -> None:
    """Refuse a distribution or survival function that is not what the log density says.

    Raises
    ------
    FormulaError
    """
    require_true(law, *PROBABILITY)


def require_quantiles(law: Law) -> None:
    """Refuse a quantile function that is not what the log density says, or what it would be derived from.

    Raises
    ------
    FormulaError
    """
    if "ppf" in law.functions:
        require_true(law, "ppf")
    else:
        require_probabilities(law)


def contradiction(law: Law, name: str) -> str:
    """What a closed form says at a point where the log density says something else, in words; empty where nothing.

    Of an estimator: at all points, since at some of them a right one may leave the space.
    """
    part = _of_one_column(law, name)
    if part is None:
        return ""
    compared: list[str] = []
    for values in integrable.typical_points(part):
        if len(compared) == COMPARED:
            break
        try:
            with np.errstate(all="ignore"):
                words = TRIED[name](_Trial(part, name, values))
        except NotAvailableError:
            continue
        compared.append(words)
        if words and name not in ESTIMATES:
            break
    if not compared or not (all(compared) if name in ESTIMATES else compared[-1]):
        return ""
    return (
        f"family {law.title}: {name} contradicts log_density: {compared[-1]}; correct one of them, or leave {name} out"
        + ("" if name in ESTIMATES else ": it follows from log_density")
    )


def _of_one_column(law: Law, name: str) -> Law | None:
    """The law whose form it is, with a response of one column: of a composition the part that has the same."""
    if not law.observed:
        return law
    return next(
        (c.law for c in law.cases if not c.law.observed and c.law.functions.get(name) is law.functions[name]), None
    )


@dataclass(frozen=True, eq=False)
class _Trial:
    """A closed form at a point of the quantities.

    Attributes
    ----------
    law : Law
    name : str
    values : dict of name to number
        All quantities.
    """

    law: Law
    name: str
    values: Mapping[str, np.ndarray]

    @cached_property
    def bare(self) -> Law:
        """The law without closed forms: its formula, and what was compiled of it."""
        bare = replace(self.law, functions={})
        vars(bare)["kept_kernels"] = self.law.kept_kernels
        return bare

    def found(self, *leading: Any) -> Any:
        """What the form returns."""
        return self.law.call(self.name, leading, self.values)

    def probability(self, kind: str, y: np.ndarray) -> np.ndarray:
        """The same kind of probability by integration of the density."""
        return fallbacks.probability(self.bare, kind, y, self.values)

    def points_of_mass(self) -> np.ndarray:
        """Points of the support where the law has its mass, and one to each side."""
        if self.law.whole:
            return fallbacks.inverted(self.bare, np.array(PROBABILITIES), self.values)
        first, middle, last = integrable.quartiles_of(self.law, self.values)
        wide = last - first
        points = np.array([first - wide, first, middle, last, last + 2 * wide])
        return points[self.law.support.contains(points, self.values)]

    def unlike(
        self, found: Any, right: Any, scale: Any, same: float, at: Callable[[tuple[int, ...]], str], what: str = ""
    ) -> str:
        """Where two arrays differ by more than `same` in units of the scale, in words; empty where they do not."""
        found, right, scale = np.broadcast_arrays(np.asarray(found, dtype=float), right, scale)
        wrong = ~(np.abs(found - right) <= same * scale) & ~(found == right) & np.isfinite(right)
        if not wrong.any():
            return ""
        where = tuple(int(i) for i in np.argwhere(wrong)[0])
        return (
            f"at {self.where(at(where))} {what or 'it'} is {found[where]:.10g}, and by integration of the density "
            f"{right[where]:.10g}"
        )

    def where(self, first: str = "") -> str:
        """The point, in words."""
        return ", ".join([*([first] if first else []), *(f"{name} = {v:.6g}" for name, v in self.values.items())])


def _probability(tried: _Trial) -> str:
    y = tried.points_of_mass()
    right = tried.probability(tried.name, y)
    return tried.unlike(tried.found(y), right, np.maximum(np.abs(right), SAME), SAME, lambda at: f"y = {y[at]:.6g}")


def _quantile(tried: _Trial) -> str:
    q = np.array(PROBABILITIES)
    found = np.broadcast_to(np.asarray(tried.found(q), dtype=float), q.shape)
    below = tried.probability("cdf", tried.points_of_mass()[:1])  # refused where there is nothing to compare with
    outside = ~tried.law.support.contains(found, tried.values)
    if outside.any() and np.isfinite(below).all():
        at = int(np.argmax(outside))
        return f"at {tried.where(f'q = {q[at]:g}')} it is {found[at]:.10g}, outside the support"
    reached = tried.probability("cdf", found)
    if tried.law.whole:
        # The smallest whole number with so much of the mass at and below it.
        before = tried.probability("cdf", found - 1)
        right = np.where(before >= q, before, reached)
        wrong = (reached < q - SAME_QUANTILE) | (before >= q + SAME_QUANTILE)
    else:
        right, wrong = reached, ~(np.abs(reached - q) <= SAME_QUANTILE)
    if not wrong.any():
        return ""
    at = int(np.argmax(wrong))
    return (
        f"at {tried.where(f'q = {q[at]:g}')} it is {found[at]:.10g}, below which lies the probability {right[at]:.6g} "
        "by integration of the density"
    )


def _moments(tried: _Trial) -> str:
    mean, variance = (np.asarray(part, dtype=float) for part in tried.found())
    if np.any(variance < 0):
        return f"at {tried.where()} the variance is {float(variance):.10g}"
    right, spread = fallbacks.moments(tried.bare, tried.values)
    scale = np.maximum(np.abs(right), np.sqrt(spread))
    return tried.unlike(mean, right, scale, SAME, lambda _: "", "the mean") or tried.unlike(
        variance, spread, spread, SAME, lambda _: "", "the variance"
    )


def _information(tried: _Trial) -> str:
    law, names = tried.law, tuple(tried.law.parameters)
    if not regularity.holds_at(law, law.regular, tried.values):
        return ""
    kernels = compiled.kernels(law, names)
    right = informations.expected_information(tried.bare, names, tuple(range(len(names))), kernels, tried.values)
    size = np.sqrt(np.einsum("ii->i", right))
    same = SAME if kernels.derivatives == "symbolic" else SAME_BY_DIFFERENCES
    for entry, (i, j) in zip(tried.found(), lower_pairs(len(names)), strict=True):
        of = f"the entry of {names[i]}" + (f" and {names[j]}" if i != j else "")
        words = tried.unlike(entry, right[i, j], size[i] * size[j], same, lambda _: "", of)
        if words:
            return words
    return ""


def _sample(tried: _Trial) -> str:
    drawn, other = (np.asarray(tried.found(np.random.default_rng(seed), DRAWS), dtype=float) for seed in SEEDS)
    y = tried.points_of_mass()
    right = tried.probability("cdf", y)  # refused where there is nothing to compare with
    outside = ~tried.law.support.contains(drawn, tried.values)
    if outside.any():
        return f"at {tried.where()} it draws {drawn[np.argmax(outside)]:.10g}, outside the support"
    if np.ptp(drawn) and np.array_equal(drawn, other):
        return f"at {tried.where()} it draws the same numbers whatever rng is"
    share = np.mean(drawn <= y[:, None], axis=1)
    at = int(np.argmax(np.abs(share - right)))
    if abs(share[at] - right[at]) <= FARTHEST:
        return ""
    return (
        f"at {tried.where(f'y = {y[at]:.6g}')} a share of {share[at]:.4f} of {DRAWS} draws lies at or below y, of the "
        f"law, by integration of the density, {right[at]:.4f}"
    )


def _by_moments(tried: _Trial) -> str:
    y = _some_sample(tried)
    given = {name: np.broadcast_to(tried.values[name], y.shape) for name in tried.law.known}
    found = tried.law.call(tried.name, (y,), {**given, DATUM: y})
    for name, space in tried.law.parameters.items():
        if not space.contains(found[name]):
            return f"of a sample at {tried.where()} it is {name} = {float(found[name]):.10g}, outside {space!r}"
    return ""


def _some_sample(tried: _Trial) -> np.ndarray:
    """A sample of the law, by its sampler where it has one that is true."""
    law, generator = tried.law, np.random.default_rng(SEEDS[0])
    for name, leading in (("sample", (generator, DRAWS)), ("ppf", (generator.random(DRAWS),))):
        if name in law.functions:
            require_true(law, name)
            return np.asarray(law.call(name, leading, tried.values), dtype=float)
    return fallbacks.inverted(tried.bare, (np.arange(QUANTILES) + 0.5) / QUANTILES, tried.values)


#: How each closed form is tried.
TRIED: Mapping[str, Callable[[_Trial], str]] = {
    **dict.fromkeys(PROBABILITY, _probability),
    "ppf": _quantile,
    "moments": _moments,
    "expected_information": _information,
    "sample": _sample,
    "method_of_moments": _by_moments,
}
