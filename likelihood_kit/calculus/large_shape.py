r"""Two parts of a gamma log density that keep their digits where the shape is large.

With mean m and shape a the log density is :math:`-\log y - a\, e(y, m) - r(a)`, where
:math:`e = y / m - 1 - \log(y / m)` is half the unit deviance and
:math:`r(a) = \log\Gamma(a) - a \log a + a` is what Stirling's formula leaves. As
:math:`(a - 1) \log y - y / \theta - \log\Gamma(a) - a \log\theta` it is a difference of terms of size a, of which
data with a coefficient of variation of 1e-6 leave four digits.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy import special

from likelihood_kit.calculus.own_function import checked_order, traced_call

#: Shape from which on the series is used: eight of its terms err there by less than rounding, in the second derivative
#: by 5e-16 of it, while the difference of the closed forms has lost a digit and a half.
_LARGE = 16.0
#: Coefficients of 1 / a, 1 / a^3, ... in the series: B_2k / {2k (2k - 1)}, DLMF 5.11.1.
_SERIES = tuple(float(b) / (2 * k * (2 * k - 1)) for k, b in enumerate(special.bernoulli(16)[2::2], start=1))
#: Shape up to which rounding of `y / m - 1 - log(y / m)` is nothing: times the shape it is below 1e-11 in a row.
_PLAIN = 1e4
#: Below this a ratio has lost digits to underflow.
_SMALLEST = float(np.finfo(float).tiny)
#: From this distance of a ratio from 1 on, `z - log1p(z)` loses no more than two digits.
_NEAR = 0.1
#: Terms of log(1 + z) - z = -2 s (z / 2 - s^2 / 3 - s^4 / 5 - ...), s = z / (2 + z), up to that distance: s^2 < 0.003.
_TERMS = 7


def log_excess(y: Any, mean: Any, shape: Any) -> Any:
    """Excess `y / mean - 1 - log(y / mean)`, elementwise, so exact as a factor `shape` needs.

    Parameters
    ----------
    y, mean, shape : array_like (...)
        Positive. In a formula that is traced, some are traced values; the derivative in shape is 0.

    Returns
    -------
    array (...) of float, or a traced value

    Examples
    --------
    >>> log_excess(np.array([2.0, 1.0 + 2**-30]), 1.0, 1e18)
    array([3.06852819e-01, 4.33680869e-19])
    """
    if (traced := traced_call("log_excess", y, mean, shape)) is not None:
        return traced
    ratio = np.divide(y, mean)
    if _largest(shape) > _PLAIN:
        return _near_one(np.asarray(np.subtract(y, mean) / mean))[()]
    if ratio.size and ratio.min() < _SMALLEST:
        return ratio - 1 - (np.log(y) - np.log(mean))
    return ratio - 1 - np.log(ratio)


def _largest(shape: Any) -> float:
    """Largest of some shapes; in most likelihoods there is but one."""
    if isinstance(shape, float):
        return shape
    shape = np.asarray(shape)
    return float(shape.item() if shape.size == 1 else shape.max(initial=0.0))


def _near_one(z: np.ndarray) -> np.ndarray:
    """`z - log1p(z)`, without cancellation: log1p(z) is twice the inverse hyperbolic tangent of z / (2 + z)."""
    s = z / (2 + z)
    square = s * s
    series = np.zeros_like(s)
    for k in range(_TERMS, 0, -1):
        series = square * (1 / (2 * k + 1) + series)
    # z - 2 s = z s
    return np.where(np.abs(z) < _NEAR, s * (z - 2 * series), z - np.log1p(z))


def stirling_remainder(shape: Any, order: int = 0) -> Any:
    """Derivative of an order of `gammaln(shape) - shape * log(shape) + shape`, elementwise.

    Parameters
    ----------
    shape : array_like (...)
        Positive. In a formula that is traced, a traced value.
    order : int
        Order of the derivative; 0 is the function.

    Returns
    -------
    array (...) of float, or a traced value

    Raises
    ------
    ArgumentError
        Where the order is no whole number from 0.

    Examples
    --------
    >>> stirling_remainder(np.array([1.0, 1e12]), order=2)
    array([6.44934067e-01, 5.00000000e-25])
    """
    checked_order("stirling_remainder", order)
    if (traced := traced_call("stirling_remainder", shape, order)) is not None:
        return traced
    if _largest(shape) < _LARGE:
        return _closed(shape, order)
    shape = np.asarray(shape, dtype=float)
    return np.where(shape < _LARGE, _closed(shape, order), _asymptotic(shape, order))[()]


def _closed(shape: Any, order: int) -> Any:
    """The derivative as a difference."""
    if order == 0:
        return special.gammaln(shape) - shape * np.log(shape) + shape
    if order == 1:
        return special.digamma(shape) - np.log(shape)
    sign = (-1) ** order
    # psi^(n)(x) = (-1)^(n+1) n! zeta(n+1, x), DLMF 25.11.12, at n = order - 1
    if order == 2:
        return special.zeta(2.0, shape) - 1 / shape
    gamma = sign * math.factorial(order - 1) * special.zeta(float(order), shape)
    return gamma - sign * math.factorial(order - 2) / np.power(shape, order - 1.0)


def _asymptotic(shape: np.ndarray, order: int) -> np.ndarray:
    """The derivative of Stirling's series, DLMF 5.11.1."""
    inverse = 1 / shape
    square = inverse * inverse
    series = np.zeros_like(shape)
    for k in range(len(_SERIES), 0, -1):
        series = series * square + _SERIES[k - 1] * math.prod(range(2 * k - 1, 2 * k - 1 + order))
    if order == 0:
        return np.log(2 * np.pi * inverse) / 2 + inverse * series
    return (-1) ** order * inverse**order * (math.factorial(order - 1) / 2 + inverse * series)
