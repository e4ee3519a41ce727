"""What of its parameters an information determines: directions in which it says nothing, or next to nothing.

Directions are those of the logarithms of positive parameters and of the others as they are, and the information is
scaled to unit diagonal: neither units nor the size of a parameter make a direction look weak. A ridge of the likelihood
along which a product stays the same is then a straight line.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pandas as pd

from likelihood_kit._numerics.in_words import InWords
from likelihood_kit._numerics.printed import fixed, significant
from likelihood_kit.errors import NotAvailableError

#: Eigenvalue, beside the largest, below which an information has none: what rounding and quadrature leave of it.
NULL = 1e-9
#: Condition index from which a direction is weak: Belsley, Kuh and Welsch (1980), *Regression Diagnostics*, sect. 3.2.
WEAK_INDEX = 30.0
#: Part of a direction below which a parameter has no share in it; of an eigenvector the root of the above is rounding.
SHARE = 1e-4
#: The same of a weak direction, which is named to be read.
SHOWN = 0.05
#: Largest denominator of an exponent that is written down, and how far from it an exponent may be.
DENOMINATOR, NEARNESS = 3, 1e-3
#: Change of a log likelihood, beside its size, that is rounding; and beside 1, that no test would see.
UNCHANGED, NO_CHANGE = 1e-9, 1e-6
#: How far a combination is tried: a factor of exp(1/2), or half of the way to 0.
TRIED = 0.5


@dataclass(frozen=True, repr=False, eq=False)
class Identifiability(InWords):
    """Directions of the parameters by how much an information says of them.

    Attributes
    ----------
    kind : str
        Which information it is: "expected" or "observed".
    eigenvalues : (k,)
        Of the information scaled to unit diagonal, ascending; 1 each where parameters are orthogonal.
    directions : DataFrame
        `(k, k)`: one row per parameter, a column for each eigenvalue; the largest entry of each is 1. Rows of positive
        parameters are those of their logarithms.
    unidentified : tuple of str
        What the data determine only, in the parameters' names; one sentence for each group of parameters.
    weak : tuple of str
        Directions that are hardly determined, with the standard error along them.
    """

    kind: str
    eigenvalues: np.ndarray
    directions: pd.DataFrame
    unidentified: tuple[str, ...]
    weak: tuple[str, ...]

    @property
    def condition_number(self) -> float:
        """Largest eigenvalue over the smallest; infinite where there is no information in some direction."""
        return float("inf") if self.unidentified else float(self.eigenvalues[-1] / self.eigenvalues[0])

    @property
    def ok(self) -> bool:
        """Whether all parameters are determined, be it weakly."""
        return not self.unidentified

    @property
    def verdict(self) -> str:
        """What is determined, in words."""
        if self.unidentified:
            return "NOT identified: " + "; ".join((*self.unidentified, *self.weak)) + "."
        number = f"condition number {significant(self.condition_number)}"
        if self.weak:
            return f"Identified, but weakly ({number}): " + "; ".join(self.weak) + "."
        return f"All parameters are determined: {number}."

    def _words(self) -> str:
        table = self.directions.set_axis([f"{value:.2g}" for value in self.eigenvalues], axis=1)
        heading = f"Directions of the {self.kind} information, by eigenvalue"
        return f"{heading}\n{table.to_string(float_format=lambda entry: fixed(entry, 2))}\n{self.verdict}"


def identifiability(
    information: np.ndarray,
    params: np.ndarray,
    names: Sequence[str],
    positive: np.ndarray,
    log_likelihood: Callable[[np.ndarray], float],
    kind: str,
    error: float = 0.0,
    transform: np.ndarray | None = None,
) -> Identifiability:
    """What an information determines of its parameters.

    Parameters
    ----------
    information : (k, k)
        In the logarithms of positive parameters, the others as they are; or in coordinates in which rounding hides no
        direction, see `transform`.
    params : (k,)
        Natural scale.
    names : sequence of k str
    positive : (k,) bool
    log_likelihood : callable
        Of params; a combination is named only where moving the parameters along it leaves the log likelihood as it is.
    kind : {"expected", "observed"}
    error : float
        Relative error of the information.
    transform : (k, k), optional
        Parameters = transform @ the vector in whose coordinates the information is.

    Raises
    ------
    NotAvailableError
        For an information that is not positive semidefinite.

    References
    ----------
    Rothenberg, T. J. (1971). Identification in parametric models. *Econometrica* 39, 577-591, theorem 1. Gutenkunst, R.
    N. et al. (2007). Universally sloppy parameter sensitivities in systems biology models. *PLoS Computational Biology*
    3, e189.
    """
    diagonal = np.diag(information)
    none = ~(np.abs(diagonal) > NULL**2 * np.abs(diagonal).max(initial=0.0))
    size = np.where(none, 1.0, np.sqrt(np.where(none, 1.0, np.abs(diagonal))))
    scaled = information / np.outer(size, size)
    scaled[none], scaled[:, none] = 0.0, 0.0
    values, vectors = np.linalg.eigh(scaled)
    least = max(NULL, error) * values[-1]
    if not values[0] >= -least:
        raise NotAvailableError(
            f"identifiability cannot be told from the {kind} information: it is not positive semidefinite, so that the "
            "estimate is no maximum; use kind='expected', or other start_params in the fit"
        )
    null = values <= least
    if transform is not None:
        root = np.sqrt(np.where(null, 0.0, values))[:, None] * vectors.T * size
        values, vectors, size = _carried(root @ np.linalg.inv(transform))
    along = vectors / size[:, None]
    # A parameter of no information has no unit by which its share could be compared.
    unit = along / np.abs(along).max(axis=0)
    unit = unit * np.sign(unit[np.abs(unit).argmax(axis=0), np.arange(len(unit))])
    terms = _Terms(list(names), np.asarray(params, dtype=float), np.asarray(positive, dtype=bool), log_likelihood)
    weak = []
    for j in np.flatnonzero(~null & (values[-1] > WEAK_INDEX**2 * values)):
        shown = np.where(np.abs(vectors[:, j]) > SHOWN * np.abs(vectors[:, j]).max(), unit[:, j], 0.0)
        weak.append(
            f"{terms.sum(shown)} is determined far less well than the rest, with a "
            f"standard error of {_error_along(along[:, j], values[j])}"
        )
    groups = _groups(vectors[:, null])
    return Identifiability(
        kind=kind,
        eigenvalues=np.where(null, 0.0, values),
        directions=pd.DataFrame(unit, index=list(names)),
        unidentified=tuple(terms.determined(group, along[:, null]) for group in groups),
        weak=tuple(weak),
    )


def _carried(root: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Eigenvalues `(k,)`, eigenvectors and units of an information scaled to unit diagonal, by a root `(k, k)` of it.

    By singular values: eigenvalues of squares lose twice as many digits.
    """
    size = np.sqrt((root**2).sum(axis=0))
    size = np.where(size > 0, size, 1.0)
    _, singular, directions = np.linalg.svd(root / size)
    return singular[::-1] ** 2, directions[::-1].T, size


