"""Wald intervals on the link scale, and the confidence of the kit's intervals where the user asks for no other."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import NormalDist

import numpy as np

from likelihood_kit.links import Link

#: Nominal coverage of intervals in tables, figures and studies.
LEVEL = 0.95
#: What it leaves out, as statsmodels' `alpha`; rounded, since 1 - 0.95 is not 0.05 in binary.
ALPHA = round(1 - LEVEL, 12)
#: Half width of a Wald interval of this level, in standard errors.
HALF_WIDTH = NormalDist().inv_cdf((1 + LEVEL) / 2)


def on_links(values: np.ndarray, steps: np.ndarray, links: Sequence[Link]) -> np.ndarray:
    r"""Points `(..., k)` so many natural units from the values in a metric that is constant on the link scale.

    :math:`h(h^{-1}(\theta) + s / h'(h^{-1}(\theta)))` for a step s: to first order :math:`\theta + s`, and never
    outside the space.

    Parameters
    ----------
    values : (k,) or (..., k)
        Natural scale.
    steps : (..., k)
        The same; not finite where there is no standard error.
    links : sequence of k Link
        Onto the real line; by the identity the points are `values + steps`.
    """
    values, steps = np.broadcast_arrays(values, steps)
    points = np.empty(steps.shape)
    with np.errstate(all="ignore"):
        for j, link in enumerate(links):
            value, step = values[..., j], steps[..., j]
            eta = link.forward(value)
            moved = link.inverse(eta + step / link.slopes(eta, value)[0])
            points[..., j] = np.where(np.isfinite(step), moved, np.nan)
    return points


def wald_intervals(
    values: np.ndarray, standard_errors: np.ndarray, links: Sequence[Link], half_width: float
) -> np.ndarray:
    """Wald intervals `(..., k, 2)` of parameters, symmetric on the link scale: never outside a space.

    Parameters
    ----------
    values, standard_errors : (..., k)
        Natural scale.
    links : sequence of k Link
        As in `on_links`.
    half_width : float
        In standard errors.

    References
    ----------
    Meeker, W. Q. and Escobar, L. A. (1998). *Statistical Methods for Reliability Data*, section 8.4.3: the interval of
    a positive parameter by its logarithm, that of another by the transformation that takes its space onto the line.
    """
    steps = half_width * np.asarray(standard_errors)
    return np.stack([on_links(values, sign * steps, links) for sign in (-1, 1)], axis=-1)
