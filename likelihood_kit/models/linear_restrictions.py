"""Restrictions R params = q as statsmodels' tests take them: which are refused before a test."""

from __future__ import annotations

from typing import Any

import numpy as np
from statsmodels.formula._manager import FormulaManager

from likelihood_kit import diagnostics
from likelihood_kit._numerics import stacked_inverse
from likelihood_kit._numerics.numbers import as_floats
from likelihood_kit._numerics.printed import counted
from likelihood_kit.diagnostics.linear_restrictions import first_dependent, follows, is_singular
from likelihood_kit.errors import ArgumentError, NotAvailableError
from likelihood_kit.models.columns import short
from likelihood_kit.models.fitting import ROBUST


def check_matrix(results: Any, r_matrix: Any, what: str) -> None:
    """Refuse combinations or restrictions, `what`, that are neither text nor finite numbers for all params."""
    names = list(results.model.exog_names)
    matrix, *values = r_matrix if isinstance(r_matrix, tuple) and r_matrix else (r_matrix,)
    written = matrix if isinstance(matrix, list) and matrix else [matrix]
    if all(isinstance(one, str) for one in written) or hasattr(matrix, "constraint_matrix"):
        return
    try:
        found, sides = np.asarray(matrix, dtype=float), [np.asarray(value, dtype=float) for value in values]
    except (TypeError, ValueError, OverflowError):
        found, sides = np.empty(0), []
    finite = all(np.isfinite(part).all() for part in (found, *sides))
    if found.ndim not in (1, 2) or found.shape[-1] != len(names) or not finite:
        raise ArgumentError(
            f"r_matrix cannot be read as {what} {', '.join(names)}: {short(r_matrix)}: write '{names[-1]} = 0', or a "
            "matrix of finite numbers with a column for each"
        )


def parsed(results: Any, r_matrix: Any) -> tuple[np.ndarray, np.ndarray]:
    """Combinations `(m, k)` and their values `(m,)`, as statsmodels reads them; refuses numbers beyond floats."""
    found = FormulaManager().get_linear_constraints(r_matrix, list(results.model.exog_names))
    matrix = np.asarray(found.constraint_matrix, dtype=float)
    values = np.resize(np.ravel(np.asarray(found.constraint_values, dtype=float)), len(matrix))
    if not (np.isfinite(matrix).all() and np.isfinite(values).all()):
        raise ArgumentError(f"r_matrix = {short(r_matrix)}: write finite numbers")
    return matrix, values


def checked_square(value: Any, argument: str, size: int) -> np.ndarray | None:
    """A matrix `(size, size)` of finite numbers; None where none is given."""
    if value is None:
        return None
    try:
        found = as_floats(value)
    except (TypeError, OverflowError):
        found = np.empty(0)
    if found.shape != (size, size) or not np.isfinite(found).all():
        raise ArgumentError(f"{argument} = {short(value)}: give a {size} by {size} matrix of finite numbers")
    return found


def inverse_covariance(results: Any, r_matrix: Any, cov_p: np.ndarray | None) -> np.ndarray:
    """Inverse of R V R', `(m, m)`, of restrictions that are m different ones, and can be tested together.

    Statsmodels takes a pseudo-inverse in place of the inverse, and counts fewer restrictions than were asked for.

    Raises
    ------
    ArgumentError
        For a restriction that says again, or against, what the others say.
    NotAvailableError
        Where the covariance of the restrictions is singular, or not known.
    """
    matrix, values = parsed(results, r_matrix)
    require_different(results, matrix, values)
    covariance = require_joint(results, matrix) if cov_p is None else matrix @ cov_p @ matrix.T
    inverse = stacked_inverse(covariance)
    if not np.isfinite(inverse).all():
        raise NotAvailableError("there is no Wald test: the covariance of the restrictions is singular; test fewer")
    return inverse


def require_different(results: Any, matrix: np.ndarray, values: np.ndarray) -> None:
    """Refuse restrictions `(m, k)` with values `(m,)`, one of which follows from the others or contradicts them."""
    sizes = np.asarray(results.bse, dtype=float)
    place = first_dependent(matrix, np.where(np.isfinite(sizes) & (sizes > 0), sizes, 1.0))
    if place is None:
        return
    if not matrix[place].any():
        raise ArgumentError(f"r_matrix: restriction {place + 1} has the coefficient 0 for all params; leave it out")
    if follows(matrix[: place + 1], values[: place + 1]):
        raise ArgumentError(f"r_matrix: restriction {place + 1} follows from those before it; leave it out")
    raise ArgumentError(
        f"r_matrix: restriction {place + 1} contradicts those before it: no values of params meet them all; test one "
        "of them at a time"
    )


def require_joint(results: Any, matrix: np.ndarray) -> np.ndarray:
    """Covariance `(m, m)` of restrictions `(m, k)` that can be tested together.

    Raises
    ------
    NotAvailableError
        For as many restrictions as clusters, or more; for a covariance that is not known, or is singular.
    """
    covariance = np.asarray(results.cov_params(), dtype=float)
    asked = matrix.any(axis=0)
    if not np.isfinite(covariance[np.ix_(asked, asked)]).all():
        raise NotAvailableError(f"there is no Wald test: {results.covariance_note}")
    count = len(matrix)
    if results.cov_type == "cluster":
        require_clusters(int(results.cov_kwds["groups"].max()) + 1, count)
    known = matrix[:, asked]
    own = known @ covariance[np.ix_(asked, asked)] @ known.T
    usual = None
    if results.cov_type in ROBUST:
        usual = matrix @ diagnostics.covariance(-np.asarray(results.hessv)) @ matrix.T
    if is_singular(own, usual):
        raise NotAvailableError(
            f"there is no Wald test of {counted(count)} restrictions together: their covariance is singular, as that "
            "of a cluster with a coefficient of its own is, whose scores cancel; test fewer of them"
        )
    return own


def require_clusters(clusters: int, restrictions: int) -> None:
    """Refuse a joint test that has no degrees of freedom.

    The scores of G clusters sum to 0 at the estimate, and vary in G - 1 directions. Of q restrictions Hotelling's
    T-squared has at most G - q degrees of freedom, with the bias-reduced covariance too, whose rank is larger since it
    adjusts each cluster by another matrix (Pustejovsky and Tipton 2018, section 3).
    """
    if restrictions > 1 and clusters <= restrictions:
        raise NotAvailableError(
            f"there is no Wald test of {restrictions} restrictions together: {clusters} clusters leave it no degrees "
            f"of freedom; test at most {clusters - 1} together"
        )
