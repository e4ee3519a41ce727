"""Bounds by displaced parameters: they need no derivative, and so hold where the support moves with a parameter.

The likelihood at other parameters over that at the truth has expectation 1 wherever the other law lives within the
support of the true one, and by Cauchy and Schwarz no unbiased estimator has a variance below what these ratios say.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from likelihood_kit._numerics.signatures import named_arguments
from likelihood_kit.diagnostics.bounds import Question, asked, checked_sizes, one_bound_table, over_sizes
from likelihood_kit.diagnostics.displacement_search import Search, number
from likelihood_kit.diagnostics.ratio_covariances import TRUSTED, covariances, ready
from likelihood_kit.errors import ArgumentError, NotAvailableError, shown
from likelihood_kit.families import Family

#: Scaled eigenvalue below which two test points say the same.
SINGULAR = 1e-12


@named_arguments
def chapman_robbins_bound(
    family: Family,
    theta: Mapping[str, float],
    n: int | Sequence[int] = 1,
    of: Callable[..., Any] | None = None,
    **known: float,
) -> pd.DataFrame:
    r"""Chapman-Robbins bound of a family at given parameters, for n independent observations.

    The supremum over displacements h of :math:`(g(\theta + h) - g(\theta))^2 / (K(h)^n - 1)`; K is the expectation of
    the squared ratio of the densities of one observation; by Hammersley over whole numbers where a parameter is one.
    It exists where the support moves, is never below the Cramer-Rao bound, and tends to it. The other parameters are
    taken for unknown; hold one fixed in the family where it is known. The supremum is searched for: what is given is a
    bound in any case, and may be a little below the best one. Displacements so small that rounding decides are left
    out; where there is a Cramer-Rao bound and it is the highest, it is the supremum, in the limit: h = 0.

    Parameters
    ----------
    family : Family
    theta : dict of str to float
        The free parameters, natural scale.
    n : int or sequence of int
        Number of observations, or several.
    of : callable, optional
        `of(**theta)`: a function of the parameters whose bound is wanted instead; it needs no derivative.
    **known : float
        Known quantities of the family, the same for all observations.

    Returns
    -------
    DataFrame
        One row per parameter, or one for the function: `value`, `variance_bound`, `standard_error_bound`, and the
        displacements `h` at which the bound is met, by parameter: 0 in the limit. The bound is infinite, and no
        unbiased estimator has a finite variance, where it grows without end as h does, or as h vanishes. For several n
        by levels `n` and `parameter`.

    Raises
    ------
    NotAvailableError
        Where no displaced law lives within the support of the true one with a finite ratio.

    References
    ----------
    Chapman, D. G. and Robbins, H. (1951). Minimum variance estimation without regularity assumptions. *Annals of
    Mathematical Statistics* 22, 581-586. Hammersley, J. M. (1950). On estimating restricted parameters. *Journal of the
    Royal Statistical Society B* 12, 192-240.

    Examples
    --------
    >>> from likelihood_kit.families import Uniform
    >>> chapman_robbins_bound(Uniform(low=0.0), {"high": 1.0}, n=1).round(4)
          value  variance_bound  standard_error_bound  h(high)
    high    1.0            0.25                   0.5     -0.5
    """
    checked_sizes(n)
    question = asked(family, theta, 1, known, "chapman_robbins_bound")
    ready(family, question, "Chapman-Robbins bound")
    return over_sizes(n, lambda size: _by_the_best_displacement(family, question, size, of))


def _by_the_best_displacement(
    family: Family, question: Question, n: int, of: Callable[..., Any] | None
) -> pd.DataFrame:
    """Table of the bounds of Chapman and Robbins."""
    names = list(question.theta)
    functions = [(name, _entry(name)) for name in names] if of is None else [(question.label(of), of)]
    search = Search(family, question, n)
    rows, displacements = [], []
    for _, function in functions:
        value = number(function, question.theta)
        bound, moved = search.highest(function, value)
        rows.append((value, bound))
        displacements.append(moved)
    table = one_bound_table([name for name, _ in functions], rows)
    for at, name in enumerate(names):
        table[f"h({name})"] = [moved[at] for moved in displacements]
    return table


@named_arguments
def barankin_bound(
    family: Family,
    theta: Mapping[str, float],
    points: Sequence[Mapping[str, float]] = (),
    n: int | Sequence[int] = 1,
    of: Callable[..., Any] | None = None,
    **known: float,
) -> pd.DataFrame:
    r"""Barankin bound by given test points, for n independent observations.

    With :math:`B_{ab} = K(\theta_a, \theta_b)^n - 1`, K the expectation of the product of the ratios of densities, and
    d the differences of what is estimated between the points and the truth, it is :math:`d' B^{-1} d`. One point is a
    term of Chapman and Robbins; more points never lower it, and over all sets of points it is the best of all bounds.

    Parameters
    ----------
    family : Family
    theta : dict of str to float
        The truth.
    points : sequence of dicts
        Other values of the parameters.
    n, of, known
        As of `chapman_robbins_bound`.

    Returns
    -------
    DataFrame
        One row per parameter, or one for the function: `value`, `variance_bound`, `standard_error_bound`.
        For several n by levels `n` and `parameter`.

    References
    ----------
    Barankin, E. W. (1949). Locally best unbiased estimates. *Annals of Mathematical Statistics* 20, 477-501.
    """
    checked_sizes(n)
    question = asked(family, theta, 1, known, "barankin_bound", ("points",))
    ready(family, question, "Barankin bound")
    places = _checked_places(family, points)
    return over_sizes(n, lambda size: _by_test_points(family, question, size, of, places))


def _by_test_points(
    family: Family,
    question: Question,
    n: int,
    of: Callable[..., Any] | None,
    places: Sequence[Mapping[str, float]],
) -> pd.DataFrame:
    """Table of the bounds of Barankin."""
    matrix, errors = covariances(family, question, places, n)
    if not np.isfinite(matrix).all():
        raise NotAvailableError(
            f"{family.name} has no Barankin bound by these points: a ratio of densities has no finite variance, or "
            "lies outside the support of the true law; move the points nearer to theta"
        )
    functions = [(name, _entry(name)) for name in question.theta] if of is None else [(question.label(of), of)]
    variances = np.diag(matrix)
    for place, variance, error in zip(places, variances, errors, strict=True):
        if place == question.theta or not (error <= TRUSTED * np.sqrt(variance * variances)).all():
            raise ArgumentError(
                f"points: {shown(place)} gives the law of theta itself, or one so near to it that rounding decides"
            )
    size = np.sqrt(variances)
    scaled = np.outer(size, size)
    roots, vectors = np.linalg.eigh(matrix / scaled)
    # Of combinations of points, those that rounding does not decide: without the others it is a bound still.
    told = roots > max(SINGULAR, float(np.linalg.norm(errors / scaled)) / TRUSTED)
    rows = []
    for _, function in functions:
        value = number(function, question.theta)
        along = vectors[:, told].T @ (np.array([number(function, place) - value for place in places]) / size)
        rows.append((value, float(np.sum(along**2 / roots[told]))))
    return one_bound_table([name for name, _ in functions], rows)


def _entry(name: str) -> Callable[..., float]:
    return lambda **theta: theta[name]


def _checked_places(family: Family, points: Any) -> list[dict[str, float]]:
    """Test points, each in the space of the parameters."""
    dicts = isinstance(points, Sequence) and not isinstance(points, str)
    if not dicts or not points or not all(isinstance(point, Mapping) for point in points):
        raise ArgumentError(f"points = {shown(points)}: give a list of dicts of parameters, such as [{{...}}, {{...}}]")
    return [dict(family.check_theta(point, "points")) for point in points]
