"""Covariances of ratios of likelihoods at other parameters to that at the truth, with what rounding leaves of them.

The ratio of one observation has expectation 1, so that `E[(r_a - 1) (r_b - 1)]` is `E[r_a r_b] - 1` without the loss of
its digits; `log(1 + that)` times n, exponentiated, is that of n observations.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from likelihood_kit.diagnostics.bounds import Question
from likelihood_kit.diagnostics.ratio_nodes import RatioNodes
from likelihood_kit.errors import NotAvailableError, ParameterError
from likelihood_kit.families import Family
from likelihood_kit.families import operands as quantities
from likelihood_kit.families.expectations import expectations
from likelihood_kit.families.fallbacks import one_column

#: Relative error of the variance of a ratio beyond which rounding decides: this part of a bound is not seen in tables.
TRUSTED = 1e-4
#: Variance of a ratio below which one minus it has lost digits that its square about 1 keeps.
NEAR = 0.1

Place = Mapping[str, float]


def ready(family: Family, question: Question, what: str) -> None:
    """Refuse a family whose ratios cannot be integrated, and for the true reason.

    Raises
    ------
    NotAvailableError, ParameterError
    """
    one_column(family.law, what)
    missing = [name for name in family.law.known if name not in question.values]
    if missing:
        raise ParameterError(
            f"{family!r}: the {what} needs {' and '.join(missing)}; pass it by keyword, or hold it fixed in the family"
        )


def covariances(
    family: Family, question: Question, places: Sequence[Place], n: float, nodes: RatioNodes | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Covariances `(m, m)` of the ratios of n observations, and errors of them `(m, m)` by rounding.

    Infinite where a law leaves the support of the true one, or the expectation is. Variances are by `nodes` where these
    are given and tell them.
    """
    m = len(places)
    ends = [_ends(family, question, place) for place in places]
    truth = _ends(family, question, question.theta)
    one, error = np.full((m, m), np.inf), np.zeros((m, m))
    for a in range(m):
        if ends[a] is not None:
            found = None if nodes is None else nodes.variance(places[a], NEAR)
            one[a, a], error[a, a] = found or _one(family, question, (places[a], places[a]), ends[a] == truth)
    alone = np.diag(one).copy()
    for a in range(m):
        for b in range(a):
            first, second = ends[a], ends[b]
            if first is None or second is None or not np.isfinite(alone[[a, b]]).all():
                continue
            # Under the law of the shorter support, or of that farther away, the other ratio keeps its digits.
            lengths = first[1] - first[0], second[1] - second[0]
            swapped = lengths[0] > lengths[1] or (lengths[0] == lengths[1] and alone[a] < alone[b])
            pair = (places[b], places[a]) if swapped else (places[a], places[b])
            same = first == second == truth and max(alone[a], alone[b]) < NEAR
            one[a, b], error[a, b] = _one(family, question, pair, same)
            one[b, a], error[b, a] = one[a, b], error[a, b]
    with np.errstate(all="ignore"):
        # Rounding may leave a covariance a trifle below -1, which is that of ratios that are never both positive.
        whole = np.expm1(n * np.log1p(np.maximum(one, -1.0)))
        return whole, (1 + whole) * n * error / (1 + one)


def _one(family: Family, question: Question, pair: tuple[Place, Place], same: bool) -> tuple[float, float]:
    """Covariance of two ratios of one observation, and its error by rounding.

    Parameters
    ----------
    pair : two places
        The expectation is over the law of the first, unless the ratios are near 1.
    same : bool
        Whether the supports are that of the truth, and the ratios may be near 1.
    """
    logs = [_log_ratio(family, question, place) for place in pair]

    def far(y: np.ndarray) -> np.ndarray:
        return np.expm1(logs[1](y)[0])

    def far_error(y: np.ndarray) -> np.ndarray:
        ratio, rounded = logs[1](y)
        return np.exp(ratio) * rounded

    def near(y: np.ndarray) -> np.ndarray:
        return np.expm1(logs[0](y)[0]) * np.expm1(logs[1](y)[0])

    def near_error(y: np.ndarray) -> np.ndarray:
        return np.abs(logs[0](y)[1] * logs[1](y)[1])

    if not same:
        value, rounded = _expected(family, question, pair[0], [far, far_error])
        return value, rounded
    # Of the ratio itself: its difference from 1 is all rounding where the ratio is as near as that.
    ratio, rounded = _expected(family, question, pair[0], [lambda y: 1 + far(y), far_error])
    if not abs(ratio - 1) < NEAR:
        return ratio - 1, rounded
    value, rounded = _expected(family, question, question.theta, [near, near_error])
    if not np.isfinite(value):  # rounding is what quadrature stumbles over
        return max(ratio - 1, 0.0), np.inf
    # An error d of the logarithm changes the mean of its square by 2 d times its size and d^2.
    return value, 2 * np.sqrt(rounded * abs(value)) + rounded


def _log_ratio(
    family: Family, question: Question, place: Place
) -> Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """Logarithm of the ratio of densities at a place to that at the truth, and its error by rounding."""
    known = {name: v for name, v in question.values.items() if name in family.law.known and name not in family.fixed}

    def evaluated(y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        with np.errstate(all="ignore"):
            there = family.log_density(y, **place, **known)
            here = family.log_density(y, **question.theta, **known)
            difference = there - here
            rounded = np.finfo(float).eps * (1 + np.abs(there) + np.abs(here))
        return np.where(np.isnan(difference), -np.inf, difference), np.where(np.isfinite(rounded), rounded, 0.0)

    return evaluated


def _expected(
    family: Family, question: Question, law: Place, functions: Sequence[Callable[[np.ndarray], np.ndarray]]
) -> tuple[float, ...]:
    """Expectations under the law at a place; all infinite where one is."""
    here = {**question.values, **{name: np.asarray(value, dtype=float) for name, value in law.items()}}
    try:
        with np.errstate(all="ignore"):
            wanted = [lambda y, _, f=f: f(y) for f in functions]
            return tuple(float(entry) for entry in expectations(family, wanted, here, "ratio of densities"))
    except NotAvailableError:
        return (np.inf,) * len(functions)


def _ends(family: Family, question: Question, place: Place) -> tuple[float, float] | None:
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
