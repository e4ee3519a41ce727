"""Sandwich standard errors over those of the observed information, and what a right model makes of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from likelihood_kit.diagnostics.intervals import HALF_WIDTH, LEVEL

#: Noise of a ratio of standard errors below which it is 1 whatever the data: searches end at 1e-10 standard errors.
IDENTICAL = 1e-6


@dataclass(frozen=True, eq=False)
class ExpectedRatios:
    """What a right model makes of the ratios sandwich/observed of k standard errors.

    The ratio is not centred at 1: among 400 samples of 65 of a generalised extreme value law its mean is 0.84 for the
    shape, with a standard error of 0.09.

    Attributes
    ----------
    noise : (k,)
        Standard error of each ratio.
    lower, upper : (k,)
        Ends of the range that holds `LEVEL` of them.
    distance : (k,)
        Of the logarithm of the sample's own ratio from what is expected of it, in standard errors; 0 where the ratio
        is 1 whatever the data.
    """

    noise: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    distance: np.ndarray

    @property
    def identical(self) -> np.ndarray:
        """Which ratios are 1 whatever the data, `(k,)`."""
        return self.noise < IDENTICAL


def expected_in_samples(own: np.ndarray, drawn: np.ndarray) -> ExpectedRatios:
    """Expected of the sample's ratios `(k,)` by those of samples of the fitted law, `(r, k)`."""
    lower, upper = np.quantile(drawn, ((1 - LEVEL) / 2, (1 + LEVEL) / 2), axis=0)
    return ExpectedRatios(drawn.std(axis=0), lower, upper, distances(np.vstack([own, drawn]))[0])


def expected_in_the_limit(own: np.ndarray, noise: np.ndarray) -> ExpectedRatios:
    """Expected of the sample's ratios `(k,)` in large samples, where their logarithms are normal around 0."""
    with np.errstate(all="ignore"):
        distance = np.where(noise < IDENTICAL, 0.0, np.abs(np.log(own)) / noise)
    return ExpectedRatios(noise, np.exp(-HALF_WIDTH * noise), np.exp(HALF_WIDTH * noise), distance)


def relative_differences(information: np.ndarray, difference: np.ndarray, transform: np.ndarray) -> np.ndarray:
    """Relative differences `(..., k)` of squared sandwich standard errors from observed ones, from `(..., k, k)`."""
    reach = transform @ np.linalg.inv(information)
    moved = ((reach @ difference) * reach).sum(axis=-1)
    return moved / (reach * transform).sum(axis=-1)


def ratios_of(observed: np.ndarray, outer_product: np.ndarray, transform: np.ndarray) -> np.ndarray:
    """Sandwich standard errors over those of the observed information, `(..., k)`."""
    return np.sqrt(np.maximum(1 + relative_differences(observed, outer_product - observed, transform), 0.0))


def distances(ratios: np.ndarray) -> np.ndarray:
    """Distance of the logarithms of ratios `(1 + r, k)` from their mean over the r samples, in standard errors."""
    with np.errstate(all="ignore"):
        logs = np.log(ratios)
        spread = logs[1:].std(axis=0)
        distance = np.abs(logs - logs[1:].mean(axis=0)) / spread
    distance[:, ~(spread >= IDENTICAL)] = 0.0
    return distance
