"""Profile likelihood of a fit: intervals of its parameters, and of functions of them, by the likelihood ratio."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from scipy import stats

from likelihood_kit._numerics import stacked_inverse
from likelihood_kit._numerics.printed import percent, shortest
from likelihood_kit.calculus import slopes_of
from likelihood_kit.diagnostics.bounds import check_names, label_of
from likelihood_kit.diagnostics.intervals import ALPHA
from likelihood_kit.diagnostics.profile import ProfileEnds, profile_ends, profile_falls
from likelihood_kit.errors import ArgumentError, InformationWarning, MaximumWarning, NotAvailableError, near_names
from likelihood_kit.maximise.moved_coordinates import MovedCoordinates
from likelihood_kit.maximise.profiled import Curved, Interest, Linear
from likelihood_kit.models.columns import as_level, as_number, as_numbers, short
from likelihood_kit.models.existence import require_certified, require_likelihood, require_regular_here
from likelihood_kit.parameters import Real
from likelihood_kit.predictor import params_from_working, params_jacobian

#: Refits from a higher point that a profile meets, at most.
RESTARTS = 3
#: A step of an interest, in standard errors, that tells whether its value rises.
GLANCE = 0.1
#: Signed root up to which a curve goes, and points of it.
REACH, CURVE_POINTS = 3.0, 61


@dataclass(frozen=True)
class _Standard:
    """The log likelihood of a fit in coordinates in which the estimate is 0 and its observed information the identity.

    Attributes
    ----------
    results : LikelihoodResults
    likelihood : MovedCoordinates
    transform : (k, k)
        Working vector = estimate + transform @ these coordinates.
    highest : float
        Log likelihood at the estimate.
    """

    results: Any
    likelihood: MovedCoordinates
    transform: np.ndarray
    highest: float

    @classmethod
    def of(cls, results: Any) -> _Standard:
        model = results.model
        model.require_data()
        likelihood, basis = model.summed, model.basis
        estimate = model.working(np.asarray(results.params))
        outer = np.eye(len(estimate))
        if basis is not None:
            likelihood, outer = replace(likelihood, predictors=basis.predictors), basis.transform
            estimate = basis.inner(estimate)
        value, _, hessian = likelihood.derivatives(estimate[None])
        covariance = stacked_inverse(-hessian[0])
        if not np.isfinite(covariance).all():
            raise NotAvailableError("there is no profile likelihood: the observed information is singular")
        root = np.linalg.cholesky(covariance)
        return cls(results, MovedCoordinates(likelihood, estimate, root), outer @ root, float(value[0]))

    @property
    def estimate(self) -> np.ndarray:
        """Working vector of the estimate, `(k,)`."""
        found: np.ndarray = self.results.model.working(np.asarray(self.results.params))
        return found

    def params(self, point: np.ndarray) -> np.ndarray:
        """The user's params `(..., k)` at points `(..., k)`."""
        return params_from_working(self.results.model.predictors, self.estimate + point @ self.transform.T)

    @property
    def alone(self) -> bool:
        """Whether a theorem says that there is one maximum."""
        return self.results.certificate.grade == "global"


@dataclass(frozen=True)
class _Asked:
    """What is profiled.

    Attributes
    ----------
    name : str
    interest : Interest
        One, in standard coordinates and in units of its standard error; 0 at the estimate.
    natural, standard : callable
        From such units to the user's scale, and back, elementwise.
    ends : (low, high)
        Of what it may be, on the user's scale; not numbers where nobody knows.
    """

    name: str
    interest: Interest
    natural: Callable[[np.ndarray], np.ndarray]
    standard: Callable[[np.ndarray], np.ndarray]
    ends: tuple[float, float]

    @property
    def falls(self) -> bool:
        """Whether the value falls as the interest grows, as under an inverse link."""
        return bool(self.natural(np.array(GLANCE)) < self.natural(np.array(0.0)))


def _entry(standard: _Standard, at: int) -> _Asked:
    """An entry of params."""
    model = standard.results.model
    predictor = [p for p in model.predictors for _ in p.labels][at]
    row, estimate = standard.transform[at], standard.estimate[at]
    width = float(np.sqrt(row @ row))
    link = predictor.link if predictor.columns is None else Real().link()
    space = predictor.space if predictor.columns is None else Real()
    return _Asked(
        model.exog_names[at],
        Linear(row[None] / width),
        lambda interest: link.inverse(estimate + width * np.asarray(interest)),
        lambda value: (link.forward(np.asarray(value)) - estimate) / width,
        space.numbers,
    )


