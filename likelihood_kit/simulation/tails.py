"""Tails of estimates over replications: whether a variance exists, and whether its Monte Carlo error can be trusted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from likelihood_kit.simulation.measures import FEWEST_CARRIERS, carriers, fourth_moment_carriers

#: Values from which a tail index is estimated, a power of their number: the order at which bias and variance balance
#: for a tail of second order 1 (Hall 1982, *JRSS* B 44, 37-42). A tenth of 1,000, where the tail of a normal law falls
#: as the 3rd power and that of a Cauchy law as the first; of fewer than 100 values none tells.
TAIL_POWER = 2 / 3
FEWEST = 100
#: The same where only far tails count: of the sixtieth that is left of 3,000, that of an exponential law falls as the
#: 4th power, that of a t law with 2.5 degrees of freedom as the 2.3rd.
FAR_POWER = 1 / 2
#: Tail index up to which a law has no variance.
WITHOUT_VARIANCE = 2.0
WITHOUT_FOURTH_MOMENT = 4.0


@dataclass(frozen=True)
class Tail:
    """Tail of estimates, pooled over some sizes.

    Attributes
    ----------
    index, upper : float
        Exponent of the survival function of the distance from the median, by the estimator of Hill (1975), *Annals of
        Statistics* 3, 1163-1174, and the upper end of its interval; NaN where too few values tell.
    far : float
        The index from fewer, larger distances.
    squares, fourths : float
        Effective number of replications, the fewest of any size, that carry the variance, and its Monte Carlo error.
    """

    index: float
    upper: float
    far: float
    squares: float
    fourths: float

    @property
    def no_variance(self) -> bool:
        """Whether the tail shows that there is no finite variance."""
        return bool(self.upper < WITHOUT_VARIANCE)

    @property
    def unsettled(self) -> bool:
        """Whether the variance rests on so few replications that its Monte Carlo error says nothing."""
        return self.no_variance or self.squares < FEWEST_CARRIERS

    @property
    def heavy(self) -> bool:
        """Whether the Monte Carlo error of the variance rests on few replications, or on those that are missing.

        A sample of a law without fourth moment is likely to hold none of the values that make up its variance, and to
        claim that it knows it: here the index itself decides, without the benefit of its error.
        """
        return self.unsettled or self.fourths < FEWEST_CARRIERS or self.far < WITHOUT_FOURTH_MOMENT

    def in_words(self) -> str:
        """Why there is no variance to speak of."""
        if self.no_variance:
            return (
                "the estimates have no finite variance, as far as their tails show (tail index "
                f"{self.index:.2g}, below {self.upper:.2g}; a variance needs more than {WITHOUT_VARIANCE:g})"
            )
        return (
            f"the variance rests on the largest errors, those of about {some(self.squares)}, so that no Monte Carlo "
            "error holds: too few replications, or no finite variance"
        )


def some(count: float) -> str:
    """An effective number of replications, in words.

    >>> some(0.6), some(7.3)
    ('1 replication', '7 replications')
    """
    whole = max(round(count), 1)
    return f"{whole} replication{'' if whole == 1 else 's'}"


def tail(samples: Sequence[np.ndarray], critical: float) -> Tail:
    """Tail of finite estimates `(r,)` at one size or more.

    Parameters
    ----------
    samples : sequence of (r,) arrays
    critical : float
        Distance in standard errors that tells.
    """
    index, upper = _index(samples, TAIL_POWER, critical)
    squares = min(carriers((values - np.mean(values)) ** 2) if len(values) else 0.0 for values in samples)
    fourths = min(fourth_moment_carriers(values) if len(values) else 0.0 for values in samples)
    return Tail(index, upper, _index(samples, FAR_POWER, critical)[0], squares, fourths)


def _index(samples: Sequence[np.ndarray], power: float, critical: float) -> tuple[float, float]:
    """Tail index and the upper end of its interval, from a power of the number of values."""
    logs = np.concatenate([_log_excesses(values, power) for values in samples])
    mean = logs.mean() if logs.size else np.nan
    index = 1 / mean if mean > 0 else np.nan
    return float(index), float(index * np.exp(critical / np.sqrt(max(logs.size, 1))))


def _log_excesses(values: np.ndarray, power: float) -> np.ndarray:
    """Logarithms of the largest distances from the median over the next smaller one."""
    if len(values) < FEWEST:
        return np.empty(0)
    count = int(len(values) ** power)
    distances = np.abs(values - np.median(values))
    largest = np.sort(np.partition(distances, len(values) - count - 1)[len(values) - count - 1 :])
    return np.log(largest[1:] / largest[0]) if largest[0] > 0 else np.empty(0)
