"""Vuong's and Clarke's tests of two fits of the same rows, neither of which lies within the other."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from likelihood_kit._numerics import is_whole
from likelihood_kit._numerics.chi_squares import MOST
from likelihood_kit._numerics.memory import check_memory_for
from likelihood_kit.diagnostics.non_nested import (
    CORRECTIONS,
    NonNestedTest,
    VarianceTest,
    clarke,
    higher_and_lower,
    variance_test,
    vuong,
)
from likelihood_kit.diagnostics.restrictions import SAME
from likelihood_kit.errors import ArgumentError, NotAvailableError, shown
from likelihood_kit.likelihood import Likelihood
from likelihood_kit.maximise import maximise
from likelihood_kit.models.bootstrap import HELD, reweighted
from likelihood_kit.models.columns import as_choice, as_level
from likelihood_kit.models.comparable import as_results, described, require_comparable
from likelihood_kit.models.existence import require_regular_here
from likelihood_kit.models.restricted import smaller_within
from likelihood_kit.models.rows import RowLikelihood

#: Samples of the rows behind Clarke's test, and the fewest: a twentieth and a hundredth of one more is a whole number.
REPLICATIONS, FEWEST = 399, 99
#: Seed of these: the same test for the same fits.
SEED = 2007


@dataclass(frozen=True, eq=False)
class Pair:
    """Two fits of the same rows, neither of which lies within the other.

    Attributes
    ----------
    fits : pair of LikelihoodResults
    names : tuple of two str
    differences, frequencies : (m,)
        Log density of the first less that of the other of the rows that count, and how often each does.
    distinguished : VarianceTest
    """

    fits: tuple[Any, Any]
    names: tuple[str, str]
    differences: np.ndarray
    frequencies: np.ndarray
    distinguished: VarianceTest

    @property
    def k(self) -> tuple[int, int]:
        """Parameters of each."""
        return len(self.fits[0].params), len(self.fits[1].params)


def vuong_test(results: Any, other: Any, correction: Any, level: Any) -> NonNestedTest:
    """Vuong's test of results against those of a law that is neither within theirs nor holds it."""
    pair, level = _pair(results, other, "Vuong test", correction, level)
    return vuong(pair.differences, pair.frequencies, pair.k, pair.distinguished, pair.names, correction, level)


def clarke_test(results: Any, other: Any, correction: Any, level: Any, replications: Any, seed: Any) -> NonNestedTest:
    """Clarke's test of the same."""
    if not is_whole(replications) or replications < FEWEST:
        raise ArgumentError(f"replications = {shown(replications)}: give at least {FEWEST} samples of the rows")
    if not is_whole(seed) or seed < 0:
        raise ArgumentError(f"seed = {shown(seed)}: give a whole number of 0 or more")
    check_memory_for("replications", replications, 2 * np.dtype(float).itemsize)
    pair, level = _pair(results, other, "Clarke test", correction, level)
    higher, lower = higher_and_lower(pair.differences, pair.frequencies, pair.k, correction)
    drawn = np.empty(0)
    if pair.distinguished.pvalue <= level:
        drawn = _drawn_shares(pair, correction, int(replications), np.random.default_rng(int(seed)))
        if len(drawn) < FEWEST:
            raise NotAvailableError(
                f"Clarke test: only {len(drawn)} of {replications} samples of the rows have a maximum of both "
                "likelihoods; use vuong_test"
            )
    return clarke(higher, lower, drawn, pair.distinguished, pair.names, correction, level)


