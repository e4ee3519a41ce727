"""Predictions of a model at its own rows or new ones, with standard errors and intervals.

Standard errors by the delta method; intervals on the link scale of the space of what is predicted, so that they stay
inside it. Intervals of a new observation are quantiles of the law at the estimate: they leave out that it is estimated.
"""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from likelihood_kit.calculus import Slopes, numeric_slopes
from likelihood_kit.errors import ArgumentError, DataError, InformationWarning, NotAvailableError, ParameterError
from likelihood_kit.families.compositions.censored import uncensored
from likelihood_kit.links import LINE
from likelihood_kit.models.columns import as_flag, checked_column, short
from likelihood_kit.models.labels import aligned, rows_in_words
from likelihood_kit.models.predicted_laws import Carried, Prediction, RowLaws
from likelihood_kit.models.prediction_rows import Rows, prediction_rows
from likelihood_kit.models.several_predictions import SeveralPredictions
from likelihood_kit.models.targets import GET_PREDICTION, Target, checked_target
from likelihood_kit.predictor import blocks, working_from_params


def at_rows(model: Any, params: np.ndarray, rows: Rows, target: Target) -> np.ndarray:
    """The target at params `(k,)`, `(m,)`, of several `(m, q)`; refused beyond the range of its numbers."""
    if rows.new:
        _check_range(model, params, rows)
    found = [predicted(model, params, rows, one) for one in target.each]
    return np.stack(found, axis=1) if target.several else found[0]


def _check_range(model: Any, params: np.ndarray, rows: Rows) -> None:
    """Refuse new rows whose linear predictor is beyond where the link gives the parameter."""
    working = working_from_params(model.predictors, params)
    for predictor, place in zip(model.predictors, blocks(model.predictors), strict=True):
        if predictor.name not in rows.designs:
            continue
        with np.errstate(all="ignore"):
            eta = rows.designs[predictor.name] @ working[place] + rows.offsets.get(predictor.name, 0.0)
            value = predictor.link.inverse(eta)
            beyond = ~np.isfinite(eta) & ~rows.undefined
            if predictor.link.image != LINE:
                beyond |= np.isfinite(eta) & ~predictor.space.contains(value)
            for end, last in zip(
                predictor.space.numbers, predictor.link.inverse(np.array([-np.inf, np.inf])), strict=True
            ):
                # Near an end that is no number, or is 0, the last value is none that rounding would give.
                if not np.isfinite(end) or (end == 0 and last != 0):
                    beyond |= value == last
        if beyond.any():
            labelled = pd.Series(eta, index=rows.index) if rows.index is not None else eta
            raise DataError(
                f"exog: the linear predictor of {predictor.name} is {eta[np.argmax(beyond)]:g} in "
                f"{rows_in_words(labelled, beyond, 1)}, beyond the range in which {predictor.name} can be computed"
            )


def predicted(model: Any, params: np.ndarray, rows: Rows, target: Target) -> np.ndarray:
    """The target at params `(k,)`; `(m,)`, NaN where something of the row is missing."""
    eta = _linear(model, params, rows)
    if target.kind == "linear" and target.argument in eta:
        return np.where(rows.undefined, np.nan, np.broadcast_to(eta[target.argument], (rows.count,)))
    family = model.family
    theta = {p.name: p.link.inverse(eta[p.name]) for p in model.predictors}
    name = target.argument if target.kind in ("parameter", "linear") else _mean_alone(model, rows, target)
    if name is None:
        return _laws_at(model, theta, rows).at(target)
    _require(model, rows, (name,))
    value = theta.get(name, rows.known.get(name, family.fixed.get(name)))
    if target.kind == "linear":
        value = family.spaces[name].link().forward(value)
    return np.where(rows.undefined, np.nan, np.broadcast_to(value, (rows.count,))).astype(float)


