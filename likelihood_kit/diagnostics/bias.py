"""First-order bias of maximum likelihood, for a family and for a regression."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd

from likelihood_kit._numerics import stacked_inverse
from likelihood_kit._numerics.linear_algebra import unit_directions
from likelihood_kit._numerics.signatures import named_arguments
from likelihood_kit.diagnostics.bounds import asked
from likelihood_kit.diagnostics.score_rounding import rounding_of
from likelihood_kit.errors import NotAvailableError, ParameterError
from likelihood_kit.families import Family, regularity
from likelihood_kit.families.cumulants import third_cumulants

#: Relative accuracy of a bias, and how much larger its error may be than what the last digits of the parameters change.
ACCURACY, SAFETY = 1e-6, 10.0
SINGULAR = "there is no bias of maximum likelihood: the expected information is singular"


@named_arguments
def cox_snell_bias(family: Family, theta: Mapping[str, float], n: int = 1, **known: float) -> pd.Series:
    r"""Bias of the maximum likelihood estimates of n independent observations, to order 1 / n, by parameter.

    :math:`b_s = \frac1n i^{sr} i^{tu} (\tfrac12 E[l_{rtu}] + E[l_{rt} l_u])`, with the inverse :math:`i^{sr}` of the
    expected information of one observation, derivatives l of its log density, sums over r, t, u.

    Parameters
    ----------
    family : Family
    theta : dict of str to float
        The free parameters, natural scale.
    n : int
        Number of observations.
    **known : float
        Known quantities of the family, the same for all observations.

    Raises
    ------
    NotAvailableError
        For a family that is not smooth, without symbolic third derivatives, or with a singular information; where
        rounding leaves fewer than six digits of the bias, or of the standard error of one observation where that is
        larger.

    References
    ----------
    Cox, D. R. and Snell, E. J. (1968). A general definition of residuals. *Journal of the Royal Statistical Society B*
    30, 248-275, eq. (20).

    Examples
    --------
    >>> from likelihood_kit.families import Weibull
    >>> round(float(cox_snell_bias(Weibull(), {"shape": 1.5, "scale": 2.0}, n=100)["shape"]), 8)
    0.02069296
    """
    question = asked(family, theta, n, known, "cox_snell_bias")
    regularity.require(family, "bias of maximum likelihood", question.values, smooth=True)

    def of_one(**at: float) -> np.ndarray:
        numbers = {**question.values, **{name: np.asarray(value) for name, value in at.items()}}
        with np.errstate(all="ignore"):
            return _of_law(family, np.asarray(family.expected_information(**at, **known), dtype=float), numbers)

    found = of_one(**question.theta)
    information = np.asarray(family.expected_information(**question.theta, **known), dtype=float)
    errors = np.sqrt(np.diag(stacked_inverse(information)))
    _require_digits(family, np.maximum(np.abs(found), errors), of_one, question.theta)
    return pd.Series(found / n, index=list(question.theta), name="bias")


def _of_law(family: Family, information: np.ndarray, values: Mapping[str, np.ndarray]) -> np.ndarray:
    """Bias `(k,)` of one observation, in directions in which the information is the unit matrix.

    In the parameters themselves the cumulants of Gamma(1e7, 1) cancel to 1e-7 of their size, and the errors of their
    quadrature with them not.
    """
    units = unit_directions(information)
    if not np.isfinite(units).all():
        raise NotAvailableError(SINGULAR)
    thirds, products = third_cumulants(family, values, units)
    return units @ bias(np.eye(len(units)), thirds, products)


def _require_digits(
    family: Family, size: np.ndarray, function: Callable[..., np.ndarray], theta: Mapping[str, float]
) -> None:
    """Refuse a bias that the last digits of the parameters change, beside its size `(k,)`."""
    try:
        noise = SAFETY * rounding_of(function, theta)
    except (NotAvailableError, ParameterError):  # at the edge of a space the last digit leads out of it
        noise = np.full(size.shape, np.inf)
    if not (noise <= ACCURACY * size).all():
        raise NotAvailableError(
            f"{family.name} has no bias of maximum likelihood to {ACCURACY:g} here: rounding takes its digits"
        )


def bias(information: np.ndarray, thirds: np.ndarray, products: np.ndarray) -> np.ndarray:
    """Bias `(k,)` by the information `(k, k)` and the sums `(k, k, k)` of E[l_rtu] and E[l_rt l_u], r first.

    Raises
    ------
    NotAvailableError
        Where the information is singular.
    """
    found = biases(information, thirds, products)
    if not np.isfinite(found).all():
        raise NotAvailableError(SINGULAR)
    return found


def biases(information: np.ndarray, thirds: np.ndarray, products: np.ndarray) -> np.ndarray:
    """The same `(..., k)` of a stack of laws, NaN where an information is singular."""
    inverse = stacked_inverse(information)
    return np.einsum("...sr,...rtu,...tu->...s", inverse, thirds / 2 + products, inverse)


def row_cumulants(
    per_row: np.ndarray,
    thirds: np.ndarray,
    products: np.ndarray,
    slopes: Sequence[np.ndarray],
    bends: Sequence[np.ndarray],
) -> np.ndarray:
    """E[l_abc] / 2 + E[l_ab l_c] of each row `(n, p, p, p)`, a first, in its linear predictors.

    Parameters
    ----------
    per_row : (n, p, p)
        Expected information of each row in the natural parameters.
    thirds, products : (n, p, p, p)
        Cumulants of each row in the natural parameters.
    slopes, bends : sequences of p arrays (n,)
        First and second derivatives of the natural parameter in the linear predictor; 1 and 0 where nothing predicts.
    """
    p = per_row.shape[1]
    slope, bend = np.stack(slopes, axis=1), np.stack(bends, axis=1)
    factor = slope[:, :, None, None] * slope[:, None, :, None] * slope[:, None, None, :]
    total = (thirds / 2 + products) * factor
    # By the chain rule, with E[l_a] = 0 and E[l_ab] = -E[l_a l_b].
    for a in range(p):
        for b in range(p):
            curved = bend[:, a] * slope[:, b] * per_row[:, a, b]
            total[:, a, a, b] += curved - curved / 2
            total[:, a, b, a] -= curved / 2
            total[:, b, a, a] -= curved / 2
    return total


def adjustment(
    designs: Sequence[np.ndarray | None], information: np.ndarray, cumulants: np.ndarray, weights: np.ndarray
) -> np.ndarray:
    """Information times bias, `(k,)`, in the coordinates of params of a regression.

    Parameters
    ----------
    designs : sequence of p (n, q) arrays or None
        Of each parameter; None where nothing predicts it.
    information : (k, k)
        Of the sample, in the coordinates of params.
    cumulants : (n, p, p, p)
        Of `row_cumulants`.
    weights : (n,)
        Frequencies of the rows.
    """
    inverse = stacked_inverse(information)
    if not np.isfinite(inverse).all():
        raise NotAvailableError(SINGULAR)
    n, p = cumulants.shape[:2]
    columns = [np.ones((n, 1)) if design is None else design for design in designs]
    ends = np.cumsum([0, *(part.shape[1] for part in columns)])
    places = [slice(a, b) for a, b in itertools.pairwise(ends)]
    # Covariance of the linear predictors of each row.
    spread = np.empty((n, p, p))
    for b in range(p):
        for c in range(p):
            spread[:, b, c] = np.einsum("ni,ij,nj->n", columns[b], inverse[places[b], places[c]], columns[c])
    rows = np.einsum("nabc,nbc->na", cumulants, spread) * weights[:, None]
    return np.concatenate([part.T @ rows[:, at] for at, part in enumerate(columns)])
