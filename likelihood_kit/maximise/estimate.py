"""Maximum likelihood estimates of a family, the same way for a fit and for a study."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from likelihood_kit.calculus import DATUM, InMoreDigits
from likelihood_kit.conditioning import Basis, well_conditioned
from likelihood_kit.families import Family, derived_start
from likelihood_kit.likelihood import Likelihood
from likelihood_kit.links import LARGEST, SMALLEST
from likelihood_kit.maximise.beyond_precision import without_digits
from likelihood_kit.maximise.claimed import held_to
from likelihood_kit.maximise.end_of_space import without_ends
from likelihood_kit.maximise.findings import Findings, Flaw, Grade
from likelihood_kit.maximise.judged import Setting
from likelihood_kit.maximise.kinked import kinked_maximum
from likelihood_kit.maximise.lost_digits import lost_digits
from likelihood_kit.maximise.newton import maximise
from likelihood_kit.maximise.restarts import ROUNDING_UNITS, Starts
from likelihood_kit.maximise.road import Road, road_of
from likelihood_kit.maximise.search import find
from likelihood_kit.maximise.spikes import without_bound
from likelihood_kit.maximise.spread import few_rows, spread_starts
from likelihood_kit.maximise.surroundings import Scales
from likelihood_kit.maximise.theorems import theorem_and_proof
from likelihood_kit.predictor import Predictor, at_the_end_of_the_range

#: Values on which the start values of a batch are found, and rows of each sample at least.
START_ROWS = 4096
FEWEST_START_ROWS = 128
#: From so many rows on, a search begins on one in `THINNING` of them: it ends a few standard errors from the maximum,
#: from where two or three steps on all rows remain.
MANY_ROWS = 20_000
THINNING = 16
#: How far aside a search begins again that ended on a plateau, on the scale of a logarithm: a factor of four.
ASIDE = 1.4
#: Data at least this factor within the kit's range of numbers do not lead to its end.
FAR_FROM_THE_END = 1e15


@dataclass(frozen=True)
class Estimate:
    """Maxima of r likelihoods of a family, and what they rest on.

    Attributes
    ----------
    findings : Findings
    likelihood : Likelihood
        As it was searched: on the rows where statistics lose digits.
    theorem, unbounded : str
    contradicted : str
        What was found that contradicts a theorem of a user's own law, in words; empty for nothing.
    """

    findings: Findings
    likelihood: Likelihood
    theorem: str
    unbounded: str
    contradicted: str = ""


def estimate(family: Family, likelihood: Likelihood, given: Sequence[np.ndarray] = ()) -> Estimate:
    """Maxima of the likelihoods of a family over samples.

    Parameters
    ----------
    family : Family
    likelihood : Likelihood
        Of r samples.
    given : sequence of (r, k) arrays
        Starts from which to search too.
    """
    basis = well_conditioned(likelihood.predictors)
    if basis is None:
        return _estimate(family, likelihood, given)
    inside = replace(likelihood, predictors=basis.predictors)
    found = _estimate(family, inside, [basis.inner(start) for start in given])
    return replace(found, findings=_carried_back(found.findings, basis, likelihood), likelihood=likelihood)


def _carried_back(findings: Findings, basis: Basis, likelihood: Likelihood) -> Findings:
    """The findings in the coordinates of the designs as they were given."""
    around = findings.around
    if around is not None:
        spread, inside = _spreads(likelihood.predictors), _spreads(basis.predictors)
        around = replace(around, rays=basis.outer(around.rays / inside) * spread)
        if around.curves is not None:
            around = replace(around, curves=basis.outer(around.curves / inside) * spread)
    reach = [np.where(basis.changed, np.nan, end) for end in (findings.lowest, findings.highest)]
    return replace(
        findings,
        working=basis.outer(findings.working),
        hessian=basis.hessian(findings.hessian),
        lowest=reach[0],
        highest=reach[1],
        around=around,
    )


def _spreads(predictors: Sequence[Predictor]) -> np.ndarray:
    """How far the linear predictors move per unit of each entry of the working vector, `(k,)`."""
    return np.concatenate([predictor.spread() for predictor in predictors])


def _estimate(family: Family, likelihood: Likelihood, given: Sequence[np.ndarray]) -> Estimate:
    claimed, proved = theorem_and_proof(family, likelihood.predictors, likelihood.held, likelihood.sample)
    theorem = claimed if proved else ""
    unbounded = "" if theorem else declared_unbounded(family, likelihood.predictors)
    start = start_values(family, likelihood)
    start = np.broadcast_to(start, (max(len(start), likelihood.sample.size), start.shape[1])).copy()
    if road_of(family, likelihood) is not Road.SMOOTH:
        return _climbed_estimate(family, likelihood, start, given, unbounded)
    likelihood = likelihood.trusted(start)
    start = _from_few_rows(likelihood, start)
    lost = functools.partial(lost_digits, InMoreDigits(family.formula))
    cut = _cut(family, likelihood) if unbounded else None
    setting = Setting(scales_of(likelihood), theorem, unbounded, lambda: _spread(family, likelihood, start), lost, cut)
    findings = find(likelihood, np.stack([*given, start]), setting)
    if likelihood.statistics is not None and not findings.exists.all():
        failed = np.flatnonzero(~findings.exists)
        rows, few = replace(likelihood.take(failed), on_statistics=False), start[failed]
        again = find(rows, few[None], replace(setting, spread=lambda: _spread(family, rows, few)))
        findings = findings.replaced(failed, again)
    if not findings.exists.all():
        findings = _from_a_derived_start(family, likelihood, setting, findings)
    if not theorem and likelihood.identical and not findings.exists.all():
        findings = _from_elsewhere(likelihood, start, setting, findings)
    findings = without_perfect_fits(family, likelihood, findings)
    findings = without_ends(likelihood, start, setting, findings)
    _name_the_range(likelihood, findings)
    findings = without_digits(likelihood, setting.scales, findings)
    if not theorem and not unbounded and not family.discrete:
        findings, unbounded = _looked_for_spikes(likelihood, findings)
    if proved:
        return Estimate(findings, likelihood, theorem, unbounded)
    return Estimate(findings, likelihood, claimed, unbounded, held_to(claimed, findings, unbounded))


def _climbed_estimate(
    family: Family, likelihood: Likelihood, start: np.ndarray, given: Sequence[np.ndarray], unbounded: str
) -> Estimate:
    """Maxima of likelihoods with kinks, of one sample after the other; local where the first one has no bound."""
    probed = not unbounded and not family.discrete and len(likelihood.sample.columns) == 1
    one = likelihood.take(np.array([0]))
    if probed:
        unbounded = without_bound(one, likelihood.predictors, start[0], one.sample.columns[DATUM][0])
    found = []
    for i in range(len(start)):
        one, own = likelihood.take(np.array([i])), start[i : i + 1]
        base = given[0][i] if given else own[0]
        found.append(kinked_maximum(one, _spread(family, one, own), base, scales_of(one), unbounded))
    findings = without_perfect_fits(family, likelihood, Findings.joined(found))
    if probed and not unbounded:
        findings, unbounded = _looked_for_spikes(likelihood, findings)
    return Estimate(findings, likelihood, "", unbounded)


def scales_of(likelihood: Likelihood) -> Scales:
    """What is known of the entries of the working vector."""
    predictors = likelihood.predictors
    relative = [not predictor.link.has_unit for predictor in predictors for _ in predictor.labels]
    return Scales(_spreads(predictors), np.array(relative), float(np.max(likelihood.sample.count)))


def start_values(family: Family, likelihood: Likelihood) -> np.ndarray:
    """Working vectors `(r, k)` at which every row has the estimate of the iid model, as nearly as a design allows."""
    found = _start_values(family, likelihood, Family.start)
    assert found is not None
    return found


def _start_values(
    family: Family, likelihood: Likelihood, starts: Callable[..., dict[str, np.ndarray] | None]
) -> np.ndarray | None:
    """The same by `starts(family, y, **columns)`; None where that gives none."""
    r = max(np.shape(column)[0] for column in likelihood.sample.columns.values() if np.ndim(column))
    sample = likelihood.sample.representative(max(START_ROWS // r, FEWEST_START_ROWS))
    columns = {name: column for name, column in sample.columns.items() if name not in family.fixed}
    start = starts(family, columns.pop(DATUM), **columns)
    if start is None:
        return None
    parts = []
    for predictor in likelihood.predictors:
        eta = predictor.link.forward(start[predictor.name])[:, None]
        parts.append(eta if predictor.columns is None else _flattest(predictor, eta))
    return np.concatenate(parts, axis=1)


def _flattest(predictor: Predictor, eta: np.ndarray) -> np.ndarray:
    """Coefficients `(r, q)` whose linear predictor is nearest to `eta (r, 1)` on some of the rows."""
    columns: Any = predictor.columns
    chosen: Any = slice(None)
    if len(columns) > START_ROWS:
        chosen = np.random.default_rng(len(columns)).integers(len(columns), size=START_ROWS)
    target = np.broadcast_to(eta, (len(eta), len(columns[chosen])))
    if predictor.offset is not None:
        target = target - np.mean(predictor.offset)
    scale = np.sqrt((columns[chosen] ** 2).sum(axis=0))
    scale = np.where(scale > 0, scale, 1.0)
    return (np.linalg.lstsq(columns[chosen] / scale, target.T, rcond=None)[0] / scale[:, None]).T


def _from_few_rows(likelihood: Likelihood, start: np.ndarray) -> np.ndarray:
    """Start values bettered on some of the rows, where there are many."""
    rows = likelihood.sample.rows
    if rows < MANY_ROWS or likelihood.statistics is not None or len(start) > 1:
        return start
    few = np.sort(np.random.default_rng(rows).choice(rows, size=rows // THINNING, replace=False))
    found = maximise(likelihood.row_subset(few), start, decrement=1.0)
    value = likelihood.value(np.concatenate([found.working, start]))
    return np.where((found.converged & (value[:1] > value[1:]))[:, None], found.working, start)


def _from_a_derived_start(family: Family, likelihood: Likelihood, setting: Setting, findings: Findings) -> Findings:
    """The findings, with those that failed from the start of a user's own law searched again from a derived one."""
    failed = np.flatnonzero(~findings.exists)
    some = likelihood.take(failed)
    start = _start_values(family, some, derived_start)
    if start is None:
        return findings
    start = np.broadcast_to(start, (len(failed), start.shape[1])).copy()
    again = find(some, start[None], replace(setting, spread=lambda: _spread(family, some, start)))
    found = np.flatnonzero(again.exists)
    return findings.replaced(failed[found], again, found) if found.size else findings


