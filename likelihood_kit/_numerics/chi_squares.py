"""Law of a sum of independent chi-squared variates, each with one degree of freedom and a weight."""

from __future__ import annotations

import numpy as np

#: Weights up to which there are so many points of the contour: more of them, for laws far out, round more.
NODES = {100: 64, 200: 96}
#: Weights whose law is known.
MOST = max(NODES)
#: The contour N (a theta cot(b theta) - c + d i theta) of Trefethen, Weideman and Schmelzer (2006), section 3.
_CONTOUR = (0.5017, 0.6407, 0.6122, 0.2645)
#: Weights smaller than this part of the largest are rounding.
NEGLIGIBLE = 1e-12


def weighted_chi_squares_survival(value: float, weights: np.ndarray) -> float:
    """P(sum of weights times chi-squared variates > value), weights `(m,)` of 0 or more.

    To 1e-11, absolute, for up to 100 weights and 1e-8 for up to `MOST`; NaN for more.

    The Laplace transform of the survival function, {1 - prod (1 + 2 weight s)^-1/2} / s, is inverted along a contour
    around its singularities, which are real and negative.

    References
    ----------
    Imhof, J. P. (1961). Computing the distribution of quadratic forms in normal variables. *Biometrika* 48, 419-426.
    Trefethen, L. N., Weideman, J. A. C. and Schmelzer, T. (2006). Talbot quadratures and rational approximations. *BIT
    Numerical Mathematics* 46, 653-670.

    Examples
    --------
    >>> [round(weighted_chi_squares_survival(x, np.array([0.6, 0.3, 0.1])), 4) for x in (0.1, 0.7, 2.0)]
    [0.9458, 0.5064, 0.124]
    """
    largest = float(np.max(weights, initial=0.0))
    if largest <= 0 or value <= 0:
        return float(value < 0 or (value == 0 and largest > 0))
    scaled, x = weights[weights > NEGLIGIBLE * largest] / largest, value / largest
    nodes = next((points for most, points in NODES.items() if len(scaled) <= most), 0)
    if not nodes:
        return float("nan")
    a, b, c, d = _CONTOUR
    # The lower half mirrors the upper one.
    theta = (2 * np.arange(nodes // 2) + 1) * np.pi / nodes
    cotangent = 1 / np.tan(b * theta)
    z = nodes * (a * theta * cotangent - c + 1j * d * theta)
    slope = nodes * (a * cotangent - a * b * theta * (1 + cotangent**2) + 1j * d)
    s = z / x
    characteristic = np.prod(1 / np.sqrt(1 + 2 * np.multiply.outer(s, scaled)), axis=-1)
    terms = np.exp(z) * (1 - characteristic) / z * slope
    return float(np.clip(2 * terms.imag.sum() / nodes, 0.0, 1.0))
