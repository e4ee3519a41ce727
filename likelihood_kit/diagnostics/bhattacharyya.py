"""Bhattacharyya's bounds: the least variance of an unbiased estimator by derivatives of the density of higher order."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from likelihood_kit._numerics.linear_algebra import unit_directions
from likelihood_kit._numerics.numbers import is_whole
from likelihood_kit._numerics.signatures import named_arguments
from likelihood_kit.calculus import DATUM, function_derivatives, higher_derivatives
from likelihood_kit.calculus.multi_index import MultiIndex, below, last_variable, minus, multi_indices, plus, ways
from likelihood_kit.diagnostics.bounds import asked, checked_sizes, one_bound_table, over_sizes
from likelihood_kit.errors import ArgumentError, NotAvailableError, TraceError, shown
from likelihood_kit.families import Family, informations, regularity
from likelihood_kit.families.expectations import OfObservation, expectations

#: Orders, beyond which derivatives of the catalogue's log densities fill pages.
HIGHEST_ORDER = 6
#: Expectation of a ratio, in its standard deviations, that is not 0.
NOT_ZERO = 1e-6
#: Eigenvalues of the covariance of the ratios, scaled to unit diagonal, below which a combination of them may be
#: constant, and up to which it is so but for rounding: in between rounding decides.
CONSTANT, ROUNDED = 1e-9, 1e-12
#: Part of a bound that a combination adds, beyond which it matters whether it is constant.
MATTERS = 1e-6
#: Error of the variances of the scores, which the information gives, that a bound of higher order bears: of
#: Gamma(1e8, 1) it is 5e-8, and the bound of order 2 is right to six digits.
SCORES_KNOWN = 1e-7
#: Variance of a ratio, beside that of a power of the score of its order, that is rounding: a Bernoulli density is
#: linear in its parameter, and its second derivative 0.
VANISHING = 1e-24

Series = dict[tuple[MultiIndex, MultiIndex], float]


@named_arguments
def bhattacharyya_bound(
    family: Family,
    theta: Mapping[str, float],
    n: int | Sequence[int] = 1,
    of: Callable[..., Any] | None = None,
    order: int = 2,
    **known: float,
) -> pd.DataFrame:
    r"""Bhattacharyya bound of a family at given parameters, for n independent observations.

    With the derivatives of the likelihood L of all orders up to `order`, :math:`r_\alpha = L^{(\alpha)} / L`, their
    covariance V and the derivatives g of what is estimated, no unbiased estimator has a variance below
    :math:`g' V^{-1} g`. Order 1 is the Cramer-Rao bound, and no higher order is below it. The other parameters are
    taken for unknown; hold one fixed in the family where it is known.

    Parameters
    ----------
    family : Family
    theta : dict of str to float
        The free parameters, natural scale.
    n : int or sequence of int
        Number of observations, or several.
    of : callable, optional
        `of(**theta)`: a function of the parameters, in NumPy, whose bound is wanted instead.
    order : int
        1 to 6.
    **known : float
        Known quantities of the family, the same for all observations, such as `trials=10`.

    Returns
    -------
    DataFrame
        One row per parameter, or one for the function: `value`, `variance_bound`, `standard_error_bound`.
        For several n by levels `n` and `parameter`.

    Raises
    ------
    NotAvailableError
        Where the support moves with a parameter, a derivative or an expectation does not exist, or the expectation of a
        ratio is not 0.

    References
    ----------
    Bhattacharyya, A. (1946). On some analogues of the amount of information and their use in statistical estimation.
    *Sankhya* 8, 1-14. Lehmann, E. L. and Casella, G. (1998). *Theory of Point Estimation*, 2nd ed., section 2.6.

    Examples
    --------
    >>> from likelihood_kit.families import Poisson
    >>> bhattacharyya_bound(Poisson(), {"rate": 2.0}, n=10, of=lambda rate: rate**2)
        value  variance_bound  standard_error_bound
    of    4.0            3.28              1.811077
    """
    if not is_whole(order) or not 1 <= order <= HIGHEST_ORDER:
        raise ArgumentError(f"order = {shown(order)}: give a whole number from 1 to {HIGHEST_ORDER}")
    checked_sizes(n)
    question = asked(family, theta, 1, known, "bhattacharyya_bound", ("order",))
    names, indices = list(question.theta), multi_indices(len(question.theta), order)
    turned = turned_derivatives(_units(family, question.values), indices)
    one = series_of_one_observation(family, question.values, indices, turned)
    functions: list[tuple[str, Callable[..., Any] | None]] = [(name, None) for name in names]
    if of is not None:
        functions = [(question.label(of), of)]
    found = [_derivatives(function, at, question.theta, indices, order) for at, (_, function) in enumerate(functions)]

    def table(size: int) -> pd.DataFrame:
        covariance = covariance_of_ratios(one, indices, size)
        rows = [(value, _bound(covariance, turned @ slopes, indices)) for value, slopes in found]
        return one_bound_table([name for name, _ in functions], rows)

    return over_sizes(n, table)


def _units(family: Family, values: Mapping[str, np.ndarray]) -> np.ndarray:
    """Directions `(p, p)`, by columns, along which the scores have variance 1 and no covariance.

    In the parameters themselves those of Gamma(1e5, 1) are correlated to 1 - 5e-6, and of their products of order 2 a
    combination that counts is lost in rounding.
    """
    regularity.require(family, "Bhattacharyya bound", values)
    information = np.asarray(informations.of_family(family, values), dtype=float)
    units = unit_directions(information)
    return units if np.isfinite(units).all() else np.eye(len(units))


def turned_derivatives(units: np.ndarray, indices: Sequence[MultiIndex]) -> np.ndarray:
    """Derivatives along directions `(p, p)`, by columns, in terms of those by parameters, `(m, m)`."""
    place = {index: at for at, index in enumerate(indices)}
    zero = (0,) * len(units)
    rows = np.zeros((len(indices), len(indices)))
    for at, index in enumerate(indices):
        terms = {zero: 1.0}
        for direction in (d for d, often in enumerate(index) for _ in range(often)):
            product: dict[MultiIndex, float] = {}
            for term, weight in terms.items():
                for j, unit in enumerate(units[:, direction].tolist()):
                    product[plus(term, j)] = product.get(plus(term, j), 0.0) + weight * unit
            terms = product
        for term, weight in terms.items():
            rows[at, place[term]] = weight
    return rows


def covariance_of_ratios(one: Series, indices: Sequence[MultiIndex], n: int) -> np.ndarray:
    """Covariance `(m, m)` of the ratios of derivatives of the likelihood of n observations to itself.

    The expectation of L(theta + t) L(theta + u) / L(theta)^2 is that of one observation, 1 + `one`, to the power of n,
    and its Taylor coefficients in t and u are these covariances over factorials.
    """
    whole = _power(one, n, max(sum(index) for index in indices))
    return np.array([[whole.get((a, b), 0.0) * _factorial(a) * _factorial(b) for b in indices] for a in indices])


def series_of_one_observation(
    family: Family, values: Mapping[str, np.ndarray], indices: Sequence[MultiIndex], turned: np.ndarray
) -> Series:
    """Covariances of the ratios of derivatives of the density of one observation to itself, over factorials.

    The derivatives are those of `turned_derivatives`.
    """
    free = [family.coordinate_names.index(name) for name in family.parameter_names]
    order = max(sum(index) for index in indices)
    natural = _ratios(family, values, free, indices, order)

    def ratios(y: np.ndarray) -> dict[MultiIndex, np.ndarray]:
        found = natural(y)
        rows = [[(weight, other) for weight, other in zip(row, indices, strict=True) if weight] for row in turned]
        return {
            index: sum(weight * found[other] for weight, other in row) for index, row in zip(indices, rows, strict=True)
        }

    pairs = list(itertools.combinations_with_replacement(range(len(indices)), 2))

    def product(i: int, j: int) -> OfObservation:
        return lambda y, _: ratios(y)[indices[i]] * ratios(y)[indices[j]]

    def alone(index: MultiIndex) -> OfObservation:
        return lambda y, _: ratios(y)[index]

    functions = [*(product(i, j) for i, j in pairs), *(alone(index) for index in indices)]
    found = [float(entry) for entry in expectations(family, functions, values, "Bhattacharyya bound")]
    products, means = dict(zip(pairs, found, strict=False)), found[len(pairs) :]
    plain = np.array_equal(turned, np.eye(len(turned)))  # of an information that is singular
    errors = [0.0 if plain else products[i, j] - (i == j) for i, j in pairs if max(i, j) < len(free)]
    _require_digits(family, order, found, errors)
    sizes = [np.sqrt(products[at, at]) for at in range(len(free))]
    for at, (index, mean) in enumerate(zip(indices, means, strict=True)):
        # That of a power of the score of this order: a ratio far below it vanishes but for rounding.
        usual = math.prod(error**often for error, often in zip(sizes, index, strict=True))
        if products[at, at] <= VANISHING * usual**2:
            products |= {pair: 0.0 for pair in pairs if at in pair}
        elif abs(mean) > NOT_ZERO * np.sqrt(products[at, at]):
            raise NotAvailableError(
                f"{family.name} has no Bhattacharyya bound of order {order}: the expectation of a derivative of its "
                f"density of order {sum(indices[at])} over itself is {mean:.3g}, not 0"
            )
    one: Series = {}
    for (i, j), value in products.items():
        size = _factorial(indices[i]) * _factorial(indices[j])
        one[indices[i], indices[j]] = one[indices[j], indices[i]] = value / size
    return one


def _require_digits(family: Family, order: int, found: Sequence[float], errors: Sequence[float]) -> None:
    """Refuse expectations that overflow, or of which rounding leaves the covariance of the scores other than it is."""
    if not np.isfinite(found).all() or (order > 1 and not np.max(np.abs(errors)) <= SCORES_KNOWN):
        raise NotAvailableError(
            f"{family.name} has no Bhattacharyya bound of order {order} here: rounding decides of the covariance of "
            "the derivatives of its density"
        )


def _ratios(
    family: Family, values: Mapping[str, np.ndarray], free: Sequence[int], indices: Sequence[MultiIndex], order: int
) -> Callable[[np.ndarray], dict[MultiIndex, np.ndarray]]:
    """Derivatives of the density of one observation over itself, as functions of it, by multi-index."""
    names = family.coordinate_names
    try:
        derivatives = higher_derivatives(family.formula, order)
    except TraceError as error:
        raise NotAvailableError(
            f"{family.name} has no Bhattacharyya bound: derivatives of order {order} have no symbolic form ({error})"
        ) from None
    every = multi_indices(len(names), order)
    theta = [values[name] for name in names]
    zero = (0,) * len(free)

    def embedded(index: MultiIndex) -> MultiIndex:
        full = [0] * len(names)
        for at, entry in zip(free, index, strict=True):
            full[at] = entry
        return tuple(full)

    def ratios(y: np.ndarray) -> dict[MultiIndex, np.ndarray]:
        data = [y if name == DATUM else values[name] for name in family.law.data]
        of_log = dict(zip(every, derivatives(data, theta), strict=True))
        found = {zero: np.ones_like(y)}
        for index in indices:
            # With f = exp(l) the derivative of f' = l' f by Leibniz' rule.
            last = last_variable(index)
            lower = minus(index, plus(zero, last))
            found[index] = sum(
                ways(lower, part) * of_log[embedded(plus(part, last))] * found[minus(lower, part)]
                for part in below(lower)
            )
        return found

    return ratios


def _power(one: Series, n: int, order: int) -> Series:
    """(1 + one) ** n without its constant, as a series in two sets of variables up to an order in each."""
    total: Series = {}
    term: Series = one
    for j in range(1, order + 1):
        for key, value in term.items():
            total[key] = total.get(key, 0.0) + math.comb(n, j) * value
        term = _product(term, one, order)
    return total


def _product(one: Series, other: Series, order: int) -> Series:
    found: Series = {}
    for (a, b), x in one.items():
        for (c, d), y in other.items():
            if sum(a) + sum(c) <= order and sum(b) + sum(d) <= order:
                key = tuple(map(sum, zip(a, c, strict=True))), tuple(map(sum, zip(b, d, strict=True)))
                found[key] = found.get(key, 0.0) + x * y
    return found


def _factorial(index: MultiIndex) -> int:
    return math.prod(math.factorial(entry) for entry in index)


def _derivatives(
    of: Callable[..., Any] | None, at: int, theta: Mapping[str, float], indices: Sequence[MultiIndex], order: int
) -> tuple[float, np.ndarray]:
    """Value of what is estimated, and its derivatives by multi-index: of parameter `at`, or of a function."""
    if of is None:
        own = plus((0,) * len(theta), at)
        return list(theta.values())[at], np.array([float(index == own) for index in indices])
    return function_derivatives(of, theta, order)


def _bound(covariance: np.ndarray, slopes: np.ndarray, indices: Sequence[MultiIndex]) -> float:
    """G' V^-1 g over the combinations of ratios that are not constant, those of each order beside those below it.

    Fewer combinations give a lower bound, which holds too; no order takes away what the ones below it give.
    """
    size = np.sqrt(np.diag(covariance))
    kept = size > 0
    orders = np.array([sum(index) for index in indices])[kept]
    v = covariance[np.ix_(kept, kept)] / np.outer(size[kept], size[kept])
    g = slopes[kept] / size[kept]
    total = 0.0
    while len(g):
        first = orders == orders[0]
        roots, vectors = np.linalg.eigh(v[np.ix_(first, first)])
        told = roots > CONSTANT
        doubtful = ~told & (np.abs(roots) > ROUNDED)
        if np.any((vectors[:, doubtful].T @ g[first]) ** 2 > MATTERS * CONSTANT * total):
            raise NotAvailableError(
                f"no Bhattacharyya bound of order {orders[0]}: rounding decides whether a combination of derivatives "
                "of the likelihood is constant"
            )
        basis = vectors[:, told] / np.sqrt(roots[told])
        along = basis.T @ g[first]
        total += float(along @ along)
        shared = basis.T @ v[np.ix_(first, ~first)]
        v, g, orders = v[np.ix_(~first, ~first)] - shared.T @ shared, g[~first] - shared.T @ along, orders[~first]
    return total
