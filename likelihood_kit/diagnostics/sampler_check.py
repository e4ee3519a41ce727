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
from scipy import special, stats

from likelihood_kit._numerics import is_number, is_whole, lower_pairs
from likelihood_kit._numerics.in_words import InWords
from likelihood_kit._numerics.memory import check_memory_for
from likelihood_kit._numerics.printed import counted, percent, significant
from likelihood_kit._numerics.signatures import named_arguments
from likelihood_kit.calculus import DATUM
from likelihood_kit.diagnostics.bounds import Question, asked
from likelihood_kit.diagnostics.residuals import observed_probabilities
from likelihood_kit.errors import ArgumentError, NotAvailableError, shown
from likelihood_kit.families import Family, operands, regularity
from likelihood_kit.families.compositions.censored import EVENT, is_censored, uncensored
from likelihood_kit.families.declared_forms import untried
from likelihood_kit.families.sampling import sample

#: Part of right samplers that the three checks together speak against.
LEVEL = 0.01
#: Draws by default: a location that is off by a twentieth of a standard deviation is then found.
DRAWS = 10_000
#: Draws without which moments of the fourth order, and their limit laws, say nothing.
FEWEST = 100
SEED = 1931
#: Part of the mean square below which the variance of a direction is rounding: it then has its expectation, or has not.
RANK = 1e-9
#: Samples that are drawn at once where a limit law is doubted, and how many of higher statistics are enough to stop:
#: the p-value is then far above the level (Besag and Clifford 1991, *Biometrika* 78, 301-304).
BATCH, ENOUGH = 50, 10
#: Arrays of the size of the draws, of their scores and of the products of these that are held at once.
COPIES = 4
#: Names of the checks.
MEAN, VARIANCE, PLACES = NAMES = ("mean of the score", "variance of the score", "distribution function")


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
        Draws at which the density is 0.
    level : float
        Part of right samplers that all checks together speak against.
    left_out : str
        Which checks there are none of, and why; empty where all are there.
    """

    table: pd.DataFrame
    n: int
    outside: int
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
    with untried(family.law):  # what is to be found is not refused before
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
    outside = int(np.sum(~(family.log_density(y, **further, **values) > -np.inf)))
    found: dict[str, tuple[float, float, float]] = {}
    left_out = _not_regular(family, question.values)
    if not left_out and not outside:
        found = _scores(family.score(y, **further, **values), family.expected_information(**values))
    found[PLACES] = _places(family, y, further.get(EVENT), values, rng)
    doubted = level / len(NAMES)
    if not family.law.observed and found[PLACES][2] > doubted:
        for name in [name for name in (MEAN, VARIANCE) if name in found and found[name][2] <= doubted]:
            pvalue = _by_samples(family, question.values, values, name, found[name], n, level, rng)
            found[name] = (*found[name][:2], pvalue)
    table = pd.DataFrame.from_dict(found, orient="index", columns=["statistic", "df", "pvalue"])
    return SamplerCheck(table, n, outside, float(level), left_out)


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


def _scores(scores: np.ndarray, information: np.ndarray) -> dict[str, tuple[float, float, float]]:
    """Checks of scores `(n, p)` beside the information `(p, p)`, in coordinates in which it is the unit matrix."""
    white = scores @ np.linalg.inv(np.linalg.cholesky(information)).T
    return {name: hotelling(rows(white)) for name, rows in ROWS.items()}


def _products(white: np.ndarray) -> np.ndarray:
    """Products of scores `(n, p)` of unit variance less their expectations, `(n, q)`."""
    return np.stack([white[:, i] * white[:, j] - (i == j) for i, j in lower_pairs(white.shape[1])], axis=1)


#: What has mean 0, of scores of unit variance.
ROWS = {MEAN: lambda white: white, VARIANCE: _products}


def _by_samples(
    family: Family,
    every: Mapping[str, np.ndarray],
    values: Mapping[str, float],
    name: str,
    found: tuple[float, float, float],
    n: int,
    level: float,
    rng: np.random.Generator,
) -> float:
    """p-value of what was found of the scores, by samples of the law that the author's sampler has no part in."""
    root = np.linalg.inv(np.linalg.cholesky(family.expected_information(**values))).T
    canonical = operands.canonical(family, every)
    replications = int(np.ceil(2 * len(NAMES) / level)) - 1
    seen: list[tuple[np.ndarray, np.ndarray, float]] = []
    higher = 0
    while len(seen) < replications and higher < ENOUGH:
        try:
            for _ in range(min(BATCH, replications - len(seen))):
                scores = family.score(sample(family.law, rng, n, canonical), **values)
                seen.append(_moments(ROWS[name](scores @ root)))
        except NotAvailableError:  # the density cannot be inverted: the limit law has to do
            return found[2]
        # About their own mean: an information that is wrong must not be taken for right because its samples agree.
        centre = np.mean([mean for mean, _, _ in seen], axis=0)
        higher = sum(_t_squared(mean - centre, variance, size, n)[0] >= found[0] for mean, variance, size in seen)
    return (1 + higher) / (1 + len(seen))


def hotelling(rows: np.ndarray) -> tuple[float, float, float]:
    """Hotelling's T squared of the hypothesis that rows `(n, q)` have mean 0: statistic, rank and p-value.

    In the directions in which they vary; one in which they do not, and whose mean is not 0, is against it for certain.
    Entries are of the order of 1.
    """
    n = len(rows)
    statistic, q = _t_squared(*_moments(rows), n)
    if not 0 < statistic < np.inf:
        return statistic, float(q), float(statistic == 0)
    # F with q and n - q degrees of freedom (Hotelling 1931).
    return statistic, float(q), float(special.fdtrc(q, n - q, statistic * (n - q) / (q * (n - 1))))


def _moments(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """Mean `(q,)` and variance `(q, q)` of rows, and their size."""
    mean = rows.mean(axis=0)
    apart = rows - mean
    return mean, apart.T @ apart / (len(rows) - 1), float(np.mean(rows**2)) + 1.0


def _t_squared(mean: np.ndarray, variance: np.ndarray, size: float, n: int) -> tuple[float, int]:
    """T squared of a mean, and the rank of the variance; infinite where the mean lies off the directions that vary."""
    variances, directions = np.linalg.eigh(variance)
    along = directions.T @ mean
    varies = variances > RANK * size
    q = int(varies.sum())
    if np.any(along[~varies] ** 2 > RANK * size):
        return np.inf, q
    return n * float(np.sum(along[varies] ** 2 / variances[varies])), q


def _places(
    family: Family, y: np.ndarray, event: np.ndarray | None, values: Mapping[str, float], rng: np.random.Generator
) -> tuple[float, float, float]:
    """Check of the places of draws `(n,)` in their law, drawn uniformly where they are known as intervals."""
    law = uncensored(family)
    taken = {name: value for name, value in values.items() if name in law.parameter_names or name in law.law.known}
    at = law.cdf(y, **taken)
    below = law.cdf(y - 1, **taken) if law.discrete else at
    low, high = observed_probabilities(below, at, event=event)
    found = stats.kstest(low + rng.random(len(low)) * (high - low), "uniform")
    return float(found.statistic), np.nan, float(found.pvalue)
