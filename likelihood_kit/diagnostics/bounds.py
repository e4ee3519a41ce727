"""What all bounds share: the question that they answer, at which numbers of observations, and the table of answers."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from likelihood_kit._numerics import is_number, is_whole, stacked_inverse
from likelihood_kit.errors import ArgumentError, near_names, shown
from likelihood_kit.families import Family, checked_family


def bound_of_parameters(information: np.ndarray) -> np.ndarray:
    """Least covariance of unbiased estimators: the inverse of the expected information `(k, k)` of the sample.

    References
    ----------
    Lehmann, E. L. and Casella, G. (1998). *Theory of Point Estimation*, 2nd ed., theorem 2.6.1 and eq. (2.6.16).
    """
    return stacked_inverse(information)


def bound_of_function(information: np.ndarray, slopes: np.ndarray) -> np.ndarray:
    """Least variance of an unbiased estimator of a function: `g' I^-1 g`, for slopes `g (..., k)`."""
    return np.einsum("...i,ij,...j->...", slopes, stacked_inverse(information), slopes)


@dataclass(frozen=True, eq=False)
class Question:
    """What a bound is asked for, checked.

    Attributes
    ----------
    theta : dict of str to float
        Free parameters.
    values : dict of str to array
        All quantities: parameters, held fixed ones among them, and what is known.
    """

    theta: Mapping[str, float]
    values: Mapping[str, np.ndarray]

    def label(self, of: Any) -> str:
        """Name in tables of a function of the parameters, which takes them by their names."""
        check_names(of, list(self.theta))
        return label_of(of)


def asked(family: Any, theta: Any, n: Any, known: Mapping[str, Any], what: str, others: Sequence[str] = ()) -> Question:
    """The question for a bound of this name, which takes `others` beside the arguments that all bounds take.

    Raises
    ------
    ArgumentError, ParameterError
    """
    require_free(checked_family(family), what)
    checked = family.check_theta(theta, "theta")
    check_size(n)
    check_known(family, known, what, others)
    numbers = {**family.fixed, **checked, **known}
    return Question(checked, {name: np.asarray(value, dtype=float) for name, value in numbers.items()})


def check_size(n: Any) -> None:
    """Refuse what is no positive whole number."""
    if not is_whole(n) or not is_number(n) or n < 1:
        raise ArgumentError(f"n must be a positive whole number of observations, not {shown(n)}")


def checked_sizes(n: Any) -> list[int]:
    """Numbers of observations, of which there may be one or several.

    Raises
    ------
    ArgumentError
    """
    if not _several(n):
        check_size(n)
        return [n]
    sizes = list(n)
    for size in sizes:
        check_size(size)
    if not sizes or len(set(sizes)) < len(sizes):
        raise ArgumentError(f"n = {shown(n)}: give different numbers of observations, such as (20, 50, 100)")
    return sizes


def over_sizes(n: Any, table: Callable[[int], pd.DataFrame]) -> pd.DataFrame:
    """The table of one number of observations, or those of several below each other, by levels `n` and `parameter`."""
    if not _several(n):
        return table(n)
    sizes = checked_sizes(n)
    return pd.concat([table(size) for size in sizes], keys=sizes, names=["n", "parameter"])


def _several(n: Any) -> bool:
    return isinstance(n, (list, tuple, range, pd.Series, pd.Index)) or (isinstance(n, np.ndarray) and n.ndim == 1)


def require_free(family: Family, what: str) -> None:
    """Refuse a family all of whose parameters are held fixed.

    Raises
    ------
    ArgumentError
    """
    if not family.parameter_names:
        raise ArgumentError(f"{family!r} has no free parameter, and so no {what}: hold fewer of its parameters fixed")


def one_bound_table(index: Sequence[str], rows: Sequence[tuple[float, float]]) -> pd.DataFrame:
    """Table of values and variance bounds."""
    values, variances = np.array(rows, dtype=float).T
    columns = {"value": values, "variance_bound": variances, "standard_error_bound": np.sqrt(variances)}
    return pd.DataFrame(columns, index=list(index))


def check_known(family: Family, known: Mapping[str, Any], what: str, others: Sequence[str] = ()) -> None:
    """Refuse what is no known quantity of the family, or is not one number; `others` are arguments of the bound."""
    possible = [name for name in family.law.known if name not in family.fixed]
    for name, value in known.items():
        if name in family.fixed:
            raise ArgumentError(f"{name} is held fixed at {family.fixed[name]:g} by {family!r}; give it once")
        if name not in possible:
            raise ArgumentError(
                f"{what} takes no argument {name!r}: {near_names(name, ('theta', 'n', 'of', *others, *possible))}"
            )
        if not is_number(value) or not family.law.known[name].contains(value):
            raise ArgumentError(f"{name} = {shown(value)} is not one value in {family.law.known[name]!r}")


def check_names(of: Callable[..., Any], names: Sequence[str], argument: str = "of") -> None:
    """Refuse what is no function, or does not take the parameters by their names, before it fails at a call."""
    if not callable(of):
        raise ArgumentError(
            f"{argument} must be a function of the parameters, such as {_example(names)}, not {shown(of)}"
        )
    try:
        taken = inspect.signature(of).parameters.values()
    except (TypeError, ValueError):
        return
    if any(one.kind is one.VAR_KEYWORD for one in taken):
        return
    own = [one.name for one in taken if one.kind in (one.POSITIONAL_OR_KEYWORD, one.KEYWORD_ONLY)]
    needed = [one.name for one in taken if one.default is one.empty and one.kind is not one.VAR_POSITIONAL]
    if not set(names) <= set(own) or not set(needed) <= set(names):
        raise ArgumentError(
            f"{argument} takes {', '.join(own) or 'nothing'}; the function must take {', '.join(names)} by keyword, "
            "which are the parameters here, or **params"
        )


def label_of(of: Callable[..., Any]) -> str:
    """Name of a function in tables; "of" for one without a name."""
    return str(getattr(of, "__name__", "of")).replace("<lambda>", "of")


def _example(names: Sequence[str]) -> str:
    """A function of parameters, as it is written.

    >>> _example(["shape", "scale"]), _example(["C(g)[T.b]"])
    ('lambda shape, scale: shape * scale', "lambda **params: params['C(g)[T.b]']")
    """
    if all(name.isidentifier() for name in names):
        return f"lambda {', '.join(names)}: {' * '.join(names)}"
    return f"lambda **params: {' * '.join(f'params[{name!r}]' for name in names[:2])}"
