r"""Information-matrix test in its outer-product form: n times the R squared of 1 on scores and indicators.

The indicators of a row are the entries of :math:`d_i = s_i s_i' + H_i`. Their variance beyond the scores is that of the
data (Chesher 1983; Lancaster 1984), not that of the law, so that right models are rejected far too often by the
chi-squared law (Chesher and Spady 1991, table 1); by samples of the fitted law the level is right (Horowitz 1994).

References
----------
Chesher, A. (1983). The information matrix test: simplified calculation via a score test interpretation. *Economics
Letters* 13, 45-48.
Lancaster, T. (1984). The covariance matrix of the information matrix test. *Econometrica* 52, 1051-1053.
Chesher, A. and Spady, R. (1991). Asymptotic expansions of the information matrix test statistic. *Econometrica* 59,
787-815.
Horowitz, J. L. (1994). Bootstrap-based critical values for the information matrix test. *Journal of Econometrics* 61,
395-411.
"""

from __future__ import annotations

import numpy as np
from scipy import special

from likelihood_kit.diagnostics.information_matrix import InformationMatrixTest
from likelihood_kit.diagnostics.replicates import Replicates, rows_at
from likelihood_kit.diagnostics.specification import FEWEST, MOST_ENTRIES, RANK, joint_pvalue, without_trend
from likelihood_kit.likelihood import Likelihood

#: Name of the statistic among those of replicates; numbers of the rows' Hessians held at once, 32 MB.
STATISTIC, HELD = "outer product", 2**22


def outer_product_form(
    likelihood: Likelihood, working: np.ndarray, root: np.ndarray, directions: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Statistics `(r,)` of samples at their maxima `(r, k)`, and their degrees of freedom: ranks of the variances.

    Parameters
    ----------
    likelihood : Likelihood
        Of r samples.
    working : (r, k)
    root : (k, k)
        Cholesky root of a covariance near those at the maxima: in its coordinates the information is the unit matrix,
        and rounding is told from a small entry whatever the units of the parameters.
    directions : (k, k)
        One in each row, such as those of the standard errors: of more than `MOST_ENTRIES` entries of d its squares
        along them stand for all.
    """
    r, k = working.shape
    n, at_once = likelihood.sample.rows, max(1, HELD // (r * k * k))
    gram, sums, size = np.zeros((3, 1, 1, 1))
    for begin in range(0, n, at_once):
        rows = np.arange(begin, min(n, begin + at_once))
        scores, products, curvatures = _entries(likelihood.row_subset(rows), working, root, directions)
        columns = np.concatenate([scores, products + curvatures], axis=2)
        frequencies = likelihood.sample.frequencies
        weights = np.ones((1, len(rows), 1)) if frequencies is None else frequencies[:, rows, None]
        gram = gram + np.swapaxes(weights * columns, 1, 2) @ columns
        sums = sums + (weights * columns).sum(axis=1, keepdims=True)
        size = size + (weights * np.concatenate([scores, products], axis=2) ** 2).sum(axis=1, keepdims=True)
    found = [_beyond_scores(gram[i], sums[i, 0], np.sqrt(size[i, 0]), k) for i in range(r)]
    return np.array([statistic for statistic, _ in found]), np.array([df for _, df in found])


def _entries(
    likelihood: Likelihood, working: np.ndarray, root: np.ndarray, directions: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Scores `(r, n, k)` of the rows, and entries of their outer products and of their Hessians, `(r, n, q)`."""
    r, k = working.shape
    scores, hessians = rows_at(likelihood, working)
    if k * (k + 1) // 2 <= MOST_ENTRIES:
        rows, columns = np.tril_indices(k)
        white, bent = scores @ root, root.T @ hessians @ root
        found = white, white[:, rows] * white[:, columns], bent[:, rows, columns]
    else:
        found = scores @ root, (scores @ directions.T) ** 2, ((directions @ hessians) * directions).sum(axis=-1)
    scores, products, curvatures = (entries.reshape(r, -1, entries.shape[1]) for entries in found)
    return scores, products, curvatures


def _beyond_scores(gram: np.ndarray, sums: np.ndarray, size: np.ndarray, k: int) -> tuple[float, int]:
    """Squared length of 1 in the space of the indicators less their regression on the scores, and its dimension.

    Parameters
    ----------
    gram : (k + q, k + q)
        Total of the squares and products of scores and indicators.
    sums : (k + q,)
    size : (k + q,)
        Root of the total of the squares of the scores and of their products, beside which an indicator is rounding.
    k : int
    """
    unit = np.where(size > 0, size, 1.0)
    gram, sums = gram / unit[:, None] / unit, sums / unit
    slopes = np.linalg.lstsq(gram[:k, :k], gram[:k, k:], rcond=None)[0]
    roots, vectors = np.linalg.eigh(gram[k:, k:] - gram[k:, :k] @ slopes)
    kept = roots > RANK
    along = (sums[k:] - slopes.T @ sums[:k]) @ vectors[:, kept]
    return float((along**2 / roots[kept]).sum()), int(kept.sum())


def outer_product_test(
    statistic: float, df: int, drawn: Replicates | None, shapes: tuple[np.ndarray, np.ndarray]
) -> InformationMatrixTest:
    """The test, by samples of the fitted law where there are enough, or else by the chi-squared law.

    Parameters
    ----------
    statistic, df
        Of the sample.
    drawn : Replicates, optional
        With the statistics of its samples.
    shapes : (q,) array and (r, q) array
        See `specification_test`.
    """
    if not df:
        return InformationMatrixTest(0.0, 0, np.nan, 0)
    if drawn is None or drawn.distances is None or len(drawn.observed) < FEWEST:
        return InformationMatrixTest(statistic, df, float(special.chdtrc(df, statistic)), 0)
    values = np.append(statistic, drawn.distances[STATISTIC])[:, None]
    pvalue, _ = joint_pvalue(without_trend(values, np.vstack(shapes)))
    return InformationMatrixTest(statistic, df, pvalue, len(drawn.observed))
