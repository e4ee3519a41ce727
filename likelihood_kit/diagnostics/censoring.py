"""Limits of observation that a right-censored sample leaves unknown."""

from __future__ import annotations

import numpy as np


def drawn_limits(time: np.ndarray, event: np.ndarray, r: int, rng: np.random.Generator) -> np.ndarray:
    """Limits of observation of each row in r samples, `(r, n)`: the censored time, or drawn from those beyond an event.

    From the product-limit estimate of the law of the limits, given that they lie beyond the time of the event; infinite
    where none is known to. What is observed of a row stays what it was where its event comes late.

    Parameters
    ----------
    time : (n,)
    event : (n,)
        1 where the event was seen at this time, 0 where it would have come later.
    r : int
    rng : Generator

    References
    ----------
    Kaplan, E. L. and Meier, P. (1958). Nonparametric estimation from incomplete observations. *Journal of the American
    Statistical Association* 53, 457-481. Hjort, N. L. (1985). Bootstrapping Cox's regression model. Technical report
    NSF-241, Stanford: the conditional bootstrap. Davison, A. C. and Hinkley, D. V. (1997). *Bootstrap Methods and their
    Application*, algorithm 3.1.
    """
    seen = event != 0
    limits, counts = np.unique(time[~seen], return_counts=True)
    ordered, events = np.sort(time), np.sort(time[seen])
    # Of a tie the event comes first: it is no longer at risk of being censored.
    at_limits = np.searchsorted(events, limits, "right") - np.searchsorted(events, limits, "left")
    at_risk = len(time) - np.searchsorted(ordered, limits, "left") - at_limits
    beyond = np.cumprod(1 - counts / at_risk)
    start = np.append(1.0, beyond)[np.searchsorted(limits, time[seen], "left")]
    places = np.searchsorted(-beyond, -rng.random((r, len(start))) * start, "left")
    result = np.tile(time.astype(float), (r, 1))
    result[:, seen] = np.append(limits, np.inf)[places]
    return result
