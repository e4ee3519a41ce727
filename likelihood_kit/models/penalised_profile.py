"""Penalised profile likelihood of an entry of the params of a bias-reduced fit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from scipy import stats

from likelihood_kit._numerics.printed import significant
from likelihood_kit.diagnostics.intervals import ALPHA
from likelihood_kit.diagnostics.levels import Levels
from likelihood_kit.errors import ArgumentError, DataError, NotAvailableError, near_names
from likelihood_kit.models.columns import as_level, as_number, as_numbers, short
from likelihood_kit.models.penalised_likelihood import PenalisedFit, require_penalty
from likelihood_kit.models.profile_likelihood import (
    CURVE_POINTS,
    MOST_POINTS,
    MOST_REACH,
    REACH,
    ProfileInterval,
)
from likelihood_kit.predictor import Predictor


@dataclass(frozen=True)
class PenalisedProfile:
    """Penalised profile likelihood of an entry of params: as `Profile`, of the likelihood and Jeffreys' penalty.

    Attributes
    ----------
    results : LikelihoodResults
    name : str
    predictor : Predictor
        That of the entry.
    levels : Levels
    """

    results: Any
    name: str
    predictor: Predictor
    levels: Levels
    #: The front door adds it: it belongs to a higher layer.
    plot: ClassVar[Callable[..., Any]]

    @property
    def estimate(self) -> float:
        """Its value where the penalised likelihood is highest."""
        return float(self._natural(np.array(0.0)))

    def conf_int(self, alpha: float = ALPHA) -> np.ndarray:
        """Interval `(2,)` about the estimate in which the deviance is at most a chi-squared quantile, 1 - alpha, df 1.

        Raises
        ------
        NotAvailableError
            Where an end is not found, or the penalised likelihood rises again on the way.
        """
        found = self.interval(alpha)
        return np.array([found.low, found.high])

    def interval(self, alpha: float = ALPHA) -> ProfileInterval:
        """The same, with what is to be said of its ends."""
        level = as_level(alpha, "alpha")
        ends = [self.levels.end(float(stats.chi2.isf(level, 1)), side) for side in (-1, 1)]
        low, high = sorted((float(self._natural(np.array(end))), not np.isfinite(end)) for end in ends)
        return ProfileInterval(self.name, low[0], high[0], 1 - level, low[1], high[1])

    def deviance(self, values: Any) -> np.ndarray:
        """Twice the fall of the penalised profile likelihood at values, of their shape; infinite outside the space."""
        given = np.asarray(as_numbers(values, "values", "there is no value whose deviance is wanted"), dtype=float)
        if np.isnan(given).any():
            raise DataError("values: NaN has no deviance; leave it out")
        with np.errstate(all="ignore"):
            moved = self._working(given).ravel() - self.levels.center
        inside, found = np.isfinite(moved), np.full(moved.shape, np.inf)
        found[inside] = self.levels.checked_deviances(moved[inside])
        return found.reshape(given.shape)

    def signed_root(self, values: Any) -> np.ndarray:
        """Root of the deviance with the sign of value - estimate."""
        return np.sign(np.asarray(values, dtype=float) - self.estimate) * np.sqrt(self.deviance(values))

    def curve(self, reach: float = REACH, points: int = CURVE_POINTS) -> pd.DataFrame:
        """The profile as a table: value, deviance, signed root, and the root that a Wald interval takes for it.

        Parameters
        ----------
        reach : float
            Signed root up to which it goes to either side; 1.5 times as many standard errors where it gets not there.
        points : int
        """
        reach, count = as_number(reach, "reach"), as_number(points, "points")
        if not 0 < reach <= MOST_REACH or not 2 <= count <= MOST_POINTS or count != int(count):
            raise ArgumentError(
                f"reach = {reach:g}, points = {count:g}: give a root above 0 and up to {MOST_REACH:g}, and a whole "
                f"number of points from 2 to {MOST_POINTS:,}"
            )
        ends = [self.levels.end(reach**2, side) for side in (-1, 1)]
        far = 1.5 * reach * self.levels.error
        low, high = (end if np.isfinite(end) else np.copysign(far, end) for end in ends)
        moved = np.unique(np.append(np.linspace(low, high, int(count)), 0.0))
        deviances, values = self.levels.checked_deviances(moved), self._natural(moved)
        wald = moved / self.levels.error
        turned = -1.0 if values[-1] < values[0] else 1.0
        roots = np.sign(moved) * np.sqrt(deviances)
        columns = {"value": values, "deviance": deviances, "signed_root": turned * roots, "wald_root": turned * wald}
        return pd.DataFrame(columns).sort_values("value", ignore_index=True)

    def _natural(self, moved: np.ndarray) -> np.ndarray:
        eta = self.levels.center + np.asarray(moved)
        return np.asarray(eta if self.predictor.columns is not None else self.predictor.link.inverse(eta), dtype=float)

    def _working(self, values: np.ndarray) -> np.ndarray:
        if self.predictor.columns is not None:
            return values
        return np.where(self.predictor.space.contains(values), self.predictor.link.forward(values), np.nan)

    def __reduce__(self) -> tuple[Any, ...]:
        return penalised_profile_of, (self.results, self.name)

    def __repr__(self) -> str:
        return f"<PenalisedProfile at {significant(self.estimate)}; {self.interval()}>"


def penalised_profile_of(results: Any, of: Any) -> PenalisedProfile:
    """Penalised profile of an entry of params by name."""
    require_penalty(results, "profile")
    names = list(results.model.exog_names)
    if callable(of):
        raise NotAvailableError(
            f"there is no profile of a function of the params of a bias-reduced fit: name one of {', '.join(names)}"
        )
    if not isinstance(of, str) or of not in names:
        raise ArgumentError(f"of={short(of)}: {near_names(of if isinstance(of, str) else '', names)}")
    at = names.index(of)
    predictors = [predictor for predictor in results.model.predictors for _ in predictor.labels]
    return PenalisedProfile(results, of, predictors[at], PenalisedFit.of(results).levels(at))