def _linear(model: Any, params: np.ndarray, rows: Rows) -> dict[str, Any]:
    """Linear predictors at params `(k,)`, by parameter: `(m,)`, a number where nothing predicts it."""
    working = working_from_params(model.predictors, params)
    eta: dict[str, Any] = {}
    for predictor, place in zip(model.predictors, blocks(model.predictors), strict=True):
        part, columns = working[place], rows.designs.get(predictor.name)
        eta[predictor.name] = part[0] if columns is None else columns @ part + rows.offsets.get(predictor.name, 0.0)
    return eta


def row_laws(model: Any, params: np.ndarray, rows: Rows) -> RowLaws:
    """Laws of the response in the rows at params `(k,)`, without censoring."""
    eta = _linear(model, params, rows)
    return _laws_at(model, {p.name: p.link.inverse(eta[p.name]) for p in model.predictors}, rows)


def _laws_at(model: Any, theta: dict[str, Any], rows: Rows) -> RowLaws:
    """Laws of the response, without censoring, at natural parameters by name."""
    family = model.made("uncensored", lambda model: uncensored(model.family))
    known = [name for name in family.law.known if name not in family.fixed]
    _require(model, rows, (*model.given_names, *(name for name in known if name in family.law.arguments)))
    known += [name for name in model.given_names if name not in known]
    values = {**theta, **{name: rows.known[name] for name in known if name in rows.known}}
    shaped = {name: np.broadcast_to(np.asarray(value, dtype=float), (rows.count,)) for name, value in values.items()}
    return RowLaws(family, shaped, rows.undefined)


def _mean_alone(model: Any, rows: Rows, target: Target) -> str | None:
    """The parameter that is the mean, where what else the law needs to know of the rows is not known."""
    family = model.family
    lacking = any(name not in rows.known for name in model.given_names)
    if target.kind != "mean" or not lacking or family.predicted not in model.free_names or not family.predicts_mean():
        return None
    return family.predicted


def _require(model: Any, rows: Rows, names: tuple[str, ...]) -> None:
    """Refuse what needs a known quantity that is not known of the rows."""
    for name in names:
        if name in rows.known or (name not in model.given_names and name not in model.family.law.known):
            continue
        stored = getattr(model, "column_names", {})
        column = stored.get(f"given {name}" if name in model.given_names else name)
        where = f", or a column {column!r} in the new data" if column else ""
        raise ParameterError(f"a prediction needs {name} of the new rows: pass {name}={where}")


def _ends_and_link(model: Any, target: Target, laws: RowLaws | None, count: int) -> tuple[np.ndarray, str | None]:
    """Ends `(m, 2)` of the space of what is predicted, and the link on which its interval is made."""
    family = model.family
    name = target.argument if target.kind == "parameter" else None
    if target.kind == "mean" and family.predicted in model.free_names and family.predicts_mean():
        name = family.predicted
    if target.kind == "linear":
        ends, link = (-np.inf, np.inf), None
    elif name is not None:
        ends, link = family.spaces[name].numbers, family.links[name].name if name in family.links else None
    elif target.kind == "survival" or (target.kind == "probability" and family.discrete):
        ends, link = (0.0, 1.0), None
    elif target.kind == "probability" or laws is None:
        ends, link = (0.0, np.inf), None
    elif target.kind == "variance":
        # A quarter of the squared range: Popoviciu (1935), Mathematica (Cluj) 9, 129-145.
        low, high = laws.ends().T
        return np.stack([np.zeros(count), (high - low) ** 2 / 4], axis=1), None
    else:
        return laws.ends(), None
    return np.tile(np.asarray(ends, dtype=float), (count, 1)), link


