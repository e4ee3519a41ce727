"""Goodness of fit by the places of the observations in the laws fitted to them.

At the true parameters the places are uniform. At the estimated ones they are nearer to it, and by how much depends on
the family: the distances are compared with those of samples of the fitted law, whose parameters are estimated anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from likelihood_kit._numerics.in_words import InWords
from likelihood_kit._numerics.printed import fixed, percent, significant
from likelihood_kit.diagnostics.distances import (
    anderson_darling,
    cells,
    chi_squared,
    cramer_von_mises,
    kolmogorov_smirnov,
)
from likelihood_kit.diagnostics.replicates import HELD, Draw, of_samples
from likelihood_kit.diagnostics.specification import FEWEST, joint_pvalue
from likelihood_kit.errors import NotAvailableError
from likelihood_kit.likelihood import Likelihood

#: Level of the verdict: the part of right models that it speaks against.
FIT_LEVEL = 0.05
#: p-values below this are not told apart.
SMALLEST_P = 0.001
#: Distances of places `(..., n)` from a uniform law.
DISTANCES: Mapping[str, Callable[[np.ndarray], np.ndarray]] = {
    "Anderson-Darling": lambda places: anderson_darling(places, places),
    "Cramer-von Mises": cramer_von_mises,
    "Kolmogorov-Smirnov": kolmogorov_smirnov,
}

#: `estimates(likelihood)`: of r samples the natural parameters `(m, 1)` or `(m, n)` by name, and which m have any.
Estimates = Callable[[Likelihood], tuple[Mapping[str, np.ndarray], np.ndarray]]
#: `places(columns (m, n) of the response by name, theta, rng)`: places of observations in their laws, `(m, n)`.
Places = Callable[[Mapping[str, np.ndarray], Mapping[str, np.ndarray], np.random.Generator], np.ndarray]
#: `chi(columns, theta, places (m, n))`: chi-squared statistics of samples, `(m,)`.
ChiSquared = Callable[[Mapping[str, np.ndarray], Mapping[str, np.ndarray], np.ndarray], np.ndarray]


def of_places(columns: Mapping[str, np.ndarray], theta: Mapping[str, np.ndarray], places: np.ndarray) -> np.ndarray:
    """Chi-squared statistics `(m,)` over cells of equal probability, whatever the columns."""
    return chi_squared(places)


@dataclass(frozen=True, repr=False, eq=False)
class GoodnessOfFit(InWords):
    """Distances of a sample from the law fitted to it, beside those of samples of that law.

    Attributes
    ----------
    table : DataFrame
        One row per distance, and one of the chi-squared statistic over cells of equal probability, or of whole numbers
        that are pooled: `statistic`, `pvalue`.
    pvalue : float
        Of the three distances together: the cells see less than these.
    places : (n,)
        Distribution function of each observation at the estimate, drawn within its step where the law is discrete, and
        above it where the observation is censored.
    drawn : (m, 3)
        Distances of the samples of the fitted law, in the order of the table.
    chi_squares : (m,)
        Their chi-squared statistics.
    failures : int
        Samples of which no maximum was found; they are left out.
    level : float
    """

    table: pd.DataFrame
    pvalue: float
    places: np.ndarray
    drawn: np.ndarray
    failures: int
    level: float
    chi_squares: np.ndarray

    @property
    def replications(self) -> int:
        """Samples behind the p-values."""
        return len(self.drawn)

    @property
    def verdict(self) -> str:
        """What the distances say of the law, in words."""
        start = "Evidence" if self.pvalue <= self.level else "No evidence"
        parts = ", ".join(f"{name} {_p(self.table['pvalue'][name])}" for name in DISTANCES)
        lost = f"; {self.failures} more had no maximum" if self.failures else ""
        return (
            f"{start} against the law at the {percent(self.level)} level: p {_p(self.pvalue, '= ')} by "
            f"{self.replications} samples of the fitted law, each with its parameters estimated anew ({parts}){lost}."
        )

    def _words(self) -> str:
        shown = self.table.to_string(formatters={"statistic": significant, "pvalue": _p})
        return f"{shown}\n{self.verdict}"


def _p(value: float, equal: str = "") -> str:
    return f"{equal}{fixed(value, 3)}" if value >= SMALLEST_P else f"below {SMALLEST_P}"


def goodness_of_fit(
    places: np.ndarray,
    drawn: np.ndarray,
    failures: int,
    level: float = FIT_LEVEL,
    cut: tuple[float, int] | None = None,
) -> GoodnessOfFit:
    """Test of a law by the places of a sample `(n,)` and the statistics `(m, 4)` of samples of the fitted law.

    `cut` is the chi-squared statistic of the sample and its cells, by default those of equal probability.

    References
    ----------
    Stute, W., Gonzalez Manteiga, W. and Presedo Quindimil, M. (1993). Bootstrap based goodness-of-fit-tests. *Metrika*
    40, 243-256.
    """
    if len(drawn) < FEWEST:
        raise NotAvailableError(
            f"there is no goodness of fit: only {len(drawn)} of {len(drawn) + failures} samples of the fitted law have "
            "a maximum of their likelihood"
        )
    own = distances(places)
    chi, number = cut or (float(chi_squared(places)), cells(len(places)))
    drawn, chi_squares = drawn[:, :-1], drawn[:, -1]
    pvalue, each = joint_pvalue(np.vstack([own, drawn]))
    # Statistics of the same counts are equal but for rounding, and all 0 where the counts determine the estimates.
    as_large = np.sum(chi_squares >= chi - np.sqrt(np.finfo(float).eps) * (1 + chi))
    names = [*DISTANCES, f"Chi-squared, {number} cells"]
    statistics, pvalues = [*own, chi], [*each, (1 + as_large) / (len(chi_squares) + 1)]
    table = pd.DataFrame({"statistic": statistics, "pvalue": pvalues}, index=names)
    return GoodnessOfFit(table, pvalue, places, drawn, failures, level, chi_squares)


def distances(places: np.ndarray) -> np.ndarray:
    """All distances `(..., 3)` of places `(..., n)`."""
    return np.stack([distance(places) for distance in DISTANCES.values()], axis=-1)


def distances_of_samples(
    likelihood: Likelihood,
    k: int,
    draw: Draw,
    estimates: Estimates,
    places: Places,
    response: tuple[str, ...],
    replications: int,
    rng: np.random.Generator,
    chi: ChiSquared = of_places,
) -> tuple[np.ndarray, int]:
    """Distances and chi-squared statistics `(m, 4)` of samples from the laws fitted to them; how many have none.

    Parameters
    ----------
    likelihood : Likelihood
        In whose rows the samples are drawn.
    k : int
        Entries of its parameter vector.
    draw, estimates, places : callable
    response : tuple of str
        Names of the columns of the response.
    replications : int
    rng : Generator
    """
    n = likelihood.sample.rows
    at_once = max(1, HELD // (n * k * (k + 1)))
    found: list[np.ndarray] = [np.empty((0, len(DISTANCES) + 1))]
    for begin in range(0, replications, at_once):
        batch = of_samples(likelihood, draw(min(at_once, replications - begin), rng))
        theta, kept = estimates(batch)
        columns = {name: batch.sample.columns[name][kept] for name in response}
        here = places(columns, theta, rng)
        with np.errstate(invalid="ignore"):
            statistics = np.concatenate([distances(here), chi(columns, theta, here)[:, None]], axis=-1)
        found.append(statistics[np.isfinite(here).all(axis=-1) & np.isfinite(statistics).all(axis=-1)])
    drawn = np.concatenate(found)
    return drawn, replications - len(drawn)
