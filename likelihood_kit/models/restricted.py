"""A restriction of a fit as a point of its model: a smaller fit that lies within it, or values of some params."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from statsmodels.base.model import LikelihoodModelResults

from likelihood_kit.diagnostics.profile import ACROSS
from likelihood_kit.diagnostics.restrictions import FURTHER, NEAR, SAME, directions, within
from likelihood_kit.errors import ArgumentError, DataError, NotAvailableError, near_names, shown
from likelihood_kit.maximise import maximise
from likelihood_kit.maximise.moved_coordinates import MovedCoordinates
from likelihood_kit.models import at_params
from likelihood_kit.models.columns import as_number
from likelihood_kit.models.existence import require_certified, require_likelihood, require_regular_here
from likelihood_kit.models.interests import AT_END, ENDLESS, Standard
from likelihood_kit.models.rows import RowLikelihood
from likelihood_kit.parameters import Space
from likelihood_kit.predictor import params_from_working

#: Random directions in which a search under a restriction begins too.
MOVES = 4


@dataclass(frozen=True, eq=False)
class Restricted:
    """A restriction of a fit.

    Attributes
    ----------
    params : (k,)
        Of the model of the fit, where the likelihood is highest under the restriction.
    log_likelihood : float
        There.
    df : int
        Parameters that it takes away.
    along : callable
        `along() -> (k, k - df)`: directions of params that it leaves free.
    ends : tuple of str
        Entries of params that are at an end of their space there, or that the rows do not determine there.
    """

    params: np.ndarray
    log_likelihood: float
    df: int
    along: Callable[[], np.ndarray]
    ends: tuple[str, ...] = ()

    @property
    def at_an_end(self) -> str:
        """What is at an end of its space, in words; empty where nothing is."""
        if len(self.ends) > 1:
            return f"{' and '.join(self.ends)} are at ends of their spaces there, or not determined"
        return f"{self.ends[0]} is at an end of its space there" if self.ends else ""


def restricted(larger: Any, other: Any, what: str, *, likelihood: bool = True) -> Restricted:
    """The restriction that a smaller fit of the same rows, or values by name, put on a fit.

    Parameters
    ----------
    larger : LikelihoodResults
    other : LikelihoodResults or dict of str to float
    what : str
        Test that it is for, in messages.
    likelihood : bool
        Whether the test needs a likelihood.

    Raises
    ------
    NotAvailableError
        Where the smaller fit does not lie within the larger model.
    """
    other = other.to_dict() if isinstance(other, pd.Series) else other
    if isinstance(other, Mapping):
        return _held(larger, other)
    smaller = getattr(other, "_results", other)
    if not isinstance(smaller, LikelihoodModelResults) or not hasattr(smaller, "certificate"):
        raise ArgumentError(
            f"other must be results of a restricted fit, or a dict of params such as "
            f"{{{larger.model.exog_names[0]!r}: 1.0}}, not {shown(other)}"
        )
    require_test(smaller, what, likelihood=likelihood)
    _check_rows(larger.model, smaller.model)
    return smaller_within(larger, smaller)


def require_test(results: Any, what: str, *, likelihood: bool = True, certified: bool = True) -> None:
    """Refuse a test of a fit that has no such statistic; of one without a likelihood where it needs one."""
    if certified:
        require_certified(results, what)
    require_regular_here(results, what, smooth=True)
    results.model.require_data()
    if likelihood:
        require_likelihood(results.model, what)
    if likelihood and results.cov_type == "cluster":
        raise NotAvailableError(
            f"{what} is refused under cov_type='cluster': rows of a cluster are not independent, so that its statistic "
            "is not chi-squared; use wald_test"
        )


def checked_values(values: Mapping[Any, Any], names: Sequence[str], spaces: Sequence[Space]) -> dict[str, float]:
    """Values of a restriction as numbers inside the spaces of the params of these names."""
    if not values:
        raise ArgumentError("other is an empty dict: name the params that are restricted, and their values")
    found = {}
    for name, value in values.items():
        if name not in names:
            raise ArgumentError(f"other: {shown(name)} is no entry of params: {near_names(str(name), names)}")
        number, space = as_number(value, f"other: {name}"), spaces[names.index(name)]
        if not space.contains(number):
            at_an_end = "; an end of it is tested by the fit of the smaller law, without the parameter"
            ends = at_an_end if number in space.numbers else ""
            raise ArgumentError(f"other: {name} = {number:g} is not in {space!r}{ends}")
        found[name] = number
    return found


def _held(larger: Any, values: Mapping[Any, Any]) -> Restricted:
    """Some params held at values, the others at their maximum."""
    names = list(larger.model.exog_names)
    params = np.asarray(larger.params, dtype=float).copy()
    for name, value in checked_values(values, names, larger.spaces).items():
        params[names.index(name)] = value
    held = np.array([name in values for name in names])
    standard = Standard.of(larger)
    working, ends = _just_inside(larger.model, params)
    lines, moved = standard.transform[held], (working - standard.estimate)[held]
    origin, free = np.linalg.lstsq(lines, moved, rcond=None)[0], np.linalg.svd(lines)[2][held.sum() :].T

    def along() -> np.ndarray:
        return np.eye(len(names))[:, ~held]

    if held.all():
        value = _at_the_end(larger.model, working, ends, float(standard.likelihood.value(origin[None])[0]))
        return Restricted(params, value, len(names), along, ends)
    plane = MovedCoordinates(standard.likelihood, origin, free)
    found = maximise(plane, _starts(free.shape[1], alone=standard.alone))
    found = found.take([int(np.argmax(np.where(found.converged, found.log_likelihood, -np.inf)))])
    if not found.converged[0]:
        raise NotAvailableError(
            "the likelihood has no maximum under the restriction, or none was found: fit the restricted model, and "
            "give its results as other"
        )
    at = standard.params(origin + free @ found.working[0])
    at[held] = params[held]
    inside = standard.estimate + standard.transform @ (origin + free @ found.working[0])
    value = _at_the_end(larger.model, inside, ends, float(found.log_likelihood[0]))
    return Restricted(at, value, int(held.sum()), along, ends)


def _just_inside(model: Any, params: np.ndarray) -> tuple[np.ndarray, tuple[str, ...]]:
    """Working vector `(k,)` of params, next to the end of a space that holds it; and names of those that are there."""
    working: np.ndarray = model.working(params)
    at = np.isinf(working)
    names = tuple(str(name) for name, there in zip(model.exog_names, at, strict=True) if there)
    return np.where(at, np.copysign(AT_END, working), working), names


def _at_the_end(model: Any, working: np.ndarray, ends: tuple[str, ...], value: float) -> float:
    """The log likelihood at ends of spaces: its value next to them, unless it falls without end beyond."""
    if not ends:
        return value
    beyond = np.where(np.isin(model.exog_names, ends), 2 * working, working)
    further = float(model.summed.value(beyond[None])[0])
    return value if value - further < ENDLESS else -np.inf


def _starts(q: int, *, alone: bool) -> np.ndarray:
    """Starts `(m, q)` of a search under a restriction, in standard errors from where a quadratic has its maximum."""
    if alone:
        return np.zeros((1, q))
    moves = np.random.default_rng(q).standard_normal((MOVES, q))
    moves /= np.sqrt((moves**2).sum(axis=1, keepdims=True))
    return np.concatenate([np.zeros((1, q)), *(side * distance * moves for distance in ACROSS for side in (-1, 1))])


def smaller_within(larger: Any, smaller: Any) -> Restricted:
    """Where a smaller fit of the same rows lies in a larger model, by their log densities; raises if it does not."""
    model, k = larger.model, len(larger.params)
    df = k - len(smaller.params)
    if df < 1:
        raise ArgumentError(
            f"other has {len(smaller.params)} parameters and this fit {k}: it must be a restricted one, with fewer"
        )
    counts = slice(None) if model.freq_weights is None else model.freq_weights > 0
    wanted = smaller.model.likelihood.row_values(smaller.model.working(np.asarray(smaller.params)))[counts]

    def along() -> np.ndarray:
        scores = at_params.row_scores(model.likelihood, found.params)
        return directions(scores, at_params.row_scores(smaller.model.likelihood, np.asarray(smaller.params)))

    size, least = 1 + float(np.abs(wanted).max()), np.inf
    for start in (_by_names(larger, smaller), np.asarray(larger.params, dtype=float)):
        at, left = within(lambda point: _rows(model, point, counts), wanted, model.working(start))
        params = params_from_working(model.predictors, at)
        found = Restricted(params, float(smaller.llf), df, along)
        if left <= NEAR and (ends := _at_ends(model, at, counts)):
            return replace(found, ends=ends)
        if left <= SAME * size:
            return found
        least = min(least, left)
    raise NotAvailableError(
        f"other is no restriction of this fit: no parameters of {model.family or type(model).__name__} give its rows "
        f"the same densities (the logarithms differ by {least:.2g} at least); compare such models by AIC"
    )


def _at_ends(model: Any, working: np.ndarray, counts: Any) -> tuple[str, ...]:
    """Names of entries of params that may go further still and leave the rows as they are."""
    here = _rows(model, working, counts)[0]
    steps = FURTHER / np.concatenate([predictor.spread() for predictor in model.predictors])

    def stay(move: np.ndarray) -> bool:
        there = _rows(model, working + move, counts)[0]
        return bool(np.isfinite(there).all() and np.abs(there - here).max() <= NEAR)

    moves = dict(zip(model.exog_names, np.diag(steps), strict=True))
    return tuple(str(name) for name, move in moves.items() if stay(move) or stay(-move))


def _rows(model: Any, working: np.ndarray, counts: Any) -> tuple[np.ndarray, np.ndarray]:
    """Log densities `(n,)` and scores `(n, k)` of the rows at a working vector, in working coordinates."""
    likelihood = model.likelihood
    if isinstance(likelihood, RowLikelihood):
        scores = likelihood.at(working, natural=False)[1]
    else:
        scores = likelihood.row_scores(working)
    return likelihood.row_values(working)[counts], scores[counts]


def _by_names(larger: Any, smaller: Any) -> np.ndarray:
    """Params of the larger model that have the values of the smaller fit where the names are the same.

    Others are held fixed by the smaller one's family, or are coefficients that it has not.
    """
    known = dict(zip(smaller.model.exog_names, np.asarray(smaller.params, dtype=float), strict=True))
    known |= {} if smaller.model.family is None else dict(smaller.model.family.fixed)
    own = iter(np.asarray(larger.params, dtype=float))
    return np.array(
        [
            known.get(label, default if predictor.columns is None else 0.0)
            for predictor in larger.model.predictors
            for label, default in zip(predictor.labels, own, strict=False)
        ]
    )


def _check_rows(mine: Any, other: Any) -> None:
    """Refuse fits of different rows."""
    same = _same(mine.endog, other.endog) and _same(mine.freq_weights, other.freq_weights)
    if not same or not all(_same(mine.columns.get(name), other.columns.get(name)) for name in mine.columns):
        raise DataError("other was fitted to other observations: both fits must be of the same rows in the same order")


def _same(one: Any, other: Any) -> bool:
    if one is None or other is None:
        return one is other
    return np.array_equal(np.asarray(one), np.asarray(other))