def get_prediction(
    results: Any, new: Any, which: str | None, kwargs: dict[str, Any]
) -> Prediction | SeveralPredictions:
    """Predictions of results with standard errors and intervals."""
    average, agg_weights = as_flag(kwargs.pop("average", False), "average"), kwargs.pop("agg_weights", None)
    row_labels = kwargs.pop("row_labels", None)
    if agg_weights is not None and not average:
        raise ArgumentError("agg_weights is for average=True: it weighs the rows in their average")
    target = checked_target(results.model, which, kwargs, GET_PREDICTION)
    rows = prediction_rows(results.model, new, kwargs, GET_PREDICTION)
    share = _shares(agg_weights, rows) if average else None
    each = tuple(_prediction(results, rows, one, share) for one in target.each)
    if row_labels is not None:
        each = tuple(replace(one, index=_labels(row_labels, len(one.predicted))) for one in each)
    found = SeveralPredictions(target=target, each=each) if target.several else each[0]
    if found.note:
        warnings.warn(found.note, InformationWarning, stacklevel=3)
    return found


def _prediction(results: Any, rows: Rows, target: Target, share: np.ndarray | None = None) -> Prediction:
    """Predictions at rows, or their average with weights `share` (m,)."""
    model, params = results.model, np.asarray(results.params)
    values = at_rows(model, params, rows, target)
    alone = target.kind in ("parameter", "linear") or _mean_alone(model, rows, target) is not None
    laws = None if alone else row_laws(model, params, rows)
    ends, link = _ends_and_link(model, target, laws, rows.count)
    carried = _carried(results, rows, target, laws) if share is None else None
    transform, covariance = _spread(results)
    slopes, note = _slopes(results, rows, target, transform, covariance)
    if note and target.level is not None and model.family.discrete:
        note += f"; the interval is that of {carried.name}, carried through" if carried else "; and no interval"
    index = rows.index
    if share is not None:
        # With weight 0 what is missing of a row is not missed.
        used = share > 0
        values, slopes, ends = ((share[used] @ part[used])[None] for part in (values, slopes, ends))
        index = None
    error, lost = standard_errors(slopes, covariance, results.covariance_note)
    return Prediction(
        predicted=values,
        se=error,
        ends=ends,
        what=target.in_words(discrete=model.family.discrete),
        link=link,
        index=index,
        df=float(getattr(results, "df_resid_inference", results.df_resid)) if results.use_t else np.inf,
        laws=laws if target.kind == "mean" and share is None else None,
        carried=carried,
        note=note or lost,
    )


def standard_errors(slopes: np.ndarray, covariance: np.ndarray, why: str) -> tuple[np.ndarray, str]:
    """Standard errors `(m,)` of functions with slopes `(m, k)` in params, NaN where there is none, and the reason.

    Parameters
    ----------
    slopes : (m, k)
    covariance : (k, k)
        NaN in rows and columns of params without a standard error.
    why : str
        The reason of these.
    """
    known = np.isfinite(np.diag(covariance))
    if not known.any():
        return np.full(len(slopes), np.nan), why
    within, inner = slopes[:, known], covariance[np.ix_(known, known)]
    lacking = (slopes[:, ~known] != 0).any(axis=1)
    variance = np.einsum("mk,kl,ml->m", within, inner, within)
    # What a sum of k^2 products may lose: Higham (2002), Accuracy and Stability of Numerical Algorithms, eq. (3.5).
    rounding = len(covariance) * np.finfo(float).eps * (np.abs(within) @ np.sqrt(np.diag(inner))) ** 2
    lost = (variance <= rounding) & (rounding > 0)
    with np.errstate(invalid="ignore"):
        error = np.where(lacking | lost, np.nan, np.sqrt(variance))
    if lacking.any():
        return error, why
    return error, _CANCELS if lost.any() else ""


def _carried(results: Any, rows: Rows, target: Target, laws: RowLaws | None) -> Carried | None:
    """The interval of the one free parameter, where that of a quantity between two ends, or in steps, comes from it."""
    names, discrete = results.model.free_names, results.model.family.discrete
    if laws is None or len(names) != 1:
        return None
    if target.level is not None:
        wanted = discrete
    else:
        wanted = target.kind in ("mean", "variance") and bool(np.isfinite(laws.ends()).all())
    if not wanted:
        return None
    return Carried(
        parameter=_prediction(results, rows, Target("parameter", names[0])), name=names[0], laws=laws, target=target
    )