def _from_elsewhere(likelihood: Likelihood, start: np.ndarray, setting: Setting, findings: Findings) -> Findings:
    """The findings, with those that ended on a plateau searched again from starts on either side of the first."""
    for j in np.flatnonzero(setting.scales.relative):
        for side in (-1, 1):
            failed = np.flatnonzero(~findings.exists)
            if not failed.size:
                return findings
            moved = start[failed] + side * ASIDE * np.eye(start.shape[1])[j]
            again = find(likelihood.take(failed), moved[None], replace(setting, spread=None))
            found = np.flatnonzero(again.exists & (again.log_likelihood >= findings.log_likelihood[failed]))
            if found.size:
                findings = findings.replaced(failed[found], again, found)
    return findings


def _spread(family: Family, likelihood: Likelihood, start: np.ndarray) -> Starts:
    """Starts spread over the space, of one large sample found, and first searched from, on some of its rows."""
    if family.law.opaque:
        # Integrals for each row at each start would take minutes: it is searched near by, and graded local.
        return replace(Starts.of(np.empty((0, start.shape[1]))), guided=False)
    few = few_rows(likelihood)
    starts = spread_starts(family, few, start)
    return starts if few is likelihood else replace(starts, likelihood=few)


def _name_the_range(likelihood: Likelihood, findings: Findings) -> None:
    """Mark searches that ended where the kit's range of numbers does, since the data lie near or beyond its end."""
    failed = np.flatnonzero(~findings.exists)
    if not failed.size:
        return
    y = np.abs(np.atleast_2d(likelihood.sample.columns[DATUM]))
    for i in failed:
        size = float(np.max(y[i % len(y)]))
        if size == 0 or SMALLEST * FAR_FROM_THE_END < size < LARGEST / FAR_FROM_THE_END:
            continue
        names = at_the_end_of_the_range(likelihood.predictors, findings.working[i])
        if names or not SMALLEST < size < LARGEST:
            findings.flaws[i], findings.grade[i] = Flaw.RANGE, Grade.NONE


