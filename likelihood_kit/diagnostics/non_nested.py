"""Tests of which of two laws, neither within the other, is nearer to the truth, by the log densities of the rows.

Nearer in Kullback and Leibler's divergence (Vuong 1989), or with the higher density at most observations (Clarke 2007).
Before either comes whether the two differ at all at their limits: where they are the same law there, differences of the
log densities are due to the estimates alone, and neither statistic has the law that the test supposes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import stats

from likelihood_kit._numerics import stacked_inverse
from likelihood_kit._numerics.chi_squares import weighted_chi_squares_survival
from likelihood_kit._numerics.in_words import InWords
from likelihood_kit._numerics.printed import fixed, percent, significant

#: Level of the verdicts.
LEVEL = 0.05
#: p-values below this are not told apart.
SMALLEST_P = 0.001
#: Corrections of the log likelihoods for their parameters.
CORRECTIONS = ("none", "aic", "bic")


@dataclass(frozen=True, eq=False)
class VarianceTest:
    """Test that two fitted laws are the same at the limits of their estimates.

    Attributes
    ----------
    statistic : float
        n times the variance of the differences of the rows' log densities.
    weights : (m,)
        Of the chi-squared variates, with one degree of freedom each, that it is the sum of if they are.
    pvalue : float
    """

    statistic: float
    weights: np.ndarray
    pvalue: float


@dataclass(frozen=True, repr=False)
class NonNestedTest(InWords):
    """Test that two laws are equally near to the truth.

    Attributes
    ----------
    name : str
    statistic : float
        Vuong's, standard normal if they are, positive where the first law is nearer; of Clarke's test the number of
        observations at which the first has the higher density.
    n : float
        Observations; of Clarke's test those at which the two differ.
    pvalue : float
        Two-sided; NaN where the variance test does not tell the two laws apart.
    pvalue_first, pvalue_other : float
        Against the first, or the other, being the nearer one; NaN alike.
    correction : {"none", "aic", "bic"}
    variance_test : VarianceTest
    level : float
        Of the verdict, and at which the variance test tells them apart.
    names : tuple of two str
    replications : int
        Samples of the rows behind the p-values; 0 for a law in closed form.
    binomial_pvalue : float
        Of Clarke's test by the binomial law, two-sided, as published; it takes the parameters for known.
    """

    name: str
    statistic: float
    n: float
    pvalue: float
    pvalue_first: float
    pvalue_other: float
    correction: str
    variance_test: VarianceTest
    level: float
    names: tuple[str, str]
    replications: int = 0
    binomial_pvalue: float = np.nan

    @property
    def distinguishable(self) -> bool:
        """Whether the variance test tells the two laws apart."""
        return self.variance_test.pvalue <= self.level

    @property
    def verdict(self) -> str:
        """What the tests say, in words."""
        first, other = self.names
        told = f"variance test p {_p(self.variance_test.pvalue)}"
        level = f"at the {percent(self.level)} level"
        if not self.distinguishable:
            return (
                f"These data do not tell {first} from {other} {level} ({told}): the laws fitted may be the same at "
                "their limits, and there is no test of which is nearer to the truth."
            )
        if self.pvalue > self.level:
            return (
                f"The two laws differ ({told}), but neither is nearer to the truth {level}: {self.name} test p "
                f"{_p(self.pvalue)}."
            )
        nearer, further = (first, other) if self.pvalue_first < self.pvalue_other else (other, first)
        return (
            f"{nearer} is nearer to the truth than {further} {level}: {self.name} test p {_p(self.pvalue)} ({told}). "
            "That it is right does not follow."
        )

    def _words(self) -> str:
        value = f"{self.statistic:g} of {self.n:g}" if self.name == "Clarke" else significant(self.statistic)
        drawn = f" by {self.replications} samples of the rows" if self.replications and self.distinguishable else ""
        corrected = "" if self.correction == "none" else f", with the correction of {self.correction.upper()}"
        of = f"{self.name} test of {self.names[0]} against {self.names[1]}"
        told = "no p-value" if np.isnan(self.pvalue) else f"p {_p(self.pvalue)}"
        return f"{of}: {value}, {told}{drawn}{corrected}\n{self.verdict}"


def _p(value: float) -> str:
    return f"= {fixed(value, 3)}" if value >= SMALLEST_P else f"below {SMALLEST_P}"


def variance_test(
    differences: np.ndarray,
    frequencies: np.ndarray,
    scores: tuple[np.ndarray, np.ndarray],
    informations: tuple[np.ndarray, np.ndarray],
) -> VarianceTest:
    """Test that the differences of the log densities have no variance at the limits of the estimates.

    Parameters
    ----------
    differences, frequencies : (m,)
        Of the rows, which stand for so many observations.
    scores : pair of (m, p) and (m, q) arrays
        Of the rows in each law's parameters, at its estimate.
    informations : pair of (p, p) and (q, q) arrays
        Observed, of the whole sample.

    References
    ----------
    Vuong, Q. H. (1989). Likelihood ratio tests for model selection and non-nested hypotheses. *Econometrica* 57,
    307-333, eq. (4.2) and theorem 4.1. The eigenvalues of his W are those of the symmetric R diag(-J^-1, J^-1) R',
    R'R the outer product of the scores of both laws.
    """
    n = frequencies.sum()
    mean = frequencies @ differences / n
    statistic = float(frequencies @ (differences - mean) ** 2)
    both = np.concatenate(scores, axis=1) * np.sqrt(frequencies)[:, None]
    root: np.ndarray = np.asarray(np.linalg.qr(both, mode="r"))
    p = scores[0].shape[1]
    first, other = (stacked_inverse(information) for information in informations)
    matrix = root[:, p:] @ other @ root[:, p:].T - root[:, :p] @ first @ root[:, :p].T
    weights = np.sort(np.linalg.eigvalsh((matrix + matrix.T) / 2) ** 2)[::-1]
    return VarianceTest(statistic, weights, weighted_chi_squares_survival(statistic, weights))


def vuong(
    differences: np.ndarray,
    frequencies: np.ndarray,
    k: tuple[int, int],
    distinguished: VarianceTest,
    names: tuple[str, str],
    correction: str = "none",
    level: float = LEVEL,
) -> NonNestedTest:
    """Vuong's test, by the log likelihood ratio over its standard deviation, n in the denominator of the variance.

    With the correction of AIC or BIC the difference of the parameters `k`, or log(n) / 2 times it, is taken from the
    ratio: Vuong (1989), theorem 5.1 and what follows it. R's pscl has n - 1 in the denominator of the variance, R's
    nonnest2 has n.
    """
    n = float(frequencies.sum())
    ratio = float(frequencies @ differences) - _penalty(k, n, correction)
    with np.errstate(all="ignore"):
        statistic = float(np.divide(ratio, np.sqrt(distinguished.statistic)))
    pvalues = 2 * stats.norm.sf(abs(statistic)), stats.norm.sf(statistic), stats.norm.cdf(statistic)
    return _test("Vuong", statistic, n, pvalues, correction, distinguished, level, names)


def higher_and_lower(
    differences: np.ndarray, frequencies: np.ndarray, k: tuple[int, int], correction: str = "none"
) -> tuple[int, int]:
    """Observations at which the first law has the higher density, and the lower one.

    The correction, as for Vuong's test, is spread over the observations.
    """
    n = float(frequencies.sum())
    moved = differences - _penalty(k, n, correction) / n
    return round(float(frequencies @ (moved > 0))), round(float(frequencies @ (moved < 0)))


def clarke(
    higher: int,
    lower: int,
    drawn: np.ndarray,
    distinguished: VarianceTest,
    names: tuple[str, str],
    correction: str = "none",
    level: float = LEVEL,
) -> NonNestedTest:
    """Clarke's test: the paired sign test of the log densities; observations at which they are the same are left out.

    Where parameters were estimated the number of signs is not binomial: a deviation that is estimated a little too low
    turns the signs of many observations at once. Of two normal regressions that are equally near to the truth the
    binomial law rejects 42 % at the 5 % level with n = 150, and more with more. P-values are by samples of the rows,
    both laws fitted anew.

    Parameters
    ----------
    higher, lower : int
    drawn : (r,)
        Share of the higher ones among both in each sample of the rows, (Efron and Tibshirani 1993, section 13.3).
    distinguished : VarianceTest
    names : tuple of two str
    correction, level

    References
    ----------
    Clarke, K. A. (2007). A simple distribution-free test for nonnested model selection. *Political Analysis* 15,
    347-363. Efron, B. and Tibshirani, R. J. (1993). *An Introduction to the Bootstrap*, Chapman and Hall.
    """
    n, r = higher + lower, len(drawn)
    first, other = ((1 + np.sum(part)) / (r + 1) for part in (drawn <= 0.5, drawn >= 0.5))
    pvalues = min(2 * first, 2 * other, 1.0), first, other
    found = _test("Clarke", float(higher), float(n), pvalues, correction, distinguished, level, names)
    binomial = float(stats.binomtest(higher, n, 0.5).pvalue) if n else np.nan
    return replace(found, replications=r, binomial_pvalue=binomial)


def _penalty(k: tuple[int, int], n: float, correction: str) -> float:
    return {"none": 0.0, "aic": 1.0, "bic": float(np.log(n)) / 2}[correction] * (k[0] - k[1])


def _test(
    name: str,
    statistic: float,
    n: float,
    pvalues: tuple[float, ...],
    correction: str,
    distinguished: VarianceTest,
    level: float,
    names: tuple[str, str],
) -> NonNestedTest:
    """The test, without p-values where the laws are not told apart."""
    two, first, other = pvalues if distinguished.pvalue <= level else (np.nan,) * 3
    return NonNestedTest(
        name, statistic, n, float(two), float(first), float(other), correction, distinguished, level, names
    )