def _drawn_shares(pair: Pair, correction: str, replications: int, rng: np.random.Generator) -> np.ndarray:
    """Share of the observations at which the first law has the higher density, in samples of the rows; `(r,)`."""
    first = pair.fits[0].model
    weights = np.ones(len(first.endog)) if first.freq_weights is None else first.freq_weights
    likelihoods, maxima = zip(*(_well_conditioned(results) for results in pair.fits), strict=True)
    at_once = max(1, HELD // len(weights))
    found = []
    for begin in range(0, replications, at_once):
        r = min(at_once, replications - begin)
        frequencies = rng.multinomial(int(weights.sum()), weights / weights.sum(), size=r).astype(float)
        ends = [_ends(*one, frequencies) for one in zip(pair.fits, likelihoods, maxima, strict=True)]
        for counts, *points in zip(frequencies, *ends, strict=True):
            if not all(np.isfinite(point).all() for point in points):
                continue
            one, two = (likelihood.row_values(point) for likelihood, point in zip(likelihoods, points, strict=True))
            drawn = counts > 0
            higher, lower = higher_and_lower((one - two)[drawn], counts[drawn], pair.k, correction)
            found.append(higher / (higher + lower) if higher + lower else 0.5)
    return np.array(found)


def _ends(results: Any, likelihood: Likelihood | RowLikelihood, start: np.ndarray, frequencies: np.ndarray) -> Any:
    """Maxima `(r, k)` by Newton steps from that of all rows, of rows that count so often; NaN where there are none."""
    if isinstance(likelihood, RowLikelihood):
        each = [reweighted(results.model, likelihood, counts).likelihood for counts in frequencies]
        found = [maximise(one, start[None]) for one in each]
        return np.array([one.working[0] if one.converged[0] else np.full(len(start), np.nan) for one in found])
    drawn = replace(likelihood, sample=replace(likelihood.sample, frequencies=frequencies))
    end = maximise(drawn, np.tile(start, (len(frequencies), 1)))
    return np.where(end.converged[:, None], end.working, np.nan)


def _pair(results: Any, other: Any, what: str, correction: Any, level: Any) -> tuple[Pair, float]:
    """Both fits with their variance test, and the level; refuses what they are not."""
    other = as_results(other, "other")
    as_choice(correction, "correction", CORRECTIONS)
    level = as_level(level, "level")
    names = _names(results.model, other.model)
    require_comparable(dict(zip(names, (results, other), strict=True)), what)
    for one in (results, other):
        require_regular_here(one, what, smooth=True)
    if (k := len(results.params) + len(other.params)) > MOST:
        raise NotAvailableError(f"{what}: {k} parameters of both fits; the law of its statistic is known for {MOST}")
    (values, scores, information), (its_values, its_scores, its_information) = _of_rows(results), _of_rows(other)
    weights = results.model.freq_weights
    frequencies = np.ones(len(values)) if weights is None else np.asarray(weights, dtype=float)
    counts = frequencies > 0
    differences, frequencies = (values - its_values)[counts], frequencies[counts]
    _refuse_the_same(differences, values[counts], names, what)
    _refuse_nested(results, other, names, what)
    distinguished = variance_test(
        differences, frequencies, (scores[counts], its_scores[counts]), (information, its_information)
    )
    return Pair((results, other), names, differences, frequencies, distinguished), level


def _names(one: Any, other: Any) -> tuple[str, str]:
    """What the two are called; numbered where they are called the same."""
    first, second = described(one), described(other)
    return (first, second) if first != second else (f"{first} (this fit)", f"{second} (other)")


def _well_conditioned(results: Any) -> tuple[Likelihood | RowLikelihood, np.ndarray]:
    """Likelihood of the rows and its maximum `(k,)` where the designs are well conditioned: the tests know no units."""
    model = results.model
    return model.conditioned.rows, model.conditioned.inner(model.working(np.asarray(results.params)))


def _of_rows(results: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Log densities `(n,)` and scores `(n, k)` of the rows, observed information `(k, k)`, in working coordinates."""
    likelihood, working = _well_conditioned(results)
    if isinstance(likelihood, RowLikelihood):
        _, scores, hessian, _ = likelihood.at(working, natural=False)
        return likelihood.row_values(working), scores, -hessian
    hessian = likelihood.derivatives(working[None])[2][0]
    return likelihood.row_values(working), likelihood.row_scores(working), -hessian


def _refuse_the_same(differences: np.ndarray, values: np.ndarray, names: tuple[str, str], what: str) -> None:
    if np.abs(differences).max() <= SAME * (1 + float(np.abs(values).max())):
        raise NotAvailableError(
            f"{what}: {names[0]} and {names[1]} give each row the same density: they are one law, written twice"
        )


def _refuse_nested(results: Any, other: Any, names: tuple[str, str], what: str) -> None:
    """Refuse two fits of which one lies within the other, at an end of a space too; found from the rows."""
    if len(results.params) == len(other.params):
        return
    mine_is_larger = len(results.params) > len(other.params)
    larger, smaller = (results, other) if mine_is_larger else (other, results)
    large, small = names if mine_is_larger else names[::-1]
    try:
        found = smaller_within(larger, smaller)
    except NotAvailableError:
        return
    if found.at_an_end:
        raise NotAvailableError(
            f"{what}: {small} is {large} at the boundary of its space ({found.at_an_end}), as a law without zero "
            "inflation or overdispersion is one with it: the statistic is not normal there (Wilson 2015, Economics "
            "Letters 127, 51-53); use likelihood_ratio_test of the larger fit, which knows the end"
        )
    raise NotAvailableError(
        f"{what}: {small} lies within {large}, so that the larger one is never further from the truth; use "
        "likelihood_ratio_test of the larger fit"
    )
