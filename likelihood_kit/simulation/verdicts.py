"""A table with one verdict in words per estimator and parameter."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd
from scipy import special

from likelihood_kit._numerics.printed import percent, significant, with_mcse

#: Chance that any verdict of one table calls a difference that is Monte Carlo error alone.
FALSE_ALARM = 0.01
#: Fraction of failures from which a verdict mentions them.
MENTIONED = 0.001


@dataclass(frozen=True)
class Verdicts:
    """A table with one verdict in words per estimator and parameter.

    Attributes
    ----------
    table : DataFrame
    verdicts : dict of (estimator, parameter) to str
    """

    title: ClassVar[str] = ""

    table: pd.DataFrame
    verdicts: Mapping[tuple[str, str], str]

    def in_words(self) -> dict[str, str]:
        """The verdicts as lines: "estimator, parameter" to words, or one for all where they agree."""
        if len(self.verdicts) > 1 and len(set(self.verdicts.values())) == 1:
            return {"all": next(iter(self.verdicts.values()))}
        return {", ".join(key): text for key, text in self.verdicts.items()}

    def __str__(self) -> str:
        table = self.table.to_string(index=False, float_format=significant)
        return "\n".join([self.title, table, *(f"{who}: {text}" for who, text in self.in_words().items())])

    def _repr_html_(self) -> str:
        words = "".join(
            f"<li><b>{html.escape(who)}</b>: {html.escape(text)}</li>" for who, text in self.in_words().items()
        )
        table = self.table.to_html(index=False, float_format=significant)
        return f"<h4>{html.escape(self.title)}</h4>{table}<ul>{words}</ul>"


def figure(value: float, mcse: float) -> str:
    """Value with its Monte Carlo standard error in parentheses, to two digits of the latter.

    >>> figure(-0.50321, 0.0123)
    '-0.503 (0.012)'
    >>> figure(1234.5, 67.8)
    '1234 (68)'
    """
    return with_mcse([value], [mcse])[0]


def critical_value(comparisons: int) -> float:
    """Distance in standard errors beyond which one of so many comparisons tells, after Bonferroni."""
    return float(special.ndtri(1 - FALSE_ALARM / (2 * max(comparisons, 1))))


def left_out(sizes: Sequence[int], estimates: np.ndarray) -> str:
    """Clause on the size at which most replications have no estimate, from estimates `(s, r, p)`; empty for few."""
    failed = (~np.isfinite(estimates).all(axis=2)).mean(axis=1)
    worst = int(np.argmax(failed))
    if failed[worst] < MENTIONED:
        return ""
    return f"; {percent(failed[worst], 1)} of the replications at n = {sizes[worst]} have no estimate and are left out"
