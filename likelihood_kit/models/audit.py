"""Audit of a fitted model: its informations beside each other, and beside those of samples of the fitted law."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from likelihood_kit import diagnostics
from likelihood_kit._numerics import is_number, is_whole
from likelihood_kit._numerics.memory import check_memory_for
from likelihood_kit._numerics.printed import percent
from likelihood_kit.calculus import DATUM
from likelihood_kit.diagnostics import InformationMatrixTest
from likelihood_kit.diagnostics.outer_product_form import STATISTIC, outer_product_form, outer_product_test
from likelihood_kit.diagnostics.replicates import MOMENT_ROWS, Distances, Replicates, informations, replicates
from likelihood_kit.diagnostics.specification import DISTANCE, FEWEST, SKEWNESS, SpecificationTest, large_sample_test
from likelihood_kit.errors import ArgumentError, NotAvailableError, ParameterError, shown
from likelihood_kit.families import Family
from likelihood_kit.families.informations import source as source_of
from likelihood_kit.likelihood import Likelihood
from likelihood_kit.models import covariances, leverages
from likelihood_kit.models.columns import as_choice
from likelihood_kit.models.distributions import closed_distribution
from likelihood_kit.models.expected_by_draws import expected_by_draws
from likelihood_kit.models.simulated import data_number, draws
from likelihood_kit.sample import Sample

#: Seed of the samples of the fitted law, beside the data themselves: the same audit for the same fit, but other samples
#: for other data, so that over many data sets the level is the stated one and not what one set of samples gives.
SEED = 1982
#: Samples by default, the most of these with which no more rows are drawn than `ROWS`, or where derivatives are numeric
#: than `NUMERIC_ROWS`: a second, or a few. A twentieth and a hundredth of one more than each is a whole number, at
#: which a p-value has the level exactly. Of larger samples the chi-squared law is near enough.
REPLICATIONS = (999, 499, 199, 99)
ROWS, NUMERIC_ROWS = 2**20, 2**17
#: Distances of a sample from its law, beside the comparisons of informations.
DISTANCES = {
    DISTANCE: diagnostics.anderson_darling,
    SKEWNESS: diagnostics.skewness,
}
#: Kinds of standard errors; those by clusters where a fit has them.
KINDS = ("observed", "expected", "outer_product", "sandwich", "cluster")
#: Forms of the information-matrix test.
FORMS = ("efficient", "outer_product")


def information_audit(
    results: Any, information: Callable[[str], np.ndarray], level: Any, replications: Any, seed: Any
) -> diagnostics.InformationAudit:
    """Audit of results; `information(kind)` is that at the estimate, `(k, k)`, in the coordinates of params."""
    _check(level, replications, seed)
    _check_memory("replications", replications, len(results.model.labels))
    found, source = {}, ""
    here = results.model.conditioned
    for kind in KINDS[: 5 if results.cov_type == "cluster" else 4]:
        if kind == "expected":
            matrix, source = _expected(results, information, int(seed))
            if matrix is not None:
                found[kind] = matrix
        else:
            found[kind] = covariances.matrix_here(results, information, kind, results.cov_kwds)
    labels = results.model.labels
    has_family = results.model.family is not None
    counted = leverages.coefficients(results.model.predictors)  # as HC1 has them
    notes = diagnostics.convention_notes(list(found), float(results.nobs), counted, source, has_family)
    usable = all(np.isfinite(matrix).all() for kind, matrix in found.items() if kind != "expected")
    try:
        test = _test(results, replications, seed) if usable and "cluster" not in found else None
    except diagnostics.SingularInformation as error:
        audit = diagnostics.information_audit(found, None, labels, float(level), notes, here.transform)
        return replace(audit, verdict=f"Cannot tell: {error}.")
    return diagnostics.information_audit(found, test, labels, float(level), notes, here.transform)


def _expected(results: Any, information: Callable[[str], np.ndarray], seed: int) -> tuple[np.ndarray | None, str]:
    """Covariance by the expected information, well conditioned, and its source; None, and why there is none."""
    family = results.model.family
    try:
        matrix = covariances.matrix_here(results, information, "expected", {})
        return matrix, source_of(family)
    except NotAvailableError as error:
        why = str(error)
    except (ParameterError, ArgumentError) as error:  # a known quantity was not given; no family
        return None, str(error)
    try:
        covariance, errors = expected_by_draws(results, seed)
    except (NotAvailableError, ParameterError):
        return None, why
    return covariance, f"Monte Carlo, with a standard error of {percent(float(np.max(errors)), 1)} at most"


def information_matrix_test(results: Any, form: Any, replications: Any, seed: Any) -> InformationMatrixTest:
    """The audit's comparison of the informations by itself, with samples of the fitted law or its limit."""
    as_choice(form, "form", FORMS)
    check_draws("bootstrap", replications, seed)
    _check_memory("bootstrap", replications, len(results.model.labels))
    if results.model.family is None:
        raise NotAvailableError("the information-matrix test needs a law to draw from, and so a family")
    if form == "outer_product":
        return _outer_product_form(results, replications, seed)
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


