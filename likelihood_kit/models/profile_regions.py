"""Two-parameter profile regions of a fit: pairs of values that a likelihood-ratio test does not reject."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from scipy import stats

from likelihood_kit._numerics.in_words import InWords
from likelihood_kit._numerics.printed import percent, significant
from likelihood_kit.diagnostics.intervals import ALPHA, on_links
from likelihood_kit.diagnostics.profile_region import Plane
from likelihood_kit.diagnostics.profile_region import rays as ends_along
from likelihood_kit.errors import ArgumentError, DataError, NotAvailableError, near_names
from likelihood_kit.models.columns import as_level, as_number, as_numbers, short
from likelihood_kit.models.inference import links
from likelihood_kit.models.interests import Asked, Standard, entry
from likelihood_kit.models.profile_likelihood import require_profile, surpassed

#: Rays by default, and how many there may be.
RAYS, FEWEST_RAYS, MOST_RAYS = 72, 4, 10_000


@dataclass(frozen=True, repr=False, eq=False)
class RegionContour(InWords):
    """Boundary of a profile region.

    Attributes
    ----------
    points : DataFrame
        A row for each ray from the estimate, in the order of their angles: both parameters, `deviance` there, and
        `open` where the likelihood stays above its cutoff up to the end of the space, when the point is the furthest
        that was looked at. Not numbers where no end was found.
    level : float
        Nominal coverage of the region.
    cutoff : float
        Of the deviance: a quantile of the chi-squared law with two degrees of freedom.
    """

    points: pd.DataFrame
    level: float
    cutoff: float

    def _words(self) -> str:
        first, second = self.points.columns[:2]
        rays, is_open = len(self.points), int(self.points["open"].sum())
        missing = int(self.points[first].isna().sum())
        ranges = (f"{name} {significant(self.points[name].min())} to {significant(self.points[name].max())}"
                  for name in (first, second))  # fmt: skip
        said = f"region of {first} and {second} ({percent(self.level)}), {rays} rays: {', '.join(ranges)}"
        if is_open:
            said += f"; open along {is_open} of them: the likelihood stays above its cutoff up to the end of the space"
        return f"{said}; no end was found along {missing}" if missing else said


@dataclass(frozen=True)
class ProfileRegion:
    """Profile likelihood of two entries of params of a fit.

    Attributes
    ----------
    results : LikelihoodResults
    names : (str, str)
    standard : Standard
    asked : tuple of two Asked
    """

    results: Any
    names: tuple[str, str]
    standard: Standard
    asked: tuple[Asked, Asked]
    #: The front door adds it: it belongs to a higher layer.
    plot: ClassVar[Callable[..., Any]]

    @property
    def estimate(self) -> np.ndarray:
        """Both at the maximum of the likelihood, `(2,)`."""
        return np.array([float(one.natural(np.array(0.0))) for one in self.asked])

    def deviance(self, values: Any) -> np.ndarray:
        """Twice the fall of the profile log likelihood from its maximum at pairs of values `(..., 2)`; `(...)`.

        Infinite where a value is outside its space, and not a number where no maximum over the others is found.
        """
        given = np.asarray(as_numbers(values, "values", "there is no pair whose deviance is wanted"), dtype=float)
        if given.shape[-1:] != (2,):
            raise DataError(f"values have shape {given.shape}: give pairs of {' and '.join(self.names)}, (..., 2)")
        if np.isnan(given).any():
            raise DataError("values: NaN has no deviance; leave it out")
        with np.errstate(all="ignore"):
            levels = np.stack([one.standard(given[..., i]) for i, one in enumerate(self.asked)], axis=-1).reshape(-1, 2)
        inside = np.isfinite(levels).all(axis=1)
        falls = np.full(len(levels), np.inf)
        seen = self._plane.falls(levels[inside] @ self._uncorrelated.T, spread=True)
        if seen.higher is not None:
            raise surpassed(self.standard, seen.higher)
        falls[inside] = seen.fall
        return 2 * np.maximum(falls, 0.0).reshape(given.shape[:-1])

    def contour(self, alpha: float = ALPHA, rays: int = RAYS) -> RegionContour:
        """Boundary of the pairs that are not rejected: deviance at most a chi-squared quantile, 1 - alpha, df 2.

        Along rays from the estimate, even in angle where the estimates have been made uncorrelated with variance 1,
        each end is found by root finding, and its deviance looked at again. Of a region that a ray leaves and enters
        again it is the first end.

        Parameters
        ----------
        alpha : float
        rays : int

        Raises
        ------
        NotAvailableError
            Where a higher likelihood than that of the fit is met.
        """
        level, directions = as_level(alpha, "alpha"), _directions(rays)
        cutoff = float(stats.chi2.isf(level, 2))
        found = ends_along(self._plane, directions, cutoff / 2)
        if found.higher is not None:
            raise surpassed(self.standard, found.higher)
        values = self._natural(found.distance[:, None] * directions)
        values[~found.found] = np.nan
        table = pd.DataFrame(values, columns=list(self.names))
        table["deviance"], table["open"] = np.where(found.found, 2 * found.fall, np.nan), found.open & found.found
        return RegionContour(table, 1 - level, cutoff)

    def wald(self, alpha: float = ALPHA, rays: int = RAYS) -> np.ndarray:
        """The ellipse of the covariance of the estimates on their link scales, `(rays, 2)`, on the natural ones."""
        cutoff, directions = float(stats.chi2.isf(as_level(alpha, "alpha"), 2)), _directions(rays)
        model = self.results.model
        at = [model.exog_names.index(name) for name in self.names]
        covariance = np.asarray(self.results.cov_params(), dtype=float)[np.ix_(at, at)]
        if not np.isfinite(covariance).all():
            raise NotAvailableError(f"there is no Wald region: {self.results.covariance_note}")
        steps = np.sqrt(cutoff) * directions @ np.linalg.cholesky(covariance).T
        return on_links(self.estimate, steps, [links(self.results)[i] for i in at])

    @property
    def _rows(self) -> np.ndarray:
        """Both interests, in their standard errors, as functions of standard coordinates, `(2, k)`."""
        zero = np.zeros((1, len(self.standard.transform)))
        return np.concatenate([one.interest.at(zero)[1] for one in self.asked])

    @property
    def _uncorrelated(self) -> np.ndarray:
        """From interests in their standard errors to uncorrelated ones, `(2, 2)`."""
        found: np.ndarray = np.linalg.inv(np.linalg.cholesky(self._rows @ self._rows.T))
        return found

    @property
    def _plane(self) -> Plane:
        standard = self.standard
        return Plane(standard.likelihood, self._uncorrelated @ self._rows, standard.highest, standard.alone)

    def _natural(self, levels: np.ndarray) -> np.ndarray:
        """Pairs of values `(m, 2)` of uncorrelated interests `(m, 2)`."""
        own = levels @ np.linalg.inv(self._uncorrelated).T
        return np.stack([one.natural(own[:, i]) for i, one in enumerate(self.asked)], axis=1)

    def __reduce__(self) -> tuple[Any, ...]:
        return region_of, (self.results, *self.names)

    def __repr__(self) -> str:
        return f"<ProfileRegion of {self.names[0]} and {self.names[1]} at {self.estimate}>"


def region_of(results: Any, first: Any, second: Any) -> ProfileRegion:
    """Profile of two entries of params by their names."""
    require_profile(results)
    names = list(results.model.exog_names)
    for argument, name in (("of", first), ("other", second)):
        if not isinstance(name, str) or name not in names:
            known = near_names(name if isinstance(name, str) else "", names)
            raise ArgumentError(f"{argument}={short(name)}: {known}; a region is of two entries of params")
    if first == second:
        raise ArgumentError(f"other={short(second)}: give another parameter than of; profile({first!r}) is of it alone")
    standard = Standard.of(results)
    asked = entry(standard, names.index(first)), entry(standard, names.index(second))
    return ProfileRegion(results, (first, second), standard, asked)


def _directions(count: Any) -> np.ndarray:
    """Unit vectors `(rays, 2)`, even in angle."""
    number = as_number(count, "rays")
    if not FEWEST_RAYS <= number <= MOST_RAYS or number != int(number):
        raise ArgumentError(f"rays = {number:g}: give a whole number from {FEWEST_RAYS} to {MOST_RAYS:,}")
    angles = 2 * np.pi * np.arange(int(number)) / int(number)
    return np.stack([np.cos(angles), np.sin(angles)], axis=1)
