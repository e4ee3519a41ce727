r"""Logarithms of the regularised incomplete gamma functions, and their derivatives in shape and argument.

Density `f(x) = x^(a - 1) exp(-x) / Gamma(a)`, `a > 0` (the shape), `x >= 0`, both without a unit. Upper tail
`Q(a, x) = int_x^inf f`, lower tail `P = 1 - Q` (DLMF 8.2.4). With `y = x exp(u)` the tail beyond `x` is

.. math:: x^a e^{-x} \int e^{h(u)} \, du / \Gamma(a), \qquad h(u) = a u - x (e^u - 1),

over `u > 0` for `Q` and over `u < 0` for `P`. Derivatives of the logarithm in `a` are the cumulants of `u` under the
weight `exp(h)`, less those of the whole density, `digamma(a) - log x` and the polygammas [1]_. One rule of
Gauss-Legendre gives the integral and three moments together. It is applied on the side of the mode on which `h` falls
all the way, `u > 0` for `x >= a`; the other tail follows from `P + Q = 1`, so that neither a small tail nor its small
derivatives are differences of large numbers. Below the mode `P` is taken through
`P(a, x) = P(a + 1, x) + x^a exp(-x) / Gamma(a + 1)` (DLMF 8.8.5), which for small `a` leaves an integrand that falls
within a few units of `u`.

Relative to mpmath, for `a` in [0.01, 1e4] and tails between 1e-30 and 1 - 1e-16: 1e-12 for values and derivatives of
first and second order, 1e-10 for those of third order, where none passes through zero.

References
----------
.. [1] Louis (1982), Finding the observed information matrix when using the EM algorithm, JRSS B 44, 226-233,
   eqs. 3.1 and 3.2: here for an observation of which only `Y > x` is known.
.. [2] NIST Digital Library of Mathematical Functions, https://dlmf.nist.gov, chapters 5 and 8.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from scipy import special

#: Depth `-h` at which the integral is cut off: the mass beyond, and its third moment, are below 4e-11 of the whole.
DEPTH = 34.0
#: Nodes of Gauss-Legendre over that depth: four fewer lose two digits, more gain none.
NODES = 28
#: Least `x` at which the upper integral is used: below it the integrand, flat up to `u = log(1 / x)`, outgrows the
#: rule, while `Q = 1 - P` is a difference of no great cancellation, `Q` being about `a log(1 / x)`.
LEAST_UPPER = 0.01
#: Shape from which `gammaln` is Stirling's series, of `STIRLING_TERMS` terms: the first one left out is 1e-16 there.
LEAST_STIRLING = 16.0
STIRLING_TERMS = 5
#: Coefficients `B_2k / (2k (2k - 1))` of `a^(1 - 2k)`, DLMF 5.11.1; `special.bernoulli` gives `B_0, B_1, B_2, ...`.
STIRLING = [
    float(number) / (2 * k * (2 * k - 1))
    for k, number in enumerate(special.bernoulli(2 * STIRLING_TERMS)[2::2], start=1)
]
#: Rows computed together: the nodes of a block, `NODES` by `BLOCK` doubles, stay within a processor's cache.
BLOCK = 2048


class TailDerivatives(NamedTuple):
    """Logarithm of a tail and its derivatives in the shape, each of the broadcast shape of `a` and `x`.

    Attributes
    ----------
    value : array
        `log S`, where `S` is `Q` or `P`.
    first, second, third : array
        Derivatives of `log S` in `a`, of first to third order.
    ratio : array
        `f(x) / S`; the derivative of `log S` in `x` is `-ratio` for `Q` (the hazard), `ratio` for `P`.
    """

    value: np.ndarray
    first: np.ndarray
    second: np.ndarray
    third: np.ndarray
    ratio: np.ndarray


def _traceable(function: Callable) -> Callable:
    """The function, handed to an operand that overrides functions by NEP 18, as NumPy hands over its own."""

    @functools.wraps(function)
    def dispatching(a: Any, x: Any) -> Any:
        for operand in (a, x):
            override = getattr(operand, "__array_function__", None)
            if override is not None and not isinstance(operand, np.ndarray):
                return override(dispatching, (type(operand),), (a, x), {})
        return function(a, x)

    return dispatching


@_traceable
def log_gammaincc(a: Any, x: Any) -> Any:
    """Logarithm of the regularised upper incomplete gamma function, `log Q(a, x)`, finite far beyond 1e-308.

    Parameters
    ----------
    a, x : float or arrays that broadcast together
        Shape, positive, and argument, not negative; NaN elsewhere.

    Returns
    -------
    float or array, of the broadcast shape

    Examples
    --------
    >>> from likelihood_kit.calculus.incomplete_gamma import log_gammaincc
    >>> round(float(log_gammaincc(1.0, 1e6)), 6)  # Q(1, x) = exp(-x)
    -1000000.0
    """
    return log_gammaincc_derivatives(a, x).value


@_traceable
def log_gammainc(a: Any, x: Any) -> Any:
    """Logarithm of the regularised lower incomplete gamma function, `log P(a, x)`; parameters as `log_gammaincc`."""
    return log_gammainc_derivatives(a, x).value


def log_gammaincc_derivatives(a: Any, x: Any) -> TailDerivatives:
    """`log Q(a, x)`, its derivatives in `a` and its hazard, computed together; parameters as `log_gammaincc`."""
    return _tail(a, x, wants_upper=True)


def log_gammainc_derivatives(a: Any, x: Any) -> TailDerivatives:
    """`log P(a, x)`, its derivatives in `a` and `f / P`, computed together; parameters as `log_gammaincc`."""
    return _tail(a, x, wants_upper=False)


def _tail(a: Any, x: Any, *, wants_upper: bool) -> TailDerivatives:
    a, x = np.asarray(a, dtype=float), np.asarray(x, dtype=float)
    shape = np.broadcast_shapes(a.shape, x.shape)
    with np.errstate(all="ignore"):
        a, x = np.where(a > 0, a, np.nan), np.where(x >= 0, x, np.nan)
        of_shape = _functions_of_shape(a)
        if a.size == 1:
            of_shape = of_shape.reshape(-1, 1)
        else:
            aligned = of_shape.reshape(len(of_shape), *(1,) * (len(shape) - a.ndim), *a.shape)
            of_shape = np.broadcast_to(aligned, (len(of_shape), *shape)).reshape(len(of_shape), -1)
        x = np.broadcast_to(x, shape).reshape(-1)
        table = np.empty((len(TailDerivatives._fields), x.size))
        for start in range(0, x.size, BLOCK):
            rows = slice(start, start + BLOCK)
            table[:, rows] = _block(of_shape if a.size == 1 else of_shape[:, rows], x[rows], wants_upper)
    return TailDerivatives(*table.reshape(len(table), *shape))


def _functions_of_shape(a: np.ndarray) -> np.ndarray:
    """What depends on the shape alone, `(6, *a.shape)`.

    That is `a`, `log a`, `a log a - a - log Gamma(a + 1)`, and with `psi` the digamma function `psi(a + 1) - log a`,
    `psi'(a + 1)` and `psi''(a + 1)`.
    """
    log_a = np.log(a)
    inverse = 1 / np.maximum(a, LEAST_STIRLING)
    series = inverse * functools.reduce(lambda total, c: total * inverse**2 + c, reversed(STIRLING))
    scale = np.where(
        a < LEAST_STIRLING, a * log_a - a - special.gammaln(a + 1), -(math.log(2 * math.pi) + log_a) / 2 - series
    )
    # psi^(n)(x) = (-1)^(n+1) n! zeta(n+1, x), DLMF 25.11.12.
    return np.stack(
        [a, log_a, scale, special.digamma(a + 1) - log_a, special.zeta(2.0, a + 1), -2 * special.zeta(3.0, a + 1)]
    )


def _block(of_shape: np.ndarray, x: np.ndarray, wants_upper: bool) -> np.ndarray:
    """Table of the wanted tail, `(5, n)`, for functions of the shape `(6, n)` or `(6, 1)` and `x` of shape `(n,)`."""
    a, log_a, scale, digamma, trigamma, tetragamma = of_shape
    upper = x >= np.maximum(a, LEAST_UPPER)
    integral, moments = _moments(np.where(upper, a, a + 1), x, np.where(upper, _reach_up(a, x), -_reach_down(a, x)))
    # Of the normalised tail below the mode, `1 + x integral`, the shape moves the second term alone.
    total = np.where(upper, integral, 1 + x * integral)
    mean, square, cube = moments * np.where(upper, 1.0, x * integral / total)
    # By log1p near the mode, where the roundings of log x and log a would stay in place of their difference.
    distance = x - a
    log_x_a = np.where(np.abs(distance) < a / 2, np.log1p(distance / a), np.log(x) - log_a)
    step = np.where(upper, 1 / a, 0.0)  # what takes the polygammas from a + 1 to a, DLMF 5.15.5
    own = np.stack(
        [
            a * log_x_a - distance + scale + np.log(total) + np.where(upper, log_a, 0.0),
            log_x_a - digamma + step + mean,
            square - mean**2 - trigamma - step**2,
            cube - mean * (3 * square - 2 * mean**2) - tetragamma + 2 * step * step**2,
            np.where(upper, 1.0, a) / (x * total),
        ]
    )
    other = upper != wants_upper
    if np.any(other):
        own[:, other] = _complement(own[:, other])
    ends = (x == 0) | (x == np.inf)
    if np.any(ends):
        here = np.broadcast_to(of_shape, (len(of_shape), x.size))[:, ends]
        own[:, ends] = _at_the_ends(here, x[ends], wants_upper)
    return own


def _reach_up(a: np.ndarray, x: np.ndarray) -> np.ndarray:
    """`u > 0` at or little beyond `h(u) = -DEPTH`, for `x >= a`.

    Since `exp(u) - 1 - u >= u^2 / 2`, the root of a quadratic lies beyond; the step to
    `exp(u) = 1 + (DEPTH + a u) / x` leads from there to a point that is closer and still beyond.
    """
    slope = x - a
    beyond = 2 * DEPTH / (slope + np.sqrt(slope**2 + 2 * x * DEPTH))
    return np.log1p((DEPTH + a * beyond) / x)


def _reach_down(a: np.ndarray, x: np.ndarray) -> np.ndarray:
    """`-u > 0` at or little beyond `h(u) = -DEPTH`, for `x < a + 1` and `h` with `a + 1` in place of `a`.

    As in `_reach_up`, with `exp(-v) - 1 + v >= v^2 / (2 + v)`, `v = -u`.
    """
    half = DEPTH / 2 - (a + 1 - x)
    beyond = (half + np.sqrt(half**2 + 2 * DEPTH * (a + 1))) / (a + 1)
    return (DEPTH - x * np.expm1(-beyond)) / (a + 1)


@functools.cache
def _rule() -> tuple[np.ndarray, np.ndarray]:
    """Nodes on (0, 1), `(NODES,)`, and the weights of the moments of order 0 to 3, `(4, NODES)`."""
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    nodes, weights = (nodes + 1) / 2, weights / 2
    return nodes, weights * nodes ** np.arange(4)[:, None]


def _moments(rate: np.ndarray, x: np.ndarray, reach: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Integral of `exp(rate u - x (exp(u) - 1))` between 0 and the signed `reach`, and moments of u under it.

    Shapes `(n,)` and `(3, n)`, the moments being those of order 1 to 3.
    """
    nodes, weights = _rule()
    u = np.multiply.outer(nodes, reach)
    heights = np.expm1(u)
    heights *= -x
    u *= rate
    heights += u
    np.exp(heights, out=heights)
    sums = weights @ heights
    sums[1:] *= reach / sums[0]
    sums[2:] *= reach
    sums[3:] *= reach
    return np.abs(reach) * sums[0], sums[1:]