def _error_along(along: np.ndarray, value: float) -> str:
    """Standard error of a combination along its own direction `(k,)`, in units in which the information is `value`."""
    unit = along / np.abs(along).max()
    return significant(float(unit @ unit * np.abs(along).max() / np.sqrt(value)), 2)


def _groups(null: np.ndarray) -> list[np.ndarray]:
    """Parameters that have a share in directions `(k, m)` without information, those that are entangled together."""
    linked = np.abs(null @ null.T) > SHARE
    left = set(np.flatnonzero(np.diag(linked)).tolist())
    groups = []
    while left:
        group = {min(left)}
        while further := {j for i in group for j in np.flatnonzero(linked[i]).tolist()} - group:
            group |= further
        groups.append(np.array(sorted(group)))
        left -= group
    return groups


@dataclass(frozen=True, eq=False)
class _Terms:
    """Parameters, and combinations of them in words."""

    names: list[str]
    params: np.ndarray
    positive: np.ndarray
    log_likelihood: Callable[[np.ndarray], float]

    def determined(self, group: np.ndarray, null: np.ndarray) -> str:
        """What is determined of a group of parameters, of which directions `null` (k, m) have no information."""
        named = [self.names[i] for i in group]
        within = null[group]
        left, sizes, _ = np.linalg.svd(within / np.abs(within).max(), full_matrices=True)
        m = int(np.sum(sizes > SHARE))
        if m == len(group):
            return f"nothing in these data depends on {listed(named)}"
        directions = np.zeros((len(self.names), m))
        directions[group] = left[:, :m]
        if m == len(group) - 1 and (found := self._combination(group, left[:, -1], directions)):
            return f"only {found} is determined by these data, not {listed(named)} by themselves"
        moves = " and ".join(self.sum(direction / np.abs(direction).max()) for direction in directions.T)
        return f"the information of these data on {listed(named)} is singular: none along {moves}"

    def _combination(self, group: np.ndarray, exponents: np.ndarray, directions: np.ndarray) -> str:
        """The one combination that is determined: a product or a sum along whose levels nothing changes; or empty."""
        if self.positive[group].all() and self._flat(directions, logs=True) and (simple := _simple(exponents)):
            return _product([self.names[i] for i in group], simple)
        natural = np.where(self.positive[group], exponents / self.params[group], exponents)
        scale = np.where(self.positive, self.params, 1.0)[:, None]
        if self._flat(directions * scale, logs=False) and (simple := _simple(natural)):
            return _sum([self.names[i] for i in group], [float(part) for part in simple])
        if self._flat(directions, logs=True) and (simple := _simple(exponents)):
            return _sum([self._term(int(i)) for i in group], [float(part) for part in simple])
        return ""

    def _flat(self, directions: np.ndarray, *, logs: bool) -> bool:
        """Whether moves along directions, of logarithms or of the parameters themselves, change nothing."""
        here = self.log_likelihood(self.params)
        for direction in directions.T:
            for side in (-TRIED, TRIED):
                if logs:
                    step = side * direction / np.abs(direction).max()
                    moved = np.where(self.positive, self.params * np.exp(step), self.params + step)
                else:
                    room = np.where(self.positive, self.params, np.maximum(np.abs(self.params), 1.0))
                    moved = self.params + side * direction / np.abs(direction / room).max()
                if not abs(self.log_likelihood(moved) - here) <= UNCHANGED * abs(here) + NO_CHANGE:
                    return False
        return True

    def sum(self, direction: np.ndarray) -> str:
        """A direction `(k,)` as a sum of terms."""
        shares = np.flatnonzero(np.abs(direction) > SHARE)
        return _sum([self._term(int(i)) for i in shares], [float(direction[i]) for i in shares])

    def _term(self, i: int) -> str:
        return f"log({self.names[i]})" if self.positive[i] else self.names[i]


