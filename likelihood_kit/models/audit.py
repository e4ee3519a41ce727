"""Audit of a fitted model: its informations beside each other, and beside those of samples of the fitted law."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from likelihood_kit import diagnostics
from likelihood_kit._numerics import is_number, is_whole
from likelihood_kit._numerics.memory import check_memory_for
from likelihood_kit.calculus import DATUM
from likelihood_kit.diagnostics import InformationMatrixTest
from likelihood_kit.diagnostics.replicates import MOMENT_ROWS, Distance, Replicates, informations, replicates
from likelihood_kit.diagnostics.specification import FEWEST, SpecificationTest, large_sample_test
from likelihood_kit.errors import ArgumentError, NotAvailableError, ParameterError, shown
from likelihood_kit.families import Family
from likelihood_kit.likelihood import Likelihood
from likelihood_kit.models import covariances
from likelihood_kit.models.columns import as_choice
from likelihood_kit.models.distributions import closed_distribution
from likelihood_kit.models.simulated import draws
from likelihood_kit.sample import Sample

#: Seed of the samples of the fitted law, beside the data themselves: the same audit for the same fit, but other samples
#: for other data, so that over many data sets the level is the stated one and not what one set of samples gives.
SEED = 1982
#: Samples by default, the most of these with which no more rows are drawn than `ROWS`, or where derivatives are numeric
#: than `NUMERIC_ROWS`: a second, or a few. A twentieth and a hundredth of one more than each is a whole number, at
#: which a p-value has the level exactly. Of larger samples the chi-squared law is near enough.
REPLICATIONS = (999, 499, 199, 99)
ROWS, NUMERIC_ROWS = 2**20, 2**17
#: Forms of the information-matrix test.
FORMS = ("efficient", "outer_product")


def information_audit(
    results: Any, information: Callable[[str], np.ndarray], level: Any, replications: Any, seed: Any
) -> diagnostics.InformationAudit:
    """Audit of results; `information(kind)` is that at the estimate, `(k, k)`, in the coordinates of params."""
    _check(level, replications, seed)
    _check_memory(replications, len(results.model.labels))
    found = {}
    for kind in ("observed", "expected", "outer_product", "sandwich"):
        try:
            found[kind] = covariances.matrix_of(results, information, kind, {})
        except (NotAvailableError, ParameterError, ArgumentError):  # a known quantity was not given; no family
            if kind != "expected":
                raise
    usable = all(np.isfinite(matrix).all() for kind, matrix in found.items() if kind != "expected")
    try:
        test = _test(results, information, replications, seed) if usable else None
    except diagnostics.SingularInformation as error:
        audit = diagnostics.information_audit(found, None, results.model.labels, float(level))
        return replace(audit, verdict=f"Cannot tell: {error}.")
    return diagnostics.information_audit(found, test, results.model.labels, float(level))


def information_matrix_test(results: Any, form: Any, replications: Any, seed: Any) -> InformationMatrixTest:
    """The audit's comparison of the informations by itself, with samples of the fitted law or its limit."""
    if form == "outer_product":
        raise NotAvailableError(
            "form='outer_product' is not there: with averages over the data in place of expectations the test rejects "
            "right models far too often (Chesher and Spady 1991); use form='efficient'"
        )
    as_choice(form, "form", FORMS)
    check_draws("bootstrap", replications, seed)
    if results.model.family is None:
        raise NotAvailableError("the information-matrix test needs a law to draw from, and so a family")
    return diagnostics.information_matrix_test(_by_the_law(results, replications, seed))


def _check(level: Any, replications: Any, seed: Any) -> None:
    if not is_number(level) or not 0 < level < 1:
        raise ArgumentError(f"level = {shown(level)}: give the part of right models to be accused, such as 0.05")
    check_draws("replications", replications, seed)


def check_draws(argument: str, replications: Any, seed: Any) -> None:
    """Refuse numbers of samples and seeds that are none; None for as many as are taken by default."""
    for name, value in {argument: 0 if replications is None else replications, "seed": seed}.items():
        if not is_whole(value) or value < 0:
            raise ArgumentError(f"{name} = {shown(value)}: give a whole number of 0 or more")
    if replications is not None and 0 < replications < FEWEST:
        raise ArgumentError(f"{argument} = {replications}: give at least {FEWEST}, or 0 for limit laws")


def _check_memory(replications: int | None, k: int) -> None:
    """Refuse more samples than fit into memory: of each two informations `(k, k)` and a maximum, and their copies."""
    if replications is not None:
        check_memory_for("replications", replications, 2 * (2 * k * k + k + 1) * np.dtype(float).itemsize)


