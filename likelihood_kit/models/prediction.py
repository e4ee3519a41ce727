"""Predictions of a model at its own rows or new ones, with standard errors and intervals.

Standard errors by the delta method; intervals on the link scale of the space of what is predicted, so that they stay
inside it. Intervals of a new observation are quantiles of the law at the estimate: they leave out that it is estimated.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from likelihood_kit.calculus import numeric_slopes
from likelihood_kit.diagnostics.intervals import ALPHA
from likelihood_kit.errors import ArgumentError, DataError, NotAvailableError
from likelihood_kit.models import inference
from likelihood_kit.models.columns import as_choice, as_flag, as_level, as_number, checked_column, short
from likelihood_kit.models.labels import aligned, rows_in_words
from likelihood_kit.models.prediction_rows import Rows, prediction_rows
from likelihood_kit.parameters import Positive, Real, Space, UnitInterval
from likelihood_kit.predictor import blocks, working_from_params

#: What `which` may say, besides a parameter's name.
TARGETS = ("mean", "variance", "median", "linear")


@dataclass(frozen=True)
class Target:
    """What is predicted.

    Attributes
    ----------
    kind : str
        One of `TARGETS`, or "quantile", "parameter", "probability".
    argument : float or str
        Level of the quantile, name of the parameter (of the linear predictor too), or value whose probability it is.
    """

    kind: str
    argument: Any = None

    @property
    def of_response(self) -> bool:
        """Whether it is a number on the scale of the response."""
        return self.kind in ("mean", "median", "quantile")


def checked_target(model: Any, which: str, kwargs: dict[str, Any]) -> Target:
    """What is asked for; takes `quantile=`, `parameter=` and `probability_of=` out of kwargs."""
    if model.family is None:
        raise ArgumentError("predict needs a family; a model with its own loglikeobs must define its own predict")
    asked = {
        name: kwargs.pop(name) for name in ("quantile", "parameter", "probability_of") if kwargs.get(name) is not None
    }
    if len(asked) > 1:
        raise ArgumentError(f"predict takes one of {', '.join(asked)} at a time")
    parameter = asked.pop("parameter", None)
    _check_which(model, which, parameter, asked)
    if asked:
        ((argument, value),) = asked.items()
        if argument == "quantile":
            return Target("quantile", as_level(value, argument))
        return Target("probability", as_number(value, argument))
    if which == "linear":
        parameter = parameter or model.family.predicted or model.free_names[0]
    elif parameter is None and which not in TARGETS:
        parameter = which
    if parameter is not None:
        return Target("linear" if which == "linear" else "parameter", parameter)
    return Target(which)


def _check_which(model: Any, which: Any, parameter: Any, asked: Mapping[str, Any]) -> None:
    """Refuse what is no target, and two of them."""
    names = model.family.coordinate_names
    if parameter is not None:
        as_choice(parameter, "parameter", names)
    as_choice(which, "which", (*TARGETS, *model.free_names))
    if asked and which != "mean":
        raise ArgumentError(f"predict takes one of which={which!r} and {next(iter(asked))} at a time")
    if parameter is not None and which not in ("mean", "linear"):
        raise ArgumentError(
            f"predict takes one of which={which!r} and parameter={parameter!r} at a time; which='linear' gives the "
            "linear predictor of a parameter"
        )


def at_rows(model: Any, params: np.ndarray, rows: Rows, target: Target) -> np.ndarray:
    """The target at params `(k,)`, `(m,)`, refused at new rows that lie beyond the range of its numbers."""
    if rows.new:
        _check_range(model, params, rows)
    return predicted(model, params, rows, target)


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
    if rows.undefined.any():
        found = np.full(rows.count, np.nan)
        if not rows.undefined.all():
            found[~rows.undefined] = predicted(model, params, rows.chosen(~rows.undefined), target)
        return found
    working = working_from_params(model.predictors, params)
    eta: dict[str, Any] = {}
    for predictor, place in zip(model.predictors, blocks(model.predictors), strict=True):
        part, columns = working[place], rows.designs.get(predictor.name)
        eta[predictor.name] = part[0] if columns is None else columns @ part + rows.offsets.get(predictor.name, 0.0)
    if target.kind == "linear" and target.argument in eta:
        return np.broadcast_to(eta[target.argument], (rows.count,)).copy()
    family = model.family
    theta = {p.name: p.link.inverse(eta[p.name]) for p in model.predictors}
    given = {name: values for name, values in rows.known.items() if name in model.given_names}
    if target.kind in ("parameter", "linear"):
        name = target.argument
        value = theta.get(name, given.get(name, family.fixed.get(name)))
        if target.kind == "linear":
            value = family.spaces[name].link().forward(value)
        return np.broadcast_to(value, (rows.count,)).astype(float)
    values = {**theta, **rows.known}
    with np.errstate(all="ignore"):
        if target.kind in ("mean", "variance"):
            found = family.mean(**values) if target.kind == "mean" else family.variance(**values)
        elif target.kind == "probability":
            found = family.density(target.argument, **values)
        else:
            found = family.ppf(0.5 if target.kind == "median" else target.argument, **values)
    return np.broadcast_to(found, (rows.count,)).astype(float)


def space_of(model: Any, target: Target) -> tuple[Space, str | None]:
    """Space of what is predicted, and the link on which its interval is made."""
    family = model.family
    if target.kind == "linear":
        return Real(), None
    name = target.argument if target.kind == "parameter" else None
    if target.kind == "mean" and family.predicted in model.free_names and family.predicts_mean():
        name = family.predicted
    if name is not None:
        return family.spaces[name], family.links[name].name if name in family.links else None
    if target.kind == "variance":
        return Positive(), None
    if target.kind == "probability":
        return UnitInterval() if family.discrete else Positive(), None
    low, high = family.support.numbers
    return Space(low, high), None


@dataclass(frozen=True)
class Prediction:
    """Predictions with standard errors and intervals.

    Attributes
    ----------
    predicted, se : (m,)
    space : Space
        Of what is predicted; intervals lie in it.
    link : str or None
        Name of the link on which they are made.
    limits : callable or None
        `limits(alpha)`: quantiles of a new observation, `(m, 2)`; None where the target is none of the response's.
    index : Index or None
    critical : callable
        `critical(alpha)`: half width of an interval in standard errors.
    """

    predicted: np.ndarray
    se: np.ndarray
    space: Space
    link: str | None
    limits: Any
    index: pd.Index | None
    critical: Any

    @property
    def predicted_mean(self) -> np.ndarray:
        """The predictions, under statsmodels' name."""
        return self.predicted

    @property
    def se_mean(self) -> np.ndarray:
        """Their standard errors, under statsmodels' name."""
        return self.se

    def conf_int(self, alpha: float = ALPHA) -> np.ndarray:
        """Intervals of what is predicted, `(m, 2)`, inside its space."""
        alpha, link = as_level(alpha, "alpha"), self.space.link(self.link)
        with np.errstate(all="ignore"):
            eta = link.forward(self.predicted)
            half = self.critical(alpha) * self.se / np.abs(link.slopes(eta, self.predicted)[0])
            return np.stack([link.inverse(eta - half), link.inverse(eta + half)], axis=1)

    def summary_frame(self, alpha: float = ALPHA) -> pd.DataFrame:
        """Predictions, standard errors and intervals; `obs_ci_*` are those of a new observation."""
        interval = self.conf_int(alpha)
        columns = {
            "predicted": self.predicted,
            "se": self.se,
            "ci_lower": interval[:, 0],
            "ci_upper": interval[:, 1],
        }
        if self.limits is not None:
            lower, upper = self.limits(alpha).T
            columns |= {"obs_ci_lower": lower, "obs_ci_upper": upper}
        return pd.DataFrame(columns, index=self.index)