def _looked_for_spikes(likelihood: Likelihood, findings: Findings) -> tuple[Findings, str]:
    """The findings, local where the likelihood of the first sample with a maximum has no bound; and where, in words."""
    found = np.flatnonzero(findings.exists)
    if not found.size or len(likelihood.sample.columns) > 1:
        return findings, ""
    one = likelihood.take(found[:1])
    words = without_bound(one, likelihood.predictors, findings.working[found[0]], one.sample.columns[DATUM][0])
    if words:
        findings.grade[found] = Grade.LOCAL
    return findings, words


def declared_unbounded(family: Family, predictors: Sequence[Predictor]) -> str:
    """Where the likelihood has no bound, as the law declares it, in words; empty where it has one."""
    declared = family.law.unbounded
    if family.discrete:
        return ""
    if isinstance(declared, str):
        return declared
    free = {predictor.name for predictor in predictors}
    canonical = family.coordinate_names == tuple(family.law.parameters)
    # In other coordinates any value held fixed may be one that bounds it.
    holds = set(declared.free) <= free if canonical else len(free) == len(family.law.parameters)
    return declared.words if holds else ""


def _cut(family: Family, likelihood: Likelihood) -> int | None:
    """The entry of the parameter whose space is declared to be cut, where nothing predicts it."""
    declared = family.law.unbounded
    for predictor, place in zip(likelihood.predictors, likelihood.places, strict=True):
        if predictor.columns is None and predictor.name == getattr(declared, "cut", None):
            return place.start
    return None


def without_perfect_fits(family: Family, likelihood: Likelihood, findings: Findings) -> Findings:
    """The findings, flawed where a continuous density has shrunk onto the data to rounding."""
    if family.discrete or len(likelihood.sample.columns) > 1:
        return findings
    y = likelihood.sample.columns[DATUM]
    height = findings.log_likelihood / np.ravel(likelihood.sample.weight)
    suspect = np.flatnonzero(((findings.flaws & Flaw.RISING) == 0) & ~(height < _sharpest(max(y.max(), -y.min()))))
    for i in suspect:
        # On the positive numbers rounding is relative to each observation, elsewhere to the largest.
        size = np.abs(y[i % len(y)])
        size = size if family.support.numbers[0] == 0 else size.max()
        rows = likelihood.take(np.array([i])).row_values(findings.working[i])
        if np.mean(rows - _sharpest(size)) >= 0:
            findings.flaws[i] |= Flaw.PERFECT
            findings.grade[i] = Grade.NONE
    return findings


def _sharpest(size: np.ndarray) -> np.ndarray:
    """Log density of a law as narrow as the rounding of observations of this size."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return -np.log(ROUNDING_UNITS * np.finfo(float).eps * size)
