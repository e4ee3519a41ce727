"""What `fit` does: the covariance that is asked for, the maximum, and its certificate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from likelihood_kit.errors import ArgumentError, DataError, FormulaError, NotAvailableError, ParameterError, near_names
from likelihood_kit.maximise import (
    Certificate,
    Scales,
    Setting,
    certificate_of,
    closed_certificate,
    estimate,
    find,
    start_values,
)
from likelihood_kit.models.labels import checked_groups
from likelihood_kit.models.rows import RowLikelihood, row_start
from likelihood_kit.predictor import params_from_working

#: Covariances of the estimates, by the name in `fit(cov_type=...)`, with the words of the summary.
COVARIANCES: Mapping[str, str] = {
    "observed": "inverse observed information",
    "expected": "inverse expected information",
    "outer_product": "inverse outer product of the scores",
    "sandwich": "sandwich of observed information and outer product",
    "cluster": "sandwich with scores summed within clusters",
    "nonrobust": "inverse observed information",
    "HC0": "sandwich of observed information and outer product",
}
#: What they are called elsewhere, in small letters without hyphens.
OTHER_NAMES: Mapping[str, str] = {
    **dict.fromkeys(("robust", "white", "huber", "huberwhite", "eickerhuberwhite", "qmle"), "sandwich"),
    **dict.fromkeys(("hc1", "hc2", "hc3"), "HC0"),
    **dict.fromkeys(("opg", "bhhh", "op"), "outer_product"),
    **dict.fromkeys(("hessian", "oim", "hess", "none", "classical"), "observed"),
    **dict.fromkeys(("fisher", "eim", "fisherinformation"), "expected"),
    **dict.fromkeys(("clustered", "clusterrobust", "groups"), "cluster"),
}
#: Those that hold under sampling weights.
ROBUST = ("sandwich", "HC0", "cluster")


def checked_covariance(model: Any, cov_type: Any, cov_kwds: Any) -> tuple[str, Mapping[str, Any] | None]:
    """The covariance that is asked for, with the codes of its clusters."""
    if cov_type is None:
        cov_type = "observed" if model.prob_weights is None else "sandwich"
    if not isinstance(cov_type, str) or cov_type not in COVARIANCES:
        raise ArgumentError(f"cov_type={cov_type!r}: {near_names(cov_type, COVARIANCES, OTHER_NAMES)}")
    if model.prob_weights is not None and cov_type not in ROBUST:
        raise NotAvailableError(
            f"cov_type={cov_type!r} is refused under prob_weights: the likelihood is a pseudo-likelihood, whose "
            "information is not that of the sample; use 'sandwich' or 'cluster'"
        )
    if cov_type == "cluster":
        groups = checked_groups(cov_kwds, model)
        return cov_type, {**cov_kwds, "groups": groups}
    if cov_kwds is not None and not isinstance(cov_kwds, Mapping):
        raise ArgumentError(f"cov_kwds must be a dict such as {{'groups': labels}}, not {cov_kwds!r}")
    if cov_kwds:
        raise ArgumentError(f"cov_kwds is for cov_type='cluster' only, not for cov_type={cov_type!r}")
    return cov_type, cov_kwds


def maximum(model: Any, start_params: Any) -> tuple[np.ndarray, Certificate]:
    """Params `(k,)` at the maximum, and their certificate."""
    given = _given_start(model, start_params)
    if model.family is None:
        return _own_maximum(model, given)
    if in_closed_form(model):
        return _closed_maximum(model)
    likelihood = model.summed
    if model.derivatives == "numeric":
        start = given[0][0] if given else start_values(model.family, likelihood)[0]
        _check_rows(model, model.family.formula, likelihood, start)
    found = estimate(model.family, likelihood, given)
    certificate = certificate_of(
        found.findings,
        model.predictors,
        theorem=found.theorem,
        unbounded=found.unbounded,
        rows=model.observations,
    )
    model._kept["summed"] = found.likelihood
    if not certificate.ok and model.derivatives == "symbolic":
        _check_rows(model, model.family.formula, model.likelihood, found.findings.working[0])
    return params_from_working(model.predictors, found.findings.working[0]), certificate


def in_closed_form(model: Any) -> bool:
    """Whether the family of a model gives its maximum itself: there is no search where the support moves."""
    family = model.family
    closed = "maximum_likelihood" in family.law.functions and not model.given
    return not family.smooth and (not family.regular or closed)


def _given_start(model: Any, start_params: Any) -> list[np.ndarray]:
    if start_params is None:
        return []
    start = model.working(start_params)
    if not np.isfinite(start).all():
        bad = model.exog_names[int(np.argmin(np.isfinite(start)))]
        raise ParameterError(f"start_params: the value of {bad} is outside its space")
    return [start[None]]


def _closed_maximum(model: Any) -> tuple[np.ndarray, Certificate]:
    """Params and certificate of a family that gives its maximum itself."""
    family = model.family
    if model.freq_weights is not None or model.prob_weights is not None:
        raise NotAvailableError(f"{family!r} has its maximum in closed form, which takes no weights; repeat the rows")
    if model.designs:
        raise ArgumentError(f"{family!r} has its maximum in closed form only where nothing predicts its parameters")
    found = family.closed_maximum(model.endog, **model.columns)
    if found is None:
        raise DataError(
            f"{family!r} has a support that moves with a parameter and no closed maximum; "
            "add a static method maximum_likelihood(y) to the family"
        )
    params = np.array([float(found[name]) for name in family.parameter_names])
    return params, closed_certificate("the maximum that the family declares")


def _own_maximum(model: Any, given: list[np.ndarray]) -> tuple[np.ndarray, Certificate]:
    """Params and certificate of a model with its own `loglikeobs`."""
    likelihood: RowLikelihood = model.likelihood
    start = given[0][0] if given else row_start(likelihood, model.endog, getattr(model, "start_params", None), model)
    _check_rows(model, None, likelihood, start)
    k = len(start)
    relative = np.array([predictor.link.name != "identity" for predictor in model.predictors])
    setting = Setting(Scales(np.ones(k), relative, model.observations))
    findings = find(likelihood, start[None, None], setting)
    certificate = certificate_of(findings, model.predictors, rows=model.observations)
    return params_from_working(model.predictors, findings.working[0]), certificate


def _check_rows(model: Any, formula: Any, likelihood: Any, start: np.ndarray) -> None:
    """Refuse a log density of the wrong shape, or not a number at the start.

    A formula that was traced is elementwise; one that was not may have summed, which a score would not show.
    """
    n = len(model.endog)
    with np.errstate(all="ignore"):
        if formula is None:
            rows = np.asarray(model.loglikeobs(params_from_working(model.predictors, start)))
        else:
            theta = likelihood.operands([t[0] for t in likelihood.natural(start[None])], slice(None))
            columns = [np.ravel(column) if np.ndim(column) else column for column in model.sample.columns.values()]
            rows = np.asarray(formula(*columns, *(np.ravel(t) if np.ndim(t) else t for t in theta)))
    if rows.shape != (n,) and model.derivatives == "numeric":
        raise FormulaError(
            f"the log density of {n} observations has shape {rows.shape}; it must return one value per observation"
        )
    missing = np.isnan(np.broadcast_to(rows, (n,)).astype(float))
    if missing.any():
        row = int(np.argmax(missing))
        values = ", ".join(f"{x:g}" for x in params_from_working(model.predictors, start)[:6])
        raise FormulaError(f"the log density is NaN at row {row} (endog = {model.endog[row]:g}) for params {values}")
