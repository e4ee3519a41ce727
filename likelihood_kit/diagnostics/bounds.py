"""Cramer-Rao bounds: the least variance of an unbiased estimator."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from likelihood_kit._numerics import is_number, is_whole, stacked_inverse
from likelihood_kit._numerics.signatures import named_arguments
from likelihood_kit.calculus import gradient
from likelihood_kit.errors import ArgumentError, NotAvailableError, near_names, shown
from likelihood_kit.families import Family, checked_family
from likelihood_kit.parameters import Space


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


@named_arguments
def cramer_rao_bound(
    family: Family,
    theta: Mapping[str, float],
    n: int = 1,
    of: Callable[..., Any] | None = None,
    **known: float,
) -> pd.DataFrame:
    """Cramer-Rao bound of a family at given parameters, for n independent observations.

    Parameters
    ----------
    family : Family
    theta : dict of str to float
        The free parameters, natural scale.
    n : int
        Number of observations.
    of : callable, optional
        `of(**theta)`: a function of the parameters, in NumPy, whose bound is wanted instead.
    **known : float
        Known quantities of the family, the same for all observations, such as `trials=10`.

    Returns
    -------
    DataFrame
        One row per parameter, or one for the function: `value`, `variance_bound`, `standard_error_bound`.

    Raises
    ------
    NotAvailableError
        Where no bound exists because the support moves with a parameter, or the information is singular.
    ParameterError, ArgumentError
        For theta outside the parameter space, or n that is not a positive whole number.

    Examples
    --------
    >>> from likelihood_kit.families import Normal
    >>> cramer_rao_bound(Normal(), {"mean": 0.0, "sd": 2.0}, n=100)
          value  variance_bound  standard_error_bound
    mean    0.0            0.04              0.200000
    sd      2.0            0.02              0.141421
    """
    question = asked(family, theta, n, known, "cramer_rao_bound")
    checked = question.theta
    family.require_regular("Cramer-Rao bound")
    with np.errstate(over="ignore"):  # infinite at the edge of floats: no finite bound, which is refused by name
        information = n * family.expected_information(**checked, **known)
    spaces = [family.spaces[name] for name in checked]
    return bound_table(information, list(checked), np.array(list(checked.values())), of, spaces)


@dataclass(frozen=True)
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


def asked(family: Any, theta: Any, n: Any, known: Mapping[str, Any], what: str) -> Question:
    """The question for a bound of this name.

    Raises
    ------
    ArgumentError, ParameterError
    """
    require_free(checked_family(family), what)
    checked = family.check_theta(theta, "theta")
    if not is_whole(n) or not is_number(n) or n < 1:
        raise ArgumentError(f"n must be a positive whole number of observations, not {shown(n)}")
    check_known(family, known, what)
    numbers = {**family.fixed, **checked, **known}
    return Question(checked, {name: np.asarray(value, dtype=float) for name, value in numbers.items()})


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


def check_known(family: Family, known: Mapping[str, Any], what: str) -> None:
    """Refuse what is no known quantity of the family, or is not one number."""
    possible = [name for name in family.law.known if name not in family.fixed]
    for name, value in known.items():
        if name in family.fixed:
            raise ArgumentError(f"{name} is held fixed at {family.fixed[name]:g} by {family!r}; give it once")
        if name not in possible:
            raise ArgumentError(
                f"{what} takes no argument {name!r}: {near_names(name, ('theta', 'n', 'of', *possible))}"
            )
        if not is_number(value) or not family.law.known[name].contains(value):
            raise ArgumentError(f"{name} = {shown(value)} is not one value in {family.law.known[name]!r}")


def check_names(of: Callable[..., Any], names: Sequence[str]) -> None:
    """Refuse what is no function, or does not take the parameters by their names, before it fails at a call."""
    if not callable(of):
        raise ArgumentError(f"of must be a function of the parameters, such as {_example(names)}, not {shown(of)}")
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
            f"of takes {', '.join(own) or 'nothing'}; the function must take {', '.join(names)} by keyword, which are "
            "the parameters here, or **params"
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


def bound_table(
    information: np.ndarray,
    names: Sequence[str],
    params: np.ndarray,
    of: Callable[..., Any] | None,
    spaces: Sequence[Space],
) -> pd.DataFrame:
    """Bounds as a table, for all parameters or for a function of them.

    Parameters
    ----------
    information : (k, k)
        Expected information of the sample at params.
    names : sequence of k str
    params : (k,)
    of : callable or None
        It takes the parameters by name.
    spaces : sequence of k spaces
        Of the parameters.
    """
    if of is not None:
        check_names(of, names)
    variances = np.diag(bound_of_parameters(information))
    if of is None or not np.isfinite(variances).all():
        values, index = params, list(names)
    else:
        # Steps in units of the bounds themselves, whatever the units of the data.
        ends, steps = [space.numbers for space in spaces], list(np.sqrt(variances) / 4)
        value, slopes = gradient(of, dict(zip(names, params, strict=True)), ends, steps)
        values, variances = np.array([value]), np.array([bound_of_function(information, slopes)])
        index = [label_of(of)]
    if not np.isfinite(variances).all():
        raise NotAvailableError(
            "no finite Cramer-Rao bound: the expected information is singular; some parameters are not identified"
        )
    return one_bound_table(index, list(zip(values, variances, strict=True)))
