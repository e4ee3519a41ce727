"""Criteria of several fits to the same observations, side by side, and what they say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from likelihood_kit._numerics.in_words import InWords
from likelihood_kit._numerics.printed import counted, fixed, significant

#: Difference of AIC up to which a fit has substantial support still (Burnham and Anderson 2002, p. 70).
SUBSTANTIAL = 2.0
#: Observations per parameter below which AICc is to be used (Burnham and Anderson 2002, p. 66).
FEW = 40
#: Criteria of which the least is best, by column, with their names in words.
CRITERIA: Mapping[str, str] = {"aic": "AIC", "aicc": "AICc", "bic": "BIC", "tic": "TIC"}
#: Columns that are printed, and their decimals.
_PRINTED: Mapping[str, int] = {
    "k": 0, "llf": 2, "aic": 2, "aic_difference": 2, "weight": 3, "aicc": 2, "bic": 2, "tic": 2, "cv": 2, "cv_se": 2,
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Criteria:
    """What a comparison needs of one fit.

    Attributes
    ----------
    k : int
        Free parameters.
    llf, aic, aicc, bic, tic : float
        NaN for one that there is none of.
    grade : str
        What its certificate claims of the maximum.
    held_out : (n,) or None
        Log densities of the observations under fits to the others; None where there are none.
    """

    k: int
    llf: float
    aic: float
    aicc: float
    bic: float
    tic: float
    grade: str
    held_out: np.ndarray | None = None


@dataclass(frozen=True, repr=False, eq=False)
class ModelComparison(InWords):
    """Fits to the same observations by their criteria, the least AIC first.

    Attributes
    ----------
    table : DataFrame
        One row per fit: `k` free parameters; `llf`; `aic`, `aicc`, `bic`, `tic` and of each its `_difference` from the
        least; `weight`, Akaike's; `cv`, the cross-validated log density of the sample, its standard error `cv_se`, its
        difference from the highest `cv_difference` and the standard error of that `cv_difference_se`; `grade` of the
        certificate. NaN for what there is none of.
    n : float
        Observations.
    folds : int
        Of the cross-validation; 0 without.
    seed : int
        Of the folds.
    notes : tuple of str
        What is missing and why, and what does not hold of a fit.
    """

    table: pd.DataFrame
    n: float
    folds: int
    seed: int
    notes: tuple[str, ...] = ()

    @property
    def best(self) -> str:
        """Name of the fit with the least AIC."""
        return str(self.table.index[0])

    @property
    def verdict(self) -> str:
        """What the criteria say, in words."""
        table, said = self.table, self._of_aic()
        for column, name in CRITERIA.items():
            least = "" if table[column].isna().any() else _least(table[column])
            if least and least != self.best:
                said.append(f"{name} is lowest for {least}")
        said += self._of_the_folds()
        k = table["k"].max()
        if self.n / k < FEW:
            said.append(f"With {counted(self.n)} observations and up to {k:g} parameters AICc is the one to go by")
        weak = table.index[table["grade"] != "global"]
        if len(weak):
            grades = ", ".join(f"{name} {table['grade'][name]}" for name in weak)
            said.append(f"Not every maximum is global by theorem ({grades}): a higher one would change its row")
        return ". ".join([*said, *self.notes]) + "."

    def _of_aic(self) -> list[str]:
        """Which fit is best, and which are near it, in a list of one sentence."""
        said = f"{self.best} has the lowest AIC, Akaike weight {fixed(self.table['weight'].iloc[0], 3)}"
        near = self.table.index[1:][self.table["aic_difference"].iloc[1:] <= SUBSTANTIAL]
        if len(near):
            are = "is" if len(near) == 1 else "are"
            said += f"; {_listed(near)} within {SUBSTANTIAL:g} of it {are} supported too"
        return [said]

    def _of_the_folds(self) -> list[str]:
        """What the cross-validation says, in a list of one sentence."""
        highest = _least(-self.table["cv"])
        if not highest:
            return []
        way = "leaving out one at a time" if self.folds == self.n else f"{self.folds} folds"
        start = f"By cross-validation ({way}) the highest log density is that of {highest}"
        others = self.table.drop(index=highest)["cv_difference"].dropna()
        if not len(others):
            return [start]
        second = str(others.idxmax())
        ahead, error = -others[second], self.table["cv_difference_se"][second]
        return [f"{start}, {significant(ahead, 3)} above {second} (standard error {significant(error, 3)})"]

    @property
    def printed(self) -> pd.DataFrame:
        """The columns that are printed, as text."""
        shown = {name: [fixed(value, digits) for value in self.table[name]] for name, digits in _PRINTED.items()}
        return pd.DataFrame(shown, index=self.table.index).drop(columns=[] if self.folds else ["cv", "cv_se"])

    def _words(self) -> str:
        return f"{self.printed.to_string()}\n{self.verdict}"


def comparison(
    criteria: Mapping[str, Criteria], n: float, folds: int = 0, seed: int = 0, notes: Sequence[str] = ()
) -> ModelComparison:
    """Fits side by side, sorted by AIC.

    Parameters
    ----------
    criteria : dict of name to Criteria
    n : float
        Observations of each.
    folds, seed : int
        Of the cross-validation.
    notes : sequence of str

    References
    ----------
    Burnham, K. P. and Anderson, D. R. (2002). *Model Selection and Multimodel Inference*, 2nd ed., Springer; weights in
    section 2.9. Errors of a cross-validated log density: Vehtari, A., Gelman, A. and Gabry, J. (2017). Practical
    Bayesian model evaluation using leave-one-out cross-validation and WAIC. *Statistics and Computing* 27, 1413-1432,
    section 5.
    """
    rows = [[getattr(one, column) for column in ("k", "llf", *CRITERIA)] for one in criteria.values()]
    table = pd.DataFrame(rows, index=list(criteria), columns=["k", "llf", *CRITERIA])
    for column in CRITERIA:
        table[f"{column}_difference"] = table[column] - table[column].min()
    table["weight"] = akaike_weights(table["aic"].to_numpy())
    held = [c.held_out for c in criteria.values()]
    found = [(np.nan, np.nan) if rows is None else total_and_error(rows) for rows in held]
    table["cv"], table["cv_se"] = np.array(found).T
    best = next((held[i] for i in np.argsort(-table["cv"].fillna(-np.inf).to_numpy())), None)
    # NaN where both are -inf: outside of the support of either.
    with np.errstate(invalid="ignore"):
        apart = [(np.nan, np.nan) if rows is None or best is None else total_and_error(rows - best) for rows in held]
    table["cv_difference"], table["cv_difference_se"] = np.array(apart).T
    table["grade"] = [c.grade for c in criteria.values()]
    return ModelComparison(table.sort_values("aic", kind="stable"), n, folds, seed, tuple(notes))


def akaike_weights(aic: np.ndarray) -> np.ndarray:
    """Akaike weights `(m,)` from criteria `(m,)`: exp(-difference / 2) over their sum."""
    relative = np.exp(-(aic - np.nanmin(aic)) / 2)
    return relative / np.nansum(relative)


def total_and_error(values: np.ndarray) -> tuple[float, float]:
    """Sum of values `(n,)` and its standard error, n times the variance of one."""
    with np.errstate(invalid="ignore"):
        spread = float(np.var(values, ddof=1)) if len(values) > 1 else np.nan
    return float(np.sum(values)), float(np.sqrt(len(values) * spread))


def _least(column: pd.Series) -> str:
    """Name of the row whose value is least; empty where there is none."""
    known = column.dropna()
    return str(known.idxmin()) if len(known) else ""


def _listed(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else list(names))
