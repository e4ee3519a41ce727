"""Laws of the response in rows to predict at, with standard errors and intervals of what is predicted of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from likelihood_kit.diagnostics.intervals import ALPHA
from likelihood_kit.families import Family
from likelihood_kit.links import known_links, link_of
from likelihood_kit.models.columns import as_level
from likelihood_kit.models.targets import Target
from likelihood_kit.parameters import Interval

#: Values of a parameter within its interval at which a quantity is followed that need not rise or fall throughout it.
FOLLOWED = 33
#: Rows of a prediction that are printed.
PRINTED = 10


@dataclass(frozen=True, eq=False)
class RowLaws:
    """Law of the response in each row.

    Attributes
    ----------
    family : Family
        Without censoring: of the response itself.
    values : dict of name to (m,) array
        Natural parameters that are not fixed, and known quantities.
    undefined : (m,) bool
        Rows of which something is missing.
    """

    family: Family
    values: Mapping[str, np.ndarray]
    undefined: np.ndarray

    def at(self, target: Target) -> np.ndarray:
        """What is asked of the response, `(m,)`; NaN where something of the row is missing."""
        found = np.full(len(self.undefined), np.nan)
        kept = ~self.undefined
        if kept.any():
            with np.errstate(all="ignore"):
                found[kept] = _of_response(self.family, {name: v[kept] for name, v in self.values.items()}, target)
        return found

    def ends(self) -> np.ndarray:
        """Ends of the support in each row, `(m, 2)`; infinite where an end moves with a parameter that is estimated."""
        known = {name: v for name, v in {**self.family.fixed, **self.values}.items() if name in self.family.law.known}
        known |= {name: value for name, value in self.family.fixed.items() if name in self.family.law.parameters}
        found = np.empty((len(self.undefined), 2))
        for side, end in enumerate((self.family.support.low, self.family.support.high)):
            alone = replace(self.family.support, low=end, high=np.inf)
            determined = all(name in known for name in alone.depends_on)
            found[:, side] = alone.ends(known)[0] if determined else (-np.inf, np.inf)[side]
        return found


def _of_response(family: Family, values: Mapping[str, np.ndarray], target: Target) -> Any:
    if target.kind == "mean":
        return family.mean(**values)
    if target.kind == "variance":
        return family.variance(**values)
    if target.kind == "probability":
        return family.density(target.argument, **values)
    if target.kind == "survival":
        return family.survival(target.argument, **values)
    return family.ppf(0.5 if target.level is None else target.level, **values)


@dataclass(frozen=True)
class Carried:
    """The interval of a law's one free parameter, carried through to what is predicted.

    Attributes
    ----------
    parameter : Prediction
        Of the parameter.
    name : str
        What it is called.
    laws : RowLaws
    target : Target
    """

    parameter: Prediction
    name: str
    laws: RowLaws
    target: Target

    def interval(self, alpha: float) -> np.ndarray:
        """Least and largest value over the interval of the parameter, `(m, 2)`."""
        low, high = self.parameter.conf_int(alpha).T
        undefined = self.laws.undefined | ~np.isfinite(low + high)
        found = []
        for share in np.linspace(0.0, 1.0, FOLLOWED):
            values = {**self.laws.values, self.name: (1 - share) * low + share * high}
            found.append(RowLaws(self.laws.family, values, undefined).at(self.target))
        return np.stack([np.min(found, axis=0), np.max(found, axis=0)], axis=1)


@dataclass(frozen=True, repr=False, eq=False)
class Prediction:
    """Predictions with standard errors and intervals.

    Attributes
    ----------
    predicted, se : (m,)
    ends : (m, 2)
        Of the space of what is predicted; intervals lie in it.
    what : str
        What is predicted, in words.
    link : str or None
        Name of the link on which intervals are made; None for the default one of the space.
    index : Index or None
    df : float
        Degrees of freedom of Student's t for intervals, infinite for the normal law.
    laws : RowLaws or None
        Whose quantiles are the limits of a new observation; None where the target is none of the response's.
    carried : Carried or None
        Where intervals come from the parameter's, and not from standard errors.
    note : str
        Why there is no standard error, or no interval; empty where there is nothing to say.
    """

    predicted: np.ndarray
    se: np.ndarray
    ends: np.ndarray
    what: str
    link: str | None = None
    index: pd.Index | None = None
    df: float = np.inf
    laws: RowLaws | None = None
    carried: Carried | None = None
    note: str = field(default="")

    @property
    def predicted_mean(self) -> np.ndarray:
        """The predictions, under statsmodels' name."""
        return self.predicted

    @property
    def se_mean(self) -> np.ndarray:
        """Their standard errors, under statsmodels' name."""
        return self.se

    def conf_int(self, alpha: float = ALPHA) -> np.ndarray:
        """Intervals of what is predicted, `(m, 2)`, inside its space."""
        alpha = as_level(alpha, "alpha")
        if self.carried is not None:
            return self.carried.interval(alpha)
        half = (stats.norm if np.isinf(self.df) else stats.t(self.df)).ppf(1 - alpha / 2) * self.se
        bounded = np.isfinite(self.ends)
        found = np.full((len(self.predicted), 2), np.nan)
        for below, above in ((False, False), (True, False), (False, True), (True, True)):
            rows = (bounded[:, 0] == below) & (bounded[:, 1] == above)
            if rows.any():
                found[rows] = _on_link(self.predicted[rows], half[rows], self.ends[rows], self.link)
        # What does not move with the parameters, such as a probability of 0, may lie at the end of its space.
        return np.where(self.se[:, None] == 0, self.predicted[:, None], found)

    def summary_frame(self, alpha: float = ALPHA) -> pd.DataFrame:
        """Predictions, standard errors and intervals; `obs_ci_*` are those of a new observation."""
        interval = self.conf_int(alpha)
        columns = {
            "predicted": self.predicted,
            "se": self.se,
            "ci_lower": interval[:, 0],
            "ci_upper": interval[:, 1],
        }
        if self.laws is not None:
            columns |= {
                "obs_ci_lower": self.laws.at(Target("quantile", alpha / 2)),
                "obs_ci_upper": self.laws.at(Target("quantile", 1 - alpha / 2)),
            }
        return pd.DataFrame(columns, index=self.index)

    @property
    def _heading(self) -> str:
        rows = len(self.predicted)
        return f"Prediction of the {self.what}, {rows} row{'s' if rows > 1 else ''}".replace("the P(", "P(")

    def __repr__(self) -> str:
        note = f"\n{self.note}" if self.note else ""
        return f"<{self._heading}>\n{self.summary_frame().to_string(max_rows=PRINTED)}{note}"

    def _repr_html_(self) -> str:
        note = f"<p>{self.note}</p>" if self.note else ""
        return f"<p>{self._heading}</p>{self.summary_frame().to_html(max_rows=PRINTED)}{note}".replace(
            "P(Y >", "P(Y &gt;"
        )


def _on_link(values: np.ndarray, half: np.ndarray, ends: np.ndarray, name: str | None) -> np.ndarray:
    """Intervals `(m, 2)` on a link of the intervals between the ends, all bounded on the same sides."""
    low, high = ends.T
    below, above = np.isfinite(ends[0])
    if not below and not above:
        return np.stack([values - half, values + half], axis=1)
    if not below:
        return high[:, None] - _on_link(high - values, half, np.stack([0 * high, -low], axis=1), name)[:, ::-1]
    width = high - low if above else np.ones_like(low)
    bound = 1.0 if above else np.inf
    names = known_links(0.0, bound)
    # On a link that does not have all of the line an interval would leave the space.
    link = Interval(0.0, bound).onto_the_line(link_of(0.0, bound, name if name in names else names[0]))
    with np.errstate(all="ignore"):
        share = (values - low) / width
        eta = link.forward(share)
        step = half / width / link.slopes(eta, share)[0]
        inner = np.stack([link.inverse(eta - step), link.inverse(eta + step)], axis=1)
    return low[:, None] + width[:, None] * inner
