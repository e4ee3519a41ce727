r"""Whether a family's sampler, density and distribution function are those of one law.

Of a sample at the truth the score has mean 0, its variance is the expected information, and the distribution function
of each observation is uniform. A sampler in another unit than the density (a rate for a scale, a variance for a
standard deviation) or in another place breaks at least one of the three.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from likelihood_kit._numerics import is_number, is_whole
from likelihood_kit._numerics.in_words import InWords
from likelihood_kit._numerics.memory import check_memory_for
from likelihood_kit._numerics.printed import counted, percent, significant
from likelihood_kit._numerics.signatures import named_arguments
from likelihood_kit.calculus import DATUM
from likelihood_kit.diagnostics.bounds import Question, asked
from likelihood_kit.diagnostics.residuals import observed_probabilities
from likelihood_kit.diagnostics.rounded_draws import overflowing, rounded_draws, too_many
from likelihood_kit.diagnostics.score_check import MEAN, VARIANCE, by_samples, scores, too_few, without_digits
from likelihood_kit.errors import ArgumentError, NotAvailableError, shown
from likelihood_kit.families import Family, regularity
from likelihood_kit.families.compositions.censored import EVENT, is_censored, uncensored
from likelihood_kit.families.declared_forms import untried

#: Part of right samplers that the three checks together speak against.
LEVEL = 0.01
#: Draws by default: a location that is off by a twentieth of a standard deviation is then found.
DRAWS = 10_000
#: Draws without which moments of the fourth order, and their limit laws, say nothing.
FEWEST = 100
SEED = 1931
#: Arrays of the size of the draws, of their scores and of the products of these that are held at once.
COPIES = 4
#: Names of the checks.
PLACES = "distribution function"
NAMES = (MEAN, VARIANCE, PLACES)


@dataclass(frozen=True, repr=False, eq=False)
class SamplerCheck(InWords):
    """Whether a sampler draws from the law of the density.

    Attributes
    ----------
    table : DataFrame
        One row per check: `statistic`, `df`, `pvalue`.
    n : int
        Draws.
    outside : int
        Draws at which the density is 0, but for those that rounding explains.
    rounded : int
        Draws that rounding took to an end of the support, or to infinity, as it does of a law that is so near to it.
    level : float
        Part of right samplers that all checks together speak against.
    left_out : str
        Which checks there are none of, and why; empty where all are there.
    """

    table: pd.DataFrame
    n: int
    outside: int
    rounded: int
    level: float
    left_out: str

    @property
    def ok(self) -> bool:
        """Whether no check speaks against the sampler: each at its part of the level (Bonferroni)."""
        return not self.outside and bool((self.table["pvalue"] > self.level / len(self.table)).all())

    @property
    def verdict(self) -> str:
        """The same in words."""
        if self.outside:
            return f"The sampler is WRONG: {counted(self.outside)} of {counted(self.n)} draws have a density of 0."
        against = self.table.index[~(self.table["pvalue"] > self.level / len(self.table))]
        end = f" {self.left_out}" if self.left_out else ""
        if not len(against):
            return (
                f"{counted(self.n)} draws do not speak against the sampler, at the {percent(self.level)} level of all "
                f"checks together.{end}"
            )
        named = " and ".join(f"{name} (p = {significant(self.table['pvalue'][name], 2)})" for name in against)
        return f"The sampler and the density are NOT of one law, by the {named}.{end}"

    def _words(self) -> str:
        return f"{self.table.to_string(float_format=significant)}\n{self.verdict}"


@named_arguments
def check_sampler(
    family: Family,
    theta: Mapping[str, float],
    *,
    seed: int = SEED,
    n: int = DRAWS,
    level: float = LEVEL,
    **known: float,
) -> SamplerCheck:
    """Check of a family's sampler by its score, its information and its distribution function.

    The mean of the score is 0 by Hotelling's T squared; its variance is the expected information by the same statistic
    of the products of the scores, whose variance is estimated from moments of the fourth order; the distribution
    function of the draws is uniform by Kolmogorov and Smirnov, for whole numbers and censored draws at a point drawn
    within its step. A family that is not regular has the last of the three alone. Limit laws of T squared are far off
    where the score has heavy tails: what they alone speak against is compared with samples that are drawn by the
    quantile function, or the inverted density, and not by the sampler in question.

    Parameters
    ----------
    family : Family
    theta : dict of str to float
        The truth, natural scale.
    seed : int
        Of the draws.
    n : int
        Draws.
    level : float
        Part of right samplers that all checks together speak against.
    **known : float
        Known quantities of the family, the same for all draws, such as `trials=10`.

    Returns
    -------
    SamplerCheck
        `ok`, `table` and `verdict`.

    Raises
    ------
    NotAvailableError
        For a response of several columns that is no censored one.

    References
    ----------
    Hotelling, H. (1931). The generalization of Student's ratio. *Annals of Mathematical Statistics* 2, 360-378. Browne,
    M. W. (1984). Asymptotically distribution-free methods for the analysis of covariance structures. *British Journal
    of Mathematical and Statistical Psychology* 37, 62-83. Rosenblatt, M. (1952). Remarks on a multivariate
    transformation. *Annals of Mathematical Statistics* 23, 470-472.

    Examples
    --------
    >>> from likelihood_kit.families import Gamma
    >>> check_sampler(Gamma(), {"shape": 2.0, "scale": 3.0}, seed=1).ok
    True
    """
    question = asked(family, theta, n, known, "check_sampler")
    _check(n, seed, level)
    p = len(family.parameter_names)
    check_memory_for("n", n, COPIES * (1 + p + p * (p + 1) // 2) * np.dtype(float).itemsize)
    if family.law.observed and not is_censored(family):
        raise NotAvailableError(
            f"{family.name} has no check of its sampler: its response has the columns {', '.join(family.law.response)}"
        )
    # Samplers overflow near an end of a support; what rounded there is counted.
    with untried(family.law), np.errstate(all="ignore"):  # what is to be found is not refused before
        return _found(family, question, known, int(n), seed, level)


def _found(
    family: Family, question: Question, known: Mapping[str, float], n: int, seed: Any, level: float
) -> SamplerCheck:
    """What the draws say."""
    values = {**question.theta, **known}
    rng = np.random.default_rng(seed)
    drawn = family.sample(n, rng, **values)
    columns = dict(zip(family.law.response, drawn if family.law.observed else (drawn,), strict=True))
    y, further = columns[DATUM], {name: column for name, column in columns.items() if name != DATUM}
    nowhere = ~(family.log_density(y, **further, **values) > -np.inf)
    unseen = nowhere if family.law.observed else nowhere & ~overflowing(family, y, values)
    ends = _rounded(family, y, unseen, values, level)
    rounded = int(sum(part.sum() for part in ends))
    outside = int(unseen.sum()) - rounded
    found: dict[str, tuple[float, float, float]] = {}
    left_out = _not_regular(family, question.values)
    if nowhere.any() and not outside:
        left_out = f"Left out: the score, as the density overflows at {counted(int(nowhere.sum()))} of the draws."
        if rounded:
            left_out = f"Left out: the score, as {counted(rounded)} of the draws rounded to an end of the support."
    if not left_out and not outside:
        left_out = without_digits(family, y, further, question.theta, known)
    if not left_out and not outside:
        found = scores(family.score(y, **further, **values), family.expected_information(**values))
    found[PLACES] = _places(family, y, further.get(EVENT), values, rng, ends)
    doubted = level / len(NAMES)
    if not family.law.observed and found[PLACES][2] > doubted:
        if VARIANCE in found and found[VARIANCE][2] <= doubted:
            left_out = too_few(family, question.values, values, n)
            if left_out:
                del found[VARIANCE]
        replications = int(np.ceil(2 * len(NAMES) / level)) - 1
        for name in [name for name in (MEAN, VARIANCE) if name in found and found[name][2] <= doubted]:
            pvalue = by_samples(family, question.values, values, name, found[name], n, replications, rng)
            found[name] = (*found[name][:2], pvalue)
    table = pd.DataFrame.from_dict(found, orient="index", columns=["statistic", "df", "pvalue"])
    return SamplerCheck(table, n, outside, rounded, float(level), left_out)


def _rounded(
    family: Family, y: np.ndarray, nowhere: np.ndarray, values: Mapping[str, float], level: float
) -> tuple[np.ndarray, np.ndarray]:
    """Draws of density 0 that rounding took to the lower, and the upper, end of the support; `(n,)` of bool each."""
    none = np.zeros(y.shape, dtype=bool)
    if family.law.observed or not nowhere.any():
        return none, none
    lower, upper = (part & nowhere for part in rounded_draws(family, y, values))
    explained = not too_many(family, (int(lower.sum()), int(upper.sum())), len(y), values, level / len(NAMES))
    return (lower, upper) if explained else (none, none)


def _check(n: Any, seed: Any, level: Any) -> None:
    if not is_whole(n) or n < FEWEST:
        raise ArgumentError(f"n = {shown(n)}: give at least {FEWEST} draws")
    if not is_whole(seed) or seed < 0:
        raise ArgumentError(f"seed = {shown(seed)}: give a whole number of 0 or more")
    if not is_number(level) or not 0 < level < 1:
        raise ArgumentError(f"level = {shown(level)}: give the part of right samplers to be accused, such as 0.01")


def _not_regular(family: Family, values: Mapping[str, np.ndarray]) -> str:
    """Why there is no check of the score; empty where there is one."""
    try:
        regularity.require(family, "check of the score", values)
    except NotAvailableError as error:
        return f"Left out: {error}."
    return ""


def _places(
    family: Family,
    y: np.ndarray,
    event: np.ndarray | None,
    values: Mapping[str, float],
    rng: np.random.Generator,
    ends: tuple[np.ndarray, np.ndarray],
) -> tuple[float, float, float]:
    """Check of the places of draws `(n,)` in their law, drawn uniformly where they are known as intervals.

    So are those that rounded to an end, `(n,)` of bool for each: that there are not too many is known.
    """
    law = uncensored(family)
    taken = {name: value for name, value in values.items() if name in law.parameter_names or name in law.law.known}
    # Of other laws a draw is known up to its last digit, which is all of the law at Cauchy(1e300, 1e-300).
    at = law.cdf(y if law.discrete else np.nextafter(y, np.inf), **taken)
    below = law.cdf(y - 1 if law.discrete else np.nextafter(y, -np.inf), **taken)
    low, high = observed_probabilities(below, at, event=event)
    parts = [float(part.mean()) for part in ends]
    low, high = np.where(ends[0], 0.0, low), np.where(ends[0], parts[0], high)
    low, high = np.where(ends[1], 1 - parts[1], low), np.where(ends[1], 1.0, high)
    found = stats.kstest(low + rng.random(len(low)) * (high - low), "uniform")
    return float(found.statistic), np.nan, float(found.pvalue)