def _check_memory(argument: str, replications: int | None, k: int) -> None:
    """Refuse more samples than fit into memory: of each two informations `(k, k)` and a maximum, and their copies."""
    if replications is not None:
        check_memory_for(argument, replications, 2 * (2 * k * k + k + 1) * np.dtype(float).itemsize)


def _test(results: Any, replications: int | None, seed: int) -> SpecificationTest:
    """Comparison with samples of the fitted law, or with the spread of the data where none can be drawn."""
    model = results.model
    if model.family is None:
        return _by_the_data(results, "a model with its own loglikeobs has no law to draw from")
    try:
        return _by_the_law(results, replications, seed)
    except diagnostics.SingularInformation:
        raise
    except (NotAvailableError, ParameterError) as error:
        return _by_the_data(results, f"nothing was drawn from the law: {error}")


def _by_the_data(results: Any, reason: str) -> SpecificationTest:
    here, params = results.model.conditioned, np.asarray(results.params)
    observed, outer = (covariances.information_here(here, params, kind) for kind in ("observed", "outer_product"))
    scores = here.row_scores(params)
    frequencies = covariances.frequencies(here.rows, len(scores))
    return large_sample_test(observed, outer, scores, frequencies, reason, here.transform)


def _by_the_law(results: Any, replications: int | None, seed: int) -> SpecificationTest:
    audited = _Audited.of(results, replications)
    distances = _distances(results.model.family, audited.known) if audited.replications else None
    likelihood, working = audited.likelihood, audited.working
    if likelihood.sample.rows == audited.n:
        observed, outer = _informations(likelihood, working)
    else:
        observed, outer = _of_all_rows(results, working)
    drawn = audited.drawn(results.model.family, seed, distances)
    of_data = {} if distances is None else distances(likelihood, working[None])
    own = {name: float(values[0]) for name, values in of_data.items()}
    shapes = audited.shapes(drawn)
    return diagnostics.specification_test(observed, outer, audited.n, drawn, audited.transform, own, shapes)


def _outer_product_form(results: Any, replications: int | None, seed: int) -> InformationMatrixTest:
    """The test in its outer-product form."""
    audited = _Audited.of(results, replications)
    observed, _ = _of_all_rows(results, audited.working)
    covariance = diagnostics.covariance(observed)
    if not np.isfinite(covariance).all():
        raise NotAvailableError("there is no information-matrix test: the observed information is singular")
    root, directions = np.linalg.cholesky(covariance), audited.transform @ covariance
    statistic, df = outer_product_form(audited.whole, audited.working[None], root, directions)

    def statistics(likelihood: Likelihood, working: np.ndarray) -> dict[str, np.ndarray]:
        return {STATISTIC: outer_product_form(likelihood, working, root, directions)[0]}

    drawn = audited.drawn(results.model.family, seed, statistics)
    return outer_product_test(float(statistic[0]), int(df[0]), drawn, audited.shapes(drawn))


