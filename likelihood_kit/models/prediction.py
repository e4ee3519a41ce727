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
from scipy import stats

from likelihood_kit.calculus import numeric_slopes
from likelihood_kit.diagnostics.intervals import ALPHA
from likelihood_kit.errors import ArgumentError, DataError, NotAvailableError, near_names
from likelihood_kit.models import data as checks
from likelihood_kit.models import formulas
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


@dataclass(frozen=True)
class Rows:
    """Rows to predict at.

    Attributes
    ----------
    count : int
    designs : dict of parameter to (m, q) array
    offsets : dict of parameter to (m,) array
    known : dict of name to array
        Known quantities and given parameters.
    index : Index or None
    """

    count: int
    designs: Mapping[str, np.ndarray]
    offsets: Mapping[str, np.ndarray]
    known: Mapping[str, np.ndarray]
    index: pd.Index | None = None


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


def new_rows(model: Any, new: Any, kwargs: dict[str, Any]) -> Rows:
    """Rows to predict at, from new data, or the model's own.

    Takes `offset=` and known quantities by name out of kwargs; refuses what is left there.
    """
    known_names = [*model.family.law.known, *model.given]
    offset = kwargs.pop("offset", None)
    known = {name: kwargs.pop(name) for name in known_names if name in kwargs}
    if kwargs:
        raise ArgumentError(
            f"predict takes no argument {next(iter(kwargs))!r}: "
            + near_names(next(iter(kwargs)), ("quantile", "parameter", "probability_of", "offset", *known_names))
        )
    if new is None:
        return _own_rows(model, known, offset)
    if not model.designs and not isinstance(new, pd.DataFrame):
        raise ArgumentError("the model has no predictors: predict takes no exog")
    if hasattr(new, "to_pandas"):
        new = new.to_pandas()
    columns, index = _new_designs(model, new)
    frame = new if isinstance(new, pd.DataFrame) else None
    named = getattr(model, "column_names", {})
    count = len(next(iter(columns.values()))) if columns else len(new)

    def by_name(argument: str) -> Any:
        column = named.get(argument)
        return None if frame is None or column not in frame.columns else frame[column]

    for name in known_names:
        label = f"given {name}" if name in model.given else name
        if name not in known and (found := by_name(label)) is not None:
            known[name] = found
    offsets = (
        dict(offset) if isinstance(offset, Mapping) else {} if offset is None else {model.family.predicted: offset}
    )
    for name in model.designs:
        if name not in offsets and _had_offset(model, name):
            found = by_name(f"offset {name}")
            if found is None:
                raise DataError(f"the model was fitted with an offset of {name}: pass offset= for the new rows")
            offsets[name] = found
    known = {
        name: np.asarray(checks.checked_column(values, name, count), dtype=float) for name, values in known.items()
    }
    offsets = {
        name: np.asarray(checks.checked_column(values, "offset", count), dtype=float)
        for name, values in offsets.items()
    }
    return Rows(count, columns, offsets, known, index)


def _had_offset(model: Any, name: str) -> bool:
    return model.designs[name].offset is not None or name in getattr(model, "offsets_of", ())


def _own_rows(model: Any, known: Mapping[str, Any], offset: Any) -> Rows:
    if model.endog is None and model.designs:
        raise DataError("the data were removed from this model: pass exog to predict")
    if offset is not None:
        raise ArgumentError("offset is for new rows: pass exog too")
    count = 1 if model.endog is None else len(model.endog)
    own = {**{n: v for n, v in model.columns.items() if n in model.family.law.known}, **model.given}
    own |= {name: np.asarray(checks.checked_column(values, name, count), dtype=float) for name, values in known.items()}
    designs = {name: design.columns for name, design in model.designs.items()}
    offsets = {name: d.offset for name, d in model.designs.items() if d.offset is not None}
    return Rows(count, designs, offsets, own, model._row_labels() if model.endog is not None else None)


def _new_designs(model: Any, new: Any) -> tuple[dict[str, np.ndarray], pd.Index | None]:
    """Columns of every design on new data, and their index."""
    by_formula = getattr(model, "formulas", {})
    if isinstance(new, Mapping) and not by_formula:
        missing = [name for name in model.designs if name not in new]
        if missing:
            raise DataError(f"exog has no design of {missing[0]}; pass a dict with {', '.join(model.designs)}")
        return {name: design.of(new[name]) for name, design in model.designs.items()}, None
    if by_formula:
        if isinstance(new, Mapping):
            new = pd.DataFrame(new, index=[0] if all(np.isscalar(v) for v in new.values()) else None)
        if isinstance(new, pd.Series):
            new = new.to_frame().T.infer_objects()
        if isinstance(new, pd.DataFrame):
            columns = {
                name: formulas.new_columns(model, name, new) if name in by_formula else design.of(new)
                for name, design in model.designs.items()
            }
            return columns, new.index
    if len(model.designs) > 1 and not isinstance(new, pd.DataFrame):
        raise ArgumentError(
            f"several parameters are predicted: pass a dict of {', '.join(model.designs)} to their designs, "
            "or a data frame with their columns"
        )
    columns = {name: design.of(new) for name, design in model.designs.items()}
    for name, array in columns.items():
        label = "exog" if name == model.family.predicted else f"exog of {name}"
        undefined = ~np.isfinite(array).all(axis=1)
        if undefined.any():
            raise DataError(
                f"{label} is not finite in {checks.rows_in_words(new, undefined)}; there is nothing to predict there"
            )
    return columns, new.index if isinstance(new, (pd.DataFrame, pd.Series)) else None


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
    rows = new_rows(model, new, kwargs)
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
        law = stats.t(results.df_resid) if results.use_t else stats.norm
        return float(law.ppf(1 - alpha / 2))

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
