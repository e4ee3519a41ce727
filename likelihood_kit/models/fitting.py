"""What `fit` does: the covariance that is asked for, the maximum, and its certificate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from likelihood_kit.errors import ArgumentError, DataError, FormulaError, NotAvailableError, ParameterError, near_names
from likelihood_kit.families.total_mass import is_of_the_catalogue, mass_note
from likelihood_kit.maximise import (
    LARGEST_DERIVATIVE_ERROR,
    Certificate,
    Findings,
    Flaw,
    Grade,
    Road,
    Scales,
    Setting,
    Starts,
    as_high,
    certificate_of,
    closed_certificate,
    estimate,
    find,
    kinked_maximum,
    kinks_near,
    refused_certificate,
    road_of,
    start_values,
    surpassed,
    without_bound,
)
from likelihood_kit.models import prediction
from likelihood_kit.models.existence import require_known
from likelihood_kit.models.labels import CR2, checked_groups
from likelihood_kit.models.own_likelihood import check_constant
from likelihood_kit.models.prediction_rows import prediction_rows
from likelihood_kit.models.rows import RowLikelihood, row_start, row_starts
from likelihood_kit.predictor import params_from_working

#: Rows that a closed maximum takes, at most, 80 MB each column.
MOST_REPEATED = 10**7
#: Covariances of the estimates, by the name in `fit(cov_type=...)`, with the words of the summary.
COVARIANCES: Mapping[str, str] = {
    "observed": "inverse observed information",
    "expected": "inverse expected information",
    "outer_product": "inverse outer product of the scores",
    "sandwich": "sandwich of observed information and outer product",
    "cluster": "sandwich with scores summed within clusters",
    "nonrobust": "inverse observed information",
    "HC0": "sandwich of observed information and outer product",
    "HC1": "sandwich of observed information and outer product",
    "HC2": "sandwich of observed information and scores over the root of 1 - leverage",
    "HC3": "sandwich of observed information and scores over 1 - leverage",
}
#: Starts of a model with its own `loglikeobs`, whose derivatives are numeric: the best of a grid.
OWN_STARTS = 8
#: What they are called elsewhere, in small letters without hyphens.
OTHER_NAMES: Mapping[str, str] = {
    **dict.fromkeys(("robust", "white", "huber", "huberwhite", "eickerhuberwhite", "qmle"), "sandwich"),
    **{name.lower(): name for name in ("HC1", "HC2", "HC3")},
    **dict.fromkeys(("cr2", "biasreduced", "clubsandwich"), "cluster"),
    **dict.fromkeys(("opg", "bhhh", "op"), "outer_product"),
    **dict.fromkeys(("hessian", "oim", "hess", "none", "classical"), "observed"),
    **dict.fromkeys(("fisher", "eim", "fisherinformation"), "expected"),
    **dict.fromkeys(("clustered", "clusterrobust", "groups"), "cluster"),
}
#: Those that hold under sampling weights.
UNDER_SAMPLING = ("sandwich", "HC0", "cluster")
#: Those with the scores in their middle, which hold for a model that may be wrong.
ROBUST = (*UNDER_SAMPLING, "HC1", "HC2", "HC3")


def checked_covariance(model: Any, cov_type: Any, cov_kwds: Any) -> tuple[str, Mapping[str, Any] | None]:
    """The covariance that is asked for, with the codes of its clusters."""
    if cov_type is None:
        cov_type = "observed" if model.prob_weights is None else "sandwich"
    if not isinstance(cov_type, str) or cov_type not in COVARIANCES:
        raise ArgumentError(f"cov_type={cov_type!r}: {near_names(cov_type, COVARIANCES, OTHER_NAMES)}")
    if model.prob_weights is not None and cov_type not in UNDER_SAMPLING:
        raise NotAvailableError(
            f"cov_type={cov_type!r} is refused under prob_weights: the likelihood is a pseudo-likelihood, whose "
            "information is not that of the sample; use 'sandwich' or 'cluster'"
        )
    if cov_type in ("HC2", "HC3"):
        _require_leverages(model, cov_type)
    if cov_type == "cluster":
        groups = checked_groups(cov_kwds, model)
        if cov_kwds.get("use_correction") == CR2:
            _require_leverages(model, f"use_correction={CR2!r}")
        return cov_type, {**cov_kwds, "groups": groups}
    if cov_kwds is not None and not isinstance(cov_kwds, Mapping):
        raise ArgumentError(f"cov_kwds must be a dict such as {{'groups': labels}}, not {cov_kwds!r}")
    if cov_kwds:
        raise ArgumentError(f"cov_kwds is for cov_type='cluster' only, not for cov_type={cov_type!r}")
    return cov_type, cov_kwds


def _require_leverages(model: Any, what: str) -> None:
    """Refuse what needs expected informations of the rows, where there are none."""
    if model.family is None:
        raise NotAvailableError(
            f"{what} needs the leverages of the rows, from their expected information, and so a family; a model with "
            "its own loglikeobs has none: use cov_type='HC1'"
        )
    if model.prob_weights is not None:
        raise NotAvailableError(
            f"{what} is refused under prob_weights: they make a pseudo-likelihood, whose expected information is not "
            "that of the sample; leave use_correction out"
        )
    require_known(model)


def maximum(model: Any, start_params: Any) -> tuple[np.ndarray, Certificate]:
    """Params `(k,)` at the maximum, and their certificate."""
    given = _given_start(model, start_params)
    if model.family is None:
        return _own_maximum(model, given)
    if road_of(model.family, model.likelihood) is Road.CLOSED:
        return _closed_maximum(model)
    likelihood = model.summed
    if model.derivatives == "numeric":
        start = given[0][0] if given else start_values(model.family, likelihood)[0]
        _check_rows(model, model.family.formula, likelihood, start)
    found = estimate(model.family, likelihood, given)
    _refuse_inaccurate(model, found.findings)
    certificate = certificate_of(
        found.findings,
        model.predictors,
        theorem=found.theorem,
        unbounded=found.unbounded,
        contradicted=found.contradicted,
        rows=model.observations,
    )
    model.keep(summed=found.likelihood)
    # Where the likelihood rises to the end of a space, the last point may lie on it by rounding.
    told = certificate.ok or certificate.rising or is_of_the_catalogue(model.family.law)
    if not told and model.derivatives == "symbolic":
        _check_rows(model, model.family.formula, model.likelihood, found.findings.working[0])
    return params_from_working(model.predictors, found.findings.working[0]), certificate


def density_note(model: Any, params: np.ndarray) -> str:
    """Why the formula of a family of one's own is no density at params `(k,)`, in rows from least to most driven."""
    if model.family is None or is_of_the_catalogue(model.family.law):
        return ""
    laws = prediction.row_laws(model, params, prediction_rows(model, None, {}))
    driven = laws.values[model.family.predicted or model.free_names[0]]
    order = np.argsort(driven)
    rows = np.unique(order[[0, len(order) // 2, -1]]) if np.ptp(driven) else [0]
    return mass_note(laws.family, {name: values[rows] for name, values in laws.values.items()}, "at the estimate")


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
    if model.prob_weights is not None:
        raise NotAvailableError(
            f"{family!r} has its maximum in closed form, which takes no sampling weights; leave prob_weights out"
        )
    if model.designs:
        raise ArgumentError(f"{family!r} has its maximum in closed form only where nothing predicts its parameters")
    rows = repeated_rows(model)
    endog = np.asarray(model.endog, dtype=float)[rows]
    found = family.closed_maximum(endog, **{name: column[rows] for name, column in model.columns.items()})
    if found is None:
        raise DataError(
            f"{family!r} has a support that moves with a parameter and no closed maximum; "
            "add a static method maximum_likelihood(y) to the family"
        )
    params = np.array([float(found[name]) for name in family.parameter_names])
    higher = surpassed(model.loglike, params, model.predictors, endog)
    if higher is None:
        others = as_high(model.loglike, params, endog).items()
        words = " and ".join(f"{model.exog_names[j]} from {low:.6g} to {high:.6g}" for j, (low, high) in others)
        return params, closed_certificate(
            "the maximum that the family declares, and nothing around it is higher", words
        )
    return params, refused_certificate(_not_the_maximum(model, params, *higher))


def repeated_rows(model: Any) -> np.ndarray:
    """Numbers of the rows of a model, each as often as its frequency says: what an author's function takes.

    Raises
    ------
    NotAvailableError
        Where there would be too many.
    """
    if model.freq_weights is None:
        return np.arange(len(model.endog))
    counts = np.asarray(model.freq_weights)
    if counts.sum() > MOST_REPEATED:
        raise NotAvailableError(
            f"freq_weights: {model.family!r} has its maximum in closed form, of rows that are repeated; "
            f"{counts.sum():.0f} are more than the {MOST_REPEATED} that are held"
        )
    return np.repeat(np.arange(len(counts)), counts.astype(int))


def _not_the_maximum(model: Any, params: np.ndarray, point: np.ndarray, value: float) -> str:
    """Why a declared maximum is refused, in words."""
    family = model.family
    held = " and ".join(name for name in family.coordinate_names if name in family.fixed)
    remedy = f"; it may not hold with {held} fixed" if held else "; correct maximum_likelihood in the family"
    where = ", ".join(f"{name} = {x:.6g}" for name, x in zip(model.exog_names, point, strict=True))
    return (
        f"the maximum that {family.name} declares is none: the log likelihood there is {model.loglike(params):.6g}, "
        f"but {value:.6g} at {where}{remedy}"
    )


def _own_maximum(model: Any, given: list[np.ndarray]) -> tuple[np.ndarray, Certificate]:
    """Params and certificate of a model with its own `loglikeobs`."""
    likelihood: RowLikelihood = model.likelihood
    start = given[0][0] if given else row_start(likelihood, model.endog, getattr(model, "start_params", None), model)
    _check_rows(model, None, likelihood, start)
    at_start = params_from_working(model.predictors, start)
    check_constant(likelihood.loglikeobs, at_start, f"{type(model).__name__}.loglikeobs")
    k = len(start)
    relative = np.array([not predictor.link.has_unit for predictor in model.predictors])
    scales = Scales(np.ones(k), relative, model.observations)
    starts = Starts.of(np.concatenate([start[None], row_starts(likelihood, model.endog)[:OWN_STARTS]]))
    findings = find(likelihood, start[None, None], Setting(scales, spread=lambda: starts))
    y, unbounded = np.asarray(model.endog, dtype=float), ""
    if kinks_near(likelihood, findings.working[0], float(findings.log_likelihood[0])):
        unbounded = without_bound(likelihood, model.predictors, start, y)
        findings = kinked_maximum(likelihood, starts, findings.working[0], scales, unbounded)
    _refuse_inaccurate(model, findings)
    if findings.exists[0]:
        unbounded = unbounded or without_bound(likelihood, model.predictors, findings.working[0], y)
        findings.grade[:] = Grade.LOCAL if unbounded else findings.grade
    certificate = certificate_of(findings, model.predictors, unbounded=unbounded, rows=model.observations)
    return params_from_working(model.predictors, findings.working[0]), certificate


def _refuse_inaccurate(model: Any, findings: Findings) -> None:
    """Mark a maximum that rests on numeric derivatives which are not what they say."""
    if model.derivatives == "symbolic" or findings.kinked or not findings.exists[0]:
        return
    if (
        not model.derivative_error(params_from_working(model.predictors, findings.working[0]))
        <= LARGEST_DERIVATIVE_ERROR
    ):
        findings.flaws[0] |= Flaw.INACCURATE
        findings.grade[0] = Grade.NONE


def _check_rows(model: Any, formula: Any, likelihood: Any, start: np.ndarray) -> None:
    """Refuse a log density of the wrong shape, or not a number at the start.

    A formula that was traced is elementwise; one that was not may have summed, which a score would not show.
    """
    n = len(model.endog)
    with np.errstate(all="ignore"):
        if formula is None:
            rows = likelihood.loglikeobs(params_from_working(model.predictors, start))
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