@dataclass(frozen=True, eq=False)
class _Audited:
    """A model's likelihood at its maximum, and that of the observations in whose place samples are drawn.

    Attributes
    ----------
    whole : Likelihood
        Of the rows, in well-conditioned coordinates.
    likelihood : Likelihood
        One row for each observation, or where nothing is drawn for some of them.
    known : dict of str to array
        Of these rows.
    working : (k,)
    transform : (k, k)
        params = transform @ the vector in whose coordinates the matrices are.
    n : float
        Observations.
    replications : int
        Samples of the fitted law.
    most : int
        Rows whose scores and Hessians are kept.
    """

    whole: Likelihood
    likelihood: Likelihood
    known: Mapping[str, np.ndarray]
    working: np.ndarray
    transform: np.ndarray
    n: float
    replications: int
    most: int

    @classmethod
    def of(cls, results: Any, replications: int | None) -> _Audited:
        """That of results."""
        model = results.model
        here, n = model.conditioned, float(model.observations)
        whole, working = here.rows, here.inner(model.working(results.params))
        numeric = results.derivatives == "numeric"
        r = int(_replications(n, replications, NUMERIC_ROWS if numeric else ROWS))
        most = NUMERIC_ROWS // 8 if numeric else MOMENT_ROWS
        sample = whole.sample
        frequencies = None if sample.frequencies is None else sample.frequencies[0]
        chosen = diagnostics.rows_of_observations(sample.rows, frequencies, int(n) if r else most)
        likelihood = whole.row_subset(chosen)
        likelihood = replace(likelihood, sample=replace(likelihood.sample, frequencies=None))
        known = {name: values[chosen] for name, values in model.known.items()}
        return cls(whole, likelihood, known, working, here.transform, n, r, most)

    def drawn(self, family: Family, seed: int, distances: Distances | None) -> Replicates:
        """Samples of the law in the place of the observations."""
        draw = draws(family, self.likelihood, self.working, self.known)
        data = data_number(self.likelihood.sample.columns[DATUM])
        rng = np.random.default_rng([seed, data])
        return replicates(self.likelihood, self.working, draw, self.replications, rng, distances, self.most)

    def shapes(self, drawn: Replicates) -> tuple[np.ndarray, np.ndarray]:
        """Parameters without predictors, of the sample and of those that were drawn."""
        alone = [p.columns is None for p in self.likelihood.predictors for _ in p.labels]
        return self.working[alone], drawn.maxima[:, alone]


def _replications(n: float, asked: int | None, rows: int) -> int:
    """Samples of the fitted law that are drawn."""
    if asked is not None:
        return asked
    return next((r for r in REPLICATIONS if r * n <= rows), 0)


def _informations(likelihood: Likelihood, working: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    observed, outer = informations(likelihood, working[None])
    return observed[0], outer[0]


def _of_all_rows(results: Any, working: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Observed information and outer product of many rows, in the coordinates of the likelihood's predictors."""
    summed = results.model.conditioned.summed
    observed = -summed.derivatives(working[None], natural=True)[2][0]
    return observed, covariances.outer_product(summed, summed.row_scores(working, natural=True))


def _distances(family: Family, known: Mapping[str, np.ndarray]) -> Distances | None:
    """Distances of samples from the laws at their working vectors; None without closed forms."""
    probability = closed_distribution(family, known)
    if probability is None:
        return None

    def distances(likelihood: Likelihood, working: np.ndarray) -> dict[str, np.ndarray]:
        sample: Sample = likelihood.sample
        names = (predictor.name for predictor in likelihood.predictors)
        theta = dict(zip(names, likelihood.natural(working), strict=True))
        y = sample.columns[DATUM]
        at = probability(y, theta)
        below = probability(y - 1, theta) if family.discrete else at
        return {name: distance(below, at) for name, distance in DISTANCES.items()}

    return distances
