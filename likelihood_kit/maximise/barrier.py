"""Maxima of likelihoods whose linear predictors have ends, searched for from within.

Where the step of a search leads across an end, halving it ends next to the end, wherever the way met it. A logarithmic
barrier whose weight falls leads along the end to where the log likelihood is highest, or away from it to a maximum
inside: Nocedal and Wright (2006), *Numerical Optimization*, section 19.6.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from likelihood_kit.likelihood import Likelihood
from likelihood_kit.maximise.newton import maximise

#: Weights of the barrier in a row: at the last a predictor is about that far from its end.
WEIGHTS = tuple(10.0**-power for power in range(1, 11))
#: Newton decrement at which the weight falls, over the root of the weight: beyond 1 the last step may cross the end.
ROUGH = 1e-1


@dataclass(frozen=True)
class Fenced:
    """One log likelihood with a barrier at the ends of the linear predictors that have some.

    Attributes
    ----------
    likelihood : Likelihood
        Of one sample.
    weight : float
    """

    likelihood: Likelihood
    weight: float

    def value(self, working: np.ndarray) -> np.ndarray:
        """Log likelihoods `(r,)` with the barrier."""
        total = self.likelihood.value(working)
        for _, distance, _, _ in self._distances(working):
            with np.errstate(all="ignore"):
                total = total + self.weight * np.where(distance > 0, np.log(distance), -np.inf).sum(axis=1)
        return total

    def derivatives(self, working: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The same, with scores `(r, k)` and Hessians `(r, k, k)`."""
        _, score, hessian = self.likelihood.derivatives(working)
        for place, distance, side, columns in self._distances(working):
            with np.errstate(all="ignore"):
                slope = self.weight / distance
            score[:, place] += side * slope @ columns
            hessian[:, place, place] -= columns.T @ ((slope / distance)[:, :, None] * columns)
        return self.value(working), score, hessian

    def take(self, index: np.ndarray) -> Fenced:
        """The likelihood for the places `index` of the batch."""
        return Fenced(self.likelihood.take(index), self.weight)

    def _distances(self, working: np.ndarray) -> list[tuple[slice, np.ndarray, float, np.ndarray]]:
        """Of each end the place of its predictor's entries, distances `(r, n)` from it, its side and the columns."""
        found = []
        for predictor, place in zip(self.likelihood.predictors, self.likelihood.places, strict=True):
            eta = predictor.linear(working[:, place])
            columns = np.ones((1, 1)) if predictor.columns is None else predictor.columns
            for side, end in zip((1.0, -1.0), predictor.link.image, strict=True):
                if np.isfinite(end):
                    found.append((place, side * (eta - end), side, columns))
        return found


def from_within(likelihood: Likelihood, start: np.ndarray) -> np.ndarray:
    """Where the log likelihood of one sample is highest inside the ends or at them, from `(1, k)`; `(1, k)`."""
    point = start
    for weight in WEIGHTS:
        found = maximise(Fenced(likelihood, weight), point, decrement=ROUGH * np.sqrt(weight))
        if not np.isfinite(likelihood.value(found.working)[0]):
            break
        point = found.working
    return point
