"""A table with one verdict in words per estimator and parameter."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd
from scipy import special

from likelihood_kit._numerics.in_words import InWords
from likelihood_kit._numerics.printed import (
    MCSE_DIGITS,
    counted,
    decimals_for,
    fixed,
    percent,
    significant,
    with_mcse,
)

#: Chance that any verdict of a study says what is not so, by Monte Carlo error alone.
FALSE_ALARM = 0.01
#: Tables of verdicts of a study that share it, half each: efficiency and consistency.
TABLES = 2
#: Fraction of failures from which a verdict mentions them.
MENTIONED = 0.001
#: Standard errors that give a study of the replications asked for a chance of nine in ten to tell.
POWER = 1.2816
#: Replications, in multiples of those that were run, from which a number says no more than "very many".
MOST = 1000


@dataclass(frozen=True, repr=False, eq=False)
class Verdicts(InWords):
    """A table with one verdict in words per estimator and parameter.

    Attributes
    ----------
    table : DataFrame
    verdicts : dict of (estimator, parameter) to str
    level : str
        What confidence they have, in words.
    """

    title: ClassVar[str] = ""

    table: pd.DataFrame
    verdicts: Mapping[tuple[str, str], str]
    level: str = ""
    #: What a notebook shows: the front door adds it, since it belongs to a higher layer.
    _repr_html_: ClassVar[Callable[..., str]]

    def in_words(self) -> dict[str, str]:
        """The verdicts as lines: "estimator, parameter" to words, or one for all where they agree."""
        if len(self.verdicts) > 1 and len(set(self.verdicts.values())) == 1:
            return {"all": next(iter(self.verdicts.values()))}
        return {", ".join(key): text for key, text in self.verdicts.items()}

    def __str__(self) -> str:
        table = self.table.to_string(index=False, float_format=significant)
        lines = [self.title, table, *(f"{who}: {text}" for who, text in self.in_words().items()), self.level]
        return "\n".join(line for line in lines if line)


def figure(value: float, mcse: float) -> str:
    """Value with its Monte Carlo standard error in parentheses, to two digits of the latter.

    >>> figure(-0.50321, 0.0123)
    '-0.503 (0.012)'
    >>> figure(1234.5, 67.8)
    '1234 (68)'
    """
    return with_mcse([value], [mcse])[0]


def span(low: float, high: float, mcse: float) -> str:
    """Ends of an interval, to two digits of the Monte Carlo standard error of what it is for.

    >>> span(0.95123, 1.0398, 0.0123)
    '0.951 to 1.040'
    """
    decimals = decimals_for(mcse, MCSE_DIGITS)
    return f"{fixed(low, decimals)} to {fixed(high, decimals)}" if decimals < 7 else f"{low:.3g} to {high:.3g}"


def critical_value(comparisons: int) -> float:
    """Distance in standard errors beyond which one of so many comparisons tells, after Bonferroni."""
    return float(special.ndtri(1 - FALSE_ALARM / (2 * max(comparisons, 1))))


def level_in_words(pairs: int) -> str:
    """The confidence of the verdicts on so many pairs of estimator and parameter."""
    return (
        f"All verdicts of the study, on rates and on the bound, hold together with {confidence()} confidence "
        f"(Bonferroni over {TABLES * pairs})."
    )


def confidence() -> str:
    """The confidence of all verdicts of a study together."""
    return percent(1 - FALSE_ALARM)


def replications_in_words(replications: int, factor: float, most: float = MOST) -> str:
    """How many replications would tell, where `factor` times as many would; no number beyond `most` times as many.

    >>> replications_in_words(1000, 2.34)
    'about 2,400 replications would tell'
    >>> replications_in_words(1000, 1e9)
    'even 1,000,000 replications would hardly tell'
    """
    if not factor < most:
        return f"even {counted(most * replications)} replications would hardly tell"
    needed = replications * factor
    unit = 10.0 ** max(np.floor(np.log10(needed)) - 1, 0)
    return f"about {counted(float(np.ceil(needed / unit) * unit))} replications would tell"


def left_out(sizes: Sequence[int], estimates: np.ndarray, entry: int = 0, infinite: str = "left out") -> str:
    """Clauses on the sizes at which most replications have no estimate, or an infinite one; empty for few.

    From estimates `(s, r, p)`, for the parameter `entry`.
    """
    failed = np.isnan(estimates).any(axis=2)
    endless = np.isinf(estimates[:, :, entry]) & ~failed
    text = ""
    worst = int(np.argmax(failed.mean(axis=1)))
    if failed[worst].mean() >= MENTIONED:
        share = percent(failed[worst].mean(), 1)
        text += f"; {share} of the replications at n = {sizes[worst]} have no estimate and are left out"
    worst = int(np.argmax(endless.mean(axis=1)))
    if endless[worst].any():
        values = estimates[worst, ~failed[worst], entry]
        share = (
            percent(endless[worst].mean(), 1) if endless[worst].mean() >= MENTIONED else counted(endless[worst].sum())
        )
        text += f"; {share} of the replications at n = {sizes[worst]} have an infinite estimate"
        if infinite == "left out":
            medians = [f"{np.median(some):.3g}" for some in (values[np.isfinite(values)], values) if some.size]
            text += ", counted and left out"
            text += f": the median estimate is {medians[0]} without them, {medians[1]} with them" * (len(medians) == 2)
    return text
