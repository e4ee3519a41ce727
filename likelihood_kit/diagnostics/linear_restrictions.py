"""Linear restrictions R theta = q that can be tested together: none says again, or against, what others say."""

from __future__ import annotations

import numpy as np

from likelihood_kit._numerics import smallest_eigenvalue

#: Rounding of the entries of matrices, relative.
ROUNDING = float(np.finfo(float).eps)


def first_dependent(matrix: np.ndarray, sizes: np.ndarray) -> int | None:
    """Place of the first restriction that is a combination of those before it, or of no parameter; else None.

    Parameters
    ----------
    matrix : (m, k)
    sizes : (k,)
        Of the params, such as standard errors: what is 0 in their units is rounding.
    """
    scaled = matrix * sizes
    length = np.linalg.norm(scaled, axis=1)
    unit = scaled / np.where(length > 0, length, 1.0)[:, None]
    for count in range(1, len(unit) + 1):
        if count > matrix.shape[1] or np.linalg.matrix_rank(unit[:count], tol=count * len(sizes) * ROUNDING) < count:
            return count - 1
    return None


def follows(matrix: np.ndarray, values: np.ndarray) -> bool:
    """Whether the last of m restrictions `(m, k)` and their values `(m,)` is true wherever the others are."""
    weights = np.linalg.lstsq(matrix[:-1].T, matrix[-1], rcond=None)[0] if len(matrix) > 1 else np.zeros(0)
    size = abs(values[-1]) + np.abs(weights * values[:-1]).sum()
    return bool(abs(values[-1] - weights @ values[:-1]) <= matrix.size * ROUNDING * size)


def is_singular(covariance: np.ndarray, usual: np.ndarray | None = None) -> bool:
    """Whether a covariance R V R' `(m, m)` has a direction without variance, to rounding.

    Parameters
    ----------
    covariance : (m, m)
    usual : (m, m), optional
        The same by the information, in whose units the variances of a sandwich are: below a machine epsilon, of
        standard errors below 1.5e-8 of the others, they are what the search left of scores that cancel.
    """
    if not (np.diag(covariance) > 0).all():
        return True
    if usual is None:
        return bool(smallest_eigenvalue(_of_unit_diagonal(covariance, covariance)) <= 0)
    unit = _of_unit_diagonal(usual, usual)
    if smallest_eigenvalue(unit) <= 0:
        return True
    back = np.linalg.inv(np.linalg.cholesky(unit))
    relative = np.linalg.eigvalsh(back @ _of_unit_diagonal(covariance, usual) @ back.T)
    return bool(relative[0] <= ROUNDING * len(unit) * max(np.linalg.cond(unit), relative[-1]))


def _of_unit_diagonal(matrix: np.ndarray, like: np.ndarray) -> np.ndarray:
    scale = 1 / np.sqrt(np.diag(like))
    return matrix * np.outer(scale, scale)