def _shares(agg_weights: Any, rows: Rows) -> np.ndarray:
    """Shares of the rows in their weighted mean, `(m,)`, of sum 1."""
    weights = aligned(1.0 if agg_weights is None else agg_weights, "agg_weights", rows.index, "the rows")
    weights = np.asarray(checked_column(weights, "agg_weights", rows.count))
    if not (np.isfinite(weights) & (weights >= 0)).all() or not weights.any():
        raise DataError("agg_weights must be numbers of at least 0, not all of them 0")
    weights = weights / weights.max()
    return weights / weights.sum()


def _labels(row_labels: Any, count: int) -> pd.Index:
    try:
        index = pd.Index(row_labels)
    except (TypeError, ValueError, NotImplementedError):
        raise ArgumentError(f"row_labels must be a list of {count} labels, not {short(row_labels)}") from None
    if len(index) != count:
        raise ArgumentError(f"row_labels has {len(index)} labels; it must hold one for each of {count} predictions")
    return index


def _spread(results: Any) -> tuple[np.ndarray, np.ndarray]:
    """Coordinates and the covariance `(k, k)` there: params = transform `(k, k)` @ the vector that has it.

    Those in which the designs are well conditioned: far from zero a prediction is a difference of large terms. Those of
    params where they will do, or where some have no standard error.
    """
    own = np.asarray(results.normalized_cov_params)
    found: tuple[np.ndarray, np.ndarray] | None = results._cache.get("conditioned")
    return (np.eye(len(own)), own) if found is None or not np.isfinite(own).all() else found


def _slopes(
    results: Any, rows: Rows, target: Target, transform: np.ndarray, covariance: np.ndarray
) -> tuple[np.ndarray, str]:
    """Derivatives of the target in these coordinates, `(m, k)`, NaN where it has none, and why."""
    model = results.model
    if target.level is not None and model.family.discrete:
        none = np.full((rows.count, len(results.params)), np.nan)
        return none, f"no standard errors of the {target.kind}: that of a law on the whole numbers moves in steps"
    places = blocks(model.predictors)
    changes = {p.name: transform[place, place] for p, place in zip(model.predictors, places, strict=True)}
    moved = replace(rows, designs={name: columns @ changes[name] for name, columns in rows.designs.items()})
    start = np.linalg.solve(transform, np.asarray(results.params))
    found = _numeric(results, lambda at: predicted(model, at, moved, target), start, covariance)
    slopes, known = np.stack(found.slopes, axis=-1), found.trusted | ~np.isfinite(found.value)
    if np.all(known):
        return slopes, ""
    why = f"no standard errors of the {target.kind} in some rows: {_BENDS}"
    return np.where(known[:, None], slopes, np.nan), why


#: Why there is no standard error by the delta method.
_BENDS = "its derivatives in the parameters are not known, since it jumps or bends within their standard errors"


#: Why there is none where the covariance is singular.
_CANCELS = "no standard errors in some rows: the covariance is singular, and what it says of them is lost to rounding"


def _numeric(results: Any, function: Any, start: np.ndarray, covariance: np.ndarray) -> Slopes:
    """Derivatives of a function of a vector `(k,)` at start, in steps by its covariance."""
    errors = np.sqrt(np.diag(covariance))
    bounds = [space.numbers for space in results.spaces]
    return numeric_slopes(lambda *at: function(np.array(at)), list(start), bounds, list(errors / 4))


def gradient(results: Any, function: Any) -> np.ndarray:
    """Derivatives of a function of params, `(..., k)`, by real steps in units of the standard errors."""
    found = _numeric(results, function, np.asarray(results.params), np.asarray(results.normalized_cov_params))
    if not np.all(found.trusted | ~np.isfinite(found.value)):
        raise NotAvailableError(f"no standard errors of this function: {_BENDS}")
    return np.stack(found.slopes, axis=-1)
