r"""Tests of a model by its informations: whether outer product and observed information estimate the same.

Their difference is compared with the variance that it has where the parameters are estimated. With
:math:`d_i = s_i s_i' + H_i` of each row, that is the variance of what d has beyond its regression on s (White 1982,
theorem 4.1; Lancaster 1984), since by the third information identity :math:`E[\nabla d] = -E[d s']`: no third
derivative is needed. Expectations are those of the fitted law, as in the efficient form of Orme (1990), not the
averages over the data that make the test reject far too often (Chesher and Spady 1991), and p-values come from the
parametric bootstrap (Horowitz 1994) where the sample is not large.

References
----------
White, H. (1982). Maximum likelihood estimation of misspecified models. *Econometrica* 50, 1-25.
Lancaster, T. (1984). The covariance matrix of the information matrix test. *Econometrica* 52, 1051-1053.
Orme, C. (1990). The small-sample performance of the information-matrix test. *Journal of Econometrics* 46, 309-331.
Chesher, A. and Spady, R. (1991). Asymptotic expansions of the information matrix test statistic. *Econometrica* 59,
787-815.
Horowitz, J. L. (1994). Bootstrap-based critical values for the information matrix test. *Journal of Econometrics* 61,
395-411.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from scipy import special, stats

from likelihood_kit.diagnostics.ratios import (
    IDENTICAL,
    ExpectedRatios,
    distances,
    expected_in_samples,
    expected_in_the_limit,
    ratios_of,
    relative_differences,
)
from likelihood_kit.diagnostics.replicates import Replicates
from likelihood_kit.errors import NotAvailableError

#: Entries of the difference of informations up to which all are compared; of more, those of the standard errors alone:
#: a chi-squared on many degrees of freedom sees little of what moves few of them. Five parameters.
MOST_ENTRIES = 15
#: Part of the squares of the products of the scores below which the variance of a direction of the indicators is
#: rounding; and below which, in 5,000 observations, it is less than fifty times that of what its limit leaves out.
RANK, LIMIT_RANK = 1e-9, 1e-3
#: Part of the rows drawn that may be lost: where 0.18 in a thousand of a Beta(0.3, 0.22) law round to 1, the fourth
#: moment of the log of 1 - y of the others is an eighth too small, where 0.4 of a Beta(0.3, 0.2) do, a fifth.
LOST = 1e-4
#: Samples of the law with a maximum without which its limit stands in: the p-values of fewer are too coarse.
FEWEST = 99
#: Names of the comparisons, of informations and of places in the fitted law.
MATRIX, RATIO = "information matrix", "standard errors"
DISTANCE, SKEWNESS = "distribution function", "skewness of residuals"


class SingularInformation(NotAvailableError):
    """An information that is singular to rounding, in which nothing can be compared."""


@dataclass(frozen=True, eq=False)
class SpecificationTest:
    """What the informations say of the model, all comparisons together.

    Attributes
    ----------
    pvalue : float
        NaN where there is nothing to compare.
    parts : dict of str to float
        p-value of each comparison by itself.
    statistic : float
        Efficient information-matrix statistic, its variance by expectations over drawn rows: to some 4 percent.
    df : int
        Rank of its variance; 0 where the informations are equal whatever the data.
    replications : int
        Samples of the fitted law behind the p-values; 0 where they are those of a limit law.
    expected : ExpectedRatios
        What the model makes of sandwich/observed.
    reason : str
        Why nothing was drawn from the law; empty where it was.
    """

    pvalue: float
    parts: Mapping[str, float]
    statistic: float
    df: int
    replications: int
    expected: ExpectedRatios
    reason: str = field(default="")

    @property
    def noise(self) -> np.ndarray:
        """Standard error of sandwich/observed under the model, `(k,)`."""
        return self.expected.noise


def specification_test(
    observed: np.ndarray,
    outer_product: np.ndarray,
    n: float,
    drawn: Replicates,
    transform: np.ndarray | None = None,
    apart: Mapping[str, float] | None = None,
    shapes: tuple[np.ndarray, np.ndarray] | None = None,
) -> SpecificationTest:
    """Test by the informations `(k, k)` of a sample at its maximum, with what is expected from the fitted law.

    Parameters
    ----------
    observed, outer_product : (k, k)
    n : float
        Observations.
    drawn : Replicates
        With samples for p-values by the parametric bootstrap; without for that of the chi-squared law.
    transform : (k, k), optional
        params = transform @ the vector in whose coordinates all matrices are.
    apart : dict of str to float, optional
        Distances of the sample from its law, by name, where `drawn` has those of its samples.
    shapes : (q,) array and (r, q) array, optional
        Parameters at the maximum of the sample, and of those of `drawn`, with which the statistics may vary.

    Raises
    ------
    SingularInformation
        Where an information is singular to rounding.
    """
    rows = drawn.lost + len(drawn.scores)
    if drawn.lost > LOST * rows:
        raise SingularInformation(
            f"of {rows} rows drawn from the fitted law {drawn.lost} have no finite score, such as those that round "
            "to an end of its support, so that there is nothing to compare with"
        )
    k, share = len(observed), n / len(drawn.scores)
    transform = np.eye(k) if transform is None else transform
    try:
        compared = _compared(observed, outer_product, drawn, share, transform)
    except np.linalg.LinAlgError as error:  # such as a truncated normal law that is all but exponential
        raise SingularInformation(
            "the information expected at the estimate, or that of a sample of the law, is singular to rounding, so "
            "that there are no standard errors to compare in"
        ) from error
    own = ratios_of(observed, outer_product, transform)
    roots, vectors = np.linalg.eigh(compared.variance)
    samples = len(drawn.observed)
    kept = roots > (RANK if samples >= FEWEST else LIMIT_RANK) * compared.size
    if not kept.any():
        return SpecificationTest(np.nan, {}, 0.0, 0, 0, expected_in_the_limit(own, compared.noise))
    directions = compared.entries @ vectors[:, kept]
    if samples < FEWEST:
        return _by_the_limit(directions[0], roots[kept], expected_in_the_limit(own, compared.noise))
    comparisons = {MATRIX: mahalanobis(directions)}
    ratios = ratios_of(drawn.observed, drawn.outer_product, transform)
    comparisons[RATIO] = distances(np.vstack([own, ratios])).max(axis=1)
    if apart is not None and drawn.distances is not None:
        comparisons |= {name: np.append(value, drawn.distances[name]) for name, value in apart.items()}
    values = np.stack(list(comparisons.values()), axis=1)
    pvalue, each = joint_pvalue(values if shapes is None else without_trend(values, np.vstack(shapes)))
    parts = dict(zip(comparisons, each.tolist(), strict=True))
    statistic = float((directions[0] ** 2 / roots[kept]).sum())
    return SpecificationTest(pvalue, parts, statistic, int(kept.sum()), samples, expected_in_samples(own, ratios))


def _by_the_limit(entries: np.ndarray, variances: np.ndarray, expected: ExpectedRatios) -> SpecificationTest:
    """Test by the chi-squared law of independent entries `(q,)` with these variances."""
    statistic = float((entries**2 / variances).sum())
    pvalue = float(special.chdtrc(len(entries), statistic))
    return SpecificationTest(pvalue, {MATRIX: pvalue}, statistic, len(entries), 0, expected)


@dataclass(frozen=True, eq=False)
class _Compared:
    """Entries of the difference of the informations, and what is expected of them under the fitted law.

    Attributes
    ----------
    entries : (1 + r, q)
        Of the sample, and of those of the law.
    variance : (q, q)
    size : float
        Total of the squares of the products of the scores, in the same coordinates.
    noise : (k,)
        Standard error of sandwich/observed in large samples.
    """

    entries: np.ndarray
    variance: np.ndarray
    size: float
    noise: np.ndarray


def _compared(
    observed: np.ndarray, outer_product: np.ndarray, drawn: Replicates, share: float, transform: np.ndarray
) -> _Compared:
    """All entries in coordinates in which the information is the unit matrix; of many those of the standard errors."""
    squares = drawn.scores[:, :, None] * drawn.scores[:, None, :]
    differences = squares + drawn.hessians
    pairs = ((observed, outer_product), (drawn.observed, drawn.outer_product))

    def of_standard_errors(difference: np.ndarray) -> np.ndarray:
        return relative_differences(observed, difference, transform)

    relative = _of_rows(differences, of_standard_errors)
    noise = np.sqrt(np.diag(variance_beyond_scores(relative, drawn.scores)) * share) / 2
    if len(observed) * (len(observed) + 1) // 2 <= MOST_ENTRIES:
        mean = -drawn.hessians.sum(axis=0) * share
        size, indicators = (_of_rows(rows, lambda d: whitened(mean, d)) for rows in (squares, differences))
        sample, samples = (whitened(a, b - a) for a, b in pairs)
    else:
        size, indicators = _of_rows(squares, of_standard_errors), relative
        sample, samples = (relative_differences(a, b - a, transform) for a, b in pairs)
    variance = variance_beyond_scores(indicators, drawn.scores) * share
    return _Compared(np.vstack([sample, samples]), variance, float((size**2).sum()) * share, noise)


def large_sample_test(
    observed: np.ndarray,
    outer_product: np.ndarray,
    scores: np.ndarray,
    frequencies: np.ndarray,
    reason: str,
    transform: np.ndarray | None = None,
) -> SpecificationTest:
    """Test of the standard errors by the spread of the squared scores in the data, where no law can be drawn from.

    The largest of the k differences, by Bonferroni's inequality and Student's t with n - k degrees of freedom.

    Parameters
    ----------
    observed, outer_product : (k, k)
    scores : (m, k)
    frequencies : (m,)
    reason : str
        Why no law can be drawn from.
    transform : (k, k), optional
        params = transform @ the vector in whose coordinates the matrices and scores are; by default these are params.
    """
    transform = np.eye(len(observed)) if transform is None else transform
    n, k = float(frequencies.sum()), len(observed)
    root = np.sqrt(frequencies)[:, None]
    inverse = np.linalg.inv(observed)
    influence = scores @ inverse @ transform.T
    indicators = influence**2 * n / np.diag(transform @ inverse @ transform.T) - 1
    ratios = ratios_of(observed, outer_product, transform)
    noise = np.sqrt(np.diag(variance_beyond_scores(root * indicators, root * scores))) / (2 * n * ratios**2)
    # Few squares understate theirs: not below the relative error of the standard deviation of n normal values.
    noise = np.where(noise < IDENTICAL, noise, np.maximum(noise, 1 / np.sqrt(2 * n)))
    expected = expected_in_the_limit(ratios, noise)
    if expected.identical.all():
        return SpecificationTest(np.nan, {}, 0.0, 0, 0, expected, reason)
    furthest = float(expected.distance.max())
    pvalue = min(1.0, 2 * k * float(stats.t(max(n - k, 1.0)).sf(furthest)))
    return SpecificationTest(pvalue, {RATIO: pvalue}, furthest, k, 0, expected, reason)


def _of_rows(differences: np.ndarray, entries: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """Entries `(m, q)` that are linear in the differences `(m, k, k)` of rows, as one product of matrices."""
    m, k, _ = differences.shape
    return differences.reshape(m, k * k) @ entries(np.eye(k * k).reshape(k * k, k, k))


def whitened(information: np.ndarray, difference: np.ndarray) -> np.ndarray:
    """Entries `(..., q)` of differences `(..., k, k)` in coordinates in which the information is the unit matrix."""
    back = np.linalg.inv(np.linalg.cholesky(information))
    white = back @ difference @ np.swapaxes(back, -1, -2)
    lower = np.tril_indices(information.shape[-1])
    return white[..., lower[0], lower[1]]


def variance_beyond_scores(indicators: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """Total `(q, q)` of the squares of indicators `(m, q)` less their regression on the scores `(m, k)`."""
    size = np.sqrt(np.mean(scores**2, axis=0))
    unit = scores / np.where(size > 0, size, 1.0)
    rest = indicators - unit @ np.linalg.lstsq(unit, indicators, rcond=None)[0]
    return rest.T @ rest


def mahalanobis(entries: np.ndarray) -> np.ndarray:
    """Squared distances `(m,)` of entries `(m, q)` from their mean, in their own variance."""
    apart = entries - entries.mean(axis=0)
    left = np.linalg.svd(apart, full_matrices=False)[0]
    return len(apart) * (left**2).sum(axis=1)


def without_trend(statistics: np.ndarray, estimates: np.ndarray) -> np.ndarray:
    """Logarithms of statistics `(m, c)` less their quadratic regression on the estimates `(m, q)` of the samples.

    A statistic whose law varies with the parameters varies with their estimates: the samples of a law of shape 0.1 have
    estimated shapes of 0 to 0.2, and are more spread than those of the law that the data come from. Compared are
    samples of like estimates, as by prepivoting (Beran 1988, *JASA* 83, 687-697), without a second bootstrap.
    """
    size = estimates.std(axis=0)
    unit = (estimates - estimates.mean(axis=0))[:, size > 0] / size[size > 0]
    columns = np.column_stack([np.ones(len(unit)), unit, unit**2])
    logs = np.log(np.maximum(statistics, np.finfo(float).tiny))
    return logs - columns @ np.linalg.lstsq(columns, logs, rcond=None)[0]


def joint_pvalue(statistics: np.ndarray) -> tuple[float, np.ndarray]:
    """p-value of all comparisons together, and of each, `(c,)`, from statistics `(1 + r, c)`, those of the data first.

    Each is ranked among all samples; the smallest of a sample's p-values is again ranked among those of all, equal ones
    by the next smallest. Where the data are one more sample of the law, the p-value is right for any r and c.

    References
    ----------
    Westfall, P. H. and Young, S. S. (1993). *Resampling-Based Multiple Testing*, algorithm 2.5 (single-step min P).
    Dwass, M. (1957). Modified randomization tests for nonparametric hypotheses. *Annals of Mathematical Statistics*
    28, 181-187.
    """
    each = stats.rankdata(-statistics, method="max", axis=0) / len(statistics)
    before, equal = np.zeros(len(each), bool), np.ones(len(each), bool)
    for column in np.sort(each, axis=1).T:
        before |= equal & (column < column[0])
        equal &= column == column[0]
    return float(np.mean(before | equal)), each[0]
