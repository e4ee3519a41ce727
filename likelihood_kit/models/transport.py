"""Models on their way to another process, or without their data."""

from __future__ import annotations

import pickle
from contextlib import suppress
from dataclasses import replace
from typing import Any

import numpy as np

from likelihood_kit.models import formula_matrices
from likelihood_kit.predictor import Predictor


def packed(state: dict[str, Any]) -> dict[str, Any]:
    """What travels of the attributes of a model."""
    state = dict(state)
    # patsy's specifications cannot be pickled; they are made anew from the data where they are needed.
    state.pop("specifications", None)
    if "formulas" in state:
        # By hand: statsmodels' copy would evaluate the formula, in another place than its author's.
        data = state["data"]
        state["data"] = object.__new__(type(data))
        state["data"].__dict__.update(data.__dict__)
        state["data"].__dict__.pop("model_spec", None)
        state["formula_names"] = _names_packed(state["formula_names"])
    return state


def restore(model: Any, state: dict[str, Any]) -> None:
    """Give a new model the attributes that travelled."""
    model.__dict__.update(state)
    if "formulas" in state:
        model.formula_names = _names_restored(model.formula_names)
        formula_matrices.specify(model)


def _names_packed(names: dict[str, Any]) -> dict[str, bytes]:
    """What formulas call, each by value where it cannot be imported; what cannot travel at all stays behind."""
    import cloudpickle  # type: ignore[import-untyped]

    found = {}
    for name, value in names.items():
        # An object refuses in words of its own: a lock by TypeError, a generator too, a recursion without end.
        with suppress(TypeError, AttributeError, ValueError, RecursionError, pickle.PicklingError):
            found[name] = cloudpickle.dumps(value)
    return found


def _names_restored(names: dict[str, bytes]) -> dict[str, Any]:
    """What formulas call; without what is in a module that is not here: then the formula says what it lacks."""
    found = {}
    for name, value in names.items():
        with suppress(ImportError, AttributeError):
            found[name] = pickle.loads(value)
    return found


def forget_rows(model: Any) -> None:
    """Take the rows from a model; what new data need to be predicted is kept."""
    model.designs = {name: replace(design, columns=None, offset=None) for name, design in model.designs.items()}
    model._predictors = tuple(_without_rows(predictor) for predictor in model._predictors)
    model.given, model.columns = {}, {}
    model.keep(forget=True)


def _without_rows(predictor: Predictor) -> Predictor:
    columns = None if predictor.columns is None else np.empty((0, predictor.size))
    return replace(predictor, columns=columns, offset=None)