def _simple(exponents: np.ndarray) -> list[Fraction] | None:
    """Exponents as fractions of small denominators, the first of the smallest ones 1; None where they are not such."""
    unit = exponents / exponents[np.argmin(np.abs(exponents))]
    found = [Fraction(float(entry)).limit_denominator(DENOMINATOR) for entry in unit]
    near = all(abs(float(part) - entry) <= NEARNESS * abs(entry) for part, entry in zip(found, unit, strict=True))
    if not near:
        return None
    return found if found[0] > 0 else [-part for part in found]


def _product(names: Sequence[str], exponents: Sequence[Fraction]) -> str:
    """A product of powers.

    >>> _product(["a", "b", "c"], [Fraction(1), Fraction(-1), Fraction(3, 2)])
    'a / b * c^(3/2)'
    """
    text = ""
    for name, power in zip(names, exponents, strict=True):
        size = abs(power)
        factor = name if size == 1 else f"{name}^{size if size.denominator == 1 else f'({size})'}"
        text += factor if not text else f" {'*' if power > 0 else '/'} {factor}"
    return text


def _sum(terms: Sequence[str], weights: Sequence[float]) -> str:
    """A sum of terms.

    >>> _sum(["a", "log(b)", "c"], [1.0, -1.0, 0.5])
    'a - log(b) + 0.5 c'
    """
    text = ""
    for term, weight in zip(terms, weights, strict=True):
        size = f"{abs(weight):.3g}"
        part = term if size == "1" else f"{size} {term}"
        text += f" {'-' if weight < 0 else '+'} {part}" if text else f"{'-' if weight < 0 else ''}{part}"
    return text


def listed(names: Sequence[str]) -> str:
    """Names in a row.

    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    return " and ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)
