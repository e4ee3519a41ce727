"""What a class body may say: each attribute by its kind, before a law is made of them."""

from __future__ import annotations

import difflib
import inspect
import keyword
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from likelihood_kit._numerics import is_number
from likelihood_kit.calculus import DATUM
from likelihood_kit.errors import ArgumentError, FormulaError, shown
from likelihood_kit.families.coordinates import Coordinates
from likelihood_kit.families.maximum import Unbounded, UniqueMaximum
from likelihood_kit.families.returned import CLOSED_FORMS, ESTIMATES
from likelihood_kit.families.scipy_names import SCIPY_NAMES
from likelihood_kit.parameters import (
    Integers,
    Interval,
    Known,
    Observed,
    Positive,
    Real,
    Space,
    UnitInterval,
    require_space,
)

#: What an author may write as a function.
FUNCTIONS = ("log_density", *CLOSED_FORMS, *ESTIMATES)
#: What a class body may say besides quantities and functions.
PLAIN = ("support", "predicted", "typical", "regular", "smooth", "unbounded", "remark", "theorems")
#: Names that no quantity can have: the response's, those of the arguments of `Family`, and what a body says.
TAKEN = (DATUM, "parameters", "links", "given", "law", *PLAIN)
#: Names that a known quantity or a column of the response cannot have: it is given by keyword, beside these arguments
#: of models, formulas and predictions.
KEYWORDS = (
    *("self", "cls", "endog", "exog", "family", "missing", "exogs", "offset", "freq_weights", "prob_weights"),
    *("formula", "data", "subset", "drop_cols", "formulas", "eval_env"),
    *("hasconst", "model_spec", "missing_idx", "design_info"),
    *("params", "transform", "which", "quantile", "parameter", "probability_of", "survival_of"),
    *("average", "agg_weights", "row_labels"),
)  # fmt: skip
#: Methods of Python that make a family what it is.
_CONSTITUTIVE = (
    *("__init__", "__new__", "__getattr__", "__getattribute__", "__setattr__"),
    *("__reduce__", "__reduce_ex__", "__getstate__", "__setstate__", "__copy__", "__deepcopy__"),
)  # fmt: skip
#: What each family is given when it is made.
_MADE = ("spaces", "fixed", "parameter_names")
#: Likeness, of at most 1, from which an unknown attribute is taken for a misspelt one: one letter of six.
_NEAR = 0.8
_UNCALLED = (Real, Positive, UnitInterval, Interval, Integers, Known, Observed, Coordinates, UniqueMaximum)


def unwrapped(value: Any) -> Any:
    """The function of a static method; any other value as it is."""
    return inspect.unwrap(value.__func__) if isinstance(value, staticmethod) else value


def is_quantity(value: Any) -> bool:
    """Whether an attribute declares a quantity or a column of the response."""
    return isinstance(value, (Space, Known, Observed))


def check_body(cls: type, methods: Iterable[str]) -> None:
    """Refuse attributes of the wrong kind, that hide one of the `methods` of a family, or that mean nothing.

    Raises
    ------
    FormulaError
        Names the class, the attribute, and what to write.
    """
    hidden = {name for name in methods if not name.startswith("__")} | {*_CONSTITUTIVE, *_MADE}
    for name, value in vars(cls).items():
        what = f"family {cls.__name__}: {name}"
        if isinstance(value, Observed) and name.startswith("_"):
            raise FormulaError(
                f"family {cls.__name__}: a column of the response cannot begin with an underscore: {name!r}"
            )
        if is_quantity(value) and name != "support":
            check_name(cls.__name__, name, keyword_too=isinstance(value, (Known, Observed)))
            if isinstance(value, Space):
                _check_parameter_space(what, value)
        elif any(value is kind for kind in _UNCALLED):
            raise FormulaError(f"{what} = lk.{value.__name__} is not called; write it with parentheses")
        elif name in FUNCTIONS:
            check_function(what, value)
        elif name in PLAIN:
            _PLAIN_CHECKS[name](what, unwrapped(value))
        elif name in hidden:
            raise FormulaError(f"{what} would hide what a family itself does{_instead(name)}; give it another name")
        elif not name.startswith("_"):
            _check_spelling(what, name, value)


def check_name(family: str, name: str, *, keyword_too: bool) -> None:
    """Refuse the name of a quantity that cannot work: one of Python's, or of an argument beside which it is given."""
    taken = (*TAKEN, *KEYWORDS) if keyword_too else TAKEN
    if name in taken or keyword.iskeyword(name) or (name.startswith("__") and name.endswith("__")):
        raise FormulaError(f"family {family}: {name!r} cannot be the name of a quantity; choose another")


