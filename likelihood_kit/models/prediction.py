"""Predictions of a model at its own rows or new ones, with standard errors and intervals.

Standard errors by the delta method; intervals on the link scale of the space of what is predicted, so that they stay
inside it. Intervals of a new observation are quantiles of the law at the estimate: they leave out that it is estimated.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from likelihood_kit.calculus import numeric_derivatives
from likelihood_kit.diagnostics.intervals import ALPHA
from likelihood_kit.errors import ArgumentError, near_names
from likelihood_kit.models import inference
from likelihood_kit.models.prediction_rows import Rows, prediction_rows
from likelihood_kit.parameters import Positive, Real, Space, UnitInterval
from likelihood_kit.predictor import working_from_params

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
    names = model.family.coordinate_names
    if "quantile" in asked:
        level = asked["quantile"]
        if not isinstance(level, (int, float)) or not 0 < level < 1:
            raise ArgumentError(f"quantile = {level!r} is not between 0 and 1")
        return Target("quantile", float(level))
    if "probability_of" in asked:
        return Target("probability", float(asked["probability_of"]))
    parameter = asked.get("parameter")
    if which == "linear":
        parameter = parameter or model.family.predicted or model.free_names[0]
    elif parameter is None and which in model.free_names and which not in TARGETS:
        parameter = which
    if parameter is not None:
        if parameter not in names:
            raise ArgumentError(f"parameter={parameter!r}: {near_names(parameter, names)}")
        return Target("linear" if which == "linear" else "parameter", parameter)
    if which not in TARGETS:
        raise ArgumentError(f"which={which!r}: {near_names(which, dict.fromkeys((*TARGETS, *model.free_names)))}")
    return Target(which)


def predicted(model: Any, params: np.ndarray, rows: Rows, target: Target) -> np.ndarray:
    """The target at params `(k,)`; `(m,)`."""
    working = working_from_params(model.predictors, params)
    eta: dict[str, Any] = {}
    begin = 0
    for predictor in model.predictors:
        part = working[begin : begin + predictor.size]
        begin += predictor.size
        columns = rows.designs.get(predictor.name)
        eta[predictor.name] = part[0] if columns is None else columns @ part + rows.offsets.get(predictor.name, 0.0)
    if target.kind == "linear" and target.argument in eta:
        return np.broadcast_to(eta[target.argument], (rows.count,)).copy()
    family = model.family
    theta = {p.name: p.link.inverse(eta[p.name]) for p in model.predictors}
    given = {name: values for name, values in rows.known.items() if name in model.given}
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
        link = self.space.link(self.link)
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
    average, agg_weights = kwargs.pop("average", False), kwargs.pop("agg_weights", None)
    row_labels = kwargs.pop("row_labels", None)
    target = checked_target(model, which, kwargs)
    rows = prediction_rows(model, new, kwargs)
    values = predicted(model, params, rows, target)
    slopes = gradient(results, lambda at: predicted(model, at, rows, target))
    index = rows.index if row_labels is None else pd.Index(row_labels)
    if average:
        weights = np.ones(rows.count) if agg_weights is None else np.asarray(agg_weights, dtype=float)
        weights = weights / rows.count
        values, slopes, index = (weights @ values)[None], (weights @ slopes)[None], None
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


def gradient(results: Any, function: Any) -> np.ndarray:
    """Derivatives of a function of params, `(..., k)`, by real steps in units of the standard errors."""
    params = np.asarray(results.params)
    columns = []
    errors = np.sqrt(np.diag(np.asarray(results.normalized_cov_params)))
    for j, (space, error) in enumerate(zip(results.spaces, errors, strict=True)):

        def along(value: np.ndarray, j: int = j) -> Any:
            return function(np.where(np.arange(len(params)) == j, value, params))

        low, high = space.numbers
        room = min(params[j] - low, high - params[j]) / 2
        steps = [np.minimum(error / 4, room)] if np.isfinite(error) else None
        columns.append(numeric_derivatives(along, [params[j]], [(low, high)], steps).score[0])
    return np.stack(columns, axis=-1)
