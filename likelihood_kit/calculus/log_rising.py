r"""The sum :math:`L(y, a) = \sum_{j=1}^{y-1} \log(1 + a j)` for counts y and :math:`a \ge 0`, and its derivatives in a.

It is what a negative binomial law adds to a Poisson law: with :math:`s = 1 / a`,
:math:`\log\Gamma(y + s) - \log\Gamma(s) - y \log s`, whose terms cancel as a falls to 0, where L is 0. Its
derivatives are

.. math:: L^{(k)} = (-1)^{k-1} (k-1)! \sum_{j=1}^{y-1} \Big(\frac{j}{1 + a j}\Big)^k ,

a sum of one sign. Up to a count of `DIRECT` it is added up. The rest of a longer one is its Euler-Maclaurin formula
(DLMF 2.10.1), which is Stirling's series of the two gamma functions (DLMF 5.11.1) without what cancels: the integral
of :math:`\log(1 + a t)` from 0 to x is :math:`x\, h(a x)`, :math:`h(u) = (1 + u) \log(1 + u) / u - 1`.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np
from numpy.polynomial import polynomial

from likelihood_kit.calculus.log1p_ratio import log1p_ratio
from likelihood_kit.calculus.own_function import checked_order, traced_call

#: Count up to which terms are added one by one. From there the series below, in inverse powers of j + 1 / a, needs
#: `BERNOULLI` alone: the first term left out is 3e-19 of the sum.
DIRECT = 16
#: Coefficients B_2m / {2m (2m - 1)} of the odd powers of a / (1 + a j): DLMF 24.2.
BERNOULLI = (1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156)


def log_rising(y: Any, dispersion: Any, order: int = 0) -> Any:
    """Derivative of an order, in the dispersion, of the sum of `log1p(dispersion * j)` over j from 1 to y - 1.

    Parameters
    ----------
    y : array_like (...)
        Counts, 0 or more; NaN where they are not.
    dispersion : array_like (...)
        0 or more. In a formula that is traced, one or both are traced values.
    order : int
        Order of the derivative in the dispersion; 0 is the sum.

    Returns
    -------
    array (...) of float, or a traced value

    Raises
    ------
    ArgumentError
        Where the order is no whole number from 0.

    Examples
    --------
    >>> log_rising(np.array([0, 1, 3]), 0.5).round(6)
    array([0.      , 0.      , 1.098612])
    >>> float(log_rising(4, 0.0, order=1))
    6.0
    """
    checked_order("log_rising", order)
    if (traced := traced_call("log_rising", y, dispersion, order)) is not None:
        return traced
    y, dispersion = np.asarray(y, dtype=float), np.asarray(dispersion, dtype=float)
    with np.errstate(all="ignore"):
        y = np.where(y >= 0, y, np.nan)
        last = math.ceil(min(DIRECT, np.nanmax(y, initial=0.0)))
        total = np.zeros(np.broadcast_shapes(y.shape, dispersion.shape))
        for j in range(1, last):
            total += np.where(j < y, _term(j, dispersion, order), 0.0)
        if last == DIRECT:
            beyond = np.maximum(y, DIRECT)
            total += _integrated(beyond, dispersion, order) - _integrated(DIRECT, dispersion, order)
        return (total + 0 * y)[()]


def _term(x: Any, dispersion: Any, order: int) -> Any:
    """Derivative in the dispersion of log1p(dispersion * x)."""
    if order == 0:
        return np.log1p(dispersion * x)
    return (-1) ** (order - 1) * math.factorial(order - 1) * (x / (1 + dispersion * x)) ** order


def _integrated(x: Any, dispersion: Any, order: int) -> Any:
    """The same of a sum of terms below x but for a constant: their integral, less half the last, and a series."""
    u = dispersion * x
    integral = (1 + u) * log1p_ratio(u, order) + (order * log1p_ratio(u, order - 1) if order else -1.0)
    if order == 0:
        integral = -u * (1 + u) * log1p_ratio(u, 1)  # the same, without its cancellation near u = 0
    return x ** (order + 1) * integral - _term(x, dispersion, order) / 2 + _series(x, dispersion, order)


def _series(x: Any, dispersion: Any, order: int) -> Any:
    """Derivative of the sum of coefficients times odd powers of v = dispersion / (1 + dispersion x).

    By Leibniz' rule for dispersion^p and (1 + dispersion x)^-p.
    """
    w = 1 / (1 + dispersion * x)
    v = dispersion * w
    terms = (
        math.comb(order, i) * (-x) ** (order - i) * polynomial.polyval(v, coefficients)
        for i, coefficients in enumerate(_derived(order))
    )
    return w**order * sum(terms)


@cache
def _derived(order: int) -> list[np.ndarray]:
    """Polynomials in v: the i-th of i derivatives of the powers of the dispersion, and the others of those of w."""
    found = []
    for i in range(order + 1):
        coefficients = np.zeros(2 * len(BERNOULLI))
        for m, coefficient in enumerate(BERNOULLI):
            p = 2 * m + 1
            if p >= i:
                coefficients[p - i] = coefficient * math.perm(p, i) * math.prod(range(p, p + order - i))
        found.append(coefficients)
    return found
