"""Probability integral transform: the places of the observations in their fitted laws, as a histogram."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from scipy import special, stats

from likelihood_kit._numerics.in_words import InWords
from likelihood_kit._numerics.printed import percent
from likelihood_kit.diagnostics.distances import cells, counts_in_cells
from likelihood_kit.diagnostics.intervals import LEVEL


@dataclass(frozen=True, repr=False, eq=False)
class ProbabilityTransform(InWords):
    """Places of observations in the laws fitted to them: uniform at the true parameters.

    Attributes
    ----------
    places : (n,)
        Distribution function of each observation, drawn within its step where the law is discrete, and above it where
        the observation is censored.
    table : DataFrame
        One row per bar: `low`, `high`, `count`, `lower`, `upper`; the last two the ends of what a bar of a uniform law
        has with probability `level`, each by itself.
    drawn : bool
        Whether places were drawn, with a seed that is always the same.
    level : float
    """

    #: The figure, which the front door adds: it belongs to a higher layer.
    plot: ClassVar[Callable[..., Any]]

    places: np.ndarray
    table: pd.DataFrame
    drawn: bool
    level: float

    @property
    def outside(self) -> int:
        """Bars that end outside of their intervals."""
        counts = self.table["count"]
        return int(((counts < self.table["lower"]) | (counts > self.table["upper"])).sum())

    @property
    def verdict(self) -> str:
        """How many bars are outside, and what that means, in words."""
        bars = len(self.table)
        drawn = "; places within a step, or above a censored observation, are drawn, by one seed" if self.drawn else ""
        expected = f"{bars * (1 - self.level):.1f}"
        return (
            f"{self.outside} of {bars} bars of {len(self.places)} observations end outside of the "
            f"{percent(self.level)} interval of a right law, of which {expected} or fewer are expected, since "
            f"parameters were estimated{drawn}. goodness_of_fit() is the test."
        )

    def _words(self) -> str:
        return f"{self.table.round(3).to_string(index=False)}\n{self.verdict}"


def probability_transform(residuals: np.ndarray, *, drawn: bool, bars: int | None = None) -> ProbabilityTransform:
    """Histogram of the places of observations from their quantile residuals `(n,)`, with the interval of each bar.

    Parameters
    ----------
    residuals : (n,)
    drawn : bool
        Whether some of them were drawn.
    bars : int, optional
        By default as many as cells of the chi-squared statistic.

    References
    ----------
    Dawid, A. P. (1984). Statistical theory: the prequential approach. *Journal of the Royal Statistical Society A* 147,
    278-292. Of counts: Czado, C., Gneiting, T. and Held, L. (2009). *Biometrics* 65, 1254-1261.
    """
    places = special.ndtr(residuals)
    n = len(places)
    m = cells(n) if bars is None else bars
    ends = np.arange(m + 1) / m
    lower, upper = stats.binom.ppf([(1 - LEVEL) / 2, (1 + LEVEL) / 2], n, 1 / m)
    columns = {"low": ends[:-1], "high": ends[1:], "count": counts_in_cells(places, m), "lower": lower, "upper": upper}
    places.setflags(write=False)
    return ProbabilityTransform(places, pd.DataFrame(columns), drawn, LEVEL)
