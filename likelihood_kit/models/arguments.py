"""The arguments of a model: checked, aligned and freed of rows with missing values, before any work."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from likelihood_kit.errors import (
    ArgumentError,
    ArgumentWarning,
    DataError,
    LikelihoodKitError,
    ParameterError,
    near_names,
)
from likelihood_kit.families import Family, checked_family
from likelihood_kit.models import columns as numbers
from likelihood_kit.models import data as checks
from likelihood_kit.models.designs import Design, as_design, checked_designs
from likelihood_kit.models.hints import unknown_argument
from likelihood_kit.models.labels import check_index
from likelihood_kit.models.own_likelihood import check_declared

#: Statsmodels' names of searches, all of which are the kit's own here.
METHODS = ("newton", "nm", "bfgs", "lbfgs", "powell", "cg", "ncg", "basinhopping", "minimize")
#: What is done instead of them.
SEARCHED = "whatever is asked for, the search is damped Newton to its end"
#: What to do with rows in which something is missing.
MISSING = ("none", "drop", "raise")
#: What a model may be given besides the columns that its family names.
KNOWN_ARGUMENTS = ("endog", "exog", "family", "missing", "exogs", "offset", "freq_weights", "prob_weights", "given")


@dataclass(frozen=True, eq=False)
class ModelData:
    """Checked data of a model; arrays of n rows.

    Attributes
    ----------
    endog : array or Series
    exog : array, DataFrame or None
        Of the predicted parameter.
    designs : dict of parameter to Design
    given : dict of parameter to (n,) array
    columns : dict of name to (n,) array
        Further columns of the response, and known quantities.
    freq_weights, prob_weights : (n,) array or None
    complete : (n of the data as given,) bool array or None
        Rows that were kept, where some were left out.
    """

    endog: Any
    exog: Any
    designs: dict[str, Design]
    given: dict[str, np.ndarray]
    columns: dict[str, np.ndarray]
    freq_weights: np.ndarray | None
    prob_weights: np.ndarray | None
    complete: np.ndarray | None


def checked(model: Any, base: type, family: Any, missing: Any, columns: Mapping[str, Any]) -> dict[str, Any]:
    """Columns that the family names; refuses all others."""
    own = type(model).loglikeobs is not base.loglikeobs  # type: ignore[attr-defined]
    kind = type(model).__name__
    if own:
        check_declared(model, base)
    if own and family is not None:
        raise ArgumentError(f"{kind} defines loglikeobs itself and takes no family")
    if not own:
        checked_family(family)
    numbers.as_choice(missing, "missing", MISSING)
    named = () if family is None else (*family.law.observed, *family.law.known)
    for name in columns:
        if family is not None and name in family.fixed:
            raise ArgumentError(f"{name} is held fixed at {family.fixed[name]:g} by {family!r}; give it once")
        if name not in named:
            raise unknown_argument(kind, name, family, (*KNOWN_ARGUMENTS, *named))
    return {name: value for name, value in columns.items() if value is not None}


def checked_params(params: Any, names: Sequence[str]) -> np.ndarray:
    """Params as numbers, `(k,)`, one for each of the names."""
    if isinstance(params, pd.Series):
        params = _by_name(params, names)
    try:
        vector = np.array(numbers.as_numbers(params, "params"))
    except DataError:
        raise ParameterError(f"params must be {len(names)} numbers, not {numbers.short(params)}") from None
    if vector.shape != (len(names),):
        raise ParameterError(f"params has shape {vector.shape}; it must hold {len(names)} values: {', '.join(names)}")
    return vector


def _by_name(params: pd.Series, names: Sequence[str]) -> pd.Series:
    """Params in the order of the names, where they are labelled by other than their positions."""
    if params.index.equals(pd.RangeIndex(len(names))) or list(params.index) == list(names):
        return params
    if not params.index.is_unique or set(params.index) != set(names):
        labels = ", ".join(map(str, params.index[:6]))
        raise ParameterError(f"params is labelled {labels}; its labels must be {', '.join(names)}, in any order")
    return params.loc[list(names)]


def check_search(method: Any, further: Mapping[str, Any]) -> None:
    """Refuse a search that statsmodels does not know, and further arguments of `fit`."""
    numbers.as_choice(method, "method", METHODS)
    for name in further:
        known = ("start_params", "cov_type", "cov_kwds", "use_t", "bias_reduction")
        raise ArgumentError(f"fit takes no argument {name!r}: {near_names(name, known)}")


def warn_of_unused(caller: str, given: Mapping[str, Any], instead: str = SEARCHED, between: int = 0) -> None:
    """One warning of the arguments that are given other than their defaults and not used, with what is done instead.

    They stand in statsmodels' signature, so that code written for it runs. `between` counts the functions from the one
    that a user calls to this one.
    """
    usual = (None, False, METHODS[0])
    unused = [name for name, value in given.items() if not any(value is one or value == one for one in usual)]
    if unused:
        verb = "is" if len(unused) == 1 else "are"
        warnings.warn(
            f"{caller}: {' and '.join(unused)} {verb} not used: {instead}; leave out what is not used",
            ArgumentWarning,
            stacklevel=3 + between,
        )


@contextmanager
def refusing(argument: str, what: str) -> Iterator[None]:
    """Errors of statsmodels and its formula engine within, as one that names the argument."""
    try:
        yield
    except LikelihoodKitError:
        raise
    except Exception as error:
        raise ArgumentError(f"{argument} cannot be read as {what}: {error}") from None


@dataclass(frozen=True)
class _Labels:
    """What data of a parameter are called in messages, by parameter: its design, its offset, its known values."""

    designs: dict[str, str]
    offsets: dict[str, str]
    given: dict[str, str]

    @staticmethod
    def of(family: Family, designs: Iterable[str], offsets: Iterable[str], given: Iterable[str]) -> _Labels:
        first = family.predicted
        return _Labels(
            designs={name: "exog" if name == first else f"exog of {name}" for name in designs},
            offsets={name: "offset" if name == first else f"offset[{name!r}]" for name in offsets},
            given={name: f"given[{name!r}]" for name in given},
        )


def collected(
    endog: Any,
    exog: Any,
    family: Family | None,
    missing: str,
    named: dict[str, Any],
    *,
    exogs: Any,
    offset: Any,
    freq_weights: Any,
    prob_weights: Any,
    given: Any,
) -> ModelData:
    """The data of a model; `named` are the columns that its family names."""
    whole = getattr(getattr(endog, "dtype", None), "kind", "") in ("i", "u")
    endog = numbers.checked_endog(endog)
    if family is None:
        return _without_family(endog, exog, missing, (exogs, offset, freq_weights, prob_weights, given))
    given = {} if given is None else given
    _check_names(family, given, named)
    found = checked_designs(family, exog, exogs, offset, given, len(endog))
    labels = _Labels.of(family, found["designs"], found["offsets"], given)
    data = {"endog": endog} | {label: found["designs"][name] for name, label in labels.designs.items()}
    columns = {label: found["offsets"][name] for name, label in labels.offsets.items()}
    columns |= {label: given[name] for name, label in labels.given.items()} | named
    data |= {label: numbers.checked_column(values, label, len(endog)) for label, values in columns.items()}
    weights = {"freq_weights": freq_weights, "prob_weights": prob_weights}
    weights = {argument: values for argument, values in weights.items() if values is not None}
    data |= {argument: checks.checked_weights(values, argument, len(endog)) for argument, values in weights.items()}
    data, complete = _complete(family, data, missing)
    checks.check_some_weight({argument: data[argument] for argument in weights})
    made = _model_data(data, labels, named, complete, found["alone"])
    _check_values(family, made, data, labels, whole=whole)
    return made


def _check_names(family: Family, given: Any, named: Mapping[str, Any]) -> None:
    """Refuse known values of what is no free parameter, and a law without the columns that it needs."""
    if not isinstance(given, Mapping):
        raise ArgumentError("given must be a dict of parameter to its known values, such as {'sd': s}")
    for name in given:
        if name not in family.parameter_names:
            raise ArgumentError(
                f"given: {family!r} has no free parameter {name!r}: {near_names(name, family.parameter_names)}"
            )
    for name in family.law.data[1:]:
        if name not in family.fixed and name not in named:
            raise ArgumentError(f"{family!r} needs {name} of each row: pass {name}=")


def _complete(family: Family, data: dict[str, Any], missing: str) -> tuple[dict[str, Any], np.ndarray | None]:
    """The data without rows that have a gap in what the likelihood needs, and which rows these are."""
    check_index(data)
    complete = checks.complete_rows(data, missing, checks.endless_columns(family))
    if complete is None:
        return data, None
    return {label: _kept(values, complete) for label, values in data.items()}, complete


def _kept(values: Any, complete: np.ndarray) -> Any:
    """The complete rows, which cannot be written to either."""
    if not isinstance(values, np.ndarray):
        return numbers.as_numbers(values[complete], "data")
    values = values[complete]
    values.setflags(write=False)
    return values


def _model_data(
    data: Mapping[str, Any],
    labels: _Labels,
    named: Iterable[str],
    complete: np.ndarray | None,
    alone: Sequence[str],
) -> ModelData:
    in_designs = labels.designs.values()
    arrays = {label: np.asarray(values, dtype=float) for label, values in data.items() if label not in in_designs}
    offsets = {name: arrays[label] for name, label in labels.offsets.items()}
    return ModelData(
        endog=data["endog"],
        exog=data.get("exog"),
        designs={
            name: as_design(name, data[label], offsets.get(name), constant=name in alone)
            for name, label in labels.designs.items()
        },
        given={name: arrays[label] for name, label in labels.given.items()},
        columns={name: arrays[name] for name in named},
        freq_weights=arrays.get("freq_weights"),
        prob_weights=arrays.get("prob_weights"),
        complete=complete,
    )


def _check_values(family: Family, made: ModelData, data: Mapping[str, Any], labels: _Labels, *, whole: bool) -> None:
    """Refuse dependent columns, values outside their spaces or the support, and designs that cannot drive the law."""
    for name, design in made.designs.items():
        checks.check_columns(design.columns, design.names, labels.designs[name])
        checks.check_offset(design.offset, family.links[name], data["endog"], labels.offsets.get(name, "offset"))
    labelled = {name: data[name] for name in made.columns}
    checks.check_columns_inside(family, labelled | {name: data[label] for name, label in labels.given.items()})
    checks.check_support(data["endog"], family, made.columns | made.given, whole=whole)
    checks.check_limit(data["endog"], family, labelled)
    if not family.regular and made.given:
        names = " and ".join(made.given)
        raise ArgumentError(
            f"given: {family!r} has its maximum in closed form, in which {names} cannot be known for each row; "
            f"where it is the same in all rows, hold it fixed in the family"
        )
    if not family.regular and made.designs:
        raise ArgumentError(f"{family!r} is not regular: its support moves, so exog cannot drive its parameters")


def _without_family(endog: Any, exog: Any, missing: str, others: tuple[Any, ...]) -> ModelData:
    """Data of a model with its own `loglikeobs`, which reads what else it needs itself."""
    names = ("exogs", "offset", "freq_weights", "prob_weights", "given")
    for name, value in zip(names, others, strict=True):
        if value is not None:
            raise ArgumentError(f"{name} needs a family; a model with its own loglikeobs takes none")
    data = {"endog": endog}
    if exog is not None:
        data["exog"] = numbers.checked_exog(exog, len(endog))
    check_index(data)
    complete = checks.complete_rows(data, missing)
    if complete is not None:
        data = {name: _kept(values, complete) for name, values in data.items()}
    if not len(data["endog"]):
        raise DataError("endog is empty: there is nothing to fit")
    return ModelData(
        endog=data["endog"], exog=data.get("exog"), designs={}, given={}, columns={},
        freq_weights=None, prob_weights=None, complete=complete,
    )  # fmt: skip