def check_function(what: str, value: Any) -> None:
    """Refuse what is no function of operands in their order."""
    function = unwrapped(value)
    if isinstance(value, (classmethod, property)) or not callable(function) or isinstance(function, type):
        raise FormulaError(f"{what} is {shown(value)}; it must be a static method")
    try:
        taken = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        raise FormulaError(f"{what} = {shown(function)} does not say what it takes; write a function") from None
    for argument in taken:
        if argument.kind is inspect.Parameter.KEYWORD_ONLY:
            raise FormulaError(f"{what} takes {argument.name!r} by keyword only; write it without the star")


def _check_parameter_space(what: str, space: Space) -> None:
    try:
        require_space(what, space)
    except ArgumentError as error:
        raise FormulaError(str(error)) from None
    if space.whole:
        raise FormulaError(f"{what} = {space!r}: what is estimated is no whole number; declare lk.Known({space!r})")


def _instead(name: str) -> str:
    if name in ("mean", "variance"):
        return "; declare moments, a static method that returns (mean, variance)"
    return "; it follows from log_density" if name in ("density", "score", "hessian") else ""


def _check_spelling(what: str, name: str, value: Any) -> None:
    """Refuse an attribute that was meant to be one that a law knows, or goes by the name that SciPy has for it."""
    function = unwrapped(value)
    written = isinstance(value, staticmethod) or (callable(function) and not _is_method(function))
    if written and name in SCIPY_NAMES:
        raise FormulaError(f"{what} is called {SCIPY_NAMES[name]} here")
    near = difflib.get_close_matches(name, (*FUNCTIONS, *PLAIN), n=1, cutoff=_NEAR)
    near = near or [known for known in (*FUNCTIONS, *PLAIN) if sorted(known) == sorted(name)]
    if near and (written or near[0] in PLAIN):
        raise FormulaError(
            f"{what} is nothing that a law knows: did you mean {near[0]!r}? an attribute of another purpose begins "
            "with an underscore"
        )


def _is_method(function: Any) -> bool:
    """Whether a function of a class body takes the instance first."""
    try:
        return next(iter(inspect.signature(function).parameters), "") == "self"
    except (TypeError, ValueError):
        return False


def _check_support(what: str, value: Any) -> None:
    if isinstance(value, (Known, Observed)):
        raise FormulaError(f"{what.partition(':')[0]}: 'support' cannot be the name of a quantity; choose another")
    if not isinstance(value, Space):
        raise FormulaError(f"{what} = {shown(value)} must be a space such as lk.Interval(0, np.inf)")


def _check_condition(what: str, value: Any) -> None:
    """Refuse what is neither a truth value nor a function of quantities."""
    if value is None or isinstance(value, bool):
        return
    if not callable(value) or isinstance(value, type):
        raise FormulaError(f"{what} = {shown(value)} must be True, False, or a function of parameters")
    check_function(what, value)


def _check_text(what: str, value: Any) -> None:
    if not isinstance(value, str):
        raise FormulaError(f"{what} = {shown(value)} must be text")


def _check_unbounded(what: str, value: Any) -> None:
    if not isinstance(value, Unbounded):
        _check_text(what, value)


def _check_theorems(what: str, value: Any) -> None:
    theorems = value if isinstance(value, tuple) else (value,)
    if not all(isinstance(theorem, UniqueMaximum) for theorem in theorems):
        raise FormulaError(f"{what} = {shown(value)} must be a lk.UniqueMaximum, or a tuple of such")


def _check_typical(what: str, value: Any) -> None:
    if not isinstance(value, Mapping):
        raise FormulaError(f"{what} = {shown(value)} must be a dict of quantity to (low, high)")
    for name, box in value.items():
        pair = isinstance(box, (tuple, list)) and len(box) == 2 and all(map(is_number, box))
        if not pair or not -np.inf < box[0] <= box[1] < np.inf:
            raise FormulaError(f"{what}: {name!r} is {shown(box)}; it must be a pair of numbers (low, high)")


_PLAIN_CHECKS: Mapping[str, Callable[[str, Any], None]] = {
    "support": _check_support,
    "predicted": _check_text,
    "typical": _check_typical,
    "regular": _check_condition,
    "smooth": _check_condition,
    "unbounded": _check_unbounded,
    "remark": _check_text,
    "theorems": _check_theorems,
}