def _complement(table: np.ndarray) -> np.ndarray:
    """Table of one tail from that of the other, `(5, n)`: derivatives of `log(1 - S)`, with `odds = S / (1 - S)`."""
    value, first, second, third, ratio = table
    other = np.where(value > -math.log(2), np.log(-np.expm1(value)), np.log1p(-np.exp(value)))
    odds = np.exp(value - other)
    return np.stack(
        [
            other,
            -odds * first,
            -odds * (second + (1 + odds) * first**2),
            -odds * (third + (1 + odds) * first * (3 * second + (1 + 2 * odds) * first**2)),
            odds * ratio,
        ]
    )


def _at_the_ends(of_shape: np.ndarray, x: np.ndarray, upper: bool) -> np.ndarray:
    """Table in the limits `x = 0` and `x = inf`, `(5, n)`: in one of them the tail is empty, in the other whole."""
    a, trigamma, tetragamma = of_shape[[0, 4, 5]]
    step = 1 / a if upper else np.zeros_like(a)
    empty = (
        -np.inf,
        np.inf if upper else -np.inf,
        -trigamma - step**2,
        2 * step * step**2 - tetragamma,
        1.0 if upper else np.inf,
    )
    whole = (0.0, 0.0, 0.0, 0.0, np.exp(special.xlogy(a - 1, 0.0)) if upper else 0.0)
    is_whole = (x == 0) == upper
    return np.stack([np.where(is_whole, there, here) for there, here in zip(whole, empty, strict=True)])
