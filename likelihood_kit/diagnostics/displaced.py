"""Bounds by displaced parameters: they need no derivative, and so hold where the support moves with a parameter.

The likelihood at other parameters over that at the truth has expectation 1 wherever the other law lives within the
support of the true one, and by Cauchy and Schwarz no unbiased estimator has a variance below what these ratios say.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import optimize

from likelihood_kit._numerics.signatures import named_arguments
from likelihood_kit.diagnostics.bounds import Question, asked, one_bound_table
from likelihood_kit.errors import ArgumentError, LikelihoodKitError, NotAvailableError, shown
from likelihood_kit.families import Family
from likelihood_kit.families import operands as quantities
from likelihood_kit.families.expectations import expectations

#: First displacements of a search: these parts of the distance at which the ratio of n observations has variance 1.
FIRST = (0.03, 0.3, 1.0, 2.0)
#: Doublings and halvings in search of that distance.
DOUBLINGS = 200
#: Whole numbers looked at to either side of a parameter that is one.
WHOLE = 50
#: Scaled eigenvalue below which two test points say the same.
SINGULAR = 1e-12


@named_arguments
def chapman_robbins_bound(
    family: Family, theta: Mapping[str, float], n: int = 1, of: Callable[..., Any] | None = None, **known: float
) -> pd.DataFrame:
    r"""Chapman-Robbins bound of a family at given parameters, for n independent observations.

    The supremum over displacements h of :math:`(g(\theta + h) - g(\theta))^2 / (K(h)^n - 1)`; K is the expectation of
    the squared ratio of the densities of one observation; by Hammersley over whole numbers where a parameter is one.
    It exists where the support moves, is never below the Cramer-Rao bound, and tends to it. The other parameters are
    taken for unknown; hold one fixed in the family where it is known. The supremum is searched for: what is given is a
    bound in any case, and may be a little below the best one.

    Parameters
    ----------
    family : Family
    theta : dict of str to float
        The free parameters, natural scale.
    n : int
        Number of observations.
    of : callable, optional
        `of(**theta)`: a function of the parameters whose bound is wanted instead; it needs no derivative.
    **known : float
        Known quantities of the family, the same for all observations.

    Returns
    -------
    DataFrame
        One row per parameter, or one for the function: `value`, `variance_bound`, `standard_error_bound`, and the
        displacements `h` at which the bound is met, by parameter.

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
    question = asked(family, theta, n, known, "chapman_robbins_bound")
    names = list(question.theta)
    functions = [(name, _entry(name)) for name in names] if of is None else [(question.label(of), of)]
    search = _Search(family, question, n)
    rows, displacements = [], []
    for _, function in functions:
        value = _number(function, question.theta)
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
    n: int = 1,
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

    References
    ----------
    Barankin, E. W. (1949). Locally best unbiased estimates. *Annals of Mathematical Statistics* 20, 477-501.
    """
    question = asked(family, theta, n, known, "barankin_bound")
    if isinstance(points, (str, Mapping)) or not isinstance(points, Sequence) or not points:
        raise ArgumentError(f"points = {shown(points)}: give a list of dicts of parameters, such as [{{...}}, {{...}}]")
    places = [family.check_theta(point, "points") for point in points]
    matrix = _products(family, question, places) ** n - 1
    if not np.isfinite(matrix).all():
        raise NotAvailableError(
            f"{family.name} has no Barankin bound by these points: a ratio of densities has no finite variance, or "
            "lies outside the support of the true law; move the points nearer to theta"
        )
    functions = [(name, _entry(name)) for name in question.theta] if of is None else [(question.label(of), of)]
    size = np.sqrt(np.diag(matrix))
    if not (size > 0).all():
        raise ArgumentError("points: one of them gives the law of theta itself")
    roots, vectors = np.linalg.eigh(matrix / np.outer(size, size))
    told = roots > SINGULAR
    rows = []
    for _, function in functions:
        value = _number(function, question.theta)
        along = vectors[:, told].T @ (np.array([_number(function, place) - value for place in places]) / size)
        rows.append((value, float(np.sum(along**2 / roots[told]))))
    return one_bound_table([name for name, _ in functions], rows)


def _entry(name: str) -> Callable[..., float]:
    return lambda **theta: theta[name]


def _number(of: Callable[..., Any], theta: Mapping[str, float]) -> float:
    """Value of a function of the parameters, one finite number."""
    try:
        value = float(of(**theta))
    except LikelihoodKitError:
        raise
    except Exception as error:
        raise ArgumentError(f"of cannot be evaluated at {dict(theta)}: {type(error).__name__}: {error}") from error
    if not np.isfinite(value):
        raise ArgumentError(f"of must return a finite number; at {dict(theta)} it is {value}")
    return value


def _products(family: Family, question: Question, places: Sequence[Mapping[str, float]]) -> np.ndarray:
    """Expectations `(m, m)` of products of the ratios of densities at places to that at the truth; else infinite."""
    m, ends = len(places), [_ends(family, question, place) for place in places]
    found = np.full((m, m), np.inf)
    for a, b in itertools.combinations_with_replacement(range(m), 2):
        one, other = ends[a], ends[b]
        if one is None or other is None:
            continue
        # The expectation of one ratio under the law of the other, of the two that with the shorter support.
        first, second = (a, b) if one[1] - one[0] <= other[1] - other[0] else (b, a)
        found[a, b] = found[b, a] = _ratio(family, question, places[first], places[second])
    return found


def _ratio(family: Family, question: Question, law: Mapping[str, float], other: Mapping[str, float]) -> float:
    """Expectation, under the law at one place, of the ratio of the density at another to that at the truth."""
    known = {name: v for name, v in question.values.items() if name in family.law.known and name not in family.fixed}

    def ratio(y: np.ndarray, _: Mapping[str, np.ndarray]) -> np.ndarray:
        with np.errstate(all="ignore"):
            difference = family.log_density(y, **other, **known) - family.log_density(y, **question.theta, **known)
            return np.exp(np.where(np.isnan(difference), -np.inf, difference))

    here = {**question.values, **{name: np.asarray(value, dtype=float) for name, value in law.items()}}
    try:
        with np.errstate(all="ignore"):
            return float(expectations(family, [ratio], here, "ratio of densities")[0])
    except NotAvailableError:
        return np.inf


def _ends(family: Family, question: Question, place: Mapping[str, float]) -> tuple[float, float] | None:
    """Ends of the support at a place; None where it is no place, or its law leaves the support of the true one."""
    if not all(family.spaces[name].contains(value) for name, value in place.items()):
        return None
    there = {**question.values, **{name: np.asarray(value, dtype=float) for name, value in place.items()}}
    support = family.law.support
    own, true = (
        tuple(float(end) for end in support.ends(quantities.canonical(family, v) if support.depends_on else {}))
        for v in (there, question.values)
    )
    return own if true[0] <= own[0] < own[1] <= true[1] else None  # type: ignore[return-value]


class _Search:
    """Search for the displacement at which the bound is highest."""

    def __init__(self, family: Family, question: Question, n: int) -> None:
        self.family, self.question, self.n = family, question, n
        self.names, self.truth = list(question.theta), np.array(list(question.theta.values()))
        self.whole = np.array([family.spaces[name].whole for name in self.names])
        self.kept: dict[tuple[float, ...], float] = {}

    def variance(self, moved: np.ndarray) -> float:
        """Of the ratio of likelihoods at a displacement."""
        key = tuple(float(entry) for entry in moved)
        if key not in self.kept:
            place = dict(zip(self.names, (self.truth + moved).tolist(), strict=True))
            square = float(_products(self.family, self.question, [place])[0, 0])
            with np.errstate(over="ignore"):
                self.kept[key] = float(np.expm1(self.n * np.log(square))) if square > 0 else np.inf
        return self.kept[key]

    def bound(self, of: Callable[..., Any], value: float, moved: np.ndarray) -> float:
        """Variance bound by one displacement; 0 where it says nothing."""
        variance = self.variance(moved)
        if not 0 < variance < np.inf:
            return 0.0
        place = dict(zip(self.names, (self.truth + moved).tolist(), strict=True))
        return (_number(of, place) - value) ** 2 / variance

    def unit(self, direction: np.ndarray) -> float:
        """Distance in a direction at which the ratio has a variance of about 1, or 0 where none is finite."""
        distance = 1.0
        for _ in range(DOUBLINGS):
            variance = self.variance(distance * direction)
            if not variance < 2:
                distance /= 2
            elif variance < 0.25:
                if self.variance(2 * distance * direction) >= 2:
                    return distance
                distance *= 2
            else:
                return distance
        return 0.0

    def highest(self, of: Callable[..., Any], value: float) -> tuple[float, np.ndarray]:
        """The bound, and its displacement."""
        best, at = 0.0, np.zeros(len(self.names))
        for moved in self.starts():
            here = self.bound(of, value, moved)
            if here > best:
                best, at = here, moved
        if best == 0.0:
            raise NotAvailableError(
                f"{self.family.name} has no Chapman-Robbins bound here: no law at other parameters lives within the "
                "support of this one with a finite ratio of densities"
            )
        if self.whole.all():
            return best, at
        scale = np.where(at != 0, np.abs(at), max(float(np.abs(at).max()), np.finfo(float).tiny))
        steps = ~self.whole

        def lost(x: np.ndarray) -> float:
            moved = at.copy()
            moved[steps] = x * scale[steps]
            return -self.bound(of, value, moved) / best

        start = at[steps] / scale[steps]
        simplex = np.vstack([start, start + 0.25 * np.eye(len(start))])
        found = optimize.minimize(
            lost, start, method="Nelder-Mead", options={"initial_simplex": simplex, "xatol": 1e-6, "fatol": 1e-10}
        )
        moved = at.copy()
        moved[steps] = found.x * scale[steps]
        return max(best, -float(found.fun) * best), moved if -found.fun >= 1 else at

    def starts(self) -> list[np.ndarray]:
        """Displacements along each parameter and along pairs of them."""
        p = len(self.names)
        found: list[np.ndarray] = []
        units = np.zeros((p, 2))
        for at, (which, sign) in itertools.product(range(p), enumerate((-1.0, 1.0))):
            direction = sign * np.eye(p)[at]
            if self.whole[at]:
                found += [step * direction for step in range(1, WHOLE + 1)]
                units[at, which] = 1.0
                continue
            units[at, which] = self.unit(direction)
            found += [part * units[at, which] * direction for part in FIRST if units[at, which] > 0]
        for (i, j), a, b, part in itertools.product(itertools.combinations(range(p), 2), (0, 1), (0, 1), FIRST):
            moved = np.zeros(p)
            moved[i], moved[j] = (2 * a - 1) * units[i, a] * part, (2 * b - 1) * units[j, b] * part
            if moved.any() and not self.whole[[i, j]].any():
                found.append(moved)
        return found