def get_prediction(results: Any, new: Any, which: str, kwargs: dict[str, Any]) -> Prediction:
    """Predictions of results with standard errors and intervals."""
    model, params = results.model, np.asarray(results.params)
    average, agg_weights = as_flag(kwargs.pop("average", False), "average"), kwargs.pop("agg_weights", None)
    row_labels = kwargs.pop("row_labels", None)
    if agg_weights is not None and not average:
        raise ArgumentError("agg_weights is for average=True: it weighs the rows in their average")
    target = checked_target(model, which, kwargs)
    if model.family.discrete and target.kind in ("median", "quantile"):
        raise NotAvailableError(
            f"the {target.kind} of a law on the whole numbers moves in steps, so that the delta method gives it no "
            "standard error; predict() gives it without one"
        )
    rows = prediction_rows(model, new, kwargs)
    values = at_rows(model, params, rows, target)
    slopes = gradient(results, lambda at: predicted(model, at, rows, target))
    index = None if average else rows.index
    if average:
        weights = aligned(1.0 if agg_weights is None else agg_weights, "agg_weights", rows.index, "the rows")
        weights = np.asarray(checked_column(weights, "agg_weights", rows.count))
        if not (np.isfinite(weights) & (weights >= 0)).all() or not weights.any():
            raise DataError("agg_weights must be numbers of at least 0, not all of them 0")
        weights = weights / rows.count
        values, slopes = (weights @ values)[None], (weights @ slopes)[None]
    if row_labels is not None:
        index = _labels(row_labels, len(values))
    covariance = np.asarray(results.normalized_cov_params)
    variance = np.einsum("mk,kl,ml->m", slopes, covariance, slopes)
    space, link = space_of(model, target)

    def limits(alpha: float) -> np.ndarray:
        ends = [predicted(model, params, rows, Target("quantile", level)) for level in (alpha / 2, 1 - alpha / 2)]
        return np.stack(ends, axis=1)

    def critical(alpha: float) -> float:
        return float(inference.reference_law(results).ppf(1 - alpha / 2))

    return Prediction(
        values,
        np.sqrt(variance),
        space,
        link,
        limits if target.kind == "mean" and not average else None,
        index,
        critical,
    )


def _labels(row_labels: Any, count: int) -> pd.Index:
    try:
        index = pd.Index(row_labels)
    except (TypeError, ValueError, NotImplementedError):
        raise ArgumentError(f"row_labels must be a list of {count} labels, not {short(row_labels)}") from None
    if len(index) != count:
        raise ArgumentError(f"row_labels has {len(index)} labels; it must hold one for each of {count} predictions")
    return index


def gradient(results: Any, function: Any) -> np.ndarray:
    """Derivatives of a function of params, `(..., k)`, by real steps in units of the standard errors."""
    errors = np.sqrt(np.diag(np.asarray(results.normalized_cov_params)))
    bounds = [space.numbers for space in results.spaces]
    found = numeric_slopes(
        lambda *at: function(np.array(at)), list(np.asarray(results.params)), bounds, list(errors / 4)
    )
    if not np.all(found.trusted | ~np.isfinite(found.value)):
        raise NotAvailableError(
            "no standard errors of this prediction: its derivatives in the parameters are not known, since it jumps or "
            "bends within the standard errors of the estimates (a quantile of a discrete law does); predict() gives "
            "the values alone"
        )
    return np.stack(found.slopes, axis=-1)
