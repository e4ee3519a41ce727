"""Profile likelihood of a fit: intervals of its parameters, and of functions of them, by the likelihood ratio."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from scipy import stats

from likelihood_kit._numerics.in_words import InWords
from likelihood_kit._numerics.printed import percent, significant
from likelihood_kit.diagnostics.intervals import ALPHA
from likelihood_kit.diagnostics.profile import BEYOND, ProfileEnds, profile_ends, profile_falls
from likelihood_kit.errors import ArgumentError, DataError, InformationWarning, MaximumWarning, NotAvailableError
from likelihood_kit.maximise.profiled import FOUND, Linear
from likelihood_kit.models.columns import as_level, as_number, as_numbers
from likelihood_kit.models.existence import require_certified, require_known, require_likelihood, require_regular_here
from likelihood_kit.models.interests import ENDLESS, Asked, Standard, asked_of, entry

#: Refits from a higher point that a profile meets, at most.
RESTARTS = 3
#: Signed root up to which a curve goes, and points of it.
REACH, CURVE_POINTS = 3.0, 61
#: The most of both that may be asked for: a root of 30 is a likelihood of e^-450.
MOST_REACH, MOST_POINTS = 30.0, 10_000


@dataclass(frozen=True, repr=False)
class ProfileInterval(InWords):
    """Interval of a profile likelihood: values that a likelihood-ratio test does not reject.

    Attributes
    ----------
    name : str
    low, high : float
    level : float
        Nominal coverage.
    open_low, open_high : bool
        Whether the profile stays above its cutoff up to the end of the space, which is then the end of the interval.
    beyond : tuple of float
        Values beyond the ends, of those that were looked at, that are not rejected either: round other maxima.
    rejected : tuple of float
        Open ends that belong to their space, and which the likelihood-ratio test rejects, whose law is there half
        chi-squared with df = 1, half 0 (Self and Liang 1987, case 5).
    """

    name: str
    low: float
    high: float
    level: float
    open_low: bool
    open_high: bool
    beyond: tuple[float, ...] = ()
    rejected: tuple[float, ...] = ()

    def _words(self) -> str:
        said = f"{self.name}: {significant(self.low)} to {significant(self.high)} ({percent(self.level)})"
        for is_open, which, end in ((self.open_low, "lower", self.low), (self.open_high, "upper", self.high)):
            if is_open:
                said += f"; open at the {which} end: the likelihood stays above its cutoff up to {significant(end)}"
        for end in self.rejected:
            said += f"; {significant(end)} itself is rejected, by half the p-value of a chi-squared law"
        if self.beyond:
            where = ", ".join(significant(value) for value in self.beyond)
            said += f"; beyond it, where the likelihood has other maxima, values near {where} are not rejected either"
        return said


@dataclass(frozen=True)
class Profile:
    """Profile likelihood of a parameter, or of a function of the parameters, of a fit.

    Attributes
    ----------
    results : LikelihoodResults
        Where the search for an end met a higher likelihood, those of the fit that was begun again from there.
    of : str or callable
        What was asked for.
    standard : Standard
    asked : Asked
    """

    results: Any
    of: Any
    standard: Standard
    asked: Asked
    #: The front door adds it: it belongs to a higher layer.
    plot: ClassVar[Callable[..., Any]]

    @property
    def name(self) -> str:
        """What is profiled."""
        return self.asked.name

    @property
    def estimate(self) -> float:
        """Its value at the maximum of the likelihood."""
        return float(self.asked.natural(np.array(0.0)))

    def conf_int(self, alpha: float = ALPHA) -> np.ndarray:
        """Interval `(2,)` about the estimate in which the deviance is at most a chi-squared quantile, 1 - alpha, df 1.

        An end is infinity, or the end of the space, where the deviance never gets there. Beyond an end the deviance may
        fall again where the likelihood has other maxima. `interval` says both.

        Parameters
        ----------
        alpha : float

        Raises
        ------
        NotAvailableError
            Where an end is not found.
        """
        found = self.interval(alpha)
        return np.array([found.low, found.high])

    def interval(self, alpha: float = ALPHA) -> ProfileInterval:
        """The same with what is to be said of its ends."""
        level = as_level(alpha, "alpha")
        found = _ends(self.standard, [self.asked], level)
        if found.higher is not None:
            raise surpassed(self.standard, found.higher)
        interval = _interval(self.asked, found, 0, level, self.results)
        beyond = _not_rejected(self.standard, self.asked, found, level)
        return replace(interval, beyond=beyond, rejected=self._rejected_ends(interval, level))

    def deviance(self, values: Any) -> np.ndarray:
        """Twice the fall of the profile log likelihood from its maximum at values, of their shape.

        It is infinite where the value is outside its space, and not a number where no maximum over the others is found.

        Parameters
        ----------
        values : array_like
        """
        given = np.asarray(as_numbers(values, "values", "there is no value whose deviance is wanted"), dtype=float)
        if np.isnan(given).any():
            raise DataError("values: NaN has no deviance; leave it out")
        with np.errstate(all="ignore"):
            levels = np.ravel(self.asked.standard(given))
        inside = np.isfinite(levels)
        falls = np.full(levels.shape, np.inf)
        seen = profile_falls(
            self.standard.likelihood, self.asked.interest, self.standard.highest, levels[inside],
            len(self.standard.transform), alone=self.standard.alone and self.asked.linear,
        )  # fmt: skip
        if seen.higher is not None:
            raise surpassed(self.standard, seen.higher)
        falls[inside] = seen.fall
        for i in np.flatnonzero(inside & np.isin(np.ravel(given), self.asked.ends)):
            falls[i] = self._at_the_end(float(levels[i]), float(falls[i]))
        return 2 * np.maximum(falls, 0.0).reshape(given.shape)

    def _rejected_ends(self, interval: ProfileInterval, alpha: float) -> tuple[float, ...]:
        """Open ends that belong to the space and are rejected: half a chi-squared law is there at most alpha."""
        ends = ((interval.low, interval.open_low), (interval.high, interval.open_high))
        with np.errstate(all="ignore"):
            held = [end for end, is_open in ends if is_open and np.isfinite(self.asked.standard(np.array(end)))]
        return tuple(end for end in held if stats.chi2.sf(float(self.deviance(end)), 1) / 2 <= alpha)

    def _at_the_end(self, level: float, fall: float) -> float:
        """The fall at an end of the space, which that next to it is unless it grows without end beyond."""
        likelihood, further = self.standard.likelihood, np.array([2 * level])
        seen = profile_falls(
            likelihood, self.asked.interest, self.standard.highest, further, len(self.standard.transform), alone=True
        )
        return fall if seen.fall[0] - fall < ENDLESS else np.inf

    def signed_root(self, values: Any) -> np.ndarray:
        """Root of the deviance with the sign of value - estimate: nearly a line where the likelihood is nearly normal.

        Bates, D. M. and Watts, D. G. (1988). *Nonlinear Regression Analysis and Its Applications*, section 6.1.2.
        """
        return np.sign(np.asarray(values, dtype=float) - self.estimate) * np.sqrt(self.deviance(values))

    def curve(self, reach: float = REACH, points: int = CURVE_POINTS) -> pd.DataFrame:
        """The profile as a table: value, deviance, signed root, and the root that a Wald interval takes for it.

        Parameters
        ----------
        reach : float
            Signed root up to which it goes to either side; 1.5 times as many standard errors where it does not get
            there.
        points : int
        """
        reach, count = as_number(reach, "reach"), as_number(points, "points")
        if not 0 < reach <= MOST_REACH or not 2 <= count <= MOST_POINTS or count != int(count):
            raise ArgumentError(
                f"reach = {reach:g}, points = {count:g}: give a root above 0 and up to {MOST_REACH:g}, and a whole "
                f"number of points from 2 to {MOST_POINTS:,}"
            )
        ends = _ends(self.standard, [self.asked], float(stats.chi2.sf(reach**2, 1)))
        met = ends.found & ~ends.open
        low, high = np.where(met, ends.interest, 1.5 * reach * np.array([-1.0, 1.0]))
        interests = np.unique(np.append(np.linspace(low, high, int(count)), 0.0))
        values = self.asked.natural(interests)
        order = np.argsort(values)
        roots = self.signed_root(values)
        columns = {"value": values, "deviance": roots**2, "signed_root": roots}
        wald = interests * (-1.0 if self.asked.falls else 1.0)
        return pd.DataFrame({**columns, "wald_root": wald}).iloc[order].reset_index(drop=True)

    def __reduce__(self) -> tuple[Any, ...]:
        return profile_of, (self.results, self.of)

    def __repr__(self) -> str:
        return f"<Profile at {significant(self.estimate)}; {self.interval()}>"


def profile_of(results: Any, of: Any) -> Profile:
    """Profile of an entry of params by name, or of a function of them."""
    require_profile(results)
    for _ in range(RESTARTS):
        standard = Standard.of(results)
        asked = asked_of(standard, of)
        higher = _ends(standard, [asked], ALPHA).higher
        if higher is None:
            return Profile(results, of, standard, asked)
        if standard.lost_digits(higher) > FOUND:
            raise surpassed(standard, higher)
        results = _begun_again(standard, higher)
    raise NotAvailableError(f"no profile of {asked.name}: each fit was surpassed by a point that its profile met")


def intervals(results: Any, alpha: float, *, by_score: bool = False) -> np.ndarray:
    """Profile intervals of all entries of params, `(k, 2)`, in one batch; or those of Rao's score test.

    Not numbers, with a warning that says why, where an end is not found.
    """
    require_profile(results, "score interval" if by_score else "profile likelihood")
    if by_score:
        require_known(results.model)
    standard = Standard.of(results)
    asked = [entry(standard, at) for at in range(len(standard.transform))]
    found = _ends(standard, asked, alpha, standard.variance if by_score else None)
    if found.higher is not None:
        raise surpassed(standard, found.higher)
    table = np.full((len(asked), 2), np.nan)
    for at, one in enumerate(asked):
        try:
            interval = _interval(one, found, at, alpha, results)
        except NotAvailableError as error:
            warnings.warn(str(error), InformationWarning, stacklevel=4)
            continue
        table[at] = interval.low, interval.high
    return table


def require_profile(results: Any, what: str = "profile likelihood") -> None:
    """Refuse what rests on a profile where there is no likelihood, or none whose fall is chi-squared."""
    require_certified(results, what)
    require_likelihood(results.model, what)
    require_regular_here(results, what, smooth=True)
    if results.certificate.kinked:
        raise NotAvailableError(f"there is no {what}: the log likelihood has a kink at the maximum")
    if results.cov_type == "cluster":
        raise NotAvailableError(
            f"{what} is refused under cov_type='cluster': rows of a cluster are not independent, so that the fall of "
            "the log likelihood is not chi-squared; use conf_int()"
        )


def _ends(
    standard: Standard, asked: Sequence[Asked], alpha: float, variance: Callable[..., float] | None = None
) -> ProfileEnds:
    """Lower and upper ends of each interest, one after the other."""
    size = len(standard.transform)
    if len(asked) == 1:
        interest = asked[0].interest.take(np.zeros(2, int))
    else:  # entries of params, which are linear
        slopes = np.concatenate([one.interest.at(np.zeros((1, size)))[1] for one in asked])
        interest = Linear(np.repeat(slopes, 2, axis=0))
    side = np.tile([-1.0, 1.0], len(asked))
    fall = float(stats.chi2.isf(alpha, 1)) / 2
    alone = standard.alone and all(one.linear for one in asked)
    return profile_ends(
        standard.likelihood, interest, standard.highest, side, size, fall, alone=alone, variance=variance
    )


def _interval(asked: Asked, ends: ProfileEnds, at: int, alpha: float, results: Any) -> ProfileInterval:
    """The interval of one interest, on the user's scale."""
    values, is_open = asked.natural(ends.interest[2 * at : 2 * at + 2]), ends.open[2 * at : 2 * at + 2]
    for which, found in zip(("lower", "upper"), ends.found[2 * at : 2 * at + 2], strict=True):
        if not found:
            raise NotAvailableError(
                f"no profile interval of {asked.name}: its {which} end was not found, since the likelihood has no "
                "maximum over the other parameters on the way, or a kink"
            )
    if asked.falls:
        values, is_open = values[::-1], is_open[::-1]
    ends_of_space = np.array(asked.ends)
    values = np.where(is_open & ~np.isnan(ends_of_space), ends_of_space, values)
    return ProfileInterval(
        asked.name, float(values[0]), float(values[1]), 1 - alpha, bool(is_open[0]), bool(is_open[1])
    )


