"""Covariance of the estimates: which one is computed, its matrix, and why there is none where there is none."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from likelihood_kit import diagnostics
from likelihood_kit._numerics.printed import counted
from likelihood_kit.calculus import DATUM
from likelihood_kit.errors import InformationWarning, NotAvailableError
from likelihood_kit.families import Family
from likelihood_kit.likelihood import Likelihood
from likelihood_kit.models import at_params, leverages
from likelihood_kit.models.conditioned import Conditioned
from likelihood_kit.models.existence import UNCERTIFIED, require_known, require_regular_here
from likelihood_kit.models.fitting import COVARIANCES, ROBUST
from likelihood_kit.models.labels import CR2
from likelihood_kit.models.reduced_certificate import ReducedCertificate
from likelihood_kit.models.rows import RowLikelihood
from likelihood_kit.sample import Sample

#: Covariances that are the inverse of the observed information.
NONROBUST = ("observed", "nonrobust")
#: Variance of a sandwich, in units of that by the information, that is rounding: a standard error of 1.5e-8 of the
#: other one, as far as sums of scores that cancel are 0, since the search ends with steps of that size.
ZERO = float(np.finfo(float).eps)
#: Estimates named in a note.
NAMED = 5


def computed_instead(family: Family | None, cov_type: str) -> str:
    """The covariance that is computed for `cov_type`: where the log density has a kink the Hessian will not do."""
    kinked = family is not None and family.regular and not family.smooth
    return "expected" if kinked and cov_type in NONROBUST else cov_type


def used(results: Any, computed: str, cov_kwds: Mapping[str, Any]) -> str:
    """The covariance of results in words, with its small-sample factor; of a clustered one with the clusters."""
    n, k = results.nobs, len(results.params)
    if computed == "HC1":
        k = leverages.coefficients(results.model.predictors)
        return f"{COVARIANCES[computed]}, times n / (n - {k}) = {n / (n - k):.4g}" if n > k else COVARIANCES[computed]
    if computed != "cluster":
        return COVARIANCES[computed]
    clusters = int(cov_kwds["groups"].max()) + 1
    found = COVARIANCES[computed].replace("within clusters", f"within {clusters} clusters")
    correction = cov_kwds.get("use_correction", True)
    if correction == CR2:
        return f"{found}, bias-reduced (CR2)"
    if not correction:
        return f"{found}, without a small-sample factor"
    return f"{found}, times the small-sample factor {diagnostics.cluster_correction(clusters, n, k):.4g}"


def few_clusters(results: Any, covariance: np.ndarray) -> dict[str, Any]:
    """Degrees of freedom of each entry of params under CR2, and the least of them, by which all else is tested.

    Empty for another covariance, or where there are none.
    """
    if results.cov_kwds.get("use_correction") != CR2 or not np.isfinite(covariance).all():
        return {}
    df = leverages.degrees_of_freedom(results, np.eye(len(covariance)))
    df.setflags(write=False)
    few, many = (f"{end:.3g}" for end in (df.min(), df.max()))
    used = (
        f"{results.covariance_used}, of {few}{'' if few == many else f' to {many}'} degrees of freedom (Satterthwaite)"
    )
    kwds = {**results.cov_kwds, "description": description("cluster", "cluster", used)}
    return {"df_satterthwaite": df, "df_resid_inference": float(df.min()), "covariance_used": used, "cov_kwds": kwds}


def description(asked: str, computed: str, words: str) -> str:
    """The covariance in words, as a sentence of the summary."""
    why = "; the log density has a kink, so that the Hessian does not carry the information"
    return f"Standard errors: {words}{why if computed != asked else ''}."


def estimated(
    results: Any, information: Callable[[str], np.ndarray], cov_type: str, cov_kwds: Mapping[str, Any]
) -> tuple[np.ndarray, str]:
    """Covariance `(k, k)` of the estimates of results, and why it is not a number where it is not.

    `information(kind)` is the information at the estimate, `(k, k)`, in the coordinates of params.
    """
    k, model = len(results.params), results.model
    family = model.family
    none = np.full((k, k), np.nan)
    if family is not None and not family.regular:
        moving = " and ".join(family.moving)
        return none, (
            f"no standard errors: the support of {family.name} moves with {moving}, so that no Fisher "
            "information exists and the estimates are not asymptotically normal"
        )
    if results.certificate.rising:
        return none, "no standard errors: the maximum of the likelihood does not exist"
    if not results.certificate.ok:
        reduced = isinstance(results.certificate, ReducedCertificate)
        return none, f"no standard errors: {'the estimates are not bias-reduced' if reduced else UNCERTIFIED}"
    if family is None and results.certificate.kinked:
        return none, (
            "no standard errors: the log likelihood has a kink at the maximum, so that its Hessian does not carry the "
            "information; write the law as a family, whose expected information is used"
        )
    if cov_type in ROBUST and results.nobs <= k:
        return none, (
            f"no standard errors: the sandwich of {counted(results.nobs)} observations and {k} parameters is singular, "
            "since scores sum to 0 at the estimate; it needs more observations than parameters"
        )
    try:
        require_regular_here(results, "standard error", smooth=cov_type != "expected")
    except NotAvailableError as error:
        return none, f"no standard errors: {error}"
    try:
        inner = matrix_here(results, information, cov_type, cov_kwds)
    except NotAvailableError as error:
        note = f"no standard errors: {error}"
        if cov_type in leverages.POWERS:  # of these rows alone it hangs, not of the family
            warnings.warn(note, InformationWarning, stacklevel=4)
        return none, note
    matrix = model.conditioned.covariance(inner)
    if model.basis is not None and np.isfinite(matrix).all():
        # What of functions of all params cancels in their own coordinates is found in these.
        results._cache["conditioned"] = model.basis.transform, inner
    if np.isfinite(matrix).all():
        return _without_zeros(results, matrix, information) if cov_type in ROBUST else (matrix, "")
    inverted = COVARIANCES[cov_type if cov_type in ("expected", "outer_product") else "observed"]
    note = f"no standard errors: the {inverted.removeprefix('inverse ')} is singular"
    warnings.warn(note, InformationWarning, stacklevel=4)
    return matrix, note


def _without_zeros(
    results: Any, matrix: np.ndarray, information: Callable[[str], np.ndarray]
) -> tuple[np.ndarray, str]:
    """A sandwich without variances that are 0 to rounding, NaN in their place, and why: no estimate is without error.

    The scores of a cluster with a mean of its own sum to 0, whatever the data, and so does that of a lone observation.
    """
    inverse = diagnostics.covariance(information("observed"))
    zero = np.diag(matrix) <= ZERO * np.diag(inverse)
    if not zero.any():
        return matrix, ""
    names = [str(name) for name, none in zip(results.model.exog_names, zero, strict=True) if none]
    whose = f"{', '.join(names[:NAMED])}{f' and {len(names) - NAMED} more' if len(names) > NAMED else ''}"
    note = (
        f"no standard errors of {whose}: the sandwich is 0 there to rounding, since the scores that it adds up cancel "
        "whatever the data, as those of a cluster with a coefficient of its own do"
        + ("" if results.model.pseudo else "; use cov_type='observed'")
    )
    warnings.warn(note, InformationWarning, stacklevel=5)
    return np.where(zero | zero[:, None], np.nan, matrix), note


def matrix_of(
    results: Any, information: Callable[[str], np.ndarray], cov_type: str, cov_kwds: Mapping[str, Any]
) -> np.ndarray:
    """Covariance `(k, k)` of params, found where the designs are well conditioned and carried back."""
    return results.model.conditioned.covariance(matrix_here(results, information, cov_type, cov_kwds))


def matrix_here(
    results: Any, information: Callable[[str], np.ndarray], cov_type: str, cov_kwds: Mapping[str, Any]
) -> np.ndarray:
    """The same in well-conditioned coordinates."""
    model, params = results.model, np.asarray(results.params)
    here = model.conditioned
    if model.basis is not None:
        information = functools.partial(information_here, here, params)
    likelihood, params = here.rows, here.params(params)
    if cov_type == "cluster":
        groups = cov_kwds["groups"]
        correction = cov_kwds.get("use_correction", True)
        _warn_of_few(int(groups.max()) + 1, len(params), singular=correction != CR2)
        if correction == CR2:
            sums = leverages.adjusted_clusters(likelihood, params, model.family, model.known, groups)
            outer = sums.T @ sums
        else:
            outer = outer_product(likelihood, at_params.row_scores(likelihood, params), groups)
        if correction and correction != CR2:
            outer = outer * diagnostics.cluster_correction(int(groups.max()) + 1, results.nobs, len(params))
        inner = diagnostics.sandwich_covariance(information("observed"), outer)
    elif cov_type in leverages.POWERS:
        scores = leverages.adjusted_rows(likelihood, params, model.family, model.known, cov_type)
        inner = diagnostics.sandwich_covariance(information("observed"), outer_product(likelihood, scores))
    else:
        inner = _from_informations(information, cov_type)
    if cov_type == "HC1":
        inner = inner * (results.nobs / (results.nobs - leverages.coefficients(model.predictors)))
    return inner


def _warn_of_few(clusters: int, k: int, *, singular: bool) -> None:
    """Scores sum to 0 at the estimate, so that those of G clusters span at most G - 1 directions.

    Those adjusted as CR2 has it, each by another matrix, span more, but vary in as few.
    """
    if clusters <= k:
        warnings.warn(
            f"{clusters} clusters and {k} parameters: {'the covariance is singular, ' if singular else ''}at most "
            f"{clusters - 1} of them can be tested together; intervals from few clusters are too short",
            InformationWarning,
            stacklevel=5,
        )


def _from_informations(information: Callable[[str], np.ndarray], cov_type: str) -> np.ndarray:
    if cov_type in NONROBUST:
        return diagnostics.covariance(information("observed"))
    if cov_type == "expected":
        return diagnostics.covariance(information("expected"))
    observed, outer = information("observed"), information("outer_product")
    if cov_type == "outer_product":
        return diagnostics.outer_product_covariance(observed, outer)
    return diagnostics.sandwich_covariance(observed, outer)


def information_here(here: Conditioned, params: np.ndarray, kind: str) -> np.ndarray:
    """Information of a kind `(k, k)` at the model's params, in well-conditioned coordinates."""
    if kind == "observed":
        return here.observed_information(params)
    if kind == "expected":
        require_known(here.model)
        return here.expected_information(params)
    return outer_product(here.rows, here.row_scores(params))


def outer_product(
    likelihood: Likelihood | RowLikelihood, scores: np.ndarray, groups: np.ndarray | None = None
) -> np.ndarray:
    """Outer product `(k, k)` of the scores `(m, k)` of the rows of a likelihood, or of their sums within clusters."""
    sample = likelihood.sample if isinstance(likelihood, Likelihood) else Sample.of({DATUM: scores[:, 0]})
    return sample.outer_product(scores, groups)


def frequencies(likelihood: Likelihood | RowLikelihood, rows: int) -> np.ndarray:
    """Observations that each row of a likelihood stands for, `(m,)`."""
    found = likelihood.sample.frequencies if isinstance(likelihood, Likelihood) else None
    return np.ones(rows) if found is None else found[0]