def _function(standard: _Standard, of: Callable[..., Any]) -> _Asked:
    """A function of the params by their names."""
    results, transform = standard.results, standard.transform
    predictors, names = results.model.predictors, list(results.model.exog_names)
    check_names(of, names)
    start, params = standard.estimate, np.asarray(results.params, dtype=float)
    steps = np.abs(params_jacobian(predictors, start)) * np.sqrt((transform**2).sum(axis=1)) / 4
    slopes = slopes_of(of, dict(zip(names, params, strict=True)), [s.numbers for s in results.spaces], list(steps))

    def at(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        working = start + points @ transform.T
        value, gradient = slopes(params_from_working(predictors, working))
        return value, (gradient * params_jacobian(predictors, working)) @ transform

    value, gradient = at(np.zeros((1, len(params))))
    here, width = float(value[0]), float(np.sqrt(gradient[0] @ gradient[0]))
    if not width > 0:
        raise ArgumentError(f"of: the function does not change with {', '.join(names)} at the estimate")

    def in_widths(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        values, gradients = at(points)
        return (values - here) / width, gradients / width

    return _Asked(
        label_of(of),
        Curved(in_widths),
        lambda interest: here + width * np.asarray(interest),
        lambda value: (np.asarray(value) - here) / width,
        (np.nan, np.nan),
    )


@dataclass(frozen=True)
class ProfileInterval:
    """Interval of a profile likelihood: values that a likelihood-ratio test does not reject.

    Attributes
    ----------
    name : str
    low, high : float
    level : float
        Nominal coverage.
    open_low, open_high : bool
        Whether the profile stays above its cutoff up to the end of the space, which is then the end of the interval.
    """

    name: str
    low: float
    high: float
    level: float
    open_low: bool
    open_high: bool

    def __str__(self) -> str:
        said = f"{self.name}: {shortest(self.low)} to {shortest(self.high)} ({percent(self.level)})"
        for is_open, which, end in ((self.open_low, "lower", self.low), (self.open_high, "upper", self.high)):
            if is_open:
                said += f"; open at the {which} end: the likelihood stays above its cutoff up to {shortest(end)}"
        return said


@dataclass(frozen=True)
class Profile:
    """Profile likelihood of a parameter, or of a function of the parameters, of a fit.

    Attributes
    ----------
    results : LikelihoodResults
        Where the search for an end met a higher likelihood, those of the fit that was begun again from there.
    name : str
    estimate : float
    """

    results: Any
    _standard: _Standard
    _asked: _Asked
    #: The front door adds it: it belongs to a higher layer.
    plot: ClassVar[Callable[..., Any]]

    @property
    def name(self) -> str:
        """What is profiled."""
        return self._asked.name

    @property
    def estimate(self) -> float:
        """Its value at the maximum of the likelihood."""
        return float(self._asked.natural(np.array(0.0)))

    def conf_int(self, alpha: float = ALPHA) -> np.ndarray:
        """Interval `(2,)` of all values at which the deviance is at most the 1 - alpha quantile of chi-squared, df 1.

        An end is infinity, or the end of the space, where the deviance never gets there; `interval` says so.

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
        found = _ends(self._standard, [self._asked], level)
        if found.higher is not None:
            raise NotAvailableError(
                f"no profile interval of {self.name}: the search for its end met a higher likelihood; fit again with "
                f"start_params={self._standard.params(found.higher).tolist()}"
            )
        return _interval(self._asked, found, 0, level, self.results)

    def deviance(self, values: Any) -> np.ndarray:
        """Twice the fall of the profile log likelihood from its maximum at values, of their shape.

        It is infinite where the value is outside its space, and not a number where no maximum over the others is found.

        Parameters
        ----------
        values : array_like
        """
        asked = as_numbers(values, "values")
        given = np.asarray(asked, dtype=float)
        with np.errstate(all="ignore"):
            levels = np.ravel(self._asked.standard(given))
        inside = np.isfinite(levels)
        falls = np.full(levels.shape, np.inf)
        falls[inside] = profile_falls(
            self._standard.likelihood, self._asked.interest, self._standard.highest, levels[inside],
            len(self._standard.transform),
        )  # fmt: skip
        return 2 * np.maximum(falls, 0.0).reshape(given.shape)

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
        if not reach > 0 or count < 2 or count != int(count):
            raise ArgumentError(f"reach = {reach:g}, points = {count:g}: give a positive root and at least two points")
        ends = _ends(self._standard, [self._asked], float(stats.chi2.sf(reach**2, 1)))
        met = ends.found & ~ends.open
        low, high = np.where(met, ends.interest, 1.5 * reach * np.array([-1.0, 1.0]))
        interests = np.unique(np.append(np.linspace(low, high, int(count)), 0.0))
        values = self._asked.natural(interests)
        order = np.argsort(values)
        roots = self.signed_root(values)
        columns = {"value": values, "deviance": roots**2, "signed_root": roots}
        wald = interests * (-1.0 if self._asked.falls else 1.0)
        return pd.DataFrame({**columns, "wald_root": wald}).iloc[order].reset_index(drop=True)

    def __repr__(self) -> str:
        return f"<Profile of {self.name} at {shortest(self.estimate)}>\n{self.interval()}"


def profile_of(results: Any, of: Any) -> Profile:
    """Profile of an entry of params by name, or of a function of them."""
    _require(results)
    for _ in range(RESTARTS):
        standard = _Standard.of(results)
        asked = _asked(standard, of)
        higher = _ends(standard, [asked], ALPHA).higher
        if higher is None:
            return Profile(results, standard, asked)
        results = _begun_again(standard, higher)
    raise NotAvailableError(f"no profile of {asked.name}: each fit was surpassed by a point that its profile met")


def intervals(results: Any, alpha: float) -> np.ndarray:
    """Profile intervals of all entries of params, `(k, 2)`, in one batch.

    Not numbers, with a warning that says why, where an end is not found.
    """
    _require(results)
    standard = _Standard.of(results)
    asked = [_entry(standard, at) for at in range(len(standard.transform))]
    found = _ends(standard, asked, alpha)
    if found.higher is not None:
        raise NotAvailableError(
            "no profile intervals: the search for their ends met a higher likelihood; fit again with "
            f"start_params={standard.params(found.higher).tolist()}"
        )
    table = np.full((len(asked), 2), np.nan)
    for at, one in enumerate(asked):
        try:
            interval = _interval(one, found, at, alpha, results)
        except NotAvailableError as error:
            warnings.warn(str(error), InformationWarning, stacklevel=4)
            continue
        table[at] = interval.low, interval.high
    return table


def _require(results: Any) -> None:
    """Refuse a profile of what has no likelihood, or none whose fall is chi-squared."""
    what = "profile likelihood"
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


def _asked(standard: _Standard, of: Any) -> _Asked:
    names = list(standard.results.model.exog_names)
    if callable(of):
        return _function(standard, of)
    if not isinstance(of, str) or of not in names:
        raise ArgumentError(
            f"of={short(of)}: {near_names(of if isinstance(of, str) else '', names)}; or give a function of them such "
            f"as lambda {names[0]}, **others: 2 * {names[0]}"
        )
    return _entry(standard, names.index(of))


def _ends(standard: _Standard, asked: Sequence[_Asked], alpha: float) -> ProfileEnds:
    """Lower and upper ends of each interest, one after the other."""
    size = len(standard.transform)
    if len(asked) == 1:
        interest = asked[0].interest.take(np.zeros(2, int))
    else:  # entries of params, which are linear
        slopes = np.concatenate([one.interest.at(np.zeros((1, size)))[1] for one in asked])
        interest = Linear(np.repeat(slopes, 2, axis=0))
    side = np.tile([-1.0, 1.0], len(asked))
    fall = float(stats.chi2.ppf(1 - alpha, 1)) / 2
    return profile_ends(standard.likelihood, interest, standard.highest, side, size, fall, alone=standard.alone)


def _interval(asked: _Asked, ends: ProfileEnds, at: int, alpha: float, results: Any) -> ProfileInterval:
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


def _begun_again(standard: _Standard, higher: np.ndarray) -> Any:
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