def _not_rejected(standard: Standard, asked: Asked, ends: ProfileEnds, alpha: float) -> tuple[float, ...]:
    """Values beyond the ends of an interval at which the deviance is below its cutoff again."""
    if standard.alone and asked.linear:
        return ()
    shut = ends.interest[ends.found & ~ends.open]
    levels = np.ravel(shut[:, None] * np.array(BEYOND))
    values = asked.natural(levels)
    levels = levels[np.isfinite(values)]
    seen = profile_falls(
        standard.likelihood, asked.interest, standard.highest, levels, len(standard.transform), alone=False
    )
    if seen.higher is not None:
        raise surpassed(standard, seen.higher)
    with np.errstate(invalid="ignore"):
        again = levels[seen.fall < float(stats.chi2.isf(alpha, 1)) / 2]
    return tuple(sorted(float(value) for value in asked.natural(again)))


def surpassed(standard: Standard, higher: np.ndarray) -> NotAvailableError:
    """That the fit is not the maximum, for want of which there is no deviance; with a point from where to begin."""
    at = standard.params(higher).tolist()
    if standard.lost_digits(higher) > FOUND:
        return NotAvailableError(
            f"no profile: near params {at} the formula of the log density loses its digits, and what it gives there is "
            "above the maximum; write it without differences of large terms"
        )
    return NotAvailableError(
        f"no profile: it met a higher likelihood than that of the fit; fit again with start_params={at}"
    )


def _begun_again(standard: Standard, higher: np.ndarray) -> Any:
    """The fit from a higher point that a profile met, with a warning."""
    results = standard.results
    again = results.model.fit(start_params=standard.params(higher), cov_type=results.cov_type)
    warnings.warn(
        f"the profile met a higher likelihood, {again.llf:.6g} for {results.llf:.6g}: the fit was begun again from "
        "there; see the profile's results",
        MaximumWarning,
        stacklevel=4,
    )
    return again
