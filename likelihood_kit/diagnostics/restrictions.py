"""Likelihood-ratio, score and Wald tests of a restriction: a smaller model that lies within a larger one.

Where it lies is found from the rows: parameters of the larger model at which each row has the log density that the
smaller one gives it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy import stats

from likelihood_kit._numerics.in_words import InWords
from likelihood_kit._numerics.printed import significant

#: Difference of log densities of a row at which two models say the same of it.
SAME = 1e-6
#: The same where a parameter of the larger model runs to an end of its space, which it never reaches.
NEAR = 1e-3
#: How much further it may then go, on the scale of a logarithm.
FURTHER = 5.0
#: Levenberg-Marquardt steps, and how the damping changes.
STEPS, STIFFER, LOOSER = 200, 4.0, 3.0
#: Level at which the words compare tests.
LEVEL = 0.05


@dataclass(frozen=True, repr=False)
class BySamples(InWords):
    """A likelihood-ratio statistic among those of samples of the restricted fit: a parametric bootstrap.

    Attributes
    ----------
    replications : int
    pvalue : float
        (k + 1) / (R + 1), k the number of the R samples whose statistic is at least as large: Davison and Hinkley
        (1997), *Bootstrap Methods and their Application*, eq. 4.11.
    factor, factor_mcse : float
        Bartlett's factor, the mean of the statistics over df, and its Monte Carlo standard error.
    corrected, corrected_pvalue : float
        The statistic over the factor, and its chi-squared p-value: Bartlett (1937), *Proceedings of the Royal Society
        A* 160, 268-282. Not numbers, as the factor, where the law is no chi-squared one.
    without_maximum : int
        Samples in which a search ended at no maximum, of one of the two likelihoods: their statistic is from the
        highest values that were met, which lie next to the end of a space where the likelihood rises to it.
    """

    replications: int
    pvalue: float
    factor: float
    factor_mcse: float
    corrected: float
    corrected_pvalue: float
    without_maximum: int

    def _words(self) -> str:
        said = f"by {self.replications} samples of the restricted fit p = {significant(self.pvalue, 3)}"
        if self.without_maximum:
            said += f" (in {self.without_maximum} of them a search ended at no maximum)"
        if np.isnan(self.factor):
            return said
        factor = f"{significant(self.factor)}, standard error {significant(self.factor_mcse, 2)}"
        corrected = f"{significant(self.corrected)}, p = {significant(self.corrected_pvalue, 3)}"
        return f"{said}; Bartlett-corrected (factor {factor}) {corrected}"


@dataclass(frozen=True, repr=False)
class LikelihoodTest(InWords):
    """A test of the restriction that a smaller model puts on a larger one.

    Attributes
    ----------
    name : str
    statistic : float
    df : int
        Parameters of the larger model that the smaller one does not leave free.
    pvalue : float
    note : str
        What the law of the statistic is, where it is not chi-squared with df degrees of freedom.
    bootstrap : BySamples or None
        The likelihood ratio among those of samples of the restricted fit, where it was asked for.
    """

    name: str
    statistic: float
    df: int
    pvalue: float
    note: str = ""
    bootstrap: BySamples | None = None

    def _words(self) -> str:
        said = f"{self.name} test: {significant(self.statistic)}, df = {self.df}"
        said += "" if np.isnan(self.pvalue) else f", p = {significant(self.pvalue, 3)}"
        said += f" ({self.note})" if self.note else ""
        return said if self.bootstrap is None else f"{said}; {self.bootstrap._words()}"


def within(
    rows: Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]], wanted: np.ndarray, start: np.ndarray
) -> tuple[np.ndarray, float]:
    """Working vector `(k,)` at which the rows have wanted log densities, and the largest difference that is left.

    By the Levenberg-Marquardt method: Nocedal and Wright (2006), *Numerical Optimization*, section 10.3.

    Parameters
    ----------
    rows : callable
        `rows(working (k,)) -> (values (n,), scores (n, k))`.
    wanted : (n,)
    start : (k,)
    """
    point = start.copy()
    values, scores = rows(point)
    off, damping = values - wanted, 1e-3
    for _ in range(STEPS):
        if not np.isfinite(off).all() or np.abs(off).max() <= SAME * 1e-3:
            break
        normal, slope = scores.T @ scores, scores.T @ off
        scale = np.diag(normal).copy()
        scale[scale <= 0] = 1.0
        unit = 1 / np.sqrt(scale)
        damped = normal * np.outer(unit, unit) + damping * np.eye(len(unit))
        step = -unit * np.linalg.lstsq(damped, unit * slope, rcond=None)[0]
        with np.errstate(all="ignore"):
            there, further = rows(point + step)
        if np.isfinite(there).all() and np.isfinite(further).all() and np.sum((there - wanted) ** 2) < np.sum(off**2):
            point, values, scores = point + step, there, further
            off, damping = values - wanted, damping / LOOSER
        else:
            damping *= STIFFER
            if damping > 1e12:
                break
    return point, float(np.abs(off).max()) if np.isfinite(off).all() else np.inf


def directions(scores: np.ndarray, restricted: np.ndarray) -> np.ndarray:
    """Derivatives `(k, m)` of the larger model's parameters in the smaller one's, from scores of rows of both."""
    return np.linalg.lstsq(scores, restricted, rcond=None)[0]


def likelihood_ratio(larger: float, smaller: float, df: int, *, at_an_end: str = "") -> LikelihoodTest:
    """Test by the difference of two log likelihoods.

    Where one parameter of the larger model is at an end of its space in the smaller one, half the time it would stay
    there: the law is a mixture in equal parts of chi-squared with df - 1 and df degrees of freedom.

    References
    ----------
    Self, S. G. and Liang, K.-Y. (1987). Asymptotic properties of maximum likelihood estimators and likelihood ratio
    tests under nonstandard conditions. *Journal of the American Statistical Association* 82, 605-610, case 5.
    """
    statistic = max(2 * (larger - smaller), 0.0)
    if not at_an_end:
        return LikelihoodTest("likelihood-ratio", statistic, df, float(stats.chi2.sf(statistic, df)))
    below = float(stats.chi2.sf(statistic, df - 1)) if df > 1 else float(statistic <= 0)
    note = f"half chi-squared with df = {df - 1}, half with df = {df}: {at_an_end}"
    return LikelihoodTest("likelihood-ratio", statistic, df, (below + float(stats.chi2.sf(statistic, df))) / 2, note)


def by_samples(test: LikelihoodTest, statistics: np.ndarray, without_maximum: int) -> LikelihoodTest:
    """The test with its statistic among those of samples of the restricted fit `(R,)`; corrected where chi-squared."""
    count = len(statistics)
    # Two computations of one number differ by rounding, and a tie counts.
    reached = statistics >= test.statistic - SAME * (1 + abs(test.statistic))
    pvalue = (1 + int(np.count_nonzero(reached))) / (count + 1)
    factor = mcse = corrected = corrected_pvalue = float("nan")
    if not test.note:
        factor = float(statistics.mean()) / test.df
        mcse = float(statistics.std(ddof=1)) / np.sqrt(count) / test.df
        corrected = test.statistic / factor
        corrected_pvalue = float(stats.chi2.sf(corrected, test.df))
    found = BySamples(count, pvalue, factor, mcse, corrected, corrected_pvalue, without_maximum)
    return replace(test, bootstrap=found)


def score(slope: np.ndarray, information: np.ndarray, df: int, note: str) -> LikelihoodTest:
    """Rao's test by the score `(k,)` of the larger model at the smaller one's estimate, and its information `(k, k)`.

    References
    ----------
    Rao, C. R. (1948). *Proceedings of the Cambridge Philosophical Society* 44, 50-57.
    """
    scale = 1 / np.sqrt(np.diag(information))
    scaled = information * np.outer(scale, scale)
    statistic = float((slope * scale) @ np.linalg.solve(scaled, slope * scale))
    return LikelihoodTest("score", statistic, df, float(stats.chi2.sf(statistic, df)), note)


def wald(difference: np.ndarray, covariance: np.ndarray, across: np.ndarray) -> LikelihoodTest:
    """Wald's test by how far the estimate is from the smaller model, to which `across (k, df)` are orthogonal.

    Of a linear restriction R theta = c it is (R theta - c)' (R V R')^-1 (R theta - c), V the covariance.
    """
    moved, df = across.T @ difference, across.shape[1]
    statistic = float(moved @ np.linalg.solve(across.T @ covariance @ across, moved))
    return LikelihoodTest("Wald", statistic, df, float(stats.chi2.sf(statistic, df)))


def complement(along: np.ndarray) -> np.ndarray:
    """Orthonormal directions `(k, k - m)` across others `(k, m)`."""
    if not along.shape[1]:
        return np.eye(len(along))
    return np.linalg.svd(along)[0][:, along.shape[1] :]


def in_words(tests: tuple[LikelihoodTest, ...], sandwich: str = "") -> str:
    """What it means that three tests agree, or that they do not.

    Parameters
    ----------
    tests : tuple of three LikelihoodTest
    sandwich : str
        The covariance of the Wald test, where it does not rest on the model as that of the others does.
    """
    against = [test.name for test in tests if test.pvalue < LEVEL]
    level = f"{100 * LEVEL:g} %"
    if len(against) == len(tests):
        said = f"All three reject the restriction at the {level} level."
    elif not against:
        said = f"None of the three rejects the restriction at the {level} level."
    else:
        others = [test.name for test in tests if test.name not in against]
        said = (
            f"At the {level} level {' and '.join(against)} reject{'s' if len(against) == 1 else ''} the restriction, "
            f"{' and '.join(others)} do{'es' if len(others) == 1 else ''} not."
        )
    if sandwich:
        return (
            f"{said} They are not three forms of one test here: the Wald test is by the {sandwich}, which holds for a "
            "model that may be wrong, likelihood-ratio and score test by the likelihood, which must be right; rely on "
            "the Wald test if it may not be."
        )
    if len(against) in (0, len(tests)):
        return said
    return (
        f"{said} The three are the same in large samples: where they differ the log likelihood is not quadratic over "
        "the distance in question. The Wald test changes with the coordinates, the others do not; samples of the "
        "restricted fit decide, by likelihood_ratio_test(other, bootstrap=999)."
    )
