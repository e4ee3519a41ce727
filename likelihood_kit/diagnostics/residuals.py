"""Quantile residuals: standard normal under the fitted law, whatever it is.

Pure functions on arrays; n observations in m rows, where frequencies say how many observations a row stands for.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from likelihood_kit.diagnostics.intervals import LEVEL

#: Residuals computed at most; of more observations, this many evenly spread over the rows.
MOST_RESIDUALS = 10**6
#: Seed of the draws within the steps of a distribution function: the same residuals for the same fit.
SEED = 1996


def observed_probabilities(
    below: np.ndarray, at: np.ndarray, *, event: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Ends of the interval of the distribution function in which each observation is known to lie, `(m,)` both.

    Parameters
    ----------
    below, at : (m,)
        P(Y < y) and P(Y <= y) of each row's law; the same for a continuous one.
    event : (m,), optional
        1 where y was seen, 0 where all that is known is that Y > y.
    """
    low, high = np.array(below, dtype=float), np.array(at, dtype=float)
    if event is not None:
        low = np.where(event == 0, at, low)
        high = np.where(event == 0, 1.0, high)
    return np.clip(low, 0.0, 1.0), np.clip(high, 0.0, 1.0)


def rows_of_observations(rows: int, frequencies: np.ndarray | None = None, most: int = MOST_RESIDUALS) -> np.ndarray:
    """Row of each observation, `(n,)`; of more than `most` observations that many, evenly spread.

    Parameters
    ----------
    rows : int
    frequencies : (rows,), optional
        Whole numbers. What is made of the rows returned is what is made of rows that are repeated.
    most : int
    """
    ends = np.arange(1, rows + 1) if frequencies is None else np.cumsum(frequencies).astype(np.int64)
    n = int(ends[-1]) if rows else 0
    chosen = np.arange(n) if n <= most else np.floor((np.arange(most) + 0.5) * (n / most)).astype(np.int64)
    return chosen if frequencies is None else np.searchsorted(ends, chosen, side="right")


def quantile_residuals(
    low: np.ndarray,
    high: np.ndarray,
    frequencies: np.ndarray | None = None,
    seed: int = SEED,
    most: int = MOST_RESIDUALS,
) -> np.ndarray:
    """Normal quantiles of the observations' places in their laws, `(n,)`, in the order of the rows.

    Where a row's place is known as an interval only, because its law is discrete or the observation censored, it is
    drawn uniformly from it, for each of the observations of the row.

    Parameters
    ----------
    low, high : (m,)
        Of `observed_probabilities`.
    frequencies : (m,), optional
        Observations of each row.
    seed : int
    most : int
        Residuals computed at most; of more observations, this many evenly spread over the rows.

    References
    ----------
    Dunn, P. K. and Smyth, G. K. (1996). Randomized quantile residuals. *Journal of Computational and Graphical
    Statistics* 5, 236-244, eq. (1) and section 2.2.
    """
    rows = rows_of_observations(len(low), frequencies, most)
    low, high = low[rows], high[rows]
    place = low
    if np.any(high > low):
        place = low + np.random.default_rng(seed).random(len(rows)) * (high - low)
    # An observation so far out that its probability rounds to 0 or 1 is drawn at the edge of what rounding resolves.
    edge = np.finfo(float).eps / 2
    return special.ndtri(np.clip(place, edge, 1 - edge))


@dataclass(frozen=True, eq=False)
class QuantilePlot:
    """Ordered residuals against the quantiles that a standard normal sample would have on average.

    Attributes
    ----------
    theoretical, residuals : (m,)
        Ascending.
    band : (2, m) or None
        Pointwise band of the ordered residuals of the fitted law; None under sampling weights.
    """

    theoretical: np.ndarray
    residuals: np.ndarray
    band: np.ndarray | None


def quantile_plot(
    residuals: np.ndarray, weights: np.ndarray | None = None, level: float = LEVEL, most: int | None = None
) -> QuantilePlot:
    """Coordinates of a normal quantile plot.

    The i-th of n ordered uniforms follows the beta law (i, n + 1 - i), whose quantiles are the band.

    Parameters
    ----------
    residuals : (n,)
    weights : (n,), optional
        Sampling weights: the plotting positions are those of the weighted distribution function.
    level : float
        Pointwise coverage of the band.
    most : int, optional
        Points that are kept, evenly spread in rank with the first and the last; by default all.
    """
    order = np.argsort(residuals, kind="stable")
    n = len(order)
    places = np.unique(np.linspace(0, n - 1, min(n, most or n)).round().astype(int))
    if weights is not None:
        ordered = weights[order]
        positions = (np.cumsum(ordered) - ordered / 2) / ordered.sum()
        return QuantilePlot(special.ndtri(positions[places]), residuals[order[places]], None)
    ranks = places + 1
    tails = ((1 - level) / 2, (1 + level) / 2)
    band = np.stack([special.ndtri(special.betaincinv(ranks, n + 1 - ranks, tail)) for tail in tails])
    return QuantilePlot(special.ndtri((ranks - 0.5) / n), residuals[order[places]], band)
