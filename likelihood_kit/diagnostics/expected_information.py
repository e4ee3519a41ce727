"""Expected information of a law as a function of its parameters, with what it says of them together."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from likelihood_kit._numerics.in_words import InWords
from likelihood_kit._numerics.linear_algebra import smallest_eigenvalue
from likelihood_kit._numerics.printed import counted, fixed, shortest, significant
from likelihood_kit._numerics.signatures import named_arguments
from likelihood_kit.diagnostics.bounds import check_size
from likelihood_kit.diagnostics.designs import designed_information, plain_information
from likelihood_kit.errors import ArgumentError, LikelihoodKitError, NotAvailableError, near_names, shown
from likelihood_kit.families import Family, informations

#: Correlation of two scores that is 0: as near as a quadrature tells.
ORTHOGONAL = 1e-7
#: Other parameters at which orthogonality is looked at, how far from theta on the scale of the links, and their seed.
PLACES, AWAY, SEED = 12, 0.5, 1922
COORDINATES = ("natural", "link")


@dataclass(frozen=True, repr=False, eq=False)
class ExpectedInformation(InWords):
    """Expected information of a sample.

    Attributes
    ----------
    family : str
    theta : dict of str to float
        Natural values, or coefficients on the link scale where a design drives a parameter.
    n : int
        Observations, or runs of a design.
    coordinates : {"natural", "link"}
        Of the matrix: theta, or the images of the natural values under the links.
    source : str
        Where it comes from: "closed form", "quadrature" or "summation".
    matrix : DataFrame
        `(k, k)`.
    orthogonal : dict of pair of str to bool or None
        The pairs of parameters whose scores are uncorrelated here, and whether they are so at all other parameters that
        were looked at; None for a design, of which none were. They are the same in all coordinates in which each
        parameter is a function of its own.
    """

    family: str
    theta: Mapping[str, float]
    n: int
    coordinates: str
    source: str
    matrix: pd.DataFrame
    orthogonal: Mapping[tuple[str, str], bool | None]

    @property
    def correlations(self) -> pd.DataFrame:
        """The matrix scaled to unit diagonal, `(k, k)`: correlations of the scores, the same per observation."""
        size = np.sqrt(np.diag(self.matrix))
        return self.matrix / np.outer(size, size)

    @property
    def eigenvalues(self) -> np.ndarray:
        """Of the correlations, `(k,)`, ascending: 1 each where all parameters are orthogonal."""
        return np.linalg.eigvalsh(self.correlations.to_numpy())

    @property
    def directions(self) -> pd.DataFrame:
        """Eigenvectors of the correlations, `(k, k)`: a column for each eigenvalue, its largest entry 1.

        A unit is the standard error that a parameter has where all others are known.
        """
        vectors = np.linalg.eigh(self.correlations.to_numpy())[1]
        largest = vectors[np.abs(vectors).argmax(axis=0), np.arange(len(vectors))]
        return pd.DataFrame(vectors / largest, index=self.matrix.index)

    @property
    def condition_number(self) -> float:
        """Largest eigenvalue over the smallest; infinite where some parameters are not identified."""
        correlations = self.correlations.to_numpy()
        least = float(smallest_eigenvalue(correlations))
        return float(self.eigenvalues[-1] / least) if least > 0 else float("inf")

    def _words(self) -> str:
        at = ", ".join(f"{name} = {shortest(value)}" for name, value in self.theta.items())
        of = "one observation" if self.n == 1 else f"{counted(self.n)} observations"
        scale = "natural coordinates" if self.coordinates == "natural" else "the coordinates of the links"
        heading = f"Expected information of {self.family} at {at}, of {of}, in {scale}, by {self.source}"
        table = self.directions.set_axis([f"{value:.2g}" for value in self.eigenvalues], axis=1)
        lines = [heading, self.matrix.to_string(float_format=significant)]
        if len(self.matrix) > 1:
            lines += [
                f"Orthogonal: {self._pairs()}.",
                "Directions, each parameter in units of its standard error with the others known, by eigenvalue",
                table.to_string(float_format=lambda entry: fixed(entry, 2)),
                f"Condition number {significant(self.condition_number)}.",
            ]
        return "\n".join(lines)

    def _pairs(self) -> str:
        """Which are orthogonal, in words."""
        words = {True: "here and at all other parameters looked at", False: "here, not everywhere", None: "here"}
        said = [f"{a} and {b}, {words[always]}" for (a, b), always in self.orthogonal.items()]
        return "; ".join(said) or "none of the parameters"


@named_arguments
def expected_information(
    family: Family,
    theta: Mapping[str, Any],
    n: int = 1,
    *,
    coordinates: str = "natural",
    design: Any = None,
    **known: Any,
) -> ExpectedInformation:
    """Expected Fisher information of n observations of a family, as a function of its parameters.

    Parameters
    ----------
    family : Family
    theta : dict of str to float
        The free parameters, natural scale; of those that a design drives the coefficients on the link scale.
    n : int
        Number of observations; with a design, how often it is repeated.
    coordinates : {"natural", "link"}
        Of the natural values, or of their images under the links, in which the maximiser works; coefficients are both.
    design : array, DataFrame or dict, optional
        As of `cramer_rao_bound`.
    **known : float
        Known quantities of the family.

    Returns
    -------
    ExpectedInformation
        `matrix`, `correlations`, `orthogonal`, `condition_number`, `eigenvalues`, `directions`.

    Raises
    ------
    NotAvailableError
        For a family that is not regular.
    ArgumentError, ParameterError

    References
    ----------
    Cox, D. R. and Reid, N. (1987). Parameter orthogonality and approximate conditional inference. *Journal of the Royal
    Statistical Society B* 49, 1-39.

    Examples
    --------
    >>> from likelihood_kit.families import Gamma
    >>> found = expected_information(Gamma(parameters=("mean", "shape")), {"mean": 6.0, "shape": 2.0}, n=90)
    >>> found.matrix.round(3)
           mean   shape
    mean    5.0   0.000
    shape   0.0  13.044
    >>> found.orthogonal
    {('mean', 'shape'): True}
    """
    check_size(n)
    if not isinstance(coordinates, str) or coordinates not in COORDINATES:
        hint = near_names(coordinates, COORDINATES) if isinstance(coordinates, str) else "natural or link"
        raise ArgumentError(f"coordinates = {shown(coordinates)}: {hint}")
    what = "expected_information"
    if design is None:
        one = plain_information(family, theta, known, what, ("coordinates", "design"))
    else:
        one = designed_information(family, theta, design, known, what)
    if not np.isfinite(one.information).all() or not (np.diag(one.information) > 0).all():
        raise NotAvailableError(
            f"{family.name} has no expected information here: it is not finite, or 0 for a parameter"
        )
    matrix = n * one.information
    if coordinates == "link":
        matrix = matrix * np.outer(one.link_slopes, one.link_slopes)
    size = np.sqrt(np.diag(one.information))
    always = _always(family, theta, known) if design is None else None
    near = np.abs(one.information) <= ORTHOGONAL * np.outer(size, size)
    pairs = {
        (one.labels[i], one.labels[j]): None if always is None else bool(always[i, j])
        for i, j in itertools.combinations(range(len(one.labels)), 2)
        if near[i, j]
    }
    table = pd.DataFrame(matrix, index=list(one.labels), columns=list(one.labels))
    at = dict(zip(one.labels, one.params.tolist(), strict=True))
    return ExpectedInformation(repr(family), at, int(n), coordinates, informations.source(family), table, pairs)


def _always(family: Family, theta: Mapping[str, float], known: Mapping[str, Any]) -> np.ndarray:
    """Which pairs are orthogonal at all other parameters looked at, `(p, p)` of bool; none where none can be."""
    names = list(family.parameter_names)
    moves = np.random.default_rng(SEED).normal(0.0, AWAY, size=(PLACES, len(names)))
    always, seen = np.ones((len(names), len(names)), dtype=bool), 0
    for move in moves:
        moved = {}
        for name, step in zip(names, move, strict=True):
            link = family.links[name]
            moved[name] = float(link.inverse(float(link.forward(float(theta[name]))) + step))
        try:
            with np.errstate(all="ignore"):
                there = np.asarray(family.expected_information(**moved, **known), dtype=float)
        except LikelihoodKitError:  # not regular there, or outside
            continue
        if not np.isfinite(there).all() or not (np.diag(there) > 0).all():  # rounding left none
            continue
        size = np.sqrt(np.diag(there))
        always &= np.abs(there) <= ORTHOGONAL * np.outer(size, size)
        seen += 1
    return always if seen else np.zeros_like(always)
