r"""The function :math:`g(u) = \log(1 + u) / u` on :math:`u > -1`, with :math:`g(0) = 1`, and its derivatives.

A law whose shape :math:`\xi` passes through zero holds :math:`\log(1 + \xi z) / \xi`, which is 0 / 0 there. As
:math:`z\, g(\xi z)` it is smooth, and so are its derivatives in :math:`\xi`, :math:`z^{k+1} g^{(k)}(\xi z)`, since

.. math:: g^{(k)}(u) = (-1)^k k! \int_0^1 \frac{t^k}{(1 + u t)^{k+1}} \, dt

is an integral of one sign. It has the recurrence :math:`u I_k = I_{k-1} - 1 / \{k (1 + u)^k\}`, exact but for a
cancellation that grows towards :math:`u = 0`; there the integral is taken by a Gauss-Legendre rule, which cancels
nothing and is a Padé approximant of g (Baker and Graves-Morris 1996, *Padé Approximants*, 2nd ed., ch. 5).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from likelihood_kit.calculus.own_function import checked_order, traced_call

#: Between these the quadrature is used. In x = 2 t - 1 the integrand has its pole at x = -(2 + u) / u, which is 3 in
#: absolute value at both ends: of all intervals on which the rule is as accurate as at u = 1, this is the longest.
#: Beyond them the recurrence loses two digits of the fourth derivative at worst, at u = 1.
_LOW, _HIGH = -0.5, 1.0
#: The rule of n nodes errs by (3 + sqrt(8))^(-2 n) times a power of n that grows with the order; with 14 that is less
#: than what the recurrence loses at the ends, up to the sixth derivative.
_NODES = 14


def _unit_interval_rule(nodes: int) -> tuple[np.ndarray, np.ndarray]:
    """Nodes and weights of the Gauss-Legendre rule on (0, 1)."""
    x, weights = np.polynomial.legendre.leggauss(nodes)
    return (1 + x) / 2, weights / 2


_RULE = _unit_interval_rule(_NODES)


def log1p_ratio(u: Any, order: int = 0) -> Any:
    """Derivative of an order of `log1p(u) / u`, elementwise; smooth through u = 0.

    Parameters
    ----------
    u : array_like (...)
        Greater than -1; the limit at -1 and at infinity, NaN below -1. In a formula that is traced, a traced value.
    order : int
        Order of the derivative; 0 is the function. Up to 4 the relative error is below 1e-13.

    Returns
    -------
    array (...) of float, or a traced value

    Raises
    ------
    ArgumentError
        Where the order is no whole number from 0.

    Examples
    --------
    >>> log1p_ratio(np.array([0.0, 1e-300, 1.0])).round(6)
    array([1.      , 1.      , 0.693147])
    >>> bool(abs(log1p_ratio(0.0, order=1) + 1 / 2) < 1e-15)
    True
    """
    checked_order("log1p_ratio", order)
    if (traced := traced_call("log1p_ratio", u, order)) is not None:
        return traced
    u = np.asarray(u, dtype=float)
    if order == 0:
        with np.errstate(all="ignore"):
            return _with_limits(u, np.log1p(u) / u)[()]
    near = (u >= _LOW) & (u <= _HIGH)
    integral = np.empty_like(u)
    integral[near] = _by_quadrature(u[near], order)
    integral[~near] = _by_recurrence(u[~near], order)
    return ((-1) ** order * math.factorial(order) * integral)[()]


def scaled_log1p(z: Any, shape: Any) -> Any:
    """Logarithm `log1p(shape * z) / shape`, elementwise; smooth through shape = 0, where it is z.

    In a formula it is better than the equal `z * log1p_ratio(shape * z)`, whose derivatives in z cancel far out:
    1 / (1 + shape z) comes from two terms that are larger by its logarithm, and again with each derivative.

    Parameters
    ----------
    z, shape : array_like (...)
        With shape * z > -1. In a formula that is traced, one or both are traced values.

    Returns
    -------
    array (...) of float, or a traced value

    Examples
    --------
    >>> scaled_log1p(2.0, np.array([-0.25, 0.0, 1e-9, 0.5])).round(6)
    array([2.772589, 2.      , 2.      , 1.386294])
    """
    if (traced := traced_call("scaled_log1p", z, shape)) is not None:
        return traced
    return z * log1p_ratio(np.multiply(shape, z))


def _with_limits(u: np.ndarray, integral: np.ndarray) -> np.ndarray:
    """The integral, with its limits where the closed form is 0 / 0 or the difference of infinities."""
    return np.select([u == 0, u == -1, u == np.inf], [1.0, np.inf, 0.0], integral)


def _by_quadrature(u: np.ndarray, order: int) -> np.ndarray:
    """Integral of t^k / (1 + u t)^(k + 1) over (0, 1), near u = 0."""
    total = np.zeros_like(u)
    for node, weight in zip(*_RULE, strict=True):
        factor = 1 / (1 / node + u)
        term = weight / node * factor
        for _ in range(order):
            term *= factor
        total += term
    return total


def _by_recurrence(u: np.ndarray, order: int) -> np.ndarray:
    """The same integral, away from u = 0."""
    with np.errstate(all="ignore"):
        integral = np.log1p(u) / u
        for k in range(1, order + 1):
            integral = (integral - 1 / (k * (1 + u) ** k)) / u
        return _with_limits(u, integral)