def _test(
    results: Any, information: Callable[[str], np.ndarray], replications: int | None, seed: int
) -> SpecificationTest:
    """Comparison with samples of the fitted law, or with the spread of the data where none can be drawn."""
    model = results.model
    if model.family is None:
        return _by_the_data(results, information, "a model with its own loglikeobs has no law to draw from")
    try:
        return _by_the_law(results, replications, seed)
    except diagnostics.SingularInformation:
        raise
    except (NotAvailableError, ParameterError) as error:
        return _by_the_data(results, information, f"nothing was drawn from the law: {error}")


def _by_the_data(results: Any, information: Callable[[str], np.ndarray], reason: str) -> SpecificationTest:
    scores = results.model.summed_scores(results.params)
    frequencies = covariances.frequencies(results.model.summed, len(scores))
    return large_sample_test(information("observed"), information("outer_product"), scores, frequencies, reason)


def _by_the_law(results: Any, replications: int | None, seed: int) -> SpecificationTest:
    model, family = results.model, results.model.family
    n, basis = float(model.observations), model.basis
    whole, working, transform = model.likelihood, model.working(results.params), None
    if basis is not None:
        whole, working = replace(whole, predictors=basis.predictors), basis.inner(working)
        transform = basis.transform
    numeric = results.derivatives == "numeric"
    r = _replications(n, replications, NUMERIC_ROWS if numeric else ROWS)
    most = NUMERIC_ROWS // 8 if numeric else MOMENT_ROWS
    sample = whole.sample
    frequencies = None if sample.frequencies is None else sample.frequencies[0]
    chosen = diagnostics.rows_of_observations(sample.rows, frequencies, int(n) if r else most)
    likelihood = whole.row_subset(chosen)
    likelihood = replace(likelihood, sample=replace(likelihood.sample, frequencies=None))
    known = {name: values[chosen] for name, values in model.known.items()}
    distance = _distance(family, known) if r else None
    observed, outer = _informations(likelihood, working) if len(chosen) == n else _of_all_rows(results, whole, working)
    drawn = _drawn(family, likelihood, working, known, r, seed, distance, most)
    own = None if distance is None else float(distance(likelihood, working[None])[0])
    alone = [p.columns is None for p in likelihood.predictors for _ in p.labels]
    shapes = (working[alone], drawn.maxima[:, alone])
    return diagnostics.specification_test(observed, outer, n, drawn, transform, own, shapes)


def _replications(n: float, asked: int | None, rows: int) -> int:
    """Samples of the fitted law that are drawn."""
    if asked is not None:
        return asked
    return next((r for r in REPLICATIONS if r * n <= rows), 0)


def _informations(likelihood: Likelihood, working: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    observed, outer = informations(likelihood, working[None])
    return observed[0], outer[0]


def _of_all_rows(results: Any, whole: Likelihood, working: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Observed information and outer product of many rows, in the coordinates of the likelihood's predictors."""
    summed = results.model.summed
    if results.model.basis is not None:
        summed = replace(summed, predictors=whole.predictors)
    observed = -summed.derivatives(working[None], natural=True)[2][0]
    return observed, covariances.outer_product(summed, summed.row_scores(working, natural=True))


def _drawn(
    family: Family,
    likelihood: Likelihood,
    working: np.ndarray,
    known: Mapping[str, np.ndarray],
    replications: int,
    seed: int,
    distance: Distance | None,
    most: int,
) -> Replicates:
    """Samples of the law at working, in the place of the rows of a likelihood."""
    draw = draws(family, likelihood, working, known)
    data = zlib.crc32(np.ascontiguousarray(likelihood.sample.columns[DATUM]).tobytes())
    return replicates(likelihood, working, draw, replications, np.random.default_rng([seed, data]), distance, most)


def _distance(family: Family, known: Mapping[str, np.ndarray]) -> Distance | None:
    """Anderson-Darling distance of samples from the laws at their working vectors; None without closed forms."""
    probability = closed_distribution(family, known)
    if probability is None:
        return None

    def distance(likelihood: Likelihood, working: np.ndarray) -> np.ndarray:
        sample: Sample = likelihood.sample
        names = (predictor.name for predictor in likelihood.predictors)
        theta = dict(zip(names, likelihood.natural(working), strict=True))
        y = sample.columns[DATUM]
        at = probability(y, theta)
        return diagnostics.anderson_darling(probability(y - 1, theta) if family.discrete else at, at)

    return distance
